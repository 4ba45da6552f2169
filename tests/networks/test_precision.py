import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax.flatten_util import ravel_pytree

from gan_jax import families, networks, priors
from gan_jax.data import Spec
from gan_jax.game import init, update
from gan_jax.losses.penalties import gradient_penalty
from gan_jax.networks import checkpointed, half, with_precision

IMAGES = Spec((8, 8, 1), 2 / 255, -1.0, ("a", "b"), (0.5, 0.5))
PAIRS = {
    "mlp": lambda: networks.mlp_pair(IMAGES, latent=4, widths=(16, 16), conditional=True),
    "dcgan": lambda: networks.dcgan_pair(IMAGES, latent=4, width=8, conditional=True),
    "resnet": lambda: networks.resnet_pair(IMAGES, latent=4, widths=4, conditional=True),
    "recurrent": lambda: networks.recurrent_pair(
        Spec((8, 2), 1.0, 0.0, ("a", "b"), (0.5, 0.5)), latent=4, width=8, conditional=True
    ),
}
every_pair = pytest.mark.parametrize("name", PAIRS)
LABEL = jnp.array([0, 1, 1, 0])


def inputs(name):
    z = jax.random.normal(jax.random.key(1), (4, 4))
    shape = (8, 2) if name == "recurrent" else (8, 8, 1)
    return z, jnp.tanh(jax.random.normal(jax.random.key(2), (4, *shape)))


def equations(jaxpr, *names):
    """Every equation of these primitives in a program, also in those that it calls."""
    for equation in jaxpr.eqns:
        if equation.primitive.name in names:
            yield equation
        for value in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr):
            if _is_jaxpr(value):
                yield from equations(getattr(value, "jaxpr", value), *names)


def _is_jaxpr(value):
    return hasattr(value, "eqns") or hasattr(value, "jaxpr")


def loss(critic, params, x):
    """The penalty and the mean score."""
    score = lambda x: critic.apply(params, {}, x, LABEL)
    keys = jax.random.split(jax.random.key(3), 4)
    return gradient_penalty()(score, keys, x, -x) + score(x).mean()


@every_pair
def test_every_product_is_of_halves_and_all_that_is_seen_is_not(name):
    generator, critic = with_precision("bf16", *PAIRS[name]())
    for network, x in zip((generator, critic), inputs(name), strict=True):
        params, stats = network.init(jax.random.key(0))
        traced = jax.make_jaxpr(lambda p, x, n=network, s=stats: n.apply(p, s, x, LABEL))(params, x)
        found = list(equations(traced.jaxpr, "dot_general", "conv_general_dilated"))
        assert found
        for equation in found:
            assert {str(v.aval.dtype) for v in equation.invars} == {"bfloat16"}, equation
        assert all(leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(params))
        assert [str(v.dtype) for v in traced.out_avals] == ["float32"]


@every_pair
def test_the_gradient_of_a_penalty_is_that_of_float32_nearly(name):
    critic, x = PAIRS[name]()[1], inputs(name)[1]
    params, _ = critic.init(jax.random.key(0))
    whole, halved = (
        ravel_pytree(jax.jit(jax.grad(lambda p, c=c: loss(c, p, x)))(params))[0]
        for c in (critic, half(critic))
    )
    assert halved.dtype == jnp.float32
    cosine = whole @ halved / (jnp.linalg.norm(whole) * jnp.linalg.norm(halved))
    assert 0.99 < cosine < 1.0 - 1e-9 or cosine == pytest.approx(1.0, abs=1e-4)
    assert not np.array_equal(whole, halved)


def test_statistics_stay_whole_and_serve():
    generator, z = half(PAIRS["dcgan"]()[0]), inputs("dcgan")[0]
    params, stats = generator.init(jax.random.key(0))
    settled = jax.jit(generator.settle)(params, stats, z, LABEL)
    assert settled and all(leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(settled))
    apply = jax.jit(generator.apply)
    alone = jnp.stack([apply(params, settled, z[i : i + 1], LABEL[i : i + 1])[0] for i in range(4)])
    np.testing.assert_allclose(alone, apply(params, stats, z, LABEL), atol=0.03)


def test_a_mean_over_many_rows_has_the_gradient_of_float32():
    critic = networks.mlp_pair(Spec((2,), 1.0, 0.0), latent=2, widths=(4,))[1]
    params, x = critic.init(jax.random.key(0))[0], jnp.ones((65_536, 2))
    mean = lambda params: half(critic).apply(params, {}, x).mean()
    assert jax.jit(jax.grad(mean))(params)["Dense_1"]["bias"].tolist() == [1.0]


def test_a_spectral_norm_is_around_it_and_not_inside():
    critic = PAIRS["mlp"]()[1]
    half(critic), networks.spectral(half(critic))
    with pytest.raises(ValueError, match=r"Say spectral\(half\(network\)\)"):
        half(networks.spectral(critic))


def test_a_precision_by_name():
    pair = PAIRS["mlp"]()
    assert with_precision("float32", *pair) == pair
    with pytest.raises(ValueError, match="'float16': give 'float32' or 'bf16'"):
        with_precision("float16", *pair)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mlp", "dcgan", "recurrent"])
def test_what_is_computed_again_is_the_same(name):
    critic, x = PAIRS[name]()[1], inputs(name)[1]
    params, _ = critic.init(jax.random.key(0))
    gradient = lambda critic: jax.jit(jax.grad(lambda p: loss(critic, p, x)))
    kept, again = (gradient(c)(params) for c in (critic, checkpointed(critic)))
    for a, b in zip(jax.tree.leaves(kept), jax.tree.leaves(again), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert "remat" in str(jax.make_jaxpr(gradient(checkpointed(critic)))(params))


def test_batch_norm_sums_in_single():
    generator, z = half(PAIRS["dcgan"]()[0]), inputs("dcgan")[0]
    params, stats = generator.init(jax.random.key(0))
    total = lambda params: generator.apply(params, stats, z, LABEL).sum()
    sums = list(equations(jax.make_jaxpr(jax.grad(total))(params).jaxpr, "reduce_sum"))
    assert sums and all(e.invars[0].aval.dtype == jnp.float32 for e in sums)


@pytest.mark.slow
def test_a_step_in_half_is_that_in_single_nearly():
    def moved(precision):
        """What one step of plain descent adds to the weights of each player."""
        pair = with_precision(precision, *networks.dcgan_pair(IMAGES, latent=4, width=16))
        descent = {f"{name}_optimizer": optax.sgd(1e-2) for name in ("generator", "critic")}
        game = families.wgan_gp(*pair, prior=priors.normal(4), critic_moves=1, **descent)
        real = jnp.tanh(jax.random.normal(jax.random.key(1), (2, 32, 8, 8, 1)))
        state = init(game, jax.random.key(0))
        after, _ = jax.jit(lambda state: update(game, state, jax.random.key(2), {"real": real}))(
            state
        )
        changes = jax.tree.map(lambda a, b: a - b, after.params, state.params)
        return {player: ravel_pytree(change)[0] for player, change in changes.items()}

    whole, halved = moved("float32"), moved("bf16")
    for player, change in halved.items():
        assert change.dtype == jnp.float32 and jnp.isfinite(change).all()
        norms = jnp.linalg.norm(change) * jnp.linalg.norm(whole[player])
        assert 0.99 < change @ whole[player] / norms < 1 - 1e-7


def test_a_checkpointed_critic_needs_less_memory():
    critic = networks.dcgan_pair(Spec((32, 32, 1), 1.0, 0.0), latent=4, width=4)[1]
    params, x = critic.init(jax.random.key(0))[0], jnp.zeros((64, 32, 32, 1))
    keys = jax.random.split(jax.random.key(0), 64)

    def needed(critic):
        score = lambda params: lambda x: critic.apply(params, {}, x)
        value = lambda params: gradient_penalty()(score(params), keys, x, x)
        compiled = jax.jit(jax.grad(value)).lower(params).compile()
        return compiled.memory_analysis().temp_size_in_bytes

    assert needed(checkpointed(critic, 8)) < 0.5 * needed(critic)


def test_a_checkpointed_network_takes_any_batch():
    critic, x = checkpointed(PAIRS["mlp"]()[1], 4), jnp.ones((6, 8, 8, 1))
    params, _ = critic.init(jax.random.key(0))
    scores = critic.apply(params, {}, x, jnp.array([0, 1, 1, 0, 1, 0]))
    assert scores.shape == (6,) and scores[0] == scores[3] != scores[1]


def test_a_network_that_mixes_examples_is_not_checkpointed():
    with pytest.raises(ValueError, match="does not mix examples.*mixes=True, parts=4"):
        checkpointed(PAIRS["dcgan"]()[0])
    with pytest.raises(ValueError, match="parts=0"):
        checkpointed(PAIRS["mlp"]()[1], 0)
