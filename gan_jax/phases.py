"""A run of several games in turn: what the next has in common with the last goes on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from gan_jax import optimizers, sampling
from gan_jax import train as training
from gan_jax.data import Dataset
from gan_jax.game import Game, State
from gan_jax.transplant import transplant


class Phase(NamedTuple):
    """A game, its sampler, and the step at which it is over, counted from the run's first step."""

    game: Game
    sampler: Callable  # (nets, keys) -> samples of this game
    until: int


def of_step(phases: Sequence[Phase], step: int) -> Phase:
    """The phase to which the state of a step belongs: that which played the step, or the first.

    So at the end of a phase, and in a checkpoint there, stands what this phase has made; the next
    one begins when the run goes on. After the last phase it is the last.
    """
    check(phases)
    return next((phase for phase in phases if step <= phase.until), phases[-1])


def abstract(phases: Sequence[Phase], step: int) -> State:
    """Shapes and dtypes of the state of a step; nothing is computed."""
    return training.abstract(of_step(phases, step).game)


def train(
    phases: Sequence[Phase],
    data: Dataset,
    *,
    steps: int,
    batch_size: int,
    seed: int = 0,
    state: State | None = None,
    **rest,
) -> Iterator[tuple[State, dict[str, float]]]:
    """Plays the phases one after the other until step `steps`, as `gan_jax.train.train` one game.

    The result does not depend on where a run was cut in two: between phases the state is made by
    `transplant` from the last one and from the seed alone.

    Args:
      phases: of increasing `until`; the last one goes on to `steps`.
      data: as for one game.
      steps: the step to stop at, counted from the first step of the run.
      batch_size: examples in the global minibatch of each move.
      seed: 0 to 2^32 - 1.
      state: where to go on from; it is consumed.
      **rest: chunk, spread and rule, as for one game.

    Yields:
      `(state, metrics)` as for one game, and at the end of each phase.

    Raises:
      ValueError: no phases, or not in the order of their ends.
    """
    check(phases)
    step = 0 if state is None else int(state.step)
    for phase in phases:
        until = steps if phase is phases[-1] else min(phase.until, steps)
        if until <= step:
            continue
        if state is not None:
            state = ready(phases, state, seed)[1]
        given = {"batch_size": batch_size, "seed": seed, "state": state} | rest
        for state, metrics in training.train(phase.game, data, steps=until, **given):
            yield state, metrics
        step = until


def ready(phases: Sequence[Phase], state: State, seed: int) -> tuple[Game, State]:
    """The game that plays the next step, and the state as that game begins with it."""
    step = int(state.step)
    phase = of_step(phases, step + 1)
    if step and phase is not of_step(phases, step):
        state = transplant(state, training.initial(phase.game, seed))
    return phase.game, state


def slowed(phases: Sequence[Phase], factor: float) -> tuple[Phase, ...]:
    """The same with all learning rates multiplied by a factor."""
    slow = lambda player: replace(player, optimizer=optimizers.slowed(player.optimizer, factor))
    players = lambda game: {name: slow(player) for name, player in game.players.items()}
    return tuple(p._replace(game=replace(p.game, players=players(p.game))) for p in phases)


def prepare(phases: Sequence[Phase]) -> Callable:
    """`sampling.prepare` for a run of phases: each state is sampled by the game that it is of."""
    prepared = {}

    def sample(state, key, count, **rest):
        phase = of_step(phases, int(state.step))
        if phase.until not in prepared:
            prepared[phase.until] = sampling.prepare(phase.game, phase.sampler)
        return prepared[phase.until](state, key, count, **rest)

    return sample


def check(phases: Sequence[Phase]) -> None:
    """Refuses phases that cannot be played one after the other."""
    ends = [phase.until for phase in phases]
    if not ends or ends != sorted(set(ends)) or ends[0] < 1:
        raise ValueError(
            "There are one or more phases, each over later than the one before it, the first after "
            f"step 1; given the ends: {', '.join(map(str, ends)) or 'none'}."
        )
