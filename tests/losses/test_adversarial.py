import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.losses import (
    hinge,
    least_squares,
    least_squares_with,
    minimax,
    non_saturating,
    wasserstein,
)


def softplus(t):
    return np.logaddexp(0, t)


def sigmoid(t):
    return np.exp(-softplus(-t))


def squares(a, b, c):
    return (
        lambda r, f: (np.mean((r - b) ** 2) + np.mean((f - a) ** 2)) / 2,
        lambda r, f: np.mean((f - c) ** 2) / 2,
    )


def logistic(r, f):
    return np.mean(softplus(-r)) + np.mean(softplus(f))


def margin(r, f):
    return np.mean(np.maximum(0, 1 - r)) + np.mean(np.maximum(0, 1 + f))


LOSSES = {  # the pair of losses, and the same two in NumPy
    "minimax": (minimax, (logistic, lambda r, f: -np.mean(softplus(f)))),
    "non-saturating": (non_saturating, (logistic, lambda r, f: np.mean(softplus(-f)))),
    "least squares": (least_squares, squares(0, 1, 1)),
    "least squares, Pearson": (least_squares_with(-1.0, 1.0, 0.0), squares(-1, 1, 0)),
    "least squares, all targets": (least_squares_with(-0.3, 0.9, 0.4), squares(-0.3, 0.9, 0.4)),
    "hinge": (hinge, (margin, lambda r, f: -np.mean(f))),
    "wasserstein": (wasserstein, (lambda r, f: np.mean(f) - np.mean(r), lambda r, f: -np.mean(f))),
}
every_loss = pytest.mark.parametrize("name", LOSSES)
every_half = pytest.mark.parametrize("half", ["critic", "generator"])


def scores(size, seed):
    return np.random.default_rng(seed).normal(0.5, 3.0, size)


@every_loss
def test_both_halves_are_their_formulas(name):
    loss, formulas = LOSSES[name]
    real, fake = scores(64, 0), scores(48, 1)
    with jax.enable_x64(True):
        for half, formula in zip(loss[:2], formulas, strict=True):
            value = half(jnp.asarray(real), jnp.asarray(fake))
            assert value.shape == ()
            np.testing.assert_allclose(value, formula(real, fake), rtol=1e-12)
    for half, formula in zip(loss[:2], formulas, strict=True):
        value = half(jnp.asarray(real, jnp.float32), jnp.asarray(fake, jnp.float32))
        np.testing.assert_allclose(value, formula(real, fake), rtol=1e-5)


@pytest.mark.parametrize(
    ("loss", "real", "fake", "critic", "generator"),
    [
        (minimax, 0, 0, 2 * np.log(2), -np.log(2)),
        (non_saturating, 0, 0, 2 * np.log(2), np.log(2)),
        (hinge, 0, 0, 2, 0),
        (hinge, 1, -1, 0, 1),
        (least_squares, 0.5, 0.5, 1 / 4, 1 / 8),
        (least_squares, 1, 0, 0, 1 / 2),
        (least_squares_with(-1, 1, 0), 0, 0, 1, 0),
        (wasserstein, 0, 0, 0, 0),
        (wasserstein, 3, 1, -2, -1),
    ],
)
def test_known_points(loss, real, fake, critic, generator):
    real, fake = jnp.full(5, float(real)), jnp.full(3, float(fake))
    np.testing.assert_allclose(loss.critic(real, fake), critic, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(loss.generator(real, fake), generator, rtol=1e-6, atol=1e-7)


def slopes(half, real, fake):
    """The derivatives in the scores of every example, times the number of examples."""
    both = jax.grad(half, (0, 1))(jnp.asarray(real), jnp.asarray(fake))
    return tuple(np.asarray(slope) * slope.size for slope in both)


DERIVATIVES = {  # of critic in real, of critic in fake, of generator in fake
    "minimax": (lambda r: -sigmoid(-r), sigmoid, lambda f: -sigmoid(f)),
    "non-saturating": (lambda r: -sigmoid(-r), sigmoid, lambda f: -sigmoid(-f)),
    "least squares": (lambda r: r - 1, lambda f: f, lambda f: f - 1),
    "least squares, Pearson": (lambda r: r - 1, lambda f: f + 1, lambda f: f),
    "hinge": (lambda r: -1.0 * (r < 1), lambda f: 1.0 * (f > -1), lambda f: -np.ones_like(f)),
    "wasserstein": (lambda r: -np.ones_like(r), np.ones_like, lambda f: -np.ones_like(f)),
}
AT = np.array([-1e4, -300.0, -30.0, -2.0, 0.0, 2.0, 30.0, 300.0, 1e4])


@pytest.mark.parametrize("name", DERIVATIVES)
def test_gradients_at_zero_and_in_saturation(name):
    loss, (in_real, in_fake, of_generator) = LOSSES[name][0], DERIVATIVES[name]
    with jax.enable_x64(True):
        real, fake = slopes(loss.critic, AT, AT)
        unused, generator = slopes(loss.generator, AT, AT)
    np.testing.assert_allclose(real, in_real(AT), rtol=1e-12)
    np.testing.assert_allclose(fake, in_fake(AT), rtol=1e-12)
    np.testing.assert_allclose(generator, of_generator(AT), rtol=1e-12)
    np.testing.assert_array_equal(unused, 0)


def test_only_the_saturating_generator_loses_its_gradient_where_the_critic_wins():
    fake = np.float32([-50.0])
    assert abs(slopes(minimax.generator, fake, fake)[1][0]) < 1e-20
    assert slopes(non_saturating.generator, fake, fake)[1][0] == -1
    zero = np.zeros(1, np.float32)
    for loss in (minimax, non_saturating):  # where the critic is undecided, the two agree
        assert slopes(loss.generator, zero, zero)[1][0] == -0.5


@every_loss
@every_half
@pytest.mark.parametrize(("real", "fake"), [(1e4, -1e4), (-1e4, 1e4), (1e4, 1e4), (-1e4, -1e4)])
def test_values_and_gradients_are_finite_at_large_scores(name, half, real, fake):
    loss, formulas = LOSSES[name]
    real, fake = np.full(4, real, np.float32), np.full(4, fake, np.float32)
    value = getattr(loss, half)(jnp.asarray(real), jnp.asarray(fake))
    exact = getattr(type(loss)(*formulas), half)(real.astype(float), fake.astype(float))
    np.testing.assert_allclose(value, exact, rtol=1e-5)
    assert np.isfinite(slopes(getattr(loss, half), real, fake)).all()


def test_the_minimax_generator_minimises_the_value_that_its_critic_maximises():
    """Their losses add up to the real term alone, whatever the fakes are."""
    real, fake = (jnp.asarray(scores(32, seed), jnp.float32) for seed in (2, 3))
    total = minimax.critic(real, fake) + minimax.generator(real, fake)
    np.testing.assert_allclose(total, np.mean(softplus(-np.asarray(real, float))), rtol=1e-5)


@every_loss
@every_half
def test_swapping_real_and_fake_is_noticed(name, half):
    real, fake = (jnp.asarray(scores(32, seed), jnp.float32) for seed in (4, 5))
    loss = getattr(LOSSES[name][0], half)
    assert abs(float(loss(real, fake) - loss(fake, real))) > 1e-2
