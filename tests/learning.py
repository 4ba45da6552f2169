"""Short trainings and what came of them, as JSON; a process of its own, compiled as users' are."""

import dataclasses
import json
import sys
from functools import partial

import jax
import numpy as np

from gan_jax import data as data_room
from gan_jax import experiment, metrics
from gan_jax.cache import keep_programs
from gan_jax.evaluation import evaluate
from gan_jax.keys import stream
from gan_jax.losses import Adversarial, wasserstein
from gan_jax.sampling import prepare
from gan_jax.train import initial, train

DIGITS_STEPS, RING_STEPS = 400, 2500


def trained(name: str, seed: int, steps: int, build=None, **changes) -> dict:
    """The figures of an experiment after `steps`; of its beginning after none."""
    module = experiment.load(experiment.find(name))
    config = dataclasses.replace(module.Config(), **changes)
    data = data_room.open(config.data)
    built = (build or module.build)(config, data.spec)
    state = initial(built.game, seed)
    given = {"batch_size": config.batch_size, "seed": seed, "chunk": 100}
    if steps:
        *_, (state, _) = train(built.game, data, steps=steps, state=state, **given)
    draw = prepare(built.game, built.sampler)
    given = built.evaluations, draw, state, data
    return evaluate(*given, seed=seed, measures=built.measures)


def wrong_sign(config, spec):
    """The experiment of the digits with a generator that minimises its scores."""
    module = experiment.load(experiment.find("digits_wgan_gp"))
    built = module.build(config, spec)
    flipped = Adversarial(wasserstein.critic, lambda real, fake: fake.mean())
    generator = built.game.players["generator"]

    def loss(nets, keys, batch):
        fake = built.sampler(nets, keys)["samples"]
        return flipped.generator(nets.critic(batch["real"]), nets.critic(fake)), {}

    players = built.game.players | {"generator": dataclasses.replace(generator, loss=loss)}
    return built._replace(game=dataclasses.replace(built.game, players=players))


def noise() -> dict:
    """The figures of uniform noise in place of digits."""
    data = data_room.open("digits")
    real = np.asarray(data.spec.decode(data.held_out["real"]))
    key = stream(jax.random.key(0), "sample")
    fake = np.asarray(jax.random.uniform(key, real.shape, minval=-1, maxval=1))
    figures = metrics.suited(data.spec)
    return metrics.compare([figures], real, real, fake)


def ring() -> dict:
    """Of the ring."""
    return trained("ring_wgan_gp", 0, RING_STEPS)


def digits() -> dict:
    """Of the digits, from sound trainings and from others, by what they are."""
    given = partial(trained, "digits_wgan_gp", width=32)
    return {
        "trained": given(0, DIGITS_STEPS),
        "untrained": given(0, 0),
        "wrong sign": given(0, DIGITS_STEPS, wrong_sign),
        "noise": noise(),
    }


def second() -> dict:
    """Of the digits, from a sound training of another seed."""
    return {"trained": trained("digits_wgan_gp", 1, DIGITS_STEPS, width=32)}


if __name__ == "__main__":
    keep_programs()
    print(json.dumps({"ring": ring, "digits": digits, "second": second}[sys.argv[1]]()))
