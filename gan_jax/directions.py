"""Directions in a latent space along which a generator changes most; no labels, no training."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.activations import layers
from gan_jax.errors import UsageError

COLUMNS = 4096
"""Of activations, that are looked at together: those of a layer may be many."""


def sefa(generate: Callable, latents: jax.Array) -> tuple[np.ndarray, np.ndarray]:
    """Closed-form factorization: eigenvectors of `A^T A` for the weights A that take the latents.

    Shen and Zhou 2020, arXiv:2007.06600: `max |A n|^2` over unit n. A has the rows of
    all layers that the latents reach first: for skip-z, as in BigGAN, each part is taken by the
    layers that it goes to, with their weights as they are used, under a spectral norm divided by
    it. What these layers make is differentiated by the latents; where they are normalised before,
    the mean of `A^T A` over `latents` has the directions of the weights.

    Args:
      generate: latents `[N, d]` to samples, to be traced.
      latents: `[N, d]`, some of the prior's; one is enough where nothing is done to them before.

    Returns:
      Unit directions `[d, d]`, a row each, the strongest first; and their eigenvalues, `[d]`.

    Raises:
      UsageError: the latents reach no layer outside of a loop.

    >>> weights = jnp.diag(jnp.array([1.0, 3.0]))
    >>> sefa(lambda z: jnp.tanh(z @ weights), jnp.ones((1, 2)))[0].tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """

    def first(latent):
        found = [layer.value.ravel() for layer in layers(generate, latent[None]) if layer.first]
        if not found:
            raise UsageError(
                "The latents reach no layer outside of a loop (a recurrent generator?): there are "
                "no weights to factorize; --method pca needs none."
            )
        return jnp.concatenate([value.astype(jnp.float32) for value in found])

    def gram(latent):
        slope = jax.jacfwd(first)(latent)
        return jnp.matmul(slope.T, slope, precision="highest")

    mean = np.mean([np.asarray(jax.jit(gram)(latent), np.float64) for latent in latents], axis=0)
    values, vectors = np.linalg.eigh(mean)
    return _signed(vectors.T[::-1]), values[::-1]


def principal(activations: np.ndarray, latents: np.ndarray, count: int) -> np.ndarray:
    """Directions of the principal components of activations, regressed to the latents.

    Harkonen et al. 2020, arXiv:2004.02546 (GANSpace, as for BigGAN): of the coordinates
    x of activations in their principal components, `U = argmin sum |U x - z|^2`, a column each.

    Args:
      activations: `[N, ...]`, of a layer or of the outputs.
      latents: that made them, `[N, d]`.
      count: at most d and N - 1.

    Returns:
      Unit directions `[count, d]`, the largest component first.
    """
    if not 1 <= count <= min(latents.shape[1], len(latents) - 1):
        raise ValueError(
            f"{count} directions of {len(latents)} latents of {latents.shape[1]} dimensions: give "
            "1 or more, no more than dimensions, and fewer than latents."
        )
    kept = _coordinates(activations.reshape(len(latents), -1))[:, :count]
    columns = np.linalg.lstsq(kept, np.float64(latents - latents.mean(0, keepdims=True)))[0]
    lengths = np.linalg.norm(columns, axis=1, keepdims=True)
    return _signed(columns / np.maximum(lengths, np.finfo(np.float64).tiny))


def _coordinates(rows: np.ndarray) -> np.ndarray:
    """Of rows less their mean in their principal components, the largest first, float64."""
    if rows.shape[1] <= len(rows):
        centred = np.float64(rows) - np.mean(rows, axis=0, dtype=np.float64)
        return centred @ np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
    products = np.zeros((len(rows), len(rows)))
    for start in range(0, rows.shape[1], COLUMNS):
        part = np.float64(rows[:, start : start + COLUMNS])
        part -= part.mean(axis=0, keepdims=True)
        products += part @ part.T
    values, vectors = np.linalg.eigh(products)
    return (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]


def _signed(rows: np.ndarray) -> np.ndarray:
    """The same up to their signs: the largest entry of each is above 0."""
    largest = np.take_along_axis(rows, np.abs(rows).argmax(1)[:, None], axis=1)
    return np.float32(rows * np.where(largest < 0, -1, 1))
