"""What cannot be played is refused when a game is made, by every family that could make it."""

import flax.linen as nn
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors
from gan_jax.codes import categorical
from gan_jax.conditions import conditions
from gan_jax.data.columns import Column
from gan_jax.game import Network
from gan_jax.networks import packed, spectral

SGD = optax.sgd(0.1)
PLAYERS = {"generator_optimizer": SGD, "critic_optimizer": SGD}
PLAIN = PLAYERS | {"prior": priors.normal(1)}
CODING = {f"{who}_optimizer": SGD for who in ("autoencoder", "critic", "encoder")}
LOSS = {"loss": losses.wasserstein}
ASKED = conditions([Column("word", "categorical", categories=("a", "b"), counts=(3, 3))])


def network(apply) -> Network:
    """Of one weight, as a matrix, that is given to `apply`."""
    init = lambda key: ({"w": jnp.ones((1, 1))}, {})
    return Network(init, lambda params, stats, *inputs: apply(params["w"], *inputs))


def ending_in(last) -> Network:
    return network(lambda w, x, *rest: last((x.sum(1, keepdims=True) @ w)[:, 0]))


LINE = network(lambda w, x, *rest: w * x)


def wide(count: int) -> Network:
    """An example to so many numbers."""
    return network(lambda w, x, *rest: w * x[:, :1] * jnp.ones((1, count)))


def progressive(critic, **rest):
    given = PLAIN | {"fade": lambda step: 0.0, "shown": lambda x, share: x}
    return families.progressive(LINE, critic, **given | rest)


def arae(critic, **rest):
    given = PLAIN | CODING | {"penalty": losses.gradient_penalty()}
    return families.arae(LINE, LINE, LINE, critic, **given | rest)


def acgan(critic, **rest):
    return families.acgan(LINE, critic, LINE, LINE, **PLAIN | LOSS | rest)


def infogan(critic, **rest):
    given = PLAYERS | {"noise": priors.normal(1), "codes": {"digit": categorical(3)}}
    return families.infogan(LINE, LINE, critic, wide(3), **given | LOSS | rest)


def adversarial_autoencoder(critic, **rest):
    given = CODING | {"prior": priors.normal(1)} | LOSS
    return families.adversarial_autoencoder(LINE, LINE, critic, **given | rest)


def semi_supervised(critic, of_classes=None, **rest):
    given = CODING | {"style": priors.normal(1), "classes": 3} | LOSS
    critics = critic, of_classes or critic
    return families.semi_supervised_autoencoder(wide(4), LINE, *critics, **given | rest)


def cycle(critic, inverse=None, **rest):
    given = PLAYERS | LOSS | {"shape": (1,)}
    return families.cycle(LINE, LINE, critic, inverse or critic, **given | rest)


def ctgan(critic, **rest):
    prior = priors.together(priors.normal(1), priors.gumbel(2))
    given = PLAIN | {"prior": prior, "conditions": ASKED, "output": lambda logits, noise: logits}
    return families.ctgan(wide(2), critic, **given | rest)


def pair(family, **own):
    """A family of a generator and a critic."""
    return lambda critic, **rest: family(LINE, critic, **PLAIN | own | rest)


def bigan(critic, **rest):
    return families.bigan(LINE, LINE, critic, **PLAIN | LOSS | rest)


two_player, raw, double = families.two_player, ending_in(lambda x: x), lambda keys, x: 2 * x
squares = losses.Adversarial(losses.wasserstein.critic, lambda real, fake: -(fake**2).mean())
ALWAYS = {  # Wasserstein, and nothing else
    "top_k": pair(two_player, loss=losses.top_k(losses.wasserstein)),
    "by hand": pair(two_player, loss=squares),
    "wgan": pair(families.wgan),
    "wgan_gp": pair(families.wgan_gp),
    "progressive": progressive,
    "arae": arae,
    "ctgan": ctgan,
}
OTHERS = {
    "two_player": pair(two_player, **LOSS),
    "conditional": pair(two_player, conditional=True, **LOSS),
    "augmented": pair(two_player, augmentation=double, **LOSS),
    "lecam": pair(families.lecam, **LOSS),
    "adaptive": pair(families.adaptive, augmentations=[double], **LOSS),
    "acgan": acgan,
    "bigan": bigan,
    "infogan": infogan,
    "adversarial_autoencoder": adversarial_autoencoder,
    "semi_supervised_autoencoder": semi_supervised,
    "its classes": lambda critic, **rest: semi_supervised(raw, critic, **rest),
    "cycle": cycle,
    "its inverse": lambda critic, **rest: cycle(raw, critic, **rest),
}
FAMILIES = ALWAYS | OTHERS
ENDS = {
    "sigmoid": nn.sigmoid,
    "affine": lambda x: 2 * nn.sigmoid(x) - 1,
    "hard sigmoid": nn.hard_sigmoid,
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_wasserstein_critic_of_bounded_scores_is_refused(name):
    for last in ENDS.values():
        with pytest.raises(ValueError, match="bounds its scores"):
            FAMILIES[name](ending_in(last))
    FAMILIES[name](ending_in(lambda x: 2 * nn.sigmoid(x) - x))


@pytest.mark.parametrize("name", OTHERS)
def test_under_another_loss_scores_may_be_bounded(name):
    FAMILIES[name](ending_in(nn.sigmoid), loss=losses.least_squares)


def test_scores_are_bounded_by_a_mean_of_sigmoids():
    patches = network(lambda w, x: nn.sigmoid(x * w * jnp.ones((1, 3))).mean(1))
    with pytest.raises(ValueError, match="from 0 to 1"):
        FAMILIES["wgan_gp"](patches)


@pytest.mark.parametrize("count", [3, 10])
def test_packs_are_looked_at_too(count):
    with pytest.raises(ValueError, match="bounds its scores"):
        FAMILIES["ctgan"](packed(ending_in(nn.sigmoid), count))


@pytest.mark.parametrize("name", [*FAMILIES, "cramer"])
def test_weights_with_a_spectral_norm_are_not_clipped_as_well(name):
    family = (FAMILIES | {"cramer": pair(families.cramer)})[name]
    judge = {"its classes": "class_critic", "its inverse": "inverse_critic"}.get(name, "critic")
    with pytest.raises(ValueError, match="bounded already"):
        families.clipped(family(spectral(raw)), 0.01, judge)
    families.clipped(family(raw), 0.01, judge)


def test_of_what_does_not_fit_a_move_says_so():
    families.wgan_gp(LINE, network(lambda w, x: x @ np.ones((7, 1))), **PLAIN)
