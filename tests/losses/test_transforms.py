import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import axis, losses
from gan_jax.losses import label_smoothing, top_k


def scores(seed, size=12):
    return np.random.default_rng(seed).normal(0.5, 3.0, size)


def softplus(t):
    return np.logaddexp(0, t)


@pytest.mark.parametrize("target", [1.0, 0.9, 0.6])
@pytest.mark.parametrize("loss", [losses.minimax, losses.non_saturating])
def test_label_smoothing_is_the_cross_entropy_of_a_soft_label(loss, target):
    real, fake = scores(0), scores(1)
    soft = target * softplus(-real) + (1 - target) * softplus(real)
    smooth = label_smoothing(loss, target)
    with jax.enable_x64(True):
        found = smooth.critic(jnp.asarray(real), jnp.asarray(fake))
    np.testing.assert_allclose(found, soft.mean() + softplus(fake).mean(), rtol=1e-12)
    assert smooth.generator is loss.generator


def test_the_best_critic_under_smoothing_says_the_share_of_the_label():
    """At D = a p / (p + q) the loss is flat; here p is twice q, so D = 0.9 * 2 / 3."""
    best = jnp.log(0.6 / 0.4)
    critic = label_smoothing(losses.non_saturating, 0.9).critic
    both = lambda score: 2 * critic(score[None], jnp.full(1, -jnp.inf)) + jax.nn.softplus(score)
    np.testing.assert_allclose(jax.grad(both)(best), 0, atol=1e-6)


@pytest.mark.parametrize(
    "loss",
    [
        losses.wasserstein,
        losses.hinge,
        losses.least_squares,
        losses.paired,
        label_smoothing(losses.minimax),
        losses.minimax.critic,
    ],
)
def test_there_is_no_label_to_smooth_in_other_losses(loss):
    with pytest.raises(ValueError, match=r"cross-entropy.*least_squares_with\(real_target=0\.9\)"):
        label_smoothing(loss)


def test_shares_out_of_their_range_are_refused():
    with pytest.raises(ValueError, match=r"label of real examples is 1\.5"):
        label_smoothing(losses.minimax, 1.5)
    with pytest.raises(ValueError, match=r"share of the fakes that are kept is -0\.1"):
        top_k(losses.hinge, -0.1)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize(
    ("loss", "each"),
    [
        (losses.hinge, lambda r, f: -f),
        (losses.non_saturating, lambda r, f: softplus(-f)),
        (losses.paired, lambda r, f: softplus(r - f)),
    ],
)
def test_top_k_is_the_mean_over_the_fakes_with_the_highest_scores(loss, each, share):
    real, fake = scores(0), scores(1)
    best = np.argsort(fake)[-max(1, round(share * 12)) :]
    found = lambda fake: top_k(loss, share).generator(jnp.asarray(real), fake)
    with jax.enable_x64(True):
        value, slope = jax.value_and_grad(found)(jnp.asarray(fake))
    np.testing.assert_allclose(value, each(real, fake)[best].mean(), rtol=1e-12)
    assert set(np.flatnonzero(slope)) == set(best)
    assert top_k(loss, share).critic is loss.critic


def test_top_k_may_be_traced_and_is_of_the_global_batch():
    real, fake = (jnp.asarray(scores(seed), jnp.float32) for seed in (0, 1))

    def generator(fake, share):
        return jax.grad(lambda f: axis.mean(top_k(losses.hinge, share).generator(real, f)))(fake)

    whole = jax.jit(generator)(fake, 0.5)
    mapped = jax.vmap(generator, (0, None), axis_name=axis.NAME)
    real = real.reshape(3, 4)[0]
    parts = jax.jit(mapped)(fake.reshape(3, 4), 0.5).reshape(-1)
    np.testing.assert_allclose(parts / 3, whole, rtol=1e-6)  # each part's own mean is of a third


def test_top_k_refuses_scores_of_each_step():
    with pytest.raises(ValueError, match=r"one score an example.*\(4, 3\)"):
        top_k(losses.hinge).generator(jnp.zeros((4, 3)), jnp.zeros((4, 3)))


def test_top_k_refuses_a_loss_that_is_no_mean_over_examples():
    for loss in (losses.average_standard, losses.average_hinge, losses.average_least_squares):
        with pytest.raises(ValueError, match="mean over examples.*losses.paired"):
            top_k(loss)
