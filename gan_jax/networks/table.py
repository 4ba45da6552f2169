"""Networks of tables, their last layer (what each number of a row can be), and its choices."""

from collections.abc import Sequence
from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import priors, ranges
from gan_jax.data import Spec
from gan_jax.data.columns import blocks
from gan_jax.game import Network
from gan_jax.networks.coded import vector_critic
from gan_jax.networks.fitting import check_widths
from gan_jax.networks.layers import BatchNorm, Dense
from gan_jax.networks.network import linen
from gan_jax.networks.packing import packed


class TableGenerator(nn.Module):
    """Vectors `[B, d]` to logits `[B, outputs]`; each hidden layer hands on its input beside it.

    `h <- [relu(norm(W h)), h]`, and a linear layer: Xu et al. 2019, arXiv:1907.00503, section 4.4.

    Attributes:
      outputs: numbers of an encoded row.
      widths: of the hidden layers; the paper's are two of 256.

    >>> make = TableGenerator(7, (8, 8)).init_with_output
    >>> jax.eval_shape(make, jax.random.key(0), jnp.zeros((5, 3)))[0].shape
    (5, 7)
    """

    outputs: int
    widths: Sequence[int] = (256, 256)

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for width in self.widths:
            h = nn.relu(BatchNorm()(Dense(width)(x)))
            x = jnp.concatenate([h, x], axis=1)
        return Dense(self.outputs)(x)


def table_pair(
    spec: Spec,
    *,
    latent: int,
    condition: int,
    widths: Sequence[int] = (256, 256),
    pack: int = 10,
) -> tuple[Network, Network]:
    """Those of CTGAN, for `families.ctgan`.

    Args:
      spec: of the data.
      latent: dimensions of the latents.
      condition: length of the conditional vector.
      widths: of the hidden layers of both.
      pack: rows that the critic judges together.

    Returns:
      `(generator, critic)`.
    """
    check_widths(*widths, latent, condition)
    (size,) = spec.shape
    generator = TableGenerator(size, tuple(widths))
    critic = vector_critic(pack * (size + condition), widths=widths)
    return linen(generator, jnp.zeros((2, latent + condition))), packed(critic, pack)


def table_output(
    logits: jax.Array,
    spec: Spec,
    noise: jax.Array | None = None,
    temperature: float | jax.Array = 1.0,
) -> jax.Array:
    """tanh for every scalar of an encoded row, softmax over every choice.

    As in CTGAN (Xu et al. 2019, arXiv:1907.00503, section 4.4): with Gumbel noise g it is
    `softmax((logits + g) / temperature)`, whose largest entry is a draw by the logits' softmax, and
    decoding takes the largest.

    Args:
      logits: `[..., D]`.
      spec: of a table, whose `columns` say where the scalars and the choices lie.
      noise: `[..., D]`, such as the prior `gumbel(D)` gives; none if not given.
      temperature: of the softmax, above 0; the paper's 0.2 with noise.

    Returns:
      `[..., D]`, float32: scalars in [-1, 1]; the entries of a choice sum to 1.

    Raises:
      ValueError: the data are no table, or their rows have another width.

    >>> from gan_jax.data.columns import Column
    >>> spec = Spec((2,), 1.0, 0.0, columns=(Column("sex", "categorical", categories=("f", "m")),))
    >>> table_output(jnp.zeros((1, 2)), spec).tolist()
    [[0.5, 0.5]]
    """
    if not spec.columns or logits.shape[-1:] != spec.shape:
        raise ValueError(
            f"Logits {list(logits.shape)} for examples of shape {spec.shape}: a table has columns, "
            "and its rows as many logits as encoded numbers."
        )
    scalars, choices = (_members(spec, kind) for kind in ("scalar", "choice"))
    members, scalars = np.concatenate([scalars, choices]), scalars.any(0)
    ranges.positive("temperature of the softmax", temperature)
    logits = logits.astype(jnp.float32)
    chosen = (logits if noise is None else logits + noise) / temperature
    row = lambda x, y: jnp.where(scalars, jnp.tanh(x), _softmax(y, members))
    return jnp.vectorize(row, signature="(d),(d)->(d)")(logits, chosen)


def table_generator(logits: Network, spec: Spec, temperature: float | jax.Array = 0.2) -> Network:
    """A generator of encoded rows, which ends in `table_output`, made of one of logits.

    Latents alone give the softmax of every choice, and with noise beside them the Gumbel-softmax:
    `table_draw` of the former and the largest entry of the latter follow the same law.

    Args:
      logits: latents `[B, d]`, and labels if there are classes, to logits `[B, D]`.
      spec: of the table.
      temperature: of the Gumbel-softmax, above 0; may be traced.

    Returns:
      A generator of latents `[B, d]`, or of a pair `(latents, noise [B, D])` such as the prior
      `together(normal(d), gumbel(D))` gives.
    """
    ranges.positive("temperature of the softmax", temperature)
    pair = lambda latents: latents if isinstance(latents, tuple) else (latents, None)

    def apply(params, stats, latents, *label):
        latents, noise = pair(latents)
        made = logits.apply(params, stats, latents, *label)
        return table_output(made, spec, noise, 1.0 if noise is None else temperature)

    def settle(params, stats, latents, *label):
        return logits.settle(params, stats, pair(latents)[0], *label)

    return logits._replace(apply=apply, settle=logits.settle and settle)


def table_draw(keys: jax.Array, rows: jax.Array, spec: Spec) -> jax.Array:
    """Rows with every choice made: a category, or the mode of a number, drawn by its probability.

    Args:
      keys: `[B]`.
      rows: of `table_output` without noise, `[B, D]`.
      spec: of the table.

    Returns:
      `[B, D]`: choices one-hot, scalars as they are.
    """
    scalars, choices = _members(spec, "scalar").any(0), _members(spec, "choice")
    scores = jnp.log(jnp.where(scalars, 1.0, rows)) + priors.gumbel(*spec.shape)(keys)
    drawn = jnp.where(choices, scores[:, None], -jnp.inf).argmax(-1)
    hot = jax.nn.one_hot(drawn, spec.shape[0], dtype=rows.dtype).sum(1)
    return jnp.where(scalars, rows, hot)


def _members(spec: Spec, kind: str) -> np.ndarray:
    """Which numbers of a row each block of this kind holds: `[blocks, D]`."""
    own = [block for own in blocks(spec.columns) for block in own if block.kind == kind]
    place = np.arange(spec.shape[0])
    held = [(block.start <= place) & (place < block.stop) for block in own]
    return np.array(held, bool).reshape(len(own), len(place))


def _softmax(x: jax.Array, members: np.ndarray) -> jax.Array:
    """Of all blocks of a row [D] at once; `members` [blocks, D] says which numbers they hold."""
    # By products, since a softmax for each block makes a program of many parts, slow to compile.
    dot = partial(jnp.matmul, precision="highest")
    largest = jax.lax.stop_gradient(jnp.where(members, x[None], -jnp.inf).max(1))
    powers = jnp.exp(x - dot(largest, np.float32(members)))
    return powers / dot(dot(powers, np.float32(members.T)), np.float32(members))
