import os

import jax
import jax.numpy as jnp
import pytest

from gan_jax import compiling

CONVOLUTION = "xla_cpu_experimental_ynn_fusion_type"


def lowered(function, *shape):
    return jax.jit(function).lower(jnp.ones(shape))


def test_the_level_of_a_user_stands(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false")
    assert compiling.quick() == {"xla_backend_optimization_level": 1}
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=3")
    assert compiling.quick() == {}


def test_repeatable_is_said_once(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=3")
    for _ in range(2):  # since the flags are a part of what programs are kept by
        compiling.repeatable()
    assert os.environ["XLA_FLAGS"].split().count("--xla_gpu_deterministic_ops=true") == 1


@pytest.mark.parametrize("flags", ["", "--xla_backend_optimization_level=0"])
def test_programs_of_convolutions_keep_the_library_that_is_fast_for_them(flags, monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", flags)
    products = compiling.options(lowered(lambda x: x @ x, 3, 3))
    padded = compiling.options(lowered(lambda x: jnp.pad(x, ((0, 0),) * 3 + ((1, 1),)), 1, 2, 2, 1))
    assert CONVOLUTION in products and CONVOLUTION not in padded
    assert ("xla_backend_optimization_level" in padded) is (flags == "")


def test_what_is_compiled_ahead_is_the_same_program():
    program = compiling.ahead(lowered(jnp.sin, 3))
    x = jnp.arange(3.0)
    assert program()(x).tolist() == program()(x).tolist() == jnp.sin(x).tolist()


def test_what_does_not_compile_ahead_is_told_where_it_is_wanted():
    program = compiling.ahead(jax.jit(jnp.sin, compiler_options={"none": 1}).lower(jnp.ones(3)))
    with pytest.raises(Exception, match="none"):
        program()
