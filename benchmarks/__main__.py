"""gan_jax beside the same models in PyTorch: iterations of a WGAN-GP in a second.

An iteration is five moves of the critic and one of the generator. The losses and gradients of both
sides are compared in float64 first; a case in which they differ is not timed.
"""

import argparse
import os
import sys
from pathlib import Path


def options(words: list[str]) -> argparse.Namespace:
    """The flags."""
    names = lambda text: text.split(",")
    numbers = lambda text: [int(number) for number in text.split(",")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--cases", type=names, default=["ring", "digits", "dcgan28", "resnet32", "lstm"])
    add("--variants", type=names, help="some of those in benchmarks/variants.py")
    add("--rounds", type=int, default=5, help="how many times each variant is timed")
    add("--seconds", type=float, default=2.0, help="of a variant in a round, about")
    add("--batch", type=numbers, default=[None], help="other minibatches than those of the cases")
    add("--threads", type=int, help="processors for either side, where there are more")
    add("--precision", choices=("float32", "tensorfloat32"), default="float32")
    add("--first-steps", type=names, default=["ring", "digits"], help="cases, or none")
    add("--out", type=Path, help="a JSON file for the rows")
    return parser.parse_args(words)


def main() -> None:
    """Reads the flags, settles what JAX must know before it starts, and runs."""
    chosen = options(sys.argv[1:])
    if chosen.threads:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: chosen.threads])
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # PyTorch needs memory, too
    from benchmarks.comparison import compare

    compare(chosen)


if __name__ == "__main__":
    main()
