"""Optax transformations with their numbers checked, and what only adversarial training needs."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax import ranges


def adam(
    learning_rate, b1: float | jax.Array = 0.0, b2: float | jax.Array = 0.9
) -> optax.GradientTransformation:
    """`optax.adam` with the betas of WGAN-GP (arXiv:1704.00028), its numbers checked.

    Args:
      learning_rate: above 0; may be traced, or a schedule.
      b1: decay of the first moment, from 0 and below 1; may be traced.
      b2: decay of the second moment, from 0 and below 1; may be traced.

    Raises:
      ValueError: a number out of its range.
    """
    rate = ranges.positive("learning rate", learning_rate)
    return optax.adam(rate, ranges.decay("beta b1", b1), ranges.decay("beta b2", b2))


def rmsprop(learning_rate, **rest) -> optax.GradientTransformation:
    """`optax.rmsprop`, its learning rate checked: above 0; may be traced, or a schedule."""
    return optax.rmsprop(ranges.positive("learning rate", learning_rate), **rest)


def sgd(learning_rate, **rest) -> optax.GradientTransformation:
    """`optax.sgd`, its learning rate checked: above 0; may be traced, or a schedule."""
    return optax.sgd(ranges.positive("learning rate", learning_rate), **rest)


def clip_by_global_norm(max_norm: float | jax.Array) -> optax.GradientTransformation:
    """`optax.clip_by_global_norm`, its number checked: above 0; may be traced."""
    return optax.clip_by_global_norm(ranges.positive("norm of the gradients", max_norm))


def add_decayed_weights(weight_decay, mask=None) -> optax.GradientTransformation:
    """`optax.add_decayed_weights`, its number checked: 0 or more; may be traced, or a schedule."""
    return optax.add_decayed_weights(ranges.not_negative("weight decay", weight_decay), mask)


def by_network(**rules: optax.GradientTransformation) -> optax.GradientTransformation:
    """One optimizer of a player that trains several networks, with a rule for each by its name."""
    return optax.partition(rules, {name: name for name in rules})


def slowed(
    optimizer: optax.GradientTransformation, factor: float | jax.Array
) -> optax.GradientTransformation:
    """The optimizer with all of its learning rates multiplied by a factor; its state is the same.

    All of an update is scaled, so an optimizer holds no more than rates: bounds of weights are a
    player's `project`, and averages of what its moves have found a network's `refresh`.

    >>> half = slowed(optax.sgd(0.5), 0.5)
    >>> half.update(jnp.array([1.0]), half.init(jnp.zeros(1)))[0].tolist()
    [-0.25]
    """

    def change(gradients, state, params=None):
        updates, state = optimizer.update(gradients, state, params)
        return jax.tree.map(lambda step: (step * factor).astype(step.dtype), updates), state

    return optax.GradientTransformation(optimizer.init, change)


def orthogonal(strength: float | jax.Array = 1e-4) -> optax.GradientTransformation:
    """Adds to the gradient that of `strength * |W^T W * (1 - I)|_F^2` for every kernel W.

    Brock et al. 2018, arXiv:1809.11096, eq. 3: filters are to be orthogonal, and of any length. It
    stands first in a chain: `optax.chain(orthogonal(1e-4), adam(2e-4))`. Kernels are the leaves of
    that name, `[..., n]`, as matrices of n filters; so biases are left alone. In a `ConvTranspose`
    the n are its inputs, as in the paper's code: the patches that they become are orthogonal.
    Embeddings are left alone, whether they are such a leaf or the layer that holds the kernel.
    Differs from the paper's code, which adds half of this gradient, and leaves the generator's
    embedding alone but not the critic's.

    Args:
      strength: beta, 0 or more; may be traced.

    >>> add, params = orthogonal(0.5), {"kernel": jnp.array([[1.0, 1.0], [0.0, 1.0]])}
    >>> updates, _ = add.update(jax.tree.map(jnp.zeros_like, params), add.init(params), params)
    >>> updates["kernel"].tolist()  # 4 * 0.5 * W [[0, 1], [1, 0]]
    [[2.0, 2.0], [2.0, 0.0]]
    """
    ranges.not_negative("strength of the orthogonal regularisation", strength)

    def pull(path, update, weight):
        *layers, name = (getattr(part, "key", None) for part in path)
        if name != "kernel" or weight.ndim < 2 or "embedding" in layers:
            return update
        filters = weight.reshape(-1, weight.shape[-1])
        products = filters.T @ filters
        slope = 4 * filters @ (products - jnp.diag(jnp.diag(products)))
        return update + (strength * slope).reshape(weight.shape).astype(update.dtype)

    def change(updates, state, params=None):
        if params is None:
            raise ValueError("orthogonal needs the parameters: update(updates, state, params).")
        return jax.tree.map_with_path(pull, updates, params), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), change)


def blend(old, new, decay: float | jax.Array):
    """decay * old + (1 - decay) * new, leaf by leaf, in the dtype of `old`.

    >>> blend(jnp.array([1.0]), jnp.array([3.0]), 0.5).tolist()
    [2.0]
    """
    step = lambda old, new: (old + (1 - decay) * (new - old)).astype(old.dtype)
    return jax.tree.map(step, old, new)


def scheduled(value, step: jax.Array):
    """A number as it is, or a schedule, step -> number, at this step.

    >>> scheduled(10.0, 3), scheduled(lambda step: 10.0 / (1 + step), 4)
    (10.0, 2.0)
    """
    return value(step) if callable(value) else value


def warm_average(decay: float | jax.Array = 0.999) -> Callable[[jax.Array], jax.Array]:
    """The decay min(decay, (1 + t) / (10 + t)) of an average of weights at step t.

    The average follows closely while the weights still move fast, and is smooth later.
    """
    ranges.share("decay of the average", decay)
    return lambda step: jnp.minimum(decay, (1 + step) / (10 + step))
