"""A sampler as a folder of three files, and back: it needs JAX, and no experiment's code."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gan_jax import leaves, sampling, standing
from gan_jax.data import Spec
from gan_jax.errors import CheckpointError, DamagedError, RunError
from gan_jax.game import Game, State
from gan_jax.generated import Sampler
from gan_jax.keys import stream

ABOUT, PROGRAM, WEIGHTS = "export.json", "sampler.jax_export", "weights.safetensors"
FORMAT = 1
PLATFORMS = ("cpu", "cuda", "tpu")
"""For which a sampler is lowered, at once; where one cannot be, it is for that of this machine."""

CALL = (
    "jax.export.deserialize(bytearray(open('sampler.jax_export', 'rb').read())).call("
    "safetensors.numpy.load_file('weights.safetensors'), np.uint32(SEED), np.uint32([0, 1, 2]))"
)


@dataclasses.dataclass(frozen=True)
class Exported:
    """What `load` returns."""

    about: Mapping[str, Any]  # export.json
    spec: Spec
    weights: Mapping[str, np.ndarray]
    draw: Any  # (weights, seed, numbers of blocks [N]) -> samples [N, BLOCK, ...], by name

    def sample(self, count: int, *, seed: int = 0, batch_size: int = 256) -> dict[str, np.ndarray]:
        """`samples` `[count, ...]`, and `labels`, as `gan_jax.load(run).sample` gives them."""
        draw = partial(self.draw, self.weights, np.uint32(seed))
        return sampling.gathered(draw, count, batch_size)


def load(folder: str | Path) -> Exported:
    """The sampler that `gan-jax export` has written. It executes no Python code of the folder.

    Raises:
      RunError: the folder holds none.
      CheckpointError: it is of a later version, or for other devices.
      DamagedError: a file is not what was written.
    """
    from safetensors.numpy import load as arrays

    folder = Path(folder).expanduser()
    try:
        about = json.loads((folder / ABOUT).read_text())
        version, sums = about["format"], about["sha256"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RunError(f"{folder} holds no exported sampler: it has no {ABOUT}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{folder / ABOUT} is damaged: {error!r}.") from error
    if version > FORMAT:
        raise CheckpointError(
            f"{folder} has format {version}, and up to {FORMAT} is known: update."
        )
    program, weights = (_read(folder / name, sums[name]) for name in (PROGRAM, WEIGHTS))
    exported = jax.export.deserialize(bytearray(program))
    if (here := jax.export.default_export_platform()) not in exported.platforms:
        there = ", ".join(exported.platforms)
        raise CheckpointError(f"{folder} is for {there}, and this is {here}: export it here.")
    draw = jax.jit(exported.call)
    return Exported(about, Spec.from_json(about["spec"]), jax.device_put(arrays(weights)), draw)


def files(
    game: Game, sampler: Sampler, state: State, about: Mapping[str, Any], *, average: bool = True
) -> dict[str, bytes]:
    """What the files of a folder hold, by their names.

    Args:
      game: that was played.
      sampler: of the game.
      state: of the game; its statistics are fixed here, as for any sample.
      about: what `export.json` is to say besides.
      average: whether to use averaged weights, where the game has any.
    """
    from safetensors.numpy import save

    state = standing.averaged(state) if average else state
    state = jax.jit(partial(standing.settled, game, sampler))(state)
    weights, exported = _program(game, sampler, state)
    arrays = {name: np.ascontiguousarray(leaf) for name, leaf in weights.items()}
    made = {PROGRAM: bytes(exported.serialize()), WEIGHTS: save(arrays)}
    described = {
        "format": FORMAT,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in made.items()},
        "call": CALL,
        "takes": {
            "weights": leaves.kinds(arrays),
            "seed": "uint32[]",
            "blocks": "uint32[blocks]: numbers of blocks of samples, from 0",
        },
        "gives": leaves.kinds(jax.tree.unflatten(exported.out_tree, exported.out_avals)),
        "platforms": list(exported.platforms),
    }
    return made | {ABOUT: (json.dumps(described | about, indent=2) + "\n").encode()}


def _program(
    game: Game, sampler: Sampler, state: State
) -> tuple[dict[str, jax.Array], jax.export.Exported]:
    """The weights that samples depend on, by name, and the function of them, seed and blocks."""
    parts = {part: getattr(state, part) for part in ("params", "stats", "average")}
    known, tree = leaves.named(parts), jax.tree.structure(parts)

    def draw(weights, seed, blocks):
        everything = [weights.get(name, leaf) for name, leaf in known.items()]
        whole = state._replace(**jax.tree.unflatten(tree, everything))
        key = stream(jax.random.key(seed), "sample")
        return sampling.in_blocks(game, sampler, whole, key, blocks)

    traced = jax.make_jaxpr(draw)(known, np.uint32(0), np.zeros(1, np.uint32)).jaxpr
    used = {id(variable) for equation in traced.eqns for variable in equation.invars}
    inputs = zip(sorted(known), traced.invars, strict=False)  # as a dictionary is flattened
    needed = {name: known[name] for name, variable in inputs if id(variable) in used}
    return needed, _lowered(draw, needed)


def _lowered(draw: Callable, weights: Mapping[str, jax.Array]) -> jax.export.Exported:
    struct, (count,) = jax.ShapeDtypeStruct, jax.export.symbolic_shape("blocks")
    like = {name: struct(leaf.shape, leaf.dtype) for name, leaf in weights.items()}
    kinds = like, struct((), jnp.uint32), struct((count,), jnp.uint32)
    export = lambda platforms: jax.export.export(jax.jit(draw), platforms=platforms)(*kinds)
    try:
        return export(PLATFORMS)
    except NotImplementedError:
        return export((jax.export.default_export_platform(),))


def _read(path: Path, expected: str) -> bytes:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise DamagedError(f"{path} is not the file that was exported: export it again.")
    return content
