from contextlib import nullcontext

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, parallel, priors
from gan_jax.data import Spec
from gan_jax.data import open as open_data
from gan_jax.errors import UsageError
from gan_jax.experiment import Experiment
from gan_jax.game import Network, bind
from gan_jax.networks import MLPCritic, linen, mlp_pair, packed
from gan_jax.preflight import check_fits
from gan_jax.sampling import from_prior, prepare
from tests.playing import draw, loss, start

SUM = Network(lambda key: ({}, {}), lambda params, stats, x: x)


@pytest.mark.parametrize("shape", [(1,), (3,), (4, 5, 3)])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_pack_is_its_examples_side_by_side_along_the_channels(shape, count):
    x = np.random.default_rng(0).normal(size=(6, *shape)).astype(np.float32)
    joined = jax.jit(lambda x: packed(SUM, count).apply({}, {}, x))(x)
    for pack in range(6 // count):
        own = np.concatenate(list(x[pack * count : (pack + 1) * count]), axis=-1)
        np.testing.assert_array_equal(joined[pack], own)


def test_packs_are_the_same_on_any_number_of_devices_that_hold_them_whole():
    x = np.arange(16, dtype=np.float32).reshape(8, 2)
    join = lambda x: packed(SUM, 2).apply({}, {}, x)
    whole = jax.jit(join)(x)
    for devices in (2, 4):
        parts = jax.jit(jax.vmap(join))(x.reshape(devices, -1, 2))
        np.testing.assert_array_equal(parts.reshape(4, 4), whole)


def game(count=2, **rest):
    generator, _ = mlp_pair(Spec((2,), 1.0, 0.0), latent=3, widths=(8,))
    critic = packed(
        linen(MLPCritic((8,)), jax.ShapeDtypeStruct((2, 2 * count), jnp.float32)), count
    )
    rest = {"prior": priors.normal(3), "loss": losses.non_saturating} | rest
    sgd = dict.fromkeys(("generator_optimizer", "critic_optimizer"), optax.sgd(0.1))
    return families.two_player(generator, critic, **sgd, **rest)


@pytest.mark.slow
def test_losses_and_penalties_are_those_of_packs():
    made = game(penalty=losses.total(losses.gradient_penalty(), losses.zero_centred()))
    keys = jax.random.split(jax.random.key(1), 6)
    real = np.random.default_rng(2).standard_normal((6, 2), np.float32)
    batch = draw(made, "critic", keys, {"real": real})
    value, metrics = loss(made, "critic", keys, batch)
    critic = jax.jit(bind(made, start(made)).critic)
    scores = critic(real), critic(batch["fake"])
    assert scores[0].shape == (3,)
    by_hand = jax.jit(losses.non_saturating.critic)(*scores)
    np.testing.assert_allclose(value - metrics["penalty"], by_hand, rtol=1e-5)
    assert np.isfinite(loss(made, "generator", keys, batch)[0])


@pytest.mark.parametrize("size", [5, 3])
def test_packs_never_hold_real_and_fake(size):
    made = game()
    batch = {"real": np.ones((size, 2), np.float32), "fake": np.zeros((size, 2), np.float32)}
    keys = jax.random.split(jax.random.key(1), size)
    with pytest.raises(ValueError, match=f"{size} scores: a pack holds either. Take a batch"):
        loss(made, "critic", keys, batch)
    with pytest.raises(ValueError, match=r"Packs of 2 .* given: shape"):
        loss(made, "generator", keys, batch)


def test_a_pack_holds_the_labels_of_its_examples():
    spec = Spec((2,), 1.0, 0.0, ("a", "b", "c"))
    made = mlp_pair(spec, latent=3, widths=(8,), conditional=True, pack=2)[1]
    x = np.random.default_rng(0).standard_normal((6, 2), np.float32)
    label = np.array([0, 1, 2, 2, 1, 0], np.int32)
    by_hand = linen(MLPCritic((8,)), np.zeros((2, 10), np.float32))
    params, stats = made.init(jax.random.key(0))
    joined = np.concatenate([x.reshape(3, 4), np.eye(3, dtype=np.float32)[label].reshape(3, 6)], 1)
    scores = by_hand.apply(params, stats, joined)
    np.testing.assert_allclose(made.apply(params, stats, x, label), scores, rtol=1e-5)
    other = made.apply(params, stats, x, (label + 1) % 3)
    assert (abs(other - scores) > 1e-4).any() and scores.shape == (3,)


def test_a_pair_of_packs_and_one_without():
    spec = Spec((4, 4, 3), 1.0, 0.0)
    shapes = lambda pack: jax.tree.map(
        np.shape, mlp_pair(spec, latent=3, widths=(8,), pack=pack)[1].init(jax.random.key(0))[0]
    )
    assert shapes(1)["Dense_0"]["kernel"] == (48, 8) and shapes(2)["Dense_0"]["kernel"] == (96, 8)
    with pytest.raises(ValueError, match="1 or more; given: 0"):
        mlp_pair(spec, latent=3, widths=(8,), pack=0)


def test_packing_changes_the_critic_alone():
    """Of one seed the generator, its fakes in play and its samples are the same, bit for bit."""
    prior, keys = priors.normal(3), jax.random.split(jax.random.key(1), 6)
    real = np.random.default_rng(2).standard_normal((6, 2), np.float32)
    found = []
    for count in (1, 2, 3):
        made = game(count)
        state = start(made)
        fakes = draw(made, "critic", keys, {"real": real})["fake"]
        samples = prepare(made, from_prior(prior))(state, jax.random.key(4), 6)
        found.append({"generator": state.params["generator"], "fake": fakes, **samples})
        assert state.params["critic"]["Dense_0"]["kernel"].shape == (2 * count, 8)
        assert made.players["generator"].moves == made.players["critic"].moves == 1
    for other in found[1:]:
        jax.tree.map(np.testing.assert_array_equal, found[0], other)


def test_what_cannot_be_packed():
    with pytest.raises(ValueError, match=r"1 or more; given: 0"):
        packed(SUM, 0)
    with pytest.raises(ValueError, match=r"Packs of 2 .* \(4,\)"):
        packed(SUM, 2).apply({}, {}, np.zeros((4, 2)), np.zeros(4, np.int32))


@pytest.mark.parametrize("many", [False, True])
def test_a_pack_is_whole_on_every_device(many, monkeypatch):
    ring, built = open_data("ring"), Experiment(game(), from_prior(priors.normal(3)))
    monkeypatch.setattr(parallel, "parts", lambda: 6)
    check_fits(built, ring, 12, many=many)
    monkeypatch.setattr(parallel, "parts", lambda: 4)
    said = "batch of 12 each of 4 devices plays 3. .* of the pack"
    with nullcontext() if many else pytest.raises(UsageError, match=said):
        check_fits(built, ring, 12, many=many)
