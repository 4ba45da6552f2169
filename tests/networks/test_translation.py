import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.networks import PatchCritic, Translator, translation_networks

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("size", [(8, 8), (12, 20), (28, 28), (33, 33), (64, 64), (256, 256)])
@pytest.mark.parametrize("normalise", [True, False])
def test_sizes(size, normalise):
    x = jax.ShapeDtypeStruct((2, *size, 3), jnp.float32)
    made = lambda module: jax.eval_shape(module.init_with_output, jax.random.key(0), x)[0]
    assert made(Translator(4, 2, normalise)).shape == x.shape
    scores = made(PatchCritic(4, normalise))
    assert scores.shape[0] == 2 and len(scores.shape) == 3 and min(scores.shape) > 1


def test_a_score_of_the_papers_critic_sees_70_pixels():
    critic, x = PatchCritic(1, normalise=False), jnp.asarray(RANDOM.normal(size=(1, 160, 160, 1)))
    kinds = jax.eval_shape(critic.init, jax.random.key(0), x)
    params = jax.tree.map(lambda kind: jnp.ones(kind.shape), kinds)
    slope = jax.jit(jax.grad(lambda x: critic.apply(params, x)[0, 10, 10]))(jnp.abs(x))
    for dimension in (1, 2):
        seen = np.flatnonzero(np.asarray(slope).any(axis=3 - dimension)[0, :, 0])
        assert seen[-1] - seen[0] + 1 == 70


def test_the_generator_begins_near_the_identity():
    spec = Spec((8, 8, 1), 1.0, 0.0)
    generator, *_ = translation_networks(spec, width=8, blocks=1, normalise_generator=False)
    x = jnp.asarray(RANDOM.uniform(-1, 1, (4, 8, 8, 1)), jnp.float32)
    y = jax.jit(generator.apply)(*generator.init(jax.random.key(0)), x)
    assert 0 < float(jnp.abs(y - x).mean()) < 0.2


def test_the_papers_generator_forgets_its_input_and_stays_in_range():
    spec = Spec((8, 8, 1), 1.0, 0.0)
    given = {"width": 8, "blocks": 1, "normalise_generator": False, "residual": False}
    generator, *_ = translation_networks(spec, **given)
    x = jnp.asarray(RANDOM.uniform(-1, 1, (4, 8, 8, 1)), jnp.float32)
    params, _ = generator.init(jax.random.key(0))
    apply = jax.jit(generator.apply)
    assert float(jnp.abs(apply(params, {}, x) - x).mean()) > 0.3
    large = jax.tree.map(lambda leaf: 100 * leaf, params)
    assert 0.9 < float(jnp.abs(apply(large, {}, x)).max()) <= 1


def test_other_data_are_refused():
    with pytest.raises(ValueError, match=r"images of 8 pixels or more; the data have \(2,\)"):
        translation_networks(Spec((2,), 1.0, 0.0))
    with pytest.raises(ValueError, match="8 pixels"):
        translation_networks(Spec((4, 8, 1), 1.0, 0.0))
    with pytest.raises(ValueError, match="0 residual blocks or more"):
        translation_networks(Spec((8, 8, 1), 1.0, 0.0), blocks=-1)
