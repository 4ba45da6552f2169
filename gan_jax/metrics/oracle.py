"""Figures of text whose truth is known: how likely the oracle finds it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from gan_jax.data import Spec
from gan_jax.data.oracle import log_likelihood
from gan_jax.metrics.characters import for_text


def oracle_nll(text: ArrayLike, spec: Spec) -> float:
    """-E 1/T sum_t log p(x_t | x_<t) under the oracle, in nats for a symbol: `NLL_oracle`.

    Yu et al. 2017, arXiv 1609.05473, eq. 9, divided by T as in their code. The oracle's own texts
    have its entropy; text that keeps to what is most likely has less, so that a lower figure is no
    better where the text has lost its variety. Print the likelihood of held-out texts beside it.

    Args:
      text: `[N, T, V]`; a step is the symbol of its largest value.
      spec: of the data, with an oracle.

    Raises:
      ValueError: data without an oracle, or text of another shape.
    """
    text = np.asarray(text)
    if spec.oracle is None or text.shape[1:] != spec.shape or not len(text):
        raise ValueError(
            f"text has shape {text.shape}; expected [N, {', '.join(map(str, spec.shape))}] for the "
            "oracle of the data, such as those of gan_jax.data.open('oracle')"
        )
    return -float(log_likelihood(spec, text.argmax(-1)).mean())


def for_oracle(spec: Spec) -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    """The evaluation of the oracle's data: `oracle_nll`, and the figures of `for_text`.

    That of real data is the oracle's entropy; the divergences of n-grams tell lost variety.

    Args:
      spec: of the data, with an oracle.
    """
    text = for_text()
    return lambda real, other: {"oracle_nll": oracle_nll(other, spec)} | text(real, other)
