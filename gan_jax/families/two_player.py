"""A generator against a critic, under any adversarial loss and penalty, with or without labels."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from gan_jax.augmentation import Augmentation, showing
from gan_jax.families import fitting
from gan_jax.families.fitting import check_alike, labels_of
from gan_jax.game import Game, Network, Player
from gan_jax.losses.adversarial import Adversarial
from gan_jax.losses.penalties import Penalty
from gan_jax.priors import Prior


def two_player(
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    loss: Adversarial | Callable,
    generator_optimizer: optax.GradientTransformation,
    critic_optimizer: optax.GradientTransformation,
    penalty: Penalty | None = None,
    critic_moves: int = 1,
    conditional: bool = False,
    average: Callable | None = None,
    augmentation: Augmentation | None = None,
) -> Game:
    """The critic minimises `loss.critic` plus the penalty, then the generator `loss.generator`.

    Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1. Each move of either player has a real
    minibatch and latents of its own, so that losses that compare the two need no special case.

    Args:
      generator: latents `[B, d]` (and labels `[B]`) to examples `[B, ...]`.
      critic: examples (and labels) to raw scores `[B]`.
      prior: keys `[B]` to latents.
      loss: a pair from `gan_jax.losses`, or what gives one to the bound networks of a move, such as
        a schedule: `lambda nets: top_k(hinge, share(nets.step))`.
      generator_optimizer: of the generator.
      critic_optimizer: of the critic.
      penalty: a term of the critic's loss from `gan_jax.losses.penalties`.
      critic_moves: moves of the critic for each move of the generator, n_critic.
      conditional: whether both networks receive the minibatch's labels (Mirza and Osindero 2014,
        arXiv:1411.1784); a fake has the label of the real example beside it.
      average: step -> decay of an average of the generator's weights; none if not given.
      augmentation: T, such as `gan_jax.augmentation.diffaugment()` (Zhao et al. 2020,
        arXiv:2006.10738): the critic sees T(x) and T(G(z)) alone, in the losses of both players and
        in the penalty, which is on its slope at what it sees.

    Returns:
      A game with the networks `generator` and `critic`, and the players of the same names.

    Raises:
      ValueError: an argument of another kind, a penalty on a critic that mixes examples, or a
        Wasserstein critic that bounds its scores, as by a sigmoid; when it is traced: labels or
        shapes that do not fit, and what is wrong with the losses of a schedule.
    """
    _check(loss, penalty, prior, augmentation)

    def labels(batch):
        return labels_of(batch, conditional)

    def scorer(nets, batch):
        return lambda x: nets.critic(x, *labels(batch))

    def with_fakes(nets, keys, batch):
        fake = nets.generator(prior(keys), *labels(batch))
        check_alike(fake, batch["real"])
        return batch | {"fake": fake}

    def draw(nets, keys, batch):
        return with_fakes(nets, *fitting.with_drawn(penalty, keys, batch))

    def scores(nets, batch):
        """Of the real and the fake examples: in one pass, unless it would mix them."""
        real, fake = batch["real"], batch["fake"]
        if critic.mixes:
            return map(scorer(nets, batch), (real, fake))
        pairs = zip((real, *labels(batch)), (fake, *labels(batch)), strict=True)
        both = nets.critic(*map(jnp.concatenate, pairs))
        _check_apart(both, real)
        return jnp.split(both, 2)

    def critic_loss(nets, keys, batch):
        show, keys = showing(augmentation, keys)
        batch = show(batch)
        real, fake = scores(nets, batch)
        pair = _pair(loss, nets)
        fitting.check_unbounded(pair, scorer(nets, batch), batch["real"])
        term, paid = fitting.penalised(penalty, scorer(nets, batch), batch, nets.step)
        return pair.critic(real, fake) + term, fitting.means(real, fake) | paid

    def generator_loss(nets, keys, batch):
        show, keys = showing(augmentation, keys)
        batch = show(with_fakes(nets, keys, batch))
        score = scorer(nets, batch)
        real, fake = score(batch["real"]), score(batch["fake"])
        return _pair(loss, nets).generator(real, fake), {}

    separate = ("critic",) if penalty is not None and penalty.separate else ()
    check_scores(
        loss, generator, critic, prior=prior, conditional=conditional, augmentation=augmentation
    )
    return Game(
        networks={"generator": generator, "critic": critic},
        players={
            "critic": Player(
                ("critic",), critic_loss, critic_optimizer, critic_moves, draw, separate
            ),
            "generator": Player(("generator",), generator_loss, generator_optimizer),
        },
        average=fitting.averages(average, "generator"),
    )


def check_scores(
    loss: Adversarial | Callable,
    generator: Network,
    critic: Network,
    *,
    prior: Prior,
    conditional: bool = False,
    augmentation: Augmentation | None = None,
    **rest,
) -> None:
    """Refuses a critic whose scores of what the generator makes are bounded where none may be."""

    def inputs(count):
        label = (jax.ShapeDtypeStruct((count,), jnp.int32),) if conditional else ()
        fake = fitting.output(generator, fitting.drawn(prior, count=count), *label)
        if augmentation is not None:
            keys = jax.eval_shape(lambda: jax.random.split(jax.random.key(0), count))
            fake = jax.eval_shape(augmentation, keys, fake)
        return fake, *label

    fitting.check_scores(loss, critic, inputs)


def _check_apart(scores: jax.Array, real: jax.Array) -> None:
    if len(scores) % 2:
        raise ValueError(
            f"{len(real)} real and as many fakes got {len(scores)} scores: a pack holds either. "
            "Take a batch of which each device has a multiple of the pack."
        )


def _pair(loss, nets) -> Adversarial:
    pair = loss(nets) if callable(loss) else loss
    fitting.check_loss(pair)
    return pair


def _check(loss, penalty, prior, augmentation) -> None:
    if not callable(loss):
        _pair(loss, None)
    fitting.check_penalty(penalty)
    if not callable(prior):
        raise ValueError(f"`prior` is made by such as gan_jax.priors.normal; given: {prior!r}.")
    if not (augmentation is None or callable(augmentation)):
        raise ValueError(
            "`augmentation` is made by such as gan_jax.augmentation.diffaugment; given: "
            f"{augmentation!r}."
        )
