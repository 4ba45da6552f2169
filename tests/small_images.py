"""A conditional run on very small images, of which all figures are soon taken."""

from pathlib import Path

import numpy as np

from tests.command import EXPERIMENT, train

CHANGES = {
    "latent=4, widths=config.widths": "latent=4, widths=config.widths, conditional=True",
    "critic_moves=2,": "critic_moves=2, conditional=True,",
    "from_prior(priors.normal(4))": "from_prior(priors.normal(4), spec.frequencies)",
}


def trained_on_two(folder: Path, run: Path, *flags: object) -> Path:
    """Trains on zeros and ones of 4x4 pixels, 180 and 60 held out, for 3 steps."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    chosen = np.flatnonzero(digits.target < 2)[:240]
    images = digits.images[chosen].reshape(-1, 4, 2, 4, 2).mean((2, 4))
    file, source = folder / "two.npz", EXPERIMENT
    np.savez(file, samples=images.astype(np.float32), labels=digits.target[chosen])
    for old, new in (CHANGES | {'"digits"': f'"npz:{file}?range=0,16&held_out=0.25"'}).items():
        assert old in source
        source = source.replace(old, new)
    path = folder / "two.py"
    path.write_text(source)
    assert train(path, run, "--steps", 3, *flags) == 0
    return run
