import dataclasses
from types import SimpleNamespace

import pytest

from gan_jax.errors import UsageError
from gan_jax.options import Options, check, check_seed

CONFIG = SimpleNamespace(steps=1, batch_size=1)


def test_the_defaults_are_sound():
    check(CONFIG, Options())


@pytest.mark.parametrize("name", ["log_every", "sample_every", "checkpoint_every", "keep"])
@pytest.mark.parametrize("value", [0, -1])
def test_counts_of_the_loop(name, value):
    check(CONFIG, dataclasses.replace(Options(), **{name: 1}))
    flag = name.replace("_", "-")
    with pytest.raises(UsageError, match=f"--{flag} is {value}: it must be 1 or more"):
        check(CONFIG, dataclasses.replace(Options(), **{name: value}))


@pytest.mark.parametrize("name", ["steps", "batch_size"])
def test_counts_of_the_experiment(name):
    config = SimpleNamespace(**{**vars(CONFIG), name: 0})
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')} is 0"):
        check(config, Options())


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds(seed):
    check_seed(0)
    check_seed(2**32 - 1)
    with pytest.raises(UsageError, match=f"--seed is {seed}: it must be from 0 to 4294967295"):
        check(CONFIG, Options(seed=seed))


@pytest.mark.parametrize("size", [-1.0, float("nan")])
def test_device_data(size):
    check(CONFIG, Options(device_data=0))
    with pytest.raises(UsageError, match="--device-data is .* 0 GB or more"):
        check(CONFIG, Options(device_data=size))


@pytest.mark.parametrize("minutes", [-1.0, -1e-9, float("nan"), float("-inf")])
def test_minutes(minutes):
    check(CONFIG, Options(minutes=0.5))
    check(CONFIG, Options(minutes=float("inf")))
    with pytest.raises(UsageError, match="--minutes is"):
        check(CONFIG, Options(minutes=minutes))


def test_every_flag_says_what_it_does():
    source = (__import__("inspect").getsource(Options)).split('"""')[2:]
    assert len(source) // 2 == len(dataclasses.fields(Options))
