import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors
from gan_jax.data import Spec
from gan_jax.game import Network, bind, init
from gan_jax.networks import MLPCritic, linen, mlp_pair, packed

SUM = Network(lambda key: ({}, {}), lambda params, stats, x: x)


@pytest.mark.parametrize("shape", [(1,), (3,), (4, 5, 3)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_pack_is_its_examples_side_by_side_along_the_channels(shape, count):
    x = jnp.asarray(np.random.default_rng(0).normal(size=(6, *shape)))
    joined = packed(SUM, count).apply({}, {}, x)
    for pack in range(6 // count):
        own = np.concatenate(list(x[pack * count : (pack + 1) * count]), axis=-1)
        np.testing.assert_array_equal(joined[pack], own)


def test_packs_are_the_same_on_any_number_of_devices_that_hold_them_whole():
    x = jnp.arange(16.0).reshape(8, 2)
    join = lambda x: packed(SUM, 2).apply({}, {}, x)
    for devices in (2, 4):
        parts = jax.vmap(join)(x.reshape(devices, -1, 2))
        np.testing.assert_array_equal(parts.reshape(4, 4), join(x))


def game(count=2, **rest):
    generator, _ = mlp_pair(Spec((2,), 1.0, 0.0), latent=3, widths=(8,))
    critic = packed(linen(MLPCritic((8,)), jnp.zeros((2, 2 * count))), count)
    rest = {"prior": priors.normal(3), "loss": losses.non_saturating} | rest
    sgd = dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))
    return families.two_player(generator, critic, **sgd, **rest)


@pytest.mark.slow
def test_losses_and_penalties_are_those_of_packs():
    made = game(penalty=losses.total(losses.gradient_penalty(), losses.zero_centred()))
    nets = bind(made, init(made, jax.random.key(0)))
    keys = jax.random.split(jax.random.key(1), 6)
    real = jax.random.normal(jax.random.key(2), (6, 2))
    batch = made.players["critic"].draw(nets, keys, {"real": real})
    critic = made.players["critic"]
    loss, metrics = critic.loss(nets, keys, batch)
    assert nets.critic(real).shape == (3,)
    by_hand = losses.non_saturating.critic(nets.critic(real), nets.critic(batch["fake"]))
    np.testing.assert_allclose(loss - metrics["penalty"], by_hand, rtol=1e-5)
    assert np.isfinite(made.players["generator"].loss(nets, keys, batch)[0])


@pytest.mark.parametrize("size", [5, 3])
def test_packs_never_hold_real_and_fake(size):
    made = game()
    nets = bind(made, init(made, jax.random.key(0)))
    batch = {"real": jnp.ones((size, 2)), "fake": jnp.zeros((size, 2))}
    keys = jax.random.split(jax.random.key(1), size)
    with pytest.raises(ValueError, match="divides the minibatch of each device"):
        made.players["critic"].loss(nets, keys, batch)
    with pytest.raises(ValueError, match=r"Packs of 2 .* given: shape"):
        made.players["generator"].loss(nets, keys, batch)


def test_what_cannot_be_packed():
    with pytest.raises(ValueError, match=r"1 or more; given: 0"):
        packed(SUM, 0)
    with pytest.raises(ValueError, match=r"Packs of 2 .* \(4,\)"):
        packed(SUM, 2).apply({}, {}, jnp.zeros((4, 2)), jnp.zeros(4, jnp.int32))
