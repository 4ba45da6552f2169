"""The flags of `gan-jax augment`: what is made larger, by what, and who judges it."""

import math
from dataclasses import dataclass
from typing import Literal

from gan_jax import options
from gan_jax.errors import UsageError


@dataclass(frozen=True)
class Study:
    """How much a data set is worth that generators made larger; see `gan_jax.augment`."""

    data: str = "digits"
    """Data with labels: digits, idx:PATH, waves, csv:PATH?label=COLUMN, ..."""
    per_class: int = 20
    """Real examples of each class that there are; another choice for each seed."""
    families: str = "digits_conditional"
    """Experiments by name or file, with commas: conditional ones give samples, others codes (where
    there is no encoder, features of the critic)."""
    shares: str = "0.5,1,2"
    """Synthetic examples for each real one, with commas."""
    seeds: str = "0..4"
    """Of the choice of examples, the generator and the classifier: 0..4 (both included), or 0,3."""
    out: str = "augmented"
    """Folder of the tables, the plot and the runs."""
    classifier: Literal["suited", "support_vectors", "logistic", "perceptron"] = "suited"
    """Who learns: logistic for tables, support vectors up to 20,000 examples, else a perceptron."""
    encoders: Literal["all", "few"] = "all"
    """What an encoder, or a critic, that needs no labels learns from: all training examples, or the
    few."""
    steps: int | None = None
    """Steps to train; those of each experiment if not given."""
    batch_size: int | None = None
    """Examples in a minibatch; that of each experiment if not given."""
    resume: bool = False
    """Go on where it was stopped: what is trained is not trained again."""
    cache: bool = True
    """Keep compiled programs in the user's cache folder."""


def shares(study: Study) -> list[float]:
    """The shares, from the smallest.

    Raises:
      UsageError: a share that is none, or twice.

    >>> shares(Study(shares="2,0.5"))
    [0.5, 2.0]
    """
    try:
        found = sorted(map(float, study.shares.split(",")))
    except ValueError:
        found = []
    sound = found and 0 < found[0] <= found[-1] < math.inf and len(set(found)) == len(found)
    if not sound:
        raise UsageError(f"--shares is {study.shares!r}: give numbers above 0, once, as 0.5,1,2.")
    return found


def seeds(study: Study) -> list[int]:
    """The seeds, in order.

    Raises:
      UsageError: it is no list of different seeds.
    """
    found = options.seeds(options.Options(seeds=study.seeds))
    if not found:
        raise UsageError("--seeds is empty: give one or more, as 0..4.")
    for seed in found:
        options.check_seed(seed)
    return found


def families(study: Study) -> list[str]:
    """The names or files, in order.

    Raises:
      UsageError: there is none, or one twice.
    """
    found = [name.strip() for name in study.families.split(",")]
    if not all(found) or len(set(found)) < len(found):
        raise UsageError(
            f"--families is {study.families!r}: give experiments by name or file, each once, as in "
            "digits_conditional,digits_acgan."
        )
    return found
