import jax
import jax.numpy as jnp
import optax
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
    check = lambda value: ranges.positive("rate", value)
    jax.eval_shape(check, jnp.float32(-1.0))
    falling = lambda value: jnp.float32(check(optax.linear_schedule(value, 0.0, 5))(0))
    assert jax.jit(jax.vmap(falling))(jnp.arange(-1.0, 2.0)).tolist() == [-1, 0, 1]


@pytest.mark.parametrize(
    "check, good, bad",
    [
        (ranges.positive, (0.0, 2.0), (-1.0, float("nan"))),  # a rate may grow from 0
        (ranges.not_negative, (0.0, 2.0), (-1.0, float("inf"))),
        (ranges.share, (0.0, 1.0), (-0.1, 1.1)),
    ],
)
def test_of_a_schedule_the_first_number_is_checked(check, good, bad):
    for value in good:
        schedule = optax.linear_schedule(value, 0.5, 10)
        assert check("rate", schedule) is schedule
    for value in bad:
        for schedule in (optax.linear_schedule(value, 0.5, 10), lambda step, value=value: value):
            with pytest.raises(ValueError, match="The rate at step 0 is"):
                check("rate", schedule)
            with pytest.raises(ValueError, match="The rate at step 0 is"):
                jax.eval_shape(lambda given, to=schedule: check("rate", to)(given), jnp.int32(3))


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: optimizers.adam(-1e-3), "The learning rate is -0.001: it must be above 0"),
        (
            lambda: optimizers.adam(1e-3, b1=1.5),
            "The beta b1 is 1.5: it must be 0 or more, and below 1",
        ),
        (lambda: optimizers.rmsprop(0.0), "The learning rate is 0: it must be above 0"),
        (lambda: optimizers.sgd(-1.0), "The learning rate is -1"),
        (lambda: optimizers.clip_by_global_norm(0.0), "The norm of the gradients is 0"),
        (lambda: optimizers.add_decayed_weights(-1.0), "The weight decay is -1"),
        (lambda: families.clipped(None, 0.0), "The bound of the weights is 0"),
        (lambda: optimizers.warm_average(2.0), "The decay of the average is 2"),
        (lambda: losses.gradient_penalty(-1.0), "The weight of the gradient penalty is -1"),
    ],
)
def test_the_numbers_of_a_game_are_checked_where_they_are_given(make, said):
    with pytest.raises(ValueError, match=said):
        make()
