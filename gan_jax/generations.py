"""Generations of a trained generator: individuals drawn, bred, edited, and made again by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gan_jax import breeding, genomes, wishes
from gan_jax.errors import UsageError
from gan_jax.lineage import Individual, Lineage
from gan_jax.making import Maker
from gan_jax.wishes import Wish


@dataclass(frozen=True)
class Breeder:
    """A trained generator with its lineage, which all that is born joins.

    Attributes:
      maker: of `Trained.maker`.
      lineage: of its run.
      classes: their names, in order.
      step: of its checkpoint.
      weights: `average` or `last`.
      digest: of the state: see `inheritance.digest`.
    """

    maker: Maker
    lineage: Lineage
    classes: tuple[str, ...]
    step: int
    weights: str
    digest: str
    _genomes: dict[str, np.ndarray] = field(default_factory=dict)  # by id, [1, ...]

    def drawn(self, wish: Wish, seed: int) -> list[str]:
        """Ids of a first generation: of the samples of this seed, in their order, at most 64.

        Raises:
          UsageError: a wish that cannot be.
        """
        label = wishes.check(wish, self.maker, self.classes)
        labels = [label] * wish.children
        if label is None and self.maker.conditional:
            labels = self.maker.latents(seed, genomes.MOST)[1][: wish.children].tolist()
        numbers = {"truncation": wish.truncation}
        return self._born("draw", (), seed, [(label, numbers) for label in labels])

    def bred(self, parents: Sequence[str], wish: Wish, seed: int) -> list[str]:
        """Ids of children of one parent, or of two.

        Raises:
          UsageError: another number of parents, one that is unknown or of another checkpoint, or a
            wish that cannot be.
        """
        label = wishes.check(wish, self.maker, self.classes)
        breeding.check(self.maker.prior)
        if len(parents) not in (1, 2):
            raise UsageError(f"A child has one parent or two; given: {len(parents)}.")
        found = self.check(self.lineage.find(parents))
        labels = [label] * wish.children
        if label is None and self.maker.conditional:
            labels = self._inherited(found, wish, seed)
        numbers = {"mutation": wish.mutation, "truncation": wish.truncation}
        numbers |= {"rate": wish.rate} if len(parents) == 2 else {}
        operation = wish.mixing if len(parents) == 2 else "mutate"
        children = [(label, numbers) for label in labels]
        return self._born(operation, tuple(parents), seed, children)

    def edited(self, parent: str, direction: np.ndarray, amount: float, wish: Wish) -> list[str]:
        """Ids of one parent changed along a direction, evenly from `-amount` to `amount`.

        Raises:
          UsageError: the parent is unknown or of another checkpoint, or its latent of another size.
        """
        label = wishes.check(wish, self.maker, self.classes)
        (found,) = self.check(self.lineage.find([parent]))
        if np.size(direction) != (size := self.genome(parent).size):
            raise UsageError(f"The direction has {np.size(direction)} numbers, a latent {size}.")
        if not np.isfinite([amount, *np.ravel(direction)]).all():
            raise UsageError(f"The amount, {amount}, and the direction must be finite numbers.")
        label = found.label if label is None else label
        amounts = np.linspace(-amount, amount, wish.children) if wish.children > 1 else [amount]
        numbers = [{"amount": each, "truncation": wish.truncation} for each in amounts]
        children = [(label, each) for each in numbers]
        return self._born("edit", (parent,), 0, children, genomes.text(direction))

    def made(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The `samples`, `latents` and `ids`, and `labels` if there are any; the same each time.

        Raises:
          UsageError: an id that is unknown or of another checkpoint.
        """
        found = self.check(self.lineage.find(ids))
        shown = (genomes.shown(one, self.genome(one.id), self.maker) for one in found)
        latents = np.concatenate(list(shown))
        given = {"latents": latents}
        if self.maker.conditional:
            given["labels"] = np.array([one.label for one in found], np.int32)
        return {"samples": self.maker.make(**given), **given, "ids": np.array(ids)}

    def check(self, individuals: Sequence[Individual]) -> Sequence[Individual]:
        """The same, if this checkpoint made them.

        Raises:
          UsageError: one is of another step, or of other weights.
        """
        for one in individuals:
            if (one.step, one.weights) != (self.step, self.weights):
                raise UsageError(
                    f"{one.id} is of step {one.step} with {one.weights} weights, and not of step "
                    f"{self.step} with {self.weights} weights: give --step {one.step} --weights "
                    f"{one.weights}, and individuals of no other."
                )
            if one.digest != self.digest:
                raise UsageError(
                    f"{one.id} was made by other weights of step {one.step}, which was trained "
                    "again: breed anew, or put back the checkpoint that it was bred with."
                )
        return individuals

    def genome(self, id: str) -> np.ndarray:
        """The latent that an individual hands down, `[1, ...]`: its own before any truncation."""
        if id not in self._genomes:
            for one in self.check(self.lineage.ancestry([id])):
                if one.id not in self._genomes:
                    parents = [self._genomes[parent] for parent in one.parents]
                    self._genomes[one.id] = genomes.grown(one, parents, self.maker)
        return self._genomes[id]

    def prepare(self, parent: str) -> None:
        """Compiles what breeds, so that the first children are there as soon as later ones."""
        (found,), genome = self.lineage.find([parent]), self.genome(parent)
        for operation in ("cross", "blend"):
            numbers = {"rate": 0.5, "mutation": 0.5}
            child = replace(found, operation=operation, parents=(parent,) * 2, numbers=numbers)
            genomes.grown(child, [genome, genome], self.maker)

    def _born(
        self,
        operation: str,
        parents: tuple[str, ...],
        seed: int,
        children: Sequence[tuple[int | None, Mapping[str, float | None]]],
        direction: str = "",
    ) -> list[str]:
        """Ids of children by their labels and numbers."""
        born = []
        for index, (label, given) in enumerate(children):
            # As floats, whose text is one: the recipe is hashed.
            numbers = {name: float(value) for name, value in given.items() if value is not None}
            rest = numbers, label, direction, self.step, self.weights, self.digest
            born.append(Individual(operation, parents, seed, index, *rest))
        self.lineage.add(born)
        return [one.id for one in born]

    def _inherited(self, parents: Sequence[Individual], wish: Wish, seed: int) -> list[int]:
        """Labels of children: that of the second parent by the chance of its genes."""
        one, other = (np.array([parent.label]) for parent in (parents[0], parents[-1]))
        ids = [parent.id for parent in parents]
        keys = (genomes.keys(ids, seed, index)[2] for index in range(wish.children))
        return [int(breeding.crossed(key, one, other, wish.rate)[0]) for key in keys]
