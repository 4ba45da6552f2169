"""The networks of `gan_jax.networks` in PyTorch: the same architectures, by the same calls.

Layout NCHW, as PyTorch wants it. The layers bear the names that Flax gives them, so that weights go
over by name: see `torch_weights.py`.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from gan_jax.data import Spec
from gan_jax.networks.dcgan import stages
from gan_jax.networks.resnet import halvings

Pair = tuple[nn.Module, nn.Module]


def mlp_pair(spec: Spec, *, latent: int, widths: Sequence[int]) -> Pair:
    """`gan_jax.networks.mlp_pair` for points."""
    size = math.prod(spec.shape)
    return _mlp(latent, widths, size), _mlp(size, widths, 1).append(nn.Flatten(0))


def dcgan_pair(spec: Spec, *, latent: int, width: int) -> Pair:
    """`gan_jax.networks.dcgan_pair`: batch norm in the generator, none in the critic."""
    return _dcgan_generator(spec, latent, width), _dcgan_critic(spec, width)


def resnet_pair(spec: Spec, *, latent: int, widths: int) -> Pair:
    """`gan_jax.networks.resnet_pair`: batch norm in the generator, none in the critic."""
    return _resnet_generator(spec, latent, widths), _resnet_critic(spec, widths)


def recurrent_pair(spec: Spec, *, latent: int, width: int) -> Pair:
    """`gan_jax.networks.recurrent_pair`."""
    steps, channels = spec.shape
    return RecurrentGenerator(steps, channels, latent, width), RecurrentCritic(channels, width)


def _mlp(inputs: int, widths: Sequence[int], outputs: int) -> nn.Sequential:
    layers = OrderedDict()
    for i, width in enumerate(widths):
        layers |= {f"Dense_{i}": nn.Linear(inputs, width), f"relu_{i}": nn.ReLU()}
        inputs = width
    return nn.Sequential(layers | {f"Dense_{len(widths)}": nn.Linear(inputs, outputs)})


def _dcgan_generator(spec: Spec, latent: int, width: int) -> nn.Sequential:
    halved = stages(spec.shape)
    base, channels = spec.shape[0] >> halved, width << halved - 1
    layers = _projection(latent, (channels, base, base), bias=False) | _activation(0, channels)
    for i in range(halved - 1):
        wide, channels = channels, channels // 2
        layers[f"ConvTranspose_{i}"] = nn.ConvTranspose2d(wide, channels, 4, 2, 1, bias=False)
        layers |= _activation(i + 1, channels)
    last = nn.ConvTranspose2d(channels, spec.shape[2], 4, 2, 1)
    return nn.Sequential(layers | {f"ConvTranspose_{halved - 1}": last, "tanh": nn.Tanh()})


def _dcgan_critic(spec: Spec, width: int) -> nn.Sequential:
    halved = stages(spec.shape)
    base, channels, layers = spec.shape[0] >> halved, spec.shape[2], OrderedDict()
    for i in range(halved):
        layers[f"Conv_{i}"] = nn.Conv2d(channels, width << i, 4, 2, 1)
        layers[f"slope_{i}"] = nn.LeakyReLU(0.2)
        channels = width << i
    last = nn.Linear(channels * base * base, 1)
    last.before = (channels, base, base)
    return nn.Sequential(layers | {"vector": nn.Flatten(), "Dense_0": last, "row": nn.Flatten(0)})


def _projection(latent: int, image: tuple[int, int, int], *, bias: bool = True) -> OrderedDict:
    dense = nn.Linear(latent, math.prod(image), bias=bias)
    dense.after = image
    return OrderedDict(Dense_0=dense, image=nn.Unflatten(1, image))


def _activation(i: int, channels: int) -> dict[str, nn.Module]:
    return {f"BatchNorm_{i}": _batch_norm(channels), f"relu_{i}": nn.ReLU()}


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    # gan_jax keeps no running averages while it trains; without them, both sides do the same.
    return nn.BatchNorm2d(channels, track_running_stats=False)


class Block(nn.Module):
    """`gan_jax.networks.resnet.Block`; sizes change beside the convolutions, as one writes it."""

    def __init__(self, inputs, features, change=None, *, normalise=False, preactivate=True):
        super().__init__()
        self.change, self.preactivate, self.normalise = change, preactivate, normalise
        self.first = nn.Conv2d(inputs, features, 3, padding=1)
        self.second = nn.Conv2d(features, features, 3, padding=1)
        if change or inputs != features:
            self.shortcut = nn.Conv2d(inputs, features, 1)
        self.relu = nn.ReLU()
        if normalise:
            self.BatchNorm_0, self.BatchNorm_1 = _batch_norm(inputs), _batch_norm(features)

    def forward(self, x: Tensor) -> Tensor:
        hidden = x
        if self.preactivate:
            hidden = self.relu(self.BatchNorm_0(x) if self.normalise else x)
        hidden = self.first(_doubled(hidden) if self.change == "up" else hidden)
        hidden = self.second(self.relu(self.BatchNorm_1(hidden) if self.normalise else hidden))
        if self.change == "down":
            return self.shortcut(avg_pool2d(x, 2)) + avg_pool2d(hidden, 2)
        if self.change == "up":
            return _doubled(self.shortcut(x)) + hidden
        return x + hidden


def _doubled(x: Tensor) -> Tensor:
    return interpolate(x, scale_factor=2)


def _resnet_generator(spec: Spec, latent: int, width: int) -> nn.Sequential:
    doublings = halvings(spec.shape, 4)
    base = spec.shape[0] >> doublings
    blocks = {f"Block_{i}": Block(width, width, "up", normalise=True) for i in range(doublings)}
    last = {"Conv_0": nn.Conv2d(width, spec.shape[2], 3, padding=1), "tanh": nn.Tanh()}
    return nn.Sequential(
        _projection(latent, (width, base, base)) | blocks | _activation(0, width) | last
    )


def _resnet_critic(spec: Spec, width: int) -> nn.Sequential:
    count, channels, layers = halvings(spec.shape, 8), spec.shape[2], OrderedDict()
    for i in range(count):
        layers[f"Block_{i}"] = Block(channels, width, "down", preactivate=i > 0)
        channels = width
    layers |= {f"Block_{count + i}": Block(width, width) for i in range(2)}
    pooled = {"relu": nn.ReLU(), "pool": nn.AdaptiveAvgPool2d(1), "vector": nn.Flatten()}
    return nn.Sequential(layers | pooled | {"Dense_0": nn.Linear(width, 1), "row": nn.Flatten(0)})


class RecurrentGenerator(nn.Module):
    """`gan_jax.networks.LSTMGenerator`: one latent for all steps."""

    def __init__(self, steps: int, channels: int, latent: int, width: int):
        super().__init__()
        self.steps = steps
        self.LSTM_0 = nn.LSTM(latent, width, batch_first=True)
        self.Dense_0 = nn.Linear(width, channels)

    def forward(self, z: Tensor) -> Tensor:
        hidden, _ = self.LSTM_0(z[:, None].expand(-1, self.steps, -1))
        return self.Dense_0(hidden).tanh()


class RecurrentCritic(nn.Module):
    """`gan_jax.networks.LSTMCritic`: the mean of the scores of the steps."""

    def __init__(self, channels: int, width: int):
        super().__init__()
        self.LSTM_0 = nn.LSTM(channels, width, batch_first=True)
        self.Dense_0 = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        with torch.backends.cudnn.flags(enabled=False):  # it has no second derivative
            hidden, _ = self.LSTM_0(x)
        return self.Dense_0(hidden)[..., 0].mean(1)
