"""Adversarially learned inference: an encoder beside the generator, a critic of pairs."""

from collections.abc import Callable

import optax

from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.priors import Prior


def bigan(
    encoder: Network,
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    loss: Adversarial = non_saturating,
    critic_moves: int = 1,
    average: Callable | None = None,
) -> Game:
    """min_G,E max_D E log D(x, E(x)) + E log(1 - D(G(z), z)): at the optimum E inverts G.

    Donahue et al. 2016, arXiv:1605.09782, eq. 2 and 3; for encoder and generator the paper's
    non-saturating form: the critic's loss with real and fake exchanged, in both of its terms.

    Args:
      encoder: examples to codes, of the shape of the latents (and, for a uniform prior, best of
        their range).
      generator: latents to examples.
      critic: `(examples, latents)` to raw scores `[B]`.
      prior: keys `[B]` to latents.
      generator_optimizer: of generator and encoder.
      critic_optimizer: of the critic.
      loss: a pair from `gan_jax.losses`, of which the critic's half is played by both players.
      critic_moves: moves of the critic for each move of the others.
      average: step -> decay of averages of the weights of generator and encoder; none if not given.

    Returns:
      A game with the networks `encoder`, `generator` and `critic`, and the players `critic` and
      `generator`, which trains the encoder too.

    Raises:
      ValueError: networks that do not fit one another, the prior or the loss, or no such loss.
    """

    def draw(nets, keys, batch):
        latent = prior(keys)
        fake = nets.generator(latent)
        check_alike(fake, batch["real"])
        return batch | {"latent": latent, "fake": fake, "code": nets.encoder(batch["real"])}

    def scores(nets, batch):
        return nets.critic(batch["real"], batch["code"]), nets.critic(
            batch["fake"], batch["latent"]
        )

    def critic_loss(nets, keys, batch):
        real, fake = scores(nets, batch)
        metrics = fitting.means(real, fake)
        return loss.critic(real, fake), metrics

    def generator_loss(nets, keys, batch):
        real, fake = scores(nets, draw(nets, keys, batch))
        return loss.critic(fake, real), {}

    fitting.check_loss(loss)
    made = ("encoder", "generator")
    game = Game(
        networks={"encoder": encoder, "generator": generator, "critic": critic},
        players={
            "critic": Player(("critic",), critic_loss, critic_optimizer, critic_moves, draw),
            "generator": Player(made, generator_loss, generator_optimizer),
        },
        average=fitting.averages(average, *made),
    )
    latent = fitting.drawn(prior)
    examples = fitting.output(generator, latent)
    fitting.check_outputs(
        "encoder", fitting.output(encoder, examples), latent.shape, "as the prior has them"
    )
    fitting.output(critic, examples, latent)
    fitting.check_scores(loss, critic, lambda _: (examples, latent))
    fitting.check_clipping(game)
    return game
