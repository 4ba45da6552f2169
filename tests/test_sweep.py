"""A sweep: what is a number is traced, what changes the program is not; one table of all."""

import csv
import json
import signal

import jax
import numpy as np
import pytest

from gan_jax import data, memory, sweep
from gan_jax.cli import main
from gan_jax.loading import load
from tests.command import ONE, files, process, train, write_experiment, write_swept

pytestmark = pytest.mark.usefixtures("fused")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small experiment with three numbers, of which one cannot be traced."""
    return write_swept(tmp_path_factory.mktemp("sweep"))


def command(small, folder, *words):
    flags = ("--run", folder, "--steps", 4, "--log-every", 2, *words)
    return [str(word) for word in ("sweep", small, *flags)]


def swept(small, folder, *words):
    return main(command(small, folder, *words))


VARIED = ("--vary", "learning_rate=1e-3,1e38", "--vary", "batch_size=8,16", "--seeds", "0..1")


def test_data_are_opened_once_and_those_of_the_default_are_not(small, tmp_path, monkeypatch):
    usual, opened, parts = data.open, [], []
    elsewhere = small.with_name("elsewhere.py")
    elsewhere.write_text(small.read_text().replace('data: str = "digits"', 'data: str = "nowhere"'))
    monkeypatch.setattr(data, "open", lambda name: opened.append(name) or usual(name))
    monkeypatch.setattr(sweep, "trained", lambda *given: parts.append(given[2].run) or 1)
    vary = ("--vary", "data=ring,grid", "--vary", "batch_size=8,16", "--vary", "penalty=1,10")
    assert swept(elsewhere, tmp_path, *vary) == 1
    assert opened == ["ring", "grid"]
    assert parts == [str(tmp_path / "data-ring-batch_size-8")]


def test_a_folder_that_is_taken_is_refused_before_any_is_trained(small, tmp_path, capsys):
    (tmp_path / "batch_size-16").mkdir()
    (tmp_path / "batch_size-16" / "mine").write_text("")
    assert swept(small, tmp_path, "--vary", "batch_size=8,16") == 6
    assert "batch_size-16 is not empty and is no run" in capsys.readouterr().err
    assert not (tmp_path / "batch_size-8").exists()


def test_a_program_too_large_for_the_memory_is_refused_before_any_is_trained(
    small, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(memory, "available", lambda: 2**20)
    assert swept(small, tmp_path / "none", "--vary", "batch_size=8,1024") == 2
    assert "batch_size=1024: Training needs" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
@pytest.mark.parametrize("words", [("--overwrite",), ("--resume", "--steps", "8")])
def test_memory_is_asked_for_again_before_what_is_there_is_touched(
    small, tmp_path, monkeypatch, capsys, words
):
    vary = ("--vary", "batch_size=8,1024")
    assert swept(small, tmp_path, *vary) == 0
    before = files(tmp_path)
    monkeypatch.setattr(memory, "available", lambda: 2**20)
    assert swept(small, tmp_path, *vary, *words) == 2
    assert "batch_size=1024: Training needs" in capsys.readouterr().err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "words, said",
    [
        (("--on-divergence", "rewind"), "is for one training"),
        (("--init-from", "nowhere"), "nowhere"),
        (("--steps", 0), "gan-jax: --steps is 0"),
    ],
)
def test_what_costs_nothing_is_refused_before_anything_is_compiled(
    small, tmp_path, capsys, words, said
):
    assert swept(small, tmp_path, "--vary", "batch_size=8,16", *words) != 0
    told = capsys.readouterr()
    assert said in told.err and "Compiling" not in told.out


@pytest.mark.slow
def test_fields_of_several_numbers_are_swept_and_go_on(small, tmp_path):
    vary = ("--vary", "widths=8,8 4")
    assert swept(small, tmp_path, *vary) == 0
    with open(tmp_path / "sweep.csv") as file:
        assert [row["widths"] for row in csv.DictReader(file)] == ["8", "8 4"]
    assert load(tmp_path / "widths-8 4", replica="seed-0").config.widths == (8, 4)
    before = files(tmp_path)
    assert swept(small, tmp_path, *vary, "--resume") == 0
    assert files(tmp_path) == before


OTHERS = """    reach: float = 1.0
    pace: float = 1.0
    share: float = 0.0
"""


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """The small experiment with numbers of which none is the game's."""
    path = write_experiment(tmp_path_factory.mktemp("others"), "others", ONE, ONE + OTHERS)
    text = path.read_text().replace(
        "sampler = sampling.from_prior(priors.normal(4))",
        "sampler = sampling.from_prior(priors.normal(4, deviation=config.reach))",
    )
    new = """
        tasks=[lambda nets, held_out, train: {"level": 10 * config.reach + config.pace}],
        rule=lambda game, state, *rest: paced(config.pace, state, *update(game, state, *rest)),
        weigh=lambda examples: jnp.arange(len(examples)) ** config.share,
    )


def paced(pace, before, after, metrics):
    moved = lambda old, new: old + pace * (new - old)
    return after._replace(params=jax.tree.map(moved, before.params, after.params)), metrics


import jax
import jax.numpy as jnp
from gan_jax.game import update
"""
    text = text.replace(
        "[metrics.suited(spec)]", "[lambda _, other: {'mean': float(other.mean())}]"
    )
    path.write_text(text.replace('"critic/gap"})\n', f'"critic/gap"}},{new}'))
    return path


@pytest.mark.slow
def test_a_number_is_that_of_samples_tasks_and_rule_too(others, tmp_path):
    vary = ("--vary", "reach=1,3", "--vary", "pace=0,1", "--seeds", "3", "--replicas", "map")
    assert swept(others, tmp_path / "all", *vary) == 0
    run, alone = tmp_path / "all" / "all", tmp_path / "alone"
    assert len(list(run.glob("*-seed-3"))) == 4  # in one program
    still = load(run, replica="reach-1-pace-0-seed-3").state.params["critic"]
    assert not any(still["Dense_0"]["bias"])

    given = ("--reach", 3, "--seed", 3, "--steps", 4, "--log-every", 2)
    assert train(others, alone, *given) == 0
    name = "reach-3-pace-1-seed-3"
    figures = [json.loads((each / "evaluation.json").read_text()) for each in (run / name, alone)]
    assert figures[0] == figures[1] and figures[0]["tasks"] == {"level": 31}
    pictures = [(each / "samples" / "0000004.png").read_bytes() for each in (run / name, alone)]
    assert pictures[0] == pictures[1]
    drawn = [trained.sample(5)["samples"] for trained in (load(run, replica=name), load(alone))]
    np.testing.assert_array_equal(*drawn)


def test_a_sweep_from_beginning_to_end(small, tmp_path, capsys):
    folder = tmp_path / "all"
    assert swept(small, folder, *VARIED) == 0
    said = capsys.readouterr().out
    assert "2 programs, each with 4 replicas; varied inside of them: learning_rate" in said
    with open(folder / "sweep.csv") as file:
        rows = list(csv.DictReader(file))
    assert [(row["batch_size"], row["learning_rate"]) for row in rows] == [
        ("8", "0.001"),
        ("8", "1e+38"),
        ("16", "0.001"),
        ("16", "1e+38"),
    ]
    assert [row["diverged"] for row in rows] == ["0", "2", "0", "2"]
    assert [row["precision_mean"] == "" for row in rows] == [False, True, False, True]
    assert (folder / "sweep.md").read_text().count("\n") == 7
    assert (folder / "sweep.png").read_bytes()[:4] == b"\x89PNG"

    each = [folder / "batch_size-8" / f"learning_rate-0.001-seed-{seed}" for seed in (0, 1)]
    figures = [json.loads((run / "evaluation.json").read_text())["samples"] for run in each]
    mean = np.mean([figure["pixel_frechet"] for figure in figures])
    assert float(rows[0]["pixel_frechet_mean"]) == pytest.approx(mean)

    before = files(folder)
    assert swept(small, folder, *VARIED, "--resume") == 0
    assert files(folder) == before


RETURN = '[metrics.suited(spec)], {"gap": "critic/gap"})\n'
STOPPING = '''[mean], {"gap": "critic/gap"}, partial(on_chunk, config.batch_size))


def mean(real, other):
    """An evaluation that is soon done."""
    return {"mean": float(other.mean())}


def on_chunk(batch_size, state, metrics):
    """Sends this process a signal, once, in the part and at the step that the environment names."""
    import os

    place, number = os.environ.get("STOP_AT", "0/0 0").split()
    if place == f"{batch_size}/{int(state.step)}":
        del os.environ["STOP_AT"]
        os.kill(os.getpid(), int(number))
'''


def ended(*words):
    """Exit code and output of `gan-jax` in a process of its own."""
    with process(*words) as job:
        out, _ = job.communicate(timeout=300)
    return job.returncode, out


@pytest.mark.slow
def test_a_sweep_that_is_stopped_and_killed_goes_on_to_the_same_table(tmp_path, monkeypatch):
    small = write_experiment(tmp_path, "stopping", RETURN, STOPPING)
    vary = ("--vary", "batch_size=4,8", "--vary", "learning_rate=1e-3,3e-3", "--seeds", "0..1")
    whole, folder = tmp_path / "whole", tmp_path / "all"
    words = (*vary, "--steps", 8, "--checkpoint-every", 2, "--resume")
    assert ended(*command(small, whole, *words))[0] == 0
    for place, number, code in (("8/4", signal.SIGTERM, 143), ("8/6", signal.SIGKILL, -9)):
        with monkeypatch.context() as environment:
            environment.setenv("STOP_AT", f"{place} {number:d}")
            stopped, said = ended(*command(small, folder, *words))
        assert stopped == code and ("Stopped at step 4, saved" in said) == (code == 143)
        assert not (folder / "sweep.csv").exists()
    first = files(folder / "batch_size-4")
    assert ended(*command(small, folder, *words))[0] == 0
    assert files(folder / "batch_size-4") == first
    assert (folder / "sweep.csv").read_bytes() == (whole / "sweep.csv").read_bytes()


@pytest.mark.slow
def test_a_replica_of_a_sweep_is_the_run_by_itself(small, tmp_path):
    words = ("--vary", "learning_rate=1e-3,3e-3", "--vary", "penalty=1,10", "--replicas", "map")
    assert swept(small, tmp_path / "all", *words, "--seeds", "5") == 0
    alone = ("--steps", 4, "--log-every", 2, "--learning-rate", 3e-3, "--penalty", 1, "--seed", 5)
    assert train(small, tmp_path / "alone", *alone) == 0
    name = "learning_rate-0.003-penalty-1-seed-5"
    replica = load(tmp_path / "all" / "all", replica=name)
    assert (replica.config.learning_rate, replica.config.penalty, replica.seed) == (3e-3, 1, 5)
    expected = load(tmp_path / "alone").state
    for a, b in zip(jax.tree.leaves(replica.state), jax.tree.leaves(expected), strict=True):
        np.testing.assert_array_equal(a, b)


INNER = '''    beta1: float = 0.0
    """Of Adam."""
    average: float = 0.99
    """Decay of the average."""
    clip: float = 1.0
    """Bound on the critic's weights."""
'''


@pytest.fixture(scope="module")
def bounded(tmp_path_factory):
    """The small experiment with Adam's momentum, an average and a bound that may be traced."""
    path = write_experiment(tmp_path_factory.mktemp("bounded"), "bounded", ONE, ONE + INNER)
    text = path.read_text().replace("optax.adam(", "optimizers.adam(")
    text = text.replace("config.learning_rate)", "config.learning_rate, b1=config.beta1)")
    text = text.replace("warm_average(0.99)", "warm_average(config.average)")
    bound = "game = families.clipped(game, config.clip)\n    sampler ="
    path.write_text(text.replace("sampler =", bound))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, values", [("beta1", (0, 0.5)), ("average", (0.1, 0.2)), ("clip", (0.01, 0.1))]
)
def test_a_replica_of_another_number_is_too(bounded, tmp_path, name, values):
    """Of a beta that float32 holds: 1 - 0.9 is rounded later where 0.9 is Python's own number."""
    vary = ("--vary", f"{name}={values[0]},{values[1]}", "--replicas", "map", "--seeds", "5")
    assert swept(bounded, tmp_path / "all", *vary) == 0
    given = ("--steps", 4, "--log-every", 2, "--seed", 5, f"--{name}", values[1])
    assert train(bounded, tmp_path / "alone", *given) == 0
    replica = load(tmp_path / "all" / "all", replica=f"{name}-{values[1]}-seed-5")
    assert getattr(replica.config, name) == values[1]
    expected = load(tmp_path / "alone").state
    for a, b in zip(jax.tree.leaves(replica.state), jax.tree.leaves(expected), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "words, said",
    [
        ((), "Say what to vary"),
        (("--vary", "rate=1"), "there is no field 'rate'; near: data, learning_rate"),
        (("--vary", "learning_rate=x"), "'x' is not of type float"),
        (("--vary", "learning_rate=1,1.0"), "has a value twice"),
        (("--vary", "learning_rate=1", "--vary", "learning_rate=2"), "names learning_rate twice"),
        (("--vary", "learning_rate=1", "--learning-rate", 1), "what learning_rate is: leave its"),
        (("--vary", "learning_rate"), "lacks its values: --vary learning_rate=A,B"),
        (("--vary", "seed=1,2"), "give seeds by --seeds"),
        (("--vary", "widths=8,8 0"), "widths=8 0: "),
        (("--vary", "learning_rate=1e-3,-1"), "learning_rate=-1.0: "),
        (("--vary", "learning_rate=1e-3,-1"), "The learning rate is -1: it must be above 0"),
        (("--vary", "penalty=1,-1"), "weight of the gradient penalty is -1"),
        (("--vary", "batch_size=8,0"), "--batch-size is 0: it must be 1 or more"),
        (("--vary", "batch_size=8,100000000"), "A batch of 100000000 does not fit the data"),
        (("--vary", "data=ring,digits?per_class=2", "--batch-size", 21), "use 1 to 20"),
    ],
)
def test_what_no_run_can_have_is_refused_before_any_is_trained(
    small, tmp_path, capsys, words, said
):
    assert swept(small, tmp_path / "none", *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
