"""The figures of a game's samples beside those of real data."""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from gan_jax import __version__, encoding, report, runs
from gan_jax.data import Dataset, Spec
from gan_jax.data.source import some
from gan_jax.experiment import COMPARED, FEWEST, Experiment
from gan_jax.game import Game, State
from gan_jax.keys import stream
from gan_jax.metrics import OfTraining, Repeated, aligned, compare, digits, table

EXAMINED = 10_000
"""Held-out examples that tasks see at most."""
KNOWN = 2**26
"""Numbers in the training examples that tasks see at most, but of `EXAMINED` examples or more."""


def assess(
    experiment: Experiment,
    game: Game,
    draw: Callable[..., Mapping[str, np.ndarray]],
    state: State,
    data: Dataset,
    *,
    seed: int,
    average: bool = True,
) -> dict[str, Any]:
    """All that an experiment says of a state: what `evaluate` and `examine` find."""
    given = {"measures": experiment.measures, "limit": experiment.compared, "average": average}
    found = evaluate(experiment.evaluations, draw, state, data, seed=seed, **given)
    return found | examine(experiment, game, state, data, average=average)


def evaluate(
    evaluations: Sequence[Callable],
    draw: Callable[..., Mapping[str, np.ndarray]],
    state: State,
    data: Dataset,
    *,
    seed: int,
    average: bool = True,
    measures: Sequence[Callable] = (),
    limit: int = COMPARED,
) -> dict[str, Any]:
    """Samples, held-out data and training data in sets of equal size, through every evaluation.

    Args:
      evaluations: functions of (held-out, other) data that return figures by name.
      draw: from `sampling.prepare`.
      state: of the game.
      data: real data; its held-out part is compared with, in an order that is always the same.
      seed: of the samples, in the stream `evaluate`.
      average: whether to use averaged weights, where there are any.
      measures: functions of all that is drawn and the data that return figures of both.
      limit: examples in each set at most.

    Returns:
      The figures of `metrics.compare` with what they depend on, of each its `provenance`; where
      there is nothing to compare with, why: `not_compared`.
    """
    about = {"step": int(state.step), "seed": seed, "weights": "average" if average else "last"}
    if not (evaluations or measures):
        return about | {"not_compared": "the experiment has no evaluations"}
    if reason := too_few(data):
        return about | {"not_compared": reason}
    count = min(limit, len(data.held_out["real"]), len(data.train["real"]))
    samples = draw(state, stream(jax.random.key(seed), "evaluate"), count, average=average)
    repeated = [each for each in evaluations if isinstance(each, Repeated)]
    several = max([count, *(each.count * each.sets for each in repeated)])
    several = min(several, len(data.train["real"]))
    figures, of_training = _compared(evaluations, samples["samples"], data, count, several)
    more = [measure(samples, data) for measure in measures]
    for found, real in (of_training, *more):
        if twice := found.keys() & figures["samples"].keys():
            raise ValueError(f"Two evaluations give {', '.join(sorted(twice))}: expected it once.")
        figures |= {"samples": figures["samples"] | found, "real": figures["real"] | real}
    given = provenance(data, state, seed=seed, average=average)
    given |= {"n_fake": count, "n_floor": count}
    against = {"split": "held_out", "extractor": None, "hash": None, "n_real": count}
    training = against | {"split": "train", "n_real": len(data.train["real"])}
    figures["provenance"] = {
        name: given | (training if name in of_training[0] else against)
        for name in figures["samples"]
    }
    for each in repeated:
        figures["provenance"][each.name] |= each.provenance(count, several)
    return about | figures


def _compared(
    evaluations: Sequence[Callable], samples: np.ndarray, data: Dataset, count: int, several: int
) -> tuple[dict[str, Any], tuple[Mapping, Mapping]]:
    """What `compare` says, and beside it, of `OfTraining`, the figures of samples and of real data.

    Args:
      evaluations: of both kinds.
      samples: `[count, ...]`.
      data: real data.
      count: examples in each set.
      several: training examples for those that look at several sets of them.
    """
    decoded = lambda part, count: np.asarray(data.spec.decode(some(part["real"], count)))
    sets = decoded(data.held_out, count), decoded(data.train, count), samples
    own = [each for each in evaluations if isinstance(each, OfTraining)]
    others = [each for each in evaluations if each not in own]
    figures = compare(others, *sets, decoded(data.train, several))
    if not own:
        return figures, ({}, {})
    whole = np.asarray(data.spec.decode(data.train["real"][:]))
    found = compare(own, *sets, whole)
    return figures, (found["samples"], found["real"])


def provenance(data: Dataset, state: State, *, seed: int, average: bool) -> dict[str, Any]:
    """Where a figure of a state comes from, but for the sets and features that it is of."""
    return {
        "data": data.name,
        "fingerprint": data.fingerprint,
        "step": int(state.step),
        "seed": seed,
        "weights": "average" if average else "last",
        "gan_jax": __version__,
        "jax": jax.__version__,
    }


def examine(
    experiment: Experiment, game: Game, state: State, data: Dataset, *, average: bool = True
) -> dict[str, Any]:
    """Figures of what the networks are for besides samples, and pictures of it.

    Args:
      experiment: whose `tasks` and `pictures` they are.
      game: whose state it is; where it is not the experiment's last, there is none of them.
      state: of the game.
      data: of the held-out part `EXAMINED` examples at most, of the training part so many that they
        have `KNOWN` numbers, or `EXAMINED` if that is more; the same every time.
      average: whether to use averaged weights, where there are any.

    Returns:
      `tasks`, figures by name, of so many held-out examples, `examined`, and so many training ones,
      `known`; and `pictures`, examples by name; nothing where there are none.
    """
    if game is not experiment.game or not (experiment.tasks or experiment.pictures):
        return {}
    nets = encoding.networks(game, experiment.sampler, state, average=average)
    found = {"pictures": experiment.pictures(nets)} if experiment.pictures else {}
    if experiment.tasks and not too_few(data):
        most = max(EXAMINED, KNOWN // math.prod(data.spec.shape))
        parts = _examined(data.held_out, data, EXAMINED), _examined(data.train, data, most)
        figures = [task(nets, *parts) for task in experiment.tasks]
        found["tasks"] = {name: value for each in figures for name, value in each.items()}
        found |= dict(zip(("examined", "known"), (len(x["real"]) for x in parts), strict=True))
    return found


def too_few(data: Dataset) -> str | None:
    """Why there are no figures of these data, if so."""
    for name, part in (("held-out", data.held_out), ("training", data.train)):
        if (count := len(part["real"])) < FEWEST:
            had = f"{count or 'no'} {name} examples"
            return f"the data have {had}, and figures need {FEWEST} at least"
    return None


def _examined(part: Mapping[str, Any], data: Dataset, most: int) -> dict[str, np.ndarray]:
    chosen = {name: some(part[name], most) for name in ("real", "label") if name in part}
    return chosen | {"real": np.asarray(data.spec.decode(chosen["real"]))}


def record(run: Path, figures: Mapping[str, Any], spec: Spec | None = None) -> str:
    """Writes the figures to the run, and its pictures; returns a table with what they depend on."""
    for name, examples in figures.get("pictures", {}).items():
        report.picture(examples, spec, run / f"{name}.png")
    written = {name: value for name, value in figures.items() if name != "pictures"}
    runs.write_json(run / runs.EVALUATION, written)
    about = f"Step {figures['step']}, seed {figures['seed']}, {figures['weights']} weights"
    if "samples" in figures:
        said = f"{about}, against held-out data:\n{table(figures)}"
    else:
        said = f"{about}: nothing was compared, since {figures['not_compared']}."
    if "tasks" in figures:
        rows = [(name, digits(value)) for name, value in figures["tasks"].items()]
        first = (f"n = {figures['examined']}, known {figures['known']}", "networks")
        said += f"\n{aligned([first, *rows])}"
    return said + drawn(run, figures)


def drawn(run: Path, figures: Mapping[str, Any]) -> str:
    """A line that names the pictures in the run, or nothing where there are none."""
    names = ", ".join(f"{name}.png" for name in figures.get("pictures", ()))
    return f"\nPictures in {os.path.relpath(run)}: {names}." * bool(names)
