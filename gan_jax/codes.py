"""Latent codes: parts of a latent that a network is to find again in what was made of it.

A `Code` is a value; a game has any number of them by name, of any kind:
`{"digit": codes.categorical(10), "style": codes.uniform(2)}`.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.stats import norm

from gan_jax import priors, ranges
from gan_jax.keys import apart
from gan_jax.losses.latent import normal_log_density
from gan_jax.numerics import wide
from gan_jax.priors import Prior


class Code(NamedTuple):
    """How a code is drawn, and what a posterior says of it; nats, for one example."""

    size: int  # dimensions that it takes of the latent
    outputs: int  # of the posterior's network for it
    prior: Prior  # keys [B] -> code [B, size]
    log_posterior: Callable  # (output [B, outputs], code [B, size]) -> log q(code | x) [B]
    mean: Callable  # output [B, outputs] -> E[code | x] under q, [B, size]
    sweeps: Sequence[np.ndarray]  # ways to go through it, [K, size] each
    entropy: float  # H(code)
    ceiling: float  # H(code) + E log q(code | x) of the best posterior of this kind


def categorical(classes: int) -> Code:
    """One of `classes`, as likely as one another, as a one-hot vector; q is a softmax of logits.

    >>> code = categorical(10)
    >>> code.size, code.outputs, round(code.ceiling, 4)
    (10, 10, 2.3026)
    """
    if classes < 2:
        raise ValueError(f"A categorical code has 2 classes or more; given: {classes}.")
    label = priors.categorical([1] * classes)

    def log_posterior(output, code):
        return (jax.nn.log_softmax(wide(output)) * code).sum(1)

    prior = lambda keys: jax.nn.one_hot(label(keys), classes)
    entropy = math.log(classes)
    mean = lambda output: jax.nn.softmax(wide(output))
    every = (np.eye(classes),)
    return Code(classes, classes, prior, log_posterior, mean, every, entropy, entropy)


def uniform(size: int, low: float = -1.0, high: float = 1.0, deviation: float = 1.0) -> Code:
    """U(low, high) in each of `size` dimensions; q is normal with a fixed deviation, as in [1].

    [1] Chen et al. 2016, arXiv:1606.03657, section 6. The entropy is a differential one, and so
    the ceiling, that of a posterior whose mean is the code itself, may be negative.
    Differs from the paper: it does not say the deviation; 1 is that of its code.
    """
    prior, half = priors.uniform(size, low, high), (high - low) / 2
    beyond = low - half, high + half  # as in the paper
    return _continuous(size, prior, size * math.log(high - low), beyond, deviation)


def normal(size: int, deviation: float = 1.0) -> Code:
    """N(0, I) of `size` dimensions; q is normal with a fixed deviation, as that of `uniform`.

    >>> round(normal(2).ceiling, 4)  # that of a posterior that is right, but no surer than 1
    1.0
    """
    entropy = size * (math.log(2 * math.pi) + 1) / 2
    return _continuous(size, priors.normal(size), entropy, (-2.0, 2.0), deviation)


def _continuous(size: int, prior: Prior, entropy: float, ends: tuple, deviation: float) -> Code:
    """A code of real numbers, seen from end to end, and a posterior of this deviation."""
    ranges.positive("deviation of a posterior", deviation)
    log_variance = 2 * math.log(deviation)
    ceiling = entropy - size * (math.log(2 * math.pi) + log_variance) / 2
    density = lambda output, code: normal_log_density(code, output, log_variance)
    line = np.linspace(*ends, 10, dtype=np.float32)
    axes = tuple(np.where(axis, line[:, None], sum(ends) / 2) for axis in np.eye(size))
    return Code(size, size, prior, density, wide, axes, entropy, ceiling)


@dataclass(frozen=True, eq=False)
class Coded:
    """What `latents` returns: a prior that knows its codes, of which `sweeps` is made."""

    noise: Prior
    codes: Mapping[str, Code]

    def __call__(self, keys: jax.Array) -> jax.Array:
        parts = (self.noise, *(code.prior for code in self.codes.values()))
        split = apart(keys, len(parts))
        return jnp.concatenate([part(own) for part, own in zip(parts, split, strict=True)], axis=1)


def latents(noise: Prior, codes: Mapping[str, Code]) -> Coded:
    """Noise, which nobody looks for, and after it the codes in their order, as one latent.

    >>> prior = latents(priors.normal(5), {"digit": categorical(10), "style": uniform(2)})
    >>> prior(jax.random.split(jax.random.key(0), 3)).shape
    (3, 17)
    """
    return Coded(noise, codes)


def information(codes: Mapping[str, Code], output: jax.Array, latent: jax.Array) -> dict:
    """H(c) + E log q(c | x) <= I(c; x) for each code by name: scalars, in nats.

    Chen et al. 2016, arXiv:1606.03657, eq. 5.

    Args:
      codes: by name, in their order in the latent.
      output: of the posterior's network, `[B, sum of outputs]`.
      latent: from which the examples were made, `[B, d]`, the codes at its end.
    """
    found = _cut(output, [code.outputs for code in codes.values()])
    drawn = parts(codes, latent)
    return {
        name: code.entropy + code.log_posterior(f, drawn[name]).mean()
        for (name, code), f in zip(codes.items(), found, strict=True)
    }


def parts(codes: Mapping[str, Code], latent: jax.Array) -> dict[str, jax.Array]:
    """The codes by name, `[B, size]` each, in latents `[B, d]` at whose end they stand."""
    cut = _cut(latent, [code.size for code in codes.values()])
    return dict(zip(codes, cut, strict=True))


def means(codes: Mapping[str, Code], output: jax.Array) -> dict[str, jax.Array]:
    """E[c | x] of each code by name, `[B, size]`, under the posterior's output `[B, ...]`."""
    cut = _cut(output, [code.outputs for code in codes.values()])
    pairs = zip(codes.items(), cut, strict=True)
    return {name: code.mean(part) for (name, code), part in pairs}


def sweeps(noise: Prior, codes: Mapping[str, Code], key: jax.Array) -> dict[str, jax.Array]:
    """Latents `[K K, d]` for K rows of K pictures: along a row one code varies, and nothing else.

    Chen et al. 2016, arXiv:1606.03657, figure 2. By name: `digit` for a code that varies in one
    way, `style_0`, `style_1`, ... for one of several.

    Args:
      noise: as for `latents`.
      codes: as for `latents`.
      key: of what differs between the rows.
    """
    prior, found = latents(noise, codes), {}
    for name, code in codes.items():
        for index, values in enumerate(map(jnp.float32, code.sweeps)):
            rows = jnp.repeat(prior(jax.random.split(key, len(values))), len(values), axis=0)
            varied = parts(codes, rows) | {name: jnp.tile(values, (len(values), 1))}
            coded = jnp.concatenate([*varied.values()], axis=1)
            latent = jnp.concatenate([rows[:, : -coded.shape[1]], coded], axis=1)
            found[name if len(code.sweeps) == 1 else f"{name}_{index}"] = latent
    return found


def plane(deviation: float = 1.0, count: int = 20) -> jax.Array:
    """Latents `[count count, 2]` on a grid, where N(0, deviation^2 I) has as much between each two.

    Kingma and Welling 2013, arXiv:1312.6114, figure 4: what a decoder of two latents makes of them.
    Row by row from the top, as the axes of a picture of codes lie.

    >>> plane(count=3)[:4].round(1).tolist()
    [[-1.0, 1.0], [0.0, 1.0], [1.0, 1.0], [-1.0, 0.0]]
    """
    line = deviation * norm.ppf((jnp.arange(count) + 0.5) / count)
    return jnp.stack([jnp.tile(line, count), jnp.repeat(line[::-1], count)], axis=1)


def _cut(array: jax.Array, sizes: Sequence[int]) -> list[jax.Array]:
    """The last columns in parts of these sizes."""
    *inner, whole = itertools.accumulate(sizes)
    return jnp.split(array[:, array.shape[1] - whole :], inner, axis=1)
