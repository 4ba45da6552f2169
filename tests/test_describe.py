import numpy as np
import pytest
from PIL import Image

from gan_jax import data as data_room
from gan_jax.describe import chosen, describe, described
from gan_jax.errors import DataError, RunError, UsageError
from tests.command import process


def said(capsys, *words):
    """What `gan-jax data describe` prints: the words behind each title."""
    describe(list(map(str, words)))
    lines = capsys.readouterr().out.splitlines()
    return {line[:12].rstrip(): line[13:] for line in lines}


def test_images_with_classes(capsys, tmp_path):
    found = said(capsys, "digits", "--out", tmp_path / "grid.png")
    digits = data_room.open("digits")
    assert found["data"] == "digits" and found["fingerprint"] == digits.fingerprint
    assert found["examples"] == "1437 for training, 360 held out"
    assert found["shape"].startswith("(8, 8, 1): images")
    assert found["values"] == "uint8 from 0 to 16, decoded from -1 to 1"
    share = 100 * np.mean(digits.train["label"] == 3)
    assert f"3 ({share:.1f} %)" in found["classes"]
    with Image.open(tmp_path / "grid.png") as image:
        assert image.size == (71 * 7, 71 * 7)  # eight in a row, with lines between


def test_points_of_a_known_mixture(capsys):
    found = said(capsys, "ring")
    assert found["truth"].startswith("8 Gaussians") and "classes" not in found


def test_sequences(capsys, tmp_path):
    found = said(capsys, "waves?count=50", "--out", tmp_path / "waves.png")
    assert found["shape"] == "(30, 1): sequences (steps, channels)"
    assert (tmp_path / "waves.png").read_bytes().startswith(b"\x89PNG")


def test_text(capsys, tmp_path):
    path = tmp_path / "some.txt"
    path.write_text("abc\n" * 20)
    found = said(capsys, f"text:{path}?window=6", "--out", tmp_path / "out.txt")
    assert found["vocabulary"] == r"4 symbols: '\nabc'"
    assert found["shape"] == "(6, 4): text (steps, symbols)"
    assert found["example"][1:-1].replace(r"\n", "\n") in "abc\n" * 3
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert len(lines) == 59 and {line.replace("\\n", "\n") for line in lines} == {
        ("abc\n" * 3)[at : at + 6] for at in range(4)
    }


def test_a_table(capsys, tmp_path):
    path, out = tmp_path / "some.csv", tmp_path / "out.csv"
    rows = [f"{i % 9},{'ab'[i % 2]},2026-01-{i % 10 + 10},{i % 3 or ''}" for i in range(40)]
    path.write_text("\n".join(["size,name,day,label", *rows]))
    describe([f"csv:{path}?held_out=0&label=name", "--out", str(out)])
    lines = capsys.readouterr().out.splitlines()
    assert "shape        (22): rows of a table, encoded" in lines
    assert [line[13:] for line in lines if line.startswith("column ")] == [
        "size: integer from 0 to 8, 9 modes",
        "name: categorical of 2, the label",
        "day: date from 2026-01-10 to 2026-01-19, 10 modes",
        "label: categorical of 2, or missing",
    ]
    kept = [",".join(row.split(",")[:1] + row.split(",")[2:]) for row in rows]
    assert sorted(out.read_text().splitlines()) == sorted(["size,day,label", *kept])
    describe([f"csv:{path}?held_out=0", "--out", str(tmp_path / "out.png")])
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (2 * 420, 2 * 300)  # four columns, a panel each


def test_many_classes_are_not_all_named():
    label = np.arange(400) % 40
    label[:20] = 7
    data = data_room.from_arrays(np.random.default_rng(0).normal(size=(400, 2)), label)
    classes = next(line for line in described(data, "x").splitlines() if "classes" in line)
    assert "40: 7 (" in classes and classes.endswith("and 28 rarer ones")


def test_the_examples_are_of_the_training_part_and_the_same_every_time():
    data = data_room.open("digits")
    some = chosen(data, 30)
    known = {image.tobytes() for image in data.spec.decode(data.train["real"])}
    assert len(some) == 30 and {image.tobytes() for image in some} <= known
    np.testing.assert_array_equal(some, chosen(data, 30))
    assert len(chosen(data, 10_000)) == 1437


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        ([], UsageError, "Name the data first"),
        (["--out", "x.png"], UsageError, "Name the data first"),
        (["digit"], DataError, "did you mean digits"),
        (["digits", "--out", "x.jpg"], UsageError, "ends in none of"),
        (["waves?count=10", "--out", "x.gif"], UsageError, "those that can: .npz, .png"),
        (["digits", "--out", "is.png"], RunError, "exists: replace it by --overwrite"),
    ],
)
def test_refusals(tmp_path, monkeypatch, words, error, match):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "is.png").touch()
    with pytest.raises(error, match=match):
        describe(words)
    assert [path.name for path in tmp_path.iterdir()] == ["is.png"]


def test_help(capsys):
    with pytest.raises(SystemExit) as caught:
        describe(["--help"])
    assert caught.value.code == 0
    assert "gan-jax data describe SPEC" in capsys.readouterr().out


def test_a_warning_is_one_line_that_says_what_to_do(tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text("a,b,c\n" + "".join(f"{row % 7},5,{row % 3}\n" for row in range(100)))
    told = process("data", "describe", f"csv:{table}")
    _, said = told.communicate(timeout=120)
    assert told.returncode == 0
    expected = f"gan-jax: warning: {table}: column `b` is constant in the training part: "
    assert said == f"{expected}leave it out by drop=b\n"
