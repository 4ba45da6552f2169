"""The command `gan-jax replay`: the step at which a run diverged, played once more and watched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gan_jax import runs
from gan_jax.errors import CheckpointError, RunError, UsageError


def replay(words: Sequence[str]) -> None:
    """gan-jax replay RUN/replay-STEP"""
    if len(words) != 1 or words[0].startswith("-"):
        raise UsageError("Name what a run left when it diverged: gan-jax replay RUN/replay-STEP")
    folder = Path(words[0]).expanduser()
    batches = _batches(folder)
    from gan_jax import loading, observation, phases
    from gan_jax.game import update

    trained, rate = loading.load(folder), runs.about(folder).get("rate", 1.0)
    games = phases.slowed(trained.experiment.phases, rate)
    game, state = phases.ready(games, trained.state, trained.seed)
    rule, decode = trained.experiment.rule or update, trained.spec.decode
    try:
        found = observation.watch(game, state, trained.seed, batches, decode=decode, rule=rule)
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"The batches in {folder} do not fit its game: {error}") from error
    print(f"Step {int(state.step) + 1}, seed {trained.seed}:")
    for name in game.players:
        said = [f"  {name}: {each}" for each in found if each.player == name]
        print("\n".join(said or [f"  {name}: loss, gradients and weights are finite."]))
    if not found:
        print("What was not finite is another figure of the step, or an average of weights.")


def _batches(folder: Path) -> dict:
    """The arrays of the bundle; none of them is unpickled."""
    import numpy as np

    from gan_jax.divergence import BATCHES

    if not (folder / BATCHES).is_file():
        there = ", ".join(str(place) for place in sorted(folder.glob("replay-*")))
        raise RunError(
            f"{folder} is no step to replay: it has no {BATCHES}"
            f"{f'; there is {there}' if there else ''}."
        )
    try:
        with np.load(folder / BATCHES, allow_pickle=False) as file:
            return dict(file)
    except Exception as error:
        raise CheckpointError(f"{folder / BATCHES} is damaged: {error}.") from error
