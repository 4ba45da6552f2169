"""The networks are given the step's share, and the critic is shown what the share makes of data."""

import jax
import jax.numpy as jnp
import numpy as np
import optax

from gan_jax import families, priors
from gan_jax.game import Network, bind, init

KEYS = jax.random.split(jax.random.key(0), 4)
SHARES = jnp.full(4, 0.5)  # of the real examples, where the penalty looks


def network(apply) -> Network:
    return Network(
        lambda key: ({"w": jnp.asarray(2.0)}, {}), lambda p, s, x, h: apply(p["w"], x, h)
    )


def game(**rest):
    return families.progressive(
        network(lambda w, z, share: w * share[:, None] * z),
        network(lambda w, x, share: w * (1 + share) * x.sum(1)),
        fade=lambda step: step / 4,
        shown=lambda x, share: x[:, :1] * share[:, None],
        prior=priors.normal(1),
        generator_optimizer=optax.sgd(0.1),
        critic_optimizer=optax.sgd(0.1),
        **rest,
    )


def at(made, step):
    return bind(made, init(made, jax.random.key(0))._replace(step=jnp.asarray(step)))


def test_the_critic_descends_on_what_it_is_shown():
    made, real = game(weight=0.0, drift=0.5), jnp.full((4, 2), 6.0)
    nets, batch = at(made, 1), {"real": real, "fake": -jnp.ones((4, 1)), "drawn": SHARES}
    loss, metrics = made.players["critic"].loss(nets, KEYS, batch)
    score = lambda x: 2.0 * 1.25 * x
    assert metrics["real"] == score(1.5) and metrics["fake"] == score(-1.0)
    np.testing.assert_allclose(loss, score(-1.0) - score(1.5) + 0.5 * score(1.5) ** 2, rtol=1e-6)


def test_the_penalty_is_that_of_the_faded_critic():
    nets = at(made := game(weight=3.0, drift=0.0), 2)
    batch = {"real": jnp.ones((4, 2)), "fake": jnp.ones((4, 1)), "drawn": SHARES}
    _, metrics = made.players["critic"].loss(nets, KEYS, batch)
    np.testing.assert_allclose(metrics["penalty"], (2 * 1.5 - 1) ** 2, rtol=1e-5)


def test_fakes_are_faded_and_the_real_examples_wait():
    made, real = game(), jnp.full((4, 2), 6.0)
    drawn = made.players["critic"].draw(at(made, 2), KEYS, {"real": real})
    own, _ = jax.vmap(lambda key: tuple(jax.random.split(key)))(KEYS)
    np.testing.assert_allclose(drawn["fake"], 2.0 * 0.5 * priors.normal(1)(own), rtol=1e-6)
    np.testing.assert_array_equal(drawn["real"], real)
    loss, _ = made.players["generator"].loss(at(made, 2), own, {"real": real})
    np.testing.assert_allclose(loss, -(2 * 1.5 * drawn["fake"]).mean(), rtol=1e-5)
