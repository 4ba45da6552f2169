"""Individuals by their ids: drawn, bred, edited, and made again bit for bit."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from gan_jax.errors import UsageError
from gan_jax.lineage import UnknownError
from gan_jax.wishes import Wish
from tests.breeders import NORMAL, UNIFORM, breeder, made

SMALL = Wish(children=6)


def family(folder, prior=NORMAL, **at):
    """Four generations: drawn, mutated, blended, crossed; ids of the last come first."""
    found, wish = breeder(folder, prior, **at), dataclasses.replace(SMALL, mutation=0.4)
    first = found.drawn(wish, seed=3)
    second = found.bred(first[:1], wish, seed=3)
    blend = dataclasses.replace(wish, mixing="blend", rate=0.3)
    third = found.bred([second[1], first[4]], blend, seed=3)
    return found, found.bred([third[0], second[2]], wish, seed=3), third, second, first


def everyone(folder, prior=NORMAL):
    """All four generations, together, and what they are made into."""
    found, *generations = family(folder, prior)
    ids = [id for generation in generations for id in generation]
    whole = found.made(ids)
    assert len(np.unique(whole["latents"], axis=0)) == len(ids) == 24
    return whole


AGAIN = """
import numpy as np
from pathlib import Path
from tests.breeders import NORMAL, UNIFORM, breeder

def again(folder, prior=NORMAL):
    found, old = breeder(Path(folder), prior), np.load(Path(folder, "made.npz"))
    for place in (0, 23, 11, 7, 12):  # alone, and in another order
        one = found.made([str(old["ids"][place])])
        for name in ("samples", "latents", "labels"):
            np.testing.assert_array_equal(one[name][0], old[name][place])
"""


@pytest.mark.slow
def test_the_same_bits_again_in_another_process(tmp_path):
    np.savez(tmp_path / "made.npz", **everyone(tmp_path))
    code = f"{AGAIN}\nagain({str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_same_bits_again_of_a_uniform_prior(tmp_path):
    np.savez(tmp_path / "made.npz", **everyone(tmp_path, UNIFORM))
    made.cache_clear()
    exec(f"{AGAIN}\nagain({str(tmp_path)!r}, UNIFORM)", {})


def test_the_first_generation_is_of_the_samples_of_its_seed(tmp_path):
    found = breeder(tmp_path)
    drawn = found.made(found.drawn(SMALL, seed=9))
    latents, labels = made().latents(9, 6)
    np.testing.assert_array_equal(drawn["latents"], latents)
    np.testing.assert_array_equal(drawn["labels"], labels)
    np.testing.assert_array_equal(drawn["samples"], made().make(latents, labels))


def test_the_same_wish_is_the_same_individuals_and_another_seed_others(tmp_path):
    found, *_, first = family(tmp_path)
    rows = len(found.lineage.path.read_text().splitlines())
    again = family(tmp_path)[-1]
    assert again == first and len(found.lineage.path.read_text().splitlines()) == rows
    one, other = (found.bred(first[:2], SMALL, seed) for seed in (0, 1))
    assert not set(one) & set(other)
    assert np.abs(found.made(one)["latents"] - found.made(other)["latents"]).min() > 0


def test_a_child_of_the_same_seed_has_not_the_noise_of_its_parent(tmp_path):
    """Else the third generation would be as far from the second as the second is, on one line."""
    found = breeder(tmp_path)
    fresh = dataclasses.replace(SMALL, mutation=1.0)
    grown = [found.drawn(fresh, seed=3)]
    for _ in range(3):
        grown.append(found.bred(grown[-1][:1], fresh, seed=3))
    latents = [found.made(ids)["latents"] for ids in grown]
    everything = np.concatenate(latents)
    assert len(np.unique(everything.round(5), axis=0)) == len(everything)


def test_a_mixture_of_genes_without_mutation_has_those_of_its_parents(tmp_path):
    found = breeder(tmp_path)
    parents = found.drawn(SMALL, seed=1)[:2]
    wish = Wish(children=40, mutation=0.0)
    one, other = found.made(parents)["latents"]
    genes = found.made(found.bred(parents, wish, seed=2))["latents"]
    assert ((genes == one) | (genes == other)).all()
    assert 0.3 < (genes == one).mean() < 0.7


def test_the_class_is_that_of_a_parent_or_as_wished(tmp_path):
    found = breeder(tmp_path)
    ids = found.drawn(Wish(children=64), seed=1)
    labels = found.made(ids)["labels"].tolist()
    pair = ids[labels.index(0)], ids[labels.index(2)]
    born = found.made(found.bred(pair, Wish(children=64, rate=0.25), seed=2))["labels"]
    assert set(born.tolist()) == {0, 2} and 0.05 < (born == 2).mean() < 0.45
    assert set(found.made(found.bred(pair[1:], SMALL, seed=2))["labels"].tolist()) == {2}
    chosen = dataclasses.replace(SMALL, label="b")
    for born in (found.bred(pair, chosen, seed=2), found.drawn(chosen, seed=2)):
        assert found.made(born)["labels"].tolist() == [1] * 6


def test_a_truncation_is_shown_and_not_handed_down(tmp_path):
    found = breeder(tmp_path)
    free, cut = (found.drawn(Wish(children=9, truncation=t), seed=4) for t in (None, 0.5))
    assert not set(free) & set(cut)
    assert (
        np.abs(found.made(cut)["latents"]).max() <= 0.5 < np.abs(found.made(free)["latents"]).max()
    )
    for one, other in zip(free, cut, strict=True):
        np.testing.assert_array_equal(found.genome(one), found.genome(other))


def test_an_edit_goes_evenly_along_its_direction(tmp_path):
    found = breeder(tmp_path)
    parent = found.drawn(SMALL, seed=1)[0]
    direction = np.float32([0, 1, 0, -2])
    born = found.made(found.edited(parent, direction, 2.0, Wish(children=5)))
    moved = born["latents"] - found.made([parent])["latents"]
    expected = np.float32([[-2], [-1], [0], [1], [2]]) * direction
    np.testing.assert_allclose(moved, expected, atol=1e-6)
    assert len(set(born["labels"].tolist())) == 1
    for direction, said in (([1, 2], "has 2 numbers, a latent 4"), ([1, 2, 3, np.nan], "finite")):
        with pytest.raises(UsageError, match=said):
            found.edited(parent, np.float32(direction), 1.0, SMALL)


def test_individuals_of_another_checkpoint_are_refused(tmp_path):
    old = family(tmp_path)[1][0]
    later = breeder(tmp_path, step=8)
    for act in (
        lambda: later.made([old]),
        lambda: later.bred([old], SMALL, seed=1),
        lambda: later.edited(old, np.ones(4), 1.0, SMALL),
    ):
        with pytest.raises(UsageError, match=f"{old} is of step 7 .* give --step 7 --weights av"):
            act()
    with pytest.raises(UsageError, match="with last weights"):
        breeder(tmp_path, weights="last").made([old])
    with pytest.raises(UsageError, match=f"{old} was made by other weights of step 7"):
        breeder(tmp_path, digest="1f").made([old])
    mine, theirs = later.drawn(SMALL, seed=3), breeder(tmp_path).drawn(SMALL, seed=3)
    assert not set(mine) & set(theirs)


def test_who_cannot_be_bred(tmp_path):
    found = breeder(tmp_path)
    first = found.drawn(SMALL, seed=1)
    for parents in ([], first[:3]):
        with pytest.raises(UsageError, match="one parent or two"):
            found.bred(parents, SMALL, 1)
    with pytest.raises(UnknownError):
        found.bred(["nobody"], SMALL, 1)
