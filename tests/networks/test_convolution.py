import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from gan_jax.networks.convolution import convolve, convolve_transpose, direct, matrix_product

CASES = [  # kernel, stride, size, channels
    (4, 2, 8, 1),
    (4, 2, 28, 3),
    (5, 2, 8, 3),
    (3, 2, 28, 1),
    (1, 2, 8, 3),
    (6, 3, 9, 1),
    (4, 1, 7, 3),
    (3, 1, 7, 1),
]


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64(True):
        yield


def draw(case, batch=2, features=5):
    """Images, a kernel and images of the other side."""
    size, stride, side, channels = case
    random = np.random.default_rng(0)
    shapes = (
        (batch, side, side, channels),
        (size, size, channels, features),
        (batch, side // stride, side // stride, features),
    )
    return tuple(jnp.asarray(random.normal(size=shape)) for shape in shapes)


def penalty(function, x, kernel):
    """A gradient penalty: the squared distance of each example's gradient norm from one."""
    gradient = jax.grad(lambda x: jnp.tanh(function(x, kernel)).sum())(x)
    return jnp.square(jnp.sqrt(jnp.square(gradient).sum((1, 2, 3))) - 1).sum()


def everything(function, x, kernel):
    """Values, first gradients and the gradients of a gradient penalty."""
    square = lambda x, kernel: jnp.square(function(x, kernel)).sum()
    return (
        function(x, kernel),
        jax.grad(square, (0, 1))(x, kernel),
        jax.grad(lambda *given: penalty(function, *given), (0, 1))(x, kernel),
    )


def compiled(case, which, form):
    x, kernel, y = draw(case)
    given = x if which is convolve else y
    return jax.jit(lambda *a: everything(lambda *b: which(*b, case[1], form), *a))(given, kernel)


@pytest.mark.parametrize("which", [convolve, convolve_transpose])
@pytest.mark.parametrize("case", CASES)
def test_the_two_forms_agree_to_second_order(case, which):
    one, other = (jax.tree.leaves(compiled(case, which, form)) for form in (matrix_product, direct))
    assert len(one) == 5
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * float(abs(b).max()))


@pytest.mark.parametrize("case", [(4, 2, 8, 3), (5, 2, 8, 1), (3, 1, 7, 1), (1, 2, 4, 2)])
def test_it_is_the_sum_of_its_formula(case):
    size, stride = case[:2]
    x, kernel, y = (np.asarray(array) for array in draw(case))
    before = max(size - stride, 0) // 2
    padded = np.pad(x, ((0, 0), (before, size), (before, size), (0, 0)))
    expected = np.zeros(y.shape)
    for i, j in np.ndindex(y.shape[1:3]):
        window = padded[:, stride * i : stride * i + size, stride * j : stride * j + size]
        expected[:, i, j] = np.einsum("buvc,uvco->bo", window, kernel)
    np.testing.assert_allclose(convolve(x, kernel, stride), expected, atol=1e-12)


@pytest.mark.parametrize("form", [matrix_product, direct])
@pytest.mark.parametrize("case", CASES)
def test_the_transpose_is_the_adjoint(case, form):
    x, kernel, y = draw(case)
    apply = lambda which: jax.jit(lambda *given: which(*given, case[1], form))
    there = jnp.vdot(apply(convolve)(x, kernel), y)
    back = jnp.vdot(x, apply(convolve_transpose)(y, kernel))
    assert abs(there - back) < 1e-11 * jnp.linalg.norm(x) * jnp.linalg.norm(y)


@pytest.mark.parametrize("form", [matrix_product, direct])
@pytest.mark.parametrize("which", [convolve, convolve_transpose])
def test_gradients_match_finite_differences_to_second_order(which, form):
    x, kernel, y = draw((4, 2, 4, 1), batch=1, features=2)
    given = x if which is convolve else y
    function = jax.jit(lambda x, kernel: jnp.sin(which(x, kernel, 2, form)))
    check_grads(function, (given, kernel), order=2, modes=["rev"], rtol=1e-5)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="is about the form on a CPU")
@pytest.mark.parametrize("which", [convolve, convolve_transpose])
@pytest.mark.parametrize("case", [(4, 2, 8, 3), (5, 2, 8, 1), (3, 1, 7, 1)])
def test_a_cpu_program_has_no_convolution_even_in_a_penalty(case, which):
    x, kernel, y = draw(case)
    given = x if which is convolve else y
    program = lambda form: str(
        jax.make_jaxpr(lambda *a: everything(lambda *b: which(*b, case[1], form), *a))(
            given, kernel
        )
    )
    assert "conv_general_dilated" not in program(None)
    assert "conv_general_dilated" in program(direct)


def test_types_are_promoted():
    x, kernel, y = draw((4, 2, 8, 3))
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
    ],
)
def test_shapes_that_do_not_fit_are_refused(which, x, kernel, words):
    with pytest.raises(ValueError, match=words):
        which(jnp.zeros(x), jnp.zeros(kernel))
