"""`gan-jax explore RUN reject`: samples that the critic takes for real ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gan_jax.errors import UsageError
from gan_jax.explore_data import parts, table
from gan_jax.explore_flags import FURTHEST, asked
from gan_jax.exploring import Explored, opened

COLUMNS, ROWS = 8, 4
"""Of a picture, before and after."""
NEIGHBOURS = 3
"""Of `metrics.precision_recall`, which needs more samples than that."""
ALONE = (
    "The critic does not judge an example by itself (of pairs, of packs, or given labels?), so "
    "that none can be rejected: {}"
)


@dataclasses.dataclass(frozen=True)
class Rejection:
    """How many, and how strictly."""

    candidates: int = 4096
    """Samples that the critic judges."""
    n: int = 1000
    """Samples of those accepted that are kept at most, and held-out examples for the figures."""
    percentile: float = 80.0
    """Of the candidates: one there is accepted as often as not."""
    gamma: float | None = None
    """Of the formula (Azadi et al. 2018, eq. 8) instead of a percentile; 0 is exact."""


def reject(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN reject [flags]"""
    given = asked(words, "reject", Rejection)
    wanted = given.settings
    _check(wanted)
    found = opened(folder, given)
    scorers = [_scorer(explored) for explored in found]
    from gan_jax.metrics import precision_recall

    held_out, train = parts(found[0].trained, wanted.n)
    for explored, score in zip(found, scorers, strict=True):
        latents, shares = explored.named(range(wanted.candidates))
        made = explored.make(latents, shares)
        kept = _accepted(explored.seed, score(held_out), score(made), wanted)
        count = min(len(kept), len(held_out))
        if count <= NEIGHBOURS:
            raise UsageError(
                f"Of {len(made)} candidates {len(kept)} were accepted: give more --candidates, or "
                "a smaller --percentile."
            )
        sets = {"before": made, "after": made[kept], "real data": train}
        figures = {of: precision_recall(held_out[:count], x[:count]) for of, x in sets.items()}
        print(table(figures, count))
        said = f"of {len(made)} candidates {len(kept)} were accepted"
        shown = kept[: wanted.n]
        if explored.file.suffix == ".png":
            explored.write(made, _before_and_after(len(made), kept), said=said)
        else:
            shares = None if shares is None else shares[shown]
            explored.write(made[shown], COLUMNS, latents[shown], shares, said)


def _check(wanted: Rejection) -> None:
    if not (wanted.n >= 1 and NEIGHBOURS < wanted.candidates <= FURTHEST):
        raise UsageError(
            f"--n is {wanted.n} and --candidates {wanted.candidates}: give 1 or more, and "
            f"{NEIGHBOURS + 1} to {FURTHEST}."
        )
    if not 0 <= wanted.percentile <= 100:
        raise UsageError(f"--percentile is {wanted.percentile}: it must be from 0 to 100.")


def _scorer(explored: Explored) -> Callable[[np.ndarray], np.ndarray]:
    """Scores of examples by themselves, `[N, ...]` to `[N]`.

    Raises:
      UsageError: the critic gives none.
    """
    import jax

    from gan_jax import encoding
    from gan_jax.game import bind

    game, state = explored.trained.game, explored.maker.fixed
    if "critic" not in game.networks:
        raise UsageError(f"The game has no critic, but {', '.join(game.networks)}.")
    encoding.check_stands(game, state, "critic")
    three = jax.ShapeDtypeStruct((3, *explored.trained.spec.shape), np.float32)
    try:
        scores = jax.eval_shape(bind(game, state).critic, three)
    except (TypeError, ValueError) as error:
        raise UsageError(ALONE.format(error)) from error
    if getattr(scores, "shape", None) != (3,):
        raise UsageError(ALONE.format(f"for 3 examples it gives {scores}"))
    return encoding.functions(game, state).critic


def _accepted(seed: int, real: np.ndarray, fake: np.ndarray, wanted: Rejection) -> np.ndarray:
    """Numbers of the candidates that are accepted, in their order."""
    import jax

    from gan_jax.keys import stream
    from gan_jax.rejection import acceptance, calibrated, typical

    slope, offset = calibrated(real, fake)
    logits = slope * np.float64(fake) + offset
    top, gamma = logits.max(), wanted.gamma
    gamma = typical(logits, top, wanted.percentile) if gamma is None else gamma
    coins = jax.random.uniform(stream(jax.random.key(seed), "reject"), (len(fake),))
    return np.flatnonzero(np.asarray(coins) < acceptance(logits, top, gamma))


def _before_and_after(count: int, kept: np.ndarray) -> np.ndarray:
    """The first candidates, and below an empty row the first that are accepted."""
    layout = np.full((2 * ROWS + 1, COLUMNS), -1)
    for first, numbers in ((0, np.arange(count)), (ROWS + 1, kept)):
        part = numbers[: ROWS * COLUMNS]
        layout[first : first + ROWS].flat[: len(part)] = part
    return layout
