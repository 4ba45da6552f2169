"""Rejection sampling where the densities are known: normal ones on a line."""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from gan_jax import rejection
from gan_jax.errors import UsageError

GENERATOR, DATA = norm(0, 1.5), norm(0.5, 0.8)


def drawn(count, seed=0):
    rng = np.random.default_rng(seed)
    x = GENERATOR.rvs(count, random_state=rng)
    return x, DATA.logpdf(x) - GENERATOR.logpdf(x), rng.uniform(size=count)


def largest():
    line = np.linspace(-5, 5, 10_001)
    return (DATA.logpdf(line) - GENERATOR.logpdf(line)).max()


def test_under_an_optimal_critic_what_is_accepted_are_data():
    x, logits, coins = drawn(20_000)
    assert kstest(x, DATA.cdf).pvalue < 1e-6
    share = rejection.acceptance(logits, largest())
    np.testing.assert_allclose(share, np.exp(logits - largest()), rtol=1e-4, atol=2e-6)
    kept = x[coins < share]
    assert kstest(kept, DATA.cdf).pvalue > 0.01
    np.testing.assert_allclose(len(kept) / len(x), np.exp(-largest()), rtol=0.05)


def test_gamma_is_what_a_percentile_of_samples_has():
    _, logits, _ = drawn(5000)
    gamma = rejection.typical(logits, largest(), 80)
    share = rejection.acceptance(logits, largest(), gamma)
    np.testing.assert_allclose((share > 0.5).mean(), 0.2, atol=0.01)
    assert (np.diff(share[np.argsort(logits)]) >= 0).all()
    extreme = rejection.acceptance(np.array([-1e4, 1e4]), 3.0, gamma)
    assert np.isfinite(extreme).all() and extreme[0] < 1e-6 < 0.9 < extreme[1]


def test_a_score_that_is_no_logit_becomes_one():
    """Of two normal densities of one width the log odds are linear: the regression finds them."""
    rng = np.random.default_rng(1)
    fake, real = rng.normal(0, 1, 20_000), rng.normal(1, 1, 20_000)
    score = lambda x: 70 + 0.01 * x  # as of a Wasserstein critic
    slope, offset = rejection.calibrated(score(real), score(fake[:5000]))
    for x in (-1.0, 0.5, 2.0):
        np.testing.assert_allclose(slope * score(x) + offset, x - 0.5, atol=0.1)


def test_a_critic_that_is_wrong():
    rng = np.random.default_rng(1)
    with pytest.raises(UsageError, match="does not give held-out real examples larger scores"):
        rejection.calibrated(rng.normal(0, 1, 500), rng.normal(3, 1, 500))
