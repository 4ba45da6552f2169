import numpy as np
import pytest

from gan_jax.errors import DataError
from gan_jax.metrics import inception_features
from tests.metrics import inception_torch

IMAGES = np.random.default_rng(0).uniform(-1, 1, (3, 20, 24, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def weights():
    """Of a network of a sixteenth of the channels."""
    return inception_torch.weights(16)


@pytest.fixture(scope="module")
def file(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("inception") / "weights.npz"
    np.savez(path, **weights, **{"fc.weight": np.zeros((8, 128), np.float32)})
    return path


def test_the_oracle_has_as_many_weights_as_the_published_network():
    sizes = [np.prod(shape) + 2 * shape[0] for shape in inception_torch.shapes().values()]
    assert sum(sizes) == 21_785_568


@pytest.mark.slow
def test_features_are_those_of_pytorch(weights, file):
    pytest.importorskip("torch")
    extractor = inception_features(file)
    assert extractor.name == "inception" and len(extractor.hash) == 16
    expected = inception_torch.features(weights, IMAGES)
    assert expected.shape == (3, 128) and (expected.std(0) > 0).mean() > 0.5
    np.testing.assert_allclose(
        extractor.batch(IMAGES), expected, rtol=1e-3, atol=1e-4 * expected.max()
    )


def test_files_that_are_not_of_this_network_are_refused(weights, file, tmp_path):
    with pytest.raises(DataError, match="there is no file nowhere.npz"):
        inception_features("nowhere.npz")
    (tmp_path / "torn.npz").write_bytes(file.read_bytes()[:1000])
    with pytest.raises(DataError, match="torn.npz cannot be read as weights"):
        inception_features(tmp_path / "torn.npz")
    (tmp_path / "torn.safetensors").write_bytes(b"no header")
    with pytest.raises(DataError, match="install safetensors|cannot be read as weights"):
        inception_features(tmp_path / "torn.safetensors")
    some = {name: array for name, array in weights.items() if "Mixed_7c.branch_pool" not in name}
    np.savez(tmp_path / "some.npz", **some)
    with pytest.raises(DataError, match="no weights 'Mixed_7c.branch_pool.conv.weight'"):
        inception_features(tmp_path / "some.npz")
    np.savez(
        tmp_path / "other.npz",
        **weights | {"Mixed_6a.branch3x3.conv.weight": np.ones((4, 5, 3, 3))},
    )
    with pytest.raises(DataError, match="other.npz has weights of other shapes"):
        inception_features(tmp_path / "other.npz")
    with pytest.raises(ValueError, match=r"of 1 or 3 channels; given: \(8, 8, 2\)"):
        inception_features(file)(np.zeros((1, 8, 8, 2)))
