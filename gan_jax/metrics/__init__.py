"""How good are the samples? Figures of a set of samples against a set of real data.

Every metric is a function of arrays `[N, ...]` (all but the first axis are flattened) that returns
a float or a mapping of names to floats. The names below are imported at their first use, so that
importing this package costs nothing.
"""

import importlib

_FILES = {
    "Classify": "classes",
    "Evaluation": "evaluation",
    "Extractor": "features",
    "Moments": "frechet",
    "OfTraining": "evaluation",
    "Repeated": "repeated",
    "aligned": "printed",
    "associations": "columns",
    "best_sines": "sequences",
    "classifier": "classes",
    "classifier_features": "features",
    "classifier_score": "classes",
    "classifies": "tasks",
    "compare": "evaluation",
    "copies": "nearest_rows",
    "density_coverage": "neighbours",
    "determination": "codes",
    "digits": "printed",
    "discovers": "tasks",
    "exact_wasserstein": "transport",
    "explains": "likelihoods",
    "fidelity": "columns",
    "follows": "tasks",
    "for_columns": "evaluation",
    "for_images": "evaluation",
    "for_label": "evaluation",
    "for_oracle": "oracle",
    "for_points": "evaluation",
    "for_sequences": "sequences",
    "for_tables": "evaluation",
    "for_text": "characters",
    "frechet_distance": "frechet",
    "frechet_from_moments": "frechet",
    "inception_features": "inception",
    "inverts": "tasks",
    "kernel_distance": "kernel",
    "label_accuracy": "classes",
    "label_usefulness": "classifiers",
    "majority_error": "clusters",
    "marginals": "columns",
    "matched_error": "clusters",
    "mixture_figures": "mixture",
    "mmd": "discrepancy",
    "mmd_threshold": "discrepancy",
    "modes_and_divergence": "classes",
    "moments": "frechet",
    "near_duplicates": "nearest_example",
    "nearest": "neighbours",
    "neighbour_accuracy": "codes",
    "ngram_divergence": "characters",
    "oracle_nll": "oracle",
    "perceptron": "classes",
    "pixel_features": "features",
    "precision_recall": "neighbours",
    "principal_error": "codes",
    "random_features": "features",
    "reaches": "tasks",
    "reconstruction_ratio": "codes",
    "sequence_threshold": "sequences",
    "sine_residuals": "sequences",
    "sliced_wasserstein": "transport",
    "spectrum_distance": "sequences",
    "streamed_moments": "frechet",
    "suited": "evaluation",
    "synthetic_usefulness": "labelled",
    "table": "printed",
    "titled": "printed",
    "translation_figures": "translation",
    "two_sample": "nearest_example",
    "usefulness": "classifiers",
    "variety": "collapse",
}

__all__ = list(_FILES)


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FILES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
