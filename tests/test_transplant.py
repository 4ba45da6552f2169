"""From phase to phase of progressive growing, nothing jumps."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, networks, priors
from gan_jax.data import Spec
from gan_jax.game import State, bind, update
from gan_jax.networks.layers import double, mean_pool
from gan_jax.optimizers import warm_average
from gan_jax.train import initial
from gan_jax.transplant import transplant

SPEC = Spec((8, 8, 1), 1.0, 0.0)
FADES = {4: lambda step: jnp.ones(()), 8: optax.linear_schedule(0.0, 1.0, 4, 1)}


def game(size):
    pair = networks.progressive_pair(SPEC, size=size, latent=3, widths=6)
    return families.progressive(
        *pair,
        fade=FADES[size],
        shown=networks.shown(SPEC, size),
        prior=priors.normal(3),
        generator_optimizer=optax.adam(1e-2, b1=0.5, b2=0.99),
        critic_optimizer=optax.adam(1e-2, b1=0.5, b2=0.99),
        average=warm_average(0.5),
    )


@pytest.fixture(scope="module")
def grown():
    """The last state of the first phase, and the state that the second begins with."""
    small, large = game(4), game(8)
    real = np.random.default_rng(0).normal(size=(2, 4, 8, 8, 1)).astype(np.float32)
    play = jax.jit(lambda state: update(small, state, jax.random.key(1), {"real": real})[0])
    old = play(initial(small, 0))
    return small, old, large, jax.jit(transplant)(old, initial(large, 1))


def test_with_nothing_faded_in_images_and_scores_are_the_old_ones(grown):
    small, old, large, new = grown
    random, none = np.random.default_rng(2), np.zeros(5, np.float32)
    z, x = (random.normal(size=size).astype(np.float32) for size in ((5, 3), (5, 8, 8, 1)))

    @jax.jit
    def seen(old, new):
        before, after = bind(small, old), bind(large, new)
        made = after.generator(z, none), double(before.generator(z))
        return made, (after.critic(x, none), before.critic(mean_pool(x))), after.critic(x)

    images, (scores, expected), whole = seen(old, new)
    np.testing.assert_allclose(*images, atol=1e-6)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    assert not np.allclose(whole, expected, atol=1e-3)


def test_averages_and_the_step_go_on_as_well(grown):
    _, old, _, new = grown
    assert new.step == old.step == 1
    layers = ("latent", "only_4", "to_image_4")
    mine = lambda tree: {name: tree["generator"][name] for name in layers}
    for of in (lambda s: s.params, lambda s: s.average):
        jax.tree.map(np.testing.assert_array_equal, mine(of(new)), mine(of(old)))


def test_optimizers_begin_anew(grown):
    *_, large, new = grown
    jax.tree.map(np.testing.assert_array_equal, new.opt, initial(large, 1).opt)


def test_new_weights_make_the_first_steps_of_adam():
    """Moments of 0 beside an old count would be 10.0, 9.0 and 8.0 times the rate."""
    adam = optax.adam(1e-3, 0.0, 0.99)
    step = jax.jit(lambda state, params: adam.update(jax.tree.map(jnp.ones_like, params), state))
    small, large = {"kept": jnp.zeros(2)}, {"kept": jnp.zeros(2), "new": jnp.zeros(3)}
    opt = adam.init(small)
    for _ in range(2000):
        _, opt = step(opt, small)
    start = State(jnp.zeros(()), large, {}, {"player": adam.init(large)}, {})
    opt = transplant(start._replace(params=small, opt={"player": opt}), start).opt["player"]
    for _ in range(3):
        updates, opt = step(opt, large)
        jax.tree.map(lambda u: np.testing.assert_allclose(u, -1e-3, rtol=1e-3), updates)


def test_the_next_phase_begins_without_a_jump_and_fades_in(grown):
    *_, large, new = grown
    real = np.random.default_rng(1).normal(size=(2, 4, 8, 8, 1)).astype(np.float32)
    play = jax.jit(lambda state: update(large, state, jax.random.key(1), {"real": real}))
    first = play(new)[0]
    moved = lambda one, other, name: (
        not np.array_equal(
            one.params["generator"][name]["kernel"], other.params["generator"][name]["kernel"]
        )
    )
    assert moved(new, first, "only_4") and not moved(new, first, "first_8")  # a share of 0
    second = play(first)[0]
    assert second.step == 3
    assert moved(first, second, "first_8") and moved(first, second, "to_image_8")


def test_what_has_another_shape_begins_anew():
    widths = [networks.progressive_pair(SPEC, size=4, latent=3, widths=w)[0] for w in (6, 5)]
    made = (jax.jit(generator.init)(jax.random.key(i))[0] for i, generator in enumerate(widths))
    one, other = (State(0, {"kernel": tree["only_4"]["kernel"]}, {}, {}, {}) for tree in made)
    jax.tree.map(np.testing.assert_array_equal, transplant(one, other), other)
