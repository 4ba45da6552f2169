"""What the commands of `gan-jax explore` share: trained generators, and places for what is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.options import check_seed, flags, numbers
from gan_jax.reading import Source, loaded, places, seed_of

FURTHEST = 2**16
"""Samples of a seed that can be named by their numbers."""
BETWEEN = (
    "The generator takes labels as numbers alone, and has nothing between two classes: name one "
    "class for all by --labels."
)
FORMS = (".png", ".gif", ".webp", ".npz")


@dataclasses.dataclass(frozen=True)
class Target:
    """Where to."""

    out: str = ""
    """A .png, a .gif or .webp of images, or a .npz (arrays `samples`, `latents` and, where there
    are any, `labels`: shares of the classes); explore-WHAT.png if not given."""
    labels: str = ""
    """Classes by name, for a conditional model: one for all samples that are named by their
    numbers, or as many as there are of them, 3,8,...; their own if not given."""
    overwrite: bool = False
    """Replace the file if it exists."""


class Explored(NamedTuple):
    """A trained generator, and where what is made of it is written."""

    trained: Any  # loading.Trained
    maker: Any  # making.Maker
    seed: int
    file: Path
    labels: str

    def named(self, numbers: Sequence[int]) -> tuple[np.ndarray, np.ndarray | None]:
        """The latents of samples by their numbers, and the shares of classes `[N, K]` in each."""
        from gan_jax.loading import class_number

        latents, labels = self.maker.latents(self.seed, max(numbers) + 1)
        latents, classes = latents[list(numbers)], self.trained.spec.classes
        if labels is None and self.labels:
            raise UsageError("The model is not conditional: it cannot be asked for --labels.")
        if labels is None:
            return latents, None
        asked = [class_number(name, classes) for name in filter(None, self.labels.split(","))]
        if len(asked) not in (0, 1, len(numbers)):
            raise UsageError(
                f"--labels {self.labels}: {len(asked)} classes for {len(numbers)} samples; give "
                "one, or one for each."
            )
        own = np.broadcast_to(asked, len(numbers)) if asked else labels[list(numbers)]
        return latents, np.eye(len(classes), dtype=np.float32)[own]

    def make(self, latents: Any, shares: Any = None) -> np.ndarray:
        """Samples of latents `[N, ...]` and, if it is conditional, shares of classes `[N, K]`.

        Raises:
          UsageError: shares between classes, to a generator that has no samples between them.
        """
        latents = np.asarray(latents)
        if shares is None:
            return self.maker.make(latents)
        shares = np.asarray(shares)
        pure, labels = shares.max(axis=1) > 1 - 1e-6, np.int32(shares.argmax(axis=1))
        if pure.all():
            return self.maker.make(latents, labels)
        try:
            samples = self.maker.make(latents, shares)
            exact = self.maker.make(latents[pure], labels[pure]) if pure.any() else samples[pure]
        except (TypeError, ValueError) as error:
            raise UsageError(BETWEEN) from error
        if not np.allclose(samples[pure], exact, atol=1e-3):
            raise UsageError(BETWEEN)
        return samples

    def write(
        self, samples: np.ndarray, layout: Any, latents: Any, shares: Any = None, said: str = ""
    ) -> None:
        """Writes samples in the form of the suffix, and says where they are.

        Args:
          samples: `[N, ...]`.
          layout: in a picture: how many columns, or which sample stands where, `[rows, columns]`,
            from 0, and -1 where there is none.
          latents: `[N, ...]`.
          shares: of the classes, `[N, K]`, if the model is conditional.
          said: what else there is to say.
        """
        from gan_jax import report, writing
        from gan_jax.storage import write_atomically

        spec = self.trained.spec
        if self.file.suffix == ".png":
            columns = layout if np.ndim(layout) == 0 else np.shape(layout)[1]
            write_atomically(self.file, report.png(_laid(samples, layout), spec, columns))
        else:
            drawn = {"samples": samples, "latents": np.asarray(latents)}
            writing.write(
                drawn | ({} if shares is None else {"labels": np.asarray(shares)}), spec, self.file
            )
        print(f"Wrote {len(samples)} samples to {self.file}{said and ': '}{said}.")


class Asked(NamedTuple):
    """What the flags of a command say."""

    settings: Any
    source: Source
    target: Target
    out: Path


def asked(words: Sequence[str], what: str, kind: type) -> Asked:
    """The flags of a command that explores; nothing is loaded.

    Args:
      words: the flags.
      what: name of the command.
      kind: dataclass of its own flags, which come back as `settings`.

    Raises:
      UsageError: a flag that cannot be.
    """
    kinds = {"settings": kind, "source": Source, "target": Target}
    settings, source, target = flags(words, f"explore RUN {what}", **kinds)
    check_seed(source.seed or 0)
    out = Path(target.out or f"explore-{what}.png").expanduser()
    if out.suffix not in FORMS:
        raise UsageError(f"--out {out} ends in none of {', '.join(FORMS)}.")
    return Asked(settings, source, target, out)


def opened(folder: Path, given: Asked) -> list[Explored]:
    """The replicas of a run to explore.

    Raises:
      UsageError: a model whose samples have no picture, or no latents.
    """
    found = loaded(folder, given.source)
    spec = found[0].spec
    if spec.vocabulary or spec.columns:
        kind = "text" if spec.vocabulary else "a table"
        raise UsageError(f"{folder} makes {kind}: images, sequences and points can be explored.")
    average, rest = given.source.weights == "average", given.target.labels
    return [
        Explored(one, one.maker(average=average), seed_of(given.source, one), file, rest)
        for one, file in zip(found, places(given.out, found, given.target.overwrite), strict=True)
    ]


def samples(given: str, flag: str, fewest: int = 1) -> list[int]:
    """Numbers of samples, which `gan-jax sample` draws in this order from its seed.

    Raises:
      UsageError: too few, or one that cannot be.
    """
    found = numbers(given, flag)
    if len(found) < fewest or max(found) >= FURTHEST:
        raise UsageError(
            f"--{flag} is {given!r}: give {fewest} or more numbers of samples, from 0 to "
            f"{FURTHEST - 1}."
        )
    return found


def _laid(samples: np.ndarray, layout: Any) -> np.ndarray:
    if np.ndim(layout) == 0:
        return samples
    none = np.full_like(samples[:1], np.nan)
    return np.concatenate([samples, none])[np.ravel(layout)]
