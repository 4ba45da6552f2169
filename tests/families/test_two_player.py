"""What the families make of their numbers."""

from itertools import permutations

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, losses, priors
from gan_jax.augmentation import showing
from gan_jax.data import Spec
from gan_jax.game import Network, bind, move
from gan_jax.losses import gradient_penalty
from gan_jax.networks import mlp_pair
from tests.playing import draw, loss, start

KEYS = jax.random.split(jax.random.key(0), 4)
ONES = np.ones((4, 1), np.float32)

SGD = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.1)}
REST = {"loss": losses.wasserstein, "prior": priors.normal(1)} | SGD


def line(value: float) -> Network:
    """x -> value * x."""
    return Network(lambda key: ({"w": np.float32(value)}, {}), lambda p, s, x: p["w"] * x)


def game(penalty=None, **rest):
    critic = line(3.0)._replace(apply=lambda p, s, x: p["w"] * x.sum(1))
    return families.two_player(line(2.0), critic, penalty=penalty, **(REST | rest))


def critic_loss(game, step=0):
    batch = {"real": ONES, "fake": -ONES, "drawn": ONES[:, 0] / 2}
    return loss(game, "critic", KEYS, batch, start(game)._replace(step=np.int32(step)))


def test_the_loss_is_that_of_the_pair_plus_the_weighted_penalty():
    plain, metrics = critic_loss(game())
    np.testing.assert_allclose(plain, -6.0)
    assert metrics == {"real": 3.0, "fake": -3.0, "gap": 6.0}
    value, metrics = critic_loss(game(gradient_penalty(10.0)))
    np.testing.assert_allclose(metrics["penalty"], 4.0, rtol=1e-5)
    np.testing.assert_allclose(value, -6.0 + 40.0, rtol=1e-5)


def test_a_critic_alone_becomes_the_logarithm_of_the_ratio_of_densities():
    """Goodfellow et al. 2014, proposition 1: of normal points around 1 and around -1 it is 2 x."""
    _, critic = mlp_pair(Spec((1,), 1.0, 0.0), latent=1, widths=(32,))
    adam = REST | {"loss": losses.non_saturating, "critic_optimizer": optax.adam(5e-3)}
    made = families.two_player(line(1.0), critic, **adam)

    def step(state, key):
        real, fake = jax.random.normal(key, (2, 512, 1)) + jnp.array([[[1.0]], [[-1.0]]])
        return move(made, "critic", state, None, {"real": real, "fake": fake})[0], None

    keys = jax.random.split(jax.random.key(1), 600)
    state, _ = jax.jit(lambda state: jax.lax.scan(step, state, keys))(start(made))
    x = jnp.linspace(-2.5, 2.5, 101)[:, None]
    scores = critic.apply(state.params["critic"], state.stats["critic"], x)
    assert abs(scores - 2 * x[:, 0]).mean() < 0.15


def test_the_penalty_is_that_of_the_critic_of_each_label():
    """Its places, between real and fake, differ as the labels do: no other order has this mean."""
    critic = line(3.0)._replace(apply=lambda p, s, x, label: p["w"] * label * (x**2).sum(1))
    generator = line(2.0)._replace(apply=lambda p, s, z, label: p["w"] * z)
    rest = REST | {"penalty": gradient_penalty(10.0), "conditional": True}
    made = families.two_player(generator, critic, **rest)
    real, share = np.float32([[1], [2], [-3], [4]]), np.float32([0.1, 0.9, 0.4, 0.7])
    batch = {"real": real, "fake": -2 * real[::-1], "drawn": share, "label": np.arange(4)}
    place = share * real[:, 0] + (1 - share) * batch["fake"][:, 0]
    penalties = [
        (abs(2 * 3 * label * place) - 1) ** 2 for label in map(np.array, permutations(range(4)))
    ]
    _, metrics = loss(made, "critic", KEYS, batch)
    means = np.mean(penalties, axis=1)
    np.testing.assert_allclose(metrics["penalty"], means[0], rtol=1e-5)
    assert (abs(means[1:] - means[0]) > 0.01 * means[0]).all()


def test_the_weight_of_a_penalty_may_be_a_schedule_or_traced():
    scheduled = game(gradient_penalty(lambda step: 1.0 + step))
    np.testing.assert_allclose(critic_loss(scheduled, 4)[0], -6.0 + 20.0, rtol=1e-5)
    traced = jax.jit(lambda weight: critic_loss(game(gradient_penalty(weight)))[0])
    np.testing.assert_allclose(traced(2.0), -6.0 + 8.0, rtol=1e-5)


def test_the_loss_may_be_a_schedule():
    made = game(loss=lambda nets: losses.least_squares_with(real_target=3.0 + nets.step))
    np.testing.assert_allclose(critic_loss(made, 2)[0], ((3 - 5) ** 2 + 9) / 2)
    assert loss(made, "generator", KEYS, {"real": ONES})[0] > 0
    with pytest.raises(ValueError, match="`loss` is a pair"):
        critic_loss(game(loss=lambda nets: "hinge"))


def test_the_generator_descends_on_fresh_fakes_under_its_own_keys():
    value, _ = loss(game(), "generator", KEYS, {"real": ONES})
    expected = -(3.0 * 2.0 * np.asarray(jax.jit(priors.normal(1))(KEYS))).mean()
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_families_are_two_player_games_with_their_numbers():
    rest = {"prior": priors.normal(1), **SGD}
    for family, moves, separate in (
        (families.vanilla, 1, ()),
        (families.wgan, 5, ()),
        (families.wgan_gp, 5, ("critic",)),
    ):
        made = family(line(1.0), line(1.0), **rest)
        assert made.players["critic"].moves == moves
        assert made.players["critic"].separate == separate
        assert list(made.players) == ["critic", "generator"]
        assert made.average == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"loss": "hinge"}, "`loss` is a pair"),
        ({"penalty": 10.0}, "`penalty` is made by"),
        ({"prior": 8}, "`prior` is made by"),
        ({"augmentation": "flip"}, "`augmentation` is made by"),
    ],
)
def test_arguments_of_another_kind_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        game(**wrong)


def test_a_module_that_was_not_wrapped_is_refused():
    with pytest.raises(ValueError, match=r"networks\.linen"):
        families.two_player(nn.Dense(1), line(1.0), **REST)


def test_a_conditional_game_wants_labels():
    with pytest.raises(ValueError, match="have no labels"):
        draw(game(conditional=True), "critic", KEYS, {"real": ONES})


@pytest.mark.parametrize("mixes", [False, True])
def test_real_and_fake_go_through_the_critic_together_unless_it_mixes_them(mixes):
    seen = []

    def score(params, stats, x):
        seen.append(x.shape[0])
        return params["w"] * x.sum(1)

    critic = line(3.0)._replace(apply=score, mixes=mixes)
    made = families.two_player(line(2.0), critic, **REST)
    plain, metrics = critic_loss(made)
    at_once = 4 if mixes else 8
    assert seen == [2, *(at_once,) * (8 // at_once), 4]  # the first and the last look for bounds
    np.testing.assert_allclose(plain, -6.0)
    assert metrics == {"real": 3.0, "fake": -3.0, "gap": 6.0}


def test_fakes_of_another_shape_than_the_data_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1,\); those of the data have \(2,\)"):
        draw(game(), "critic", KEYS, {"real": np.ones((4, 2), np.float32)})


def test_the_critic_sees_nothing_but_what_is_augmented():
    double = lambda keys, x: 2 * x
    value, metrics = critic_loss(game(gradient_penalty(10.0), augmentation=double))
    assert (metrics["real"], metrics["fake"]) == (6.0, -6.0)
    np.testing.assert_allclose(metrics["penalty"], 4.0, rtol=1e-5)  # the slope is that of 3 x
    np.testing.assert_allclose(value, -12.0 + 40.0, rtol=1e-5)
    value, _ = loss(game(augmentation=double), "generator", KEYS, {"real": ONES})
    own = jax.jit(lambda keys: showing(double, keys)[1])(KEYS)  # left for the latents
    expected, _ = loss(game(), "generator", own, {"real": ONES})
    np.testing.assert_allclose(value, 2 * expected, rtol=1e-6)


def test_the_generator_is_differentiated_through_the_augmentation():
    made = game(augmentation=lambda keys, x: x**2)

    @jax.jit
    @jax.value_and_grad
    def play(weight):
        state = start(made)
        state = state._replace(params=state.params | {"generator": {"w": weight}})
        return made.players["generator"].loss(bind(made, state), KEYS, {"real": ONES})[0]

    value, slope = play(2.0)  # -E 3 (w z)^2, whose slope is -6 w E z^2
    np.testing.assert_allclose(slope, value, rtol=1e-5)


def ending_in(last, wrapped=lambda apply: apply):
    """The critic of `game` with something at its end."""
    apply = lambda p, s, x: last((p["w"] * x.sum(1, keepdims=True)).astype(jnp.float32))[:, 0]
    return line(3.0)._replace(apply=wrapped(apply))


@pytest.mark.parametrize("wrapped", [lambda apply: apply, jax.jit, jax.checkpoint])
@pytest.mark.parametrize("last", [nn.sigmoid, jnp.tanh])
def test_a_wasserstein_critic_with_bounded_scores_is_refused(last, wrapped):
    with pytest.raises(ValueError, match="bounds its scores"):
        families.two_player(line(2.0), ending_in(last, wrapped), **REST)


@pytest.mark.parametrize("family", [families.two_player, families.lecam])
def test_under_a_schedule_that_becomes_wasserstein_it_is_refused_when_traced(family):
    rest = REST | {"loss": lambda nets: losses.wasserstein}
    made = family(line(2.0), ending_in(nn.hard_sigmoid), **rest)
    with pytest.raises(ValueError, match="bounds its scores"):
        critic_loss(made)


def test_scores_are_bounded_by_what_stands_last_and_under_wasserstein_alone():
    inside = ending_in(lambda x: 2 * nn.sigmoid(x) - x)
    assert np.isfinite(critic_loss(families.two_player(line(2.0), inside, **REST))[0])
    rest = REST | {"loss": losses.least_squares}
    made = families.two_player(line(2.0), ending_in(nn.sigmoid), **rest)
    assert np.isfinite(critic_loss(made)[0])


@pytest.mark.parametrize(
    "loss", [losses.hinge, losses.wasserstein, losses.minimax, "hinge", lambda nets: losses.hinge]
)
def test_a_loss_of_which_the_paper_defines_no_relativistic_game_is_refused(loss):
    said = "`loss` is a pair" if loss == "hinge" else "differences between real and fake"
    with pytest.raises(ValueError, match=said):
        families.relativistic(line(2.0), line(3.0), **REST | {"loss": loss})


@pytest.mark.parametrize(
    "loss",
    [
        losses.paired,
        losses.average_standard,
        losses.average_hinge,
        losses.average_least_squares,
        lambda nets: losses.paired,
        lambda nets: losses.average_hinge._replace(
            critic=lambda real, fake: nets.step * losses.paired.critic(real, fake)
        ),
    ],
)
def test_relativistic_losses_and_schedules_are_taken(loss):
    made = families.relativistic(line(2.0), line(3.0), **REST | {"loss": loss})
    assert list(made.players) == ["critic", "generator"]
