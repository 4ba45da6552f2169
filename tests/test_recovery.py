import os
import shutil

import pytest

from gan_jax import checkpoint, recovery
from gan_jax.errors import CheckpointError
from tests.command import files, hashes, rows, train, write_experiment
from tests.test_checkpoint import save, state

FLAGS = ("--data", "ring", "--sample-every", 10_000, "--checkpoint-every", 10)


def damage(folder, step, file="state/d/*"):
    for path in (folder / str(step)).glob(file):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 4
        path.write_bytes(content)


def test_the_newest_sound_one_is_found(tmp_path):
    folder = save(tmp_path / "checkpoints", 1, 2, 3, keep=3)
    damage(folder, 3)
    shutil.rmtree(folder / "2" / "state")
    step, found, _, damaged = recovery.newest_sound(folder, lambda step: state(step))
    assert step == int(found.step) == 1 and list(damaged) == [3, 2]
    damage(folder, 1)
    with pytest.raises(CheckpointError, match="of step 3 "):
        recovery.newest_sound(folder, lambda step: state(step))


def test_another_model_is_no_damage(tmp_path):
    folder = save(tmp_path / "checkpoints", 1)
    with checkpoint.open_folder(folder, 2) as manager:
        checkpoint.save(manager, 2, state(2, width=4), {})
    with pytest.raises(CheckpointError, match="step 2 is of another model"):
        recovery.newest_sound(folder, lambda step: state(step))


def test_what_the_system_refuses_is_no_damage(tmp_path, monkeypatch):
    folder = save(tmp_path / "checkpoints", 1, 2)

    def refuse(*given):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(checkpoint, "_read", refuse)
    with pytest.raises(CheckpointError, match=r"step 2 .*Too many open files.*mend that"):
        recovery.newest_sound(folder, lambda step: state(step))


def test_a_random_key_in_the_state_is_refused(tmp_path, capsys):
    noisy = "optax.add_noise(0.1, 0.5, 3), optax.adam(config.learning_rate)"
    old, new = "critic_optimizer=optax.adam(config.learning_rate)", f"optax.chain({noisy})"
    experiment = write_experiment(tmp_path, "noisy", old, f"critic_optimizer={new}")
    assert train(experiment, tmp_path / "run", *FLAGS, "--steps", 20) == 2
    assert "is a random key" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_what_is_put_aside_is_kept(tmp_path):
    folder = save(tmp_path / "checkpoints", 1)
    first = recovery.put_aside(folder, 1)
    second = recovery.put_aside(save(folder, 1), 1)
    assert first != second and {first.name, second.name} == set(os.listdir(tmp_path / "damaged"))
    assert checkpoint.latest(folder) is None
    shutil.rmtree(first)
    assert recovery.put_aside(save(folder, 1), 1) == first


@pytest.mark.parametrize("folder", ["", "seed-3"])
def test_pictures_and_steps_to_replay_go_with_what_is_later(tmp_path, folder):
    own, names = tmp_path / folder, ("samples", "replay-20", "replay-21", "replay-24.1")
    for name in names:
        (own / name).mkdir(parents=True)
    for name in ("samples/0000020.png", "samples/0000030.txt", "losses.png", "replay-24.1/state"):
        (own / name).write_text(name)
    place = recovery.go_back(tmp_path, 20, {tmp_path, own})
    assert set(files(place / folder)) >= {
        "samples", "samples/0000030.txt", "replay-21", "replay-24.1", "replay-24.1/state",
    }  # fmt: skip
    assert set(files(own)) - {"later"} >= {"losses.png", "replay-20", "samples/0000020.png"}
    assert sorted(path.name for path in own.glob("replay-*")) == ["replay-20"]
    assert [path.name for path in own.glob("samples/*")] == ["0000020.png"]
    assert recovery.go_back(tmp_path, 20, {tmp_path, own}) is None


def test_a_run_goes_on_from_the_last_sound_checkpoint_to_the_same_bits(tmp_path, capsys):
    experiment, run, whole = write_experiment(tmp_path), tmp_path / "run", tmp_path / "whole"
    assert train(experiment, whole, *FLAGS, "--steps", 30) == 0
    assert train(experiment, run, *FLAGS, "--steps", 20) == 0
    damage(run / "checkpoints", 20)
    capsys.readouterr()
    assert train(experiment, run, *FLAGS, "--steps", 30, "--resume") == 0
    said = capsys.readouterr().out
    assert "of step 20" in said and "going on from step 10." in said
    assert hashes(run) == hashes(whole) and rows(run) == rows(whole)
    assert os.listdir(run / "damaged") == ["20.0"]


def test_no_sound_checkpoint_is_an_error_and_no_new_beginning(tmp_path, capsys):
    experiment, run = write_experiment(tmp_path), tmp_path / "run"
    assert train(experiment, run, *FLAGS, "--steps", 20) == 0
    for step in (10, 20):
        damage(run / "checkpoints", step)
    before = sorted(os.listdir(run / "checkpoints"))
    assert train(experiment, run, *FLAGS, "--steps", 30, "--resume") == 4
    assert "of step 20" in capsys.readouterr().err
    assert sorted(os.listdir(run / "checkpoints")) == before and not (run / "damaged").exists()
