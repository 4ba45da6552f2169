"""Inception v3 for FIDs in PyTorch, after its definition: the oracle of `metrics.inception`."""

from collections.abc import Mapping

import numpy as np


def shapes(divisor: int = 1) -> dict[str, tuple[int, int, int, int]]:
    """The shape of every kernel, (out, in, height, width), with all channels but 3 divided."""
    found = {
        "Conv2d_1a_3x3": (32, 3, 3, 3),
        "Conv2d_2a_3x3": (32, 32, 3, 3),
        "Conv2d_2b_3x3": (64, 32, 3, 3),
        "Conv2d_3b_1x1": (80, 64, 1, 1),
        "Conv2d_4a_3x3": (192, 80, 3, 3),
    }
    tables = {}
    for name, inner, pool in (("5b", 192, 32), ("5c", 256, 64), ("5d", 288, 64)):
        tables[name] = f"""1x1 {inner} 64 1 1; 5x5_1 {inner} 48 1 1; 5x5_2 48 64 5 5
            3x3dbl_1 {inner} 64 1 1; 3x3dbl_2 64 96 3 3; 3x3dbl_3 96 96 3 3
            _pool {inner} {pool} 1 1"""
    tables["6a"] = "3x3 288 384 3 3; 3x3dbl_1 288 64 1 1; 3x3dbl_2 64 96 3 3; 3x3dbl_3 96 96 3 3"
    for name, c in (("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)):
        tables[name] = f"""1x1 768 192 1 1; 7x7_1 768 {c} 1 1; 7x7_2 {c} {c} 1 7; 7x7_3 {c} 192 7 1
            7x7dbl_1 768 {c} 1 1; 7x7dbl_2 {c} {c} 7 1; 7x7dbl_3 {c} {c} 1 7
            7x7dbl_4 {c} {c} 7 1; 7x7dbl_5 {c} 192 1 7; _pool 768 192 1 1"""
    tables["7a"] = """3x3_1 768 192 1 1; 3x3_2 192 320 3 3; 7x7x3_1 768 192 1 1
        7x7x3_2 192 192 1 7; 7x7x3_3 192 192 7 1; 7x7x3_4 192 192 3 3"""
    for name, inner in (("7b", 1280), ("7c", 2048)):
        tables[name] = f"""1x1 {inner} 320 1 1; 3x3_1 {inner} 384 1 1; 3x3_2a 384 384 1 3
            3x3_2b 384 384 3 1; 3x3dbl_1 {inner} 448 1 1; 3x3dbl_2 448 384 3 3
            3x3dbl_3a 384 384 1 3; 3x3dbl_3b 384 384 3 1; _pool {inner} 192 1 1"""
    for block, table in tables.items():
        for line in table.replace("\n", ";").split(";"):
            branch, inputs, outputs, height, width = line.split()
            kernel = (int(outputs), int(inputs), int(height), int(width))
            found[f"Mixed_{block}.branch{branch}"] = kernel
    small = lambda channels: channels if channels == 3 else channels // divisor
    return {name: (small(o), small(i), *size) for name, (o, i, *size) in found.items()}


def weights(divisor: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random ones by the names of PyTorch's modules."""
    random, found = np.random.default_rng(seed), {}
    for name, shape in shapes(divisor).items():
        spread = np.sqrt(2 / np.prod(shape[1:]))
        found[f"{name}.conv.weight"] = spread * random.normal(size=shape)
        for part, low, high in (("weight", 0.5, 1.5), ("bias", -0.2, 0.2)):
            found[f"{name}.bn.{part}"] = random.uniform(low, high, shape[0])
        for part, low, high in (("running_mean", -0.2, 0.2), ("running_var", 0.5, 1.5)):
            found[f"{name}.bn.{part}"] = random.uniform(low, high, shape[0])
    return {name: array.astype(np.float32) for name, array in found.items()}


def features(given: Mapping[str, np.ndarray], images: np.ndarray) -> np.ndarray:
    """Images `[N, H, W, 3]` in [-1, 1] to features `[N, d]`, by PyTorch's own functions."""
    import torch
    from torch.nn import functional as F

    w = {name: torch.from_numpy(array) for name, array in given.items()}

    def unit(x, name, stride=1, padding=0):
        x = F.conv2d(x, w[f"{name}.conv.weight"], stride=stride, padding=padding)
        norm = [
            w[f"{name}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        ]
        return F.relu(F.batch_norm(x, *norm, training=False, eps=0.001))

    def same(x, name):
        height, width = w[f"{name}.conv.weight"].shape[2:]
        return unit(x, name, padding=(height // 2, width // 2))

    def chain(x, block, *names):
        for name in names:
            x = same(x, f"{block}.branch{name}")
        return x

    mean = lambda x: F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)

    def mixed(x, block, *chains, pool=mean):
        parts = [chain(x, block, "1x1"), *(chain(x, block, *names) for names in chains)]
        return torch.cat([*parts, chain(pool(x), block, "_pool")], 1)

    x = torch.from_numpy(images.astype(np.float32)).permute(0, 3, 1, 2)
    x = F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False)
    x = unit(unit(x, "Conv2d_1a_3x3", 2), "Conv2d_2a_3x3")
    x = F.max_pool2d(unit(x, "Conv2d_2b_3x3", padding=1), 3, 2)
    x = F.max_pool2d(unit(unit(x, "Conv2d_3b_1x1"), "Conv2d_4a_3x3"), 3, 2)
    for b in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
        x = mixed(x, b, ("5x5_1", "5x5_2"), ("3x3dbl_1", "3x3dbl_2", "3x3dbl_3"))
    b = "Mixed_6a"
    inner = chain(x, b, "3x3dbl_1", "3x3dbl_2")
    parts = unit(x, f"{b}.branch3x3", 2), unit(inner, f"{b}.branch3x3dbl_3", 2)
    x = torch.cat([*parts, F.max_pool2d(x, 3, 2)], 1)
    for b in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
        double = [f"7x7dbl_{n}" for n in range(1, 6)]
        x = mixed(x, b, ("7x7_1", "7x7_2", "7x7_3"), double)
    b = "Mixed_7a"
    inner = chain(x, b, "7x7x3_1", "7x7x3_2", "7x7x3_3")
    first = unit(chain(x, b, "3x3_1"), f"{b}.branch3x3_2", 2)
    x = torch.cat([first, unit(inner, f"{b}.branch7x7x3_4", 2), F.max_pool2d(x, 3, 2)], 1)
    for b, pool in (("Mixed_7b", mean), ("Mixed_7c", lambda x: F.max_pool2d(x, 3, 1, 1))):
        ends = [("3x3_1", "3x3_2a"), ("3x3_1", "3x3_2b")]
        ends += [("3x3dbl_1", "3x3dbl_2", f"3x3dbl_3{end}") for end in "ab"]
        x = mixed(x, b, *ends, pool=pool)
    return x.mean((2, 3)).numpy()
