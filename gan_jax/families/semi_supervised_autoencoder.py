"""Adversarial autoencoders whose codes are a class and a style, from few labels or none."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax import codes
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.losses.reconstruction import Likelihood, gaussian
from gan_jax.numerics import wide
from gan_jax.priors import Prior


def semi_supervised_autoencoder(
    encoder: Network,
    generator: Network,
    critic: Network,
    class_critic: Network,
    *,
    style: Prior,
    classes: int,
    autoencoder_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    encoder_optimizer: optax.GradientTransformation,
    classifier_optimizer: optax.GradientTransformation | None = None,
    loss: Adversarial = non_saturating,
    likelihood: Likelihood | None = None,
    average: Callable | None = None,
) -> Game:
    """E(x) = (s, y), y = softmax: s made to follow a prior, y to be one of the classes, by critics.

    Makhzani et al. 2015, arXiv:1511.05644, section 5; without `classifier_optimizer` no label is
    used and the classes are clusters, section 6. In each step the players move in turn:
    `autoencoder` (min -E log p(x | G(s, y))), `critic` (both critics), `encoder` (against both) and
    `classifier` (min -E log y_label, on the few `labelled` examples).

    Args:
      encoder: examples to `[B, d + classes]`, a style and the logits of the classes.
      generator: a style and then a class, one-hot or as probabilities, to examples: the decoder.
      critic: styles `[B, d]` to raw scores `[B]`.
      class_critic: classes `[B, classes]` to raw scores `[B]`.
      style: keys `[B]` to styles; sample with `codes.latents(style, {...: codes.categorical(K)})`.
      classes: of the data, or any number of clusters.
      autoencoder_optimizer: of the reconstruction, in encoder and generator.
      critic_optimizer: of both critics.
      encoder_optimizer: of the encoder's adversarial move.
      classifier_optimizer: of its supervised move, on `data.partly_labelled`; none for clusters.
      loss: a pair from `gan_jax.losses`, of each critic.
      likelihood: p(x | s, y); `losses.gaussian()` if not given, half the squared error.
      average: step -> decay of averages of the weights of encoder and generator; none if not given.

    Returns:
      A game with the networks `encoder`, `generator`, `critic` and `class_critic`.

    Raises:
      ValueError: networks that do not fit one another, the prior, the classes or the loss, or no
        such loss.
    """
    likelihood = likelihood or gaussian()
    prior = codes.latents(style, {"class": codes.categorical(classes)})

    def encoded(nets, x):
        output = nets.encoder(x)
        return output[:, :-classes], jax.nn.softmax(wide(output[:, -classes:]))

    def draw(nets, keys, batch):
        latent = prior(keys)
        found = dict(zip(("code", "found"), encoded(nets, batch["real"]), strict=True))
        return batch | {"style": latent[:, :-classes], "class": latent[:, -classes:]} | found

    def scores(nets, batch):
        """Pairs of scores, of the prior and of the encoder: of styles, and of classes."""
        return (
            (nets.critic(batch["style"]), nets.critic(batch["code"])),
            (nets.class_critic(batch["class"]), nets.class_critic(batch["found"])),
        )

    def reconstruction_loss(nets, keys, batch):
        output = nets.generator(jnp.concatenate(encoded(nets, batch["real"]), axis=1))
        check_alike(output, batch["real"])
        return -likelihood.log_density(output, batch["real"]).mean(), {}

    def critic_loss(nets, keys, batch):
        styles, kinds = scores(nets, batch)
        metrics = fitting.means(*styles) | fitting.means(*kinds, "class_")
        return loss.critic(*styles) + loss.critic(*kinds), metrics

    def encoder_loss(nets, keys, batch):
        styles, kinds = scores(nets, draw(nets, keys, batch))
        return loss.generator(*styles) + loss.generator(*kinds), {}

    def classifier_loss(nets, keys, batch):
        if "labelled" not in batch:
            raise ValueError("The data have no labels to learn from: give --data SPEC?labelled=N.")
        logits, label = wide(nets.encoder(batch["labelled"])[:, -classes:]), batch["labelled_label"]
        entropy = optax.softmax_cross_entropy_with_integer_labels(logits, label).mean()
        return entropy, {"accuracy": (logits.argmax(1) == label).mean()}

    fitting.check_loss(loss)
    both, critics = ("encoder", "generator"), ("critic", "class_critic")
    players = {
        "autoencoder": Player(both, reconstruction_loss, autoencoder_optimizer),
        "critic": Player(critics, critic_loss, critic_optimizer, draw=draw),
        "encoder": Player(("encoder",), encoder_loss, encoder_optimizer),
    }
    if classifier_optimizer is not None:
        players["classifier"] = Player(("encoder",), classifier_loss, classifier_optimizer)
    game = Game(
        networks=dict(zip(both + critics, (encoder, generator, critic, class_critic), strict=True)),
        players=players,
        average=fitting.averages(average, *both),
    )
    latent = fitting.drawn(prior)
    made = fitting.output(encoder, fitting.output(generator, latent))
    fitting.check_outputs("encoder", made, latent.shape, f"a style and {classes} classes")
    kinds = jax.ShapeDtypeStruct((2, classes), jnp.float32)
    for network, given in ((critic, fitting.drawn(style)), (class_critic, kinds)):
        fitting.output(network, given)
        fitting.check_scores(loss, network, lambda _, given=given: (given,))
    return game
