"""Spectral normalisation: a function from networks to networks."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

from gan_jax.game import Network
from gan_jax.keys import stream
from gan_jax.numerics import wide

NAME = "spectral"
"""Of the vectors among the statistics."""

EPSILON = 1e-12
"""Added to squared norms inside the root: a kernel of zeros stays what it is."""

WARM = 50
"""Iterations before the first use, and before sampling: from there on one a move follows."""


def spectral(network: Network, *, include: Callable[[str], bool] = lambda path: True) -> Network:
    """The network with W / sigma(W) for every matrix W: sigma is its largest singular value.

    Miyato et al. 2018, arXiv:1802.05957, eq. 8 and algorithm 1. A kernel `[..., n]` is the matrix
    `[-1, n]`: of `Conv` that of patches to features, of `ConvTranspose` that of features to
    patches, of an embedding the table itself. sigma = |W u|, where u is carried in `stats` and is
    moved on, by one iteration, after each move of the player that trains the network, and by
    nobody else; the gradient flows through sigma, with u fixed. Averaged weights have vectors of
    their own (`Network.settle`). It mixes no examples, so a penalty on slopes may come on top.

    Differs from the paper: the first vector is the result of 50 iterations, so that sigma is right
    from the first move on; then the iteration is after a move, not before each use. As in the
    paper, a convolution's own norm may be larger than that of its matrix.

    In half precision: `spectral(half(network))`, where sigma is found in single.

    Args:
      network: its parameters are nested dicts, as those of `linen`.
      include: which parameters with two axes or more are normalised, by their path, such as
        `"Dense_0/kernel"`; by default all. BigGAN leaves its class embedding out:
        `lambda path: "embedding" not in path`.

    Returns:
      A network of the same parameters; what is normalised is found anew in every `apply`.

    Raises:
      ValueError: (when it is initialised) it has no such parameter.

    >>> import flax.linen as nn
    >>> from gan_jax.networks import linen
    >>> network = spectral(linen(nn.Dense(1, use_bias=False), jnp.zeros((1, 2))))
    >>> state = network.init(jax.random.key(0))
    >>> round(float(jnp.linalg.norm(network.apply(*state, jnp.eye(2)))), 4)
    1.0
    """

    def init(key):
        params, stats = network.init(key)
        chosen = {
            path: weight
            for path, weight in flatten_dict(params).items()
            if weight.ndim >= 2 and include("/".join(path))
        }
        if not chosen:
            raise ValueError("A spectral network has a matrix among its parameters; this has none.")
        start = {path: _start(key, path, weight) for path, weight in chosen.items()}
        return params, stats | {NAME: _moved_on(params, unflatten_dict(start), WARM)}

    def apply(params, stats, *inputs):
        return network.apply(_normalised(params, stats[NAME]), _others(stats), *inputs)

    def refresh(params, stats, batch, metrics):
        vectors = _moved_on(params, stats[NAME], 1)
        others = network.refresh(_normalised(params, vectors), _others(stats), batch, metrics)
        return others | {NAME: vectors}

    def settle(params, stats, *inputs):
        vectors, others = _moved_on(params, stats[NAME], WARM), _others(stats)
        if network.settle is not None:
            others = network.settle(_normalised(params, vectors), others, *inputs)
        return others | {NAME: vectors}

    return network._replace(init=init, apply=apply, refresh=refresh, settle=settle)


def _moved_on(params, vectors, count: int):
    flat = flatten_dict(params)
    further = lambda _, vectors: {path: _iterated(flat[path], vectors[path]) for path in vectors}
    return unflatten_dict(jax.lax.fori_loop(0, count, further, flatten_dict(vectors)))


def _normalised(params, vectors):
    flat, vectors = flatten_dict(params), flatten_dict(vectors)
    divided = {path: flat[path] / _norm(_matrix(flat[path]) @ u) for path, u in vectors.items()}
    return unflatten_dict(flat | divided)


def _start(key: jax.Array, path: tuple[str, ...], weight: jax.Array) -> jax.Array:
    """A random vector; the key itself is left for the network."""
    return jax.random.normal(stream(key, "/".join((NAME, *path))), weight.shape[-1:])


def _iterated(weight: jax.Array, vector: jax.Array) -> jax.Array:
    """One iteration of the power method: towards the first right singular vector."""
    matrix = _matrix(weight)
    left = matrix @ vector
    right = matrix.T @ (left / _norm(left))
    return jnp.where(right.any(), right / _norm(right), vector)  # zeros have no direction


def _matrix(weight: jax.Array) -> jax.Array:
    return wide(weight.reshape(-1, weight.shape[-1]))


def _norm(vector: jax.Array) -> jax.Array:
    return jnp.sqrt(jnp.square(vector).sum() + EPSILON)


def _others(stats: dict) -> dict:
    return {name: value for name, value in stats.items() if name != NAME}
