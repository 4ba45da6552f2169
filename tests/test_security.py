"""Files of strangers: what would run code when it is read is refused, by content, in one line."""

import ast
import io
import json
import pickle
import shutil
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from gan_jax.cli import main
from tests.command import ROOT, train, write_experiment

RUNS_CODE = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
SOURCES = [*(ROOT / "gan_jax").rglob("*.py"), *(ROOT / "experiments").glob("*.py")]


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(tree, *names):
    """The keywords of each call of a function of these names."""
    for node in ast.walk(tree):
        name = getattr(
            getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", "")
        )
        if isinstance(node, ast.Call) and name in names:
            yield {word.arg: ast.unparse(word.value) for word in node.keywords}, node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_unpickled(path):
    tree = ast.parse(path.read_text())
    assert not RUNS_CODE & {name.partition(".")[0] for name in imports(tree)}
    for given, node in calls(tree, "load"):
        if ast.unparse(node.func) in ("np.load", "numpy.load", "jnp.load"):
            assert given.get("allow_pickle") == "False", node.lineno
    assert not [node.lineno for _, node in calls(tree, "eval", "exec", "compile_command")]


class Payload:
    """What leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def torch_like(content: bytes) -> bytes:
    """The layout of a .pt file: a pickle in a .zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        archive.writestr("archive/version", "3")
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("data.pkl")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


MADE = {"plain": lambda pickled: pickled, "torch": torch_like}
NAMED = ("npy:x.npy", "npz:x.npz", "npy:x.pkl", "npz:x.pt", "csv:x.csv", "parquet:x.parquet")
NAMED += ("folder:x.zip", "folder:x.tar", "idx:x.pkl", "folder:x.pkl")


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickles_are_refused_whatever_they_are_called(tmp_path, monkeypatch, capfd, make, protocol):
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "executed"
    content = MADE[make](pickle.dumps(Payload(mark), protocol))
    for spec in NAMED:
        Path(spec.partition(":")[2]).write_bytes(content)
    words = [["data", "describe", spec] for spec in NAMED]
    words += [["sample", "x.pkl"], ["replay", "x.pt"], ["train", "x.pkl"], ["evaluate", "x.pt"]]
    for each in words:
        assert main(each) in (2, 3, 6), each
        assert capfd.readouterr().err.count("\n") == 1, each
    assert not mark.exists()


def test_pickles_in_archives_are_no_images(tmp_path, capfd):
    mark = tmp_path / "executed"
    (tmp_path / "set.tar").write_bytes(tarred(pickle.dumps(Payload(mark))))
    assert main(["data", "describe", f"folder:{tmp_path}/set.tar"]) == 3
    assert capfd.readouterr().err.count("\n") == 1 and not mark.exists()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("security")
    flags = ("--data", "ring", "--steps", 2, "--seeds", 1)
    assert train(write_experiment(place), place / "run", *flags) == 0
    return place / "run"


def test_a_changed_experiment_is_not_executed_unless_another_is_named(trained, tmp_path, capfd):
    run, mark = shutil.copytree(trained, tmp_path / "run"), tmp_path / "executed"
    copy, out = run / "experiment.py", tmp_path / "samples.npz"
    sound = copy.read_text()
    copy.write_text(f"open({str(mark)!r}, 'w')\n{sound}")
    words = ["sample", str(run), "--n", "3", "--out", str(out)]
    for each in (words, ["evaluate", str(run)]):
        assert main(each) == 6
        assert "was not executed" in capfd.readouterr().err
    flags = ("--data", "ring", "--steps", 2, "--seeds", 1, "--resume")
    assert train(trained / "experiment.py", run, *flags) == 6
    assert not mark.exists() and not out.exists()
    assert main([*words, "--experiment", str(trained / "experiment.py")]) == 0
    assert out.exists() and not mark.exists()


@pytest.mark.parametrize("name", ["../../outside", "/tmp/outside", "a/b", "x\n"])
def test_replicas_stay_in_their_run(trained, tmp_path, capfd, name):
    run = shutil.copytree(trained, tmp_path / "run")
    known = json.loads((run / "config.json").read_text())
    known["replicas"][0]["values"] = {name: 1.0}
    (run / "config.json").write_text(json.dumps(known))
    assert main(["evaluate", str(run)]) == 6
    assert "config.json is damaged" in capfd.readouterr().err
    assert not (tmp_path / "outside").exists()


def test_nothing_is_asked_of_the_network(tmp_path, monkeypatch, capfd):
    def refused(*given):
        pytest.fail(f"the network was asked: {given}")

    for place, name in ((socket.socket, "connect"), (socket, "getaddrinfo")):
        monkeypatch.setattr(place, name, refused)
    experiment, run = write_experiment(tmp_path), tmp_path / "run"
    assert train(experiment, run, "--steps", 2) == 0
    assert main(["sample", str(run), "--n", "2", "--out", str(tmp_path / "two.npz")]) == 0
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    assert train(experiment, tmp_path / "other", "--data", "tfds:mnist") == 3
    assert "gan-jax: " in capfd.readouterr().err
