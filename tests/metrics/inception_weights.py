"""Random weights of Inception v3 under the names of PyTorch."""

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
