"""What is trained in a run: each replica in a folder of its own."""

import pytest

from gan_jax import job
from gan_jax.errors import UsageError
from gan_jax.experiment import Experiment
from gan_jax.replicas import Replica


def test_no_two_replicas_have_one_folder(tmp_path):
    made, seeds = [], [Replica(seed) for seed in (3, 1_000_000, 1_000_001)]
    make = lambda values: made.append(values) or Experiment(None, None)
    lanes = job.lanes(tmp_path, 0, seeds, make)
    names = ["seed-3", "seed-1000000", "seed-1000001"]
    assert [lane.folder.name for lane in lanes] == names and made == [{}]
    with pytest.raises(UsageError, match="more than one seed-3"):
        job.lanes(tmp_path, 0, [*seeds, Replica(3)], make)
    assert [lane[:2] for lane in job.lanes(tmp_path, 5, (), make)] == [(tmp_path, 5)]
