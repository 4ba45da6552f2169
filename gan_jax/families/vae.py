"""The variational autoencoder: an encoder and a decoder, one player, no critic."""

from collections.abc import Callable

import jax
import optax

from gan_jax import priors, ranges
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.losses import latent as codes
from gan_jax.losses.reconstruction import Likelihood
from gan_jax.optimizers import scheduled


def vae(
    encoder: Network,
    generator: Network,
    *,
    latent: int,
    likelihood: Likelihood,
    optimizer: optax.GradientTransformation,
    beta: float | jax.Array | Callable = 1.0,
    prepare: Callable | None = None,
    average: Callable | None = None,
) -> Game:
    """max E_q(z|x) log p(x | z) - beta KL(q(z | x) || N(0, I)), q normal with diagonal variance.

    Kingma and Welling 2013, arXiv:1312.6114, eq. 10 with one draw of z; beta as in Higgins et al.
    2017 (beta-VAE), eq. 4. Metrics in nats for an example: `bound` (that of beta = 1), and its
    parts `reconstruction` and `divergence`.

    Args:
      encoder: examples to mean and log variance of z, `[B, 2 latent]`.
      generator: latents `[B, latent]` to what `likelihood` takes: the decoder.
      latent: dimensions of z ~ N(0, I).
      likelihood: p(x | z), such as `losses.bernoulli` or `losses.gaussian(0.1)`.
      optimizer: of both networks.
      beta: weight of the divergence, 0 or more, or its schedule.
      prepare: `(keys [B], x) -> x`, drawn anew for each move: `losses.binarised` for grey images
        under `losses.bernoulli`.
      average: step -> decay of an average of the generator's weights; none if not given.

    Returns:
      A game with the networks `encoder` and `generator`, and the player `autoencoder`.

    Raises:
      ValueError: networks that do not fit one another or the latents, no likelihood, or a beta
        below 0.
    """

    def draw(nets, keys, batch):
        return batch | {"real": prepare(keys, batch["real"])}

    def loss(nets, keys, batch):
        mean, log_variance = codes.moments(nets.encoder(batch["real"]))
        output = nets.generator(codes.reparameterised(keys, mean, log_variance))
        check_alike(output, batch["real"])
        reconstruction = likelihood.log_density(output, batch["real"]).mean()
        divergence = codes.standard_divergence(mean, log_variance).mean()
        parts = {"reconstruction": reconstruction, "divergence": divergence}
        value = scheduled(beta, nets.step) * divergence - reconstruction
        return value, parts | {"bound": reconstruction - divergence}

    ranges.not_negative("weight of the divergence", beta)
    if not isinstance(likelihood, Likelihood):
        raise ValueError(
            f"`likelihood` is such as gan_jax.losses.bernoulli; given: {likelihood!r}."
        )
    game = Game(
        networks={"encoder": encoder, "generator": generator},
        players={
            "autoencoder": Player(
                ("encoder", "generator"), loss, optimizer, draw=draw if prepare else None
            )
        },
        average=fitting.averages(average, "generator"),
    )
    made = fitting.output(generator, fitting.drawn(priors.normal(latent)))
    reason = "a mean and a log variance for each latent dimension"
    fitting.check_outputs("encoder", fitting.output(encoder, made), (2, 2 * latent), reason)
    return game


def importance_bound(
    nets, keys: jax.Array, x: jax.Array, *, likelihood: Likelihood, samples: int
) -> jax.Array:
    """log 1/K sum_k p(x, z_k) / q(z_k | x), in nats for each example: a lower bound on log p(x).

    Burda et al. 2015, arXiv:1509.00519, eq. 8; K = 1 is one draw of the bound that `vae` raises.
    It may be traced; `gan_jax.metrics.explains` says the same of a run's held-out data.

    Args:
      nets: with `encoder` and `generator`, from `game.bind(game, state)`.
      keys: of the examples, `[B]`.
      x: examples, `[B, ...]`, prepared as in training (binarised).
      likelihood: as in training.
      samples: K.

    Returns:
      `[B]`.
    """
    moments = codes.moments(nets.encoder(x))

    def one(keys):
        z = codes.reparameterised(keys, *moments)
        return log_weights(nets.generator(z), z, x, moments, likelihood)

    keys = jax.vmap(lambda key: jax.random.split(key, samples), out_axes=1)(keys)
    return codes.importance_weighted(jax.lax.map(one, keys))


def log_weights(
    output: jax.Array,
    z: jax.Array,
    x: jax.Array,
    moments: tuple[jax.Array, jax.Array],
    likelihood: Likelihood,
) -> jax.Array:
    """log p(x, z) / q(z | x) of each example, `[B]`; its mean over z is the bound.

    Args:
      output: of the generator for these latents.
      z: drawn from q(z | x), `[B, d]`.
      x: examples, `[B, ...]`.
      moments: mean and log variance of q, `[B, d]` each.
      likelihood: as in training.
    """
    joint = likelihood.log_density(output, x) + codes.normal_log_density(z)
    return joint - codes.normal_log_density(z, *moments)
