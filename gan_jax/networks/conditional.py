"""Layers that see the class, or whatever else an example is to depend on."""

from collections.abc import Callable
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import glorot_uniform, ones, orthogonal, zeros

from gan_jax.networks.labels import check_label, one_hot
from gan_jax.networks.layers import BatchNorm, Dense
from gan_jax.numerics import wide


class ClassBatchNorm(nn.Module):
    """`scale[y] (x - mean) / sqrt(variance + epsilon) + bias[y]`: a gain and a bias of each class.

    Dumoulin et al. 2016, arXiv:1610.07629, eq. 5; in generators Miyato and Koyama 2018,
    arXiv:1802.05637, section 4. Mean and variance are those of `BatchNorm`: of the global batch,
    whatever its classes, or settled ones.

    Parameters: `scale` and `bias`, `[classes, C]`. A spectral norm should leave them out.

    Attributes:
      classes: how many labels there are.

    >>> make = ClassBatchNorm(10).init_with_output
    >>> x, label = jnp.zeros((2, 8, 8, 3)), jnp.zeros(2, jnp.int32)
    >>> jax.eval_shape(make, jax.random.key(0), x, label)[0].shape
    (2, 8, 8, 3)
    """

    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, label: jax.Array) -> jax.Array:
        shape = (self.classes, x.shape[-1])
        scale = self.param("scale", ones, shape, jnp.float32)
        bias = self.param("bias", zeros, shape, jnp.float32)
        chosen = one_hot(label, self.classes, scale.dtype)
        return modulate(BatchNorm(affine=False)(x), chosen @ scale, chosen @ bias)


class ConditionalBatchNorm(nn.Module):
    """`(1 + c W) (x - mean) / sqrt(variance + epsilon) + c V` for a condition `c [B, D]`.

    Brock et al. 2018, arXiv:1809.11096, appendix B: the condition is an embedding of the class
    beside a part of the latents. Mean and variance are those of `BatchNorm`.

    Parameters: `scale/kernel` W and `bias/kernel` V, `[D, C]`.

    Attributes:
      kernel_init: of both; the paper's is orthogonal.

    >>> make = ConditionalBatchNorm().init_with_output
    >>> x, condition = jnp.zeros((2, 8, 8, 3)), jnp.zeros((2, 20))
    >>> jax.eval_shape(make, jax.random.key(0), x, condition)[0].shape
    (2, 8, 8, 3)
    """

    kernel_init: Callable = orthogonal()

    @nn.compact
    def __call__(self, x: jax.Array, condition: jax.Array) -> jax.Array:
        linear = lambda name: Dense(
            x.shape[-1], use_bias=False, kernel_init=self.kernel_init, name=name
        )
        normalised = BatchNorm(affine=False)(x)
        return modulate(normalised, 1 + linear("scale")(condition), linear("bias")(condition))


class Projection(nn.Module):
    """`v . f + b + e_y . f` for features `f [B, C]`: raw scores `[B]`, given the class y.

    Miyato and Koyama 2018, arXiv:1802.05637, eq. 3 and figure 1d; without classes, one linear
    layer.

    Parameters: `score/kernel` v, `[C, 1]`, and `score/bias`; `embedding/kernel`, `[classes, C]`,
    the rows of which are the e_y.

    Attributes:
      classes: how many labels there are; 0 for a critic without labels.
      kernel_init: of both; Glorot's in the authors' code.

    >>> make = Projection(10).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((2, 8)), jnp.zeros(2, jnp.int32))[0].shape
    (2,)
    """

    classes: int = 0
    kernel_init: Callable = glorot_uniform()

    @nn.compact
    def __call__(self, features: jax.Array, label: jax.Array | None = None) -> jax.Array:
        check_label(label, self.classes)
        linear = partial(Dense, kernel_init=self.kernel_init)
        score = linear(1, name="score")(features)[:, 0]
        if label is None:
            return score
        chosen = one_hot(label, self.classes, features.dtype)
        embedded = linear(features.shape[-1], use_bias=False, name="embedding")(chosen)
        return score + (wide(embedded) * wide(features)).sum(-1)


def modulate(x: jax.Array, gain: jax.Array, bias: jax.Array) -> jax.Array:
    """`gain x + bias`, of each example and channel: `x [B, ..., C]`, `gain` and `bias` `[B, C]`.

    >>> modulate(jnp.ones((1, 2, 2)), jnp.array([[2.0, 3.0]]), jnp.array([[0.0, 1.0]])).tolist()
    [[[2.0, 4.0], [2.0, 4.0]]]
    """
    shape = (x.shape[0], *(1,) * (x.ndim - 2), x.shape[-1])
    gain, bias = (wide(of_example).reshape(shape) for of_example in (gain, bias))
    return (gain * wide(x) + bias).astype(x.dtype)
