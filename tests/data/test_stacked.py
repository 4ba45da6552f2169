import numpy as np
import pytest

import gan_jax.data
from gan_jax.data.idx import idx
from gan_jax.data.stacked import stacked_mnist
from tests.data.test_idx import TEST_LABELS, TRAIN_LABELS, encoded, write
from tests.data.zoo import refused


@pytest.fixture
def folder(tmp_path):
    """Twelve and six images, whose labels are digits."""
    write(tmp_path)
    (tmp_path / TRAIN_LABELS).write_bytes(encoded((np.arange(12) % 10).astype(np.uint8)))
    return tmp_path


def test_the_label_names_the_digits_of_the_channels(folder):
    data, digits = stacked_mnist(folder, count=200, held_out=50), idx(folder)
    assert data.spec.shape == (5, 4, 3) and data.train["real"].dtype == np.uint8
    assert data.spec.classes == tuple(f"{index:03}" for index in range(1000))
    assert data.name == f"stacked_{folder.name}"
    for stacked, single in ((data.train, digits.train), (data.held_out, digits.held_out)):
        known = {image.tobytes(): label for image, label in zip(*single.values(), strict=True)}
        for image, label in zip(stacked["real"], stacked["label"], strict=True):
            found = [known[image[..., channel].tobytes()] for channel in range(3)]
            assert "".join(map(str, found)) == data.spec.classes[label]
    assert len(data.train["real"]) == 200 and len(data.held_out["real"]) == 50


def test_seeds(folder):
    prints = [stacked_mnist(folder, count=9, held_out=9, seed=s).fingerprint for s in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    "options, words",
    [
        ("?count=0", "count=0, held_out=26000: expected 1 or more"),
        ("?held_out=0", "expected 1 or more"),
        ("?count=9999999999999", "of memory"),
        ("?size=8", "unknown option `size`"),
    ],
)
def test_refuses_options_that_make_no_sense(folder, options, words):
    refused(folder, f"stacked_mnist:{folder}{options}", words)


def test_refuses_other_classes_and_no_set(folder):
    (folder / TEST_LABELS).write_bytes(encoded(np.full(6, 10, np.uint8)))
    refused(folder, f"stacked_mnist:{folder}", "11 classes, expected the 10 digits")
    (folder / TEST_LABELS).unlink()
    refused(folder, f"stacked_mnist:{folder}", "no file t10k-labels")


def test_the_real_digits(real_data):
    data = gan_jax.data.open(f"stacked_mnist:{real_data}/mnist?count=20000&held_out=9")
    assert len(np.unique(data.train["label"])) == 1000 and data.spec.shape == (28, 28, 3)
    digits = np.bincount(idx(f"{real_data}/mnist").train["label"]) / 60_000
    expected = np.einsum("i,j,k->ijk", digits, digits, digits).ravel()
    excess = (np.square(np.array(data.spec.frequencies) - expected) / expected).sum() * 20_000
    assert excess < 999 + 4 * np.sqrt(2 * 999)  # chi squared
