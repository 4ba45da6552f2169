"""AC-GAN: a classifier beside the critic, on features that they share."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax import ranges
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike, labels_of
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.losses.penalties import Penalty
from gan_jax.priors import Prior


def acgan(
    generator: Network,
    critic: Network,
    classifier: Network,
    trunk: Network | None = None,
    *,
    prior: Prior,
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    loss: Adversarial = non_saturating,
    penalty: Penalty | None = None,
    weight: float = 1.0,
    generator_weight: float | None = None,
    of_fakes: bool = True,
    critic_moves: int = 1,
    average: Callable | None = None,
) -> Game:
    """min_d E s(-d(x)) + E s(d(G(z, y))) + weight C; min_G E s(-d(G(z, y))) + weight C(G(z, y)).

    C is -E log p(y | .) of x and of G(z, y), and s the softplus. Odena et al. 2016,
    arXiv:1610.09585, eq. 2 and 3: the critic maximises L_S + L_C, the generator L_C - L_S. C of
    fakes rewards what is typical of a class: look at recall, and not at the accuracy alone. Differs
    from the paper: by default the generator's loss of the scores is the non-saturating one;
    `loss=losses.minimax` is L_S. In the code of WGAN-GP, Gulrajani et al. 2017, arXiv:1704.00028,
    the one with labels has `loss=losses.wasserstein, penalty=losses.gradient_penalty(),
    critic_moves=5, generator_weight=0.1, of_fakes=False`.

    Args:
      generator: latents and labels to examples; a fake has the label of a real example.
      critic: features to raw scores; it sees no labels.
      classifier: features to logits `[B, classes]`, trained with the critic.
      trunk: examples to features; without it these are the examples themselves.
      prior: keys `[B]` to latents.
      generator_optimizer: of the generator.
      critic_optimizer: of critic, classifier and trunk.
      loss: of the scores.
      penalty: added to the critic's loss, of scores as a function of examples; none if not given.
      weight: of the class terms, 0 or more; 1 in the paper.
      generator_weight: of the generator's class term; `weight` if not given.
      of_fakes: whether the critic's C is of fakes too, as in the paper, or of real examples alone.
      critic_moves: moves of the critic for each move of the generator.
      average: step -> decay of an average of the generator's weights; none if not given.

    Raises:
      ValueError: no such loss or penalty, a weight below 0, a critic or a trunk that mixes examples
        under a penalty, or a Wasserstein critic that bounds its scores.
    """

    def seen(nets, x):
        return x if trunk is None else nets.trunk(x)

    def judged(nets, x, label):
        """Scores, the cross-entropy of the classes, and how many are right."""
        features = seen(nets, x)
        logits = nets.classifier(features)
        entropy = optax.softmax_cross_entropy_with_integer_labels(logits, label).mean()
        return nets.critic(features), entropy, (logits.argmax(-1) == label).mean()

    def score(nets):
        return lambda x: nets.critic(seen(nets, x))

    def with_fakes(nets, keys, batch):
        fake = nets.generator(prior(keys), *labels_of(batch, True))
        check_alike(fake, batch["real"])
        return batch | {"fake": fake}

    def draw(nets, keys, batch):
        return with_fakes(nets, *fitting.with_drawn(penalty, keys, batch))

    def critic_loss(nets, keys, batch):
        real, of_real, right = judged(nets, batch["real"], batch["label"])
        fake, of_fake, fooled = judged(nets, batch["fake"], batch["label"])
        entropy = of_real + of_fake if of_fakes else of_real
        term, paid = fitting.penalised(penalty, score(nets), batch, nets.step)
        metrics = {"accuracy": right, "accuracy_of_fakes": fooled, "class": entropy} | paid
        value = loss.critic(real, fake) + weight * entropy + term
        return value, fitting.means(real, fake) | metrics

    def generator_loss(nets, keys, batch):
        fake, entropy, _ = judged(nets, with_fakes(nets, keys, batch)["fake"], batch["label"])
        value = loss.generator(score(nets)(batch["real"]), fake)
        return value + weight_of_generator * entropy, {"class": entropy}

    fitting.check_loss(loss)
    fitting.check_penalty(penalty)
    weight_of_generator = weight if generator_weight is None else generator_weight
    for number in (weight, weight_of_generator):
        ranges.not_negative("weight of the class terms", number)
    below = {"trunk": trunk} if trunk else {}
    own = {"critic": critic, "classifier": classifier} | below
    separate = ("critic", *below) if penalty is not None and penalty.separate else ()
    players = {
        "critic": Player(tuple(own), critic_loss, critic_optimizer, critic_moves, draw, separate),
        "generator": Player(("generator",), generator_loss, generator_optimizer),
    }
    average = fitting.averages(average, "generator")
    game = Game({"generator": generator} | own, players, average=average)

    def inputs(count):
        label = jax.ShapeDtypeStruct((count,), jnp.int32)
        fake = fitting.output(generator, fitting.drawn(prior, count=count), label)
        return (fake if trunk is None else fitting.output(trunk, fake),)

    fitting.check_scores(loss, critic, inputs)
    return game
