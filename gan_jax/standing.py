"""What stands still when samples are drawn: averages of weights, and fixed statistics."""

import jax

from gan_jax.game import Game, State, bind
from gan_jax.generated import Generated, Sampler, Shifted

STANDING = (8, 128)
"""Minibatches and latents in each, from which a generator's fixed statistics are measured."""


def averaged(state: State) -> State:
    """The state with the averages in place of the weights that have one."""
    return state._replace(params=state.params | state.average)


def stands(game: Game, state: State, name: str) -> bool:
    """Whether what the network gives for an example is the same whatever stands beside it."""
    network = game.networks[name]
    if not network.mixes:
        return True
    at_first = jax.eval_shape(network.init, jax.random.key(0))[1]
    return jax.tree.structure(state.stats[name]) != jax.tree.structure(at_first)


def settled(game: Game, sampler: Sampler, state: State, *, shown: bool = False) -> State:
    """The state with fixed statistics for every network that mixes examples and makes samples.

    Standing statistics (Brock et al. 2018, arXiv:1809.11096, appendix D): means over minibatches
    of latents that are the same for every run. Without them a sample would depend on its batch.

    Args:
      game: that was played.
      sampler: of the game.
      state: of the game.
      shown: whether also for the networks that samples are `shown_to`.
    """

    def measure(keys):
        nets, measured = bind(game, state), {}

        def record(name, network):
            def apply(*inputs):
                params, stats = state.params[name], state.stats[name]
                measured[name] = network.settle(params, stats, *inputs)
                return network.apply(params, stats, *inputs)

            return apply

        for name, network in game.networks.items():
            if network.settle is not None:
                setattr(nets, name, record(name, network))
        made = sampler(nets, keys)
        if shown and isinstance(sampler, Generated) and sampler.shown_to:
            sampler.shown_to(nets, made["samples"])
        return measured

    sampler = sampler.training if isinstance(sampler, Shifted) else sampler
    keys = jax.random.split(jax.random.key(0), STANDING)
    stats = jax.tree.map(lambda seen: seen.mean(0), jax.lax.map(measure, keys))
    return state._replace(stats=state.stats | stats)
