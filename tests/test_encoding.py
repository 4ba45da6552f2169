"""`gan-jax encode`: codes of examples, from the command and in Python."""

import dataclasses

import numpy as np
import pytest

from gan_jax import data, experiment
from gan_jax.cli import main
from gan_jax.encoding import check, encode, features, fixed, networks
from gan_jax.errors import UsageError
from gan_jax.game import bind
from gan_jax.loading import load
from gan_jax.networks import forms
from gan_jax.standing import averaged
from gan_jax.train import initial

TRAIN = "train digits_bigan --steps 2 --batch-size 4 --widths 8 --latent 3 --run run"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    place = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert main(TRAIN.split()) == 0
        yield place


def test_the_codes_are_those_of_the_averaged_encoder(here):
    assert main(["encode", "run"]) == 0
    trained, real = load("run"), data.open("digits")
    found = np.load("codes.npz")
    np.testing.assert_array_equal(found["labels"], real.held_out["label"])
    x = real.spec.decode(real.held_out["real"])
    expected = bind(trained.game, averaged(trained.state)).encoder(x)
    np.testing.assert_allclose(found["codes"], expected, atol=1e-5)
    given = trained.game, trained.sampler, trained.state
    few = encode(*given, real.held_out["real"][5:7], real.spec.decode)
    np.testing.assert_array_equal(few, found["codes"][5:7])
    assert main(["encode", "run", "--part", "train", "--weights", "last", "--overwrite"]) == 0
    expected = bind(trained.game, trained.state).encoder(real.spec.decode(real.train["real"]))
    np.testing.assert_allclose(np.load("codes.npz")["codes"], expected, atol=1e-5)


def test_a_picture_shows_two_axes_of_the_codes(here):
    assert main(["encode", "run", "--out", "codes.png", "--axes", "2", "0"]) == 0
    from PIL import Image

    colours = np.asarray(Image.open("codes.png").convert("RGB")).reshape(-1, 3)
    assert len(np.unique(colours, axis=0)) > 10  # of ten classes, on white


def test_networks_are_functions_of_arrays(here):
    trained, x = load("run"), np.float32(np.random.default_rng(0).normal(size=(70, 8, 8, 1)))
    given = trained.game, trained.experiment.sampler, trained.state
    nets, bound = networks(*given), bind(trained.game, averaged(trained.state))
    np.testing.assert_allclose(nets.encoder(x), bound.encoder(x), atol=1e-5)
    np.testing.assert_array_equal(nets.encoder(x)[:3], nets.encoder(x[:3]))
    np.testing.assert_allclose(nets.critic(x, x[:, 0, :3, 0]).shape, (70,))
    raw = bind(trained.game, trained.state).encoder(x)
    np.testing.assert_allclose(networks(*given, average=False).encoder(x), raw, atol=1e-5)


def test_what_cannot_be_encoded_is_refused(here, capsys):
    np.save("other.npy", np.zeros((20, 4, 4, 1), np.uint8))
    for words, code, said in (
        ("--out codes.csv", 2, "codes are written to a .npz"),
        ("--out other.png --axes 0 3", 2, "--axes 0 3: a code has 3 numbers"),
        ("--data npy:other.npy --out other.npz", 2, "of shape (8, 8, 1)"),
    ):
        assert main(["encode", "run", *words.split()]) == code
        assert said in capsys.readouterr().err


def quick(name, of="digits"):
    module, spec = experiment.load(experiment.find(name)), data.open(of).spec
    built = module.build(module.QUICK, spec)
    return built.game, built.sampler


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("digits_infogan", 12),
        ("digits_wgan_gp", 2 * 2 * 128),
        ("digits_acgan", 32),
        ("digits_dcgan", 2 * 2 * 64),
    ],
)
def test_a_posterior_a_critic_and_a_trunk_are_encoders(name, outputs):
    (game, sampler), real = quick(name), data.open("digits")
    check(game, sampler, real.spec)
    codes = encode(game, sampler, initial(game, 0), real.held_out["real"][:3], real.spec.decode)
    assert codes.shape == (3, outputs)
    assert len(np.unique(codes, axis=0)) == 3


def test_features_are_what_the_scores_are_made_of():
    (game, sampler), real = quick("digits_wgan_gp"), data.open("digits")
    state, x = initial(game, 0), real.held_out["real"][:3]
    codes = encode(game, sampler, state, x, real.spec.decode)
    last = state.params["critic"]["Dense_0"]
    scores = bind(game, state).critic(real.spec.decode(x))
    np.testing.assert_allclose(codes @ last["kernel"][:, 0] + last["bias"], scores, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "of", "said"),
    [
        ("digits_conditional", "digits", "No codes of examples alone"),
        ("digits_cyclegan", "domains:digits?to=pale", "not a score of each"),
        ("ring_pacgan", "ring", "not a score of each"),
    ],
)
def test_critics_of_labels_of_packs_and_of_domains_have_no_codes(name, of, said):
    with pytest.raises(UsageError, match=said):
        check(*quick(name, of), data.open(of).spec)


@pytest.mark.parametrize(
    ("critic", "said"),
    [
        (lambda x: x.sum(1), "no last layer of whole examples"),
        (lambda x: x.reshape(-1, 1) @ np.ones((1, 1)), "not a score of each"),
        (lambda x: (x.reshape(-1, 1) @ np.ones(1)).reshape(4, 3).mean(1), "of whole examples"),
    ],
)
def test_functions_without_layers_of_examples_have_no_features(critic, said):
    with pytest.raises(UsageError, match=said):
        features(critic, np.ones((4, 3), np.float32))


def test_a_critic_of_patches_has_none_on_an_accelerator_either(monkeypatch):
    monkeypatch.setattr(forms, "fastest", lambda x, kernel, stride: forms.direct)
    data_of = "domains:digits?to=pale"
    with pytest.raises(UsageError, match="not a score of each"):
        check(*quick("digits_cyclegan", data_of), data.open(data_of).spec)


@pytest.mark.parametrize(
    ("name", "mixes"), [("digits_infogan", "trunk"), ("digits_dcgan", "critic")]
)
def test_batch_norm_gives_a_code_to_one_example_where_samples_fix_it(name, mixes):
    (game, sampler), real = quick(name), data.open("digits")
    state, x = initial(game, 0), real.held_out["real"][:5]
    codes = encode(game, sampler, state, x, real.spec.decode)
    one = encode(game, sampler, state, x[2:3], real.spec.decode)
    np.testing.assert_allclose(one, codes[2:3], atol=1e-6)
    still = fixed(game, sampler, state)
    again = encode(game, sampler, still, x, real.spec.decode, average=False)
    np.testing.assert_allclose(again, encode(game, sampler, state, x, real.spec.decode), atol=1e-6)

    hidden = dataclasses.replace(sampler, shown_to=None)
    for refused in (
        lambda: check(game, hidden, real.spec),
        lambda: encode(game, hidden, state, x, real.spec.decode),
        lambda: getattr(networks(game, hidden, state), mixes)(real.spec.decode(x)),
    ):
        with pytest.raises(UsageError, match=f"The {mixes} mixes examples"):
            refused()
