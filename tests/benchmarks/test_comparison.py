"""The script, from its flags to its file."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TORCH = importlib.util.find_spec("torch") is not None


def played(out: Path, *flags: str) -> tuple[str, dict]:
    command = [sys.executable, "-m", "benchmarks", "--rounds", "1", "--seconds", "0", "--out", out]
    done = subprocess.run([*command, *flags], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, json.loads(out.read_text())


@pytest.mark.slow
def test_a_round_writes_a_row_for_each_variant(tmp_path):
    flags = ("--cases", "ring", "--batch", "4,8", "--variants", "gan_jax,torch_eager")
    said, result = played(tmp_path / "out.json", *flags, "--first-steps", "none")
    variants = ["gan_jax", "torch_eager"] if TORCH else ["gan_jax"]
    rows = {(row["batch"], row["variant"]): row for row in result["rows"]}
    assert list(rows) == [(batch, variant) for batch in (4, 8) for variant in variants]
    for row in rows.values():
        assert row["case"] == "ring" and f"{row['iterations_per_second']:.3g}" in said
        assert row["iterations_per_second"] == row["rounds"][0] > 0
    assert {"date", "chip", "threads", "versions", "precision", "peak_gflops"} <= result.keys()
    if not TORCH:
        assert "PyTorch is not installed" in said
        return
    assert "agree" in said and result["agreement"] == {"ring": True}
    fast, slow = (rows[8, variant] for variant in variants)
    rates = fast["iterations_per_second"] / slow["iterations_per_second"]
    assert slow["ratio_to_torch_eager"] == 1
    assert fast["ratio_to_torch_eager"] == pytest.approx(rates)
    assert fast["gflop_per_iteration"] == pytest.approx(
        2 * rows[4, "gan_jax"]["gflop_per_iteration"]
    )
    assert fast["peak_share"] == pytest.approx(fast["gflops"] / result["peak_gflops"])


def test_operations_are_those_of_the_matrix_products():
    """Counted by hand: each layer forward, back to its inputs, and back to its weights."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'gan-jax[bench]'")
    from benchmarks.cases import named
    from benchmarks.torch_training import flops

    case = named("ring", batch=4)
    first, hidden, last = 2 * 128, 2 * 128**2, 128  # products for one example
    generator, critic = first + hidden + 2 * 128, first + hidden + last
    scores = 2 * (critic + (hidden + last) + critic)  # of the examples, no gradient is needed
    # Forward, back to the examples, and that again to the weights; where it began, nothing goes.
    penalty = 4 * critic - last
    draw_and_descend = generator + (generator - first) + generator + critic + critic
    expected = 5 * (generator + scores + penalty) + draw_and_descend
    assert flops(case, case.data()) == 2 * case.batch * expected
