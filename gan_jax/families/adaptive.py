"""Any two-player game, whose augmentation follows how much the critic overfits: ADA."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import jax
import jax.numpy as jnp

from gan_jax import axis, ranges
from gan_jax.augmentation import Augmentation, chain, with_probability
from gan_jax.families.fitting import beside_critic
from gan_jax.families.two_player import check_scores, two_player
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial
from gan_jax.optimizers import scheduled


def adaptive(
    generator: Network,
    critic: Network,
    *,
    loss: Adversarial | Callable,
    augmentations: Sequence[Augmentation],
    target: float | jax.Array = 0.6,
    images: float | jax.Array = 500_000,
    **rest,
) -> Game:
    """The critic sees augmented examples, with a probability p that rises while it overfits.

    Each of the critic's moves, on B real examples, ends with p <- p + sign(r - target) B / images,
    held in [0, 1], where r = E sign(d(T(x))): 0 where the critic cannot tell, 1 where it knows all
    real examples by heart. Karras et al. 2020, arXiv:2006.06676, section 3, equation 1 (r_t). p is
    0 at first, the network `adaptive` of the critic's player; it is logged as `critic/probability`
    and r as `critic/overfitting`. Differs from the paper: p moves with every minibatch, not every
    fourth; a penalty such as R1 is on the slope in T(x), that of the authors' code in x.

    Args:
      generator: latents to examples.
      critic: examples to raw scores, positive for real ones.
      loss: as for `two_player`.
      augmentations: in their order, each with this probability by a coin of its own; flips and
        colours begin to show in samples where p comes near 1 (0.8 and more in the paper).
      target: of r, from -1 to 1.
      images: real examples in which p can rise from 0 to 1.
      **rest: prior, optimizers and more, as for `two_player`, but no augmentation.

    Raises:
      ValueError: as for `two_player`, or a number out of its range.
    """
    ranges.within("target of the critic's mean sign", target, -1, 1)
    ranges.positive("number of images in which p can rise to 1", images)

    def shown(p: float | jax.Array, judging: Adversarial | Callable) -> Game:
        chained = chain(*(with_probability(p, each) for each in augmentations))
        return two_player(generator, critic, loss=judging, augmentation=chained, **rest)

    def following(name: str, player: Player) -> Player:
        def now(nets, keys, batch):
            p, found = nets.adaptive()["probability"], {}

            def judging(nets) -> Adversarial:
                pair = scheduled(loss, nets)

                def watching(real, fake):
                    found.update(probability=p, overfitting=jnp.sign(real).mean())
                    return pair.critic(real, fake)

                return pair._replace(critic=watching)

            value, metrics = shown(p, judging).players[name].loss(nets, keys, batch)
            return value, metrics | found

        return replace(player, loss=now)

    def follow(adaptive, batch, metrics):
        count = len(batch["real"]) * axis.size()
        step = jnp.sign(metrics["overfitting"] - target) * count / images
        return {"probability": jnp.clip(adaptive["probability"] + step, 0, 1)}

    check_scores(loss, generator, critic, **rest)
    game = beside_critic(shown(0.0, loss), "adaptive", follow, "probability")
    return replace(game, players={name: following(name, p) for name, p in game.players.items()})
