"""What the commands of `gan-jax explore` share: trained generators, and places for what is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.options import check_seed
from gan_jax.reading import Source, loaded, places, seed_of
from gan_jax.words import flags, numbers

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

    def named(self, which: Sequence[int]) -> tuple[np.ndarray, np.ndarray | None]:
        """The latents of samples by their numbers, and the shares of classes `[N, K]` in each."""
        latents, labels = self.maker.latents(self.seed, max(which) + 1)
        own = self.labelled(None if labels is None else labels[list(which)], len(which))
        shares = np.eye(len(self.trained.spec.classes), dtype=np.float32)
        return latents[list(which)], None if own is None else shares[own]

    def labelled(self, own: np.ndarray | None, count: int) -> np.ndarray | None:
        """The labels `[count]` that were asked for, or their own; None if it is not conditional.

        Raises:
          UsageError: they do not fit the model, or there are none to take.
        """
        from gan_jax.loading import class_number

        names = [name for name in self.labels.split(",") if name]
        if not self.maker.conditional:
            if names:
                raise UsageError("The model is not conditional: it cannot be asked for --labels.")
            return None
        asked = [class_number(name, self.trained.spec.classes) for name in names]
        if len(asked) not in (0, 1, count) or (own is None and not asked):
            raise UsageError(
                f"--labels {self.labels!r}: {len(asked)} classes for {count} samples; give one, or "
                "one for each."
            )
        return np.int32(np.broadcast_to(asked, count) if asked else own)

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
        self,
        samples: np.ndarray,
        layout: Any,
        latents: Any = None,
        shares: Any = None,
        said: str = "",
        **more: Any,
    ) -> None:
        """Writes samples in the form of the suffix, and says where they are.

        Args:
          samples: `[N, ...]`.
          layout: in a picture: how many columns, or which sample stands where, `[rows, columns]`,
            from 0, and -1 where there is none.
          latents: `[N, ...]`.
          shares: of the classes, `[N, K]`, if the model is conditional.
          said: what else there is to say.
          **more: further arrays of a .npz.
        """
        from gan_jax import report, writing
        from gan_jax.storage import write_atomically

        spec = self.trained.spec
        if self.file.suffix == ".png":
            columns = layout if np.ndim(layout) == 0 else np.shape(layout)[1]
            write_atomically(self.file, report.png(_laid(samples, layout), spec, columns))
        else:
            drawn = {"samples": samples, "latents": latents, "labels": shares, **more}
            known = {name: np.asarray(x) for name, x in drawn.items() if x is not None}
            writing.write(known, spec, self.file)
        count = len(samples) if np.ndim(layout) == 0 else np.sum(np.asarray(layout) >= 0)
        print(f"Wrote {count} samples to {self.file}{said and ': '}{said}.")


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
    check_kind(found[0].spec)
    average, rest = given.source.weights == "average", given.target.labels
    return [
        Explored(one, one.maker(average=average), seed_of(given.source, one), file, rest)
        for one, file in zip(found, places(given.out, found, given.target.overwrite), strict=True)
    ]


def check_kind(spec: Any) -> None:
    """Refuses what has no picture in which one sees where a sample lies."""
    if spec.vocabulary or spec.columns:
        kind = "text" if spec.vocabulary else "a table"
        raise UsageError(f"The model makes {kind}: images, sequences and points can be explored.")


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
