import json
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import data, evaluation, families, metrics, sampling
from gan_jax.data import from_arrays
from gan_jax.data.domains import domains
from gan_jax.experiment import COMPARED, build, load
from gan_jax.game import Network
from gan_jax.metrics import translation_figures
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


def test_the_floor_of_points_is_of_several_sets():
    points = data.open("ring")
    draw = lambda state, key, count, average: {"samples": points.held_out["real"][:count]}
    figures = evaluate((draw, SimpleNamespace(step=0)), points)
    assert 0.06 < figures["real"]["wasserstein"] < 0.1  # 0.14 by the first of them alone
    sizes = lambda name: [figures["provenance"][name][f"n_{who}"] for who in ("real", "floor")]
    assert sizes("recall") == [2500, 2500] and sizes("wasserstein") == [1000, 8000]
    assert "wasserstein, 1000 and 1000" in metrics.table(figures)


def test_no_more_than_the_limit(model, digits):
    images = np.random.default_rng(0).integers(0, 256, (6000, 8, 8), np.uint8)
    large = from_arrays(images, held_out_fraction=0.5)
    figures = evaluate(model, large, [lambda real, other: {"count": len(real)}])
    assert figures["n"] == figures["samples"]["count"] == COMPARED
    assert evaluate(model, large, [lambda real, other: {}], limit=2600)["n"] == 2600


def test_nothing_to_compare_with(model, digits, tmp_path):
    images = digits.train["real"][:100]
    few = lambda share: from_arrays(images, range=(0, 16), held_out_fraction=share)
    cases = {
        "the data have no held-out examples": evaluate(model, few(0.0)),
        "the data have 19 held-out examples": evaluate(model, few(0.19)),
        "the data have 19 training examples": evaluate(model, few(0.81)),
        "the experiment has no evaluations": evaluate(model, digits, []),
    }
    for reason, figures in cases.items():
        assert set(figures) == {"step", "seed", "weights", "not_compared"}
        assert f"nothing was compared, since {reason}" in evaluation.record(tmp_path, figures)
        assert json.loads((tmp_path / "evaluation.json").read_text()) == figures
    assert evaluate(model, few(0.2))["n"] == evaluate(model, few(0.8))["n"] == 20


def test_tasks_see_both_parts_and_pictures_are_drawn(digits, tmp_path, monkeypatch):
    module = load(write_experiment(tmp_path))
    built = build(module, module.Config(), digits.spec)
    state = initial(built.game, 0)

    def task(nets, held_out, train):
        assert held_out["real"].min() == -1 and len(held_out["label"]) == 360
        return {"held_out": len(held_out["real"]), "train": len(train["real"])}

    latent = np.zeros((5, 4), np.float32)
    built = built._replace(tasks=[task], pictures=lambda nets: {"zero": nets.generator(latent)})
    found = evaluation.examine(built, built.game, state, digits)
    assert found["tasks"] == {"held_out": 360, "train": 1437}
    assert (found["examined"], found["known"]) == (360, 1437)
    about = {"step": 0, "seed": 0, "weights": "average", "not_compared": "of no matter"}
    said = evaluation.record(tmp_path, about | found, digits.spec)
    head, _, train, last = said.splitlines()[-4:]
    assert "n = 360, known 1437" in head and train.split() == ["train", "1437"]
    assert last.startswith("Pictures in ") and last.endswith(f"{tmp_path.name}: zero.png.")
    assert json.loads((tmp_path / "evaluation.json").read_text())["tasks"] == found["tasks"]
    assert (tmp_path / "zero.png").stat().st_size > 100
    assert evaluation.drawn(tmp_path, {}) == ""
    monkeypatch.setattr(evaluation, "KNOWN", 500 * 8 * 8)
    assert evaluation.examine(built, built.game, state, digits)["known"] == 1437
    monkeypatch.setattr(evaluation, "EXAMINED", 360)
    assert evaluation.examine(built, built.game, state, digits)["known"] == 500
    assert (
        evaluation.examine(built._replace(tasks=(), pictures=None), built.game, state, digits) == {}
    )


def test_the_record_is_the_table_and_a_file(model, digits, tmp_path):
    figures = evaluate(model, digits)
    said = evaluation.record(tmp_path, figures)
    assert said.startswith("Step 0, seed 0, average weights, against held-out data:\nn = 360")
    assert said.endswith(metrics.table(figures))
    assert json.loads((tmp_path / "evaluation.json").read_text()) == figures


@pytest.fixture(scope="module")
def lines():
    """A game that translates x to 0.9 x, and back."""
    line = lambda w: Network(lambda key: ({"w": jnp.asarray(w)}, {}), lambda p, s, x: x * p["w"])
    four = {"generator": 0.9, "inverse": 1 / 0.9, "critic": 1.0, "inverse_critic": 1.0}
    sgd = {"generator_optimizer": optax.sgd(0.1), "critic_optimizer": optax.sgd(0.1)}
    game = families.cycle(**{name: line(w) for name, w in four.items()}, **sgd, shape=(8, 8, 1))
    return game, initial(game, 0)


def test_translations_are_measured_beside_what_they_were_made_of(lines):
    game, state = lines
    pairs = data.open("domains:digits?to=pale")
    draw, measures = prepare(game, sampling.translations(lambda: pairs)), [translation_figures]
    figures = evaluate((draw, state), pairs, [], measures=measures)
    assert figures["samples"].keys() == figures["real"].keys() >= {"cycle", "error", "preserved"}
    assert figures["samples"]["translated"] < figures["real"]["translated"] == 1
    assert figures["samples"]["cycle"] < 1e-6 < figures["samples"]["error"]
    drawn = draw(state, jax.random.key(1), 70)
    np.testing.assert_allclose(drawn["samples"], 0.9 * drawn["source"], rtol=1e-6)
    np.testing.assert_allclose(drawn["truth"], 0.5 * drawn["source"] + 0.4, atol=1e-6)
    held_out = zip(pairs.held_out["source"], pairs.held_out["label"], strict=True)
    labels = {image.tobytes(): label for image, label in held_out}
    assert [labels[image.tobytes()] for image in drawn["source"]] == drawn["labels"].tolist()


def test_a_truth_needs_pairs_and_no_labels(lines):
    game, state = lines
    bare = domains(from_arrays(data.open("digits").train["real"], range=(0, 16)), "pale")
    apart = data.open("domains:digits?classes=3,5")
    draw = lambda given: prepare(game, sampling.translations(lambda: given))
    drawn = draw(bare)(state, jax.random.key(1), 5)
    np.testing.assert_allclose(drawn["truth"], 0.5 * drawn["source"] + 0.4, atol=1e-6)
    found = evaluate((draw(bare), state), bare, [], measures=[translation_figures])["samples"]
    assert "error" in found and "preserved" not in found
    drawn = draw(apart)(state, jax.random.key(1), 5)
    assert drawn.keys() == {"samples", "source", "returned", "target", "inverse"}
    np.testing.assert_allclose(drawn["inverse"], drawn["target"] / 0.9, rtol=1e-5)
