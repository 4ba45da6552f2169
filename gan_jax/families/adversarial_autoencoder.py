"""Adversarial autoencoders: a critic makes the codes of the data follow a prior."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike, labels_of
from gan_jax.game import Game, Network, Player
from gan_jax.keys import apart
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.losses.reconstruction import Likelihood, gaussian
from gan_jax.priors import Prior


def adversarial_autoencoder(
    encoder: Network,
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    autoencoder_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    encoder_optimizer: optax.GradientTransformation,
    loss: Adversarial = non_saturating,
    likelihood: Likelihood | None = None,
    labelled_prior: bool = False,
    labelled_generator: bool = False,
    average: Callable | None = None,
) -> Game:
    """min_E,G -E log p(x | G(E(x))); critic on z ~ prior against E(x); E makes E(x) pass for z.

    Makhzani et al. 2015, arXiv:1511.05644, section 2; the deterministic encoder. In each step three
    players move in turn, under optimizers of their own: `autoencoder`, `critic`, `encoder`.

    Args:
      encoder: examples to codes, of the shape of the latents.
      generator: latents (and labels, if `labelled_generator`) to examples: the decoder.
      critic: latents (and labels, -1 if unknown, if `labelled_prior`) to raw scores `[B]`.
      prior: keys `[B]` to latents; of `(keys, labels)` too if `labelled_prior`: `priors.mixture`.
      autoencoder_optimizer: of the reconstruction, in encoder and generator.
      critic_optimizer: of the critic.
      encoder_optimizer: of the encoder's adversarial move.
      loss: a pair from `gan_jax.losses`.
      likelihood: p(x | z); `losses.gaussian()` if not given, half the squared error.
      labelled_prior: the label says which part of the prior a code shall follow (section 2.3). On
        `data.partly_labelled` it does so for the few; the code of any other follows the whole.
        Differs from the paper: a bit of its own says unknown there, and zeros of one-hot labels
        here, which a critic with biases knows apart as well; of either kind it sees as many.
      labelled_generator: the label is given to the decoder, and the code is left with the style
        (section 4).
      average: step -> decay of averages of the weights of encoder and generator; none if not given.

    Returns:
      A game with the networks `encoder`, `generator` and `critic`.

    Raises:
      ValueError: networks that do not fit one another, the prior, the labels or the loss, or no
        such loss.
    """
    likelihood = likelihood or gaussian()

    few = lambda batch: labelled_prior and "labelled" in batch

    def draw(nets, keys, batch):
        if few(batch):
            keys, own = apart(keys)
            latent = jnp.concatenate([prior(keys), prior(own, batch["labelled_label"])])
            seen = jnp.concatenate([batch["real"], batch["labelled"]])
        else:
            latent, seen = prior(keys, *labels_of(batch, labelled_prior)), batch["real"]
        return batch | {"latent": latent, "code": nets.encoder(seen)}

    def told(batch):
        if few(batch):
            label = batch["labelled_label"]
            return (jnp.concatenate([jnp.full_like(label, -1), label]),)
        return labels_of(batch, labelled_prior)

    def scores(nets, batch):
        seen = told(batch)
        return nets.critic(batch["latent"], *seen), nets.critic(batch["code"], *seen)

    def reconstruction_loss(nets, keys, batch):
        output = nets.generator(nets.encoder(batch["real"]), *labels_of(batch, labelled_generator))
        check_alike(output, batch["real"])
        return -likelihood.log_density(output, batch["real"]).mean(), {}

    def critic_loss(nets, keys, batch):
        real, fake = scores(nets, batch)
        return loss.critic(real, fake), fitting.means(real, fake)

    def encoder_loss(nets, keys, batch):
        return loss.generator(*scores(nets, draw(nets, keys, batch))), {}

    fitting.check_loss(loss)
    both = ("encoder", "generator")
    game = Game(
        networks={"encoder": encoder, "generator": generator, "critic": critic},
        players={
            "autoencoder": Player(both, reconstruction_loss, autoencoder_optimizer),
            "critic": Player(("critic",), critic_loss, critic_optimizer, draw=draw),
            "encoder": Player(("encoder",), encoder_loss, encoder_optimizer),
        },
        average=fitting.averages(average, *both),
    )
    label = jax.ShapeDtypeStruct((2,), jnp.int32)
    given = lambda wanted: (label,) if wanted else ()
    latent = fitting.drawn(prior, *given(labelled_prior))
    examples = fitting.output(generator, latent, *given(labelled_generator))
    fitting.check_outputs(
        "encoder", fitting.output(encoder, examples), latent.shape, "as the prior has them"
    )
    fitting.output(critic, latent, *given(labelled_prior))
    fitting.check_scores(loss, critic, lambda _: (latent, *given(labelled_prior)))
    return game
