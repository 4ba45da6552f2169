"""The first GAN; with the networks of `gan_jax.networks.dcgan` it is DCGAN."""

from gan_jax.families.two_player import two_player
from gan_jax.game import Game, Network
from gan_jax.losses import adversarial


def vanilla(generator: Network, critic: Network, *, saturating: bool = False, **rest) -> Game:
    """min_G max_D E log D(x) + E log(1 - D(G(z))), or the non-saturating generator, the default.

    Goodfellow et al. 2014, arXiv:1406.2661, eq. 1 and section 3.

    Args:
      generator: latents to examples.
      critic: examples to raw scores d; the paper's discriminator is D = sigmoid(d).
      saturating: whether the generator plays the minimax value itself, whose gradient vanishes
        where the critic wins.
      **rest: prior, optimizers and more, as for `two_player`.
    """
    loss = adversarial.minimax if saturating else adversarial.non_saturating
    return two_player(generator, critic, loss=loss, **rest)
