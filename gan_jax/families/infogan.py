"""InfoGAN: codes in the latent that a posterior finds again in the fakes."""

from collections.abc import Callable, Mapping

import jax.numpy as jnp
import optax

from gan_jax import ranges
from gan_jax.codes import Code, information, latents
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial, non_saturating
from gan_jax.losses.penalties import Penalty
from gan_jax.priors import Prior


def infogan(
    generator: Network,
    trunk: Network,
    critic: Network,
    posterior: Network,
    *,
    noise: Prior,
    codes: Mapping[str, Code],
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    loss: Adversarial = non_saturating,
    weight: float | Mapping[str, float] = 1.0,
    penalty: Penalty | None = None,
    average: Callable | None = None,
) -> Game:
    """min_G,Q max_D V(D, G) - weight L(G, Q), L = H(c) + E log Q(c | G(z, c)) <= I(c; G(z, c)).

    Chen et al. 2016, arXiv:1606.03657, eq. 5 and 6. D and Q share a trunk, and so both players
    raise L, as in the paper's code: the critic's in trunk and posterior, on fakes alone.
    The generator logs `NAME_information` of each code, in nats, and its `NAME_ceiling`.

    Args:
      generator: latents `[B, d]`, noise and then the codes in their order, to examples.
      trunk: examples to features `[B, F]`.
      critic: features to raw scores `[B]`.
      posterior: features to what the codes' posteriors take, `[B, sum of outputs]`.
      noise: keys `[B]` to the part of the latents that is no code.
      codes: by name, from `gan_jax.codes`; sample with `codes.latents(noise, codes)`.
      generator_optimizer: of the generator.
      critic_optimizer: of trunk, critic and posterior.
      loss: a pair from `gan_jax.losses`.
      weight: lambda, 0 or more, one for all codes or one for each by its name.
      penalty: of the critic on its trunk, which the paper has not: few data need it.
      average: step -> decay of an average of the generator's weights; none if not given.

    Returns:
      A game with the networks `generator`, `trunk`, `critic` and `posterior`, and the players
      `critic` and `generator`.

    Raises:
      ValueError: no codes, weights below 0 or of other codes, networks that do not fit them, one
        another or the loss, or a penalty on a trunk or critic that mixes examples.
    """
    if not codes or (isinstance(weight, Mapping) and weight.keys() != codes.keys()):
        raise ValueError(f"Give a code or more, and a weight for each: {codes.keys()}, {weight}.")
    weights = weight if isinstance(weight, Mapping) else dict.fromkeys(codes, weight)
    for name, value in weights.items():
        ranges.not_negative(f"weight of the code {name}", value)
    prior = latents(noise, codes)

    def with_fakes(nets, keys, batch):
        latent = prior(keys)
        fake = nets.generator(latent)
        check_alike(fake, batch["real"])
        return batch | {"latent": latent, "fake": fake}

    def draw(nets, keys, batch):
        return with_fakes(nets, *fitting.with_drawn(penalty, keys, batch))

    def judged(nets, batch):
        """Scores of real and fake, the information in the fakes, and its weighted sum."""
        features = nets.trunk(batch["fake"])
        known = information(codes, nets.posterior(features), batch["latent"])
        total = sum(weights[name] * value for name, value in known.items())
        return nets.critic(nets.trunk(batch["real"])), nets.critic(features), known, total

    def critic_loss(nets, keys, batch):
        real, fake, _, total = judged(nets, batch)
        score = lambda x: nets.critic(nets.trunk(x))
        term, paid = fitting.penalised(penalty, score, batch, nets.step)
        return loss.critic(real, fake) + term - total, fitting.means(real, fake) | paid

    def generator_loss(nets, keys, batch):
        real, fake, known, total = judged(nets, with_fakes(nets, keys, batch))
        found = {f"{name}_information": value for name, value in known.items()}
        most = {f"{name}_ceiling": jnp.asarray(code.ceiling) for name, code in codes.items()}
        return loss.generator(real, fake) - total, found | most

    fitting.check_loss(loss)
    fitting.check_penalty(penalty)
    seeing = {"trunk": trunk, "critic": critic, "posterior": posterior}
    separate = ("trunk", "critic") if penalty is not None and penalty.separate else ()
    game = Game(
        networks={"generator": generator} | seeing,
        players={
            "critic": Player(
                tuple(seeing), critic_loss, critic_optimizer, draw=draw, separate=separate
            ),
            "generator": Player(("generator",), generator_loss, generator_optimizer),
        },
        average=fitting.averages(average, "generator"),
    )
    features = fitting.output(trunk, fitting.output(generator, fitting.drawn(prior)))
    fitting.output(critic, features)
    fitting.check_scores(loss, critic, lambda _: (features,))
    expected = (2, sum(code.outputs for code in codes.values()))
    found = fitting.output(posterior, features)
    fitting.check_outputs("posterior", found, expected, f"for {', '.join(codes)}")
    return game
