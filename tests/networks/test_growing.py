import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.networks import MinibatchDeviation, enlarged, progressive_pair, shown, sizes

SPEC = Spec((16, 16, 1), 1.0, 0.0)


def test_each_size_has_its_pair():
    for size, maps in zip(sizes(SPEC.shape), (1, 2, 3), strict=True):
        generator, critic = progressive_pair(SPEC, size=size, latent=3, widths=(8, 6, 4))
        params = jax.eval_shape(generator.init, jax.random.key(0))[0]
        assert sum(name.startswith("second") for name in params) == maps - 1
        x = jax.eval_shape(generator.apply, params, {}, jnp.zeros((5, 3)), jnp.zeros(5))
        assert x.shape == (5, size, size, 1)
        params = jax.eval_shape(critic.init, jax.random.key(0))[0]
        assert jax.eval_shape(critic.apply, params, {}, x, jnp.zeros(5)).shape == (5,)
        assert not generator.mixes and not critic.mixes


def test_what_summarises_stands_at_the_smallest_size():
    _, critic = progressive_pair(SPEC, size=8, widths=8, summarised=MinibatchDeviation(4))
    assert critic.mixes
    params = jax.eval_shape(critic.init, jax.random.key(0))[0]
    assert params["only_4"]["kernel"].shape == (3, 3, 9, 8)


def test_real_images_are_made_smaller_and_faded():
    images = jnp.asarray(np.random.default_rng(0).normal(size=(2, 16, 16, 1)), jnp.float32)
    mean = lambda n: np.asarray(images).reshape(2, n, 16 // n, n, 16 // n, 1).mean((2, 4))
    np.testing.assert_allclose(shown(SPEC, 4)(images, jnp.zeros(2)), mean(4), atol=1e-6)
    found = shown(SPEC, 8)(images, jnp.array([0.0, 0.25]))
    coarse = mean(4).repeat(2, 1).repeat(2, 2)
    np.testing.assert_allclose(found[0], coarse[0], atol=1e-6)
    np.testing.assert_allclose(found[1], 0.75 * coarse[1] + 0.25 * mean(8)[1], atol=1e-6)
    np.testing.assert_array_equal(shown(SPEC, 16)(images, jnp.ones(2)), images)


def test_samples_are_enlarged_to_the_size_of_the_data():
    x = jnp.arange(16.0).reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(enlarged(x, 16), x.repeat(4, 1).repeat(4, 2))
    assert enlarged(x, 4) is x


@pytest.mark.parametrize(
    "given, words",
    [
        ({"size": 10}, "16x16 grow through the sizes 4, 8, 16; given: 10"),
        ({"size": 8, "widths": (8, 8)}, "maps of 3 sizes, 4, 8, 16; given: 2 widths"),
        ({"size": 8, "widths": 0}, "1 wide or more"),
        ({"size": 8, "latent": 0}, "1 latent dimension or more"),
    ],
)
def test_what_does_not_fit_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        progressive_pair(SPEC, **given)
