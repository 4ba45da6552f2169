"""The experiments that take part in `gan-jax augment`, checked before the first is trained."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from gan_jax import encoding, options, study
from gan_jax import experiment as experiments
from gan_jax.data import Dataset, Spec, partly_labelled, query
from gan_jax.errors import UsageError
from gan_jax.experiment import Experiment
from gan_jax.game import update
from gan_jax.generated import Generated
from gan_jax.study import Study
from gan_jax.train import check_batch, check_fits


class Entry(NamedTuple):
    """An experiment that takes part."""

    path: Path
    config: Any  # of its module; the data are all that there are
    part: str  # the option of the data that leaves what it may see
    labels: bool  # whether its samples have the labels that they were made for
    codes: bool  # whether they are learnt from: an encoder's; features of a critic if no labels

    @property
    def name(self) -> str:
        """That of its file."""
        return self.path.stem

    def run(self, folder: Path, seed: int) -> Path:
        """The folder of its run, below that of the study."""
        return folder / "runs" / f"{self.name}-seed-{seed}"

    def configured(self, seed: int) -> Any:
        """Its `Config` for the examples that this seed chooses."""
        data = query.added(self.config.data, f"{self.part}&subset={seed}")
        return dataclasses.replace(self.config, data=data)


def entries(given: Study, whole: Dataset, few: Dataset) -> list[Entry]:
    """All experiments that `--families` names.

    What gives labelled samples sees the few examples alone. An encoder, or a critic, that needs no
    labels sees all, and the labels of the few, unless the study says otherwise.

    Args:
      given: the study.
      whole: all data.
      few: those of one of the seeds.

    Raises:
      UsageError: an experiment that gives neither labels nor codes, or does not fit the data.
    """
    found = [_entry(given, name, whole, few) for name in study.families(given)]
    names = [entry.name for entry in found]
    if len(set(names)) < len(names):
        raise UsageError(f"--families has files of one name, {', '.join(names)}: rename one.")
    return found


def _entry(given: Study, name: str, whole: Dataset, few: Dataset) -> Entry:
    path = experiments.find(name)
    module = experiments.load(path)
    config = _config(given, module)
    built = experiments.build(module, config, few.spec)
    labels, lacking, count = _has_labels(built), _no_codes(built, few.spec), len(few.train["real"])
    codes = not lacking and (not labels or encoding.has_encoder(built.game))
    if lacking and not labels:
        raise UsageError(
            f"{name}: its samples have no labels, and it gives no codes of examples. {lacking} "
            "Name a conditional experiment, such as digits_conditional, or one with an encoder, "
            "such as digits_bigan."
        )
    if labels or given.encoders == "few":
        part, seen = f"per_class={given.per_class}", few
    else:
        part, seen = f"labelled={count}", partly_labelled(whole, count)
    check_batch(config.batch_size, len(seen.train["real"]))
    try:
        check_fits(built.game, seen, config.batch_size, built.rule or update, split=True)
    except ValueError as error:
        raise UsageError(f"{name} cannot be played on {given.data}: {error}") from error
    return Entry(path, config, part, labels, codes)


def _config(given: Study, module: ModuleType) -> Any:
    wanted = {"data": given.data, "steps": given.steps, "batch_size": given.batch_size}
    wanted = {field: value for field, value in wanted.items() if value is not None}
    config = dataclasses.replace(module.Config(), **wanted)
    options.check(config, options.Options())
    return config


def _has_labels(built: Experiment) -> bool:
    return isinstance(built.sampler, Generated) and built.sampler.label is not None


def _no_codes(built: Experiment, spec: Spec) -> str:
    """Why it has none; nothing if it has."""
    try:
        encoding.check(built.game, built.sampler, spec)
    except UsageError as error:
        return str(error)
    return ""
