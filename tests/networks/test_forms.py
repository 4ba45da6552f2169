import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks.convolution import convolve, convolve_transpose
from gan_jax.networks.forms import dense, direct, fastest, matrix_product, scattered, winograd

CASES = [  # form; kernel, stride, height and width, channels
    (dense, (4, 2, 4, 3)),
    (dense, (5, 2, 4, 1)),
    (dense, (3, 1, 2, 3)),
    (dense, (2, 1, 3, 1)),
    (matrix_product, (4, 2, 8, 1)),
    (matrix_product, (5, 2, 8, 3)),
    (matrix_product, (1, 2, 8, 3)),
    (matrix_product, (4, 1, 7, 3)),
    (scattered, (3, 1, 7, 3)),
    (winograd, (3, 1, 7, 3)),
    (winograd, (2, 1, 4, 1)),
    (winograd, (4, 2, 8, 3)),
    (winograd, (6, 3, 9, 1)),
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
    """Values and the gradients of a gradient penalty."""
    gradients = jax.grad(lambda *given: penalty(function, *given), (0, 1))
    return function(x, kernel), gradients(x, kernel)


@pytest.mark.parametrize("which", [convolve, convolve_transpose])
@pytest.mark.parametrize("form, case", CASES)
def test_every_form_is_the_compilers_own_to_second_order(form, case, which):
    x, kernel, y = draw(case)
    given = x if which is convolve else y
    compiled = lambda form: jax.jit(lambda *a: everything(lambda *b: which(*b, case[1], form), *a))(
        given, kernel
    )
    one, other = (jax.tree.leaves(compiled(which)) for which in (form, direct))
    assert len(one) == 3
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * float(abs(b).max()))


@pytest.mark.parametrize("case", [(3, 1, 8, 32), (4, 2, 16, 32)])
def test_minimal_filtering_loses_no_precision(case):
    """Its error in float32, against the exact values, is of the size of any other form's."""
    x, kernel, _ = draw(case, features=32)
    exact = jax.jit(lambda *a: direct(*a, case[1]))(x, kernel)
    halves = x.astype(jnp.float32), kernel.astype(jnp.float32)
    error = lambda form: jnp.linalg.norm(jax.jit(lambda *a: form(*a, case[1]))(*halves) - exact)
    assert error(winograd) < 3 * error(matrix_product)
    assert error(winograd) < 1e-6 * jnp.linalg.norm(exact)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="is about the forms on a CPU")
@pytest.mark.parametrize(
    "size, stride, channels, features, dtype, form",
    [
        (3, 1, 64, 64, "float32", winograd),
        (4, 2, 64, 128, "float64", winograd),
        (4, 2, 4, 64, "float32", winograd),  # folded, it has 16 channels
        (4, 2, 64, 128, "bfloat16", matrix_product),
        (3, 1, 3, 64, "float32", matrix_product),
        (3, 1, 64, 3, "float32", scattered),
        (5, 2, 64, 64, "float32", matrix_product),
        (1, 1, 64, 64, "float32", matrix_product),
    ],
)
def test_the_form_follows_the_shapes(size, stride, channels, features, dtype, form):
    x = jnp.zeros((2, 8, 8, channels), dtype)
    assert fastest(x, jnp.zeros((size, size, channels, features), dtype), stride) is form


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="is about the forms on a CPU")
@pytest.mark.parametrize("features, form", [(64, dense), (512, winograd)])
def test_tiny_images_are_multiplied_whole_while_that_matrix_is_small(features, form):
    x, kernel = jnp.zeros((64, 4, 4, 32)), jnp.zeros((4, 4, 32, features))
    assert fastest(x, kernel, 2) is form


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="is about the forms on a CPU")
@pytest.mark.parametrize("which", [convolve, convolve_transpose])
@pytest.mark.parametrize("case", [(4, 2, 8, 3), (5, 2, 8, 1), (3, 1, 7, 16)])
def test_a_cpu_program_has_no_convolution_even_in_a_penalty(case, which):
    x, kernel, y = draw(case, features=16)
    given = x if which is convolve else y
    program = lambda form: str(
        jax.make_jaxpr(lambda *a: everything(lambda *b: which(*b, case[1], form), *a))(
            given, kernel
        )
    )
    assert "conv_general_dilated" not in program(None)
    assert "conv_general_dilated" in program(direct)
