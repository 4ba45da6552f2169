"""What the adversarial autoencoder's experiment draws, and that it learns from few labels."""

from types import SimpleNamespace

import numpy as np
import pytest

from gan_jax import data, experiment
from gan_jax.train import check_fits

MODULE = experiment.load(experiment.find("digits_aae"))


def built(**given):
    config = MODULE.Config(batch_size=4, widths=(8,), **given)
    return experiment.build(MODULE, config, data.open("digits").spec)


def test_along_a_row_of_styles_the_class_changes():
    drawn = built(style=True, latent=3).pictures(SimpleNamespace(generator=lambda *x: x))
    latent, label = (np.asarray(x).reshape(10, 10, -1) for x in drawn["styles"])
    np.testing.assert_array_equal(label[..., 0], np.tile(np.arange(10), (10, 1)))
    np.testing.assert_array_equal(latent, latent[:, :1].repeat(10, axis=1))
    assert len(np.unique(latent[:, 0], axis=0)) == 10
    assert built(latent=3).pictures is None


@pytest.mark.parametrize("prior", ["circle", "swiss_roll"])
def test_a_few_labels_are_enough_for_an_informed_prior_but_not_for_a_decoder(prior):
    few = data.open("digits?labelled=20")
    check_fits(built(prior=prior, latent=2, informed=True).game, few, 4)
    with pytest.raises(ValueError, match="but for a few"):
        check_fits(built(prior=prior, latent=2, style=True).game, few, 4)
