"""What a classifier sees in samples: modes, as on stacked MNIST, and labels; and a small one."""

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from gan_jax import storage
from gan_jax.data import Dataset
from gan_jax.data.source import some
from gan_jax.metrics.evaluation import Evaluation
from gan_jax.metrics.mixture import divergence_from_uniform

SEEN = 1_000_000
"""Examples that a classifier is shown at most, over and over, in 15 epochs or more."""

Classify = Callable[[np.ndarray], np.ndarray]
"""Examples `[N, ...]` to the probabilities of K classes, `[N, K]`."""


def modes_and_divergence(classify: Classify) -> Evaluation:
    """Classes of every channel together: how many occur, and how evenly.

    `KL(p || uniform)` in nats of the shares p of K^C modes, for C channels of K classes: Metz et
    al. 2016, arXiv:1611.02163, and with 26,000 samples Lin et al. 2017 (PacGAN), arXiv:1712.04086.
    It depends on the number of samples: about (K^C - 1) / 2N for perfect ones. So compare it with
    that of real data, which stands beside it.

    Args:
      classify: images of one channel `[N, H, W, 1]` to probabilities `[N, K]`.

    Returns:
      An evaluation of images `[N, H, W, C]` with the figures `modes`, at most K^C; `mode_kl`; and
      `confidence`, the mean probability of the likeliest class: low for images of nothing, which
      a classifier spreads over many modes all the same.

    >>> bright = lambda images: np.eye(2)[(images.mean((1, 2, 3)) > 0).astype(int)]
    >>> images = np.ones((4, 2, 2, 2)) * [[[[1, 1]]], [[[1, -1]]], [[[-1, 1]]], [[[-1, -1]]]]
    >>> modes_and_divergence(bright)(images, images)
    {'modes': 4, 'mode_kl': 0.0, 'confidence': 1.0}
    """

    def evaluate(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
        channels = np.moveaxis(other, -1, 1)
        shares = classify(channels.reshape(-1, *channels.shape[2:], 1))
        chosen = shares.argmax(1).reshape(channels.shape[:2])
        kinds = (shares.shape[1],) * chosen.shape[1]
        counts = np.bincount(np.ravel_multi_index(chosen.T, kinds), minlength=np.prod(kinds))
        return {
            "modes": int(np.sum(counts > 0)),
            "mode_kl": divergence_from_uniform(counts),
            "confidence": float(shares.max(1).mean()),
        }

    return evaluate


def label_accuracy(
    drawn: Mapping[str, np.ndarray], data: Dataset
) -> tuple[dict[str, float], dict[str, float]]:
    """How often `classifier` sees in a sample the label that it was made for.

    Args:
      drawn: `samples` and, if they were made for any, their `labels`.
      data: real data, of whose held-out part as many are judged.

    Returns:
      `label_accuracy` of samples, and of held-out data; nothing where there are no labels, or too
      few examples of one to train the classifier.
    """
    if "labels" not in drawn or _unclassified(data):
        return {}, {}
    classify = classifier(data)
    right = lambda examples, labels: float(np.mean(classify(examples).argmax(1) == labels))
    real, label = (some(data.held_out[name], len(drawn["labels"])) for name in ("real", "label"))
    return (
        {"label_accuracy": right(drawn["samples"], drawn["labels"])},
        {"label_accuracy": right(np.asarray(data.spec.decode(real)), label)},
    )


def classifier(data: Dataset, *, width: int = 256, seed: int = 0) -> Classify:
    """The probabilities of the classes by `perceptron`, with its arguments."""
    inner, inner_bias, outer, outer_bias = perceptron(data, width=width, seed=seed)

    def classify(examples: np.ndarray) -> np.ndarray:
        from scipy.special import softmax

        rows = np.asarray(examples, np.float32).reshape(len(examples), -1)
        return softmax(np.maximum(rows @ inner + inner_bias, 0) @ outer + outer_bias, axis=1)

    return classify


def perceptron(data: Dataset, *, width: int = 256, seed: int = 0) -> list[np.ndarray]:
    """A perceptron of one hidden layer, trained on the training part alone.

    By scikit-learn, until a tenth of that part, kept back, is no longer classified better, or 15 to
    200 epochs: `SEEN` examples. Its weights are kept in the user's cache folder by the data's
    fingerprint.

    Args:
      data: with labels, each of them on two training examples or more.
      width: of the hidden layer.
      seed: of weights, order and the tenth.

    Returns:
      Weights `[D, width]` and biases of the hidden layer, and those of the logits.

    Raises:
      ValueError: data with other labels, or none.
    """
    if reason := _unclassified(data):
        raise ValueError(f"No classifier of {data.name}: {reason}.")
    place = storage.cache("classifiers", f"{data.fingerprint}-{width}-{seed}-3.npz")
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        weights = _fitted(data, width, seed)
        storage.write_atomically(place, lambda file: np.savez(file, *weights))
    with np.load(place, allow_pickle=False) as file:
        return [file[name] for name in file.files]


def classifier_score(chances: np.ndarray) -> float:
    """`exp(E_x KL(p(y | x) || p(y)))`: the Inception score, by any classifier.

    Salimans et al. 2016, arXiv:1606.03498, section 4. It never sees real data, and is best for one
    sure sample of each class: read it beside that of real data, and beside other figures.

    Differs from the paper: of all samples at once, where there is a mean over ten parts.

    Args:
      chances: p(y | x), `[N, K]`, each row summing to 1.

    Returns:
      From 1 to K.

    Raises:
      ValueError: for other shapes, or rows that are no probabilities.

    >>> round(classifier_score([[1.0, 0.0], [0.0, 1.0]]), 6), classifier_score([[0.3, 0.7]])
    (2.0, 1.0)
    """
    from scipy.special import rel_entr

    chances = np.asarray(chances, np.float64)
    if chances.ndim != 2 or not chances.size or not np.allclose(chances.sum(1), 1, atol=1e-3):
        raise ValueError(
            f"chances have the shape {chances.shape}; expected [N, K], each row summing to 1"
        )
    middle = chances.mean(0, keepdims=True)
    return float(np.exp(rel_entr(chances, middle).sum(1).mean()))


def _fitted(data: Dataset, width: int, seed: int) -> list[np.ndarray]:
    """Weights and biases of both layers."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    real = np.asarray(data.spec.decode(data.train["real"][:]), np.float32)
    mean, deviation = real.mean(), real.std() + 1e-6
    rows = ((real - mean) / deviation).reshape(len(real), -1)
    epochs = int(np.clip(SEEN // len(rows), 15, 200))
    model = MLPClassifier(
        (width,), random_state=seed, early_stopping=True, n_iter_no_change=20, max_iter=epochs
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the best epoch is kept
        model.fit(rows, data.train["label"])
    (inner, bias), outer = zip(model.coefs_, model.intercepts_, strict=True)
    inner = inner / deviation, bias - mean / deviation * inner.sum(0)
    if len(model.classes_) == 2:  # one logit, which is that of the second class against 0
        outer = [np.concatenate([np.zeros_like(array), array], axis=-1) for array in outer]
    return [*inner, *outer]


def _unclassified(data: Dataset) -> str | None:
    """Why no classifier can be trained on the data, if so."""
    known, labels = len(data.spec.classes), np.asarray(data.train.get("label", ()), int)
    if known < 2:
        return f"it has {known} classes, expected two or more"
    counts = np.bincount(labels[labels >= 0], minlength=known)
    if len(labels) < 10 * known or counts.min() < 2 or labels.min() < 0:
        return (
            f"its {len(labels)} training examples are of {np.sum(counts > 0)} classes, the rarest "
            f"of which has {counts.min()}; expected ten for each of {known}, and two of the rarest"
        )
    return None
