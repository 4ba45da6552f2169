"""`gan-jax explore RUN ...`, of tiny trained runs."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from gan_jax.cli import main
from gan_jax.data import Spec
from gan_jax.data.columns import Column
from gan_jax.errors import UsageError
from gan_jax.explore_commands import COMMANDS
from gan_jax.explore_data import parts
from gan_jax.explore_inversion import _codes as codes_of
from gan_jax.exploring import check_kind
from gan_jax.game import Network, State
from gan_jax.loading import load
from tests.command import EXPERIMENT, train, write_experiment

LABELLED = {
    "    generator, critic =": """    from gan_jax import codes

    known = {"digit": codes.categorical(3), "style": codes.uniform(2)}
    prior = codes.latents(priors.uniform(4), known)
    generator, critic =""",
    "latent=4, widths=config.widths)": "latent=9, widths=config.widths, conditional=True)",
    "prior=priors.normal(4)": "prior=prior, conditional=True",
    "from_prior(priors.normal(4))": "from_prior(prior, spec.frequencies)",
}
"""Changes that make the small experiment a conditional one, whose latents have codes."""
BLANK = State(np.int32(0), {"encoder": {}}, {"encoder": {}}, {}, {})


def write(path, changes):
    """The small experiment as a file, with these changes."""
    content = EXPERIMENT
    for old, new in changes.items():
        assert old in content
        content = content.replace(old, new)
    path.write_text(content)
    return path


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder with a run, and one of a conditional model with codes."""
    place = tmp_path_factory.mktemp("explore")
    assert train(write_experiment(place), place / "run", "--steps", 3) == 0
    labelled = write(place / "labelled.py", LABELLED)
    assert train(labelled, place / "labelled", "--steps", 3) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        yield place


def explore(*words, run="run", code=0):
    assert main(["explore", run, *" ".join(map(str, words)).split()]) == code


def test_the_ends_of_a_way_are_the_samples_themselves(here, capsys):
    explore("interpolate --samples 1,5,2 --frames 4 --seed 3 --out way.npz")
    said = capsys.readouterr().out
    assert said.startswith("Wrote 8 samples to way.npz: by slerp, the largest step ")
    found, drawn = np.load("way.npz"), load("run").sample(6, seed=3)["samples"]
    np.testing.assert_allclose(found["samples"][[0, 3, 4, 7]], drawn[[1, 5, 5, 2]], atol=1e-5)
    assert found["latents"].shape == (8, 4) and list(found) == ["samples", "latents"]


def test_between_classes_their_shares_change(here):
    explore("interpolate --samples 0..1 --frames 5 --out own.npz", run="labelled")
    drawn = load("labelled").sample(2, seed=0)
    found = np.load("own.npz")
    np.testing.assert_allclose(found["samples"][[0, -1]], drawn["samples"], atol=1e-5)
    explore("interpolate --samples 4,4 --labels 3,8 --frames 5 --out classes.npz", run="labelled")
    found = np.load("classes.npz")
    np.testing.assert_allclose(found["latents"], found["latents"][[0] * 5], rtol=1e-6)
    np.testing.assert_allclose(found["labels"][:, 3], [1, 0.75, 0.5, 0.25, 0], rtol=1e-6)
    np.testing.assert_allclose(found["labels"][:, 8], [0, 0.25, 0.5, 0.75, 1], rtol=1e-6)
    maker = load("labelled").maker()
    ends = maker.make(found["latents"][:2], np.int32([3, 8]))
    np.testing.assert_allclose(found["samples"][[0, -1]], ends, atol=1e-5)
    assert np.abs(np.diff(found["samples"], axis=0)).max((1, 2, 3)).min() > 0


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_a_way_as_an_animation(here, form):
    explore(f"interpolate --samples 0..1 --frames 7 --out way.{form}")
    with Image.open(f"way.{form}") as image:
        assert image.n_frames == 7


def test_a_row_of_the_picture_is_a_way(here):
    explore("interpolate --samples 0..2 --frames 6")
    with Image.open("explore-interpolate.png") as image:
        assert image.size == (9 * (6 * 9 - 1), 9 * (2 * 9 - 1))  # 2 ways of 6 digits of 8x8


def test_a_sum_of_exemplars(here):
    explore("arithmetic --out sum.npz --seed 2 --exemplars", "0,3-1+5", run="run")
    found, drawn = np.load("sum.npz"), load("run").sample(6, seed=2)["samples"]
    np.testing.assert_allclose(found["samples"][[0, 1, 3, 5]], drawn[[0, 3, 1, 5]], atol=1e-5)
    z = load("run").maker().latents(2, 6)[0]
    exact = (z[0] + z[3]) / 2 - z[1] + z[5]
    typical = np.sqrt(np.square(z[[0, 3, 1, 5]]).sum(1).mean())
    exact *= typical / np.linalg.norm(exact)
    np.testing.assert_allclose(found["latents"][-1], exact, atol=1e-5)
    made = load("run").maker().make(exact[None])[0]
    np.testing.assert_allclose(found["samples"][-1], made, atol=1e-5)


def test_the_picture_of_a_sum_has_a_row_for_each_kind(here):
    words = "arithmetic --out sum.png --labels 3,3,8,3,8 --exemplars 0,1,2-3+4"
    explore(words, run="labelled")
    with Image.open("sum.png") as image:
        factor = 512 // (4 * 9 - 1)
        assert image.size == (factor * (4 * 9 - 1), factor * (4 * 9 - 1))
        blank = np.asarray(image)[-8 * factor :, : 3 * 9 * factor]
    assert (blank == 255).all()


def test_a_walk_between_three_samples(here):
    explore("walk --samples 4,1,2 --rows 3 --columns 5 --out walk.npz")
    found, drawn = np.load("walk.npz"), load("run").sample(5)["samples"]
    grid = found["samples"].reshape(3, 5, 8, 8, 1)
    for place, number in (((0, 0), 4), ((0, -1), 1), ((-1, 0), 2)):
        np.testing.assert_allclose(grid[place], drawn[number], atol=1e-5)


def test_a_walk_along_two_axes(here):
    explore("walk --axes 3 0 --rows 3 --columns 5 --out axes.npz")
    grid = np.load("axes.npz")["latents"].reshape(3, 5, 4)
    z = load("run").maker().latents(0, 1)[0][0]
    np.testing.assert_allclose(grid[..., 1:3], np.broadcast_to(z[1:3], (3, 5, 2)), rtol=1e-6)
    assert (np.diff(grid[0, :, 3]) > 0).all() and (np.diff(grid[:, 0, 0]) > 0).all()
    explore("walk --rows 2 --columns 3 --labels 1,2,3 --out walk.png", run="labelled")


def test_codes_vary_along_a_row(here, capsys):
    explore("codes --labels 4 --out digit.npz", run="labelled")
    assert "digit varies along a row; there are digit, style_0" in capsys.readouterr().out
    found = np.load("digit.npz")
    latents = found["latents"].reshape(3, 3, 9)
    np.testing.assert_array_equal(latents[:, :, 4:7], np.eye(3)[None].repeat(3, 0))
    np.testing.assert_array_equal(latents[:, 1:, :4], latents[:, :-1, :4])
    assert (found["labels"].argmax(1) == 4).all()
    explore("interpolate --samples 0,1 --frames 3 --out lerp.npz", run="labelled")
    assert "by lerp" in capsys.readouterr().out


def test_rows_along_the_directions_of_the_weights(here):
    explore("directions --count 3 --frames 5 --reach 2 --sample 2 --out rows.npz")
    found, trained = np.load("rows.npz"), load("run")
    weights = trained.maker().fixed.params["generator"]["Dense_0"]["kernel"]
    right = np.linalg.svd(np.asarray(weights).T)[2][:3]
    np.testing.assert_allclose(np.abs((found["directions"] * right).sum(1)), 1, atol=1e-4)
    grid, z = found["latents"].reshape(3, 5, 4), trained.maker().latents(0, 3)[0][2]
    exact = z + np.float32([-2, -1, 0, 1, 2])[:, None] * found["directions"][:, None]
    np.testing.assert_allclose(grid, exact, atol=1e-5)
    middle = found["samples"].reshape(3, 5, 8, 8, 1)[:, 2]
    np.testing.assert_allclose(middle[0], trained.sample(3)["samples"][2], atol=1e-5)


def test_directions_of_what_a_layer_makes(here):
    explore("directions --method pca --layer 0 --count 2 --out layer.npz")
    weights = load("run").maker().fixed.params["generator"]["Dense_0"]["kernel"]
    right = np.linalg.svd(np.asarray(weights).T)[2][:1]
    found = np.load("layer.npz")["directions"]
    assert np.abs((found[:1] * right).sum()) > 0.9
    explore("directions --method pca --count 2 --labels 3 --out rows.png", run="labelled")


def test_typical_latents_and_their_figures(here, capsys):
    explore("truncate --thresholds 0.5,2 --columns 3 --n 40 --out typical.png")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["n", "=", "40", "precision", "recall"]
    assert [line.split("  ")[0].strip() for line in lines[1:4]] == ["0.5", "2", "real data"]
    assert lines[4] == "Wrote 6 samples to typical.png: a row for each of 0.5,2."
    with Image.open("typical-figures.png") as image:
        assert image.size[0] > 300
    explore("truncate --thresholds 0.5 --columns 3 --n 40 --seed 2 --out typical.npz")
    drawn = load("run").asked(truncation=0.5).sample(3, seed=2)["samples"]
    np.testing.assert_allclose(np.load("typical.npz")["samples"], drawn, atol=1e-5)


def test_what_the_generator_made_is_found_again(here, capsys):
    made = load("run").sample(2, seed=9)["samples"]
    np.save("made.npy", np.concatenate([made] * 30))
    words = "invert --data npy:made.npy --part train --index 0,1 --steps 300 --rate 0.1 --starts 4"
    explore(words, "--out found.npz")
    assert "their reconstructions, mean squared error" in capsys.readouterr().out
    found = np.load("found.npz")
    np.testing.assert_allclose(found["samples"], found["originals"], atol=0.1)
    assert found["errors"].max() < 1e-3 and found["latents"].shape == (2, 4)
    again = load("run").maker().make(found["latents"])
    np.testing.assert_allclose(found["samples"], again, atol=1e-4)


def test_an_image_and_labelled_examples_are_inverted(here):
    Image.fromarray(np.full((8, 8, 3), 128, np.uint8)).save("grey.png")
    explore("invert --image grey.png --steps 2 --weight 0.1 --out grey.npz")
    np.testing.assert_allclose(np.load("grey.npz")["originals"], 128 / 127.5 - 1, atol=1e-6)
    explore("invert --index 3..5 --steps 2 --out three.png", run="labelled")
    with Image.open("three.png") as image:
        assert image.size[0] / image.size[1] == (3 * 9 - 1) / (2 * 9 - 1)


@pytest.mark.slow
def test_an_encoder_begins_at_its_code(here):
    words = "train digits_bigan --steps 1 --batch-size 4 --widths 8 --latent 3 --run encoded"
    assert main(words.split()) == 0
    explore("invert --index 4 --starts 1 --steps 1 --rate 1e-30 --out code.npz", run="encoded")
    assert main(["encode", "encoded"]) == 0
    code = np.load("codes.npz")["codes"][4]
    within = np.clip(code, -1, 1)  # the ends of its prior
    np.testing.assert_allclose(np.load("code.npz")["latents"][0], within, atol=1e-6)


def test_an_encoder_that_mixes_examples_gives_no_place_to_begin():
    encoder = Network(lambda key: ({}, {}), lambda params, stats, x: x - x.mean(0), mixes=True)
    zeros = np.zeros((2, 3), np.float32)
    maker = SimpleNamespace(latents=lambda seed, count: (zeros, None), fixed=BLANK)
    trained = SimpleNamespace(game=SimpleNamespace(networks={"encoder": encoder}))
    assert codes_of(SimpleNamespace(trained=trained, maker=maker, seed=0), zeros) is None


def test_what_the_critic_takes_for_real(here, capsys):
    explore("reject --candidates 300 --n 50 --percentile 50 --out kept.npz")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].strip() for line in lines[1:4]] == ["before", "after", "real data"]
    found, drawn = np.load("kept.npz"), load("run").sample(300)["samples"]
    nearest = np.abs(found["samples"][:, None] - drawn[None]).max((2, 3, 4))
    assert (nearest.min(1) < 1e-5).all() and 10 < len(nearest) <= 50
    assert (np.diff(nearest.argmin(1)) > 0).all()  # in their order, each once
    explore("reject --candidates 100 --n 50 --percentile 50 --out kept.png")


SIZE = Column("size", "categorical", categories=("S", "M"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shape": (4, 2), "vocabulary": ("a", "b")}, "makes text: images, sequences and points"),
        ({"shape": (2,), "columns": (SIZE,)}, "makes a table"),
    ],
)
def test_what_has_no_picture_is_not_explored(fields, said):
    with pytest.raises(UsageError, match=said):
        check_kind(Spec(scale=1.0, offset=0.0, **fields))


def test_figures_need_held_out_examples(here):
    np.save("few.npy", np.zeros((30, 8, 8, 1), np.uint8))
    trained = SimpleNamespace(config=SimpleNamespace(data="npy:few.npy"), fingerprint=None)
    with pytest.raises(UsageError, match="held-out examples, and figures need 20"):
        parts(trained, 10)


def test_help_and_what_there_is(capsys):
    for words in (["-h"], ["run", "--help"]):
        assert main(["explore", *words]) == 0
        out = capsys.readouterr().out
        assert all(f"\n  {name} " in out for name in COMMANDS)
    for name in COMMANDS:
        assert main(["explore", "run", name, "--help"]) == 0
        assert "--seed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Name a run and what to do"),
        ("interpolat", "did you mean interpolate"),
        ("interpolate --frames 2", "--frames is 2: it must be 3"),
        ("interpolate --samples 3", "give 2 or more numbers"),
        ("interpolate --samples 0,99999999", "numbers of samples, from 0 to 65535"),
        ("interpolate --samples 0,-1", "give it as 0..7 or as 0,3,5"),
        ("interpolate --overwrite --labels 3", "not conditional"),
        ("arithmetic --exemplars 0-", "--exemplars is '0-': give samples on both sides"),
        ("walk --samples 0,1,2,3", "give 3 numbers of samples"),
        ("walk --axes 0 4 --overwrite", "--axes 0 4: give two different ones; a latent has 4"),
        ("codes --overwrite", "have no codes"),
        ("directions --layer 1", "--layer is of --method pca"),
        ("directions --method pca --layer 9 --overwrite", "--layer is 9: the generator has 2"),
        ("directions --reach 0", "--reach is 0.0"),
        ("truncate --thresholds 1,0", "give different numbers above 0"),
        ("truncate --overwrite --labels 3", "not conditional"),
        ("invert --index 9999 --overwrite", "of digits has the examples 0 to 359"),
        ("invert --image x.png --data digits", "give one of the two"),
        ("invert --steps 0", "give 1 or more of each"),
        ("reject --percentile 101", "from 0 to 100"),
        ("interpolate --out way.csv", "ends in none of .png"),
    ],
)
def test_refusals_of_words(here, words, said, capsys):
    explore(words, code=2)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("interpolate --labels 3,30", "There is no class '30'"),
        ("truncate", "prior of this model is not normal"),
        ("invert --weight 1", "prior of this model is not normal"),
        ("codes --code styl_1", "did you mean style_1"),
        ("reject", "The critic does not judge an example by itself"),
        ("interpolate --labels 1,2,3", "3 classes for 5 samples"),
    ],
)
def test_refusals_of_labels(here, words, said, capsys):
    explore(words, "--overwrite", run="labelled", code=2)
    assert said in capsys.readouterr().err
