import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.errors import DataError
from gan_jax.metrics import inception, inception_features
from tests.metrics import inception_weights


@pytest.fixture(scope="module")
def weights():
    """Of a network of a sixteenth of the channels."""
    return inception_weights.weights(16)


@pytest.fixture(scope="module")
def file(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("inception") / "weights.npz"
    np.savez(path, **weights, **{"fc.weight": np.zeros((8, 128), np.float32)})
    return path


def test_the_oracle_has_as_many_weights_as_the_published_network():
    sizes = [np.prod(shape) + 2 * shape[0] for shape in inception_weights.shapes().values()]
    assert sum(sizes) == 21_785_568


@pytest.mark.parametrize("size", [28, 299, 310])
def test_images_are_resized_from_their_corner(size):
    """As TensorFlow 1 did: pixel i of the larger image lies at i * size / 299 of the smaller."""
    line = np.random.default_rng(0).normal(size=(1, size, 1)).astype(np.float32)
    places = np.arange(inception.SIZE) * size / inception.SIZE
    expected = np.interp(places, np.arange(size), line[0, :, 0])
    found = inception._resized(jnp.asarray(line), 1)[0, :, 0]
    np.testing.assert_allclose(found, expected, atol=3e-4)
    assert found[0] == line[0, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(32, 32, 3), (400, 310, 3), (28, 28, 1)])
def test_features_are_those_of_torch_fidelity(shape, tmp_path):
    """At the whole width, with the resize, from random weights that are converted as documented."""
    torch, fidelity = (pytest.importorskip(name) for name in ("torch", "torch_fidelity"))
    weights = inception_weights.weights(1)
    weights |= {"fc.weight": np.zeros((1008, 2048)), "fc.bias": np.zeros(1008)}
    counts = {n.replace("weight", "num_batches_tracked"): 0 for n in weights if "bn.weight" in n}
    state = {name: torch.as_tensor(array) for name, array in (weights | counts).items()}
    torch.save(state, tmp_path / "weights.pth")
    module = fidelity.feature_extractor_inceptionv3.FeatureExtractorInceptionV3
    theirs = module("", ["2048"], feature_extractor_weights_path=str(tmp_path / "weights.pth"))
    converted = torch.load(tmp_path / "weights.pth", weights_only=True)
    np.savez(tmp_path / "weights.npz", **{name: x.numpy() for name, x in converted.items()})
    extractor = inception_features(tmp_path / "weights.npz")

    pixels = np.random.default_rng(1).integers(256, size=(2, *shape), dtype=np.uint8)
    coloured = np.broadcast_to(pixels, (*pixels.shape[:3], 3)).transpose(0, 3, 1, 2)
    expected = theirs(torch.from_numpy(coloured.copy()))[0].numpy()
    assert expected.shape == (2, 2048) and (expected.std(0) > 0).mean() > 0.5
    found = extractor.batch(pixels.astype(np.float32) / 127.5 - 1)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * expected.max())


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
