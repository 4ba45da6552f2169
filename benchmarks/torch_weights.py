"""Weights of a Flax network for the same network in PyTorch, and gradients alike."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn


def converted(module: nn.Module, params: Mapping) -> list[Tensor]:
    """Parameters of the Flax network (or their gradients), as those of the module.

    Args:
      module: whose layers have the names of those of the Flax network.
      params: of the Flax network.

    Returns:
      A tensor for each of `module.parameters()`, in that order and in the layout of each.
    """
    tensors = []
    for path, _ in module.named_parameters():
        *names, kind = path.split(".")
        given = params
        for name in names:
            given = given[name]
        leaf = _laid_out(module.get_submodule(".".join(names)), kind, given)
        tensors.append(torch.from_numpy(np.array(leaf)))
    return tensors


def load(module: nn.Module, params: Mapping) -> None:
    """Gives the module the parameters of the Flax network, in the precision of these."""
    for own, given in zip(module.parameters(), converted(module, params), strict=True):
        own.data = given.to(own.device)
    for layer in module.modules():
        if isinstance(layer, nn.LSTM):  # of its two biases the Flax one has the sum
            layer.bias_hh_l0.data.zero_()


def _laid_out(layer: nn.Module, kind: str, given: Mapping) -> np.ndarray:
    if isinstance(layer, nn.BatchNorm2d):
        return np.asarray(given["scale" if kind == "weight" else "bias"])
    leaf = np.asarray(given["bias" if kind.startswith("bias") else "kernel"])
    if isinstance(layer, nn.LSTM):
        parts = {"weight_ih_l0": leaf[: layer.input_size], "weight_hh_l0": leaf[layer.input_size :]}
        return parts.get(kind, leaf).T
    if leaf.ndim == 4:  # HWIO; that of a transposed convolution is that of the convolution
        return leaf.transpose(3, 2, 0, 1)
    before, after = (getattr(layer, name, None) for name in ("before", "after"))
    matrix = _channels_first(leaf, before).T if leaf.ndim == 2 else leaf
    return _channels_first(matrix, after)


def _channels_first(matrix: np.ndarray, image: tuple[int, int, int] | None) -> np.ndarray:
    """Rows in the order HWC of an image become rows in the order CHW."""
    if image is None:
        return matrix
    channels, height, width = image
    rows = matrix.reshape(height, width, channels, -1)
    return rows.transpose(2, 0, 1, 3).reshape(matrix.shape)
