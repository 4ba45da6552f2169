import json

import jax
import numpy as np
import pytest

from gan_jax import data, evaluation, metrics
from gan_jax.data import from_arrays
from gan_jax.experiment import build, load
from gan_jax.sampling import prepare
from gan_jax.train import initial
from tests.command import write_experiment


@pytest.fixture(scope="module")
def digits():
    return data.open("digits")


@pytest.fixture(scope="module")
def model(digits, tmp_path_factory):
    """A sampler and the state before training."""
    module = load(write_experiment(tmp_path_factory.mktemp("evaluation")))
    built = build(module, module.Config(), digits.spec)
    return prepare(built.game, built.sampler), initial(built.game, 0)


def evaluate(model, data, evaluations=None, **given):
    evaluations = [metrics.suited(data.spec)] if evaluations is None else evaluations
    return evaluation.evaluate(evaluations, *model, data, **{"seed": 0, **given})


def test_real_data_beat_an_untrained_model(model, digits):
    figures = evaluate(model, digits)
    assert figures["n"] == len(digits.held_out["real"]) == 360
    assert figures["samples"]["pixel_frechet"] > 10 * figures["real"]["pixel_frechet"]
    assert figures["real"]["precision"] > 0.9
    assert (figures["step"], figures["seed"], figures["weights"]) == (0, 0, "average")


def test_the_same_seed_gives_the_same_figures(model, digits):
    first = evaluate(model, digits, seed=3)
    assert evaluate(model, digits, seed=3) == first
    other = evaluate(model, digits, seed=4)
    assert other["samples"] != first["samples"]
    assert other["real"] == first["real"]


def test_weights_are_chosen(model, digits):
    draw, state = model
    doubled = state._replace(params=jax.tree.map(lambda weight: 2 * weight, state.params))
    average, last = (evaluate((draw, doubled), digits, average=flag) for flag in (True, False))
    assert average["samples"] == evaluate(model, digits)["samples"] != last["samples"]
    assert last["weights"] == "last"


def test_sets_are_decoded_of_one_size_and_in_mixed_order(digits, model):
    seen = []

    def look(real, other):
        seen.append((real, other))
        return {"count": len(other)}

    evaluate(model, digits, [look])
    (held_out, samples), (same, train) = seen
    np.testing.assert_array_equal(held_out, same)
    assert held_out.shape == samples.shape == train.shape == (360, 8, 8, 1)
    decoded = digits.spec.decode(digits.held_out["real"])
    assert (held_out.min(), held_out.max()) == (-1, 1)
    assert not np.array_equal(held_out, decoded)
    assert sorted(map(bytes, held_out)) == sorted(map(bytes, decoded))
    rows = set(map(bytes, digits.spec.decode(digits.train["real"])))
    assert all(bytes(row) in rows for row in train)


def test_no_more_than_the_limit(model, digits):
    images = np.random.default_rng(0).integers(0, 256, (6000, 8, 8), np.uint8)
    large = from_arrays(images, held_out_fraction=0.5)
    figures = evaluate(model, large, [lambda real, other: {"count": len(real)}])
    assert figures["n"] == figures["samples"]["count"] == evaluation.LIMIT
    assert evaluate(model, large, [lambda real, other: {}], limit=2600)["n"] == 2600


def test_nothing_to_compare_with(model, digits, tmp_path):
    bare = from_arrays(digits.train["real"], range=(0, 16), held_out_fraction=0.0)
    for figures in (evaluate(model, bare), evaluate(model, digits, [])):
        assert figures == {"step": 0, "seed": 0, "weights": "average"}
        assert evaluation.record(tmp_path, figures).endswith("the data have no held-out part.")
        assert json.loads((tmp_path / "evaluation.json").read_text()) == figures


def test_the_record_is_the_table_and_a_file(model, digits, tmp_path):
    figures = evaluate(model, digits)
    said = evaluation.record(tmp_path, figures)
    assert said.startswith("Step 0, seed 0, average weights, against held-out data:\nn = 360")
    assert said.endswith(metrics.table(figures))
    assert json.loads((tmp_path / "evaluation.json").read_text()) == figures
