import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gan_jax.data
from gan_jax.data import Dataset, Spec
from gan_jax.data.text import strings, text
from gan_jax.errors import DataError
from tests.data.zoo import refused

VERSE = "the quick brown fox\njumps over the lazy dog\n\nand sleeps\n"
LINES = {"the quick brown", "jumps over the ", "and sleeps"}


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "set.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def back(part, spec):
    return strings(spec.decode(part["real"]), spec)


# --- windows


@pytest.mark.parametrize("stride", [1, 3, 40])
def test_windows_are_the_substrings_in_order(write, stride):
    data = text(write(VERSE), window=9, stride=stride, held_out=0)
    expected = [VERSE[at : at + 9] for at in range(0, len(VERSE) - 8, stride)]
    assert back(data.train, data.spec) == expected
    assert data.spec.vocabulary == tuple(sorted(set(VERSE)))
    assert data.spec.shape == (9, len(set(VERSE))) and data.train["real"].dtype == np.uint8
    assert not data.spec.is_sequence and not data.spec.is_image and data.name == "set.txt"


def test_the_end_is_held_out_and_no_window_is_in_both_parts(write):
    content = VERSE * 5
    data = text(write(content), window=4, held_out=0.5)
    half = len(content) // 2
    for part, piece in ((data.train, content[:half]), (data.held_out, content[half:])):
        assert back(part, data.spec) == [piece[at : at + 4] for at in range(len(piece) - 3)]


def test_held_out_windows_with_unknown_characters_are_left_out(write):
    path = write("abcabcabcabc" + "abcéabc¡")
    with pytest.warns(UserWarning, match=r"4 of 6 held-out .*'\\xa1' '\\xe9'"):
        data = text(path, window=3, held_out=0.4)
    assert data.spec.vocabulary == ("a", "b", "c")
    assert back(data.held_out, data.spec) == ["abc", "abc"]


def test_more_symbols_than_a_byte_can_count(write):
    content = "".join(map(chr, range(0x4E00, 0x4E00 + 300))) * 2
    data = text(write(content), window=20, held_out=0)
    assert data.train["real"].dtype == np.int32 and data.spec.shape == (20, 300)
    assert back(data.train, data.spec)[7] == content[7:27]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_are_no_characters(write, end):
    plain = text(write(VERSE), window=9)
    for content in (VERSE.replace("\n", end), "\ufeff" + VERSE):
        assert text(write(content), window=9).fingerprint == plain.fingerprint


# --- lines


def test_lines_are_cut_and_padded(write):
    with pytest.warns(UserWarning, match="2 of 3 lines are cut after 15 .* length=23") as caught:
        data = text(write(VERSE), lines=True, length=15, held_out=0)
    assert len(caught) == 1
    assert set(back(data.train, data.spec)) == LINES and len(data.train["real"]) == 3
    assert data.spec.vocabulary[0] == "" and "\n" not in data.spec.vocabulary
    row = data.train["real"][back(data.train, data.spec).index("and sleeps")]
    assert (row[10:] == 0).all() and (row[:10] > 0).all()


def test_lines_that_all_fill_their_length_need_no_padding(write):
    path = write("abc\nbca\ncab")
    data = gan_jax.data.open(f"text:{path}?lines=1&length=3&held_out=0.4")
    assert data.spec.vocabulary == ("a", "b", "c")
    assert sorted(back(data.train, data.spec) + back(data.held_out, data.spec)) == [
        "abc",
        "bca",
        "cab",
    ]


def test_spaces_and_zeros_at_the_end_of_a_line_are_kept(write):
    data = text(write("a  \nb\0\0\n"), lines=True, length=5, held_out=0)
    assert sorted(back(data.train, data.spec)) == ["a  ", "b\0\0"]


# --- the spec


SPEC = Spec((4, 3), 1.0, 0.0, vocabulary=("", "é", "\n"))


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_decode_is_one_hot_in_numpy_and_in_compiled_jax(dtype):
    raw = np.array([[0, 1, 2, 1], [2, 2, 0, 0]], dtype)
    compiled = jax.jit(SPEC.decode)(jnp.asarray(raw))
    for decoded in (SPEC.decode(raw), np.asarray(compiled)):
        assert decoded.dtype == np.float32
        np.testing.assert_array_equal(decoded, np.eye(3)[raw])
    assert strings(compiled, SPEC) == ["é\né", "\n\n"]


def test_strings_take_the_largest_value(write):
    samples = np.random.default_rng(0).normal(size=(5, 4, 3))
    best = samples.argmax(-1)
    assert strings(samples, SPEC) == ["".join(SPEC.vocabulary[i] for i in row) for row in best]


def test_the_vocabulary_goes_through_json():
    assert Spec.from_json(json.loads(json.dumps(SPEC.to_json()))) == SPEC
    assert SPEC.raw_shape == (4,)


def test_specs_without_one_are_saved_as_before():
    plain = Spec((4, 3), 1.0, 0.0)
    assert "vocabulary" not in plain.to_json()
    assert Spec.from_json(plain.to_json()) == plain and plain.raw_shape == (4, 3)


@pytest.mark.parametrize("shape", [(3,), (4, 2), (4, 3, 1)])
def test_a_vocabulary_that_does_not_fit_the_shape(shape):
    with pytest.raises(ValueError, match="expected .*T, V"):
        Spec(shape, 1.0, 0.0, vocabulary=SPEC.vocabulary)
    with pytest.raises(ValueError, match="all different"):
        Spec((4, 3), 1.0, 0.0, vocabulary=("a", "a", "b"))


@pytest.mark.parametrize(
    "real, words",
    [
        (np.zeros((2, 4), np.float32), "float32, expected uint8 or int32"),
        (np.zeros((2, 4), np.int64), "int64, expected uint8 or int32"),
        (np.zeros((2, 4, 3), np.uint8), r"shape \(4, 3\), expected \(4,\)"),
        (np.full((2, 4), 3, np.uint8), "indices from 3 to 3, expected 0..2"),
        (np.full((2, 4), -1, np.int32), "indices from -1 to -1"),
    ],
)
def test_a_data_set_of_other_indices(real, words):
    with pytest.raises(DataError, match=words):
        Dataset({"real": real}, {"real": real[:0]}, SPEC)


# --- what is refused


ZOO = {
    "empty": (b"", "", "empty, expected text"),
    "a mark alone": (b"\xef\xbb\xbf", "", "empty, expected text"),
    "empty lines": (b"\n\r\n\n", "?lines=1", "nothing but empty lines"),
    "latin 1": (b"abc\ncaf\xe9 de", "", "not UTF-8 in line 2, byte 0xe9 at 7: save it as UTF-8"),
    "utf-16": ("text".encode("utf-16"), "", "not UTF-8 in line 1, byte 0xff at 0"),
    "cut in a character": ("é".encode()[:1], "", "byte 0xc3 at 0"),
    "a surrogate": (b"ab\xed\xa0\x80", "", "byte 0xed at 2"),
    "short": (b"abcdefgh", "?window=7", "6 characters in the training part, fewer than .* 7"),
    "held out short": (b"abcdefgh" * 2, "?window=5", "4 characters in the held-out part"),
    "one character": (b"a" * 20, "?window=3", r"one character, 'a', all over"),
    "one in all lines": (b"aa\na\naaa\n", "?lines=1&length=3", "one character, 'a'"),
    "one line": (b"abc", "?lines=1", "leave none for training"),
    "no window": (b"abc", "?window=0", "window=0, expected 1 or more"),
    "no stride": (b"abc", "?stride=0", "stride=0, expected 1 or more"),
    "no length": (b"abc", "?lines=1&length=0", "length=0, expected 1 or more"),
    "both": (b"abc", "?lines=1&window=3", "window= and stride= are for windows"),
    "length alone": (b"abc", "?length=3", "length=3 is that of lines: add lines=1"),
    "all held out": (b"abc", "?held_out=1", "held_out=1.0, expected 0 <= held_out < 1"),
    "no such flag": (b"abc", "?lines=yes", "lines=yes, expected 0 or 1"),
    "more than there is": (b"ab" * 50_000, "?window=100000000", "fewer than a window"),
}


@pytest.mark.parametrize("content, options, words", ZOO.values(), ids=ZOO)
def test_refuses_what_is_no_text(write, tmp_path, content, options, words):
    refused(tmp_path, f"text:{write(content)}{options}", words)


def test_refuses_what_is_no_file(tmp_path):
    refused(tmp_path, f"text:{tmp_path}/none.txt", "none.txt: there is no such file")
    refused(tmp_path, f"text:{tmp_path}", "cannot be read .Is a directory")


def test_the_real_text(real_data):
    path = Path(real_data, "text/tinyshakespeare.txt")
    data = gan_jax.data.open(f"text:{path}?window=64&stride=64")
    whole = path.read_text("utf-8")
    assert "".join(back(data.train, data.spec)) == whole[: len(data.train["real"]) * 64]
    assert data.spec.shape == (64, 65)
    with pytest.warns(UserWarning, match="21044 of 32777 lines are cut"):
        lines = gan_jax.data.open(f"text:{path}?lines=1")
    expected = sorted(line[:32] for line in whole.split("\n") if line)
    assert sorted(back(lines.train, lines.spec) + back(lines.held_out, lines.spec)) == expected
