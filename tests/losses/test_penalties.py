from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from scipy import stats

from gan_jax import axis
from gan_jax.losses import dragan, gradient_penalty, zero_centred
from gan_jax.losses.penalties import gradient_norms, interpolate, shares

SHAPES = [(1,), (2,), (100,), (8, 8, 1), (7, 5, 3)]
PLACES = ((True, False), (False, True), (True, True))  # real, fake
every_shape = pytest.mark.parametrize("shape", SHAPES)


def draw(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def keys(count, seed=0):
    return jax.random.split(jax.random.key(seed), count)


def linear(weight):
    return lambda x: jnp.tensordot(x, weight, weight.ndim)


def pair(batch, shape, dtype=np.float32):
    return draw(batch, *shape, seed=1, dtype=dtype), draw(batch, *shape, seed=2, dtype=dtype)


def penalise(critic, real, fake, **options):
    return gradient_penalty(**options)(critic, keys(len(real)), real, fake)


@every_shape
def test_of_a_linear_critic_it_is_its_formula(shape):
    value = jax.jit(lambda weight: penalise(linear(weight), *pair(6, shape)))
    for length in (0.1, 1.0, 3.0):
        weight = draw(*shape)
        found = value(weight * (length / np.linalg.norm(np.ravel(weight))))
        assert found.shape == ()
        assert found.dtype == jnp.float32
        np.testing.assert_allclose(found, (length - 1) ** 2, atol=1e-5)


def test_the_slope_that_is_not_punished():
    critic, slopes = linear(np.float32([3.0, 4.0])), np.array([0.0, 1.0, 2.5])
    given = pair(6, (2,))
    values = jax.jit(lambda: [penalise(critic, *given, slope=slope) for slope in slopes])()
    np.testing.assert_allclose(values, (5 - slopes) ** 2, rtol=1e-5)


def test_the_weight_is_beside_the_value_not_in_it():
    critic, weights, given = linear(np.float32([3.0, 4.0])), (0.0, 0.1, 10.0), pair(6, (2,))
    assert all(gradient_penalty(weight).weight == weight for weight in weights)
    values = jax.jit(lambda: [penalise(critic, *given, weight=weight) for weight in weights])()
    np.testing.assert_allclose(values, 16, rtol=1e-5)
    assert gradient_penalty().weight == 10
    assert gradient_penalty().separate


@pytest.mark.parametrize("shape", [(3,), (4, 4, 2)])
def test_of_a_quadratic_critic_it_is_taken_at_the_interpolates(shape):
    batch, size = 16, int(np.prod(shape))
    matrix = np.random.default_rng(0).normal(size=(size, size)) / size**0.5
    matrix = matrix + matrix.T

    def critic(x):
        x = x.reshape(-1, size)
        return (x * (x @ matrix)).sum(1) / 2

    with jax.enable_x64(True):
        real, fake = pair(batch, shape, np.float64)
        uniform = jax.vmap(lambda key: jax.random.uniform(key, dtype=real.dtype))
        share = np.asarray(uniform(keys(batch)))[:, None]
        value = float(jax.jit(lambda *x: penalise(critic, *x, slope=0.7))(real, fake))
        real, fake = (np.asarray(x).reshape(batch, size) for x in (real, fake))
    formula = lambda x: np.mean((np.linalg.norm(x @ matrix, axis=1) - 0.7) ** 2)
    np.testing.assert_allclose(value, formula(share * real + (1 - share) * fake), rtol=1e-10)
    assert min(abs(formula(x) - value) for x in (real, fake)) > 0.1  # the place is seen


def perceptron(params, x, activation=jnp.tanh):
    return activation(x @ params["in"] + params["bias"][None]) @ params["out"]


def test_its_gradient_in_the_weights_is_that_of_finite_differences():
    with jax.enable_x64(True):
        params = {"in": (3, 5), "bias": (5,), "out": (5,)}
        params = {name: draw(*params[name], seed=len(name), dtype=float) for name in params}
        real, fake = pair(8, (3,), np.float64)
        flat, tree = ravel_pytree(params)
        value = lambda flat: penalise(lambda x: perceptron(tree(flat), x), real, fake)
        step = 1e-5 * np.eye(flat.size)
        points = np.concatenate([np.asarray(flat) + step, np.asarray(flat) - step])
        values, gradients = jax.jit(jax.vmap(jax.value_and_grad(value)))(np.vstack([points, flat]))
        above, below = np.split(np.asarray(values)[:-1], 2)
        gradient = np.asarray(gradients)[-1]
    np.testing.assert_allclose(gradient, (above - below) / 2e-5, rtol=1e-6, atol=1e-8)
    assert (abs(gradient) > 1e-4).all()


FLAT = {  # critics whose gradient in the input is exactly zero
    "zero weights": (0.0, 1.0, jnp.tanh),
    "dead units": (1.0, -1e3, jax.nn.relu),
}


@pytest.mark.parametrize("name", FLAT)
def test_it_is_finite_where_the_critic_is_flat(name):
    weight, bias, activation = FLAT[name]
    shapes = {"in": ((3, 4), weight), "bias": (4, bias), "out": (4, 1.0)}
    params = {name: np.full(*given, np.float32) for name, given in shapes.items()}
    real, fake = pair(8, (3,))

    def value(params):
        return penalise(lambda x: perceptron(params, x, activation), real, fake)

    slope = jax.jit(jax.grad(lambda x: perceptron(params, x, activation).sum()))(real)
    np.testing.assert_array_equal(slope, 0)
    found, gradient = jax.jit(jax.value_and_grad(value))(params)
    np.testing.assert_allclose(found, 1, rtol=1e-5)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradient))


@every_shape
def test_an_interpolate_has_one_share_for_all_its_pixels(shape):
    real, fake = (np.full((32, *shape), value, np.float32) for value in (1, 0))
    between = jax.jit(lambda real, fake: interpolate(shares(keys(32), real), real, fake))
    share = np.asarray(between(real, fake)).reshape(32, -1)
    np.testing.assert_array_equal(share, np.broadcast_to(share[:, :1], share.shape))
    assert len(np.unique(share[:, 0])) == 32
    real, fake = pair(32, shape)
    exact = share[:, 0].reshape(-1, *(1,) * len(shape)) * (real - fake) + fake
    np.testing.assert_allclose(between(real, fake), exact, atol=1e-5)


def test_the_shares_are_uniform():
    share = np.asarray(jax.jit(lambda: shares(keys(5000), jnp.ones(5000)))())
    assert share.min() >= 0
    assert share.max() <= 1
    assert stats.kstest(share, "uniform").pvalue > 0.01


def test_a_share_does_not_depend_on_its_batch():
    real, _ = pair(8, (4, 4, 1))
    both = jax.jit(lambda: (shares(keys(8)[2:5], real[2:5]), shares(keys(8), real)[2:5]))
    np.testing.assert_array_equal(*both())


@pytest.mark.parametrize("low", ["weights", "inputs", "both"])
def test_of_a_critic_in_half_precision_it_is_in_single(low):
    size, half = 5000, jnp.bfloat16
    weight = np.full(size, 1 / 16, np.float32 if low == "inputs" else half)
    real, fake = pair(4, (size,), np.float32 if low == "weights" else half)
    critic = lambda x: x.astype(half) @ weight.astype(half)
    value = jax.jit(lambda *x: penalise(critic, *x))(real, fake)
    assert value.dtype == jnp.float32
    np.testing.assert_allclose(value, (size**0.5 / 16 - 1) ** 2, rtol=1e-5)


@pytest.mark.parametrize("scores", [(6, 1), (), (1,), (12,)])
def test_a_critic_that_gives_no_score_for_each_example_is_refused(scores):
    critic = lambda x: jnp.resize(x, scores)
    with pytest.raises(ValueError, match=r"one score an example, shape \(6,\).*squeeze") as error:
        penalise(critic, *pair(6, (2,)))
    assert str(scores) in str(error.value)


def test_the_norms_are_those_of_each_example():
    x = draw(5, 3, 3, 2)
    norms = jax.jit(lambda x: gradient_norms(lambda x: jnp.square(x).sum((1, 2, 3)) / 2, x))(x)
    np.testing.assert_allclose(norms, np.linalg.norm(x.reshape(5, -1), axis=1), rtol=1e-6)


@every_shape
def test_zero_centred_of_a_linear_critic_is_its_formula(shape):
    weight, (real, fake) = draw(*shape), pair(6, shape)
    half = float(np.square(weight).sum()) / 2
    penalties = [zero_centred(3.0, real=r, fake=f) for r, f in PLACES]
    found = jax.jit(lambda: [each(linear(weight), None, real, fake) for each in penalties])()
    np.testing.assert_allclose(found, [half, half, 2 * half], rtol=1e-5)
    assert all(penalty.weight == 3.0 for penalty in penalties)


def test_zero_centred_looks_where_it_is_told():
    critic = lambda x: jnp.square(x).sum(-1)  # a squared slope of 4 |x|^2
    real, fake = pair(6, (3,))
    mean = lambda x: 2 * float(np.square(x).sum(-1).mean())
    penalties = [zero_centred(1.0, real=r, fake=f) for r, f in PLACES]
    found = jax.jit(lambda: [each(critic, None, real, fake) for each in penalties])()
    expected = [mean(real), mean(fake), mean(real) + mean(fake)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_zero_centred_needs_a_place():
    with pytest.raises(ValueError, match="needs a place"):
        zero_centred(real=False)
    with pytest.raises(ValueError, match="zero-centred penalty is -1"):
        zero_centred(-1.0)


def test_one_sided_leaves_the_flat_alone():
    for slope, expected in ((0.5, 0.0), (3.0, 4.0)):
        critic = lambda x, slope=slope: slope * x[:, 0]
        real, fake = pair(6, (2,))
        found = jax.jit(partial(penalise, critic, one_sided=True))(real, fake)
        assert float(found) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("shape", [(3,), (4, 4, 2)])
def test_dragan_is_taken_around_real_examples_alone(shape):
    critic = lambda x: jnp.square(x).sum(range(1, x.ndim)) / 2  # a slope of x
    real, _ = pair(6, shape)
    penalty = dragan(slope=0.7, spread=2.0)
    found = jax.jit(lambda keys: penalty(critic, keys, real, None))(keys(6))
    noise = jax.jit(jax.vmap(lambda key: jax.random.uniform(key, shape)))(keys(6))
    near = (real + 2 * np.std(real) * np.asarray(noise)).reshape(6, -1)
    np.testing.assert_allclose(found, np.mean((np.linalg.norm(near, axis=1) - 0.7) ** 2), rtol=1e-5)
    assert dragan(3.0).weight == 3.0 and dragan().separate


def test_the_deviation_in_dragan_is_that_of_the_global_batch():
    critic = lambda x: jnp.square(x).sum(-1) / 2
    real, _ = pair(6, (3,))
    value = lambda keys, real: axis.mean(dragan()(critic, keys, real, None))
    split = jax.vmap(value, axis_name=axis.NAME)
    halves = jax.jit(lambda keys, real: split(keys.reshape(2, 3), real.reshape(2, 3, 3)))
    np.testing.assert_allclose(
        halves(keys(6), real), [jax.jit(value)(keys(6), real)] * 2, rtol=1e-6
    )


def in_packs(critic, count):
    """A critic of pairs, triples, ... of examples, each pack joined to one vector."""
    return lambda x: critic(x.reshape(len(x) // count, -1))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_of_a_pack_the_slope_is_that_in_all_of_its_examples(count):
    weight, (real, fake) = draw(count * 2), pair(6, (2,))
    critic, length = in_packs(linear(weight), count), float(np.linalg.norm(weight))

    @jax.jit
    def found(real, fake):
        squares = zero_centred()(critic, None, real, fake)
        return gradient_norms(critic, real), penalise(critic, real, fake), squares

    norms, penalty, squares = found(real, fake)
    np.testing.assert_allclose(norms, [length] * (6 // count), rtol=1e-5)
    np.testing.assert_allclose(penalty, (length - 1) ** 2, rtol=1e-5)
    np.testing.assert_allclose(squares, length**2 / 2, rtol=1e-5)


def test_the_examples_of_a_pack_have_one_share():
    real, fake = (np.full((6, 2), value, np.float32) for value in (1, 0))
    alone = np.asarray(jax.jit(shares)(keys(6), real))
    share = jax.jit(partial(interpolate, pack=3))(alone, real, fake)[:, 0]
    np.testing.assert_array_equal(share, np.repeat(alone[::3], 3))
