"""Tasks of families, on networks whose figures are known."""

from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax import codes, metrics, priors

RANDOM = np.random.default_rng(0)


def part(count, labels=True):
    real = RANDOM.normal(size=(count, 3)).astype(np.float32)
    return {"real": real} | ({"label": (real[:, 0] > 0).astype(np.int32)} if labels else {})


HELD_OUT, TRAIN = part(60), part(90)


def test_an_infogan_that_knows_all_and_one_that_knows_half():
    known = {"side": codes.categorical(2), "place": codes.uniform(1)}
    task = metrics.discovers(priors.normal(1), known, "side")

    def nets(factor):
        def posterior(x):  # of latents in which the second number is the side of data
            return jnp.concatenate([20 * x[:, 1:3], factor * x[:, 3:]], axis=1)

        same = lambda x: x
        return SimpleNamespace(generator=same, trunk=same, posterior=posterior)

    real = np.zeros((60, 4), np.float32)
    real[:, 1] = -HELD_OUT["real"][:, 0]
    held_out = HELD_OUT | {"real": real}
    found = task(nets(1.0), held_out, TRAIN)
    assert found["matched_error"] == found["majority_error"] == 0
    assert found["side_determination"] == pytest.approx(1, abs=1e-6)
    assert found["place_determination"] == pytest.approx(1)
    half = task(nets(0.5), held_out, TRAIN)
    assert half["place_determination"] == pytest.approx(0.75, abs=0.01)  # 1 - |c/2|^2 / |c|^2
    assert "matched_error" not in task(nets(1.0), {"real": real}, TRAIN)


def test_a_bigan_that_inverts():
    nets = SimpleNamespace(encoder=lambda x: 2 * x, generator=lambda z: z / 2)
    found = metrics.inverts(nets, HELD_OUT, TRAIN)
    assert found["reconstruction_ratio"] == 0
    assert found["neighbour_accuracy"] == found["pixel_accuracy"] > 0.7
    assert metrics.inverts(nets, part(60, labels=False), TRAIN).keys() == {"reconstruction_ratio"}


def test_an_autoencoder_that_keeps_two_of_three_values():
    nets = SimpleNamespace(
        encoder=lambda x: 2 * x[:, :2] + 1,
        generator=lambda z: np.column_stack([(z - 1) / 2, 0 * z[:, 0]]),
    )
    found = metrics.follows(2.0)(nets, HELD_OUT, TRAIN)
    kept = HELD_OUT["real"][:, :2]
    assert found["code_mean"] == pytest.approx(abs(kept.mean(0) + 0.5).max(), rel=1e-5)
    deviations = [found["least_deviation"], found["largest_deviation"]]
    np.testing.assert_allclose(deviations, sorted(kept.std(0)), rtol=1e-5)
    expected = np.square(HELD_OUT["real"][:, 2]).mean() / 3
    assert found["reconstruction"] == pytest.approx(expected, rel=1e-5)
    expected = metrics.principal_error(TRAIN["real"], HELD_OUT["real"], 2)
    assert found["principal_reconstruction"] == expected


@pytest.mark.parametrize("informed", [False, True])
def test_codes_that_are_the_prior_and_codes_that_are_not(informed):
    prior = priors.mixture([[-9.0, 0.0], [9.0, 0.0]], 1.0)
    side = 18.0 * HELD_OUT["label"] - 9

    def found(shift):
        encoder = lambda x: np.column_stack([shift * side + x[:, 1], x[:, 2]])
        nets = SimpleNamespace(encoder=encoder, generator=lambda z: np.zeros((len(z), 3)))
        return metrics.reaches(prior, informed=informed)(nets, HELD_OUT, TRAIN)

    right, turned, zero = found(1.0), found(-1.0), found(0.0)
    floor = right["prior_distance"]
    assert zero["code_distance"] > 7 > 2 * floor
    if informed:
        assert right["code_distance"] < 1.5 * floor and turned["code_distance"] > 15
    else:
        assert turned["code_distance"] == pytest.approx(right["code_distance"], abs=2.5)
    assert right["reconstruction"] == pytest.approx(np.square(HELD_OUT["real"]).mean())


def test_a_classifier_is_judged_by_its_class_and_clusters_up_to_their_names():
    encoder = lambda x: np.column_stack([x[:, 1:], x[:, 0], 0 * x[:, 0]])  # says 0 where it is 1
    nets = SimpleNamespace(encoder=encoder)
    found = metrics.classifies(2)(nets, HELD_OUT, TRAIN)
    assert found["error"] == 1 and 0.5 < found["least_deviation"] < 1.5
    found = metrics.classifies(2, clusters=True)(nets, HELD_OUT, TRAIN)
    assert found["matched_error"] == 0 and "error" not in found
