"""How long many seeds at once take for the time of one: `python -m benchmarks.replicas`.

The digits of `benchmarks.cases`, with `--seeds 0..7` and other numbers of them: mapped by `vmap`,
and one after the other in one program.
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.cases import named
from benchmarks.gan_training import FOREVER, game, playing
from benchmarks.timing import interleaved, ratio
from benchmarks.variants import ACCELERATED, machine
from gan_jax import replicas
from gan_jax.replicas import Replica, at_once, one_by_one

CASE = named("digits", accelerated=ACCELERATED)
COLUMNS = ("replicas", "lay", "iterations_per_second", "times_one")


def several(count: int, lay: Callable) -> Callable:
    """A function that plays `CASE.chunk` iterations of so many replicas."""
    data = CASE.data()
    settings = {"steps": FOREVER, "batch_size": CASE.batch, "chunk": CASE.chunk, "lay": lay}
    made, seeds = game(CASE, data), [Replica(seed) for seed in range(count)]
    chunks = replicas.train(lambda values: made, data, replicas=seeds, **settings)
    return partial(next, chunks)


def measured(counts: list[int], rounds: int, seconds: float) -> list[dict]:
    """Rows: iterations of all replicas in a second, and the time for that of one by itself."""
    programs = {(1, "alone"): playing(CASE, CASE.data())}
    for count in counts:
        programs[count, "vmap"] = several(count, at_once)
        programs[count, "map"] = several(count, one_by_one)
    for program in programs.values():
        program()  # compiles
    rates = interleaved(programs, CASE.chunk, rounds, seconds)
    alone = rates[1, "alone"]
    return [
        dict(zip(COLUMNS, (*key, median(rate), ratio(alone, rate)), strict=True))
        for key, rate in rates.items()
    ]


def main() -> None:
    """Measures, prints a line a row and writes the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replicas", description=__doc__)
    numbers = lambda text: [int(number) for number in text.split(",")]
    parser.add_argument("--counts", type=numbers, default=[2, 4, 8], help="of replicas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each in a round, about")
    parser.add_argument("--out", type=Path, help="a JSON file for the rows")
    chosen = parser.parse_args()
    about = machine()
    rows = measured(chosen.counts, chosen.rounds, chosen.seconds)
    print(*COLUMNS)
    for row in rows:
        print(*(f"{x:.3g}" if isinstance(x, float) else x for x in row.values()))
    if chosen.out:
        chosen.out.write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
