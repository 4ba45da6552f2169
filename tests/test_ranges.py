import jax
import jax.numpy as jnp
import pytest

from gan_jax import families, losses, optimizers, ranges


@pytest.mark.parametrize(
    "check, good, bad",
    [
        (ranges.positive, (1e-9, 3, jnp.float32(2)), (0, -1.0, float("nan"), float("inf"))),
        (ranges.not_negative, (0, 10.0), (-1e-9, float("nan"), float("-inf"))),
        (ranges.share, (0, 0.5, 1), (-0.1, 1.1, float("nan"))),
    ],
)
def test_numbers(check, good, bad):
    for value in good:
        assert check("rate", value) is value
    for value in bad:
        with pytest.raises(ValueError, match="The rate is"):
            check("rate", value)


def test_what_is_not_known_yet_is_passed_on():
    schedule = lambda step: -1.0
    assert ranges.positive("rate", schedule) is schedule
    jax.eval_shape(lambda value: ranges.positive("rate", value), jnp.float32(-1.0))


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: optimizers.adam(-1e-3), "The learning rate is -0.001: it must be above 0"),
        (lambda: optimizers.adam(1e-3, b1=1.5), "The beta b1 is 1.5: it must be from 0 to 1"),
        (lambda: families.clipped(None, 0.0), "The bound of the weights is 0"),
        (lambda: optimizers.warm_average(2.0), "The decay of the average is 2"),
        (lambda: losses.gradient_penalty(-1.0), "The weight of the gradient penalty is -1"),
    ],
)
def test_the_numbers_of_a_game_are_checked_where_they_are_given(make, said):
    with pytest.raises(ValueError, match=said):
        make()
