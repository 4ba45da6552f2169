import os
import subprocess
import sys

import jax
import numpy as np
import pytest

from gan_jax.keys import numbered, per_example, stream

STREAMS = ("init", "data", "play", "sample", "evaluate")
KEY = jax.random.key(0)


def bits(keys):
    """Keys as rows of numbers."""
    return np.asarray(jax.random.key_data(keys)).reshape(-1, 2)


def distinct(*keys):
    rows = np.concatenate([bits(key) for key in keys])
    return len(np.unique(rows, axis=0)) == len(rows)


def test_streams_are_distinct_and_follow_from_seed_and_name():
    assert distinct(KEY, *(stream(jax.random.key(s), name) for s in (0, 1) for name in STREAMS))
    np.testing.assert_array_equal(bits(stream(KEY, "data")), bits(stream(KEY, "data")))


def test_a_stream_is_the_same_in_every_process():
    """Python's own hash of a name is not."""
    program = "import jax; from gan_jax.keys import stream; "
    program += "print(jax.random.key_data(stream(jax.random.key(0), 'data')).tolist())"
    seen = python(program, PYTHONHASHSEED="1")
    assert seen == f"{bits(stream(KEY, 'data'))[0].tolist()}\n"


@pytest.mark.parametrize("first", [0, 5, 10**9])
def test_numbered_keys_belong_to_the_example_not_to_the_batch(first):
    longer = bits(numbered(KEY, first, 9))
    assert len(np.unique(longer, axis=0)) == 9
    np.testing.assert_array_equal(bits(numbered(KEY, first, 4)), longer[:4])
    np.testing.assert_array_equal(bits(numbered(KEY, first + 3, 6)), longer[3:])
    traced = jax.jit(lambda first: numbered(KEY, first, 9))
    np.testing.assert_array_equal(bits(traced(first)), longer)


def test_each_example_of_each_minibatch_has_a_key_of_its_own():
    keys = per_example(KEY, 2, 3, 8)
    assert keys.shape == (2, 3, 8)
    assert distinct(KEY, keys, per_example(jax.random.key(1), 2, 3, 8))


def python(program, **environment):
    path = os.pathsep.join(sys.path)
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "PYTHONPATH": path} | environment
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SPLIT = """
import jax, numpy as np
from gan_jax import axis
from gan_jax.keys import per_example

key = jax.random.key(0)
whole = jax.random.key_data(per_example(key, 2, 3, 8))
for parts in (2, 4):
    own = lambda _: jax.random.key_data(per_example(key, 2, 3, 8 // parts))
    split = jax.pmap(own, axis.NAME, devices=jax.local_devices()[:parts])(np.arange(parts))
    np.testing.assert_array_equal(np.concatenate(split, 2), whole)
    print(split.shape)
"""


@pytest.mark.slow
def test_devices_share_the_keys_of_the_global_batch():
    seen = python(SPLIT, XLA_FLAGS="--xla_force_host_platform_device_count=4")
    assert seen.splitlines() == ["(2, 2, 3, 4, 2)", "(4, 2, 3, 2, 2)"]
