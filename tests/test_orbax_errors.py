"""Errors of the system and of Orbax, each as one line of the right kind."""

import pytest

from gan_jax.errors import CheckpointError, DamagedError
from gan_jax.orbax_errors import reading, saving

PAGES = "the cause\nand pages\nof text"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError("Read-only file system"), OSError),
        (ValueError(f"RESOURCE_EXHAUSTED: {PAGES}"), OSError),
        (ValueError(PAGES), CheckpointError),
        (RuntimeError(), CheckpointError),
    ],
)
def test_what_fails_while_it_saves(tmp_path, error, kind):
    said = "Saving to .* checkpoints saved before are intact"
    with pytest.raises(kind, match=said) as caught, saving(tmp_path):
        raise error
    assert caught.value.__cause__ is error and "\n" not in str(caught.value)
    assert ("bytes are free: make room" in str(caught.value)) == (kind is OSError)


@pytest.mark.parametrize(
    ("error", "kind", "advice"),
    [
        (MemoryError(), CheckpointError, "mend that"),
        (ValueError(f"Too many open files: {PAGES}"), CheckpointError, "mend that"),
        (ValueError(PAGES), DamagedError, "the cause.*name another by --step"),
        (KeyError("about"), DamagedError, "name another by --step"),
    ],
)
def test_what_fails_while_it_reads(tmp_path, error, kind, advice):
    said = f"step 7 in .* cannot be read .*{advice}"
    with pytest.raises(CheckpointError, match=said) as caught, reading(tmp_path, 7):
        raise error
    assert type(caught.value) is kind and "\n" not in str(caught.value)


def test_what_we_say_ourselves_stays_as_it_is(tmp_path):
    ours = DamagedError("a leaf is not what was saved")
    with pytest.raises(DamagedError) as caught, reading(tmp_path, 7):
        raise ours
    assert caught.value is ours
