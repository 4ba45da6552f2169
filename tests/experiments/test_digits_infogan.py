"""Codes of any number and kind, by the flags of InfoGAN's experiment."""

from types import SimpleNamespace

import pytest

from gan_jax import data, experiment
from gan_jax.errors import UsageError
from gan_jax.train import check_fits

MODULE = experiment.load(experiment.find("digits_infogan"))
SMALL = {"batch_size": 4, "width": 4, "features": 8, "noise": 3}


@pytest.mark.parametrize(
    ("given", "latent", "swept"),
    [
        ({}, 3 + 12, {"digit", "style_0", "style_1"}),
        ({"styles": 0}, 3 + 10, {"digit"}),
        ({"categories": (10, 3), "styles": 1}, 3 + 14, {"digit", "category_1", "style"}),
        ({"styles": 2, "style_prior": "normal"}, 3 + 12, {"digit", "style_0", "style_1"}),
    ],
)
def test_codes_are_asked_for(given, latent, swept):
    real = data.open("digits")
    built = experiment.build(MODULE, MODULE.Config(**SMALL, **given), real.spec)
    check_fits(built.game, real, 4)
    drawn = built.pictures(SimpleNamespace(generator=lambda z: z))
    assert drawn.keys() == {f"sweep_{name}" for name in swept}
    assert {z.shape[1] for z in drawn.values()} == {latent}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"categories": ()}, "of one code or more"),
        ({"categories": (10, 1)}, "2 classes or more; given: 1"),
        ({"styles": -1}, "1 dimension or more"),
    ],
)
def test_codes_that_cannot_be_are_refused(given, said):
    with pytest.raises(UsageError, match=said):
        experiment.build(MODULE, MODULE.Config(**SMALL, **given), data.open("digits").spec)
