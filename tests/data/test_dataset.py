import dataclasses
import json
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Dataset, Mixture, Spec, from_arrays
from gan_jax.data.arrays import split
from gan_jax.errors import DataError

BYTES = np.random.default_rng(0).integers(0, 256, (50, 6, 6, 3), dtype=np.uint8)
LABELS = np.arange(50) % 3
SIGNED = BYTES.astype(np.float32) / 127.5 - 1
POINTS = np.random.default_rng(1).normal(size=(50, 2))
POINT = Spec((2,), 1.0, 0.0)
LABELLED = Spec((2,), 1.0, 0.0, ("a", "b", "c"), (0.5, 0.25, 0.25))
TOY = Spec((2,), 1.0, 0.0, mixture=Mixture(((0.0, 1.0), (1.0, 0.5)), 0.1))


def planted(array, row, value):
    array = array.copy()
    array[row].flat[-1] = value
    return array


# --- the spec


@pytest.mark.parametrize("high", [255, 16])
def test_decode_is_the_same_in_numpy_and_in_compiled_jax(high):
    raw = np.arange(high + 1, dtype=np.uint8).repeat(4).reshape(1, -1, 1, 1)
    spec = from_arrays(raw, range=(0, high), held_out_fraction=0).spec
    decoded = spec.decode(raw)
    compiled = jax.jit(lambda raw: spec.decode(raw))(jnp.asarray(raw))
    assert decoded.dtype == compiled.dtype == np.float32
    np.testing.assert_array_equal(decoded, np.asarray(compiled))
    np.testing.assert_allclose(decoded, raw * (2.0 / high) - 1.0, atol=1.2e-7)
    assert decoded.min() == -1 and decoded.max() == 1


def test_decode_leaves_points_as_they_are():
    points = POINTS.astype(np.float32)
    np.testing.assert_array_equal(POINT.decode(points), points)


@pytest.mark.parametrize(
    "spec", [POINT, LABELLED, TOY, from_arrays(BYTES, LABELS).spec, from_arrays(SIGNED).spec]
)
def test_spec_round_trips_through_json(spec):
    text = json.dumps(spec.to_json(), allow_nan=False)
    again = Spec.from_json(json.loads(text))
    assert again == spec and hash(again) == hash(spec)
    assert json.dumps(again.to_json()) == text


@pytest.mark.parametrize(
    "change",
    [
        {"shape": "ab"},
        {"shape": [0]},
        {"shape": None},
        {"scale": "1"},
        {"scale": 0.0},
        {"offset": float("nan")},
        {"extra": 1},
        {"mixture": {"centres": [[0.0, 0.0]]}},
        {"mixture": {"centres": [[0.0]], "deviation": 1.0}},
        {"frequencies": [1.0]},
        {"mixture": {"centres": [[0.0, 0.0]], "deviation": 1.0, "weight": 1.0}},
    ],
)
def test_from_json_refuses_what_is_no_spec(change):
    with pytest.raises(DataError, match="saved spec"):
        Spec.from_json(POINT.to_json() | change)


@pytest.mark.parametrize("saved", [None, [], {}, {"shape": [2], "mixture": None}])
def test_from_json_refuses_missing_fields(saved):
    with pytest.raises(DataError, match="saved spec"):
        Spec.from_json(saved)


@pytest.mark.parametrize(
    "fields, words",
    [
        (dict(shape=()), "axis"),
        (dict(shape=(2, 0)), "axis"),
        (dict(scale=0.0), "scale not 0"),
        (dict(scale=float("inf")), "finite"),
        (dict(classes=("a", "a")), "twice"),
        (dict(classes=("a", "b"), frequencies=(1.0,)), "1 frequencies, 2 classes"),
        (dict(classes=("a", "b"), frequencies=(0.5, 0.6)), "sum to 1.1"),
        (dict(mixture=Mixture(((0.0,),), 1.0)), "centres"),
    ],
)
def test_spec_refuses_what_cannot_be(fields, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(POINT, **fields)


def test_is_image():
    assert from_arrays(BYTES).spec.is_image and not POINT.is_image


# --- the data set


def part(real=POINTS, label=None, dtype=np.float32):
    labels = {} if label is None else {"label": np.asarray(label)}
    return {"real": real.astype(dtype)} | labels


@pytest.mark.parametrize(
    "train, held_out, spec, words",
    [
        (part(POINTS[:0]), part(), POINT, "train holds no examples"),
        (part(POINTS[:, :1]), part(), POINT, r"train: examples of shape \(1,\), expected \(2,\)"),
        (part(dtype=np.float64), part(), POINT, "float64, expected uint8 or float32"),
        (part(), part(dtype=np.uint8), POINT, "train is float32, held_out uint8"),
        (part(), part(planted(POINTS, 7, np.nan)), POINT, "held_out: row 7 .*NaN"),
        (part(), {}, POINT, r"held_out has arrays \[\], expected \['real'\]"),
        (part(label=LABELS), part(), POINT, "labels and classes go together"),
        (part(), part(), LABELLED, "labels and classes go together"),
        (part(label=np.int32(LABELS[:9])), part(), LABELLED, "different lengths"),
        (part(label=LABELS), part(), LABELLED, "int64 .*expected int32"),
        (part(label=np.int32(LABELS[:, None])), part(), LABELLED, r"\(50, 1\), expected int32"),
        (part(label=np.int32(LABELS + 1)), part(), LABELLED, r"label 3 in row 2, expected 0\.\.2"),
        (part(label=np.int32(LABELS - 1)), part(), LABELLED, "label -1 in row 0"),
    ],
)
def test_dataset_refuses_what_does_not_fit(train, held_out, spec, words):
    with pytest.raises(DataError, match="toy: .*" + words) as caught:
        Dataset(train, held_out, spec, "toy")
    assert "\n" not in str(caught.value)


def test_arrays_are_read_only_and_the_callers_stay_writable():
    real = POINTS.astype(np.float32)
    data = Dataset({"real": real}, {"real": real}, POINT)
    with pytest.raises(ValueError, match="read-only"):
        data.train["real"][0] = 0
    assert real.flags.writeable


def test_fingerprint_changes_with_any_byte_key_shape_or_spec():
    def fingerprint(real=BYTES, held_out=BYTES, label=LABELS, **options):
        return from_arrays(real, label, held_out=(held_out, label), **options).fingerprint

    changed = [
        fingerprint(),
        fingerprint(real=planted(BYTES, 49, BYTES[49].flat[-1] ^ 1)),
        fingerprint(held_out=planted(BYTES, 49, BYTES[49].flat[-1] ^ 1)),
        fingerprint(label=(LABELS + 1) % 3),
        fingerprint(real=BYTES[::-1]),
        fingerprint(real=BYTES.reshape(50, 6, 18, 1), held_out=BYTES.reshape(50, 6, 18, 1)),
        fingerprint(label=None),
        fingerprint(classes=["a", "b", "c"]),
        fingerprint(range=(0, 256)),
    ]
    assert len(set(changed)) == len(changed)
    assert fingerprint() == changed[0] == fingerprint(real=np.asfortranarray(BYTES))


def test_fingerprint_is_the_same_in_another_process():
    program = (
        "import numpy as np; from gan_jax.data import from_arrays;"
        "real = np.arange(4000, dtype=np.uint8).reshape(40, 10, 10);"
        "print(from_arrays(real, np.arange(40) % 4).fingerprint)"
    )
    real = np.arange(4000).astype(np.uint8).reshape(40, 10, 10)
    command = [sys.executable, "-c", program]
    outcome = subprocess.run(command, capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == from_arrays(real, np.arange(40) % 4).fingerprint


# --- from arrays


def test_split_is_fixed_by_its_seed_and_loses_nothing():
    arrays = {"real": np.arange(1797), "label": np.arange(1797) * 2}
    train, rest = split(arrays)
    assert (len(train["real"]), len(rest["real"])) == (1437, 360)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([train["real"], rest["real"]])), arrays["real"]
    )
    np.testing.assert_array_equal(train["label"], 2 * train["real"])
    np.testing.assert_array_equal(split(arrays)[0]["real"], train["real"])
    assert not np.array_equal(split(arrays, seed=1)[0]["real"], train["real"])


@pytest.mark.parametrize("count, fraction, kept", [(10, 0.9, 1), (10, 0.3, 7), (3, 0.0, 3)])
def test_split_counts(count, fraction, kept):
    train, rest = split({"real": np.arange(count)}, fraction)
    assert (len(train["real"]), len(rest["real"])) == (kept, count - kept)


def test_nothing_held_out_is_a_data_set_too():
    data = from_arrays(POINTS, held_out_fraction=0)
    assert data.held_out["real"].shape == (0, 2) and len(data.fingerprint) == 64


def test_images_of_bytes():
    data = from_arrays(BYTES, LABELS, name="noise")
    assert data.train["real"].shape == (40, 6, 6, 3) and data.train["real"].dtype == np.uint8
    assert data.train["label"].dtype == np.int32 and data.held_out["label"].shape == (10,)
    assert data.spec.classes == ("0", "1", "2") and data.name == "noise"
    assert (data.spec.scale, data.spec.offset) == (2 / 255, -1.0)
    counts = np.bincount(data.train["label"])
    np.testing.assert_allclose(data.spec.frequencies, counts / 40)


def test_images_without_a_channel_axis_get_one():
    data = from_arrays(BYTES[..., 0], held_out=BYTES[:5, ..., 0])
    assert data.spec.shape == (6, 6, 1) and data.held_out["real"].shape == (5, 6, 6, 1)


@pytest.mark.parametrize("low, high", [(-1, 1), (0, 1), (0, 255), (-3, 5)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_images_decode_from_their_range(low, high, dtype):
    unit = np.linspace(0, 1, 50 * 25).reshape(50, 5, 5, 1)
    data = from_arrays((low + (high - low) * unit).astype(dtype), range=(low, high))
    decoded = data.spec.decode(np.concatenate([data.train["real"], data.held_out["real"]]))
    assert decoded.dtype == np.float32 and decoded.min() == -1 and decoded.max() == 1


def test_signed_float_images_need_no_range():
    spec = from_arrays(SIGNED).spec
    assert (spec.scale, spec.offset, str(spec.offset)) == (1.0, 0.0, "0.0")


def test_points_are_taken_unscaled_as_float32():
    data = from_arrays(POINTS * 100, held_out=POINTS)
    assert (data.spec.scale, data.spec.offset) == (1.0, 0.0)
    np.testing.assert_array_equal(data.train["real"], (POINTS * 100).astype(np.float32))


def test_jax_arrays_are_taken():
    data = from_arrays(jnp.asarray(BYTES), jnp.asarray(LABELS), held_out=(BYTES, LABELS))
    np.testing.assert_array_equal(data.train["real"], BYTES)


@pytest.mark.parametrize(
    "real, label, options, words",
    [
        (BYTES[0, 0, 0], None, {}, r"shape \(3,\), expected images \[N, H, W\]"),
        (BYTES[None], None, {}, "expected images"),
        (BYTES[:0], None, {}, "none of them empty"),
        (BYTES.astype(np.int64), None, {}, r"int64, .*astype\(np.float32\), and its full range"),
        (BYTES > 9, None, {}, "bool, expected uint8"),
        (np.array([["a", "b"]]), None, {}, "expected uint8"),
        (BYTES[:, :, 0, 0], None, {}, "points .* must be floats"),
        (BYTES.transpose(0, 3, 1, 2), None, {}, r"real.transpose\(0, 2, 3, 1\)"),
        (BYTES[..., :1].transpose(0, 3, 1, 2), None, {}, "channels first"),
        (SIGNED * 0.5 + 0.5, None, {}, r"from 0.0 to 1.0, expected -1 to 1: .*range=\(0, 1\)"),
        (BYTES.astype(float), None, {}, r"from 0.0 to 255.0, .*range=\(0, 255\)"),
        (SIGNED * 1.5, None, {}, r"from -1.5 to 1.5, .*range=\(LOW, HIGH\)"),
        (SIGNED[:, :, :1, 0] * 1.5, None, {}, "or, if they are sequences, say sequences=1"),
        (SIGNED[:, :, :2, 0] * 1.5, None, {}, "or, if they are sequences, say sequences=1"),
        (BYTES, None, {"range": (0, 16)}, "uint8 images .*from 0 to 255, expected 0 to 16"),
        (SIGNED, None, {"range": (0, 1)}, "from -1.0"),
        (SIGNED, None, {"held_out": SIGNED * 2}, "from -2.0"),
        (planted(SIGNED, 7, np.nan), None, {}, "row 7 .*NaN"),
        (planted(POINTS, 8, np.inf), None, {}, "row 8 "),
        (planted(POINTS, 9, 1e300), None, {}, "row 9 .*as float32"),
        (POINTS, None, {"held_out": planted(POINTS, 3, np.nan)}, "held_out: row 3 "),
        (POINTS, LABELS[:-1], {}, "different lengths, {'real': 50, 'label': 49}"),
        (POINTS, LABELS[:, None], {}, r"shape \(50, 1\), .*argmax\(1\)"),
        (POINTS, LABELS.astype(float), {}, "float64 .*integers"),
        (POINTS, LABELS.astype(str), {}, "np.unique"),
        (POINTS, LABELS - 1, {}, "labels from -1 to 1"),
        (POINTS, np.full(50, 2**40), {}, r"expected 0\.\.K-1"),
        (POINTS, LABELS + 1000, {}, "label of 1002 among 50"),
        (POINTS, LABELS, {"classes": ["a", "b"]}, r"label 2 in row 2, expected 0\.\.1"),
        (POINTS, None, {"classes": ["a", "b"]}, "labels and classes go together"),
        (POINTS, LABELS, {"held_out": POINTS}, "labels and classes go together"),
        (POINTS, None, {"held_out": POINTS[:, :1]}, r"examples of shape \(1,\), expected \(2,\)"),
        (POINTS[:1], None, {}, "1 examples leave none for training"),
    ],
)
def test_from_arrays_refuses(real, label, options, words):
    with pytest.raises(DataError, match="mine.* " + words) as caught:
        from_arrays(real, label, name="mine", **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "real, options, words",
    [
        (BYTES, {"range": (1, 0)}, "the lower first"),
        (BYTES, {"range": (0, np.inf)}, "two finite"),
        (POINTS, {"range": (0, 1)}, "points are taken unscaled"),
        (POINTS, {"held_out_fraction": 1.0}, "held_out_fraction"),
        (POINTS, {"held_out_fraction": -0.1}, "held_out_fraction"),
    ],
)
def test_a_mistake_in_the_options_is_a_value_error(real, options, words):
    with pytest.raises(ValueError, match=words) as caught:
        from_arrays(real, **options)
    assert not isinstance(caught.value, DataError)
