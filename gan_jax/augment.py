"""Do generated examples make a small data set larger? Train on synthetic and real, test on real.

The generator learns from the same few examples that there are: one that had seen more would lend
the classifier what it is tested for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gan_jax import data as data_room
from gan_jax import runs, study, sweep, training_sets, usefulness
from gan_jax.cache import keep_programs
from gan_jax.data import Dataset
from gan_jax.entries import Entry, entries
from gan_jax.errors import DataError, RunError
from gan_jax.loading import load
from gan_jax.metrics import learners
from gan_jax.options import Options
from gan_jax.study import Study
from gan_jax.training_sets import Judge, Scores
from gan_jax.usefulness import Row

SEEN = {"all": "all training examples and the labels of the few", "few": "the few alone"}
"""By encoders, and critics, that need no labels."""


def augment(given: Study, say: Callable[[str], None] = print) -> int:
    """Trains every experiment with every seed on few examples, and says what they are worth then.

    Each seed chooses its own examples. The runs are ordinary ones, in OUT/runs/NAME-seed-N.

    Args:
      given: the flags.
      say: where the lines for a person go.

    Returns:
      0, or 128 + n if the signal n stopped it; with `resume` the same goes on.

    Raises:
      DataError: data without labels, with too few examples of a class, or with none held out.
      UsageError: an experiment that gives neither labels nor codes, or does not fit the data.
      RunError: the folder is not empty.
    """
    seeds, shares = study.seeds(given), study.shares(given)
    folder, whole = _folder(given), _opened(given)
    if given.cache:
        keep_programs()
    few = {seed: data_room.few(whole, given.per_class, seed) for seed in seeds}
    chosen = entries(given, whole, few[seeds[0]])
    for entry in chosen:
        for seed in seeds:
            say(f"{entry.name}, seed {seed}:")
            run = entry.run(folder, seed)
            loop = Options(run=str(run), seed=seed, resume=given.resume, cache=given.cache)
            stopped = sweep.trained(entry.path, entry.configured(seed), loop, say)
            if stopped or not sweep.is_done(run):
                return stopped
    make = _classifier(given, whole, shares)
    scores = {}
    for seed, data in few.items():
        say(f"Seed {seed}: classifiers learn from every training set, and are tested.")
        scores[seed] = _scores(Judge(make, seed, data), whole, chosen, folder, shares)
    say(usefulness.record(folder, rows(scores), _about(given, whole, chosen, make)))
    return 0


def rows(scores: Mapping[int, Scores]) -> list[Row]:
    """The scores of every seed by training set; a set that a seed does not have is left out of it.

    >>> rows({0: {("real", 0.0): 0.5}, 1: {("real", 0.0): 0.75, ("more", 1.0): 1.0}})[0].scores
    {0: 0.5, 1: 0.75}
    """
    sets = dict.fromkeys(key for found in scores.values() for key in found)
    return [
        Row(*key, {seed: found[key] for seed, found in scores.items() if key in found})
        for key in sets
    ]


def _folder(given: Study) -> Path:
    folder = Path(given.out).expanduser().absolute()
    if folder.is_dir() and any(folder.iterdir()) and not given.resume:
        raise RunError(f"{folder} is not empty: go on by --resume, or name another by --out.")
    return folder


def _opened(given: Study) -> Dataset:
    whole = data_room.open(given.data)
    if not len(whole.held_out["real"]):
        raise DataError(f"{whole.name}: nothing is held out to test on: give held_out=0.2")
    return whole


def _classifier(given: Study, whole: Dataset, shares: Sequence[float]) -> Callable:
    if given.classifier != "suited":
        return getattr(learners, given.classifier)
    few = given.per_class * len(whole.spec.classes)
    largest = max(len(whole.train["real"]), round((1 + shares[-1]) * few))
    return learners.suited(whole.spec.columns, largest)


def _scores(
    judge: Judge, whole: Dataset, chosen: Sequence[Entry], folder: Path, shares: Sequence[float]
) -> Scores:
    found = training_sets.without_generators(judge, shares)
    for entry in chosen:
        run = entry.run(folder, judge.seed)
        if "diverged" in runs.read_json(run / runs.EVALUATION):
            continue
        trained = load(run)
        if entry.labels:
            found |= training_sets.with_samples(judge, entry.name, trained, shares)
        if entry.codes:
            found |= training_sets.with_codes(judge, entry.name, trained)
    return found | training_sets.with_all(judge, whole)


def _about(given: Study, whole: Dataset, chosen: Sequence[Entry], make: Callable) -> str:
    seen = f" Encoders and critics that need no labels learn from {SEEN[given.encoders]}."
    from_few = ", from which the generators learn too" * any(e.labels for e in chosen)
    fitted = ", whose columns are encoded as all training rows ask for" * bool(whole.spec.columns)
    return (
        f"{given.data}{fitted}: {given.per_class} real examples of each of "
        f"{len(whole.spec.classes)} classes{from_few}.{seen * any(e.codes for e in chosen)} "
        f"Classifier: {make.__name__.replace('_', ' ')}, tested on "
        f"{len(whole.held_out['label'])} held-out examples."
    )
