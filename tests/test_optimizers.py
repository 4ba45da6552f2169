import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import networks, optimizers
from gan_jax.optimizers import orthogonal, warm_average


def test_the_warm_average_follows_closely_first():
    steps = np.arange(0, 20_000, 37)
    decay = jax.jit(jax.vmap(warm_average(0.999)))(jnp.asarray(steps, jnp.int32))
    np.testing.assert_allclose(decay, np.minimum(0.999, (1 + steps) / (10 + steps)), rtol=1e-6)
    np.testing.assert_allclose(decay[0], 0.1, rtol=1e-6)
    assert (np.diff(decay) >= 0).all()
    assert decay[-1] == np.float32(0.999)
    assert warm_average(0.5)(jnp.asarray(100)) == 0.5
    assert jax.jit(lambda d: warm_average(d)(jnp.asarray(100)))(0.25) == 0.25


@pytest.mark.parametrize(
    "name, number",
    [("rmsprop", 0.1), ("sgd", 0.3), ("clip_by_global_norm", 0.5), ("add_decayed_weights", 0.01)],
)
def test_what_is_checked_is_what_optax_computes(name, number):
    params = {"w": jnp.array([1.0, -2.0, 3.0])}
    mine, theirs = (
        make.update(params, make.init(params), params)
        for make in (getattr(room, name)(number) for room in (optimizers, optax))
    )
    jax.tree.map(np.testing.assert_array_equal, mine, theirs)


def test_orthogonal_adds_the_gradient_of_its_equation_to_kernels_alone():
    """Brock et al. 2018, eq. 3, by finite differences."""
    random = np.random.default_rng(0)
    shapes = {"dense": {"kernel": (4, 3), "bias": (3,)}, "conv": {"kernel": (2, 2, 3, 4)}}
    shapes |= {"embedding": {"embedding": (5, 3)}, "norm": {"scale": (3, 3)}, "odd": {"kernel": ()}}
    params = jax.tree.map(
        lambda shape: random.normal(size=shape), shapes, is_leaf=lambda x: isinstance(x, tuple)
    )

    def equation(kernel):
        filters = kernel.reshape(-1, kernel.shape[-1])
        gram = filters.T @ filters
        return 0.3 * np.square(gram * (1 - np.eye(len(gram)))).sum()

    def slope(kernel):
        sides = np.eye(kernel.size).reshape(-1, *kernel.shape) * 1e-5
        ends = [[equation(kernel + sign * side) for side in sides] for sign in (1, -1)]
        return ((np.array(ends[0]) - ends[1]) / 2e-5).reshape(kernel.shape)

    add = orthogonal(0.3)
    with jax.enable_x64(True):
        start = jax.tree.map(jnp.ones_like, params)
        updates, _ = jax.jit(add.update)(start, add.init(params), params)
    for layer in ("dense", "conv"):
        kernel = params[layer]["kernel"]
        np.testing.assert_allclose(updates[layer]["kernel"], 1 + slope(kernel), rtol=1e-6)
    for layer, name in (("dense", "bias"), ("embedding", "embedding"), ("norm", "scale")):
        np.testing.assert_array_equal(updates[layer][name], 1)
    np.testing.assert_array_equal(updates["odd"]["kernel"], 1)


BLOCKS = {f"Bottleneck_{i}" for i in range(4)}
CONDITIONAL = {  # an example of the input, and the layers of two filters or more
    "projection": (networks.Projection(5), (2, 8), set()),
    "critic": (networks.R3GANCritic((8, 8), 5), (2, 8, 8, 1), BLOCKS | {"Conv_0", "Dense_0"}),
    "generator": (networks.R3GANGenerator((8, 8, 1), (8, 8), 5), (2, 6), BLOCKS | {"Dense_0"}),
}


@pytest.mark.parametrize("name", CONDITIONAL)
def test_orthogonal_leaves_the_embeddings_of_networks_alone(name):
    module, shape, layers = CONDITIONAL[name]
    label = jnp.zeros(2, jnp.int32)
    params = jax.jit(module.init)(jax.random.key(0), jnp.ones(shape), label)["params"]
    assert params["embedding"]["kernel"].shape[0] == 5
    params = jax.tree.map(lambda leaf: leaf + 1, params)
    nothing = jax.tree.map(jnp.zeros_like, params)
    updates, _ = jax.jit(orthogonal(0.1).update)(nothing, None, params)
    moved = {layer for layer, tree in updates.items() if any(map(jnp.any, jax.tree.leaves(tree)))}
    assert moved == layers


def test_orthogonal_makes_filters_orthogonal_and_keeps_their_length_free():
    add = optax.chain(orthogonal(0.1), optax.sgd(0.1))
    params = {"kernel": jnp.asarray(np.random.default_rng(0).normal(size=(6, 3)), jnp.float32)}

    def step(_, params):
        updates, _ = add.update(jax.tree.map(jnp.zeros_like, params), add.init(params), params)
        return optax.apply_updates(params, updates)

    kernel = np.asarray(jax.jit(lambda p: jax.lax.fori_loop(0, 500, step, p))(params)["kernel"])
    gram = kernel.T @ kernel
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-3)
    assert np.ptp(np.diag(gram)) > 0.1


def test_orthogonal_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="strength of the orthogonal regularisation is -1"):
        orthogonal(-1.0)
    with pytest.raises(ValueError, match="orthogonal needs the parameters"):
        orthogonal().update({}, None)
