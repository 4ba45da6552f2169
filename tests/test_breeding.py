"""Children of the prior are of the prior: moments, Kolmogorov-Smirnov, and what a rate means."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from gan_jax import priors
from gan_jax.breeding import blended, check, crossed, edited, mutated, typical
from gan_jax.errors import UsageError

COUNT, SIZE = 3000, 4
PRIORS = {
    "normal": (priors.normal(SIZE), stats.norm()),
    "wide": (priors.normal(SIZE, deviation=5.0), stats.norm(0, 5)),
    "uniform": (priors.uniform(SIZE, -3.0, 1.0), stats.uniform(-3, 4)),
}


def keys(seed, count=COUNT):
    return jax.random.split(jax.random.key(seed), count)


def drawn(prior, seed):
    return np.asarray(prior(keys(seed)))


def standard(latents, law):
    """As standard normal numbers, in which what is of the prior is independent."""
    inside = np.clip(law.cdf(np.float64(latents)), 1e-9, 1 - 1e-9)
    return stats.norm.ppf(inside)


def assert_of_the_prior(latents, law):
    """Every number has its law, no two of them are correlated, and the lengths vary as they do."""
    assert latents.dtype == np.float32
    for column in latents.T:
        assert stats.kstest(column, law.cdf).pvalue > 1e-4
    found = standard(latents, law)
    np.testing.assert_allclose(np.cov(found.T), np.eye(SIZE), atol=6 / math.sqrt(COUNT))
    assert stats.kstest(np.square(found).sum(1), stats.chi2(SIZE).cdf).pvalue > 1e-4


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("amount", [0.15, 0.5, 0.9])
def test_children_are_of_the_prior(name, amount):
    prior, law = PRIORS[name]
    one, other = drawn(prior, 1), drawn(prior, 2)
    assert_of_the_prior(mutated(keys(3), one, prior, amount), law)
    assert_of_the_prior(crossed(keys(4), one, other, amount), law)
    assert_of_the_prior(blended(keys(5), one, other, prior, amount), law)


@pytest.mark.parametrize("name", PRIORS)
def test_children_of_children_too(name):
    """Of eight ancestors, and of two siblings: each way of breeding after each other."""
    prior, law = PRIORS[name]
    cross = lambda seed, one, other: crossed(keys(seed), one, other, 0.3)
    blend = lambda seed, one, other: blended(keys(seed), one, other, prior, 0.4)
    mutate = lambda seed, one: mutated(keys(seed), one, prior, 0.3)
    founders = [drawn(prior, seed) for seed in range(8)]
    couples = list(zip(founders[::2], founders[1::2], strict=True))
    parents = [cross(10 + place, *couple) for place, couple in enumerate(couples)]
    parents = blend(20, *map(mutate, (30, 31), parents[:2])), cross(21, *parents[2:])
    assert_of_the_prior(blend(22, *parents), law)
    siblings = mutate(40, cross(41, *couples[0])), mutate(42, blend(43, *couples[0]))
    assert_of_the_prior(cross(44, *siblings), law)
    assert_of_the_prior(blend(45, *siblings), law)


@pytest.mark.parametrize("name", PRIORS)
def test_the_ends_of_every_rate_are_the_parents(name):
    prior, _ = PRIORS[name]
    one, other = drawn(prior, 1), drawn(prior, 2)
    near = {"rtol": 0, "atol": 2e-5}
    np.testing.assert_allclose(mutated(keys(3), one, prior, 0), one, **near)
    for rate, parent in ((0, one), (1, other)):
        np.testing.assert_array_equal(crossed(keys(3), one, other, rate), parent)
        np.testing.assert_allclose(blended(keys(3), one, other, prior, rate), parent, **near)
    np.testing.assert_allclose(blended(keys(3), one, one, prior, 0.3), one, **near)


@pytest.mark.parametrize("name", PRIORS)
def test_a_mutation_is_as_far_as_it_says(name):
    """The correlation of child and parent is `cos(mutation pi / 2)`, none for a fresh draw."""
    prior, law = PRIORS[name]
    parents = drawn(prior, 1)
    for mutation in (0.1, 0.5, 1.0):
        child = standard(mutated(keys(2), parents, prior, mutation), law)
        found = np.mean(standard(parents, law) * child)
        assert found == pytest.approx(math.cos(mutation * math.pi / 2), abs=0.05)


def test_genes_are_those_of_one_parent_by_their_rate():
    one, other = np.zeros((COUNT, 2, 3), np.float32), np.ones((COUNT, 2, 3), np.float32)
    genes = crossed(keys(1), one, other, 0.3)
    assert set(np.unique(genes)) == {0.0, 1.0}
    np.testing.assert_allclose(genes.mean(0), 0.3, atol=0.04)
    assert abs(np.corrcoef(genes.reshape(COUNT, -1).T) - np.eye(6)).max() < 0.08


def test_a_blend_lies_on_the_arc():
    """Its angle to the first parent is the share of theirs, its length that of one of them."""
    prior = priors.normal(5, 8)
    one, other = (np.asarray(prior(keys(seed, 200))) for seed in (1, 2))
    child, flat = blended(keys(3, 200), one, other, prior, 0.25), (200, -1)
    length = lambda x: np.linalg.norm(np.float64(x).reshape(flat), axis=1)
    cosine = lambda a, b: (np.float64(a) * b).reshape(flat).sum(1) / length(a) / length(b)
    angle = lambda a, b: np.arccos(np.clip(cosine(a, b), -1, 1))
    np.testing.assert_allclose(angle(one, child), angle(one, other) / 4, rtol=1e-3)
    is_second = np.isclose(length(child), length(other), rtol=1e-5)
    assert (is_second | np.isclose(length(child), length(one), rtol=1e-5)).all()
    assert is_second.mean() == pytest.approx(0.25, abs=0.12)


@pytest.mark.parametrize("prior", [priors.normal(1), priors.uniform(1)], ids=["normal", "uniform"])
def test_a_blend_of_one_number_is_that_of_a_parent(prior):
    """Half of the parents are opposite: between them is the origin, which is no child of theirs."""
    one, other = drawn(prior, 1), drawn(prior, 2)
    child = blended(keys(3), one, other, prior, 0.5)
    assert (np.equal(child, one) | np.equal(child, other)).all()
    assert np.equal(child, other).mean() == pytest.approx(0.5, abs=0.05)


def test_a_truncated_latent_is_of_the_truncated_prior():
    for deviation, threshold in ((1.0, 0.5), (5.0, 2.0), (1.0, 8.0)):
        prior = priors.normal(SIZE, deviation=deviation)
        latents = drawn(prior, 1)
        cut = typical(latents, prior, threshold)
        assert abs(cut).max() <= threshold * deviation
        law = stats.truncnorm(-threshold, threshold, scale=deviation)
        assert stats.kstest(cut.ravel(), law.cdf).pvalue > 1e-4
        order = np.argsort(latents.ravel())
        assert (np.diff(cut.ravel()[order]) >= 0).all()
    np.testing.assert_allclose(cut, latents, rtol=1e-5)
    with pytest.raises(UsageError, match="not normal"):
        typical(latents, priors.uniform(SIZE), 1.0)


def test_an_edit_moves_along_its_direction_alone():
    latents, direction = drawn(priors.normal(SIZE), 1), np.float32([0, 2, 0, -1])
    moved = edited(latents, direction, 1.5, priors.normal(SIZE))
    np.testing.assert_allclose(
        moved - latents, np.broadcast_to(1.5 * direction, moved.shape), atol=1e-5
    )
    prior = priors.uniform(SIZE, 0.0, 1.0)
    inside = edited(drawn(prior, 1), direction, 0.4, prior)
    assert inside.min() == 0 and inside.max() == 1


def test_what_cannot_be_bred():
    assert check(priors.normal(3)) == priors.normal(3)
    with pytest.raises(UsageError, match="needs a normal or a uniform prior"):
        check(priors.gumbel(3))
    z = jnp.zeros((2, 3))
    for refused in (
        lambda: mutated(keys(1, 2), z, priors.normal(3), 1.1),
        lambda: crossed(keys(1, 2), z, z, -0.1),
        lambda: blended(keys(1, 2), z, z, priors.normal(3), math.nan),
    ):
        with pytest.raises(ValueError, match="it must be from 0 to 1"):
            refused()
