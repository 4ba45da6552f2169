"""The figures of many replicas: mean, deviation, interval, best and worst, and how many failed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_jax import runs
from gan_jax.evaluation import drawn
from gan_jax.metrics import aligned, digits, titled

NOTHING = "there are no figures"
VARIETY = ("recall", "coverage", "covered", "distinct")
"""How the names of figures end that fall when samples lack variety."""


def summarise(found: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """One set of figures for many replicas.

    Args:
      found: of each replica that was evaluated, what `evaluation.evaluate` returned.
      names: of all replicas; one that is not in `found` has diverged.

    Returns:
      `replicas` how many, of how many `configurations`, the names of those that `diverged`, and of
      those that `collapsed`: whose samples lack variety; and for each of the `figures` that all of
      them have its mean, its standard deviation, the 95 % interval of the mean (Student), `best`
      and `worst`, those nearest to and farthest from the figure of real data, by name, and that
      one; for each of the `tasks` that all have, if there are any, `mean`, `std`, `interval`,
      `median`, `least` and `largest`.
    """
    evaluated = {name: figures for name, figures in found.items() if "samples" in figures}
    about = {
        "replicas": len(names),
        "configurations": len(set(map(_configuration, names))),
        "diverged": [name for name in names if name not in found],
        "collapsed": [name for name, figures in evaluated.items() if lacking(figures)],
    }
    every = [figures["tasks"] for figures in found.values() if "tasks" in figures]
    both = [what for what in (every or [{}])[0] if all(what in each for each in every)]
    if both:
        about["tasks"] = {what: _spread([each[what] for each in every]) for what in both}
    if not evaluated:
        said = (each.get("not_compared", NOTHING) for each in found.values())
        reason = next(said, "all of them diverged")
        return about | {"figures": {}, "not_compared": reason}
    first = next(iter(evaluated.values()))
    about |= {key: first[key] for key in ("step", "weights", "n")}
    has = lambda what: all(what in each["samples"] for each in evaluated.values())
    shared, known = [what for what in first["samples"] if has(what)], first.get("provenance", {})
    about["provenance"] = {what: known[what] for what in shared if what in known}
    about |= {} if shared else {"not_compared": NOTHING}
    return about | {"figures": {what: _one(what, evaluated) for what in shared}}


def lacking(figures: Mapping[str, Any]) -> list[str]:
    """The figures of variety of which samples reach less than half of what real data do.

    >>> lacking({"samples": {"recall": 0.3, "precision": 0.1}, "real": {"recall": 0.9}})
    ['recall']
    """
    names = [name for name in figures["samples"] if name.endswith(VARIETY)]
    return [name for name in names if figures["samples"][name] < figures["real"][name] / 2]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean: `mean -+ t s / sqrt(n)`, t of Student; of one value, that.

    Seeds are few: of three of them a percentile bootstrap holds the mean in 71 of 100 cases.

    >>> interval([2.0, 2.0, 2.0])
    (2.0, 2.0)
    >>> [round(end, 3) for end in interval([1.0, 2.0, 3.0])]
    [-0.484, 4.484]
    """
    from scipy.stats import t

    values = np.asarray(values, float)
    mean, count = float(values.mean()), len(values)
    if count == 1:
        return mean, mean
    reach = float(t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count))
    return mean - reach, mean + reach


def record(run: Path, found: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> str:
    """Writes the summary to the run; returns it as a table, or as one for each configuration."""
    summary = summarise(found, names)
    runs.write_json(run / runs.EVALUATION, summary)
    if summary["configurations"] == 1:
        pictured = next((one for one in found.values() if "pictures" in one), {})
        return described(summary) + drawn(run / "*", pictured)
    alike = {}  # a mean over several configurations would say nothing of any
    for name in names:
        alike.setdefault(_configuration(name), []).append(name)
    each = [f"{_counted(summary)}:"]
    for kind, own in alike.items():
        those = {name: found[name] for name in own if name in found}
        each.append(f"{kind}: {described(summarise(those, own))}")
    return "\n\n".join(each)


def described(summary: Mapping[str, Any]) -> str:
    """What `summarise` found of one configuration, as a table."""
    said = _counted(summary)
    if summary["figures"]:
        about = f"Step {summary['step']}, {summary['weights']} weights, against held-out data"
        whole = f"{said}.\n{about}:\n{table(summary)}"
    else:
        whole = f"{said}: nothing was compared, since {summary['not_compared']}."
    return f"{whole}\n{task_table(summary['tasks'])}" if "tasks" in summary else whole


def _counted(summary: Mapping[str, Any]) -> str:
    kinds = summary["configurations"]
    counts = [f"{summary['replicas']} replicas{f' of {kinds} configurations' if kinds > 1 else ''}"]
    for what in ("diverged", "collapsed"):
        who = f" ({', '.join(summary[what])})" if summary[what] else ""
        counts.append(f"{len(summary[what])} {what}{who}")
    return ", ".join(counts)


def _configuration(name: str) -> str:
    """The replica's name without its seed."""
    return name.rpartition("seed-")[0].rstrip("-")


def table(summary: Mapping[str, Any]) -> str:
    """The figures as aligned text."""
    rows = [(f"n = {summary['n']}", "mean", "std", "95 % interval", "best", "worst", "real data")]
    for what, figure in summary["figures"].items():
        ends = (f"{digits(figure[end])} ({figure[f'{end}_of']})" for end in ("best", "worst"))
        middle = (digits(figure["mean"]), digits(figure["std"]))
        span = spanned(figure["interval"])
        rows.append((titled(what, summary), *middle, span, *ends, digits(figure["real"])))
    return aligned(rows)


def task_table(tasks: Mapping[str, Mapping[str, float]]) -> str:
    """The figures of tasks as aligned text."""
    spreads = [spread | {"interval": spanned(spread["interval"])} for spread in tasks.values()]
    shown = lambda value: value if isinstance(value, str) else digits(value)
    rows = [(what, *map(shown, own.values())) for what, own in zip(tasks, spreads, strict=True)]
    return aligned([("networks", *spreads[0]), *rows])


def spanned(interval: Sequence[float]) -> str:
    """The two ends of an interval as text."""
    low, high = map(digits, interval)
    return f"{low} to {high}"


def _middle(every: np.ndarray) -> dict[str, Any]:
    return {
        "mean": float(every.mean()),
        "std": float(every.std(ddof=1)) if len(every) > 1 else 0.0,
        "interval": interval(every),
    }


def _spread(values: Sequence[float]) -> dict[str, Any]:
    every = np.asarray(values, float)
    return {
        **_middle(every),
        "median": float(np.median(every)),
        "least": float(every.min()),
        "largest": float(every.max()),
    }


def _one(what: str, evaluated: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    values = {name: figures["samples"][what] for name, figures in evaluated.items()}
    real = float(np.mean([figures["real"][what] for figures in evaluated.values()]))
    ranked = sorted(values, key=lambda name: abs(values[name] - real))
    every = np.asarray(list(values.values()), float)
    return {
        **_middle(every),
        "best": values[ranked[0]],
        "best_of": ranked[0],
        "worst": values[ranked[-1]],
        "worst_of": ranked[-1],
        "real": real,
    }
