"""What can be wished of a generation, drawn or bred, and how a page says it."""

import dataclasses
import json

import pytest

from gan_jax.errors import UsageError
from gan_jax.wishes import Wish, asked
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
        ({"truncation": -1}, "must be above 0"),
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


def test_what_a_page_does_not_name_is_as_usual():
    usual = Wish(children=6, rate=0.3, label="b", truncation=0.9)
    assert asked(b"{}", usual) == ([], usual, 0)
    body = {"parents": ["x"], "seed": 5, "children": 4, "mixing": "blend", "label": None}
    wish = dataclasses.replace(usual, children=4, mixing="blend", label=None)
    assert asked(json.dumps(body).encode(), usual) == (["x"], wish, 5)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 60000, "no JSON"),
        (b"1" * 5000, "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"sead": 3}', "There is no field 'sead'"),
        (b'{"children": "4"}', "The field children is 4: it must be int"),
        (b'{"children": true}', "it must be int"),
        (b'{"rate": NaN}', "rate is NaN: it must be int or float"),
        (b'{"rate": 1e999}', "rate is too large"),
        (b'{"mutation": 1%s}' % (b"0" * 400), "mutation is too large"),
        (b'{"mixing": "both"}', "must be cross or blend"),
        (b'{"seed": -1}', "seed is -1"),
        (b'{"parents": "abc"}', "must be list"),
        (b'{"parents": [1]}', "The parents are ids"),
    ],
)
def test_what_is_no_wish(body, line):
    with pytest.raises(UsageError, match=line):
        asked(body, SMALL)
