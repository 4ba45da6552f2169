"""What the raw numbers of a data set mean: enough to draw samples with no data at hand."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gan_jax.data.columns import Column, width
from gan_jax.errors import DataError

LATER = ("vocabulary", "columns", "oracle")
"""Fields that the first version did not have."""


class Mixture(NamedTuple):
    """The known truth of a toy set: isotropic Gaussians of equal weight.

    Args:
      centres: the means, [K][D], in the units of the decoded examples.
      deviation: the standard deviation of every Gaussian along every axis.
    """

    centres: tuple[tuple[float, ...], ...]
    deviation: float


class Oracle(NamedTuple):
    """The known truth of made text: a recurrent network of this seed; see `gan_jax.data.oracle`.

    Args:
      width: of its embedding and of its hidden state.
      seed: of its weights.
    """

    width: int
    seed: int


@dataclass(frozen=True)
class Spec:
    """What one example is, and how the raw numbers become what a network sees.

    Args:
      shape: of ONE example as a network sees it: (H, W, C) for an image, (D,) for a point, (T, C)
        for a sequence, (T, V) for text.
      scale: of the decoding, see `decode`; not 0.
      offset: of the decoding.
      classes: the names of the labels 0..K-1; empty where there are no labels.
      frequencies: of the classes in the training part, summing to 1; or empty.
      mixture: the truth of a toy set, where it is known.
      vocabulary: of text: its V symbols, whose indices [T] are the raw numbers of an example.
      columns: of a table, whose encoded rows the examples are.
      oracle: the truth of made text, where it is known.

    Raises:
      ValueError: a shape, scale, frequencies, mixture, vocabulary or columns that cannot be.
    """

    shape: tuple[int, ...]
    scale: float
    offset: float
    classes: tuple[str, ...] = ()
    frequencies: tuple[float, ...] = ()
    mixture: Mixture | None = None
    vocabulary: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    oracle: Oracle | None = None

    def __post_init__(self):
        if not self.shape or min(self.shape) < 1:
            raise ValueError(f"shape {self.shape} needs one axis or more, each of size 1 or more")
        if not (math.isfinite(self.scale) and math.isfinite(self.offset) and self.scale):
            raise ValueError(f"scale {self.scale}, offset {self.offset}: finite, scale not 0")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError(f"classes {self.classes} name one class twice")
        if self.frequencies and len(self.frequencies) != len(self.classes):
            raise ValueError(f"{len(self.frequencies)} frequencies, {len(self.classes)} classes")
        if self.frequencies and not math.isclose(sum(self.frequencies), 1, abs_tol=1e-6):
            raise ValueError(f"frequencies sum to {sum(self.frequencies)}, expected 1")
        if self.mixture and any((len(centre),) != self.shape for centre in self.mixture.centres):
            raise ValueError(f"the mixture's centres are not points of shape {self.shape}")
        if self.vocabulary and self.shape[1:] != (len(set(self.vocabulary)),):
            raise ValueError(
                f"shape {self.shape} and {len(self.vocabulary)} symbols: expected (T, V) for a "
                "vocabulary of V symbols, all different"
            )
        if self.columns and self.shape != (width(self.columns),):
            raise ValueError(f"shape {self.shape}, columns that take {width(self.columns)} numbers")

    @property
    def is_image(self) -> bool:
        """Whether an example has the three axes (H, W, C)."""
        return len(self.shape) == 3

    @property
    def is_sequence(self) -> bool:
        """Whether an example has the two axes (T, C), and is no text."""
        return len(self.shape) == 2 and not self.vocabulary

    @property
    def raw_shape(self) -> tuple[int, ...]:
        """Of one raw example: `shape`, or (T,) for text."""
        return self.shape[:-1] if self.vocabulary else self.shape

    def decode(self, raw: Any) -> Any:
        """What a network sees, float32: raw * scale + offset, or for text one-hot vectors.

        Computed as (raw + offset / scale) * scale. A compiler may fuse a product and the sum after
        it into one rounding; a sum before a product it cannot, and for bytes that sum is exact. So
        NumPy and compiled JAX give the same bits, and the ends of the range are -1 and 1 exactly.

        Args:
          raw: [..., *raw_shape], a NumPy or a JAX array.

        Returns:
          [..., *shape], an array of the same kind.

        >>> Spec(shape=(3,), scale=2 / 255, offset=-1.0).decode(np.uint8([0, 51, 255])).tolist()
        [-1.0, -0.6000000238418579, 1.0]
        """
        if self.vocabulary:
            indices = np.arange(len(self.vocabulary), dtype=raw.dtype)
            hot = raw[..., None] == indices.reshape(*(1,) * raw.ndim, -1)
            return hot.astype(np.float32)
        return (raw.astype(np.float32) + self.offset / self.scale) * self.scale

    def to_json(self) -> dict[str, Any]:
        """The spec in lists, strings and numbers only; `from_json` gives it back."""
        mixture = self.mixture and {
            "centres": [list(centre) for centre in self.mixture.centres],
            "deviation": self.mixture.deviation,
        }
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        lists = {key: list(value) for key, value in fields.items() if isinstance(value, tuple)}
        columns = [column.to_json() for column in self.columns]
        oracle = self.oracle and self.oracle._asdict()
        saved = fields | lists | {"mixture": mixture, "columns": columns, "oracle": oracle}
        # What came later is left out where there is none of it: fingerprints stay what they were.
        return {key: value for key, value in saved.items() if key not in LATER or value}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Spec:
        """The spec that `to_json` saved.

        Raises:
          DataError: a field that is missing, unknown or of the wrong kind.
        """
        try:
            fields = {k: tuple(v) if isinstance(v, list) else v for k, v in saved.items()}
            if saved["mixture"] is not None:
                centres = tuple(tuple(centre) for centre in saved["mixture"]["centres"])
                fields["mixture"] = Mixture(centres, saved["mixture"]["deviation"])
            if "columns" in saved:
                fields["columns"] = tuple(map(Column.from_json, saved["columns"]))
            if "oracle" in saved:
                fields["oracle"] = Oracle(**saved["oracle"])
            spec = cls(**fields)
            if spec.to_json() == saved:
                return spec
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"not the saved spec of a data set ({error!r}): {saved}") from error
        raise DataError(f"not the saved spec of a data set, expected {spec.to_json()}: {saved}")
