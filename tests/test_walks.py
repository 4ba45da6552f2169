"""Walks of generators by hand: an even one, and some that tear."""

from types import SimpleNamespace

import numpy as np
import pytest

from gan_jax import priors, walks

T = np.arange(30) / 30


def figures(frequency, amplitude=lambda z: 0.7, *, prior=None, classes=0):
    """Of sines, the frequency and amplitude of which are functions of a latent's first number."""

    def generator(latents, *label):
        first = np.asarray(latents, np.float64).reshape(len(latents), -1)[:, :1]
        waves = amplitude(first) * np.sin(2 * np.pi * frequency(first) * T)
        return np.float32(waves * (1 if not classes else 1 - 0.2 * label[0][:, None]))[..., None]

    task = walks.jumps(prior or priors.normal(2), classes)
    return task(SimpleNamespace(generator=generator), {}, {})


even = lambda z: 2 + 0.3 * z
torn = lambda z: np.where(z < 0, 1.2, 2.8) + 0.01 * z


@pytest.mark.parametrize("prior", [priors.normal(6), priors.normal(5, 3), priors.uniform(4)])
def test_an_even_generator_takes_even_steps(prior):
    found = figures(lambda z: 2 + 0.1 * np.arctan(z), lambda z: 0.6 + 0.05 * z, prior=prior)
    assert found.keys() == {"walk_jump", "frequency_jump", "amplitude_jump"}
    assert all(1 <= value < 10 for value in found.values()), found


def test_what_tears_is_found_where_it_tears():
    found = figures(torn)
    assert min(found["walk_jump"], found["frequency_jump"]) > 30
    found = figures(even, lambda z: np.where(z < 0, 0.4, 0.8) + 0.01 * z)
    assert found["amplitude_jump"] > 30 > found["frequency_jump"]


def test_a_line_of_even_steps_has_the_figure_one():
    """Between uniform latents the way is straight, and so is a wave that is one of them, scaled."""
    found = figures(lambda z: 2.0, lambda z: 1 + 0.5 * z, prior=priors.uniform(4))
    assert found["walk_jump"] == pytest.approx(1, abs=1e-3)
    assert found["amplitude_jump"] == pytest.approx(1, abs=1e-3)


def test_the_label_stays_what_it_is_and_there_are_all():
    seen = []

    def generator(latents, label):
        seen.append(label)
        return np.float32(latents[:, :1] * np.sin(2 * np.pi * 2 * T))[..., None]

    walks.jumps(priors.normal(4), 3)(SimpleNamespace(generator=generator), {}, {})
    label = np.concatenate(seen).reshape(walks.WALKS, walks.STEPS + 1)
    assert (label == label[:, :1]).all() and set(label[:, 0]) == {0, 1, 2}
    assert label.dtype == np.int32
    assert figures(even, classes=2)["walk_jump"] < 10


def test_a_generator_that_stands_still_and_leaps_has_a_figure_all_the_same():
    found = figures(lambda z: np.where(z < 0, 1.2, 2.8))
    assert found["walk_jump"] == found["frequency_jump"] == walks.MOST
    assert figures(lambda z: 2.0 + 0 * z)["walk_jump"] == 1
