"""`gan-jax explore RUN breed`: files, ids that can be made again, refusals, and the page's end."""

import _thread
import http.client
import json
import shutil
import signal
import threading
import time
from urllib.parse import urlsplit

import numpy as np
import pytest

from gan_jax.cli import main
from tests.command import train, write_experiment

SMALL = ("--steps", 4, "--checkpoint-every", 2, "--log-every", 2)


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("experiment"))


@pytest.fixture(scope="module")
def run(experiment, tmp_path_factory):
    folder = tmp_path_factory.mktemp("breed") / "run"
    assert train(experiment, folder, *SMALL) == 0
    return folder


def breed(run, *words):
    return main(["explore", str(run), "breed", *map(str, words)])


@pytest.fixture(scope="module")
def first(run):
    """The first generation of seed 1, as its file has it."""
    out = run.with_name("first.npz")
    assert breed(run, "--children", 5, "--seed", 1, "--out", out) == 0
    return dict(np.load(out))


@pytest.fixture
def born(run, tmp_path, capsys):
    """Breeds into a .npz, and gives its arrays."""

    def born(*words, of=run):
        out = tmp_path / "out.npz"
        assert breed(of, "--out", out, "--overwrite", *words) == 0
        *rows, last = capsys.readouterr().out.splitlines()
        found = dict(np.load(out))
        assert " ".join(rows).split() == found["ids"].tolist()
        assert last == f"Wrote {len(found['ids'])} of them to {out}, in this order."
        return found

    return born


def test_generations_and_the_same_again(run, first, born):
    assert first["samples"].shape == (5, 8, 8, 1) and first["latents"].shape == (5, 4)
    pair = ",".join(first["ids"][:2])
    flags = ("--parents", pair, "--children", 4, "--seed", 3, "--rate", 0.3, "--mutation", 0.1)
    second = born(*flags)
    assert set(born(*flags, "--mixing", "blend")["ids"]).isdisjoint(second["ids"])
    again = born("--remake", ",".join([second["ids"][2], first["ids"][4]]))
    for name in ("samples", "latents"):
        np.testing.assert_array_equal(again[name], [second[name][2], first[name][4]])
    rows = (run / "lineage.jsonl").read_text().splitlines()
    assert len(rows) == len({json.loads(row)["id"] for row in rows}) >= 9


def test_edits_along_an_axis_or_a_direction(run, first, born, tmp_path, capsys):
    edit = ("--parents", first["ids"][3], "--children", 3, "--amount", 1.5)
    along = born(*edit, "--axis", 2)
    moved = along["latents"] - first["latents"][3]
    np.testing.assert_allclose(moved, np.outer([-1.5, 0, 1.5], np.eye(4)[2]), atol=1e-6)
    file = tmp_path / "directions.npz"
    np.savez(file, smile=np.eye(4)[2], directions=np.eye(4)[1:], ids=np.array(["x"]))
    for name in ("smile", "1"):
        again = born(*edit, "--direction", f"{file}:{name}")
        np.testing.assert_array_equal(again["samples"], along["samples"])
    for name in ("", ":ids", ":3"):
        assert breed(run, *edit, "--direction", f"{file}{name}", "--out", tmp_path / "x.png") == 2
        assert "name one of smile, directions, or 0 to 2, as" in capsys.readouterr().err


def test_a_picture_and_how_it_came_to_be(run, first, tmp_path, capsys):
    first, out = first["ids"][:2], tmp_path / "child.png"
    assert breed(run, "--parents", ",".join(first), "--children", 1, "--out", out) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    child = capsys.readouterr().out.split()[0]
    assert breed(run, "--lineage", child) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == [*first, child]
    assert rows[0].endswith("draw from the prior  seed 1 number 0, step 4, average weights")
    assert f"cross {first[0]} and {first[1]}  mutation 0.2, rate 0.5, seed 0 number 0" in rows[2]


@pytest.mark.slow
def test_a_run_that_went_on_makes_its_old_individuals_while_it_has_the_step(
    run, experiment, tmp_path, born, capsys
):
    run = shutil.copytree(run, tmp_path / "run")
    old = born("--children", 2, "--weights", "last", of=run)
    assert train(experiment, run, "--resume", *SMALL[2:], "--steps", 6) == 0
    capsys.readouterr()
    new = born("--children", 2, of=run)
    assert set(old["ids"]).isdisjoint(new["ids"])
    again = born("--remake", ",".join(old["ids"]), of=run)
    np.testing.assert_array_equal(again["samples"], old["samples"])
    child = born("--parents", old["ids"][0], "--children", 1, of=run)
    assert breed(run, "--lineage", child["ids"][0]) == 0
    assert "step 4, last weights" in capsys.readouterr().out.splitlines()[-1]
    out, both = ("--out", tmp_path / "x.npz"), f"{old['ids'][0]},{new['ids'][0]}"
    for flags in (("--parents", both), ("--remake", old["ids"][0], "--step", 6)):
        assert breed(run, *flags, *out) == 2
        assert "give --step" in capsys.readouterr().err
    shutil.rmtree(run / "checkpoints" / "4")
    assert breed(run, "--remake", old["ids"][0], *out) == 4
    assert "no checkpoint of step 4" in capsys.readouterr().err


def trap(run, tmp_path):
    """A copy of the run whose own file must not be executed."""
    copy = shutil.copytree(run, tmp_path / "trap")
    (copy / "experiment.py").write_text("raise SystemExit(77)")
    return copy


def test_another_file_is_executed_instead_of_that_of_the_run(
    run, experiment, first, tmp_path, capsys
):
    copy, id = trap(run, tmp_path), first["ids"][1]
    given, out = ("--remake", id, "--out", tmp_path / "out.npz"), tmp_path / "out.npz"
    assert breed(copy, *given) == 6
    assert "was not executed" in capsys.readouterr().err
    assert breed(copy, *given, "--experiment", experiment) == 0
    np.testing.assert_array_equal(np.load(out)["samples"][0], first["samples"][1])
    assert breed(copy, "--lineage", id, "--experiment", experiment) == 0


def test_a_step_that_was_trained_again_makes_no_other_picture_of_an_id(
    run, experiment, first, tmp_path, capsys
):
    again = tmp_path / "again"
    assert train(experiment, again, *SMALL, "--seed", 8) == 0
    shutil.copy(run / "lineage.jsonl", again)
    capsys.readouterr()
    assert breed(again, "--remake", first["ids"][0], "--out", tmp_path / "x.npz") == 2
    said = capsys.readouterr().err
    assert f"{first['ids'][0]} was made by other weights of step 4" in said


@pytest.mark.slow
def test_one_replica_needs_no_name_and_that_of_its_folder_is_checked(experiment, tmp_path, capsys):
    run, out = tmp_path / "run", tmp_path / "out.npz"
    assert train(experiment, run, "--seeds", 3, *SMALL) == 0
    assert breed(run, "--children", 1, "--out", out) == 0
    assert (run / "seed-3" / "lineage.jsonl").is_file()
    about = (run / "config.json").read_text()
    for values in ("{}", '{"../../else": 1}'):
        known = json.loads(about)
        known["replicas"][0] |= {"name": "../../else-1-seed-3", "values": json.loads(values)}
        (run / "config.json").write_text(json.dumps(known))
        capsys.readouterr()
        assert breed(run, "--out", out, "--overwrite") == 6
        assert "config.json is damaged: its replicas" in capsys.readouterr().err


@pytest.mark.slow
def test_replicas_have_a_lineage_each(experiment, tmp_path, capsys):
    run, out = tmp_path / "run", tmp_path / "out.npz"
    assert train(experiment, run, "--seeds", "3,5", *SMALL) == 0
    assert breed(run, "--out", out) == 2
    assert "several replicas, seed-3, seed-5: name one by --replica" in capsys.readouterr().err
    assert breed(run, "--replica", 5, "--children", 1, "--out", out) == 0
    (id,) = np.load(out)["ids"]
    assert (run / "seed-5" / "lineage.jsonl").is_file() and not (run / "lineage.jsonl").exists()
    assert breed(run, "--replica", "seed-3", "--remake", id, "--out", out, "--overwrite") == 2
    assert f"has no individual '{id}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (("--parents", "nobody"), 2, "has no individual 'nobody'"),
        (("--remake", "a", "--parents", "b"), 2, "--parents and --remake are given: give one"),
        (("--axis", 1), 2, "needs --parents with one id"),
        (("--parents", "a", "--axis", 1, "--direction", "x.npz"), 2, "one of them, needs"),
        (("--parents", "ID", "--axis", 4), 2, "--axis is 4: a latent has 4 numbers, from 0"),
        (("--parents", "ID", "--direction", "none.npz"), 7, "none.npz"),
        (("--parents", "ID", "--direction", "FILE"), 2, "it is no .npz of numbers"),
        (("--parents", "ID,ID,ID"), 2, "one parent or two; given: 3"),
        (("--rate", 2), 2, "The rate is 2: it must be from 0 to 1"),
        (("--label", "3"), 2, "not conditional"),
        (("--children", 0), 2, "children is 0"),
        (("--seed", -1), 2, "--seed is -1"),
        (("--port", 99999, "--serve"), 2, "--port is 99999"),
        (("--out", "x.txt"), 2, "a .txt cannot hold these data"),
    ],
)
def test_refusals_are_one_line_and_leave_no_trace(run, first, tmp_path, capsys, flags, code, said):
    id = first["ids"][0]
    (tmp_path / "file.npz").write_bytes(b"PK\3\4 nothing")
    named = {"FILE": tmp_path / "file.npz", "ID": id, "ID,ID,ID": ",".join([id] * 3)}
    before = (run / "lineage.jsonl").read_bytes()
    out = () if "--out" in flags else ("--out", tmp_path / "other.npz")
    assert breed(run, *(named.get(word, word) for word in flags), *out) == code
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert (run / "lineage.jsonl").read_bytes() == before
    assert not (tmp_path / "other.npz").exists()


def test_what_is_no_run(tmp_path, capsys):
    assert breed(tmp_path) == 6
    assert "is no run" in capsys.readouterr().err


def test_the_page_until_it_is_interrupted(run, monkeypatch, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    said, seen = [], []
    monkeypatch.setattr("builtins.print", lambda *words, **options: said.append(words[0]))

    def visit():
        while not said:
            time.sleep(0.05)
        address = urlsplit(said[0].split()[2])
        connection = http.client.HTTPConnection(address.netloc, timeout=30)
        connection.request("GET", f"{address.path}state")
        seen.append(json.load(connection.getresponse()))
        seen.append(breed(run, "--serve", "--port", address.port))
        _thread.interrupt_main()

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        assert breed(run, "--serve", "--port", 0, "--children", 3) == 130
    finally:
        visitor.join()
        signal.signal(signal.SIGINT, before)
    state, second = seen
    assert len(state["children"]) == 3 and state["classes"] == [] and state["title"] == "run"
    assert second == 7 and any("is in use: give another by --port" in str(line) for line in said)
    assert said[-1] == "gan-jax: stopped"
