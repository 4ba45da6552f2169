"""Every choice of the flags of `two_player`: a legal one plays a step, the rest is refused."""

from dataclasses import replace
from functools import cache, partial
from itertools import combinations, product
from typing import get_args, get_type_hints

import jax
import numpy as np
import optax
import pytest

from gan_jax import experiment
from gan_jax.data import open as open_data
from gan_jax.launch import launch
from gan_jax.loading import load
from gan_jax.networks import forms
from gan_jax.options import Options
from gan_jax.train import abstract, check_fits

MODULE = experiment.load(experiment.find("two_player"))
KINDS = get_type_hints(MODULE.Config)
SMALL = MODULE.Config(batch_size=4, width=8, layers=1, latent=4)
CHOICES = {
    "data": ("ring", "digits"),
    **{
        name: get_args(KINDS[name])
        for name in ("loss", "penalty", "architecture", "conditioning", "normalisation")
    },
    "clip": (0.0, 0.1),
}
RULES = get_args(KINDS["rule"])
REFUSALS = (
    ("multiple of 4", lambda c: c.data == "ring" and c.architecture != "mlp"),
    ("no labels", lambda c: c.data == "ring" and c.conditioning != "none"),
    ("are of images", lambda c: c.data == "ring" and c.penalty == "consistency"),
    ("Labels are seen by", lambda c: c.conditioning not in ("none", *seen_by(c.architecture))),
    ("that of dcgan has", lambda c: c.normalisation == "batch" and c.architecture != "dcgan"),
    ("example by example", lambda c: c.normalisation == "batch" and slopes(c.penalty)),
    ("bounded already", lambda c: c.normalisation == "spectral" and c.clip > 0),
)
"""What cannot be played: words of the reason, and of which choices it is true."""

COSTS = {"mlp": 1, "dcgan": 8} | dict.fromkeys(("resnet", "sngan", "sagan", "biggan", "r3gan"), 25)


def seen_by(architecture: str) -> tuple[str, ...]:
    if architecture == "dcgan":
        return "concat", "classifier"
    return ("concat",) if architecture in ("mlp", "resnet") else ("projection",)


def slopes(penalty: str) -> bool:
    return penalty not in ("none", "consistency")


def cost(config) -> float:
    """About how long a step takes to compile."""
    dear = {"normalisation": "spectral", "rule": "extragradient", "penalty": "consistency"}
    further = sum(getattr(config, name) == value for name, value in dear.items())
    return COSTS[config.architecture] * 2**further


def reasons(config) -> list[str]:
    return [said for said, holds in REFUSALS if holds(config)]


def every():
    """All choices, each under a rule of play by lot: no rule excludes any of them."""
    random = np.random.default_rng(0)
    for values in product(*CHOICES.values()):
        rule = str(random.choice(RULES, p=(0.5, 0.3, 0.2)))  # the last is two steps in one
        yield replace(SMALL, rule=rule, **dict(zip(CHOICES, values, strict=True)))


ALL = list(every())
LEGAL = [config for config in ALL if not reasons(config)]
ILLEGAL = [config for config in ALL if reasons(config)]


def sample() -> list:
    """Sixty-one legal choices, those that take long to compile rarer.

    By a seed under which all values appear, which `test_what_is_legal_is_counted` holds.
    """
    weights = np.array([1 / cost(config) for config in LEGAL])
    chosen = np.random.default_rng(1785).choice(
        len(LEGAL), 61, replace=False, p=weights / weights.sum()
    )
    return [LEGAL[index] for index in sorted(chosen)]


@cache
def covering() -> list:
    """Legal choices in which every two values that go together are chosen together; cheap ones."""
    names = (*CHOICES, "rule")
    held = [
        {((a, getattr(c, a)), (b, getattr(c, b))) for a, b in combinations(names, 2)} for c in LEGAL
    ]
    pairs = sorted(set().union(*held))
    holds = np.array([[pair in mine for pair in pairs] for mine in held])
    dear, left, chosen = np.sqrt([cost(c) for c in LEGAL]), np.ones(len(pairs), bool), []
    while left.any():
        best = int((holds[:, left].sum(1) / dear).argmax())
        chosen.append(best)
        left &= ~holds[best]
    return [LEGAL[index] for index in sorted(chosen)]


def alone(said: str) -> list:
    """Five choices that are refused for this reason, and for no other if there are such."""
    fewest = sorted((c for c in ILLEGAL if said in reasons(c)), key=lambda c: len(reasons(c)))
    most = [config for config in fewest if len(reasons(config)) == len(reasons(fewest[0]))]
    return most[:: max(1, len(most) // 5)][:5]


def words(config) -> str:
    return "-".join(str(getattr(config, name)) for name in (*CHOICES, "rule"))


@cache
def data(name: str):
    return open_data(name)


def state_of(game):
    """A state of random weights, without a program that initialises it."""
    random, kinds = np.random.default_rng(0), abstract(game)
    drawn = lambda kind: (0.1 * random.normal(size=kind.shape)).astype(kind.dtype)
    zeros = lambda kind: np.zeros(kind.shape, kind.dtype)
    state = jax.tree.map(zeros, kinds)._replace(
        params=jax.tree.map(drawn, kinds.params), stats=jax.tree.map(drawn, kinds.stats)
    )
    return state._replace(average={name: state.params[name] for name in game.average})


def play(config):
    """The state before and after one step, and its metrics."""
    given = data(config.data)
    built = MODULE.build(config, given.spec)
    batches = {
        name: array[:8].reshape(2, 4, *array.shape[1:]) for name, array in given.train.items()
    }
    batches["real"] = np.asarray(given.spec.decode(batches["real"]))
    start = state_of(built.game)
    step = jax.jit(partial(built.rule, built.game))
    return start, *jax.device_get(step(start, jax.random.key(0), batches))


@pytest.fixture
def direct(monkeypatch):
    """As on an accelerator, where a convolution is one operation: quicker to compile."""
    monkeypatch.setattr(forms, "fastest", lambda x, kernel, stride: forms.direct)


def check_plays(config):
    start, after, metrics = play(config)
    assert {"critic/loss", "generator/loss"} <= set(metrics)
    assert ("critic/penalty" in metrics) == (config.penalty != "none")
    assert all(np.isfinite(value) for value in metrics.values())
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(after))
    for part in ("params", "average"):
        before, now = getattr(start, part), getattr(after, part)
        for name in before:
            pairs = zip(jax.tree.leaves(before[name]), jax.tree.leaves(now[name]), strict=True)
            assert not all(np.array_equal(old, new) for old, new in pairs), (part, name)
    if config.clip:
        judges = [after.params[name] for name in ("critic", "trunk") if name in after.params]
        largest = max(np.abs(leaf).max() for leaf in jax.tree.leaves(judges))
        assert largest <= np.float32(config.clip) * 1.000001


def check(config):
    """What a run does before it compiles anything."""
    given = data(config.data)
    built = MODULE.build(config, given.spec)
    check_fits(built.game, given, config.batch_size, built.rule)


def check_refused(config):
    with pytest.raises(ValueError, match="|".join(reasons(config))):
        check(config)


def test_what_is_legal_is_counted(capsys):
    with capsys.disabled():
        print(f"\ntwo_player: {len(LEGAL)} legal choices of flags, {len(ILLEGAL)} refused")
    assert len(sample()) > 60 and len(LEGAL) > 60
    for name, choices in (CHOICES | {"rule": RULES}).items():
        assert {getattr(config, name) for config in sample()} == set(choices), name


@pytest.mark.parametrize("config", sample(), ids=words)
def test_a_legal_choice_plays(config, direct):
    check_plays(config)


@pytest.mark.parametrize("said", [said for said, _ in REFUSALS])
def test_an_illegal_choice_is_refused_with_its_reason_before_anything_is_compiled(said):
    for config in alone(said):
        check_refused(config)


@pytest.mark.slow
def test_the_covering_is_counted(capsys):
    values = [(name, value) for name, some in (CHOICES | {"rule": RULES}).items() for value in some]
    pairs = [(a, b) for a, b in combinations(values, 2) if a[0] != b[0]]
    holds = lambda config, pair: all(getattr(config, name) == value for name, value in pair)
    seen = [pair for pair in pairs if any(holds(config, pair) for config in covering())]
    with capsys.disabled():
        print(f"\ntwo_player: {len(covering())} choices hold all {len(seen)} legal pairs of flags")
    # Of points and images, of slopes and batch norm, of networks, and of clipping.
    assert len(pairs) - len(seen) == 11 + 7 + 19 + 1


@pytest.mark.slow
@pytest.mark.parametrize("loss", CHOICES["loss"])
def test_every_legal_pair_of_flags_plays(loss):
    for config in (config for config in covering() if config.loss == loss):
        check_plays(config)


@pytest.mark.exhaustive
@pytest.mark.parametrize("loss", CHOICES["loss"])
def test_what_does_not_go_together_is_refused(loss):
    for config in (config for config in ILLEGAL if config.loss == loss):
        check_refused(config)


@pytest.mark.exhaustive
@pytest.mark.parametrize("loss", CHOICES["loss"])
@pytest.mark.parametrize("architecture", CHOICES["architecture"])
def test_every_legal_choice_plays(architecture, loss, direct):
    mine = lambda config: (config.architecture, config.loss) == (architecture, loss)
    for config in filter(mine, LEGAL):
        check_plays(config)


@pytest.mark.parametrize(
    "networks",
    [
        {"architecture": "dcgan", "conditioning": "classifier", "normalisation": "spectral"},
        {"architecture": "sngan", "conditioning": "projection", "normalisation": "spectral"},
        {"architecture": "r3gan", "penalty": "r1_r2"},
    ],
)
def test_half_precision_goes_with_other_networks(networks):
    plain = {"data": "digits", "penalty": "none", "precision": "bf16"}
    check(replace(SMALL, **(plain | networks)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"penalty": "gradient", "penalty_weight": -1.0}, "gradient penalty is -1"),
        ({"penalty_weight": float("nan")}, "is nan"),
        ({"clip": -0.1}, "bound of the weights is -0.1"),
        ({"generator_rate": 0.0}, "learning rate is 0"),
        ({"beta1": 1.5}, "beta b1 is 1.5"),
        ({"beta2": 1.0}, "beta b2 is 1: it must be 0 or more, and below 1"),
        ({"layers": -1}, "number of hidden layers is -1"),
        ({"average": -0.1}, "decay of the average is -0.1"),
        ({"critic_moves": 0}, "moves=0"),
        ({"width": 0}, "1 wide or more"),
        ({"latent": 0}, "1 latent dimension or more|dimension"),
        ({"rule": "extragradient", "critic_moves": 2}, "moves=1"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        check(replace(SMALL, **wrong))


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "replica"), [("", None), ("0,1", 1)])
def test_a_run_plays_by_the_rule_of_its_experiment(seeds, replica, tmp_path):
    config = replace(SMALL, steps=2, rule="extragradient")
    options = Options(run=str(tmp_path / "run"), seeds=seeds)
    assert launch(experiment.find("two_player"), config, options, lambda text: None) == 0
    state = load(tmp_path / "run", replica=replica).state
    counts = optax.tree.get_all_with_path(state.opt, "count")
    assert {int(count) for _, count in counts} == {4}  # two updates a step
