"""The leaves of a pytree by their names, in one spelling."""

from typing import Any

import jax


def named(tree: Any) -> dict[str, Any]:
    """The leaves by their paths, whether they lie in a named tuple or in what a file makes of it.

    >>> named({"params": {"generator": [1, 2]}})
    {'params/generator/0': 1, 'params/generator/1': 2}
    """
    return {name(path): leaf for path, leaf in jax.tree.leaves_with_path(tree)}


def name(path: tuple) -> str:
    """Of a leaf at a path of `jax.tree.leaves_with_path`: `params/generator/Dense_0/bias`."""
    parts = (getattr(key, "name", getattr(key, "key", getattr(key, "idx", key))) for key in path)
    return "/".join(map(str, parts))


def difference(old: Any, new: Any) -> str:
    """The first leaf, by name, whose type or shape is another in two trees; nothing if none is.

    >>> difference({"bias": jax.numpy.zeros(3)}, {})
    'bias is float32[3] in it and nothing in this experiment'
    """
    both = kinds(old), kinds(new)
    for name in sorted(both[0].keys() | both[1].keys()):
        theirs, ours = (found.get(name, "nothing") for found in both)
        if theirs != ours:
            return f"{name} is {theirs} in it and {ours} in this experiment"
    return ""


def kinds(tree: Any) -> dict[str, str]:
    """The types and shapes of the leaves, by their names.

    >>> kinds({"bias": jax.numpy.zeros(3)})
    {'bias': 'float32[3]'}
    """
    return {name: f"{leaf.dtype}{list(leaf.shape)}" for name, leaf in named(tree).items()}
