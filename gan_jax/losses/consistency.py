"""What a critic's scores should not depend on: consistency under augmentation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from gan_jax import ranges
from gan_jax.losses.penalties import Penalty


def consistency(
    augment: Callable[[jax.Array, jax.Array], jax.Array],
    weight: float | jax.Array | Callable = 10.0,
    *,
    real: bool = True,
    fake: bool = True,
) -> Penalty:
    """weight * [E (d(T(x)) - d(x))^2 + E (d(T(G(z))) - d(G(z)))^2], T a random augmentation.

    Balanced consistency (bCR), Zhao et al. 2020, arXiv:2002.04724, algorithm 1; on real examples
    alone it is Zhang et al. 2019, arXiv:1910.12027. Both scores have a gradient.
    Weights of their own: `total(consistency(augment, a, fake=False), consistency(augment, b,
    real=False))`.

    Args:
      augment: T, `(keys [B], x [B, ...]) -> [B, ...]`, each example changed by its own key.
      weight: lambda. May be traced, or a schedule.
      real: whether real examples count.
      fake: whether fakes count.

    Raises:
      ValueError: no augmentation, neither real examples nor fakes, or a weight below 0.

    >>> flip = lambda keys, x: -x
    >>> keys, x = jax.random.split(jax.random.key(0), 2), jnp.ones((2, 1))
    >>> float(consistency(flip)(lambda x: x[:, 0], keys, x, x))
    8.0
    """
    ranges.not_negative("weight of the consistency", weight)
    if not callable(augment) or not (real or fake):
        raise ValueError(
            "Consistency needs an augmentation (keys, x) -> x, and a place: real=True, fake=True, "
            f"or both; given: {augment!r}, real={real}, fake={fake}."
        )

    def value(critic, keys, real_examples, fake_examples, step=0):
        keys = jax.vmap(jax.random.split)(keys)
        pairs = ((real_examples, keys[:, 0], real), (fake_examples, keys[:, 1], fake))
        changes = [critic(augment(key, x)) - critic(x) for x, key, wanted in pairs if wanted]
        return sum(jnp.square(change).mean() for change in changes)

    return Penalty(value, weight, separate=False)
