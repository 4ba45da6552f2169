"""CycleGAN on lines: G(a) = g a, F(b) = f b, and critics that are linear too."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses
from gan_jax.game import Network, move
from tests.playing import draw, loss, start

A, B = (np.random.default_rng(seed).normal(size=(6, 1)).astype(np.float32) for seed in (0, 1))
KEYS = jax.random.split(jax.random.key(0), 6)
SGD = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.0)}
LINES = {"generator": 2.0, "inverse": 0.3, "critic": 0.7, "inverse_critic": -0.4}


def line(value, scores=False):
    apply = lambda p, s, x: (p["w"] * x)[:, 0] if scores else p["w"] * x
    return Network(lambda key: ({"w": np.float32(value)}, {}), apply)


def game(**changes):
    networks = {name: line(value, "critic" in name) for name, value in LINES.items()}
    return families.cycle(**{**networks, **SGD, "shape": (1,), "size": 8} | changes)


def value(made, player, state=None):
    """A player's loss and metrics on the examples, and what it drew."""
    batch = {"real": B, "source": A}
    batch = draw(made, player, KEYS, batch, state) if made.players[player].draw else batch
    return *loss(made, player, KEYS, batch, state), batch


def adversarial(of, scores, target):
    return np.mean((scores * of - target) ** 2)


def test_the_generators_loss_is_its_formula():
    g, f, d, e = LINES.values()
    scores = adversarial(g * A, d, 1) + adversarial(f * B, e, 1)
    cycle = np.abs(f * g * A - A).mean() + np.abs(g * f * B - B).mean()
    identity = np.abs(g * B - B).mean() + np.abs(f * A - A).mean()
    found, terms, _ = value(game(weight=3.0, identity=0.25), "generator")
    np.testing.assert_allclose(found, scores + 3 * (cycle + 0.25 * identity), rtol=1e-5)
    np.testing.assert_allclose([terms["cycle"], terms["identity"]], [cycle, identity], rtol=1e-5)


def test_the_critics_loss_is_its_formula_and_half_of_the_papers():
    g, f, d, e = LINES.values()
    one = adversarial(B, d, 1) + adversarial(g * A, d, 0)
    other = adversarial(A, e, 1) + adversarial(f * B, e, 0)
    found, seen, _ = value(game(), "critic")
    np.testing.assert_allclose(found, (one + other) / 2, rtol=1e-5)
    np.testing.assert_allclose(seen["fake"], (d * g * A).mean(), rtol=1e-5)
    np.testing.assert_allclose(seen["inverse_real"], (e * A).mean(), rtol=1e-5)


def test_critics_see_the_fakes_of_their_own_pools():
    """Full pools of 1: every second fake is the one from before, and takes its place."""
    made = game(size=1)
    full = lambda x: {"examples": np.float32([[x]]), "filled": np.int32(1)}
    state = start(made)
    state = state._replace(stats=state.stats | {"pool": full(50.0), "inverse_pool": full(-9.0)})
    _, seen, batch = value(made, "critic", state)

    def shown(kept, fakes, places):
        for fake, place in zip(fakes, places, strict=True):
            yield kept if place == 0 else fake
            kept = fake if place == 0 else kept

    for prefix, kept, critic in (("", 50.0, "critic"), ("inverse_", -9.0, "inverse_critic")):
        fakes, places = (np.asarray(batch[f"{prefix}fake{end}"]) for end in ("", "_slot"))
        assert 0 < (places == 0).sum() < 6
        expected = LINES[critic] * np.mean(list(shown(kept, fakes[:, 0], places)))
        np.testing.assert_allclose(seen[f"{prefix}fake"], expected, rtol=1e-5)
    after, _ = jax.device_get(jax.jit(partial(move, made, "critic"))(state, KEYS, batch))
    last = np.flatnonzero(np.asarray(batch["fake_slot"]) == 0)[-1]
    assert after.stats["pool"]["examples"][0, 0] == batch["fake"][last, 0]


def test_what_does_not_fit_is_refused():
    wide = line(1.0)._replace(apply=lambda p, s, x: jnp.concatenate([x, x], axis=1))
    with pytest.raises(ValueError, match=r"inverse gives outputs of shape \(2,\) where \(1,\)"):
        game(inverse=wide)
    with pytest.raises(ValueError, match="`loss` is a pair"):
        game(loss="hinge")
    with pytest.raises(ValueError, match="cycle loss is -1: it must be 0 or more"):
        game(weight=-1.0)
    with pytest.raises(ValueError, match="A pool holds 1"):
        game(size=0)
    one = game(loss=losses.hinge)
    with pytest.raises(ValueError, match="needs two domains.*domains:SPEC"):
        draw(one, "critic", KEYS, {"real": B})
