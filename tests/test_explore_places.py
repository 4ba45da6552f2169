"""`gan-jax explore RUN ...`: places in the latent space of tiny trained runs."""

import numpy as np
import pytest
from PIL import Image

from gan_jax.cli import main
from gan_jax.explore_commands import COMMANDS
from gan_jax.loading import load
from tests.command import EXPERIMENT, train, write_experiment

CONDITIONAL = {
    "widths=config.widths)": "widths=config.widths, conditional=True)",
    "critic_moves=2,": "critic_moves=2, conditional=True,",
    "from_prior(priors.normal(4))": "from_prior(priors.normal(4), spec.frequencies)",
}

CODED = {
    "latent=4": "latent=9",
    "prior=priors.normal(4)": "prior=prior",
    "from_prior(priors.normal(4))": "from_prior(prior)",
    "    generator, critic =": """    from gan_jax import codes

    known = {"digit": codes.categorical(3), "style": codes.uniform(2)}
    prior = codes.latents(priors.uniform(4), known)
    generator, critic =""",
}


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
    """A folder with a run, and one of a conditional model."""
    place = tmp_path_factory.mktemp("explore")
    assert train(write_experiment(place), place / "run", "--steps", 3) == 0
    labelled = write(place / "labelled.py", CONDITIONAL)
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


def test_the_codes_of_an_infogan_vary_along_a_row(here, capsys):
    assert train(write(here / "coded.py", CODED), here / "info", "--steps", 1) == 0
    explore("codes --out digit.npz", run="info")
    assert "digit varies along a row; there are digit, style_0" in capsys.readouterr().out
    latents = np.load("digit.npz")["latents"].reshape(3, 3, 9)
    np.testing.assert_array_equal(latents[:, :, 4:7], np.eye(3)[None].repeat(3, 0))
    np.testing.assert_array_equal(latents[:, 1:, :4], latents[:, :-1, :4])
    explore("interpolate --samples 0,1 --frames 3 --out lerp.npz", run="info")
    assert "by lerp" in capsys.readouterr().out
    explore("codes --code styl_1", run="info", code=2)
    assert "did you mean style_1" in capsys.readouterr().err


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
        ("interpolat", "did you mean interpolate?"),
        ("interpolate --frames 2", "--frames is 2: it must be 3"),
        ("interpolate --samples 3", "give 2 or more numbers"),
        ("interpolate --samples 0,99999999", "numbers of samples, from 0 to 65535"),
        ("interpolate --samples 0,-1", "give it as 0..7 or as 0,3,5"),
        ("interpolate --overwrite --labels 3", "not conditional"),
        ("arithmetic --exemplars 0-", "give 1 or more numbers"),
        ("walk --samples 0,1,2,3", "give 3 numbers of samples"),
        ("walk --axes 0 4 --overwrite", "--axes 0 4: give two different ones; a latent has 4"),
        ("codes --overwrite", "have no codes"),
        ("interpolate --out way.csv", "ends in none of .png"),
    ],
)
def test_refusals_of_words(here, words, said, capsys):
    explore(words, code=2)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--labels 3,30", "There is no class '30'"),
        ("--labels 1,2,3", "3 classes for 5 samples"),
    ],
)
def test_refusals_of_labels(here, words, said, capsys):
    explore("interpolate --overwrite", words, run="labelled", code=2)
    assert said in capsys.readouterr().err
