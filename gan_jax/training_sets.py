"""The training sets of one seed, each with the score of a classifier that learnt from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from gan_jax import classical, encoding
from gan_jax.data import Dataset
from gan_jax.loading import Trained
from gan_jax.metrics import learners
from gan_jax.metrics.learners import Labelled, Make
from gan_jax.usefulness import REAL

Scores = dict[tuple[str, float | None], float]
"""By what the set is, and the synthetic examples for each real one where that means something."""


class Judge(NamedTuple):
    """A classifier of a seed, which learns from the few real examples and from more.

    Args:
      make: of classifiers.
      seed: of the classifier and of what is drawn.
      few: the training part is the few examples; the held-out part is what is tested on.
    """

    make: Make
    seed: int
    few: Dataset

    def examples(self, part: Mapping) -> Labelled:
        """As networks see them."""
        return np.asarray(self.few.spec.decode(part["real"][:])), np.asarray(part["label"])

    def score(self, *sets: Labelled) -> float:
        """Of what is learnt from all the sets of examples together."""
        rows = self._rows()
        x, label = (np.concatenate(arrays) for arrays in zip(*sets, strict=True))
        held_out, expected = self.examples(self.few.held_out)
        return self._tested((rows(x), label), (rows(held_out), expected))

    def score_codes(self, trained: Trained) -> tuple[float, float]:
        """Of what is learnt from the codes of the few examples; and from both beside each other."""
        parts, rows = (self.few.train, self.few.held_out), self._rows()
        x, labels = zip(*map(self.examples, parts), strict=True)
        raw = np.concatenate([part["real"][:] for part in parts])
        given = trained.game, trained.sampler, trained.state, raw, self.few.spec.decode
        codes = np.split(encoding.encode(*given), [len(parts[0]["real"])])
        codes = [learners.standardised(codes[0])(each) for each in codes]
        both = [np.concatenate(pair, axis=1) for pair in zip(map(rows, x), codes, strict=True)]
        test = lambda inputs: self._tested(*zip(inputs, labels, strict=True))
        return test(codes), test(both)

    def _rows(self) -> Callable:
        return learners.inputs(self.examples(self.few.train)[0], self.few.spec.columns)

    def _tested(self, train: Labelled, test: Labelled) -> float:
        return learners.balanced_accuracy(self.make, self.seed, train, test)


def without_generators(judge: Judge, shares: Sequence[float]) -> Scores:
    """The few real examples alone, and with distorted ones where there is a way to distort them.

    Args:
      judge: of the few.
      shares: distorted examples for each real one.
    """
    real = judge.examples(judge.few.train)
    found: Scores = {(REAL, 0.0): judge.score(real)}
    if distortion := classical.suited(judge.few.spec):
        random = np.random.Generator(np.random.PCG64(judge.seed))
        more = classical.enlarged(distortion, random, *real, counts(judge, shares)[-1])
        found |= _enlarged(judge, "classical augmentation", more, shares)
    return found


def with_samples(judge: Judge, name: str, trained: Trained, shares: Sequence[float]) -> Scores:
    """The few real examples with samples, and as many samples alone as the largest share has.

    Args:
      judge: of the few.
      name: of the family.
      trained: on the few.
      shares: samples for each real example.
    """
    count = counts(judge, shares)[-1]
    drawn = trained.sample(count, seed=judge.seed)
    more = drawn["samples"], drawn["labels"]
    found = _enlarged(judge, name, more, shares)
    return found | {(f"{name} alone ({count})", None): judge.score(more)}


def with_codes(judge: Judge, name: str, trained: Trained) -> Scores:
    """The codes of the few real examples, and these beside the examples themselves."""
    codes, both = judge.score_codes(trained)
    return {(f"{name}, codes", None): codes, (f"{name}, examples and codes", None): both}


def with_all(judge: Judge, whole: Dataset) -> Scores:
    """All real examples of training: what more of them would bring.

    Args:
      judge: of the few.
      whole: all of the data.
    """
    x, label = judge.examples(whole.train)
    return {(f"all real ({len(label)})", None): judge.score((x, label))}


def counts(judge: Judge, shares: Sequence[float]) -> list[int]:
    """How many synthetic examples each share is, one or more."""
    return [max(1, round(share * len(judge.few.train["label"]))) for share in shares]


def _enlarged(judge: Judge, what: str, more: Labelled, shares: Sequence[float]) -> Scores:
    real, (x, label) = judge.examples(judge.few.train), more
    pairs = zip(shares, counts(judge, shares), strict=True)
    return {(what, share): judge.score(real, (x[:n], label[:n])) for share, n in pairs}
