"""Metrics in TensorBoard's own files, and offline in those of Weights & Biases."""

import struct

import pytest

from gan_jax import trackers
from gan_jax.errors import UsageError
from tests.command import rows, train, write_experiment


def scalars(folder) -> dict[int, dict[str, float]]:
    """What event files hold, by step; what is superseded has gone."""
    from tensorboardX.proto.event_pb2 import Event

    found = {}
    for path in sorted(folder.glob("events*"), key=lambda path: path.stat().st_mtime_ns):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            event = Event.FromString(content[12 : 12 + length])
            content = content[16 + length :]
            if event.session_log.status == event.session_log.START:
                found = {step: row for step, row in found.items() if step < event.step}
            for value in event.summary.value:
                found.setdefault(event.step, {})[value.tag] = value.simple_value
    return found


@pytest.mark.slow
def test_tensorboard_has_the_rows_of_metrics(tmp_path):
    pytest.importorskip("tensorboardX", reason="tensorboardX is not installed")
    experiment, run = write_experiment(tmp_path), tmp_path / "run"
    flags = ("--log-every", 2, "--checkpoint-every", 2, "--log-to", "tensorboard")
    assert train(experiment, run, "--steps", 4, *flags) == 0
    assert train(experiment, run, "--steps", 6, *flags, "--resume") == 0
    expected = {row.pop("step"): row for row in rows(run)}
    assert expected.keys() == {2, 4, 6}
    found = scalars(run / "tensorboard")
    assert found == {step: pytest.approx(row) for step, row in expected.items()}


def test_replicas_have_files_of_their_own(tmp_path):
    pytest.importorskip("tensorboardX", reason="tensorboardX is not installed")
    run, other = tmp_path / "run", tmp_path / "run/seed-1"
    with trackers.opened(("tensorboard",), run, {}, 0) as track:
        track(run, 1, {"a": 1.0})
        track(other, 1, {"a": 2.0})
    with trackers.opened(("tensorboard",), run, {}, 0) as track:
        track(run, 1, {"a": 3.0})
    assert scalars(other / "tensorboard") == {1: {"a": 2.0}}
    assert scalars(run / "tensorboard") == {1: {"a": 3.0}}


def test_wandb_offline(tmp_path, monkeypatch):
    pytest.importorskip("wandb", reason="wandb is not installed")
    monkeypatch.setenv("WANDB_MODE", "offline")
    (tmp_path / "run").mkdir()
    with trackers.opened(("wandb",), tmp_path / "run", {"steps": 2}, 0) as track:
        track(tmp_path / "run", 2, {"critic/loss": 1.5})
    assert list((tmp_path / "run/wandb").glob("offline-run-*/*.wandb"))


def test_a_package_that_is_not_there(monkeypatch):
    monkeypatch.setitem(trackers.PACKAGES, "wandb", "no_such_package")
    with pytest.raises(UsageError, match="pip install no_such_package"):
        trackers.check(("wandb",))
    trackers.check(())
