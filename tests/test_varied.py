"""What a sweep varies: values of the fields' types, every choice of them, a folder for each."""

import pytest

from gan_jax import experiment, vacancy, varied
from gan_jax.errors import UsageError
from tests.command import write_experiment


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    new = "loss: Literal['a', 'b'] = 'a'\n    size: int | None = None\n    steps: int"
    path = write_experiment(tmp_path_factory.mktemp("varied"), "choices", "steps: int", new)
    text = path.read_text()
    path.write_text(
        text.replace("from dataclasses", "from typing import Literal\nfrom dataclasses")
    )
    return experiment.load(path)


def test_choices(module):
    assert varied.parse(module, ["loss=b,a"]) == {"loss": ["b", "a"]}
    with pytest.raises(UsageError, match="'c' is not one of a, b"):
        varied.parse(module, ["loss=c"])


def test_several_numbers_and_none(module):
    assert varied.parse(module, ["widths=8,16 4", "size=None,3"]) == {
        "widths": [(8,), (16, 4)],
        "size": [None, 3],
    }
    assert varied.label({"widths": (16, 4), "size": None}) == "widths-16 4-size-None"
    for word, said in (
        ("widths=8,x", "'x' is not of type int"),
        ("widths=8,", "a value is missing"),
        ("size=x", "'x' is not of type int"),
    ):
        with pytest.raises(UsageError, match=said):
            varied.parse(module, [word])


def test_a_folder_is_named_by_what_is_chosen():
    vary = {"data": ["digits"], "width": [8, 16]}
    labels = [varied.label(values) for values in varied.combinations(vary)]
    assert labels == ["data-digits-width-8", "data-digits-width-16"]
    assert varied.label({}) == "all"


def test_a_folder_is_one_and_no_pattern(tmp_path):
    names = ["digits?per_class=20", "digits*per_class=20", "/a/[b]", "..", "../a", "a%3Fb", "a?b"]
    labels = [varied.label({"data": name}) for name in names]
    assert len(set(labels)) == len(names)
    for label in labels:
        assert (tmp_path / label).resolve().parent == tmp_path.resolve()
        vacancy.check(tmp_path / label, resume=False, overwrite=False)
