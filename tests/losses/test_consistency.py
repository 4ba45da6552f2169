import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.losses import consistency
from tests.losses.test_penalties import keys, pair


def shifted(keys, x):
    """Every example moved by a number of its own."""
    by = jax.vmap(jax.random.normal)(keys)
    return x + by.reshape(-1, *(1,) * (x.ndim - 1))


@pytest.mark.parametrize("places", [(True, True), (True, False), (False, True)])
def test_it_is_the_mean_square_of_what_an_augmentation_changes(places):
    weight, (real, fake) = jnp.array([1.0, -2.0, 3.0]), pair(6, (3,))
    penalty = consistency(shifted, 5.0, real=places[0], fake=places[1])
    found = penalty(lambda x: x @ weight, keys(6), real, fake)
    # A shift by t moves the score by t * (1 - 2 + 3).
    shifts = [
        jax.vmap(jax.random.normal)(jax.vmap(jax.random.split)(keys(6))[:, i]) for i in (0, 1)
    ]
    expected = sum(
        np.mean((2 * np.asarray(t)) ** 2) for t, on in zip(shifts, places, strict=True) if on
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert penalty.weight == 5.0 and not penalty.separate


def test_both_scores_have_a_gradient():
    real, fake = pair(6, (3,))

    def value(scale):
        critic = lambda x: scale * jnp.square(x).sum(-1)
        return consistency(lambda keys, x: 2 * x)(critic, keys(6), real, fake)

    found = jax.grad(value)(1.5)
    squares = [np.square(np.asarray(x)).sum(-1) for x in (real, fake)]
    expected = sum(np.mean(2 * 1.5 * (3 * square) ** 2) for square in squares)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_what_it_needs():
    for wrong in ({"augment": None}, {"real": False, "fake": False}):
        with pytest.raises(ValueError, match="needs an augmentation"):
            consistency(**({"augment": shifted} | wrong))
    with pytest.raises(ValueError, match="weight of the consistency is -1"):
        consistency(shifted, -1.0)
