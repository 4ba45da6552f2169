"""Differentiable augmentations: what a critic is shown of real and fake examples alike.

An augmentation is `(keys [B], x [B, H, W, C]) -> x`, each example changed by its own key alone, and
a value that composes: `chain(colour(), shift(), cutout())`. Shown to the critic in the losses of
both players, by `two_player(..., augmentation=...)`, it lets a critic learn from few examples
without teaching the generator to make augmented ones: Zhao et al. 2020, arXiv:2006.10738.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import ranges
from gan_jax.keys import apart

Augmentation = Callable[[jax.Array, jax.Array], jax.Array]


def horizontal_flip() -> Augmentation:
    """Left for right, of every second example at random."""

    def flip(key, x):
        return jnp.where(jax.random.bernoulli(key), x[:, ::-1], x)

    return _each(flip)


def shift(share: float = 0.125) -> Augmentation:
    """Moves an image by up to `share` of its sides, in whole pixels; what comes in is 0.

    Translation in Zhao et al. 2020, arXiv:2006.10738, within an eighth of the image.

    Args:
      share: from 0 to 1, of height and of width.
    """
    ranges.share("largest shift", share)

    def move(key, x):
        most = (np.array(x.shape[:2]) * share).astype(int)
        rows, columns = most - jax.random.randint(key, (2,), -most, most + 1)
        padded = jnp.pad(x, ((most[0],) * 2, (most[1],) * 2, (0, 0)))
        return jax.lax.dynamic_slice(padded, (rows, columns, jnp.zeros_like(rows)), x.shape)

    return _each(move)


def cutout(share: float = 0.5) -> Augmentation:
    """Sets a rectangle to 0, of `share` of the sides, its centre anywhere in the image.

    Zhao et al. 2020, arXiv:2006.10738: half of the image's sides.

    Args:
      share: from 0 to 1, of height and of width.
    """
    ranges.share("side of the hole", share)

    def cut(key, x):
        sides = np.array(x.shape[:2])
        hole = (sides * share).astype(int)
        first = jax.random.randint(key, (2,), 0, sides + 1 - hole % 2) - hole // 2
        place = jnp.indices(x.shape[:2]) - first[:, None, None]
        inside = ((place >= 0) & (place < hole[:, None, None])).all(0)
        return jnp.where(inside[..., None], 0, x)

    return _each(cut)


def colour(brightness: float = 0.5, saturation: float = 1.0, contrast: float = 0.5) -> Augmentation:
    """x + b, then m + (1 + s) (x - m), then n + (1 + c) (x - n): three numbers for each example.

    m is the mean over the channels of a pixel, n that over the whole image; each number is uniform
    from minus to plus its amount. The defaults are those of Zhao et al. 2020, arXiv:2006.10738.

    Args:
      brightness: largest |b|, 0 or more, in the units of images in [-1, 1].
      saturation: largest |s|, 0 or more; 1 is from grey to twice as colourful.
      contrast: largest |c|, 0 or more.
    """
    amounts = {"brightness": brightness, "saturation": saturation, "contrast": contrast}
    for name, amount in amounts.items():
        ranges.not_negative(f"amount of {name}", amount)

    def change(key, x):
        most = jnp.array([*amounts.values()], x.dtype)
        b, s, c = most * jax.random.uniform(key, (3,), x.dtype, -1, 1)
        x = x + b
        x = _away(x, x.mean(-1, keepdims=True), s)
        return _away(x, x.mean(keepdims=True), c)

    return _each(change)


def chain(*augmentations: Augmentation) -> Augmentation:
    """One after the other, in the order given, each under keys of its own.

    Raises:
      ValueError: there is none, or something else among them.
    """
    if not augmentations or not all(map(callable, augmentations)):
        raise ValueError(f"A chain is of augmentations, one or more; given: {augmentations}.")

    def augment(keys, x):
        own = apart(keys, len(augmentations))
        for augmentation, keys in zip(augmentations, own, strict=True):
            x = augmentation(keys, x)
        return x

    return augment


def diffaugment() -> Augmentation:
    """Colour, translation and cutout: DiffAugment; Zhao et al. 2020, arXiv:2006.10738.

    >>> images = jnp.ones((2, 8, 8, 3))
    >>> diffaugment()(jax.random.split(jax.random.key(0), 2), images).shape
    (2, 8, 8, 3)
    """
    return chain(colour(), shift(), cutout())


def with_probability(probability: float | jax.Array, augmentation: Augmentation) -> Augmentation:
    """Each example is augmented with this probability, by a coin of its own, and else left as is.

    For a rate that follows the critic (Karras et al. 2020, arXiv:2006.06676), where every
    augmentation of a chain has its own coin: `chain(with_probability(p, shift()), ...)`.

    Args:
      probability: from 0 to 1; may be traced.
      augmentation: what to do.
    """
    ranges.share("probability of the augmentation", probability)

    def augment(keys, x):
        coins, keys = apart(keys)
        chosen = jax.vmap(jax.random.uniform)(coins) < probability
        return jnp.where(chosen.reshape(-1, *(1,) * (x.ndim - 1)), augmentation(keys, x), x)

    return augment


def showing(
    augmentation: Augmentation | None, keys: jax.Array
) -> tuple[Callable[[dict], dict], jax.Array]:
    """What shows a critic a batch, and keys for what else is drawn.

    Args:
      augmentation: T, or None.
      keys: `[B]`, consumed here, unless there is no augmentation.

    Returns:
      A function of a batch that puts T(real) and T(fake), each under keys of its own, in the place
      of `real` and `fake`; and keys `[B]`.
    """
    if augmentation is None:
        return lambda batch: batch, keys
    real, fake, keys = apart(keys, 3)

    def show(batch):
        shown = {"real": augmentation(real, batch["real"])}
        return batch | shown | {"fake": augmentation(fake, batch["fake"])}

    return show, keys


def _each(one: Callable[[jax.Array, jax.Array], jax.Array]) -> Augmentation:
    """The augmentation of a batch from that of one image, `(key, x [H, W, C]) -> x`."""

    def augment(keys, x):
        if x.ndim != 4:
            raise ValueError(
                f"Augmentations are of images [B, H, W, C]; given: shape {x.shape}. For other "
                "data give a function (keys, x) -> x of your own."
            )
        return jax.vmap(one)(keys, x)

    return augment


def _away(x: jax.Array, mean: jax.Array, further: jax.Array) -> jax.Array:
    return mean + (1 + further) * (x - mean)
