"""CTGAN here and in the package `ctgan`: the same rows, the same time, the same figures.

`python -m benchmarks.tables --out FILE.json`. Either side trains for so many minutes, of which the
compilation here and the fitting of mixtures there are no part, and gives as many rows as there are
to train on. Four classifiers learn from them and are tested on held-out rows, beside the same that
learn from real rows. `--runs` judges trained runs in place of both.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import jax
import numpy as np

from benchmarks.variants import machine
from gan_jax import data as data_room
from gan_jax import experiment, sampling
from gan_jax.data import Dataset
from gan_jax.data.columns import NUMBERS, Column
from gan_jax.data.encoding import decode, encode
from gan_jax.data.kinds import Typed
from gan_jax.keys import stream
from gan_jax.metrics import copies, fidelity
from gan_jax.metrics.classifiers import panel, scores
from gan_jax.train import train

DATA = "csv:$GAN_JAX_DATA/adult/adult.csv"
LOOKED_UP = 2500
"""Rows that are looked for among those of training."""


def here(data: Dataset, seconds: float, seed: int) -> tuple[np.ndarray, int]:
    """Encoded rows of the experiment `adult_ctgan`, and how many steps it took."""
    module = experiment.load(experiment.find("adult_ctgan"))
    built = experiment.build(module, config := module.Config(), data.spec)
    weighed = Dataset(data.train, data.held_out, data.spec, data.name, built.weigh(real(data)))
    given = {"steps": 10**9, "batch_size": config.batch_size, "seed": seed}
    chunks = train(built.game, weighed, **given)
    state, _ = next(chunks)
    enough = within(seconds)
    while next(enough, None) is not None:
        state, _ = next(chunks)
    chunks.close()
    key = stream(jax.random.key(seed), "sample")
    drawn = sampling.sample(built.game, built.sampler, state, key, len(real(data)))
    return drawn["samples"], int(state.step)


def package(data: Dataset, seconds: float, seed: int) -> tuple[np.ndarray, int]:
    """Encoded rows of the package with its own settings, and how many steps it took."""
    import torch
    from ctgan.synthesizers import ctgan as module

    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002, the package draws from it
    names = [column.name for column in data.spec.columns if column.kind not in NUMBERS]
    model = module.CTGAN(epochs=10**6, cuda=False)
    with patch.object(module, "tqdm", lambda epochs, **_: within(seconds)):
        model.fit(frame(real(data), data.spec.columns), names)
    epochs = model.loss_values["Epoch"].nunique()
    drawn = model.sample(len(real(data)))
    return rows(drawn, data.spec.columns), epochs * (len(real(data)) // 500)


def real(data: Dataset) -> np.ndarray:
    """All training rows, encoded."""
    return np.asarray(data.spec.decode(data.train["real"][:]))


def within(seconds: float) -> Iterator[int]:
    """0, 1, 2, ... until the time is over."""
    number, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        yield number
        number += 1


def frame(encoded: np.ndarray, columns: Iterable[Column]):
    """The table of encoded rows, in pandas: numbers, and categories as words."""
    import pandas

    found = {}
    for column, values, missing in decode(encoded, columns):
        words = np.array([*column.categories, column.missing or ""], object)
        numbers = np.where(missing, np.nan, values) if missing.any() else values
        place = np.where(missing, len(words) - 1, values).astype(int)
        found[column.name] = numbers if column.kind in NUMBERS else words[place]
    return pandas.DataFrame(found)


def rows(table, columns: Iterable[Column]) -> np.ndarray:
    """Encoded rows of a table such as `frame` gives."""
    parts = []
    for column in columns:
        values, every = table[column.name].to_numpy(), np.arange(len(table))
        if column.kind in NUMBERS:
            index = np.where(np.isnan(values.astype(float)), -1, every)
        else:
            index = np.where(values == column.missing, -1, every)
        parts.append(encode(Typed(column, values, index), column, every, "samples"))
    return np.concatenate(parts, axis=1)


def judged(data: Dataset, samples: np.ndarray) -> dict[str, float]:
    """The figures of encoded rows: `fidelity`, F1 and AUC of each classifier, and `copies`."""
    held_out, columns = np.asarray(data.spec.decode(data.held_out["real"][:])), data.spec.columns
    figures = fidelity(held_out, samples, columns)
    found = scores(held_out, samples, columns, classifiers=panel())
    for place, what in enumerate(("f1", "auc")):
        figures |= {f"{what}_{name}": pair[place] for name, pair in found.items()}
        figures[f"{what}_mean"] = float(np.mean([pair[place] for pair in found.values()]))
    return figures


def of_runs(data: Dataset, folders: Iterable[Path]) -> dict[str, dict]:
    """The rows of trained runs, averaged weights."""
    from gan_jax.loading import load_all

    found = {}
    for trained in (one for folder in folders for one in load_all(folder)):
        samples = trained.sample(len(real(data)), seed=trained.seed)["samples"]
        found[trained.folder.name] = {
            "steps": int(trained.state.step),
            **_with_copies(data, samples),
        }
    return found


def _with_copies(data: Dataset, samples: np.ndarray) -> dict[str, float]:
    return judged(data, samples) | copies(real(data), samples[:LOOKED_UP], data.spec.columns)


def show(found: Mapping[str, Mapping[str, float]]) -> None:
    """A line for each figure, a column for each side."""
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))
    print(" " * 20, *(f"{side:>12}" for side in found))
    for name in names:
        values = (figures.get(name) for figures in found.values())
        print(
            f"{name:20}", *(f"{'-' if value is None else f'{value:.4g}':>12}" for value in values)
        )


def main() -> None:
    """Trains, judges, prints a table and writes the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--data", default=DATA)
    parser.add_argument("--minutes", type=float, default=10.0, help="of either side")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=Path, nargs="*", help="trained runs to judge instead")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    chosen = parser.parse_args()
    data = data_room.open(chosen.data)
    held_out = np.asarray(data.spec.decode(data.held_out["real"][:]))
    found = {
        "real": judged(data, real(data))
        | copies(real(data), held_out[:LOOKED_UP], data.spec.columns)
    }
    if chosen.runs:
        found |= of_runs(data, chosen.runs)
    else:
        for side in (here, package):
            samples, steps = side(data, 60 * chosen.minutes, chosen.seed)
            found[side.__name__] = {"steps": steps, **_with_copies(data, samples)}
    show(found)
    about = machine()
    if chosen.out:
        about |= {"minutes": chosen.minutes, "seed": chosen.seed, "figures": found}
        chosen.out.write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
