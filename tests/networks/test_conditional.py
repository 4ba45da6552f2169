import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks import BatchNorm, ClassBatchNorm, ConditionalBatchNorm, Projection

LABEL = jnp.array([2, 0, 1, 2, 2])


def draw(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(1.0, 2.0, shape), jnp.float32)


def normalised(x):
    x = np.asarray(x, np.float64)
    axes = tuple(range(x.ndim - 1))
    return (x - x.mean(axes)) / np.sqrt(x.var(axes) + 1e-5)


@pytest.mark.parametrize("shape", [(5, 4), (5, 3, 3, 4)])
def test_each_class_has_its_gain_and_its_bias(shape):
    x, params = draw(*shape), {"scale": draw(3, 4, seed=1), "bias": draw(3, 4, seed=2)}
    found = ClassBatchNorm(3).apply({"params": params}, x, LABEL)
    of_example = lambda name: np.asarray(params[name])[LABEL].reshape(5, *(1,) * (x.ndim - 2), 4)
    expected = of_example("scale") * normalised(x) + of_example("bias")
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_a_condition_sets_gain_and_bias_by_linear_maps():
    x, condition = draw(5, 3, 3, 4), draw(5, 2, seed=1)
    params = {name: {"kernel": draw(2, 4, seed=i)} for i, name in ((2, "scale"), (3, "bias"))}
    found = ConditionalBatchNorm().apply({"params": params}, x, condition)
    c, w, v = (np.asarray(a) for a in (condition, *(params[n]["kernel"] for n in params)))
    expected = (1 + c @ w)[:, None, None] * normalised(x) + (c @ v)[:, None, None]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_they_begin_as_the_plain_norm_or_orthogonal():
    x = draw(5, 4)
    variables = ClassBatchNorm(3).init(jax.random.key(0), x, LABEL)
    plain = {"params": {"scale": jnp.ones(4), "bias": jnp.zeros(4)}}
    found = ClassBatchNorm(3).apply({"params": variables["params"]}, x, LABEL)
    np.testing.assert_allclose(found, BatchNorm().apply(plain, x), rtol=1e-6)
    params = ConditionalBatchNorm().init(jax.random.key(0), x, draw(5, 3))["params"]
    for kernel in (params["scale"]["kernel"], params["bias"]["kernel"]):
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(3), atol=1e-5)


@pytest.mark.parametrize("layer", [ClassBatchNorm(3), ConditionalBatchNorm()])
def test_settled_it_sees_each_example_alone(layer):
    x, other = draw(5, 4), draw(5, 4, seed=1)
    given = LABEL if isinstance(layer, ClassBatchNorm) else draw(5, 2)
    params = {"params": layer.init(jax.random.key(0), x, given)["params"]}
    trained, stored = layer.apply(params, x, given, mutable=["statistics"])
    statistics = stored["statistics"]["BatchNorm_0"]
    np.testing.assert_allclose(statistics["mean"], np.mean(x, 0), rtol=1e-5)
    np.testing.assert_array_equal(layer.apply(params | stored, x, given), trained)
    mixed = other.at[:2].set(x[:2])
    np.testing.assert_array_equal(layer.apply(params | stored, mixed, given)[:2], trained[:2])
    assert not np.allclose(layer.apply(params, mixed, given)[:2], trained[:2])


def test_half_precision_stays_half():
    x = draw(5, 4).astype(jnp.bfloat16)
    y, _ = ClassBatchNorm(3).init_with_output(jax.random.key(0), x, LABEL)
    assert y.dtype == jnp.bfloat16


def test_the_projection_is_its_formula():
    features, layer = draw(5, 4), Projection(3)
    params = layer.init(jax.random.key(0), features, LABEL)["params"]
    assert jax.tree.map(jnp.shape, params) == {
        "score": {"kernel": (4, 1), "bias": (1,)},
        "embedding": {"kernel": (3, 4)},
    }
    score, rows = params["score"], np.asarray(params["embedding"]["kernel"])
    plain = np.asarray(features @ score["kernel"])[:, 0] + score["bias"]
    expected = plain + (rows[LABEL] * np.asarray(features)).sum(1)
    found = layer.apply({"params": params}, features, LABEL)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    alone = Projection().apply({"params": {"score": score}}, features)
    np.testing.assert_allclose(alone, plain, rtol=1e-6)


@pytest.mark.parametrize("classes, label", [(3, None), (0, LABEL)])
def test_a_projection_wants_labels_if_and_only_if_there_are_classes(classes, label):
    with pytest.raises(ValueError, match=f"classes={classes}.*give both or neither"):
        Projection(classes).init(jax.random.key(0), draw(5, 4), label)
