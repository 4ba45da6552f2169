import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax.optimizers import clip_weights, orthogonal_regularisation, warm_average


def weights(seed, scale):
    random = np.random.default_rng(seed)
    shapes = {"kernel": (4, 3), "norm": {"scale": (3,), "bias": (3,)}}
    made = lambda shape: (scale * random.normal(size=shape)).astype(np.float32)
    return jax.tree.map(made, shapes, is_leaf=lambda x: isinstance(x, tuple))


def compare(found, expected, **tolerance):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, **tolerance), found, expected)


@pytest.mark.parametrize("bound", [0.01, 0.3, 10.0])
def test_the_weights_after_the_update_are_those_of_numpy(bound):
    params, updates = weights(0, 0.3), weights(1, 0.3)
    clip = clip_weights(bound)
    clipped, _ = clip.update(updates, clip.init(params), params)
    landed = optax.apply_updates(params, clipped)
    expected = jax.tree.map(lambda w, u: np.clip(w + u, -bound, bound), params, updates)
    compare(landed, expected, rtol=1e-5, atol=1e-7)
    assert max(abs(leaf).max() for leaf in jax.tree.leaves(landed)) <= bound * (1 + 1e-6)


def rmsprop(params, gradients, rate, decay=0.9, epsilon=1e-8):
    """Tieleman and Hinton 2012, and the clipping after it, in NumPy."""
    square = 0.0
    for gradient in gradients:
        square = decay * square + (1 - decay) * gradient.astype(float) ** 2
        params = np.clip(params - rate * gradient / np.sqrt(square + epsilon), -0.1, 0.1)
    return params


def test_it_stands_last_in_a_chain():
    optimizer = optax.chain(optax.rmsprop(0.02), clip_weights(0.1))
    params, gradients = weights(0, 0.05), [weights(seed, 1.0) for seed in range(1, 6)]
    state, landed = optimizer.init(params), params
    step = jax.jit(optimizer.update)
    for gradient in gradients:
        updates, state = step(gradient, state, landed)
        landed = optax.apply_updates(landed, updates)
    expected = jax.tree.map(lambda w, *g: rmsprop(w, g, 0.02), params, *gradients)
    compare(landed, expected, rtol=1e-4, atol=1e-6)
    kernel = abs(landed["kernel"])
    assert kernel.max() == pytest.approx(0.1)
    assert kernel.min() < 0.09


def test_the_bound_may_be_traced():
    params, updates = weights(0, 1.0), weights(1, 1.0)
    traced = jax.jit(lambda bound: clip_weights(bound).update(updates, (), params)[0])
    for bound in (0.1, 0.5):
        compare(traced(bound), clip_weights(bound).update(updates, (), params)[0], rtol=1e-6)


def test_without_the_parameters_it_says_what_it_needs():
    clip = clip_weights(0.1)
    with pytest.raises(ValueError, match="clip_weights needs the parameters"):
        clip.update(weights(0, 1.0), clip.init(weights(0, 1.0)))


def test_the_warm_average_follows_closely_first():
    steps = np.arange(0, 20_000, 37)
    decay = jax.jit(jax.vmap(warm_average(0.999)))(jnp.asarray(steps, jnp.int32))
    np.testing.assert_allclose(decay, np.minimum(0.999, (1 + steps) / (10 + steps)), rtol=1e-6)
    np.testing.assert_allclose(decay[0], 0.1, rtol=1e-6)
    assert (np.diff(decay) >= 0).all()
    assert decay[-1] == np.float32(0.999)
    assert warm_average(0.5)(jnp.asarray(100)) == 0.5
    assert jax.jit(lambda d: warm_average(d)(jnp.asarray(100)))(0.25) == 0.25


def test_orthogonal_regularisation_is_the_slope_of_its_penalty():
    params = weights(0, 1.0) | {"conv": {"kernel": jnp.asarray(weights(1, 1.0)["kernel"])[None]}}

    def penalty(params):
        matrices = (
            jnp.asarray(x).reshape(-1, 3) for x in (params["kernel"], params["conv"]["kernel"])
        )
        overlaps = (matrix.T @ matrix * (1 - jnp.eye(3)) for matrix in matrices)
        return 0.3 / 2 * sum(jnp.square(overlap).sum() for overlap in overlaps)

    regularise = orthogonal_regularisation(0.3)
    ones = jax.tree.map(jnp.ones_like, params)
    found, _ = regularise.update(ones, regularise.init(params), params)
    compare(found, jax.tree.map(jnp.add, jax.grad(penalty)(params), ones), rtol=1e-4, atol=1e-5)


def test_orthogonal_kernels_are_left_alone():
    params = {"kernel": 3 * jnp.eye(4)[:, :3]}
    regularise = orthogonal_regularisation()
    found, _ = regularise.update(params, regularise.init(params), params)
    compare(found, params)
    with pytest.raises(ValueError, match="needs the parameters"):
        regularise.update(params, regularise.init(params))
