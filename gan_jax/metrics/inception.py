"""The features of Inception v3 as FIDs are published on: its weights come from a file of yours."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from jax import lax

from gan_jax.errors import DataError
from gan_jax.metrics.features import Extractor, hashed

Weights = Mapping[str, jax.Array]
"""By the names of PyTorch's modules: `Mixed_5b.branch1x1.conv.weight`, `....bn.running_var`."""

SIZE = 299
"""Height and width to which images are brought."""
_AT_ONCE = 16  # images in one pass: the first maps of each take 10 MB


def inception_features(path: str | Path) -> Extractor:
    """The last pooled features, 2,048 of them: what FID and KID are computed on.

    Szegedy et al. 2016, arXiv:1512.00567, in the variant of TensorFlow's of 2015-12-05: means in
    pooling leave out the border, and the last block takes the largest value, not the mean. Heusel
    et al. 2017, arXiv:1706.08500. Images are rounded to 8 bits, as those of files are, and resized
    as TensorFlow 1 did, whose pixels lie at their corners. The usual file is converted by

        import numpy, torch
        weights = torch.load("weights-inception-2015-12-05-6726825d.pth", weights_only=True)
        numpy.savez("inception.npz", **{name: array.numpy() for name, array in weights.items()})

    Args:
      path: a .npz or .safetensors of its weights under the names of PyTorch.

    Raises:
      DataError: a file that is missing, of another kind, or not of this network.
    """
    weights = _read(Path(path).expanduser())
    image = jax.ShapeDtypeStruct((1, 8, 8, 3), jnp.float32)
    try:
        jax.eval_shape(pooled, weights, image)
    except KeyError as error:
        raise DataError(f"{path} has no weights {error}: it is not this Inception v3") from error
    except (TypeError, ValueError) as error:
        raise DataError(f"{path} has weights of other shapes: {error}") from error
    used = [np.asarray(weights[name]) for name in sorted(weights)]
    made = np.frombuffer(b"of 8 bits, resized as TensorFlow 1 did", np.uint8)

    @jax.jit
    def apply(weights, images):
        with jax.default_matmul_precision("highest"):
            one = lambda image: pooled(weights, image[None])[0]
            return lax.map(one, images, batch_size=_AT_ONCE)

    batch = lambda images: np.asarray(apply(weights, _coloured(images)))
    return Extractor("inception", hashed([*used, made]), batch)


def pooled(weights: Weights, images: jax.Array) -> jax.Array:
    """Images `[N, H, W, 3]` in [-1, 1] to features `[N, 2048]`."""
    x = jnp.rint((images.clip(-1, 1) + 1) * 127.5)
    x = (_resized(_resized(x, 1), 2) - 128) / 128
    x = _unit(weights, "Conv2d_1a_3x3", x, 2)
    x = _unit(weights, "Conv2d_2a_3x3", x, padding="VALID")
    x = _unit(weights, "Conv2d_2b_3x3", x)
    x = _largest(x)
    x = _unit(weights, "Conv2d_3b_1x1", x)
    x = _unit(weights, "Conv2d_4a_3x3", x, padding="VALID")
    x = _largest(x)
    for name in ("5b", "5c", "5d"):
        x = _mixed(weights, f"Mixed_{name}", x, _named("branch5x5", 2), _named("branch3x3dbl", 3))
    x = _reduced(weights, "Mixed_6a", x, ["branch3x3"], _named("branch3x3dbl", 3))
    for name in ("6b", "6c", "6d", "6e"):
        x = _mixed(weights, f"Mixed_{name}", x, _named("branch7x7", 3), _named("branch7x7dbl", 5))
    x = _reduced(weights, "Mixed_7a", x, _named("branch3x3", 2), _named("branch7x7x3", 4))
    ends = _named("branch3x3", 1), _named("branch3x3dbl", 2)
    x = _mixed(weights, "Mixed_7b", x, *ends, split=True)
    largest = lambda x: nn.max_pool(x, (3, 3), padding="SAME")
    x = _mixed(weights, "Mixed_7c", x, *ends, split=True, pool=largest)
    return x.mean((1, 2))


def _resized(x: jax.Array, axis: int) -> jax.Array:
    """Lines between the pixels, of which the first stays the first."""
    size = x.shape[axis]
    place = np.arange(SIZE, dtype=np.float32) * np.float32(size / SIZE)
    before = place.astype(np.int32)
    first, second = (x.take(np.minimum(before + n, size - 1), axis) for n in (0, 1))
    share = np.expand_dims(place - before, [other for other in range(x.ndim) if other != axis])
    return first + (second - first) * share


def _mean(x: jax.Array) -> jax.Array:
    return nn.avg_pool(x, (3, 3), padding="SAME", count_include_pad=False)


def _largest(x: jax.Array) -> jax.Array:
    return nn.max_pool(x, (3, 3), strides=(2, 2))


def _unit(
    weights: Weights, name: str, x: jax.Array, stride: int = 1, padding: str = "SAME"
) -> jax.Array:
    """A convolution, a fixed batch norm and a ReLU; strides go without padding."""
    kernel, norm = weights[f"{name}.conv.weight"], f"{name}.bn."
    layout = ("NHWC", "OIHW", "NHWC")
    padding = padding if stride == 1 else "VALID"
    x = lax.conv_general_dilated(x, kernel, (stride, stride), padding, dimension_numbers=layout)
    scale = weights[f"{norm}weight"] * lax.rsqrt(weights[f"{norm}running_var"] + 1e-3)
    shift = weights[f"{norm}bias"] - weights[f"{norm}running_mean"] * scale
    return nn.relu(x * scale[None, None, None] + shift[None, None, None])


def _chain(weights: Weights, block: str, names: Sequence[str], x: jax.Array, stride: int = 1):
    """Units one after the other, the last with the stride."""
    for name in names:
        x = _unit(weights, f"{block}.{name}", x, stride if name == names[-1] else 1)
    return x


def _mixed(
    weights: Weights,
    block: str,
    x: jax.Array,
    *chains: Sequence[str],
    split: bool = False,
    pool: Callable = _mean,
) -> jax.Array:
    """Branches side by side at one size; where they are split, each ends in a row and a column."""
    branches = [_chain(weights, block, ["branch1x1"], x)]
    for names in chains:
        y = _chain(weights, block, names, x)
        if split:
            stem, number = names[-1].rsplit("_", 1)
            ends = [f"{block}.{stem}_{int(number) + 1}{end}" for end in "ab"]
            branches += [_unit(weights, name, y) for name in ends]
        else:
            branches.append(y)
    branches.append(_chain(weights, block, ["branch_pool"], pool(x)))
    return jnp.concatenate(branches, axis=-1)


def _reduced(weights: Weights, block: str, x: jax.Array, *chains: Sequence[str]) -> jax.Array:
    """Branches side by side at half the size."""
    branches = [_chain(weights, block, names, x, stride=2) for names in chains]
    return jnp.concatenate([*branches, _largest(x)], axis=-1)


def _named(stem: str, count: int) -> list[str]:
    return [f"{stem}_{number + 1}" for number in range(count)]


def _coloured(images: np.ndarray) -> np.ndarray:
    """Images of one channel as three, float32."""
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"Inception takes images [H, W, C] of 1 or 3 channels; given: {images.shape[1:]}"
        )
    return np.broadcast_to(images, (*images.shape[:3], 3)).astype(np.float32)


def _read(path: Path) -> dict[str, jax.Array]:
    """The arrays of a file by name; those of the last layer are left out."""
    if not path.is_file():
        raise DataError(f"there is no file {path}: name one of weights, .npz or .safetensors")
    try:
        if path.suffix == ".safetensors":
            from safetensors.numpy import load_file

            found = load_file(path)
        else:
            with np.load(path, allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
    except ImportError as error:
        raise DataError(f"{path}: install safetensors, or give the weights as a .npz") from error
    except Exception as error:
        raise DataError(f"{path} cannot be read as weights ({error})") from error
    kept = {name: x for name, x in found.items() if name.startswith(("Conv2d", "Mixed"))}
    counts = [name for name in kept if name.endswith("num_batches_tracked")]
    return {name: jnp.asarray(x, jnp.float32) for name, x in kept.items() if name not in counts}
