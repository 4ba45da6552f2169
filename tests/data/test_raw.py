import warnings

import numpy as np
import pytest

import gan_jax.data
from gan_jax.data import from_arrays
from gan_jax.errors import DataError

SEQUENCES = np.random.default_rng(0).normal(size=(20, 7, 3))
LABELS = np.arange(20) % 2
BYTES = np.arange(20 * 7 * 3).astype(np.uint8).reshape(20, 7, 3)


def test_sequences_of_floats_are_taken_as_they_are():
    data = from_arrays(SEQUENCES, LABELS, sequences=True, held_out_fraction=0)
    assert data.spec.shape == (7, 3) and data.spec.is_sequence and not data.spec.is_image
    assert (data.spec.scale, data.spec.offset) == (1.0, 0.0)
    assert np.sort(data.train["real"], axis=None) == pytest.approx(np.sort(SEQUENCES, axis=None))
    assert data.train["label"].shape == (20,)


def test_the_same_array_is_grey_images_without_the_word():
    assert from_arrays(np.tanh(SEQUENCES)).spec.shape == (7, 3, 1)


def test_a_range_scales_sequences_and_bytes_have_one():
    for real, range in ((BYTES, None), (BYTES.astype(float), (0, 255))):
        data = from_arrays(real, range=range, sequences=True, held_out_fraction=0)
        assert data.train["real"].dtype == (np.uint8 if range is None else np.float32)
        decoded = data.spec.decode(data.train["real"])
        assert decoded.shape == (20, 7, 3) and decoded.min() == -1 and decoded.max() == 1


def test_one_value_a_step_needs_no_channel_axis():
    assert from_arrays(SEQUENCES[..., 0], sequences=True).spec.shape == (7, 1)


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_files_of_sequences(tmp_path, suffix):
    path = tmp_path / f"set.{suffix}"
    arrays = {"x": SEQUENCES} if suffix == "npy" else {"x": SEQUENCES, "y": LABELS}
    np.save(path, SEQUENCES) if suffix == "npy" else np.savez(path, **arrays)
    data = gan_jax.data.open(f"{suffix}:{path}?sequences=1&held_out=0.25")
    expected = from_arrays(*arrays.values(), sequences=True, held_out_fraction=0.25)
    assert data.fingerprint == expected.fingerprint
    with pytest.raises(DataError, match="sequences=2, expected 0 or 1"):
        gan_jax.data.open(f"{suffix}:{path}?sequences=2")


@pytest.mark.parametrize(
    "real, options, words",
    [
        (SEQUENCES[None], {}, r"expected sequences \[N, T\]"),
        (SEQUENCES[0, 0], {}, r"expected sequences \[N, T\]"),
        (SEQUENCES[:0], {}, "none of them empty"),
        (BYTES.astype(int), {}, "real is int64"),
        (SEQUENCES * np.nan, {}, "row 0 holds a NaN"),
        (SEQUENCES[:, :1], {}, "no sequence of shape .*changes .*two steps or more"),
        (np.ones((5, 4, 2)), {}, "no sequence of shape .*changes"),
        (SEQUENCES, {"range": (-1, 1)}, "float32 sequences with values from"),
        (SEQUENCES, {"held_out": SEQUENCES[:, :3]}, r"shape \(3, 3\), expected \(7, 3\)"),
    ],
)
def test_what_is_no_sequences_is_refused(real, options, words):
    with pytest.raises(DataError, match=f"mine.*{words}") as caught:
        from_arrays(real, sequences=True, name="mine", **options)
    assert "\n" not in str(caught.value)


def test_some_constant_sequences_are_warned_of():
    real = SEQUENCES.copy()
    real[[3, 5]] = 7.0
    with pytest.warns(UserWarning, match="mine: 2 of 20 sequences are constant"):
        from_arrays(real, sequences=True, name="mine")
    real[3, 0, 0] = 6.0
    with pytest.warns(UserWarning, match="1 of 20"):
        from_arrays(real, sequences=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_arrays(SEQUENCES, sequences=True)


def test_a_channel_that_never_changes_is_warned_of():
    real = SEQUENCES.copy()
    real[:, :, 1] = np.arange(len(real))[:, None]
    with pytest.warns(UserWarning, match="1 of 3 channels, such as 1, are constant in each of 20"):
        from_arrays(real, sequences=True, name="mine")
