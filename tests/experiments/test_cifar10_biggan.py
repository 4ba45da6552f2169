"""The flag of BigGAN's orthogonal regularisation, which is the generator's."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import pytest

from gan_jax import data, experiment
from gan_jax.train import abstract

MODULE = experiment.load(experiment.find("cifar10_biggan"))
SPEC = data.open("digits").spec


@pytest.mark.parametrize("strength", [0.0, 1e-4])
def test_the_generator_alone_is_regularised_and_only_if_asked_for(strength):
    """Without gradients Adam stands still, unless the regularisation adds some."""
    game = MODULE.build(replace(MODULE.QUICK, orthogonal=strength), SPEC).game
    params = jax.tree.map(lambda leaf: jnp.ones(leaf.shape), abstract(game).params)
    for name, player in game.players.items():
        own = {network: params[network] for network in player.trains}
        nothing = jax.tree.map(jnp.zeros_like, own)
        updates, _ = player.optimizer.update(nothing, player.optimizer.init(own), own)
        moved = any(map(jnp.any, jax.tree.leaves(updates)))
        assert moved is (name == "generator" and strength > 0)
