"""How good are the samples? Figures of a set of samples against a set of real data.

Every metric is a function of arrays `[N, ...]` (all but the first axis are flattened) that returns
a float or a mapping of names to floats. The names below are imported at their first use, so that
importing this package costs nothing.
"""

import importlib

_FILES = {
    "Classify": "classes",
    "Evaluation": "evaluation",
    "Moments": "frechet",
    "aligned": "evaluation",
    "classifier": "classes",
    "compare": "evaluation",
    "digits": "evaluation",
    "exact_wasserstein": "transport",
    "for_images": "evaluation",
    "for_points": "evaluation",
    "for_sequences": "sequences",
    "for_text": "characters",
    "for_tables": "evaluation",
    "frechet_distance": "frechet",
    "frechet_from_moments": "frechet",
    "mixture_figures": "mixture",
    "mmd": "discrepancy",
    "modes_and_divergence": "classes",
    "moments": "frechet",
    "nearest": "neighbours",
    "ngram_divergence": "characters",
    "precision_recall": "neighbours",
    "sine_residuals": "sequences",
    "spectrum_distance": "sequences",
    "suited": "evaluation",
    "table": "evaluation",
}

__all__ = list(_FILES)


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FILES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
