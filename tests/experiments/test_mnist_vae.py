"""Either likelihood of the VAE's experiment, on the data that it is of."""

import jax
import numpy as np
import pytest
from scipy import stats

from gan_jax import data, experiment, losses
from gan_jax.errors import UsageError
from gan_jax.game import bind
from tests.playing import loss, start

MODULE = experiment.load(experiment.find("mnist_vae"))
SMALL = {"steps": 2, "batch_size": 4, "widths": (8,), "latent": 2}


def built(of, **given):
    return experiment.build(MODULE, MODULE.Config(data=of, **SMALL, **given), data.open(of).spec)


@pytest.mark.parametrize("of", ["ring", "waves?steps=7&count=20"])
def test_the_bernoulli_likelihood_is_of_images(of):
    with pytest.raises(UsageError, match="likelihood is of images.*give --likelihood gaussian"):
        built(of)


@pytest.mark.parametrize("of", ["ring", "digits"])
def test_the_gaussian_one_is_the_density_of_the_examples_as_they_are(of):
    game, real = built(of, likelihood="gaussian", deviation=0.3).game, data.open(of)
    assert game.players["autoencoder"].draw is None
    x, keys = real.spec.decode(real.train["real"][:4]), jax.random.split(jax.random.key(0), 4)
    _, metrics = loss(game, "autoencoder", keys, {"real": x})
    nets = bind(game, start(game))
    code = losses.reparameterised(keys, *losses.moments(nets.encoder(x)))
    expected = stats.norm(nets.generator(code), 0.3).logpdf(x).reshape(4, -1).sum(1).mean()
    np.testing.assert_allclose(metrics["reconstruction"], expected, rtol=1e-4)


@pytest.mark.slow
def test_points_have_a_bound_in_nats_and_a_plane():
    made, real = built("ring", likelihood="gaussian", deviation=0.3), data.open("ring")
    nets = bind(made.game, start(made.game))
    (task,), part = made.tasks, {"real": real.spec.decode(real.held_out["real"][:4])}
    found = task(nets, part, part)
    assert found["bound"] <= found["importance_bound"] < 2 * stats.norm(0, 0.3).logpdf(0)
    assert made.pictures(nets)["plane"].shape == (400, 2)
