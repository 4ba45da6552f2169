"""Adversarially learned inference: an encoder beside the generator, a critic of pairs."""

from collections.abc import Callable

import optax

from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.losses.latent import moments, reparameterised
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
    stochastic: bool = False,
    critic_moves: int = 1,
    average: Callable | None = None,
) -> Game:
    """min_G,E max_D E log D(x, E(x)) + E log(1 - D(G(z), z)): at the optimum E inverts G.

    Donahue et al. 2016, arXiv:1605.09782, eq. 2 and 3; for encoder and generator the paper's
    non-saturating form: the critic's loss with real and fake exchanged, in both of its terms.
    With `stochastic` z ~ N(mean(x), sigma(x)^2) takes the place of E(x): ALI, Dumoulin et al. 2016,
    arXiv:1606.00704, eq. 2 and algorithm 1; there the prior is N(0, I).

    Args:
      encoder: examples to codes, of the shape of the latents (and, for a uniform prior, best of
        their range); if `stochastic` to mean and log variance of each, `[B, 2 d]`.
      generator: latents to examples.
      critic: `(examples, latents)` to raw scores `[B]`.
      prior: keys `[B]` to latents.
      generator_optimizer: of generator and encoder.
      critic_optimizer: of the critic.
      loss: a pair from `gan_jax.losses`, of which the critic's half is played by both players.
      stochastic: whether codes are drawn; the network `encoder` of the game still gives the means.
      critic_moves: moves of the critic for each move of the others.
      average: step -> decay of averages of the weights of generator and encoder; none if not given.

    Returns:
      A game with the networks `encoder`, `generator` and `critic`, and the players `critic` and
      `generator`, which trains the encoder too.

    Raises:
      ValueError: networks that do not fit one another, the prior or the loss, or no such loss.
    """

    def draw(nets, keys, batch):
        keys, *own = apart(keys) if stochastic else (keys,)
        latent = prior(keys)
        fake = nets.generator(latent)
        check_alike(fake, batch["real"])
        return batch | {"latent": latent, "fake": fake, "code": nets.encoder(batch["real"], *own)}

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
    encoder = _drawing(encoder) if stochastic else encoder
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
    reason = ("each with a log variance, " if stochastic else "") + "as the prior has them"
    fitting.check_outputs("encoder", fitting.output(encoder, examples), latent.shape, reason)
    fitting.output(critic, examples, latent)
    fitting.check_scores(loss, critic, lambda _: (examples, latent))
    return game


def _drawing(encoder: Network) -> Network:
    """Mean and log variance, `[B, 2 d]`, as codes `[B, d]`: the means, or by keys drawn ones."""

    def apply(params, stats, x, keys=None):
        mean, log_variance = moments(encoder.apply(params, stats, x))
        return mean if keys is None else reparameterised(keys, mean, log_variance)

    return encoder._replace(apply=apply)
