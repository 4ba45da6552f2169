"""`gan-jax explore RUN invert`: the latents of examples."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gan_jax.errors import DataError, UsageError
from gan_jax.explore_flags import asked
from gan_jax.exploring import Explored, opened
from gan_jax.words import numbers


@dataclasses.dataclass(frozen=True)
class Examples:
    """Which examples, and how their latents are looked for."""

    image: str = ""
    """A .png or .jpg of the model's size; examples of data if not given."""
    data: str = ""
    """Data, of the shape of those trained on; those themselves if not given."""
    part: Literal["held_out", "train"] = "held_out"
    """Which part of the data."""
    index: str = "0..7"
    """Numbers of examples in this part."""
    starts: int = 8
    """Latents to start from, of the seed; where there is an encoder, one of them is its code."""
    steps: int = 500
    """Of Adam."""
    rate: float = 0.05
    """Of Adam, at the beginning; it falls to zero."""
    weight: float = 0.0
    """Of the prior, if it is normal: keeps latents where the generator was trained."""


def invert(folder: Path, words: Sequence[str]) -> None:
    """gan-jax explore RUN invert [flags]"""
    given = asked(words, "invert", Examples)
    wanted = given.settings
    chosen = _check(wanted)
    found = opened(folder, given)
    examples, own = _image(wanted, found[0]) if wanted.image else _data(wanted, found[0], chosen)
    for explored in found:
        labels = explored.labelled(own, len(examples))
        latents, made, errors = _inverted(explored, examples, labels, wanted)
        shares = None if labels is None else np.eye(len(explored.trained.spec.classes))[labels]
        said = (
            f"the examples and below them their reconstructions, mean squared error "
            f"{errors.mean():.3g} ({errors.min():.3g} to {errors.max():.3g})"
        )
        both = np.concatenate([examples, made])
        columns, more = len(examples), {"originals": examples, "errors": errors}
        picture = explored.file.suffix == ".png"
        explored.write(both if picture else made, columns, latents, shares, said, **more)


def _check(wanted: Examples) -> list[int]:
    chosen = numbers(wanted.index, "index")
    if min(wanted.starts, wanted.steps, len(chosen)) < 1:
        raise UsageError(
            f"--index {wanted.index!r} --starts {wanted.starts} --steps {wanted.steps}: give 1 or "
            "more of each."
        )
    if not (0 < wanted.rate < np.inf and 0 <= wanted.weight < np.inf):
        raise UsageError(
            f"--rate is {wanted.rate} and --weight is {wanted.weight}: a rate is above 0, and a "
            "weight 0 or more."
        )
    if wanted.image and wanted.data:
        raise UsageError("--image and --data: give one of the two.")
    return chosen


def _image(wanted: Examples, explored: Explored) -> tuple[np.ndarray, None]:
    """The image of a file, `[1, H, W, C]` in [-1, 1]."""
    from PIL import Image, UnidentifiedImageError

    shape = explored.trained.spec.shape
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise UsageError(f"--image: the model makes examples of shape {shape}, and no images.")
    try:
        with Image.open(Path(wanted.image).expanduser()) as image:
            pixels = np.asarray(image.convert("L" if shape[2] == 1 else "RGB"))
    except (UnidentifiedImageError, SyntaxError) as error:
        raise DataError(f"{wanted.image} is no image that can be read: {error}") from error
    if pixels.shape[:2] != shape[:2]:
        raise UsageError(
            f"{wanted.image} has {pixels.shape[1]}x{pixels.shape[0]} pixels; the model makes "
            f"{shape[1]}x{shape[0]}."
        )
    return np.float32(pixels.reshape(1, *shape) / 127.5 - 1), None


def _data(
    wanted: Examples, explored: Explored, chosen: Sequence[int]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Examples of a data set by their numbers, and their labels if there are any."""
    from gan_jax import data

    trained = explored.trained
    known = (wanted.data,) if wanted.data else (trained.config.data, trained.fingerprint)
    real = data.open(*known)
    part = getattr(real, wanted.part)
    if real.spec.shape != trained.spec.shape:
        raise UsageError(
            f"--data {known[0]} has examples of shape {real.spec.shape}; the model makes "
            f"{trained.spec.shape}."
        )
    if max(chosen) >= len(part["real"]):
        raise UsageError(
            f"--index {wanted.index}: the {wanted.part} part of {known[0]} has the examples 0 to "
            f"{len(part['real']) - 1}."
        )
    if explored.maker.conditional and real.spec.classes != trained.spec.classes:
        raise UsageError(
            f"{known[0]} has the classes {', '.join(real.spec.classes)}, and the model others: "
            f"{', '.join(trained.spec.classes)}."
        )
    rows = np.asarray(chosen)
    examples = np.asarray(real.spec.decode(np.asarray(part["real"][rows])))
    return examples, np.asarray(part["label"])[rows] if "label" in part else None


def _inverted(
    explored: Explored, examples: np.ndarray, labels: Any, wanted: Examples
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Latents, reconstructions and errors, one example after the other."""
    import jax.numpy as jnp

    from gan_jax.inversion import invert as inverted
    from gan_jax.priors import Normal, Uniform

    maker = explored.maker
    if wanted.weight and not isinstance(maker.prior, Normal):
        raise UsageError(f"--weight is {wanted.weight}: the prior of this model is not normal.")

    def generate(latents, *label):
        return maker.traced(latents, *(jnp.broadcast_to(one, len(latents)) for one in label))

    drawn, codes = (
        maker.latents(explored.seed, wanted.starts)[0],
        _codes(explored, examples),
    )
    given = {"steps": wanted.steps, "rate": wanted.rate, "weight": wanted.weight}
    if isinstance(maker.prior, Normal):
        given["deviation"] = maker.prior.deviation
    if isinstance(maker.prior, Uniform):
        given |= {"low": maker.prior.low, "high": maker.prior.high}
    found = []
    for row, example in enumerate(examples):
        starts = drawn if codes is None else np.concatenate([codes[row : row + 1], drawn[1:]])
        inputs = () if labels is None else (labels[row],)
        found.append(inverted(generate, example, starts, inputs=inputs, **given))
    return tuple(
        np.stack([np.asarray(part) for part in parts]) for parts in zip(*found, strict=True)
    )


def _codes(explored: Explored, examples: np.ndarray) -> np.ndarray | None:
    """What the game's encoder, if it has one for one example, gives: of a VAE the means."""
    from gan_jax import encoding
    from gan_jax.standing import stands

    game, state = explored.trained.game, explored.maker.fixed
    if "encoder" not in game.networks or not stands(game, state, "encoder"):
        return None
    size = explored.maker.latents(explored.seed, 1)[0].shape[1:]
    codes = encoding.functions(game, state).encoder(examples)
    if len(size) != 1 or codes.shape[1:] not in (size, (2 * size[0],)):
        return None
    return codes[:, : size[0]]
