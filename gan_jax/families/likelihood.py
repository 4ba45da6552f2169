"""Maximum likelihood: a generator that knows the probability of an example, and nobody else."""

from collections.abc import Callable

import optax

from gan_jax.families import fitting
from gan_jax.game import Game, Network, Player


def maximum_likelihood(
    generator: Network,
    *,
    optimizer: optax.GradientTransformation,
    average: Callable | None = None,
) -> Game:
    """max E 1/T sum_t log p(x_t | x_<t): a game of one player, as SeqGAN's first.

    The metric `nll` is that of the minibatch, in nats for a symbol. A game that goes on from it
    and looks at averaged weights, as `seqgan` does, finds them if this one has the same average.

    Args:
      generator: called as `generator(None, x)`, text to log p(x_t | x_<t) `[B, T]`, such as
        `networks.LSTMPolicy`.
      optimizer: of the generator.
      average: step -> decay of an average of the generator's weights; none if not given.

    Returns:
      A game with the network `generator` and the player `likelihood`.
    """

    def loss(nets, keys, batch):
        nll = -nets.generator(None, batch["real"]).mean()
        return nll, {"nll": nll}

    return Game(
        networks={"generator": generator},
        players={"likelihood": Player(("generator",), loss, optimizer)},
        average=fitting.averages(average, "generator"),
    )
