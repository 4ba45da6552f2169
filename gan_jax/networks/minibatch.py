"""A critic that sees how different the examples of a minibatch are from one another."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gan_jax.networks.layers import STATISTICS, batch_statistics
from gan_jax.numerics import wide


class MinibatchDeviation(nn.Module):
    """The input `[B, ..., C]` and, as channel C + 1, one number: how far the minibatch spreads.

    The standard deviation of each feature at each place over the minibatch, then its mean over all
    of them: Karras et al. 2017, arXiv:1710.10196, section 3. Fakes that are all alike show.

    The minibatch is the global one, so that any number of devices agrees. The layer mixes examples,
    and `linen` knows it from the variable `deviation`, which is fixed once a network has settled.
    Differs from the paper's code: one group, the whole minibatch as in the paper's text, instead of
    groups of 4.

    Attributes:
      epsilon: added to the variance inside the root.

    >>> x = jnp.array([[1.0, 0.0], [3.0, 0.0]])
    >>> MinibatchDeviation(epsilon=0.0).apply({}, x).tolist()  # deviations of 1 and 0
    [[1.0, 0.0, 0.5], [3.0, 0.0, 0.5]]
    """

    epsilon: float = 1e-8

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (*x.shape[:-1], 1)
        return jnp.concatenate([x, jnp.full(shape, self._deviation(x), x.dtype)], axis=-1)

    def _deviation(self, x: jax.Array) -> jax.Array:
        settling = self.is_mutable_collection(STATISTICS)
        if not settling and self.has_variable(STATISTICS, "deviation"):
            return self.get_variable(STATISTICS, "deviation")
        _, variance = batch_statistics(wide(x.reshape(len(x), -1)))
        deviation = jnp.sqrt(variance + self.epsilon).mean()
        if settling:
            self.put_variable(STATISTICS, "deviation", deviation)
        return deviation
