import jax.numpy as jnp
import numpy as np
import pytest

from gan_jax.networks.labels import with_label


def test_labels_become_constant_maps():
    x = jnp.arange(18.0).reshape(2, 3, 3, 1)
    y = with_label(x, jnp.array([1, 0]), 2)
    assert y.shape == (2, 3, 3, 3)
    np.testing.assert_array_equal(y[..., :1], x)
    np.testing.assert_array_equal(y[0, ..., 1:], np.broadcast_to([0.0, 1.0], (3, 3, 2)))
    assert with_label(x, None, 0) is x
    assert (with_label(x, jnp.array([-1, -1]), 2)[..., -2:] == 0).all()  # of no known class


@pytest.mark.parametrize("label, classes", [(None, 3), (jnp.array([0, 1]), 0)])
def test_labels_without_classes_and_the_reverse_are_refused(label, classes):
    with pytest.raises(ValueError, match=f"classes={classes}.*give both or neither"):
        with_label(jnp.zeros((2, 1)), label, classes)
