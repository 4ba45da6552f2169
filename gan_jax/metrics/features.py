"""Extractors of features: what the distances of a set of figures are taken on, named and hashed."""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from gan_jax.data import Dataset
from gan_jax.metrics.classes import Classify, classifier, perceptron
from gan_jax.networks.layers import Conv

Batch = Callable[[np.ndarray], np.ndarray]
"""Examples `[B, ...]` to features `[B, d]`."""

_BATCH = 256  # examples in one call of a batch


class Extractor(NamedTuple):
    """Examples to features. Figures on features of two different hashes are no comparison.

    Attributes:
      name: that people know it by.
      hash: of its weights, 16 digits; the same on every machine.
      batch: examples `[B, ...]` to features `[B, d]`.
      classify: to the probabilities of classes, where it has any.
    """

    name: str
    hash: str
    batch: Batch
    classify: Classify | None = None

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Decoded examples `[N, ...]` to features `[N, d]`, float32."""
        starts = range(0, len(examples), _BATCH)
        parts = [self.batch(_filled(examples[start : start + _BATCH])) for start in starts]
        return np.concatenate(parts)[: len(examples)].astype(np.float32)


def pixel_features() -> Extractor:
    """The values of an example as they are: of images its pixels.

    >>> pixel_features()(np.ones((3, 2, 2, 1))).shape
    (3, 4)
    """
    return Extractor("pixels", hashed(()), lambda examples: examples.reshape(len(examples), -1))


def random_features(shape: Sequence[int], *, width: int = 16, seed: int = 0) -> Extractor:
    """A fixed convolutional network with random weights: it knows no data, and favours none.

    Naeem et al. 2020, arXiv:2002.09797, section 4, take a random network where the images are
    unlike those of ImageNet. Its weights are drawn by NumPy, and so are those of every machine.

    Differs from the paper: three convolutions and one dense layer, where there is a VGG16.

    Args:
      shape: (H, W, C) of an image.
      width: channels of the first convolution; the features are 16 times as many.
      seed: of the weights.

    Raises:
      ValueError: examples of that shape are no images.

    >>> random_features((8, 8, 1), width=4)(np.ones((3, 8, 8, 1))).shape
    (3, 64)
    """
    if len(shape) != 3:
        raise ValueError(
            f"Random features are of images [H, W, C], and these examples have the shape "
            f"{tuple(shape)}: take the features `pixels`, which are of all data."
        )
    module, image = _Random(width), jax.ShapeDtypeStruct((1, *shape), jnp.float32)
    kinds = jax.eval_shape(module.init, jax.random.key(0), image)
    draw = np.random.RandomState(seed)  # whose numbers no version of NumPy may change
    leaves, tree = jax.tree.flatten(kinds)
    weights = [_uniform(draw, leaf.shape) for leaf in leaves]
    apply = jax.jit(module.apply)
    variables = jax.tree.unflatten(tree, weights)
    return Extractor(
        "random", hashed(weights), lambda x: np.asarray(apply(variables, jnp.float32(x)))
    )


def classifier_features(data: Dataset) -> Extractor:
    """The hidden layer of `metrics.classifier`, which was trained on the training part alone.

    Raises:
      ValueError: no classifier can be trained on the data.
    """
    weights = perceptron(data)
    inner, bias = weights[:2]
    rows = lambda x: np.asarray(x, np.float32).reshape(len(x), -1)
    hidden = lambda examples: np.maximum(rows(examples) @ inner + bias, 0)
    return Extractor("classifier", hashed(weights), hidden, classifier(data))


def hashed(weights: Sequence[np.ndarray]) -> str:
    """16 digits of the SHA-256 of arrays: their shapes, dtypes and bytes."""
    digest = hashlib.sha256()
    for array in weights:
        digest.update(f"{array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()[:16]


class _Random(nn.Module):
    """Images `[B, H, W, C]` to features `[B, 16 width]`."""

    width: int

    @nn.compact
    def __call__(self, x):
        with jax.default_matmul_precision("highest"):  # not in the short numbers of some devices
            x = jnp.pad(x, ((0, 0), *((0, -size % 4) for size in x.shape[1:3]), (0, 0)))
            for factor, kernel, stride in ((1, 3, 1), (2, 4, 2), (4, 4, 2)):
                x = nn.relu(Conv(factor * self.width, kernel, stride, use_bias=False)(x))
            x = jax.image.resize(x, (len(x), 4, 4, 4 * self.width), "linear")
            return nn.relu(nn.Dense(16 * self.width, use_bias=False)(x.reshape(len(x), -1)))


def _uniform(draw: np.random.RandomState, shape: tuple[int, ...]) -> np.ndarray:
    """Of the deviation that keeps the size of what passes a ReLU (He et al. 2015)."""
    bound = np.sqrt(6 / np.prod(shape[:-1]))
    return draw.uniform(-bound, bound, shape).astype(np.float32)


def _filled(examples: np.ndarray) -> np.ndarray:
    """As many as a batch has, so that one program does for all."""
    missing = _BATCH - len(examples)
    return np.concatenate([examples, np.repeat(examples[:1], missing, 0)]) if missing else examples
