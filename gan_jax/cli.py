"""The command `gan-jax`: words to functions, errors to one line and an exit code."""

from __future__ import annotations

import difflib
import logging
import os
import select
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress

from gan_jax import __version__
from gan_jax.commands import COMMANDS
from gan_jax.errors import UsageError, line, told

USAGE = """\
usage: gan-jax COMMAND ...

  list                       the experiments that come with gan_jax
  new NAME                   write a commented experiment, NAME.py, to start from
  train EXPERIMENT [flags]   train, evaluate, draw; EXPERIMENT is a name from the list or a file
  sweep EXPERIMENT --vary FIELD=A,B,C [--vary ...] [flags]
                             many configurations and seeds, one table
  augment [flags]            what generated examples are worth beside few real ones
  runs [FOLDER]              the runs in a folder
  diff RUN RUN               the first step at which two runs part, and what differs
  sample RUN [flags]         samples to a file: .npz, .png, .gif, .txt, .csv, .parquet
  evaluate RUN [flags]       the figures of a run, from its checkpoint; more by --features
  compare RUN RUN ... [flags]
                             the figures of runs side by side, if they are of the same thing
  replay RUN/replay-STEP     what was first not finite in the step at which a run diverged
  encode RUN [flags]         codes of data by a run's encoder, or features of its critic
  report RUN [RUN ...] [flags]
                             one HTML file, and Markdown, of runs side by side
  export RUN [flags]         the sampler as a program for any JAX, and its weights
  explore RUN WHAT [flags]   the latent space: ways, sums, directions, ...; --help lists them
  data describe SPEC         what a set of data is
  data prepare NAME [flags]  a set for TensorFlow Datasets, from your data or by tfds

gan-jax COMMAND --help (gan-jax train EXPERIMENT --help) shows the flags."""

HELP = ("-h", "--help", "help")
FLAGGED = (
    *("augment", "sample", "evaluate", "compare", "encode", "explore", "export", "report", "data"),
)
"""Commands that show their own help without an experiment."""
UNREAD = 128 + signal.SIGPIPE
"""The exit code, as a shell has it, where nobody reads on."""


def run() -> None:
    """The entry point of the command, which has the process to itself."""
    # After a damaged checkpoint, reads that go on in threads complain of the closed event loop.
    report = sys.unraisablehook
    late = lambda event: str(event.exc_value) == "Event loop is closed"
    sys.unraisablehook = lambda event: None if late(event) else report(event)
    show = warnings.showwarning
    ours = lambda event: print(line(f"warning: {event[0]}"), file=sys.stderr)
    warnings.showwarning = lambda *event: ours(event) if event[1] is UserWarning else show(*event)
    for name in ("asyncio", "absl"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if sys.stdout:
        sys.stdout.reconfigure(line_buffering=True)  # a log has each line when it is said
    code = main(sys.argv[1:])
    lost = _let_go()
    code = code or lost
    if processes := sys.modules.get("gan_jax.processes"):
        processes.leave(code)
    sys.exit(code)


def _let_go() -> int:
    """Drops what could not be written, of which Python would complain; the exit code for it."""
    code = 0
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            code = UNREAD if isinstance(error, BrokenPipeError) else 7
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def _unread() -> bool:
    """Whether the reader of an output is gone, such as `head`."""
    poll = select.poll()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):  # it is no file
            poll.register(stream.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def main(arguments: Sequence[str]) -> int:
    """Runs one command.

    Args:
      arguments: the words after `gan-jax`.

    Returns:
      The exit code: 0 ok, 1 runs that `diff` finds different, 2 usage or configuration, 3 data, 4
      checkpoint, 5 diverged, 6 run folder in use or existing, 7 input or output, 128 + n stopped by
      the signal n, or since nobody reads what it says.
    """
    command, *rest = arguments or ["--help"]
    try:
        if command in HELP or (rest and rest[0] in HELP and command not in FLAGGED):
            print(USAGE)
            return 0
        if command == "--version":
            print(f"gan-jax {__version__}")
            return 0
        if command not in COMMANDS:
            near = difflib.get_close_matches(command, COMMANDS, n=1)
            hint = f" Did you mean {near[0]}?" if near else " gan-jax --help lists them."
            raise UsageError(f"There is no command {command!r}.{hint}")
        return COMMANDS[command](rest) or 0
    except BrokenPipeError as error:
        gone = line("stopped, since nobody reads what it says"), UNREAD
        return _complain(*(gone if _unread() else told(error)))
    except KeyboardInterrupt:
        return _complain(line("stopped"), 130)
    except SystemExit as error:  # tyro: help, or flags that are wrong
        return error.code if isinstance(error.code, int) else 2
    except Exception as error:
        if known := told(error):
            return _complain(*known)
        raise


def _complain(what: str, code: int) -> int:
    with suppress(OSError):  # nobody reads that either
        print(what, file=sys.stderr)
    return code
