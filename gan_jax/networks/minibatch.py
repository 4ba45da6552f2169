"""A critic that sees how different the examples of a minibatch are from one another."""

import flax.linen as nn
import jax
import jax.numpy as jnp

from gan_jax import axis
from gan_jax.networks.layers import STATISTICS, batch_statistics
from gan_jax.numerics import wide


class MinibatchDeviation(nn.Module):
    """The input `[B, ..., C]` and, as channel C + 1, one number: how far the minibatch spreads.

    The standard deviation of each feature at each place over the minibatch, then its mean over all
    of them: Karras et al. 2017, arXiv:1710.10196, section 3. Fakes that are all alike show. The
    paper's code has groups of 4, each with a number of its own: `MinibatchDeviation(4)`.

    The minibatch is the global one, so that any number of devices agrees. The layer mixes examples,
    and `linen` knows it from the variable `deviation`, which is fixed once a network has settled:
    the mean over all groups. Differs from the paper's code: a group is of examples that follow one
    another, wherever they lie, and not of those of one device with as many between them.

    Attributes:
      group: examples in a group, 2 or more, which divides the minibatch, or is all of a smaller
        one; by default the whole minibatch, as in the paper's text.
      epsilon: added to the variance inside the root.

    >>> x = jnp.array([[1.0, 0.0], [3.0, 0.0], [5.0, 7.0], [5.0, 7.0]])
    >>> MinibatchDeviation(2, epsilon=0.0).apply({}, x).tolist()  # deviations of 1 and 0; 0 and 0
    [[1.0, 0.0, 0.5], [3.0, 0.0, 0.5], [5.0, 7.0, 0.0], [5.0, 7.0, 0.0]]
    """

    group: int | None = None
    epsilon: float = 1e-8

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        deviation = self._deviation(x).astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 1))
        return jnp.concatenate([x, jnp.broadcast_to(deviation, (*x.shape[:-1], 1))], axis=-1)

    def _deviation(self, x: jax.Array) -> jax.Array:
        """One number, or one for each example."""
        settling = self.is_mutable_collection(STATISTICS)
        if not settling and self.has_variable(STATISTICS, "deviation"):
            return self.get_variable(STATISTICS, "deviation")
        deviation = self._of_groups(wide(x.reshape(len(x), -1)))
        if settling:
            self.put_variable(STATISTICS, "deviation", axis.mean(deviation.mean()))
        return deviation

    def _of_groups(self, x: jax.Array) -> jax.Array:
        if self.group is None:
            return jnp.sqrt(batch_statistics(x)[1] + self.epsilon).mean()
        size = self._size(len(x) * axis.size())
        apart = len(x) % size > 0  # some groups lie on more than one device
        groups = (axis.gather(x) if apart else x).reshape(-1, size, x.shape[1])
        variance = jnp.square(groups - groups.mean(1, keepdims=True)).mean(1)
        each = jnp.repeat(jnp.sqrt(variance + self.epsilon).mean(1), size)
        return axis.own(each) if apart else each

    def _size(self, count: int) -> int:
        size = min(self.group, count)
        if self.group < 2 or count % size:
            raise ValueError(
                f"A minibatch of {count} examples is no whole number of groups of {self.group}: a "
                "group for MinibatchDeviation has 2 examples or more, and divides the minibatch."
            )
        return size
