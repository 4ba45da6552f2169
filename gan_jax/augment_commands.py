"""The command `gan-jax augment`."""

from __future__ import annotations

from collections.abc import Sequence

from gan_jax.errors import UsageError
from gan_jax.study import Study
from gan_jax.words import flags


def augment(words: Sequence[str]) -> int:
    """gan-jax augment [flags]"""
    if words and not words[0].startswith("-"):
        raise UsageError(f"Give it as gan-jax augment --data SPEC --families A,B, not {words[0]}.")
    (study,) = flags(words, "augment", augment=Study)
    from gan_jax.augment import augment

    return augment(study)
