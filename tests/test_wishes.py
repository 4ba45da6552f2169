"""What cannot be wished of a generation is refused, whether it is drawn or bred."""

import dataclasses

import pytest

from gan_jax.errors import UsageError
from gan_jax.wishes import Wish
from tests.breeders import UNIFORM, breeder

SMALL = Wish(children=6)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"children": 0}, "number of children is 0: it must be 1 to 64"),
        ({"children": 65}, "number of children is 65"),
        ({"rate": 1.5}, "rate is 1.5: it must be from 0 to 1"),
        ({"mutation": float("nan")}, "mutation is nan"),
        ({"truncation": 0.0}, "truncation is 0: it must be above 0"),
        ({"label": "z"}, "There is no class 'z'"),
    ],
)
def test_what_cannot_be_wished(tmp_path, given, said):
    found = breeder(tmp_path)
    first, wish = found.drawn(SMALL, seed=1), dataclasses.replace(SMALL, **given)
    for act in (lambda: found.drawn(wish, 1), lambda: found.bred(first[:1], wish, 1)):
        with pytest.raises(UsageError, match=said):
            act()


def test_what_the_model_cannot_give(tmp_path):
    free = breeder(tmp_path, classes=())
    with pytest.raises(UsageError, match="not conditional"):
        free.drawn(dataclasses.replace(SMALL, label="a"), 1)
    with pytest.raises(UsageError, match="not normal"):
        breeder(tmp_path, UNIFORM).drawn(dataclasses.replace(SMALL, truncation=1.0), 1)
