"""Which numbers a sweep may vary inside of one program."""

import pytest

from gan_jax import data, experiment, tracing
from tests.command import write_swept


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small experiment with three numbers, of which one cannot be traced."""
    return write_swept(tmp_path_factory.mktemp("traced"))


def test_numbers_are_traced_and_others_are_not(small):
    module = experiment.load(small)
    config, digits = module.Config(), {"digits": data.open("digits")}
    values = {"learning_rate": [1e-3, 2e-3], "slope": [0.0, 1.0], "batch_size": [8, 16]}
    vary = values | {"penalty": [1.0, 10.0]}
    assert tracing.traced(module, config, digits, vary) == ["learning_rate", "penalty"]


def test_a_number_is_traced_in_the_programs_of_all_other_choices_or_in_none(small):
    text = small.read_text().replace("float(config.slope)", "config.batch_size > 8 and float(rate)")
    path = small.with_name("sometimes.py")
    path.write_text(text.replace("    import optax;", "    rate = config.slope; import optax;"))
    module, digits = experiment.load(path), {"digits": data.open("digits")}
    for sizes, traced in ((["8"], ["slope"]), (["8", "16"], [])):
        vary = {"slope": [0.0, 1.0], "batch_size": [int(size) for size in sizes]}
        assert tracing.traced(module, module.Config(), digits, vary) == traced


def test_a_number_that_says_how_often_examples_are_drawn_has_data_of_its_own(small):
    text = small.read_text().replace("import optax; float(config.slope)", "import numpy, optax")
    weigh = "lambda examples: numpy.arange(len(examples)) ** config.slope"
    path = small.with_name("weighed.py")
    path.write_text(text.replace('"critic/gap"})', f'"critic/gap"}}, weigh={weigh})'))
    module, digits = experiment.load(path), {"digits": data.open("digits")}
    vary = {"slope": [0.0, 1.0], "learning_rate": [1e-3, 2e-3]}
    assert tracing.traced(module, module.Config(), digits, vary) == ["learning_rate"]
