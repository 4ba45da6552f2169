"""What is played: each case is one model, made by the same call on both sides."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from gan_jax import data
from gan_jax.data import Dataset

RATE, BETAS, WEIGHT, MOVES = 1e-4, (0.0, 0.9), 10.0, 5
"""Adam, penalty and moves of the critic: Gulrajani et al. 2017, arXiv:1704.00028, algorithm 1."""


class Case(NamedTuple):
    """A WGAN-GP on data of one shape."""

    data: Callable[[], Dataset]
    pair: Callable[[ModuleType], Callable]  # of gan_jax.networks, and of benchmarks.torch_models
    sizes: Mapping[str, Any]  # of the networks
    batch: int
    chunk: int  # iterations between two looks at the metrics
    accelerated: Mapping[str, Any] = {}  # what is different on a GPU

    def networks(self, where: ModuleType, spec: data.Spec) -> tuple:
        """Generator and critic, of either side."""
        return self.pair(where)(spec, **self.sizes)

    @property
    def latent(self) -> int:
        """Dimensions of the prior."""
        return self.sizes["latent"]


def images(*shape: int) -> Callable[[], Dataset]:
    """Noise in the shape of images: the speed depends on the shape alone."""
    draw = lambda: np.random.default_rng(0).integers(0, 256, (4096, *shape), np.uint8)
    return lambda: data.from_arrays(draw(), name="noise")


def series(steps: int, channels: int) -> Dataset:
    """Noise in the shape of series."""
    real = np.random.default_rng(0).uniform(-1, 1, (4096, steps, channels)).astype(np.float32)
    spec = data.Spec((steps, channels), scale=1.0, offset=0.0)
    return Dataset({"real": real}, {"real": real[:0]}, spec, name="noise")


CASES: dict[str, Case] = {
    "ring": Case(
        lambda: data.open("ring"),
        attrgetter("mlp_pair"),
        {"latent": 2, "widths": (128, 128, 128)},
        batch=256,
        chunk=50,
    ),
    "digits": Case(
        lambda: data.open("digits"),
        attrgetter("dcgan_pair"),
        {"latent": 32, "width": 32},
        batch=64,
        chunk=20,
    ),
    "dcgan28": Case(
        images(28, 28, 1),
        attrgetter("dcgan_pair"),
        {"latent": 64, "width": 64},
        batch=64,
        chunk=4,
        accelerated={"chunk": 50},
    ),
    "resnet32": Case(
        images(32, 32, 3),
        attrgetter("resnet_pair"),
        {"latent": 128, "widths": 64},
        batch=16,
        chunk=1,
        accelerated={"sizes": {"latent": 128, "widths": 128}, "batch": 64, "chunk": 10},
    ),
    "lstm": Case(
        lambda: series(30, 1),
        attrgetter("recurrent_pair"),
        {"latent": 10, "width": 100},
        batch=64,
        chunk=4,
        accelerated={"chunk": 20},
    ),
}


def named(name: str, *, accelerated: bool = False, batch: int | None = None) -> Case:
    """The case, as it is played on this kind of device, or with another batch."""
    case = CASES[name]
    changes = dict(case.accelerated) if accelerated else {}
    return case._replace(**(changes | ({"batch": batch} if batch else {})))
