import pytest

from gan_jax.errors import UsageError
from gan_jax.words import numbers


def test_numbers_are_all_taken_or_refused():
    assert numbers("3..5,1", "samples") == [3, 4, 5, 1]
    with pytest.raises(UsageError, match="--samples is '0..4096': 4096 numbers at most"):
        numbers("0..4096", "samples")
