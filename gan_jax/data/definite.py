"""What a generator gives as probabilities, as data are: one character, one category."""

import numpy as np

from gan_jax.data.encoding import hardened
from gan_jax.data.spec import Spec


def definite(samples: np.ndarray, spec: Spec) -> np.ndarray:
    """Samples as examples of the data: where there are choices, one-hot of the likeliest.

    Between data and probabilities lies a distance that says nothing of what is chosen.

    Args:
      samples: `[N, *spec.shape]`, of a generator, or data, which stay as they are.
      spec: of the data.

    >>> text = Spec((1, 3), 1.0, 0.0, vocabulary=("a", "b", "c"))
    >>> definite(np.array([[[0.2, 0.5, 0.3]]]), text).tolist()
    [[[0.0, 1.0, 0.0]]]
    """
    if spec.columns:
        return hardened(samples, spec.columns)
    if spec.vocabulary:
        return np.eye(samples.shape[-1], dtype=samples.dtype)[samples.argmax(-1)]
    return samples
