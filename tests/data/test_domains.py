import numpy as np
import pytest
from PIL import Image

from gan_jax import data as data_room
from gan_jax.data import Dataset, Spec, from_arrays
from gan_jax.data.domains import domains
from gan_jax.data.prepare import prepare
from gan_jax.data.source import Rows
from gan_jax.describe import described
from gan_jax.errors import DataError

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (41, 6, 6, 1)).astype(np.uint8)


def names(array):
    """Every image as a string of bytes, in order."""
    return [bytes(np.ascontiguousarray(image)) for image in np.asarray(array[:])]


@pytest.mark.parametrize(
    "to, change",
    [
        ("pale", lambda x: 0.5 * x + 0.4),
        ("rotated", lambda x: np.stack([np.rot90(image) for image in x])),
        ("coloured", lambda x: (x + 1) * np.float32([1, 0.6, 0.1]) - 1),
    ],
)
def test_halves_share_nothing_and_held_out_ones_are_pairs(to, change):
    plain = from_arrays(BYTES, np.arange(41) % 3)
    made = domains(plain, to)
    every = np.asarray(plain.spec.decode(plain.train["real"]))
    real, source = made.train["real"], made.train["source"]
    assert len(real) == len(source) == 16
    whole = {name: index for index, name in enumerate(names(change(every)))}
    labels = [int(plain.train["label"][whole[name]]) for name in names(real)]
    assert labels == made.train["label"].tolist()
    grey = {name: index for index, name in enumerate(names(every))}
    first = {grey[name] for name in names(source[..., :1])}
    assert not first & {whole[name] for name in names(real)} and len(first) == 16
    held_out = np.asarray(plain.spec.decode(plain.held_out["real"]))
    np.testing.assert_array_equal(made.held_out["source"][..., :1], held_out)
    np.testing.assert_allclose(made.held_out["real"], change(held_out), atol=1e-6)
    np.testing.assert_array_equal(made.held_out["label"], plain.held_out["label"])
    assert made.spec.shape == real.shape[1:] and made.spec.classes == plain.spec.classes
    np.testing.assert_array_equal(made.spec.decode(real), real)
    assert made.paired and domains(from_arrays(BYTES), to).paired and not plain.paired


def test_blurred_is_the_mean_over_3x3():
    made = domains(from_arrays(BYTES), "blurred")
    source, real = made.held_out["source"], made.held_out["real"]
    np.testing.assert_allclose(real[:, 2, 3, 0], source[:, 1:4, 2:5, 0].mean((1, 2)), rtol=1e-5)
    corner = source[:, [0, 0, 1]][:, :, [0, 0, 1], 0].mean((1, 2))
    np.testing.assert_allclose(real[:, 0, 0, 0], corner, rtol=1e-5)


def test_two_classes_are_two_domains_and_the_fewer_come_round_again():
    label = (np.arange(41) >= 12).astype(int)
    plain = from_arrays(BYTES, label, held_out=(BYTES, label))
    made = domains(plain)
    assert made.spec.classes == () and not made.paired and made.train.keys() == {"real", "source"}
    assert sorted(names(made.train["real"])) == sorted(names(BYTES[12:]))
    assert set(names(made.train["source"])) == set(names(BYTES[:12]))
    assert len(made.train["source"]) == 29
    assert names(made.train["real"]) != names(BYTES[12:])
    without = from_arrays(BYTES, label, held_out=(BYTES[:12], label[:12]))
    assert len(domains(without).held_out["real"]) == 0


def test_what_is_read_row_by_row_stays_so():
    source = Rows(BYTES, np.arange(41))
    made = domains(from_arrays(source, np.arange(41) % 2, held_out=(BYTES, np.arange(41) % 2)))
    assert isinstance(made.train["real"], Rows)
    assert set(names(made.train["source"])) == set(names(BYTES[::2]))
    assert (
        made.fingerprint
        == domains(
            from_arrays(BYTES, np.arange(41) % 2, held_out=(BYTES, np.arange(41) % 2))
        ).fingerprint
    )


def test_a_spec_names_them(tmp_path):
    for name, value in (("day", 200), ("night", 20)):
        (tmp_path / name).mkdir()
        for index in range(6):
            image = np.full((10, 10), value + index, np.uint8)
            Image.fromarray(image).save(tmp_path / name / f"{index}.png")
    made = data_room.open(f"domains:folder:{tmp_path}?size=8")
    assert made.spec.shape == (8, 8, 1)
    assert made.train["source"].min() >= 200 > 30 > made.train["real"].max()
    pale = data_room.open(f"domains:folder:{tmp_path}?size=8&to=pale")
    assert pale.train["real"].min() >= -0.1
    digits, chosen = data_room.open("digits"), data_room.open("domains:digits?classes=8,3")
    for name, label in (("source", 8), ("real", 3)):
        of_class = digits.held_out["real"][digits.held_out["label"] == label]
        assert set(names(chosen.held_out[name])) == set(names(of_class))
    assert data_room.open("domains:digits?to=rotated").held_out["real"].shape == (360, 8, 8, 1)


@pytest.mark.parametrize(
    "spec, words",
    [
        ("domains:digits", "digits: 10 classes, expected two.*or give to=pale"),
        ("domains:digits?classes=3", "digits: classes=3, expected two.*name two of 0, 1, 2"),
        ("domains:digits?classes=3,x", "expected two.*name two of 0, 1, 2"),
        ("domains:digits?classes=3,,5", "classes=3,,5, expected names A,B,C"),
        ("domains:digits?classes=3,5&to=pale", "to=pale and two classes"),
        ("domains:digits?to=pale&to=pale", "to is given twice"),
        ("domains:digits?to=", "to=, expected a word"),
        ("domains:digits?to=pail", "did you mean pale"),
        ("domains:digits?top=pale", "unknown option `top`"),
        ("domains:digit?to=pale", "did you mean digits"),
        ("domains:ring?to=pale", r"examples of shape \(2,\) cannot be pale"),
        ("domains:", "unknown data"),
    ],
)
def test_refusals(spec, words):
    with pytest.raises(DataError, match=words):
        data_room.open(spec)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colours_are_red_green_and_blue(channels):
    plain = from_arrays(BYTES.repeat(channels, -1))
    if channels in (1, 3):
        assert domains(plain, "coloured").spec.shape == (6, 6, 3)
        return
    with pytest.raises(DataError, match=rf"shape \(6, 6, {channels}\) cannot be coloured"):
        domains(plain, "coloured")


def test_a_source_is_as_the_real_examples_are():
    real, spec = np.zeros((4, 2), np.float32), Spec((2,), 1.0, 0.0)
    made = lambda source, rest: Dataset({"real": real, "source": source}, rest, spec)
    both = {"real": real, "source": real}
    with pytest.raises(DataError, match=r"examples of shape \(3,\), expected \(2,\)"):
        made(np.zeros((4, 3), np.float32), both)
    with pytest.raises(DataError, match="different lengths"):
        made(real[:3], both)
    with pytest.raises(DataError, match="source is uint8: make it that of real"):
        made(real.astype(np.uint8), both)
    with pytest.raises(DataError, match="NaN"):
        made(real + np.nan, both)
    with pytest.raises(DataError, match="train has.*held_out"):
        made(real, {"real": real})
    with pytest.raises(DataError, match="paired, but without a source"):
        Dataset({"real": real}, {"real": real}, spec, paired=True)


def test_two_domains_are_described_and_not_written_as_one(tmp_path):
    made = domains(from_arrays(BYTES), "pale")
    assert "2 without pairs" in described(made, "mine")
    with pytest.raises(DataError, match="two domains, expected one"):
        prepare(made, "mine", tmp_path)
