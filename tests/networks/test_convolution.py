import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from gan_jax.networks.convolution import (
    convolve,
    convolve_down,
    convolve_grouped,
    convolve_transpose,
    convolve_up,
)
from gan_jax.networks.forms import direct, matrix_product, winograd
from gan_jax.networks.layers import double, mean_pool


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def draw(*shapes):
    random = np.random.default_rng(0)
    return tuple(jnp.asarray(random.normal(size=shape)) for shape in shapes)


def example(size, stride, side, channels, features=5):
    """Images, a kernel and images of the other side."""
    small = side // stride
    return draw(
        (2, side, side, channels), (size, size, channels, features), (2, small, small, features)
    )


@pytest.mark.parametrize(
    "case", [(4, 2, 8, 3), (5, 2, 8, 1), (3, 1, 7, 1), (1, 2, 4, 2), (3, 1, 6, 16)]
)
def test_it_is_the_sum_of_its_formula(case):
    size, stride = case[:2]
    x, kernel, y = (np.asarray(array) for array in example(*case, features=16))
    before = max(size - stride, 0) // 2
    padded = np.pad(x, ((0, 0), (before, size), (before, size), (0, 0)))
    expected = np.zeros(y.shape)
    for i, j in np.ndindex(y.shape[1:3]):
        window = padded[:, stride * i : stride * i + size, stride * j : stride * j + size]
        expected[:, i, j] = np.einsum("buvc,uvco->bo", window, kernel)
    found = jax.jit(lambda *given: convolve(*given, stride))(x, kernel)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    "form, case",
    [
        (matrix_product, (5, 2, 8, 3)),
        (matrix_product, (4, 1, 7, 3)),
        (winograd, (4, 2, 28, 3)),
        (winograd, (3, 1, 7, 1)),
        (direct, (4, 2, 8, 1)),
        (direct, (3, 2, 10, 1)),
    ],
)
def test_the_transpose_is_the_adjoint(form, case):
    x, kernel, y = example(*case)
    apply = lambda which: jax.jit(lambda *given: which(*given, case[1], form))
    there = jnp.vdot(apply(convolve)(x, kernel), y)
    back = jnp.vdot(x, apply(convolve_transpose)(y, kernel))
    assert abs(there - back) < 1e-11 * jnp.linalg.norm(x) * jnp.linalg.norm(y)


@pytest.mark.parametrize("which", [convolve, convolve_transpose])
def test_gradients_match_finite_differences_to_second_order(which):
    x, kernel, y = draw((1, 4, 4, 1), (4, 4, 1, 2), (1, 2, 2, 2))
    given = x if which is convolve else y
    function = jax.jit(lambda x, kernel: jnp.sin(which(x, kernel, 2, direct)))
    check_grads(function, (given, kernel), order=2, modes=["rev"], rtol=1e-5)


@pytest.mark.parametrize(
    "form, size, side, channels",
    [(None, 3, 6, 16), (None, 5, 8, 1), (direct, 3, 6, 2), (direct, 1, 4, 3)],
)
def test_with_the_mean_or_the_doubling_it_is_one_convolution(size, side, channels, form):
    x, kernel = draw((2, side, side, channels), (size, size, channels, 16))
    down = jax.jit(lambda x, kernel: convolve_down(x, kernel, form))(x, kernel)
    np.testing.assert_allclose(down, mean_pool(convolve(x, kernel, 1, direct)), atol=1e-12)
    up = jax.jit(lambda x, kernel: convolve_up(x, kernel, form))(x, kernel)
    np.testing.assert_allclose(up, convolve(double(x), kernel, 1, direct), atol=1e-12)


@pytest.mark.parametrize("groups, inside", [(2, 16), (3, 2), (1, 4)])
def test_groups_are_those_of_the_compiler_and_so_is_the_gradient_of_a_penalty(groups, inside):
    x, kernel = draw((2, 6, 6, groups * inside), (3, 3, inside, groups * 16))
    settings = {"dimension_numbers": ("NHWC", "HWIO", "NHWC"), "feature_group_count": groups}
    native = lambda x, kernel: jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", **settings)
    ours = lambda x, kernel: convolve_grouped(x, kernel, groups)

    def penalty(convolution, kernel):
        return (jax.grad(lambda x: jnp.sin(convolution(x, kernel)).sum())(x) ** 2).mean()

    both = jax.jit(
        lambda kernel: [(f(x, kernel), jax.grad(penalty, 1)(f, kernel)) for f in (ours, native)]
    )
    for mine, theirs in zip(*both(kernel), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10)


def test_groups_take_the_forms_that_are_fast_and_elsewhere_one_convolution():
    x, kernel = draw((2, 6, 6, 32), (3, 3, 16, 32))
    program = lambda form: str(jax.make_jaxpr(lambda *a: convolve_grouped(*a, 2, form))(x, kernel))
    assert "conv_general_dilated" not in program(None)
    assert program(direct).count("conv_general_dilated[") == 1
    assert "feature_group_count=2" in program(direct)


@pytest.mark.parametrize(
    "x, kernel, groups",
    [
        ((1, 4, 4, 6), (3, 3, 2, 8), 3),
        ((1, 4, 4, 6), (3, 3, 2, 9), 2),
        ((1, 4, 4, 6), (3, 3, 2, 9), 0),
        ((1, 4, 4, 6), (3, 5, 2, 9), 3),
        ((4, 4, 6), (3, 3, 2, 9), 3),
        ((1, 4, 4, 6), (9,), 3),
    ],
)
def test_groups_that_do_not_fit_are_refused(x, kernel, groups):
    with pytest.raises(ValueError, match=f"convolve_grouped: .* expected .*, {groups} groups"):
        convolve_grouped(jnp.zeros(x), jnp.zeros(kernel), groups)


def test_types_are_promoted():
    x, kernel, y = example(4, 2, 8, 3)
    assert convolve(x.astype(jnp.float32), kernel).dtype == jnp.float64
    assert convolve_transpose(y, kernel.astype(jnp.float32)).dtype == jnp.float64


@pytest.mark.parametrize(
    "which, x, kernel, words",
    [
        (convolve, (2, 7, 7, 1), (4, 4, 1, 5), "7x7 with the stride 2"),
        (convolve, (2, 8, 8, 3), (4, 4, 1, 5), r"convolve: .*\[B, H, W, C\]"),
        (convolve, (2, 8, 8), (4, 4, 1, 5), "expected"),
        (convolve, (2, 8, 8, 1), (4, 3, 1, 5), "expected"),
        (convolve_transpose, (2, 8, 8, 1), (4, 4, 1, 5), r"_transpose: .*\[B, H, W, O\]"),
        (convolve_down, (2, 7, 7, 1), (3, 3, 1, 5), "7x7 with the stride 2"),
        (convolve_down, (2, 8, 8, 1), (4, 4, 1, 5), r"odd size; given: \(4, 4, 1, 5\)"),
        (convolve_up, (2, 8, 8, 1), (2, 2, 1, 5), r"odd size; given: \(2, 2, 1, 5\)"),
        (convolve_up, (2, 8, 8), (3, 3, 1, 5), "expected"),
        (convolve_up, (2, 8, 8, 3), (3, 3, 1, 5), "expected"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(which, x, kernel, words):
    with pytest.raises(ValueError, match=words):
        which(jnp.zeros(x), jnp.zeros(kernel))
