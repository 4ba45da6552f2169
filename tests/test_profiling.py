"""What is traced of a training, and what is said of it."""

import pytest

from gan_jax.profiling import profiled


@pytest.fixture
def traced(monkeypatch, tmp_path):
    """Plays chunks with a profiler that only notes what it is told."""
    from gan_jax import profiling

    notes = []
    monkeypatch.setattr(profiling.jax.profiler, "start_trace", lambda place: notes.append("start"))
    monkeypatch.setattr(profiling.jax.profiler, "stop_trace", lambda: notes.append("stop"))

    def play(wanted, steps, stopped=False):
        del notes[:]
        with profiled(tmp_path, wanted, notes.append) as profile:
            for step in steps:
                profile(step, step == steps[-1] and not stopped)
        return notes

    return play


def test_steps_after_the_first_chunk(traced, tmp_path):
    said = f"Wrote a trace of steps 11 to 30 to {tmp_path}."
    assert traced(15, range(10, 60, 10)) == ["start", "stop", said]
    assert traced(0, range(10, 60, 10)) == []


def test_what_there_is_in_a_short_run(traced, tmp_path):
    said = f"Wrote a trace of steps 11 to 20 to {tmp_path}."
    assert traced(100, [10, 20]) == ["start", "stop", said]
    (why,) = traced(100, [10])
    assert "Nothing was traced" in why
    assert "at step 10" in why


def test_a_run_that_fails_stops_its_trace(traced):
    assert traced(100, [10, 20], stopped=True) == ["start", "stop"]
