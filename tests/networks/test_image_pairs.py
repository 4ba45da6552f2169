"""The larger pairs follow the data; shapes only, so that nothing is compiled."""

import jax
import jax.numpy as jnp
import pytest

from gan_jax.data import Spec
from gan_jax.networks import biggan_pair, r3gan_pair, sagan_pair, sngan_pair
from gan_jax.networks.image_pairs import channels_of, common

PAIRS = {"sngan": sngan_pair, "sagan": sagan_pair, "biggan": biggan_pair, "r3gan": r3gan_pair}
TINY = {name: {"widths": 8} if name == "r3gan" else {"width": 2} for name in PAIRS}


def spec(size, channels=1, classes=0):
    return Spec((size, size, channels), 1.0, 0.0, tuple(str(i) for i in range(classes)))


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("size, channels, classes", [(8, 1, 0), (12, 3, 3)])
def test_a_pair_follows_the_data(name, size, channels, classes):
    data, conditional = spec(size, channels, classes), bool(classes)
    generator, critic = PAIRS[name](data, latent=120, conditional=conditional, **TINY[name])
    label = (jax.ShapeDtypeStruct((2,), jnp.int32),) * conditional
    params = jax.eval_shape(generator.init, jax.random.key(0))[0]
    z = jax.ShapeDtypeStruct((2, 120), jnp.float32)
    x = jax.eval_shape(generator.apply, params, {}, z, *label)
    assert x.shape == (2, *data.shape)
    params = jax.eval_shape(critic.init, jax.random.key(0))[0]
    assert jax.eval_shape(critic.apply, params, {}, x, *label).shape == (2,)
    assert generator.mixes is (name != "r3gan") and not critic.mixes


def test_widths_are_those_of_the_papers():
    assert channels_of((32, 32, 3), 64, 2) == ((256,) * 4, (128,) * 4, 2)  # SNGAN
    rising = (64, 128, 256, 512, 1024)
    falling = (1024, 1024, 512, 256, 128, 64)
    assert channels_of((128, 128, 3), 64, 2) == (falling, (*rising, 1024), 5)  # SNGAN and SAGAN
    assert channels_of((32, 32, 3), 64, 4) == ((256,) * 4, (256,) * 4, 2)  # BigGAN
    assert channels_of((64, 64, 3), 64, 4) == (falling[:5], rising, 4)
    assert channels_of((128, 128, 3), 96, 4)[0] == (1536, 1536, 768, 384, 192, 96)


def test_attention_is_on_the_largest_maps_that_both_have():
    assert [common((size, size, 1)) for size in (8, 16, 32)] == [[4], [8], [16, 8]]
    generator, critic = sagan_pair(spec(8), width=2, latent=3)
    shapes = [jax.eval_shape(n.init, jax.random.key(0))[0] for n in (generator, critic)]
    assert ["SelfAttention_0" in made for made in shapes] == [True, True]
    generator, _ = biggan_pair(spec(8), width=2, latent=4)
    assert "SelfAttention_0" not in jax.eval_shape(generator.init, jax.random.key(0))[0]


@pytest.mark.parametrize("pair", PAIRS.values())
def test_images_that_do_not_fit_are_refused_with_those_that_do(pair):
    for shape in ((10, 10, 1), (8, 16, 1), (512, 512, 3), (2,)):
        with pytest.raises(ValueError, match=r"a multiple of 4 from 8 to 256 \(8, 28, 32, 64"):
            pair(Spec(shape, 1.0, 0.0))
    with pytest.raises(ValueError, match="no labels to be conditional on"):
        pair(spec(8), conditional=True)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: sagan_pair(spec(28), attention=7), "no maps of 7x7 for images of 28x28.*give 14"),
        (lambda: biggan_pair(spec(64), attention=64), "no maps of 64x64.*give 32, 16, 8, 4"),
        (lambda: biggan_pair(spec(8), latent=31, width=1), "2 equal parts.*given: 31"),
        (lambda: r3gan_pair(spec(32), widths=(8, 8)), "maps of 4 sizes, 4, 8, 16, 32; given: 2"),
        (lambda: r3gan_pair(spec(8), widths=0), "1 wide or more"),
        (lambda: sngan_pair(spec(8), width=0), "1 wide or more"),
        (lambda: sngan_pair(spec(8), latent=0), "1 latent dimension or more"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
