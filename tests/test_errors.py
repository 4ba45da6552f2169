"""What the command shows of errors: one line and an exit code, but for bugs."""

import pytest

from gan_jax import errors, runs
from tests.command import train, write_experiment

TOO_MUCH = "RESOURCE_EXHAUSTED: Out of memory allocating 123 bytes.\n\nRPC: ..."


@pytest.mark.parametrize(
    "error, code, said",
    [
        (errors.DataError("no\n  such file"), 3, "gan-jax: no such file"),
        (FileNotFoundError("nowhere"), 7, "gan-jax: nowhere"),
        (OSError("Saving failed (RESOURCE_EXHAUSTED: disk)"), 7, "Saving failed"),
        (
            RuntimeError(TOO_MUCH),
            2,
            "(RESOURCE_EXHAUSTED: Out of memory allocating 123 bytes): use",
        ),
        (ValueError("INTERNAL: CUDA_ERROR_OUT_OF_MEMORY"), 2, "not enough memory"),
        (MemoryError("Unable to allocate 8.00 PiB"), 2, "(Unable to allocate 8.00 PiB): use"),
    ],
)
def test_what_a_user_can_mend_is_one_line(error, code, said):
    text, found = errors.told(error)
    assert (found, text.count("\n")) == (code, 0)
    assert said in text


def test_a_bug_is_none():
    assert errors.told(KeyError("a bug")) is None


def test_a_run_that_memory_does_not_hold_is_one_line_and_leaves_its_folder_free(tmp_path, capsys):
    much = "on_chunk=lambda *seen: __import__('jax').numpy.zeros(2**50))"
    path = write_experiment(tmp_path, "much", '{"gap": "critic/gap"})', f"{{}}, {much}")
    run = tmp_path / "run"
    assert train(path, run, "--data", "ring", "--steps", 10) == 2
    error = capsys.readouterr().err
    assert "There is not enough memory (RESOURCE_EXHAUSTED: Out of memory allocating" in error
    assert error.count("\n") == 1
    assert not runs.began(run)
