"""Conditions of tables: one category of one column, for a generator to keep to.

A conditional vector is a 1 among zeros, with an entry for every category of every column that may
be asked for: Xu et al. 2019, arXiv:1907.00503, section 4.3.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import priors
from gan_jax.data.columns import NUMBERS, Column, blocks
from gan_jax.data.query import hint
from gan_jax.numerics import wide


class Conditions(NamedTuple):
    """All K categories that may be asked for; made by `conditions`."""

    places: np.ndarray  # [K], of their entries in an encoded row
    columns: np.ndarray  # [K], the number of the column of each
    counts: np.ndarray  # [K], rows of the training part that have each

    @property
    def size(self) -> int:
        """K, the length of a conditional vector."""
        return len(self.places)

    @property
    def law(self) -> np.ndarray:
        """How often training asks for each category: `log(1 + count)`, every column alike. [K]."""
        return self._shared(np.log1p(self.counts))

    def weights(self, rows: np.ndarray) -> np.ndarray:
        """How often training draws each real row, so that all categories come by `law`: `[N]`.

        W(row) = sum of law(k) / count(k) over the categories k that the row has. A row drawn so
        and one of its categories by `of` are training by sampling: a column as likely as any other,
        a category of it by log-frequency, and one of the rows that have it, all alike.
        """
        return np.asarray(rows, np.float64)[:, self.places] @ self._rates

    def of(self, keys: jax.Array, rows: jax.Array) -> jax.Array:
        """A condition that each real row meets, `[B, K]`; see `weights`.

        Args:
          keys: `[B]`.
          rows: encoded, `[B, D]`.
        """
        rates = jnp.asarray(self._rates / self._rates.max(), rows.dtype)
        draw = lambda key, row: jax.random.categorical(key, jnp.log(row * rates))
        return jax.nn.one_hot(jax.vmap(draw)(keys, rows[:, self.places]), self.size)

    def prior(self, keys: jax.Array) -> jax.Array:
        """A condition for a sample, `[B, K]`: any column, and a category as frequent as it is.

        By frequency and not by `law`, which would change the frequencies of the samples.
        """
        return jax.nn.one_hot(priors.categorical(self._shared(self.counts))(keys), self.size)

    def training_prior(self, keys: jax.Array) -> jax.Array:
        """A condition as often as training asks for it, by `law`: `[B, K]`."""
        return jax.nn.one_hot(priors.categorical(self.law)(keys), self.size)

    def cross_entropy(self, logits: jax.Array, condition: jax.Array) -> jax.Array:
        """-log softmax(logits of the column)[category], in nats: 0 only if it is certain. `[B]`.

        Args:
          logits: of a generator of encoded rows, `[B, D]`.
          condition: `[B, K]`.
        """
        logits = wide(logits)[:, self.places]
        together = self.columns[:, None] == self.columns
        column = condition @ jnp.asarray(together, condition.dtype) > 0
        asked = jnp.where(condition > 0, logits, 0).sum(1)
        return jax.nn.logsumexp(logits, axis=1, where=column) - asked

    @property
    def _rates(self) -> np.ndarray:
        return self.law / np.maximum(self.counts, 1)

    def _shared(self, amounts: np.ndarray) -> np.ndarray:
        """Amounts `[K]` as probabilities: in each column by the amount, and all columns alike."""
        totals = np.bincount(self.columns, amounts)
        return amounts / totals[self.columns] / len(totals)


def conditions(columns: Sequence[Column], names: Sequence[str] = ()) -> Conditions:
    """What may be asked for: the categories of all columns that are no numbers, or of those named.

    Args:
      columns: of the data's spec.
      names: of some of them, such as a label to condition on, which stays a part of the row.

    Raises:
      ValueError: the data are no table, have no such column, or one that has no categories; or
        they have a label, which is in no row and so in nothing that is made.
    """
    for column in columns:
        if column.label:
            raise ValueError(
                f"The column {column.name!r} is the label of these data, which rows and conditions "
                "leave out: it would be in nothing that is made. Give the data without ?label=, "
                f"and to ask for that column alone --conditions {column.name}."
            )
    pairs = zip(columns, blocks(columns), strict=True)
    able = {c.name: (c, own[-1]) for c, own in pairs if own and c.kind not in NUMBERS and c.counts}
    if not able:
        raise ValueError(
            "There is nothing to ask for: conditions need a table with a column of two categories "
            "or more."
        )
    for name in names:
        if name not in able:
            raise ValueError(
                f"The column {name!r} has no categories to ask for: {hint(name, able)}it may be "
                f"{', '.join(able)}."
            )
    chosen = [able[name] for name in able if not names or name in names]
    ranges = [np.arange(block.start, block.stop) for _, block in chosen]
    numbers = np.repeat(np.arange(len(chosen)), list(map(len, ranges)))
    counts = np.concatenate([column.counts for column, _ in chosen]).astype(np.float64)
    return Conditions(np.concatenate(ranges), numbers, counts)
