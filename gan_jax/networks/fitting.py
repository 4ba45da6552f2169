"""What fits networks to data: checks of arguments, and a pair of modules as networks."""

from collections.abc import Sequence

import flax.linen as nn
import jax.numpy as jnp
import numpy as np

from gan_jax.data import Spec
from gan_jax.game import Network
from gan_jax.networks.network import linen
from gan_jax.networks.packing import check_pack, packed


def check_widths(*widths: int) -> None:
    """Refuses a layer of no width."""
    if min(widths, default=1) < 1:
        raise ValueError(f"Layers are 1 wide or more; given: {', '.join(map(str, widths))}.")


def classes_of(spec: Spec, conditional: bool) -> int:
    """How many labels networks for these data receive: none unless they are conditional."""
    if conditional and not spec.classes:
        raise ValueError(
            "The data have no labels to be conditional on: give such as have (a column as "
            "?label=COLUMN, folders of classes, an array `label`), or ask for networks without."
        )
    return len(spec.classes) if conditional else 0


def label_examples(classes: int) -> tuple[jnp.ndarray, ...]:
    """Two labels as the last example input of a network that receives them; else none."""
    return (jnp.zeros(2, jnp.int32),) if classes else ()


def check_text(spec: Spec) -> None:
    """Refuses data without a vocabulary."""
    if not spec.vocabulary:
        raise ValueError(f"These networks need text; the data of shape {spec.shape} are none.")


def widths_of(widths: int | Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """The width of the maps of each size, from one number for all or one for each.

    Raises:
      ValueError: another number of widths, or a width below 1.
    """
    found = (widths,) * len(sizes) if np.ndim(widths) == 0 else tuple(widths)
    check_widths(*found)
    if len(found) != len(sizes):
        raise ValueError(
            f"There are maps of {len(sizes)} sizes, {', '.join(map(str, sizes))}; given: "
            f"{len(found)} widths. Give {len(sizes)}, or one number for all."
        )
    return found


def paired(
    generator: nn.Module,
    critic: nn.Module,
    shape: Sequence[int],
    latent: int,
    classes: int,
    pack: int = 1,
) -> tuple[Network, Network]:
    """The two modules as networks.

    Args:
      generator: of latents, and labels if there are classes.
      critic: of examples, and labels if there are classes; for packs, see `packed`.
      shape: of an example.
      latent: dimensions of the prior.
      classes: how many labels both receive.
      pack: examples that the critic judges together.

    Raises:
      ValueError: no latent dimensions, or modules that do not fit.
    """
    if latent < 1:
        raise ValueError(f"A generator needs 1 latent dimension or more; given: {latent}.")
    check_pack(pack)
    *axes, channels = shape
    z, x = jnp.zeros((2, latent)), jnp.zeros((2, *axes, pack * channels))
    label = label_examples(classes)
    critic = linen(critic, x, *label)
    return linen(generator, z, *label), critic if pack == 1 else packed(critic, pack, classes)
