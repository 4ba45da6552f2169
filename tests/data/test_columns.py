import json

import pytest

from gan_jax.data import Spec
from gan_jax.data.columns import Column, Mode, blocks, width

WIDE, POINT = Mode(0.1, 0.1 + 0.2, 1e-300, 1 / 3), Mode(0.5, 9.0, 0.0, 0.0)
COLOUR = Column("colour", "categorical", categories=("blue", "ü\n", ""))


@pytest.mark.parametrize(
    "column, kinds",
    [
        (COLOUR, ["choice 3"]),
        (COLOUR._replace(missing="?"), ["choice 4"]),
        (COLOUR._replace(label=True), []),
        (Column("a", "categorical", categories=("x",)), []),
        (Column("a", "categorical", categories=("x",), missing=""), ["choice 2"]),
        (Column("a", "integer", modes=(WIDE,)), ["scalar 1"]),
        (Column("a", "integer", modes=(WIDE, POINT)), ["scalar 1", "choice 2"]),
        (Column("a", "integer", modes=(POINT, POINT)), ["choice 2"]),
        (Column("a", "integer", modes=(POINT,)), []),
        (Column("a", "date", modes=(POINT,), missing="NA"), ["choice 2"]),
        (Column("a", "continuous", modes=(WIDE,), missing="NA"), ["scalar 1", "choice 2"]),
        (Column("a", "continuous", knots=((-1.0, 0.0), (1.0, 9.0))), ["scalar 1"]),
        (Column("a", "continuous", knots=((0.0, 3.0),)), []),
    ],
)
def test_what_takes_room(column, kinds):
    (own,) = blocks([column])
    assert [f"{block.kind} {block.stop - block.start}" for block in own] == kinds
    assert width([column]) == sum(int(kind.split()[1]) for kind in kinds)


def test_blocks_follow_one_another():
    columns = [COLOUR, Column("l", "boolean", label=True), Column("a", "integer", modes=(WIDE,))]
    places = [(block.start, block.stop) for own in blocks(columns * 2) for block in own]
    assert places == [(0, 3), (3, 4), (4, 7), (7, 8)] and width(columns * 2) == 8


@pytest.mark.parametrize(
    "columns",
    [
        (COLOUR,),
        (Column("a", "date", "date32[day]", "%d.%m.%Y", "D", modes=(WIDE, POINT), label=False),),
        (Column("a", "continuous", decimals=2, low=-0.1, high=1e300, knots=((-1.0, 1.0),) * 2),),
    ],
)
def test_a_spec_with_columns_comes_back_from_json(columns):
    spec = Spec((width(columns),), 1.0, 0.0, columns=columns)
    back = Spec.from_json(json.loads(json.dumps(spec.to_json())))
    assert back == spec and hash(back) == hash(spec)
    assert type(back.columns[0]) is Column
    assert all(type(mode) is Mode for mode in back.columns[0].modes)


def test_without_columns_json_is_what_it_was():
    assert "columns" not in Spec((2,), 1.0, 0.0).to_json()


def test_columns_and_shape_agree():
    with pytest.raises(ValueError, match=r"shape \(2,\), columns that take 3 numbers"):
        Spec((2,), 1.0, 0.0, columns=(COLOUR,))


@pytest.mark.parametrize(
    "change", [{"modes": 3}, {"name": None, "more": 1}, {"modes": [[1, 2, 3, 4, 5]]}]
)
def test_a_damaged_column_is_refused(change):
    saved = Spec((3,), 1.0, 0.0, columns=(COLOUR,)).to_json()
    saved["columns"][0] |= change
    with pytest.raises(ValueError, match="not the saved spec"):
        Spec.from_json(saved)
