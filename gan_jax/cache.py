"""JAX's persistent cache of compiled programs, in the user's cache folder."""

import jax

from gan_jax import storage


def keep_programs() -> None:
    """Keeps every compiled program for the next process, unless JAX was given a folder already."""
    if jax.config.jax_compilation_cache_dir:
        return
    jax.config.update("jax_compilation_cache_dir", str(storage.cache("programs")))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
