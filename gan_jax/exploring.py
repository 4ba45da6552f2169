"""What the commands of `gan-jax explore` share: trained generators, and files of what they make."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.explore_flags import Asked
from gan_jax.reading import loaded, places, seed_of

BETWEEN = (
    "The generator takes labels as numbers alone, and has nothing between two classes: name one "
    "class for all by --labels."
)


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
        from gan_jax.asking import class_number

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


def opened(folder: Path, given: Asked) -> list[Explored]:
    """The replicas of a run to explore.

    Raises:
      UsageError: a model whose samples have no picture, or no latents.
    """
    found = loaded(folder, given.source)
    check_kind(found[0].spec)
    average, rest = given.source.weights == "average", given.target.labels
    files = places(given.out, found, given.source, given.target.overwrite)
    return [
        Explored(one, one.maker(average=average), seed_of(given.source, one), file, rest)
        for one, file in zip(found, files, strict=True)
    ]


def check_kind(spec: Any) -> None:
    """Refuses what has no picture in which one sees where a sample lies."""
    if spec.vocabulary or spec.columns:
        kind = "text" if spec.vocabulary else "a table"
        raise UsageError(f"The model makes {kind}: images, sequences and points can be explored.")


def _laid(samples: np.ndarray, layout: Any) -> np.ndarray:
    if np.ndim(layout) == 0:
        return samples
    none = np.full_like(samples[:1], np.nan)
    return np.concatenate([samples, none])[np.ravel(layout)]
