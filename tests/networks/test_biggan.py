import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.networks import BigGANGenerator, biggan_pair, linen

LABEL = jnp.array([2, 0, 1, 2])


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


GENERATOR = BigGANGenerator((8, 8, 1), (8, 8), classes=3, embedding=5)
NETWORK = linen(GENERATOR, draw(4, 6), LABEL)
PARAMS, _ = NETWORK.init(jax.random.key(0))


@pytest.mark.parametrize("attention", [0, 4])
@pytest.mark.parametrize("who", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_weights_begin_orthogonal(who, attention):
    spec = Spec((8, 8, 1), 1.0, 0.0, ("a", "b", "c"))
    pair = biggan_pair(spec, latent=6, width=8, embedding=5, attention=attention, conditional=True)
    params, _ = jax.jit(pair[who].init)(jax.random.key(0))
    matrices = {
        jax.tree_util.keystr(path): leaf.reshape(-1, leaf.shape[-1])
        for path, leaf in jax.tree.leaves_with_path(params)
        if leaf.ndim > 1
    }
    attending = sum("SelfAttention" in name for name in matrices)
    assert attending == (4 if attention else 0) and len(matrices) == (10, 9)[who] + attending
    assert any("embedding" in name for name in matrices)
    for name, matrix in matrices.items():
        matrix = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(len(matrix)), atol=1e-5, err_msg=name)


def test_each_part_of_the_latents_has_a_place_of_its_own():
    assert PARAMS["Dense_0"]["kernel"].shape == (3, 4 * 4 * 8)
    norms = [PARAMS["Block_0"][f"ConditionalBatchNorm_{i}"] for i in (0, 1)]
    assert {norm["scale"]["kernel"].shape for norm in norms} == {(5 + 3, 8)}
    assert PARAMS["embedding"].shape == (3, 5)
    three = BigGANGenerator((16, 16, 1), (8, 8, 8))
    shapes = jax.eval_shape(three.init, jax.random.key(0), draw(4, 6))["params"]
    for block in ("Block_0", "Block_1"):
        assert shapes[block]["ConditionalBatchNorm_0"]["bias"]["kernel"].shape == (2, 8)


@pytest.mark.parametrize("part", [0, 1])
def test_each_part_of_the_latents_matters(part):
    stats = jax.jit(NETWORK.settle)(PARAMS, {}, draw(64, 6, seed=1), jnp.arange(64) % 3)
    z, apply = draw(4, 6), jax.jit(NETWORK.apply)
    moved = z.at[:, 3 * part : 3 * part + 3].add(1.0)
    one, two = (apply(PARAMS, stats, z, LABEL) for z in (z, moved))
    assert (abs(one - two).reshape(4, -1).max(1) > 1e-3).all()
    assert (abs(one - apply(PARAMS, stats, z, LABEL - 1)).reshape(4, -1).max(1) > 1e-3).all()


def test_latents_that_cannot_be_cut_are_refused():
    with pytest.raises(ValueError, match=r"2 equal parts.*given: 7 dimensions.*multiple of 2"):
        linen(GENERATOR, draw(4, 7), LABEL)
