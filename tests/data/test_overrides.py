import pytest

from tests.data.test_tabular import PEOPLE, opened, text
from tests.data.zoo import refused

TYPES = """
# What people.csv is
id = "drop"
age = "continuous"
size = ["S", "M", "L"]

"job" = "label"
"""


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(text(PEOPLE))
    (tmp_path / "types.toml").write_text(TYPES)
    return path


def test_a_file_asks_for_what_options_ask_for(people, monkeypatch):
    monkeypatch.setenv("PLACE", str(people.parent))
    given = opened(people, "?types=$PLACE/types.toml&encoding=quantiles")
    options = "?drop=id&continuous=age&ordinal=size:S<M<L&label=job&encoding=quantiles"
    assert given.fingerprint == opened(people, options).fingerprint
    assert given.spec.columns == opened(people, options).spec.columns


def test_a_byte_order_mark_is_no_word(people):
    plain = opened(people, f"?types={people.parent / 'types.toml'}")
    (people.parent / "marked.toml").write_text("\ufeff" + TYPES)
    marked = opened(people, f"?types={people.parent / 'marked.toml'}")
    assert marked.fingerprint == plain.fingerprint


def test_options_beside_a_file_win(people):
    where = f"?types={people.parent}/types.toml&encoding=quantiles"
    given = opened(people, f"{where}&integer=age&label=member")
    options = "?drop=id&ordinal=size:S<M<L&label=member&encoding=quantiles"
    assert given.spec == opened(people, options).spec


WRONG = {
    "an unknown column": ("jop = 'label'", "line 1: there is no column 'jop': did you mean job"),
    "an unknown kind": ("id='drop'\n\nage = 'int'", "line 3: column `age` is 'int': did you mean"),
    "a number": ("age = 3", r"line 1: column `age` is 3: expected one of continuous, integer"),
    "one category": ("size = ['S']", "line 1: column `size` is .'S'.: expected .* all different"),
    "a category twice": ("size = ['S', 'L', 'S']", "column `size` is .* all different"),
    "numbers in order": ("size = [1, 2]", r"column `size` is \[1, 2\]"),
    "a dotted name": ("size.x = 'drop'", "column `size` is {'x': 'drop'}"),
    "a second label": ("job = 'label'\nsize = 'label'", "line 2: column `size` is a second label"),
    "no TOML": ("age: integer", "t.toml: cannot be read .*at line 1, column 4"),
    "a name twice": ("age = 'drop'\nage = 'drop'", "cannot be read .*overwrite a value"),
    "no end": ("size = ['S',\n", "cannot be read .*end of document"),
    "too deep": ("size = " + "[" * 2000, "cannot be read"),
    "not its values": ("since = 'integer'", "column `since` holds '20.* expected whole numbers"),
    "a label of none": ("age = 'drop'", "label=age, which is drop: a label names classes"),
}


@pytest.mark.parametrize("content, words", WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused(people, content, words):
    (people.parent / "t.toml").write_text(content)
    options = "&drop=id" if "id" not in content else ""
    options += "&label=age" * words.startswith("label")
    refused(people.parent, f"csv:{people}?types={people.parent}/t.toml{options}", words)


def test_what_is_no_text_is_refused(people):
    (people.parent / "t.toml").write_bytes(b"\xff")
    refused(people.parent, f"csv:{people}?types={people.parent}/t.toml", "cannot be read .*utf-8")
    refused(
        people.parent,
        f"csv:{people}?types={people.parent}/no.toml",
        "no.toml: there is no such file",
    )
    refused(people.parent, f"csv:{people}?types=$NO_SUCH/no.toml", "variable NO_SUCH")


@pytest.mark.parametrize("word", ["size:S<L<S", "size:S<L,size:M<L"])
def test_an_order_has_each_once(people, word):
    refused(people.parent, f"csv:{people}?ordinal={word}", "ordinal=size")
