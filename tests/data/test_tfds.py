"""Sets for TensorFlow Datasets, written and read without it and without a network."""

import gzip
import io
import json
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets
from PIL import Image
from tensorflow_datasets import features as kinds

import gan_jax.data
from gan_jax.cli import main
from gan_jax.data import from_arrays, source
from gan_jax.data.prepare import prepare
from gan_jax.data.tfds import tfds
from gan_jax.errors import DataError
from tests.data.zoo import encoded, grey

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (50, 6, 6, 3), dtype=np.uint8)
LABELS = np.arange(50) % 3


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def written(folder, features, splits, supervised=None, name="odd"):
    """A set of any features, by tfds itself."""
    place = folder / name / "1.0.0"
    place.mkdir(parents=True)
    identity = tensorflow_datasets.core.DatasetIdentity(
        name, tensorflow_datasets.core.Version("1.0.0"), str(place), "tests"
    )
    info = tensorflow_datasets.core.DatasetInfo(
        builder=identity, features=kinds.FeaturesDict(features), supervised_keys=supervised
    )
    writer = tensorflow_datasets.core.SequentialWriter(info, 100, file_format="array_record")
    writer.initialize_splits(list(splits))
    writer.add_examples(splits)
    writer.close_all()
    return folder


def same(one, other) -> bool:
    parts = [(a, b) for a in ("train", "held_out") for b in getattr(one, a)]
    return all(np.array_equal(getattr(one, a)[b][:], getattr(other, a)[b][:]) for a, b in parts)


@pytest.mark.parametrize("label", [None, LABELS])
def test_what_is_written_is_read_by_us_and_by_tfds(tmp_path, label):
    data = from_arrays(BYTES, label, classes=(label is not None and ["cat", "dog", "eel"]) or None)
    place = prepare(data, "pets", tmp_path)
    assert place == tmp_path / "pets" / "1.0.0"
    found = gan_jax.data.open(f"tfds:pets?data_dir={tmp_path}")
    assert found.fingerprint == data.fingerprint and found.name == "pets"
    by_name = tensorflow_datasets.data_source("pets", split="test", data_dir=tmp_path)
    there = tensorflow_datasets.builder_from_directory(place).as_data_source("train")
    for records, part in ((by_name, data.held_out), (there, data.train)):
        assert len(records) == len(part["real"])
        for number in (0, len(records) - 1):
            assert np.array_equal(records[number]["image"], part["real"][number])
            assert label is None or records[number]["label"] == part["label"][number]
    assert "tensorflow" not in sys.modules


def test_the_real_mnist_from_its_files_to_tfds_and_back(tmp_path, real_data, capsys):
    """A part of it: the first images of each file."""
    part = tmp_path / "part"
    part.mkdir()
    for name, count in (("train", 300), ("t10k", 100)):
        for kind, header, row in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            path = Path(real_data, "mnist", f"{name}-{kind}-ubyte.gz")
            with gzip.open(path) as file:
                content = bytearray(file.read(header + count * row))
            content[4:8] = count.to_bytes(4, "big")
            (part / f"{name}-{kind}-ubyte").write_bytes(content)
    words = ["data", "prepare", "mnist", "--from", f"idx:{part}", "--data-dir", str(tmp_path)]
    assert main(words) == 0
    assert "--data 'tfds:mnist?data_dir=" in capsys.readouterr().out
    found = gan_jax.data.open(f"tfds:mnist?data_dir={tmp_path}")
    known = gan_jax.data.open(f"idx:{part}")
    assert found.fingerprint == known.fingerprint
    assert found.spec.classes == tuple("0123456789")
    records = tensorflow_datasets.data_source("mnist", split="train", data_dir=tmp_path)
    assert np.array_equal(records[7]["image"], known.train["real"][7])
    assert records[7]["label"] == known.train["label"][7]


@pytest.mark.slow
def test_the_whole_mnist(tmp_path, real_data):
    spec = f"idx:{real_data}/mnist"
    assert main(["data", "prepare", "mnist", "--from", spec, "--data-dir", str(tmp_path)]) == 0
    found = gan_jax.data.open(f"tfds:mnist:3.0.1?data_dir={tmp_path}")
    assert found.fingerprint == gan_jax.data.open(spec).fingerprint


def test_other_levels_are_rounded_to_256_and_nothing_held_out_is_no_split(tmp_path):
    raw = RANDOM.integers(0, 17, (20, 4, 4), dtype=np.uint8)
    prepare(from_arrays(raw, range=(0, 16), held_out_fraction=0), "levels", tmp_path)
    found = tfds("levels", data_dir=tmp_path, held_out=0)
    assert np.array_equal(found.train["real"][..., 0], np.rint(raw * (255 / 16)))
    assert not len(found.held_out["real"])
    tenth = tfds("levels", data_dir=tmp_path)
    assert [len(part["real"]) for part in (tenth.train, tenth.held_out)] == [18, 2]


def test_splits_and_sizes(tmp_path):
    data = from_arrays(BYTES)
    prepare(data, "pets", tmp_path)
    some = tfds("pets", data_dir=tmp_path, split="train[:25%]")
    assert np.array_equal(some.train["real"], data.train["real"][:10])
    assert np.array_equal(some.held_out["real"], data.held_out["real"])
    both = tfds("pets:1.0.0", data_dir=tmp_path, split="train+test", held_out=0.5, size=3)
    assert both.train["real"].shape == both.held_out["real"].shape == (25, 3, 3, 3)
    every = tfds("pets", data_dir=tmp_path, split="all", held_out=0.5)
    assert len(every.train["real"]) == len(every.held_out["real"]) == 25
    assert not set(map(bytes, every.train["real"])) & set(map(bytes, every.held_out["real"]))


def test_what_is_large_is_read_when_it_is_asked_for(tmp_path, monkeypatch):
    data = from_arrays(BYTES, LABELS)
    prepare(data, "pets", tmp_path)
    for module in (source, gan_jax.data.tfds, gan_jax.data.arrays):
        monkeypatch.setattr(module, "WHOLE", 1000)
    found = tfds("pets", data_dir=tmp_path)
    assert source.is_source(found.train["real"]) and not source.is_source(found.train["label"])
    assert same(found, data)
    rows = np.array([3, 1, 39])
    assert np.array_equal(found.train["real"][rows], data.train["real"][rows])
    split = tfds("pets", data_dir=tmp_path, split="train+test")
    assert isinstance(split.train["real"], source.Rows) and len(split.held_out["real"]) == 5
    everything = np.concatenate([part["real"][:] for part in (split.train, split.held_out)])
    known = np.concatenate([part["real"] for part in (data.train, data.held_out)])
    assert sorted(map(bytes, everything)) == sorted(map(bytes, known))


def test_images_of_any_size_and_colour_by_size(tmp_path):
    images = [grey(9), encoded(np.full((9, 5, 3), 9, np.uint8))]
    examples = [{"pixels": image, "note": "x"} for image in images]
    features = {"pixels": kinds.Image(), "note": kinds.Text()}
    written(tmp_path, features, {"train": examples})
    found = tfds("odd", data_dir=tmp_path, size=4, held_out=0)
    assert np.array_equal(found.train["real"], np.full((2, 4, 4, 3), 9))
    with pytest.raises(DataError, match="different sizes: make them one by size=N"):
        tfds("odd", data_dir=tmp_path)


def test_of_several_the_supervised_ones_are_taken(tmp_path):
    picture = {"photo": kinds.Image(shape=(2, 2, 1)), "mask": kinds.Image(shape=(2, 2, 1))}
    labels = {name: kinds.ClassLabel(num_classes=2) for name in ("fine", "coarse")}
    image = np.uint8([[1, 2], [3, 4]])
    example = {"photo": encoded(image), "mask": encoded(image * 0), "fine": 1, "coarse": 0}
    given = (picture | labels, {"train": [example, example | {"fine": 0}]})
    written(tmp_path, *given, supervised=("photo", "fine"))
    found = tfds("odd", data_dir=tmp_path, held_out=0)
    assert np.array_equal(found.train["real"][0, ..., 0], image)
    assert found.train["label"].tolist() == [1, 0]
    written(tmp_path, *given, name="unsaid")
    with pytest.raises(DataError, match="expected one Image, and at most one ClassLabel"):
        tfds("unsaid", data_dir=tmp_path)


@pytest.mark.parametrize(
    "features, example, words",
    [
        ({"text": kinds.Text()}, {"text": "x"}, r"features text \(Text\), expected one Image"),
        (
            {"image": kinds.Image(shape=(2, 2, 1), dtype=np.uint16)},
            {"image": encoded(Image.fromarray(np.ones((2, 2), np.uint16)))},
            r"images uint16 of shape \(2, 2, 1\), expected uint8",
        ),
        ({"image": kinds.Image(shape=(2, 2, 1))}, {"image": grey(0)}, "image 0 cannot be read"),
        ({"image": kinds.Image(shape=(2, 2, 1))}, {"image": b"torn"}, "image 0 cannot be read"),
    ],
)
def test_refuses_other_sets(tmp_path, features, example, words):
    written(tmp_path, features, {"train": [example]})
    with pytest.raises(DataError, match=words) as caught:
        tfds("odd", data_dir=tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, options, words",
    [
        ("dogs", "", "not prepared in .*: prepare it by `gan-jax data prepare dogs --data-dir"),
        ("pets:2.0.0", "", r"pets:2.0.0 is not prepared .*there is 1.0.0"),
        ("pets", "&split=validation", "split validation cannot be read .*'train', 'test'"),
        ("pets", "&split=train[:", "split train.* cannot be read"),
        ("pets", "&split=train[:0]", "cannot be read .*0 length"),
        ("pets", "&held_out=0.2", "has the split test to hold out"),
        ("pets", "&resize=pad", "resize=pad says how"),
        ("pets", "&size=0", "size=0, expected 1 to 8192"),
        ("Pets", "", "no name of a set"),
        ("../pets", "", "no name of a set"),
        ("kaggle:pets", "", "no name of a set"),
    ],
)
def test_refuses_what_is_not_there(tmp_path, name, options, words):
    prepare(from_arrays(BYTES), "pets", tmp_path)
    with pytest.raises(DataError, match=words) as caught:
        gan_jax.data.open(f"tfds:{name}?data_dir={tmp_path}{options}")
    assert "\n" not in str(caught.value)


def test_refuses_other_formats_and_torn_sets_and_unclear_configurations(tmp_path):
    place = prepare(from_arrays(BYTES), "pets", tmp_path)
    about = json.loads((place / "dataset_info.json").read_text())
    (place / "dataset_info.json").write_text(json.dumps(about | {"fileFormat": "tfrecord"}))
    with pytest.raises(DataError, match="prepared as tfrecord"):
        tfds("pets", data_dir=tmp_path)
    (place / "dataset_info.json").write_text("{")
    with pytest.raises(DataError, match="cannot be read"):
        tfds("pets", data_dir=tmp_path)
    for config in ("one", "two"):
        prepare(from_arrays(BYTES), f"many/{config}", tmp_path)
    with pytest.raises(DataError, match="name one of many/one, many/two"):
        tfds("many", data_dir=tmp_path)
    found = tfds("many/two:1.0.0", data_dir=tmp_path)
    assert found.fingerprint == from_arrays(BYTES).fingerprint
    bare = prepare(from_arrays(BYTES), "bare", tmp_path)
    (bare / "features.json").unlink()
    with pytest.raises(DataError, match="bare/1.0.0: cannot be read"):
        tfds("bare", data_dir=tmp_path)
    torn = prepare(from_arrays(BYTES), "torn", tmp_path)
    for shard in torn.glob("*train*"):
        shard.write_bytes(shard.read_bytes()[:100])
    with pytest.raises(DataError, match="cannot be read"):
        tfds("torn", data_dir=tmp_path)


def test_the_folder_is_that_of_tfds_or_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    prepare(from_arrays(BYTES), "pets")
    assert gan_jax.data.open("tfds:pets").name == "pets"
    assert gan_jax.data.open("tfds:pets?data_dir=$TFDS_DATA_DIR&size=3").spec.shape == (3, 3, 3)
    with pytest.raises(DataError, match="NO_SUCH"):
        gan_jax.data.open("tfds:pets?data_dir=$NO_SUCH")


def test_nothing_is_written_over_and_nothing_half_done_is_left(tmp_path, monkeypatch):
    data = from_arrays(BYTES)
    prepare(data, "pets", tmp_path)
    with pytest.raises(DataError, match=r"exists: remove it, or .* as in pets:1.0.1"):
        prepare(data, "pets", tmp_path)
    assert prepare(data, "pets:1.0.1", tmp_path).name == "1.0.1"
    monkeypatch.setattr(Image.Image, "save", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare(data, "birds", tmp_path)
    assert not list((tmp_path / "birds").iterdir())
    for odd in (from_arrays(RANDOM.normal(size=(9, 2))), from_arrays(BYTES[..., :2])):
        with pytest.raises(DataError, match="expected images, grey or RGB"):
            prepare(odd, "odd", tmp_path)


@pytest.mark.parametrize(
    "words, code, said",
    [
        ("prepare", 2, "Name the set"),
        ("prepare --from digits", 2, "Name the set"),
        ("prepare MNIST --from digits", 3, "no name of a set"),
        ("prepare digits --from digit", 3, "did you mean digits"),
        ("", 2, "gan-jax data prepare NAME"),
        ("prepared mnist", 2, "gan-jax data prepare NAME"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path, monkeypatch, capsys, words, code, said):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert main(["data", *words.split()]) == code
    complaint = capsys.readouterr().err
    assert said in complaint and complaint.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorFlow is installed")
def test_what_only_tensorflow_can_do_is_said_at_once(capsys):
    assert main(["data", "prepare", "mnist"]) == 2
    assert "needs TensorFlow and a network" in capsys.readouterr().err


def test_a_png_is_what_pillow_reads(tmp_path):
    place = prepare(from_arrays(BYTES), "pets", tmp_path)
    raw = {"image": tensorflow_datasets.decode.SkipDecoding()}
    records = tensorflow_datasets.builder_from_directory(place).as_data_source(
        "train", decoders=raw
    )
    assert Image.open(io.BytesIO(records[0]["image"])).format == "PNG"
