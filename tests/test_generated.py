"""Samples that are asked for: of one class, or near the middle of the prior."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import families, networks, priors, sampling, standing
from gan_jax.cli import main
from gan_jax.conditions import conditions
from gan_jax.data.columns import Column
from gan_jax.data.spec import Spec
from gan_jax.errors import UsageError
from gan_jax.game import init
from gan_jax.generated import asked
from gan_jax.loading import load

KEYS = jax.random.split(jax.random.key(0), 200)
ECHO = SimpleNamespace(generator=lambda z, label=0.0: z + 10.0 * jnp.reshape(label, (-1, 1)))
FREQUENCIES = (0.5, 0.2, 0.3)


def test_one_label_and_else_the_same_latents():
    sampler = sampling.from_prior(priors.normal(4), FREQUENCIES)
    free, only = sampler(ECHO, KEYS), asked(sampler, label=2)(ECHO, KEYS)
    assert (only["labels"] == 2).all() and only["labels"].dtype == jnp.int32
    latents = free["samples"] - 10 * free["labels"][:, None]
    np.testing.assert_allclose(only["samples"], latents + 20, atol=1e-5)


@pytest.mark.parametrize("frequencies", [(), FREQUENCIES])
@pytest.mark.parametrize("deviation", [1.0, 5.0])
def test_no_entry_is_beyond_the_threshold(frequencies, deviation):
    sampler = sampling.from_prior(priors.normal(4, deviation=deviation), frequencies)
    drawn = asked(sampler, truncation=0.5)(ECHO, KEYS)
    latents = drawn["samples"] - 10 * drawn.get("labels", jnp.zeros(200))[:, None]
    assert 0.45 * deviation < jnp.abs(latents).max() <= 0.5 * deviation + 1e-5


def test_fixed_statistics_are_those_of_all_labels():
    spec = Spec((8, 8, 1), 1.0, 0.0, ("a", "b", "c"), FREQUENCIES)
    generator, critic = networks.dcgan_pair(spec, latent=4, width=4, conditional=True)
    adam = {"generator_optimizer": optax.adam(1e-3), "critic_optimizer": optax.adam(1e-3)}
    prior = priors.normal(4)
    game = families.vanilla(generator, critic, prior=prior, conditional=True, **adam)
    state, sampler = init(game, jax.random.key(0)), sampling.from_prior(prior, FREQUENCIES)
    free, only = (standing.settled(game, s, state) for s in (sampler, asked(sampler, label=1)))
    typical = standing.settled(game, asked(sampler, truncation=0.1), state)
    jax.tree.map(
        np.testing.assert_array_equal, typical._replace(stats=()), state._replace(stats=())
    )
    same = jax.tree.map(lambda a, b: bool((a == b).all()), free.stats, only.stats)
    assert all(jax.tree.leaves(same)) and jax.tree.leaves(same)
    assert not all(jax.tree.leaves(jax.tree.map(np.array_equal, free.stats, typical.stats)))


@pytest.mark.parametrize("frequencies", [(), FREQUENCIES])
def test_a_choice_has_a_key_of_its_own(frequencies):
    prior, coin = priors.normal(4), priors.uniform(4, 0.0, 100.0)
    choose = lambda keys, examples: examples + 1000 * coin(keys).round()
    sampler = sampling.from_prior(prior, frequencies, choose=choose)
    drawn = sampler(ECHO, KEYS)
    latents, labels = sampler.latents(KEYS)
    made = sampler.made(ECHO, latents, labels)["samples"]  # unchosen
    chosen = (drawn["samples"] - made) / 1000
    np.testing.assert_allclose(chosen, chosen.round(), atol=1e-3)
    assert len(np.unique(chosen.round())) > 90
    assert abs(np.corrcoef(chosen[:, 0], latents[:, 0])[0, 1]) < 0.25
    some = sampler(ECHO, KEYS[5:9])
    np.testing.assert_array_equal(some["samples"], drawn["samples"][5:9])
    if frequencies:
        np.testing.assert_array_equal(drawn["labels"], labels)
        only = asked(sampler, label=2)(ECHO, KEYS)["samples"]
        np.testing.assert_allclose(only, drawn["samples"] + (20 - 10 * labels)[:, None], atol=1e-2)


def conditioned():
    """A sampler of rows of three categories, and a generator that echoes latents and condition."""
    column = Column("c", "categorical", categories=("a", "b", "c"), counts=(50, 3, 7))
    prior = priors.together(priors.normal(4), priors.gumbel(3))
    sampler = sampling.from_conditions(prior, conditions([column]), lambda x, noise: x)
    return sampler, SimpleNamespace(generator=lambda x: x)


def test_one_category_and_else_the_same_latents():
    sampler, echo = conditioned()
    free, only = (s(echo, KEYS)["samples"] for s in (sampler, asked(sampler, category=1)))
    np.testing.assert_array_equal(free[:, :4], only[:, :4])
    np.testing.assert_array_equal(only[:, 4:], np.tile([0.0, 1.0, 0.0], (200, 1)))
    assert free[:, 4].mean() > 0.6
    assert asked(sampler, category=1).training is sampler.training


@pytest.mark.parametrize(
    ("sampler", "ask", "said"),
    [
        (sampling.from_prior(priors.normal(4)), {"label": 0}, "not conditional"),
        (sampling.from_prior(priors.uniform(4)), {"truncation": 1.0}, "prior .* is not normal"),
        (sampling.from_codes(priors.normal(4), priors.normal(4)), {"label": 0}, "no label to ask"),
        (sampling.from_prior(priors.normal(4)), {"category": 0}, "has no conditions"),
        (sampling.from_prior(priors.normal(4), FREQUENCIES), {"category": 0, "label": 1}, "has no"),
        (conditioned()[0], {"category": 0, "label": 0}, "no label to ask"),
        (conditioned()[0], {"category": 0, "truncation": 1.0}, "nothing to truncate"),
    ],
)
def test_what_cannot_be_asked_for(sampler, ask, said):
    with pytest.raises(UsageError, match=said):
        asked(sampler, **ask)


@pytest.mark.slow
def test_the_command_asks(tmp_path, capsys):
    run, out = tmp_path / "run", tmp_path / "three.npz"
    small = ("--steps", "2", "--width", "4", "--run", str(run))
    assert main(["train", "digits_conditional", *small]) == 0
    sample = ["sample", str(run), "--n", "5", "--seed", "1", "--out", str(out)]
    assert main([*sample, "--label", "3", "--truncation", "0.7"]) == 0
    drawn = np.load(out)
    assert (drawn["labels"] == 3).all() and drawn["samples"].shape == (5, 8, 8, 1)
    trained = load(run)
    again = trained.asked(label="3", truncation=0.7).sample(5, seed=1)
    np.testing.assert_array_equal(drawn["samples"], again["samples"])
    assert trained.asked() is trained
    twice = trained.asked(label="3").asked(truncation=0.7).sample(5, seed=1)
    np.testing.assert_array_equal(twice["samples"], again["samples"])
    for flags, said in (
        (("--label", "30"), "There is no class '30': did you mean"),
        (("--truncation", "0"), "A truncation is a number above 0; given: 0.0"),
        (("--truncation", "nan"), "A truncation is a number above 0; given: nan"),
    ):
        assert main([*sample, "--overwrite", *flags]) == 2
        assert said in capsys.readouterr().err
