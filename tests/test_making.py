"""A generator as a function of latents: the samples of their own latents, and refusals."""

from types import SimpleNamespace

import jax
import numpy as np
import optax
import pytest

from gan_jax import families, networks, priors, sampling
from gan_jax.data.spec import Spec
from gan_jax.errors import UsageError
from gan_jax.game import init
from gan_jax.keys import stream
from gan_jax.making import maker

ADAM = {"generator_optimizer": optax.adam(1e-3), "critic_optimizer": optax.adam(1e-3)}


@pytest.mark.parametrize("classes", [(), ("a", "b", "c")])
def test_latents_of_a_seed_make_its_samples(classes):
    """Through batch norm, whose statistics are fixed; many at once, or one by one."""
    frequencies = (0.5, 0.2, 0.3)[: len(classes)]
    spec = Spec((8, 8, 1), 1.0, 0.0, classes, frequencies)
    conditional = bool(classes)
    generator, critic = networks.dcgan_pair(spec, latent=4, width=4, conditional=conditional)
    prior = priors.normal(4)
    game = families.vanilla(generator, critic, prior=prior, conditional=conditional, **ADAM)
    state, sampler = init(game, jax.random.key(0)), sampling.from_prior(prior, frequencies)
    key = stream(jax.random.key(3), "sample")
    drawn = sampling.sample(game, sampler, state, key, 70)

    found = maker(game, sampler, state)
    latents, labels = found.latents(3, 70)
    assert found.conditional == conditional and latents.shape == (70, 4)
    samples = found.make(latents, labels)
    np.testing.assert_allclose(samples, drawn["samples"], atol=1e-6)
    one = found.make(latents[66:67], None if labels is None else labels[66:67])
    np.testing.assert_array_equal(one[0], samples[66])
    again = jax.jit(found.traced)(latents[:3], None if labels is None else labels[:3])
    np.testing.assert_allclose(again, samples[:3], atol=1e-5)
    if conditional:
        np.testing.assert_array_equal(labels, drawn["labels"])
        assert np.abs(found.make(latents, (labels + 1) % 3) - samples).max() > 1e-4


@pytest.mark.parametrize(
    ("sampler", "said"),
    [
        (sampling.from_codes(priors.normal(4), priors.normal(4)), "no latent space"),
        (
            sampling.from_prior(priors.together(priors.normal(4), priors.normal(2))),
            "made of 2 latents",
        ),
    ],
)
def test_what_has_no_latent_space(sampler, said):
    with pytest.raises(UsageError, match=said):
        maker(SimpleNamespace(), sampler, SimpleNamespace())
