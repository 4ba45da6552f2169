import pytest

from gan_jax import progress as room
from gan_jax.progress import progress

WATCH = {"gap": "critic/gap"}


def test_plain_lines_come_first_last_and_seldom(capsys):
    with progress(0, 40, WATCH) as show:
        for step in (10, 20, 30, 40):
            show(step, {"critic/gap": step / 3, "other": 0.0})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["10/40", "40/40"]
    assert "gap 3.333" in lines[0]
    assert "other" not in lines[0]
    assert lines[1].endswith("0:00:00 left  gap 13.33")


def test_a_plain_line_after_every_pause(capsys, monkeypatch):
    monkeypatch.setattr(room, "PLAIN_EVERY", 0.0)
    with progress(20, 40, {}) as show:
        for step in (30, 31, 40):
            show(step, {})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_one_live_line_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(room.sys.stdout, "isatty", lambda: True, raising=False)
    with progress(0, 40, WATCH) as show:
        for step in (10, 40):
            show(step, {"critic/gap": 1.0})
    out = capsys.readouterr().out
    assert "40/40" in out
    assert "gap 1" in out


@pytest.mark.parametrize(
    ("seconds", "clock"),
    [(0, "0:00:00"), (59.6, "0:01:00"), (3661, "1:01:01"), (360000, "100:00:00")],
)
def test_the_clock(seconds, clock):
    assert room._clock(seconds) == f"{clock} left"


def test_an_error_goes_through(capsys):
    with pytest.raises(RuntimeError, match="mine"), progress(0, 4, {}):
        raise RuntimeError("mine")
