"""The generator of BigGAN: Brock, Donahue and Simonyan 2018, arXiv:1809.11096, appendix B."""

from collections.abc import Sequence

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax.nn.initializers import orthogonal

from gan_jax.networks.conditional import ConditionalBatchNorm
from gan_jax.networks.labels import check_label, one_hot
from gan_jax.networks.sngan import generated


class BigGANGenerator(nn.Module):
    """Latents `[B, d]`, and labels `[B]` if there are classes, to images `[B, *shape]` in [-1, 1].

    Brock et al. 2018, arXiv:1809.11096, appendix B, figure 15. The latents are cut into equal
    parts: the first is projected to the smallest size, each other one reaches one block, where
    beside an embedding of the class, which all blocks share, it sets gains and biases of the batch
    norm (skip-z). Weights begin orthogonal. The critic is `SNGANCritic` with
    `kernel_init=orthogonal()`; both are under a spectral norm in the paper.

    Differs from the paper: without labels the parts of the latents alone are the conditions.

    The shared embedding is the parameter `embedding`, `[classes, embedding]`. A spectral norm
    should leave it out, as that in the authors' code does.

    Attributes:
      shape: height, width and channels; the size is a multiple of 2 to the number of doublings.
      widths: channels of the smallest maps, and then after each doubling; d is a multiple of their
        number.
      classes: how many labels there are; 0 for a generator without labels.
      embedding: dimensions of the embedding of a class.
      attention: the size of the maps on which there is self-attention; 0 for none.

    >>> make = BigGANGenerator((32, 32, 3), (256,) * 4, 10).init_with_output
    >>> z, label = jnp.zeros((2, 120)), jnp.zeros(2, jnp.int32)
    >>> jax.eval_shape(make, jax.random.key(0), z, label)[0].shape
    (2, 32, 32, 3)
    """

    shape: Sequence[int]
    widths: Sequence[int]
    classes: int = 0
    embedding: int = 128
    attention: int = 0

    @nn.compact
    def __call__(self, z: jax.Array, label: jax.Array | None = None) -> jax.Array:
        check_label(label, self.classes)
        parts = len(self.widths)
        if z.shape[-1] % parts:
            raise ValueError(
                f"BigGAN cuts its latents into {parts} equal parts, one for each map; given: "
                f"{z.shape[-1]} dimensions. Give a multiple of {parts}; 120 suits 8x8 to 128x128."
            )
        first, *others = jnp.split(z, parts, axis=-1)
        shared = [] if label is None else [self._embedded(label, z.dtype)]
        conditions = [(jnp.concatenate([*shared, part], axis=-1),) for part in others]
        return generated(
            first,
            self.shape,
            self.widths,
            conditions,
            ConditionalBatchNorm,
            self.attention,
            orthogonal(),
        )

    def _embedded(self, label: jax.Array, dtype) -> jax.Array:
        table = self.param("embedding", orthogonal(), (self.classes, self.embedding), jnp.float32)
        return one_hot(label, self.classes, dtype) @ table.astype(dtype)
