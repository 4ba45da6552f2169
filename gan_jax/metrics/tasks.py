"""What a family is for besides samples: figures of its networks on held-out and training data.

A task is a function `(nets, held_out, train) -> figures by name`. `nets` are the networks as
functions of arrays `[N, ...]`, and both parts have decoded examples `real` and, where there are
any, their labels `label`. Figures that need labels are left out where there are none.
"""

from collections.abc import Callable, Mapping

import jax
import numpy as np

from gan_jax.codes import Code, latents, means, parts
from gan_jax.metrics.clusters import majority_error, matched_error
from gan_jax.metrics.codes import (
    determination,
    neighbour_accuracy,
    principal_error,
    reconstruction_ratio,
)
from gan_jax.metrics.transport import exact_wasserstein
from gan_jax.priors import Prior

Task = Callable[..., Mapping[str, float]]
"""A function of the networks and two parts of the data that returns figures by name."""

_DRAWN = 1000
"""Latents of a task that needs any, the same every time."""
_WIDEST = 4096
"""Values of an example up to which principal components are soon found."""


def discovers(noise: Prior, codes: Mapping[str, Code], category: str) -> Task:
    """InfoGAN's: the codes are found again in fakes, and one of them is the class of real data.

    Args:
      noise: as in the game.
      codes: as in the game.
      category: the categorical code whose likeliest value is compared with the labels.

    Returns:
      `NAME_determination`, R^2 of the posterior's mean of each code on fakes; `matched_error` and
      `majority_error` of the category.
    """
    prior = jax.jit(latents(noise, codes))

    def task(nets, held_out, train):
        found = lambda x: means(codes, nets.posterior(nets.trunk(x)))
        latent = prior(jax.random.split(jax.random.key(0), _DRAWN))
        drawn, again = parts(codes, latent), found(nets.generator(latent))
        figures = {
            f"{name}_determination": determination(drawn[name], again[name]) for name in codes
        }
        if "label" in held_out:
            clusters = np.asarray(found(held_out["real"])[category]).argmax(1)
            figures |= _errors(clusters, held_out["label"])
        return figures

    return task


def inverts(nets, held_out: Mapping, train: Mapping) -> dict[str, float]:
    """BiGAN's: the generator makes of a code the example that has it, and codes tell classes apart.

    Returns:
      `reconstruction_ratio`; `neighbour_accuracy` of held-out codes among those of `train`, and
      `pixel_accuracy`, the same of the examples themselves. Both grow with `train`, which in an
      evaluation is all training examples up to 67 million numbers (`evaluation.KNOWN`): of MNIST
      all 60,000, as published.
    """
    code = nets.encoder(held_out["real"])
    figures = {"reconstruction_ratio": reconstruction_ratio(held_out["real"], nets.generator(code))}
    if "label" in held_out:
        known, labels = (train["real"], train["label"]), (held_out["real"], held_out["label"])
        figures["neighbour_accuracy"] = neighbour_accuracy(
            nets.encoder(train["real"]), train["label"], code, held_out["label"]
        )
        figures["pixel_accuracy"] = neighbour_accuracy(*known, *labels)
    return figures


def follows(deviation: float, *, labelled: bool = False) -> Task:
    """The adversarial autoencoder's: codes follow N(0, deviation^2 I), and are codes of examples.

    Args:
      deviation: of the prior.
      labelled: whether the generator receives labels.

    Returns:
      `code_mean`, the largest over the dimensions of |mean|, and `least_deviation` and
      `largest_deviation`, all in those of the prior; `reconstruction`, mean squared error for each
      value, and `principal_reconstruction` of as many principal components, for examples of up to
      4,096 values (its time grows as their cube). These are components of `train`, in an evaluation
      all training examples up to 67 million numbers (`evaluation.KNOWN`).
    """

    def task(nets, held_out, train):
        code = nets.encoder(held_out["real"])
        label = (held_out["label"],) if labelled else ()
        return _moments(code, deviation) | _reconstructed(nets, code, held_out, train, *label)

    return task


def reaches(prior: Callable, *, informed: bool = False, labelled: bool = False) -> Task:
    """The same for a prior of any shape, to which the codes are compared as sets of points.

    Args:
      prior: keys to latents, or keys and labels if it is informed.
      informed: whether the label says which part of the prior a code shall follow.
      labelled: whether the generator receives labels.

    Returns:
      `code_distance`, the Wasserstein distance of as many codes and latents, up to a thousand, with
      the labels beside them if it is informed; `prior_distance`, that of latents and others; and
      `reconstruction` and `principal_reconstruction` as of `follows`.
    """

    def task(nets, held_out, train):
        code, count = nets.encoder(held_out["real"]), min(_DRAWN, len(held_out["real"]))
        label = held_out["label"][:count] if informed else None
        keys = jax.random.split(jax.random.key(0), (2, count))
        drawn = [np.asarray(prior(some, *([label] if informed else []))) for some in keys]
        beside = 1e3 * np.eye(label.max() + 1)[label] if informed else np.zeros((count, 0))
        points = [np.concatenate([x, beside], axis=1) for x in (code[:count], *drawn)]
        figures = {
            "code_distance": exact_wasserstein(points[0], points[1]),
            "prior_distance": exact_wasserstein(points[2], points[1]),
        }
        given = (held_out["label"],) if labelled else ()
        return figures | _reconstructed(nets, code, held_out, train, *given)

    return task


def classifies(classes: int, *, clusters: bool = False) -> Task:
    """The semi-supervised autoencoder's: its class is the label, its style a standard normal.

    Args:
      classes: of the encoder, the last of its outputs.
      clusters: whether they are clusters, found without labels.

    Returns:
      `error`, or `matched_error` and `majority_error` of clusters; and of styles the figures of
      `follows`.
    """

    def task(nets, held_out, train):
        output = nets.encoder(held_out["real"])
        figures, found = _moments(output[:, :-classes], 1.0), output[:, -classes:].argmax(1)
        if "label" not in held_out:
            return figures
        wrong = {"error": float((found != held_out["label"]).mean())}
        return (_errors(found, held_out["label"]) if clusters else wrong) | figures

    return task


def _reconstructed(nets, code, held_out: Mapping, train: Mapping, *label) -> dict[str, float]:
    """`reconstruction` and, of examples that are not too wide, `principal_reconstruction`."""
    made, given = nets.generator(code, *label), (train["real"], held_out["real"])
    error = {"reconstruction": float(np.square(made - held_out["real"]).mean())}
    if made[0].size <= _WIDEST:
        error["principal_reconstruction"] = principal_error(*given, code.shape[1])
    return error


def _moments(code: np.ndarray, deviation: float) -> dict[str, float]:
    """`code_mean`, `least_deviation` and `largest_deviation` of codes, in those of the prior."""
    mean, deviations = np.abs(code.mean(0)) / deviation, code.std(0) / deviation
    return {
        "code_mean": float(mean.max()),
        "least_deviation": float(deviations.min()),
        "largest_deviation": float(deviations.max()),
    }


def _errors(clusters: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    return {
        "matched_error": matched_error(clusters, labels),
        "majority_error": majority_error(clusters, labels),
    }
