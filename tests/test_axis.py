import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import axis


def test_where_nothing_is_mapped_they_are_the_identity():
    tree = {"a": jnp.arange(3.0), "b": (jnp.ones((2, 2)),)}
    assert axis.size() == 1
    assert axis.mean(tree) is tree
    assert axis.own(tree["a"]) is tree["a"]
    assert axis.gather(tree["a"]) is tree["a"]
    assert jax.jit(axis.size)() == 1
    np.testing.assert_array_equal(jax.jit(axis.own)(tree["a"]), tree["a"])
    np.testing.assert_array_equal(jax.jit(axis.mean)(tree)["a"], tree["a"])


def test_an_axis_of_another_name_is_none_of_theirs():
    rows = jnp.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(jax.vmap(axis.mean, axis_name="seeds")(rows), rows)
    np.testing.assert_array_equal(jax.vmap(axis.own, axis_name="seeds")(rows), rows)


SPLIT = """
import jax, jax.numpy as jnp, numpy as np
from gan_jax import axis

whole = np.arange(48.0, dtype=np.float32).reshape(8, 6)
parts = whole.reshape(4, 2, 6)
mapped = lambda function: jax.pmap(function, axis.NAME)

assert mapped(lambda part: jnp.asarray(axis.size()))(parts).tolist() == [4] * 4
equal = np.testing.assert_array_equal
equal(mapped(lambda part: axis.own(whole))(parts), parts)
equal(mapped(lambda part: axis.own(whole.T, 1))(parts), np.stack([p.T for p in parts]))
equal(mapped(lambda part: axis.own(whole.T, dimension=1))(parts)[3], whole.T[:, 6:])
for gathered in mapped(axis.gather)(parts):
    equal(gathered, whole)
tree = mapped(lambda part: axis.mean({"rows": part.mean(0), "all": (part.mean(),)}))(parts)
for device in range(4):
    equal(tree["rows"][device], whole.mean(0))
    equal(tree["all"][0][device], whole.mean())
print("equal")
"""


def test_on_four_devices_they_speak_of_the_global_batch():
    flags = {
        "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", SPLIT], env=os.environ | flags, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "equal\n"
