"""Every experiment that comes with gan_jax runs through, from training to evaluation."""

import dataclasses
import json
import re
from functools import cache, partial
from pathlib import Path
from typing import get_type_hints

import jax
import numpy as np
import pytest

from gan_jax import experiment, preflight
from gan_jax.data import open as open_data
from gan_jax.errors import UsageError
from gan_jax.launch import launch
from gan_jax.loading import load
from gan_jax.options import Options
from gan_jax.train import abstract

ROOT = Path(__file__).resolve().parents[1]
SOON = ("digits_dcgan", "ring_vanilla")
"""Experiments that are compiled soon; all others are slow tests."""


def slow(name: str):
    """The name as a parameter of a test, slow unless it is one of a few."""
    return pytest.param(name, marks=() if name in SOON else pytest.mark.slow)


@cache
def explained() -> re.Pattern:
    """The names in the table of figures of `experiments/README.md`."""
    text = (ROOT / "experiments/README.md").read_text()
    rows = text.partition("## What the figures say")[2].partition("\n## ")[0].splitlines()
    names = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in rows if "| `" in row))
    assert len(names) > 50
    return re.compile("|".join(names).replace("NAME", r"\w+").replace("js_N", r"js_\d"))


@pytest.mark.parametrize("name", [*map(slow, experiment.names())])
def test_quick(name, tmp_path, request):
    path = experiment.find(name)
    module = experiment.load(path)
    if "GAN_JAX_DATA" in module.Config().data:
        request.getfixturevalue("real_data")
    said = []
    assert launch(path, module.QUICK, Options(run=str(tmp_path / "run")), said.append) == 0
    rows = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    assert rows[-1]["step"] == module.QUICK.steps
    figures = json.loads((tmp_path / "run/evaluation.json").read_text())
    assert figures["samples"].keys() == figures["real"].keys()
    assert all(np.isfinite(value) for value in figures["real"].values())
    assert (tmp_path / "run/losses.png").stat().st_size > 1000
    assert list((tmp_path / "run/samples").glob(f"{module.QUICK.steps:07}.*"))
    assert "real data" in "\n".join(said)
    named = [*figures["samples"], *figures.get("tasks", ())]
    assert not [figure for figure in named if not explained().fullmatch(figure)]
    trained = load(tmp_path / "run")
    assert trained.sample(3)["samples"].shape == (3, *trained.spec.shape)


def presets():
    """Each experiment with the name of each of its settings for larger machines."""
    for name in experiment.names():
        module = experiment.load(experiment.find(name))
        yield from ((name, other) for other in experiment.presets(module) if other != "QUICK")


@pytest.mark.slow
@pytest.mark.parametrize("name, preset", [*presets()])
def test_a_preset_makes_an_experiment(name, preset, real_data):
    module = experiment.load(experiment.find(name))
    config = experiment.preset(module, preset)
    small = config.data + "&count=120" if config.data.startswith("oracle") else config.data
    built = module.build(config, open_data(small).spec)
    assert "generator" in abstract(built.game).params


@pytest.mark.parametrize("name", experiment.names())
def test_every_field_is_documented(name):
    module = experiment.load(experiment.find(name))
    source = experiment.find(name).read_text()
    assert module.__doc__
    assert dataclasses.fields(module.Config)
    for field in dataclasses.fields(module.Config):
        following = source.partition(f"    {field.name}: ")[2].split("\n")[1].strip()
        assert following.startswith('"""'), field.name


def small(name, tmp_path):
    """Data of the kind that the experiment is for."""
    text = tmp_path / "text.txt"
    text.write_text("to be or not to be " * 9)
    others = {"ring": "swiss_roll", "waves": "waves?steps=7&count=20"}
    others["shakespeare"] = f"text:{text}?window=6"
    others["oracle"] = others["shakespeare"]
    table = tmp_path / "table.csv"
    table.write_text("colour,size\n" + "red,1.5\nblue,2.5\n" * 20)
    others["adult"] = f"csv:{table}"
    others["digits_cyclegan"] = "domains:digits?to=pale"
    others["digits_semi_supervised_aae"] = "digits?labelled=20"
    return open_data(others.get(name, others.get(name.partition("_")[0], "digits")))


@pytest.mark.parametrize("name", experiment.names())
def test_networks_follow_the_data(name, tmp_path):
    module = experiment.load(experiment.find(name))
    built = module.build(module.QUICK, small(name, tmp_path).spec)
    assert "generator" in abstract(built.game).params


BELOW_0 = {("digits_adaptive", "target")}
"""Numbers that may be -1: a mean of signs is from -1 to 1."""


def numbers():
    """Each experiment with the name of each field that is a number."""
    for name in experiment.names():
        kinds = get_type_hints(experiment.load(experiment.find(name)).Config)
        yield from ((name, field) for field, kind in kinds.items() if kind is float)


def check(module, config, data):
    """What a run does with its configuration before it compiles anything."""
    built = experiment.build(module, config, data.spec)
    preflight.check_fits(built, data, config.batch_size, many=False)


@pytest.mark.parametrize("name, field", [*numbers()])
def test_a_number_that_means_nothing_is_refused_before_anything_is_trained(name, field, tmp_path):
    module, data = experiment.load(experiment.find(name)), small(name, tmp_path)
    for value in (-1.0, float("nan"), float("inf"))[(name, field) in BELOW_0 :]:
        config = dataclasses.replace(module.QUICK, **{field: value})
        with pytest.raises(UsageError, match=f" is {value:g}: it must be "):
            check(module, config, data)


def precise():
    """Experiments that have the flag, all but those of text that is drawn symbol by symbol."""
    return [n for n in experiment.names() if n not in ("oracle_seqgan", "shakespeare_arae")]


@pytest.mark.parametrize("name", [*map(slow, precise())])
def test_half_precision_is_that_of_inner_values(name, tmp_path):
    module, data = experiment.load(experiment.find(name)), small(name, tmp_path)
    for precision in ("float32", "bf16"):
        config = dataclasses.replace(module.QUICK, precision=precision)
        built = module.build(config, data.spec)
        count = config.batch_size
        batches = {
            key: np.zeros((built.game.moves, count, *each.shape[1:]), each.dtype)
            for key, each in data.train.items()
        }
        batches["real"] = np.zeros((built.game.moves, count, *data.spec.shape), np.float32)
        step = partial(built.rule, built.game)
        program = jax.make_jaxpr(step)(abstract(built.game), jax.random.key(0), batches)
        assert ("bf16[" in str(program)) is (precision == "bf16")
        kinds = {leaf.dtype for leaf in program.out_avals if leaf.dtype.kind == "V"}
        assert not kinds, "parameters, optimizers and metrics are no half numbers"
