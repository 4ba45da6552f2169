import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.data import Spec
from gan_jax.networks import DCGANCritic, acgan_networks, linen

SPEC = Spec((8, 8, 1), 1.0, 0.0, ("a", "b", "c"))


def test_the_networks_fit_one_another():
    made = acgan_networks(SPEC, latent=5, width=4)
    assert list(made) == ["generator", "trunk", "critic", "classifier"]

    def play(key, z, label):
        params = {name: network.init(key) for name, network in made.items()}
        x = made["generator"].apply(*params["generator"], z, label)
        features = made["trunk"].apply(*params["trunk"], x)
        heads = (made[name].apply(*params[name], features) for name in ("critic", "classifier"))
        return x, *heads

    shapes = jax.eval_shape(play, jax.random.key(0), jnp.zeros((2, 5)), jnp.zeros(2, jnp.int32))
    assert [x.shape for x in shapes] == [(2, 8, 8, 1), (2,), (2, 3)]


def test_trunk_and_head_are_the_critic_of_dcgan():
    made, x = acgan_networks(SPEC, latent=5, width=4), jnp.zeros((2, 8, 8, 1)).at[0, 2].set(1.0)
    (trunk, _), (head, _) = (made[name].init(jax.random.key(0)) for name in ("trunk", "critic"))
    whole = linen(DCGANCritic(4), x)
    expected = whole.apply(trunk | {"Dense_0": head["score"]}, {}, x)
    found = made["critic"].apply(head, {}, made["trunk"].apply(trunk, {}, x))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_data_without_labels_are_refused():
    with pytest.raises(ValueError, match="no labels"):
        acgan_networks(Spec((8, 8, 1), 1.0, 0.0), latent=5)
