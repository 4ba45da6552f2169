"""The forms of a spec, each with its reader and the options that it takes."""

from __future__ import annotations

from collections.abc import Callable

from gan_jax.data import query
from gan_jax.data.dataset import Dataset

NAMES = (
    *("digits", "ring", "grid", "swiss_roll", "waves"),
    *("idx:PATH", "stacked_mnist:PATH", "folder:PATH", "tfds:NAME", "npy:PATH", "npz:PATH"),
    *("csv:PATH", "parquet:PATH", "text:PATH", "oracle", "domains:SPEC"),
)


def alone(form: str, options: Callable[..., dict]) -> Dataset | None:
    """The data of a form without a path; None if there is no such form.

    Args:
      form: the word.
      options: gives the values of the options, from what makes each of its word.
    """
    match form:
        case "digits":
            from gan_jax.data.digits import digits

            return digits(**options())
        case "ring" | "grid" | "swiss_roll":
            from gan_jax.data import toy

            return getattr(toy, form)(**options())
        case "waves":
            from gan_jax.data.waves import waves

            pairs = {"frequency": query.pair, "amplitude": query.pair}
            return waves(**options(count=int, steps=int, **pairs, seed=int, held_out=float))
        case "oracle":
            from gan_jax.data.oracle import oracle

            names = ("count", "length", "symbols", "width", "seed")
            return oracle(**options(**dict.fromkeys(names, int), held_out=float))
    return None


def at(form: str, path: str, options: Callable[..., dict], expand: Callable) -> Dataset | None:
    """The data of a form at a path; None if there is no such form.

    Args:
      form: the word before the colon.
      path: what stands behind it, expanded.
      options: as for `alone`.
      expand: gives a path with `~` and environment variables expanded.
    """
    match form:
        case "folder" | "idx" | "stacked_mnist" | "tfds":
            return _pictures(form, path, options, expand)
        case "npy" | "npz":
            from gan_jax.data import files

            kinds = {"range": query.pair, "held_out": float, "sequences": query.flag}
            return getattr(files, form)(path, **options(**kinds))
        case "text":
            from gan_jax.data.text import text

            kinds = {"window": int, "stride": int, "lines": query.flag, "length": int}
            return text(path, **options(**kinds, held_out=float))
        case "csv" | "parquet":
            from gan_jax.data.tabular import OPTIONS, tabular

            return tabular(path, form, **_expanded(options(**OPTIONS), "types", expand))
    return None


def _pictures(form: str, path: str, options: Callable[..., dict], expand: Callable) -> Dataset:
    match form:
        case "idx":
            from gan_jax.data.idx import idx

            return idx(path, **options())
        case "stacked_mnist":
            from gan_jax.data.stacked import stacked_mnist

            return stacked_mnist(path, **options(count=int, held_out=int, seed=int))
        case "folder":
            from gan_jax.data.folder import folder

            return folder(path, **options(size=int, resize=str, skip_corrupt=int, held_out=float))
    from gan_jax.data.tfds import tfds

    given = options(data_dir=str, split=str, held_out=float, size=int, resize=str)
    return tfds(path, **_expanded(given, "data_dir", expand))


def _expanded(given: dict, name: str, expand: Callable) -> dict:
    """The options, with the path that one of them may be expanded."""
    return given | {name: expand(given[name])} if name in given else given
