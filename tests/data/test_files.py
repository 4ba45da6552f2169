import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

import gan_jax.data
from gan_jax import writing
from gan_jax.data import from_arrays
from gan_jax.data.files import npy, npz
from gan_jax.errors import DataError
from tests.data.zoo import RANDOM, refused

BYTES = RANDOM.integers(0, 256, (20, 6, 6, 3), dtype=np.uint8)
SIGNED = BYTES.astype(np.float32) / 127.5 - 1
POINTS = RANDOM.normal(size=(20, 2))
LABELS = np.arange(20) % 3


def saved(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def dumped(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content, suffix):
        path = tmp_path / f"set.{suffix}"
        path.write_bytes(content)
        return path

    return write


# --- what is read


@pytest.mark.parametrize(
    "array, options, range",
    [
        (BYTES, "", None),
        (BYTES[..., 0], "", None),
        (np.asfortranarray(BYTES), "", None),
        (BYTES // 16, "?range=0,16", (0, 16)),
        (SIGNED, "", None),
        (SIGNED.astype(np.float64), "", None),
        (SIGNED.astype(">f4"), "", None),
        (SIGNED / 2 + 0.5, "?range=(0, 1)", (0, 1)),
        (POINTS, "", None),
    ],
)
def test_an_array_in_either_file_is_that_array(write, array, options, range):
    expected = from_arrays(array, range=range)
    for suffix, content in (("npy", dumped(array)), ("npz", saved(anything=array))):
        data = gan_jax.data.open(f"{suffix}:{write(content, suffix)}{options}")
        assert data.fingerprint == expected.fingerprint and data.name == f"set.{suffix}"


@pytest.mark.parametrize("real", ["real", "x", "samples", "images"])
@pytest.mark.parametrize("label", ["label", "y", "labels"])
def test_arrays_by_their_names(write, real, label):
    expected = from_arrays(BYTES, LABELS)
    assert npz(write(saved(**{real: BYTES, label: LABELS}), "npz")).fingerprint == (
        expected.fingerprint
    )


def test_a_held_out_part_of_its_own(write):
    arrays = {"x": BYTES[:15], "y": LABELS[:15]}
    held_out = {"held_out_real": BYTES[15:], "held_out_label": LABELS[15:]}
    data = npz(write(saved(**arrays, **held_out), "npz"))
    expected = from_arrays(BYTES[:15], LABELS[:15], held_out=(BYTES[15:], LABELS[15:]))
    assert data.fingerprint == expected.fingerprint
    data = npz(write(saved(x=POINTS[:15], held_out_real=POINTS[15:]), "npz"))
    np.testing.assert_array_equal(data.held_out["real"], POINTS[15:].astype(np.float32))


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_a_share_is_held_out(write, suffix):
    path = write(dumped(BYTES) if suffix == "npy" else saved(x=BYTES), suffix)
    for option, count in (("", 4), ("?held_out=0.5", 10), ("?held_out=0", 0)):
        assert len(gan_jax.data.open(f"{suffix}:{path}{option}").held_out["real"]) == count


def test_samples_can_be_read_back(tmp_path):
    spec = from_arrays(BYTES, LABELS).spec
    for drawn in ({"samples": SIGNED, "labels": np.int32(LABELS)}, {"samples": SIGNED}):
        writing.write(drawn, spec, tmp_path / "x.npz")
        data = npz(tmp_path / "x.npz", held_out=0)
        assert data.fingerprint == from_arrays(*drawn.values(), held_out_fraction=0).fingerprint
        assert (data.spec.scale, data.spec.offset) == (1.0, 0.0)


# --- what is refused


class Mine:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def header(shape, descr="|u1", body=b""):
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def member(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]


GOOD, ARCHIVE = dumped(BYTES), saved(real=BYTES, label=LABELS)
OBJECTS = np.array([{}, []], object)
ZOO = {
    "npy: empty": ("npy", b"", "empty: write it by np.save"),
    "npy: text": ("npy", b"1,2,3\n", "no .npy file: write it by np.save"),
    "npy: pickle": ("npy", pickle.dumps(BYTES), "no .npy file: write it by np.save"),
    "npy: objects": ("npy", dumped(OBJECTS, allow_pickle=True), "cannot be read .*objects"),
    "npy: an archive": ("npy", ARCHIVE, "an .npz file, no .npy: give it as --data npz:"),
    "npy: beginning": ("npy", GOOD[:6], "cannot be read"),
    "npy: in its header": ("npy", GOOD[:40], "cannot be read"),
    "npy: header only": ("npy", GOOD[:128], "cannot be read .*see that it is whole"),
    "npy: cut": ("npy", GOOD[:-1], "cannot be read"),
    "npy: version": ("npy", flipped(GOOD, 6), "cannot be read"),
    "npy: no dictionary": ("npy", header("(1,", body=b"1"), "cannot be read"),
    "npy: a call": ("npy", header((1,), "__import__('os')"), "cannot be read"),
    "npy: long header": ("npy", header("1" * 20_000), "cannot be read"),
    "npy: huge promise": ("npy", header((2**40, 8, 8)), "cannot be read"),
    "npy: huger promise": ("npy", header((2**80, 8, 8)), "cannot be read"),
    "npy: negative promise": ("npy", header((-1, 8, 8), body=bytes(64)), "cannot be read|expected"),
    "npy: a number": ("npy", dumped(np.float32(3)), r"shape \(\), expected images"),
    "npy: one axis": ("npy", dumped(np.zeros(9)), r"shape \(9,\), expected images"),
    "npy: five axes": ("npy", dumped(BYTES[None]), "expected images"),
    "npy: no images": ("npy", dumped(BYTES[:0]), "expected|cannot be read"),
    "npy: integers": ("npy", dumped(BYTES.astype(np.int64)), "int64, expected uint8"),
    "npy: complex": ("npy", dumped(SIGNED * 1j), "complex64, expected uint8"),
    "npy: words": ("npy", dumped(np.array([["a"]])), "expected uint8"),
    "npy: records": ("npy", dumped(np.zeros((9, 2), "f4,f4")), "expected uint8"),
    "npy: dates": ("npy", dumped(np.zeros((9, 2), "M8[s]")), "expected uint8"),
    "npy: booleans": ("npy", dumped(BYTES > 9), "bool, expected uint8"),
    "npy: channels first": ("npy", dumped(BYTES.transpose(0, 3, 1, 2)), "channels first"),
    "npy: not in the range": ("npy", dumped(SIGNED * 2), r"range=\(LOW, HIGH\)"),
    "npy: of [0, 1]": ("npy", dumped(SIGNED / 2 + 0.5), r"range=\(0, 1\)"),
    "npy: not finite": ("npy", dumped(np.full((9, 2), np.nan)), "row 0 holds a NaN"),
    "npz: empty": ("npz", b"", "empty: write it by np.savez"),
    "npz: text": ("npz", b"text", "no .npz file: write it by np.savez"),
    "npz: an array": ("npz", GOOD, "an .npy file, no .npz: give it as --data npy:"),
    "npz: cut": ("npz", ARCHIVE[:-30], "cannot be read"),
    "npz: half": ("npz", ARCHIVE[: len(ARCHIVE) // 2], "cannot be read"),
    "npz: flipped": ("npz", flipped(ARCHIVE, 500), "cannot be read .*CRC"),
    "npz: no arrays": ("npz", saved(), "arrays none, expected real/x/samples/images"),
    "npz: objects": ("npz", saved(x=OBJECTS), "cannot be read .*Object arrays"),
    "npz: labels as objects": ("npz", saved(x=BYTES, y=OBJECTS), "cannot be read .*Object arrays"),
    "npz: no array in it": ("npz", member("a.txt", b"text"), "expected|cannot"),
    "npz: a cut array in it": ("npz", member("x.npy", GOOD[:-9]), "cannot be read"),
    "npz: a huge promise in it": ("npz", member("x.npy", header((2**50, 8, 8))), "cannot be read"),
    "npz: labels only": ("npz", saved(y=LABELS, labels=LABELS), "arrays y and labels for one"),
    "npz: two images": ("npz", saved(real=BYTES, x=BYTES), "arrays real and x for one: keep one"),
    "npz: no images": ("npz", saved(label=LABELS, held_out_real=BYTES), "arrays held_out_real, la"),
    "npz: another too": ("npz", saved(x=BYTES, lable=LABELS), "arrays lable, x, expected real/x/"),
    "npz: labels held out": ("npz", saved(x=BYTES, held_out_label=LABELS), "the first of them at"),
    "npz: fewer labels": ("npz", saved(x=BYTES, y=LABELS[:9]), "different lengths"),
    "npz: one-hot labels": ("npz", saved(x=BYTES, y=np.eye(3)[LABELS]), r"label.argmax\(1\)"),
    "npz: labels below 0": ("npz", saved(x=BYTES, y=LABELS - 1), "labels from -1 to 1"),
    "npz: sizes": ("npz", saved(x=BYTES, held_out_real=BYTES[:, 1:]), "examples of shape"),
    "npz: dtypes": ("npz", saved(x=BYTES, held_out_real=SIGNED), "make them one|values from"),
    "npz: half labelled": (
        "npz",
        saved(x=BYTES, y=LABELS, held_out_real=BYTES),
        "labels and classes go together",
    ),
}


@pytest.mark.parametrize("suffix, content, words", ZOO.values(), ids=ZOO)
def test_what_holds_no_such_arrays_is_refused(tmp_path, write, suffix, content, words):
    path = write(content, suffix)
    assert f"set.{suffix}" in refused(tmp_path, f"{suffix}:{path}", words)


@pytest.mark.parametrize(
    "spec, words",
    [
        ("npy:{0}/none.npy", "none.npy: there is no such file"),
        ("npz:{0}", "cannot be read .Is a directory"),
        ("npy:{0}/set.npy?rang=0,1", "unknown option `rang`: did you mean range"),
        ("npy:{0}/set.npy?range=0", "range=0, expected two numbers LOW,HIGH"),
        ("npy:{0}/set.npy?range=a,b", "expected two numbers"),
        ("npy:{0}/set.npy?range=1,0", "the lower first"),
        ("npy:{0}/set.npy?range=0,16", r"expected 0 to 16"),
        ("npy:{0}/set.npy?held_out=2", "held_out"),
        ("npy:{0}/set.npy?size=8", "unknown option `size`: there are range, held_out"),
        ("npz:{0}/set.npz?held_out=0.5", "has a held-out part of its own"),
        ("npy", "did you mean npy:PATH"),
        ("digits?size=8", "unknown option `size`: there are none here"),
        ("idx:{0}?size=8", "unknown option `size`: there are none here"),
    ],
)
def test_specs_that_make_no_sense_are_refused(tmp_path, write, spec, words):
    write(dumped(BYTES), "npy")
    write(saved(real=BYTES, held_out_real=BYTES), "npz")
    refused(tmp_path, spec.format(tmp_path), words)


@pytest.mark.parametrize("reader, suffix", [(npy, "npy"), (npz, "npz")])
@pytest.mark.parametrize("kind", ["pickle", "array", "archive"])
def test_nothing_in_a_file_is_executed(tmp_path, write, reader, suffix, kind):
    trap = np.array([Mine(tmp_path / "executed")], object)
    content = {
        "pickle": pickle.dumps(trap),
        "array": dumped(trap, allow_pickle=True),
        "archive": saved(x=trap),
    }[kind]
    with pytest.raises(DataError):
        reader(write(content, suffix))
    assert os.listdir(tmp_path) == [f"set.{suffix}"]
    pickle.loads(pickle.dumps(trap))  # the trap does work
    assert (tmp_path / "executed").exists()
