"""The file of recipes: ids, faults of the file, several writers."""

import dataclasses
import json
import multiprocessing
import subprocess
import sys

import pytest

from gan_jax.errors import RunError
from gan_jax.lineage import FILE, Individual, Lineage, UnknownError

ADAM = Individual("draw", (), 0, 0, {}, 3, "", 10, "average", "0f")
EVE = dataclasses.replace(ADAM, index=1)
CAIN = Individual("cross", (ADAM.id, EVE.id), 5, 0, {"rate": 0.5}, 3, "", 10, "average", "0f")
ENOCH = dataclasses.replace(CAIN, operation="mutate", parents=(CAIN.id,))


def kept(folder):
    lineage = Lineage(folder)
    lineage.add([ADAM, EVE])
    lineage.add([CAIN, ENOCH])
    return lineage


def test_an_id_is_that_of_its_recipe_and_of_every_part_of_it():
    assert dataclasses.replace(ADAM).id == ADAM.id
    changed = [
        dataclasses.replace(CAIN, **{name: value})
        for name, value in {
            "operation": "blend",
            "parents": (EVE.id, ADAM.id),
            "seed": 6,
            "index": 1,
            "numbers": {"rate": 0.25},
            "label": None,
            "direction": "AAAA",
            "step": 11,
            "weights": "last",
            "digest": "1f",
        }.items()
    ]
    assert len({one.id for one in (CAIN, *changed)}) == len(dataclasses.fields(Individual)) + 1
    code = f"from gan_jax.lineage import Individual; print({CAIN!r}.id)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == CAIN.id


def test_what_was_added_is_found_by_another_reader(tmp_path):
    kept(tmp_path)
    lineage = Lineage(tmp_path)
    assert lineage.find([CAIN.id, ADAM.id]) == [CAIN, ADAM]
    assert lineage.ancestry([ENOCH.id]) == [ADAM, EVE, CAIN, ENOCH]
    assert lineage.ancestry([EVE.id, CAIN.id]) == [EVE, ADAM, CAIN]
    lineage.add([CAIN, EVE])
    assert len((tmp_path / FILE).read_text().splitlines()) == 4


def test_what_another_adds_later_is_found(tmp_path):
    reader = Lineage(tmp_path)
    with pytest.raises(UnknownError, match="has no individual"):
        reader.find([ADAM.id])
    kept(tmp_path)
    assert reader.find([ENOCH.id]) == [ENOCH]


def test_an_unknown_id_is_one_line_with_what_is_near(tmp_path):
    near = ADAM.id[:-1] + ("a" if ADAM.id[-1] != "a" else "b")
    with pytest.raises(UnknownError, match=f"'{near}': did you mean {ADAM.id}"):
        kept(tmp_path).find([near])


@pytest.mark.parametrize("cut", [1, 40])
def test_a_last_line_that_was_cut_short_is_left_out_and_then_replaced(tmp_path, cut):
    kept(tmp_path)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-cut])
    lineage = Lineage(tmp_path)
    assert lineage.find([CAIN.id]) == [CAIN]
    with pytest.raises(UnknownError):
        lineage.find([ENOCH.id])
    lineage.add([ENOCH])
    assert Lineage(tmp_path).ancestry([ENOCH.id]) == [ADAM, EVE, CAIN, ENOCH]
    assert all(json.loads(line) for line in file.read_text().splitlines())


@pytest.mark.parametrize(
    ("old", "new"),
    [('"rate": 0.5', '"rate": 0.6'), ('"index": 1', '"index": 2'), ('{"id"', '{"di"'), ("{", "\0")],
)
def test_a_row_that_was_changed_is_noticed(tmp_path, old, new):
    kept(tmp_path)
    file = tmp_path / FILE
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(RunError, match=r"lineage\.jsonl is damaged"):
        Lineage(tmp_path).find([ADAM.id])


def test_a_parent_whose_row_was_removed_is_missed(tmp_path):
    kept(tmp_path)
    file = tmp_path / FILE
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    lineage = Lineage(tmp_path)
    assert lineage.find([CAIN.id]) == [CAIN]
    with pytest.raises(RunError, match=f"{ADAM.id}, a parent of {CAIN.id}, is missing"):
        lineage.ancestry([ENOCH.id])


def test_a_file_that_was_removed_is_begun_again(tmp_path):
    lineage = kept(tmp_path)
    (tmp_path / FILE).unlink()
    lineage.add([EVE])
    assert (tmp_path / FILE).read_bytes().startswith(b'{"id"')
    assert Lineage(tmp_path).find([EVE.id]) == [EVE]


def test_a_long_lineage(tmp_path):
    line = [ADAM]
    for _ in range(3000):
        line.append(dataclasses.replace(ENOCH, parents=(line[-1].id,)))
    lineage = Lineage(tmp_path)
    lineage.add(line)
    assert lineage.ancestry([line[-1].id]) == line


def write(folder, writer):
    lineage = Lineage(folder)
    for index in range(40):
        lineage.add([dataclasses.replace(ADAM, seed=writer, index=index), EVE])


def test_two_writers_lose_nothing(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=write, args=(tmp_path, writer)) for writer in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = [json.loads(line)["id"] for line in (tmp_path / FILE).read_text().splitlines()]
    assert len(rows) == len(set(rows)) == 81
    assert len(Lineage(tmp_path).find(rows)) == 81
