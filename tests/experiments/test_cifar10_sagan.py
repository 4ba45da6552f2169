from dataclasses import replace

import jax

from gan_jax import experiment
from gan_jax.data import open as open_data
from gan_jax.train import abstract

MODULE = experiment.load(experiment.find("cifar10_sagan"))
DATA = open_data("digits")


def gammas(value, **changed):
    """What is logged of a state of nothing but this value."""
    built = MODULE.build(replace(MODULE.QUICK, **changed), DATA.spec)
    state = jax.tree.map(lambda kind: value, abstract(built.game))
    return built.on_chunk(state, {})


def test_how_far_attention_is_from_the_identity_is_logged():
    assert gammas(0.25) == {"generator/gamma": 0.25, "critic/gamma": 0.25}


def test_without_attention_there_is_nothing_to_log():
    assert gammas(0.25, attention=0) == {}
