import numpy as np
from sklearn.datasets import load_digits

from gan_jax.data.digits import digits


def test_digits_are_scikit_learns_all_of_them():
    data = digits()
    real = np.concatenate([data.train["real"], data.held_out["real"]])
    label = np.concatenate([data.train["label"], data.held_out["label"]])
    assert len(data.train["real"]) == 1437 and len(data.held_out["real"]) == 360
    assert real.dtype == np.uint8 and data.spec.shape == (8, 8, 1) and data.name == "digits"
    bunch = load_digits()
    ours = np.c_[real.reshape(-1, 64), label]
    theirs = np.c_[bunch.data, bunch.target]
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])
    assert not np.array_equal(ours[:1437], theirs[:1437])


def test_digits_spec():
    spec = digits().spec
    assert (spec.scale, spec.offset) == (2 / 16, -1.0)
    assert spec.classes == tuple("0123456789") and abs(sum(spec.frequencies) - 1) < 1e-12
    np.testing.assert_array_equal(spec.decode(np.uint8([0, 8, 16])), [-1, 0, 1])


def test_digits_are_the_same_every_time():
    assert digits().fingerprint == digits().fingerprint
