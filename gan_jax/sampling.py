"""Sampling: every sample from its own key, so that its batch and their number do not matter."""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax.conditions import Conditions
from gan_jax.data import Dataset
from gan_jax.data.source import some
from gan_jax.game import Game, State, bind
from gan_jax.generated import Conditioned, Generated, Sampler, Shifted
from gan_jax.keys import numbered
from gan_jax.priors import Prior, categorical, together
from gan_jax.standing import averaged, settled

BLOCK = 64
"""Samples in one pass of a network, always: so that not even rounding depends on the batch."""


def from_prior(
    prior: Prior,
    frequencies: Sequence[float] = (),
    output: Callable = jax.nn.identity,
    shown_to: Callable | None = None,
    choose: Callable | None = None,
) -> Sampler:
    """The sampler of a generator: latents from `prior`, labels by `frequencies` if there are any.

    Args:
      prior: keys to latents, as in the game.
      frequencies: of the classes, for a conditional generator.
      output: of the generator to an example, such as the mean of a VAE's likelihood.
      shown_to: `(nets, samples)` to anything, by networks besides the generator that mix examples:
        their fixed statistics are those of samples, and so they have codes and scores of one.
      choose: `(keys, examples)` to samples, where the generator gives probabilities of these, such
        as `gan_jax.networks.table_draw` with the spec of a table.
    """
    label = categorical(frequencies) if len(frequencies) else None
    return Generated(prior, output, label, shown_to, choose)


def from_codes(prior: Prior, noise: Prior) -> Sampler:
    """The sampler of a `generator` of codes and their `decoder`, as `families.arae` has them.

    Args:
      prior: keys to latents, as in the game.
      noise: keys to what the decoder draws by: `priors.uniform(T, 0.0, 1.0)` for text.
    """
    both = together(prior, noise)

    def sampler(nets, keys):
        latents, drawing = both(keys)
        return {"samples": nets.decoder(nets.generator(latents), drawing)}

    return sampler


def translations(data: Callable[[], Dataset], limit: int = 1000) -> Sampler:
    """The sampler of a game that translates: `source` examples drawn from the data, held out.

    Args:
      data: gives those of `gan_jax.data.domains`; asked for when the first sample is drawn.
      limit: examples that are drawn from at most.

    Returns:
      A sampler of `samples` G(a), `source` a and `returned` F(G(a)); of `target` b, of the other
      domain, and `inverse` F(b); and of held-out pairs of the `truth` about a, and its `labels` if
      there are any.
    """

    def sampler(nets, keys):
        whole = data()
        part = whole.held_out if len(whole.held_out["real"]) else whole.train
        part = {name: some(array, limit) for name, array in part.items()}
        count = len(part["real"])
        chosen = jax.vmap(lambda key: jax.random.randint(key, (), 0, count))(keys)
        example = lambda name: whole.spec.decode(jnp.asarray(part[name])[chosen])
        source, target = example("source"), example("real")
        samples = nets.generator(source)
        drawn = {"samples": samples, "source": source, "returned": nets.inverse(samples)}
        drawn |= {"target": target, "inverse": nets.inverse(target)}
        if not (whole.paired and len(whole.held_out["real"])):
            return drawn
        labels = {"labels": jnp.asarray(part["label"])[chosen]} if "label" in part else {}
        return drawn | {"truth": target} | labels

    return sampler


def from_conditions(prior: Prior, conditions: Conditions, output: Callable) -> Sampler:
    """The sampler of `families.ctgan`, asked for categories as frequent as they are in the data.

    Training asks for the rare ones more often, and batch norm is fixed as it was there.

    Args:
      prior: keys to latents and noise, as in the game.
      conditions: of the table.
      output: logits and noise to encoded rows, as in the game.
    """
    sampler = partial(Conditioned, prior, conditions, output)
    return Shifted(sampler(conditions.prior), training=sampler(conditions.training_prior))


def sample(
    game: Game,
    sampler: Sampler,
    state: State,
    key: jax.Array,
    count: int,
    *,
    average: bool = True,
    batch_size: int = 256,
) -> dict[str, np.ndarray]:
    """`count` samples; the first of them are the same for any larger count.

    Args:
      game: the game that was played.
      sampler: such as `from_prior(...)`.
      state: of the game.
      key: sample i is made from `fold_in(key, i)`.
      count: how many.
      average: whether to use averaged weights, where the game has any.
      batch_size: samples in one call of the program, in whole blocks of `BLOCK`; changes the
        memory that it takes, and no number.

    Returns:
      `samples` `[count, ...]` and what else the sampler gives (`labels`).
    """
    return prepare(game, sampler)(state, key, count, average=average, batch_size=batch_size)


def prepare(game: Game, sampler: Sampler) -> Callable[..., dict[str, np.ndarray]]:
    """`sample` for one game, as a function of the other arguments; it compiles once.

    It also takes `first`, the number of the first sample, for samples in parts.
    """
    settle = jax.jit(lambda state: settled(game, sampler, state))
    draw = jax.jit(partial(in_blocks, game, sampler))

    def sample(state, key, count, *, first=0, average=True, batch_size=256):
        state = settle(averaged(state) if average else state)
        return gathered(lambda blocks: draw(state, key, blocks), count, batch_size, first)

    return sample


def in_blocks(
    game: Game, sampler: Sampler, state: State, key: jax.Array, blocks: jax.Array
) -> dict[str, jax.Array]:
    """The samples `[N, BLOCK, ...]` of the blocks of these numbers, uint32 `[N]`.

    Block by block, since the rounding of a matrix product depends on how many rows it has.
    """
    nets = bind(game, state)
    one = lambda block: sampler(nets, numbered(key, block * BLOCK, BLOCK))
    return jax.lax.map(one, blocks)


def gathered(draw: Callable, count: int, batch_size: int, first: int = 0) -> dict[str, np.ndarray]:
    """`count` samples from the number `first` on, of a `draw` that gives blocks of some numbers."""
    if count < 1 or batch_size < 1:
        raise ValueError(f"Sample 1 or more, in batches of 1 or more; given {count}.")
    begin, end = first // BLOCK, -(-(first + count) // BLOCK)
    blocks = min(-(-batch_size // BLOCK), end - begin)
    numbers = (np.arange(n, n + blocks, dtype=np.uint32) for n in range(begin, end, blocks))
    parts, before = [jax.device_get(draw(each)) for each in numbers], first % BLOCK
    return jax.tree.map(lambda *parts: _joined(parts, before, count), *parts)


def _joined(parts: Sequence[np.ndarray], before: int, count: int) -> np.ndarray:
    """Parts `[blocks, BLOCK, ...]` as one array `[count, ...]`, float32 or int32."""
    whole = np.concatenate([part.reshape(-1, *part.shape[2:]) for part in parts])
    whole = whole[before : before + count]
    return whole.astype(np.float32 if jnp.issubdtype(whole.dtype, jnp.floating) else np.int32)
