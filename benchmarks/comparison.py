"""The comparison from beginning to end: agreement, peak, rounds, rows, table, file."""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from benchmarks import agreement, peak, variants
from benchmarks.cases import Case, named
from benchmarks.gan_training import first_step
from benchmarks.timing import interleaved, ratio, timed

COLUMNS = (
    "case",
    "variant",
    "batch",
    "iterations_per_second",
    "ratio_to_torch_eager",
    "gflops",
    "peak_share",
    "first_step_seconds",
    "first_step_seconds_cached",
)


def compare(chosen: argparse.Namespace) -> None:
    """Runs what the flags choose, prints a table and writes the file."""
    variants.settle(chosen.precision)
    about = variants.machine()
    agreed = _agreed(chosen.cases)
    best, rows = peak.gflops(), []
    for name in [name for name in chosen.cases if agreed.get(name, True)]:
        for batch in chosen.batch:
            case = named(name, accelerated=variants.ACCELERATED, batch=batch)
            rows += _rows(name, case, chosen)
            best = max(best, peak.gflops())
    for row in rows:
        row["peak_share"] = row.get("gflops") and row["gflops"] / best
    first = {name: _first_steps(name) for name in chosen.first_steps if name in chosen.cases}
    for row in rows:
        row |= first.get(row["case"], {}) if row["variant"] == "gan_jax" else {}
    _print(rows)
    settings = {"precision": chosen.precision, "rounds": chosen.rounds, "peak_gflops": best}
    if chosen.out:
        result = {**about, **settings, "agreement": agreed, "rows": rows}
        chosen.out.write_text(json.dumps(result, indent=1) + "\n")


def _agreed(names: Sequence[str]) -> dict[str, bool]:
    """Whether both sides compute the same; nothing is said where there is no PyTorch."""
    if not variants.TORCH:
        print("PyTorch is not installed (pip install 'gan-jax[bench]'): gan_jax alone is timed.")
        return {}
    found = agreement.measured(names)
    for name, differences in found.items():
        worst = max(differences, key=differences.get)
        if differences[worst] > agreement.TOLERANCE:
            print(f"{name}: not timed, the sides differ: {worst} by {differences[worst]:.1e}.")
        else:
            print(f"{name}: the sides agree to {differences[worst]:.1e} in float64.")
    return {name: max(found[name].values()) <= agreement.TOLERANCE for name in found}


def _rows(name: str, case: Case, chosen: argparse.Namespace) -> list[dict]:
    data = case.data()
    shared = {"case": name, "batch": case.batch, "sizes": dict(case.sizes)}
    made, rows = _made(variants.programs(case, data), chosen.variants or variants.usual())
    rates = interleaved(made, case.chunk, chosen.rounds, chosen.seconds)
    operations = None
    if variants.TORCH:
        from benchmarks.torch_training import flops

        operations = flops(case, data)
    for variant in made:
        rows[variant] |= _figures(rates[variant], rates.get(variants.BASE), operations)
    return [shared | {"variant": variant} | row for variant, row in rows.items()]


def _made(makers: Mapping[str, Callable], wanted: Sequence[str]) -> tuple[dict, dict]:
    """The programs that run, and for each variant the beginning of its row."""
    made, rows = {}, {}
    for variant in [variant for variant in wanted if variant in makers]:
        program = makers[variant]()
        try:
            rows[variant] = {"first_step_seconds": timed(program)}
            made[variant] = program
        except Exception as error:  # whatever a compiler says belongs into its row
            rows[variant] = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    return made, rows


def _figures(rates: list[float], base: list[float] | None, operations: int | None) -> dict:
    rate = median(rates)
    return {
        "iterations_per_second": rate,
        "ratio_to_torch_eager": base and ratio(rates, base),
        "gflops": operations and operations * rate / 1e9,
        "gflop_per_iteration": operations and operations / 1e9,
        "rounds": rates,
    }


def _first_steps(name: str) -> dict[str, float]:
    """Of gan_jax, in processes of their own: with an empty cache of programs, and with it full."""
    with tempfile.TemporaryDirectory() as cache:
        cold, warm = (first_step(name, cache) for _ in range(2))
    return {"first_step_seconds": cold, "first_step_seconds_cached": warm}


def _print(rows: Sequence[Mapping]) -> None:
    lines = [COLUMNS, *([_shown(row.get(column)) for column in COLUMNS] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    for line in lines:
        print("  ".join(word.rjust(width) for word, width in zip(line, widths, strict=True)))
    for row in rows:
        if "error" in row:
            print(f"{row['case']} {row['variant']}: {row['error']}")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
