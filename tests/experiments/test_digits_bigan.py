"""ALI by a flag of BiGAN's experiment: a code of an example is the mean of those that are drawn."""

import numpy as np

from gan_jax import data, experiment
from gan_jax.encoding import encode
from gan_jax.game import bind
from gan_jax.train import check_fits, initial

MODULE = experiment.load(experiment.find("digits_bigan"))


def test_the_codes_of_a_stochastic_encoder_are_its_means():
    real = data.open("digits")
    config = MODULE.Config(batch_size=4, widths=(8,), latent=3, stochastic=True)
    built = experiment.build(MODULE, config, real.spec)
    check_fits(built.game, real, 4)
    state, x = initial(built.game, 0), real.held_out["real"][:5]
    codes = encode(built.game, built.sampler, state, x, real.spec.decode)
    np.testing.assert_allclose(codes, bind(built.game, state).encoder(real.spec.decode(x)), 1e-4)
    assert codes.shape == (5, 3)
