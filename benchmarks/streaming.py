"""How long a training waits for data that stream from the host: `python -m benchmarks.streaming`.

64x64 images in colour, a small DCGAN, minibatches of 64: from a memory-mapped array, and from PNG
records of TensorFlow Datasets, each decoded when it is asked for.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks import cases
from benchmarks.gan_training import FOREVER, game
from gan_jax import data, feed
from gan_jax.data import Dataset
from gan_jax.data.prepare import prepare
from gan_jax.train import train

CASE = cases.CASES["dcgan28"]._replace(sizes={"latent": 64, "width": 16})
SHAPE = (64, 64, 3)


def watched(chunks: Callable, waits: list[float]) -> Callable:
    """`feed.chunks`, and the seconds from when each chunk is asked for to when it is there."""

    def timed(*settings) -> Iterator:
        upcoming = chunks(*settings)
        while True:
            start = time.perf_counter()
            part = next(upcoming)
            waits.append(time.perf_counter() - start)
            yield part

    return timed


def waiting(streamed: Dataset, seconds: float) -> tuple[float, float]:
    """The share of the time that a training waits, and its iterations in a second."""
    waits: list[float] = []
    settings = {"steps": FOREVER, "batch_size": CASE.batch, "chunk": CASE.chunk, "device_data": 0}
    with patch.object(feed, "chunks", watched(feed.chunks, waits)):
        playing = train(game(CASE, streamed), streamed, **settings)
        next(playing)  # compiles
        waits.clear()
        start = time.perf_counter()
        while time.perf_counter() < start + seconds:
            next(playing)
        taken = time.perf_counter() - start
        playing.close()
    return sum(waits) / taken, CASE.chunk * len(waits) / taken


def write(place: Path, count: int) -> dict[str, Dataset]:
    """The same images in a file of an array, and as records of PNG."""
    shape, random = (count, *SHAPE), np.random.default_rng(0)
    array = np.lib.format.open_memmap(place / "noise.npy", "w+", np.uint8, shape)
    for row in range(count):
        array[row] = random.integers(0, 256, SHAPE, np.uint8)
    array.flush()
    mapped = data.open(f"npy:{place / 'noise.npy'}")
    prepare(mapped, "noise", place)
    return {"npy": mapped, "tfds": data.open(f"tfds:noise?data_dir={place}")}


def main() -> None:
    """Writes over 1 GiB to a temporary folder, trains on each and prints the share of waiting."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60)
    count, seconds = vars(parser.parse_args()).values()
    with tempfile.TemporaryDirectory() as place:
        print(f"{count} images of 64x64, minibatches of {CASE.batch}, {os.cpu_count()} cores")
        for name, images in write(Path(place), count).items():
            share, rate = waiting(images, seconds)
            print(f"{name}: waits {share:.2%} of the time; {rate:.2f} iterations/s", flush=True)


if __name__ == "__main__":
    main()
