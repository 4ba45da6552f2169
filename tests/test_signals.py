import os
import signal
import subprocess
import sys
import threading

import pytest

from gan_jax import signals

KINDS = pytest.mark.parametrize("number", signals.STOPS)


@KINDS
def test_one_is_noted_and_nothing_stops(number):
    before = signal.getsignal(number)
    with signals.caught() as received:
        assert received == []
        signal.raise_signal(number)
        assert received == [number]
    assert signal.getsignal(number) is before


@KINDS
def test_handlers_come_back_after_an_error(number):
    before = signal.getsignal(number)
    with pytest.raises(RuntimeError, match="lost"), signals.caught():
        raise RuntimeError("lost")
    assert signal.getsignal(number) is before


@KINDS
def test_the_second_ends_the_process_at_once(number):
    code = (
        "import sys, time; from gan_jax import signals\n"
        "with signals.caught() as received:\n"
        "    print('ready', flush=True)\n"
        "    while not received: time.sleep(0.01)\n"
        "    print('one', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        for line in (b"ready\n", b"one\n"):
            assert process.stdout.readline() == line
            os.kill(process.pid, number)
        assert process.wait(10) == 128 + number


def test_outside_of_the_main_thread_nothing_is_caught():
    before = [signal.getsignal(number) for number in signals.STOPS]
    seen = []

    def work():
        with signals.caught() as received:
            seen.append(list(received))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [[]]
    assert [signal.getsignal(number) for number in signals.STOPS] == before


def test_an_error_outside_of_the_main_thread_is_itself():
    seen = []

    def work():
        try:
            with signals.caught():
                raise ValueError("mine")
        except ValueError as error:
            seen.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["mine"]
