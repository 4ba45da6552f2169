import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.losses import average_hinge, average_least_squares, average_standard, paired


def softplus(t):
    return np.logaddexp(0, t)


def average(a, b):
    """Both halves in NumPy: 1/2 [E a(C - F') + E b(F - C')], and with a and b exchanged."""
    half = lambda a, b: lambda r, f: (np.mean(a(r - f.mean())) + np.mean(b(f - r.mean()))) / 2
    return half(a, b), half(b, a)


LOSSES = {
    "paired": (
        paired,
        (lambda r, f: np.mean(softplus(f - r)), lambda r, f: np.mean(softplus(r - f))),
    ),
    "average": (average_standard, average(lambda t: softplus(-t), softplus)),
    "average least squares": (
        average_least_squares,
        average(lambda t: (t - 1) ** 2, lambda t: (t + 1) ** 2),
    ),
    "average hinge": (
        average_hinge,
        average(lambda t: np.maximum(0, 1 - t), lambda t: np.maximum(0, 1 + t)),
    ),
}
AT_EQUAL_SCORES = {
    "paired": np.log(2),
    "average": np.log(2),
    "average least squares": 1,
    "average hinge": 1,
}
every_loss = pytest.mark.parametrize("name", LOSSES)


def scores(seed, size=64):
    return np.random.default_rng(seed).normal(0.5, 3.0, size)


@every_loss
def test_both_halves_are_their_formulas(name):
    loss, formulas = LOSSES[name]
    real, fake = scores(0), scores(1)
    with jax.enable_x64(True):
        for half, formula in zip(loss[:2], formulas, strict=True):
            found = half(jnp.asarray(real), jnp.asarray(fake))
            np.testing.assert_allclose(found, formula(real, fake), rtol=1e-12)


@every_loss
def test_the_value_at_equal_scores(name):
    for half in LOSSES[name][0][:2]:
        for level in (0.0, 7.0):  # what all scores share does not matter
            found = half(jnp.full(8, level), jnp.full(8, level))
            np.testing.assert_allclose(found, AT_EQUAL_SCORES[name], rtol=1e-6)


@every_loss
def test_the_generator_is_the_critic_with_real_and_fake_exchanged(name):
    critic, generator, _ = LOSSES[name][0]
    real, fake = jnp.asarray(scores(0)), jnp.asarray(scores(1))
    np.testing.assert_allclose(generator(real, fake), critic(fake, real), rtol=1e-6)


@every_loss
def test_every_score_has_a_gradient_of_its_own(name):
    """A widely copied snippet has F' - C in the second term, where single fakes do not count."""
    with jax.enable_x64(True):
        real, fake = jnp.asarray(scores(0, 6) / 3), jnp.asarray(scores(1, 6) / 3)
        for half in LOSSES[name][0][:2]:
            slopes = jax.grad(half, (0, 1))(real, fake)
            step = 1e-6 * np.eye(6)
            ends = [[half(real + s * row, fake) for row in step] for s in (1, -1)]
            expected = (np.array(ends[0]) - np.array(ends[1])) / 2e-6
            np.testing.assert_allclose(slopes[0], expected, atol=1e-7)
            ends = [[half(real, fake + s * row) for row in step] for s in (1, -1)]
            expected = (np.array(ends[0]) - np.array(ends[1])) / 2e-6
            np.testing.assert_allclose(slopes[1], expected, atol=1e-7)
        assert len(np.unique(np.asarray(jax.grad(LOSSES[name][0].critic, 1)(real, fake)))) > 1


@every_loss
def test_large_scores_stay_finite(name):
    for half in LOSSES[name][0][:2]:
        for size in (1e4, -1e4):
            value, slope = jax.value_and_grad(half)(jnp.full(4, size), jnp.full(4, -size))
            assert jnp.isfinite(value) and jnp.isfinite(slope).all()


@pytest.mark.parametrize("half", paired[:2], ids=("critic", "generator"))
def test_scores_that_are_no_pairs_are_refused(half):
    for fake in (jnp.zeros(3), jnp.zeros(1), jnp.zeros((4, 1))):
        with pytest.raises(ValueError, match="i-th real score"):
            half(jnp.zeros(4), fake)
