import jax
import jax.numpy as jnp
import pytest

from gan_jax.data import Spec
from gan_jax.networks import infogan_networks

SPEC = Spec((8, 8, 1), 1.0, 0.0)
SIZES = {"latent": 5, "outputs": 3, "features": 6, "width": 4}


def play(made, key):
    params = {name: network.init(key) for name, network in made.items()}
    apply = lambda name, x: made[name].apply(*params[name], x)
    x = apply("generator", jax.random.normal(key, (4, 5)))
    features = apply("trunk", x)
    return x, features, apply("critic", features), apply("posterior", features)


def test_the_networks_fit_one_another():
    made = infogan_networks(SPEC, **SIZES)
    assert list(made) == ["generator", "trunk", "critic", "posterior"]
    shapes = [x.shape for x in jax.eval_shape(lambda key: play(made, key), jax.random.key(0))]
    assert shapes == [(4, 8, 8, 1), (4, 6), (4,), (4, 3)]


def test_batch_norm_is_in_the_trunk_unless_it_is_not_wanted():
    normal, plain = (
        infogan_networks(SPEC, **SIZES),
        infogan_networks(SPEC, **SIZES, normalise=False),
    )
    assert not plain["trunk"].mixes and normal["trunk"].mixes

    @jax.jit
    def features(x):
        return normal["trunk"].apply(*normal["trunk"].init(jax.random.key(0)), x)

    x = jax.random.normal(jax.random.key(1), (64, 8, 8, 1))
    found = features(x)  # leaky ReLU of slope 0.2 on values of mean 0 and deviation near 1
    before = jnp.where(found < 0, found / 0.2, found)
    assert jnp.allclose(before.mean(0), 0, atol=1e-5)
    assert jnp.allclose(before.std(0), 1, atol=0.1)


def test_layers_of_no_width_are_refused():
    with pytest.raises(ValueError, match="Layers are 1 wide or more"):
        infogan_networks(SPEC, **SIZES | {"features": 0})
