import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax.traverse_util import flatten_dict

from gan_jax import families, losses, networks, priors, sampling, standing
from gan_jax.data import Spec
from gan_jax.game import Network, init, update
from gan_jax.networks import Conv, ConvTranspose, half, linen, spectral

IMAGES = Spec((8, 8, 1), 2 / 255, -1.0, ("a", "b"), (0.5, 0.5))
SIZES = {"latent": 4, "conditional": True}
NETWORKS = {
    "mlp": lambda: networks.mlp_pair(IMAGES, widths=(64, 64), **SIZES)[1],
    "dcgan": lambda: networks.dcgan_pair(IMAGES, width=16, **SIZES)[0],
    "resnet": lambda: networks.resnet_pair(IMAGES, widths=8, **SIZES)[1],
}


def largest(weight):
    matrix = np.asarray(weight, np.float64).reshape(-1, np.shape(weight)[-1])
    return np.linalg.svd(matrix, compute_uv=False)[0]


def seen_by(network):
    """The network, and a function from its state to the parameters that the inner one sees."""
    wrapped = spectral(network._replace(apply=lambda params, stats, *inputs: params))
    return wrapped, lambda params, stats: wrapped.apply(params, stats)


@pytest.mark.parametrize("name", NETWORKS)
def test_from_the_start_every_matrix_has_a_largest_singular_value_of_one(name):
    wrapped, see = seen_by(NETWORKS[name]())

    @jax.jit
    def start(key):
        params, stats = wrapped.init(key)
        return flatten_dict(params), flatten_dict(see(params, stats))

    plain, inside = start(jax.random.key(0))
    for path, weight in inside.items():
        if weight.ndim < 2:
            np.testing.assert_array_equal(weight, plain[path])
            continue
        assert largest(weight) == pytest.approx(1, abs=0.02)
        np.testing.assert_allclose(weight * largest(plain[path]), plain[path], rtol=0.02)


def test_fifty_iterations_find_the_largest_singular_value_where_there_is_a_gap():
    random = np.random.default_rng(0)
    left, right = (np.linalg.qr(random.normal(size=(n, 32)))[0] for n in (64, 32))
    kernel = jnp.asarray(left * ([3.0, 2.0] + [1.0] * 30) @ right.T, jnp.float32)
    network = spectral(Network(lambda key: ({"w": kernel}, {}), lambda p, s, x: x @ p["w"]))
    seen = jax.jit(lambda key: network.apply(*network.init(key), jnp.eye(64)))(jax.random.key(1))
    np.testing.assert_allclose(jnp.linalg.svd(seen, compute_uv=False)[:2], [1, 2 / 3], rtol=1e-4)


def test_a_perceptron_under_it_has_slopes_of_at_most_one():
    critic = spectral(networks.mlp_pair(Spec((5,), 1.0, 0.0), latent=2, widths=(64, 64))[1])
    one, other = 3 * jax.random.normal(jax.random.key(0), (2, 500, 5))

    @jax.jit
    def scores(key):
        state = critic.init(key)
        return critic.apply(*state, one), critic.apply(*state, other)

    slopes = abs(np.subtract(*scores(jax.random.key(1)))) / np.linalg.norm(one - other, axis=1)
    assert 0.02 < slopes.max() <= 1.001


def test_the_parameters_are_those_of_the_network_itself():
    plain = NETWORKS["mlp"]()
    begin = lambda network: jax.jit(network.init)(jax.random.key(0))[0]
    jax.tree.map(np.testing.assert_array_equal, *map(begin, (plain, spectral(plain))))


def test_the_gradient_is_that_of_the_quotient_with_both_singular_vectors_fixed():
    """Miyato et al. 2018, section 2.3: (G - <G, W> u v^T / sigma) / sigma, by SVD."""
    network = spectral(linen(nn.Dense(5, use_bias=False), jnp.zeros((1, 7))))
    with jax.enable_x64(True):
        weight, upstream = (np.random.default_rng(i).normal(size=(7, 5)) for i in (0, 1))
        left, values, right = np.linalg.svd(weight)
        stats = {"spectral": {"kernel": jnp.asarray(right[0])}}
        loss = lambda kernel: (
            network.apply({"kernel": kernel}, stats, jnp.eye(7)) * upstream
        ).sum()
        found = jax.jit(jax.grad(loss))(jnp.asarray(weight))
    pull = (upstream * weight).sum() / values[0] * np.outer(left[:, 0], right[0])
    np.testing.assert_allclose(found, (upstream - pull) / values[0], rtol=1e-9)


@pytest.mark.parametrize("layer", [Conv(6, 2, 2), ConvTranspose(6, 2, 2)])
def test_of_patches_that_do_not_overlap_the_map_itself_has_norm_one(layer):
    """There the matrix is the map: for a transposed convolution that of features to patches."""
    example = jnp.zeros((1, 4, 4, 3))
    network = spectral(linen(layer.clone(use_bias=False), example))
    state = jax.jit(network.init)(jax.random.key(0))
    jacobian = jax.jit(jax.jacobian(lambda x: network.apply(*state, x).reshape(-1)))(example)
    assert largest(jacobian.reshape(-1, example.size)) == pytest.approx(1, abs=0.01)


def game(rate=0.05):
    spec = Spec((2,), 1.0, 0.0)
    generator, critic = (spectral(n) for n in networks.mlp_pair(spec, latent=3, widths=(16,)))
    sgd = {"generator_optimizer": optax.sgd(rate), "critic_optimizer": optax.sgd(rate)}
    rest = sgd | {"prior": priors.normal(3), "average": lambda step: 0.5}
    penalty = losses.gradient_penalty()  # it may come on top
    return families.two_player(generator, critic, loss=losses.hinge, penalty=penalty, **rest)


@pytest.mark.slow
def test_one_iteration_a_move_keeps_up_with_training_and_with_the_average():
    made = game()
    state, play = (
        jax.jit(lambda: init(made, jax.random.key(0)))(),
        jax.jit(lambda state, real: update(made, state, jax.random.key(1), {"real": real})),
    )
    real = jax.random.normal(jax.random.key(2), (2, 16, 2)) + 2
    start = state
    for _ in range(30):
        state, _ = play(state, real)
    for name in ("generator", "critic"):
        moved = jax.tree.map(lambda a, b: float(abs(a - b).max()), state.params, start.params)
        assert max(jax.tree.leaves(moved[name])) > 0.05
        vectors = flatten_dict(state.stats[name]["spectral"])
        for path, weight in flatten_dict(state.params[name]).items():
            if weight.ndim == 2:
                norm = np.linalg.norm(weight @ vectors[path])
                assert norm == pytest.approx(largest(weight), rel=0.02)
    sampler = sampling.from_prior(priors.normal(3))
    settled = jax.jit(lambda s: standing.settled(made, sampler, standing.averaged(s)))(state)
    for path, vector in flatten_dict(settled.stats["generator"]["spectral"]).items():
        weight = flatten_dict(state.average["generator"])[path]
        assert np.linalg.norm(weight @ vector) == pytest.approx(largest(weight), rel=1e-4)


def test_what_is_left_out_stays_as_it_is():
    class Embedded(nn.Module):
        @nn.compact
        def __call__(self, x, label):
            return nn.Dense(3)(x) + nn.Embed(5, 3)(label)

    inner = linen(Embedded(), jnp.zeros((1, 2)), jnp.zeros(1, jnp.int32))
    for include, expected in (
        (lambda path: True, {("Dense_0", "kernel"), ("Embed_0", "embedding")}),
        (lambda path: "embedding" not in path, {("Dense_0", "kernel")}),
    ):
        _, stats = jax.eval_shape(spectral(inner, include=include).init, jax.random.key(0))
        assert set(flatten_dict(stats["spectral"])) == expected
    with pytest.raises(ValueError, match="a matrix among its parameters"):
        spectral(inner, include=lambda path: False).init(jax.random.key(0))


def test_in_half_precision_sigma_is_found_in_single():
    inner = linen(nn.Dense(32, use_bias=False), jnp.zeros((1, 32)))
    network = spectral(half(inner))
    found = jax.jit(lambda key: network.apply(*network.init(key), jnp.eye(32)))
    assert largest(found(jax.random.key(0))) == pytest.approx(1, abs=0.01)


def test_its_weights_are_not_clipped_as_well():
    generator, critic = networks.mlp_pair(Spec((2,), 1.0, 0.0), latent=3, widths=(4,))
    rest = {f"{player}_optimizer": optax.sgd(0.1) for player in ("generator", "critic")}
    rest["prior"] = priors.normal(3)
    with pytest.raises(ValueError, match="bounded already"):
        families.wgan(generator, spectral(critic), **rest)
    rest["loss"] = losses.hinge
    for family in (families.two_player, families.lecam):
        with pytest.raises(ValueError, match="bounded already"):
            families.clipped(family(generator, spectral(critic), **rest), 0.01)
        families.clipped(family(generator, critic, **rest), 0.01)


def test_a_kernel_of_zeros_stays_zero():
    network = spectral(
        Network(lambda key: ({"w": jnp.zeros((2, 3))}, {}), lambda p, s, x: x @ p["w"])
    )

    @jax.jit
    def sloping(key):
        params, stats = network.init(key)
        score = lambda params: network.apply(params, stats, jnp.ones((1, 2))).sum()
        return jax.value_and_grad(score)(params)

    value, slope = sloping(jax.random.key(0))
    assert value == 0 and np.isfinite(slope["w"]).all()


@pytest.mark.slow
def test_a_kernel_that_began_at_zero_is_normalised_once_it_is_moved():
    inner = linen(nn.Dense(3, use_bias=False, kernel_init=nn.initializers.zeros), jnp.zeros((1, 4)))
    network = spectral(inner)
    _, stats = network.init(jax.random.key(0))
    kernel = jax.random.normal(jax.random.key(1), (4, 3))
    for _ in range(30):
        stats = network.refresh({"kernel": kernel}, stats, {}, {})
    seen = network.apply({"kernel": kernel}, stats, jnp.eye(4))
    assert largest(seen) == pytest.approx(1, abs=0.02)
