"""ARAE: an autoencoder of text, a generator of its codes, and a critic that compares the two."""

from collections.abc import Callable
from dataclasses import replace

import jax
import optax

from gan_jax import ranges
from gan_jax.families import fitting
from gan_jax.families.two_player import two_player
from gan_jax.families.wgan import clipped
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import wasserstein
from gan_jax.losses.penalties import Penalty
from gan_jax.optimizers import by_network, scheduled
from gan_jax.priors import Prior, normal


def arae(
    encoder: Network,
    decoder: Network,
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    autoencoder_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    generator_optimizer: optax.GradientTransformation,
    encoder_optimizer: optax.GradientTransformation,
    penalty: Penalty | None = None,
    clip: float = 0.01,
    critic_moves: int = 5,
    weight: float | jax.Array | Callable = 1.0,
    noise: float | jax.Array | Callable = 0.2,
    average: Callable | None = None,
) -> Game:
    """min_E,p -E log p(x | E(x) + e), and min_G,E max_d E d(E(x)) - E d(G(z)).

    Zhao et al. 2018, arXiv:1706.04223, algorithm 1: a Wasserstein GAN whose real examples are codes
    of text. The noise, e ~ N(0, noise^2 I), is that of their code. `nll` is in nats for a symbol.

    Args:
      encoder: text `[B, T, V]` to codes `[B, d]` of length 1.
      decoder: `(code, None, x)` to log p(x_t | x_<t, code) `[B, T]`, as `networks.TextDecoder`;
        sample by `sampling.from_codes`.
      generator: latents to codes.
      critic: codes to raw scores `[B]`.
      prior: keys `[B]` to latents.
      autoencoder_optimizer: of encoder and decoder, for the cross-entropy.
      critic_optimizer: of the critic.
      generator_optimizer: of the generator.
      encoder_optimizer: of the encoder against the critic: plain descent, as Adam undoes `weight`.
      penalty: of the critic, such as `losses.gradient_penalty()`, as in their later code.
      clip: the bound on the critic's weights, above 0, as in the paper, if there is no penalty.
      critic_moves: n_critic.
      weight: scales the encoder's slope in the second, 0 or more; may be traced, or a schedule.
      noise: deviation in each dimension of a code; may be traced, or a schedule.
      average: step -> decay of averages of encoder, decoder and generator; none if not given.

    Returns:
      A game of players `autoencoder`, `critic` and `generator`, which trains the encoder, too.

    Raises:
      ValueError: as for `two_player`; a number out of its range; networks that do not fit.
    """
    ranges.not_negative("weight of the encoder's part", weight)
    ranges.not_negative("noise on the codes", noise)
    ranges.positive("bound of the weights", clip)
    both = by_network(generator=generator_optimizer, encoder=encoder_optimizer)
    given = {"prior": prior, "penalty": penalty, "critic_moves": critic_moves}
    given |= {"generator_optimizer": both, "critic_optimizer": critic_optimizer}
    game = two_player(generator, critic, loss=wasserstein, **given)  # its real examples: codes
    game = clipped(game, clip) if penalty is None else game
    made = fitting.output(generator, fitting.drawn(prior))
    fitting.output(critic, made)

    def encoded(nets, batch):
        code = nets.encoder(batch["real"])
        fitting.check_outputs("encoder", code, (len(code), *made.shape[1:]), "as G makes codes")
        return batch | {"real": code}

    def autoencoder_loss(nets, keys, batch):
        code = encoded(nets, batch)["real"]
        code = code + scheduled(noise, nets.step) * normal(*code.shape[1:])(keys).astype(code.dtype)
        nll = -nets.decoder(code, None, batch["real"]).mean()
        return nll, {"nll": nll}

    def draw(nets, keys, batch):
        drawn = game.players["critic"].draw(nets, keys, encoded(nets, batch))
        return drawn | {"real": batch["real"], "code": drawn["real"]}

    def critic_loss(nets, keys, batch):
        return game.players["critic"].loss(nets, keys, batch | {"real": batch["code"]})

    def generator_loss(nets, keys, batch):
        batch = encoded(nets, batch)
        value, _ = game.players["generator"].loss(nets, keys, batch)
        return value + scheduled(weight, nets.step) * nets.critic(batch["real"]).mean(), {}

    pair = ("encoder", "decoder")
    players = {
        "autoencoder": Player(pair, autoencoder_loss, autoencoder_optimizer),
        "critic": replace(game.players["critic"], loss=critic_loss, draw=draw),
        "generator": Player(("generator", "encoder"), generator_loss, both),
    }
    networks = dict(zip(pair, (encoder, decoder), strict=True)) | game.networks
    average = fitting.averages(average, *pair, "generator")
    return replace(game, networks=networks, players=players, average=average)
