import subprocess
import sys

import pytest

import gan_jax.metrics


@pytest.mark.parametrize("name", gan_jax.metrics.__all__)
def test_every_public_name_is_found_where_it_is_said_to_be(name):
    assert getattr(gan_jax.metrics, name) is not None
    assert name in dir(gan_jax.metrics)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        gan_jax.metrics.nonsense  # noqa: B018


def test_the_package_imports_none_of_its_files_before_they_are_used():
    code = (
        "import sys, gan_jax.metrics as m; files = ('neighbours', 'frechet', 'evaluation');"
        "assert not any('gan_jax.metrics.' + f in sys.modules for f in files);"
        "m.moments; assert 'gan_jax.metrics.frechet' in sys.modules;"
        "assert 'gan_jax.metrics.neighbours' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
