"""The flags of the training loop: the same for every experiment; they change no number."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gan_jax import trackers, words
from gan_jax.errors import UsageError
from gan_jax.storage import replica_name
from gan_jax.trackers import Tracker

FREE = ("steps",)
"""Fields of a Config that may differ when a run goes on."""


@dataclass(frozen=True)
class Options:
    """Where, how long and how often; see `gan_jax.launch`."""

    run: str = ""
    """Folder of the run; runs/EXPERIMENT if not given."""
    seed: int = 0
    """The one seed: weights, order of the data and noise all follow from it."""
    seeds: str = ""
    """Many seeds at once in one program: 0..7 (both included), or 0,3,5."""
    replicas: Literal["vmap", "map"] = "vmap"
    """Many seeds together, or one after another with the bits of each by itself."""
    resume: bool = False
    """Go on with the run from its last checkpoint; begin it if there is none."""
    init_from: str = ""
    """Begin with the weights of this run, or RUN/REPLICA, at its newest checkpoint."""
    resume_from: int | None = None
    """Go on from exactly the checkpoint of this step; what is later moves to RUN/later."""
    overwrite: bool = False
    """Replace the run that is in the folder; it is removed when the new one has saved something."""
    minutes: float = 0.0
    """Stop after so many minutes, soundly saved; 0 for no limit."""
    log_every: int = 10
    """Steps between two rows of metrics; they run as one program."""
    sample_every: int = 500
    """Steps between two pictures of samples."""
    ledger_every: int = 100
    """Steps between two rows of the ledger, by which `gan-jax diff` compares runs."""
    evaluate_every: int = 0
    """Steps between two evaluations of 1,000 examples, among the metrics; 0 for none."""
    log_to: tuple[Tracker, ...] = ()
    """Where the metrics go besides metrics.jsonl: tensorboard, wandb, or both."""
    best: str = ""
    """A figure, such as recall: the checkpoint where it is nearest to real data's is kept, too."""
    patience: int = 0
    """Stop after so many evaluations without a better one, by --best; 0 for never."""
    checkpoint_every: int = 500
    """Steps between two checkpoints; the last step is always saved."""
    keep: int = 2
    """How many of the newest checkpoints to keep."""
    on_divergence: Literal["stop", "rewind"] = "stop"
    """At a number that is not finite: stop, or go on from before at lower learning rates."""
    rewind_factor: float = 0.5
    """What a rewind multiplies all learning rates by."""
    rewinds: int = 3
    """Rewinds in one run, after which it stops for good."""
    device_data: float = 2.0
    """Gigabytes of training data up to which they lie on the device; larger data are streamed."""
    cache: bool = True
    """Keep compiled programs in the user's cache folder."""
    profile: int = 0
    """Write a trace of this many steps, or a few more, to RUN/profile, for xprof or Perfetto."""
    deterministic: bool = False
    """Only operations of a GPU that give the same bits every time: slower; a CPU's always do."""
    parallel: Literal["pmap", "shard_map"] = "pmap"
    """How a minibatch is split between several devices."""
    coordinator: str = ""
    """HOST:PORT of process 0, where several processes train one run and no cluster says it."""
    processes: int | None = None
    """How many processes, with --coordinator."""
    process: int | None = None
    """Which of them this is, from 0, with --coordinator."""


def check(config: Any, options: Options) -> None:
    """Refuses values that no run can have, before anything is loaded or made.

    Raises:
      UsageError: naming the flag, its value and what it may be.
    """
    whole = {"steps": config.steps, "batch-size": config.batch_size}
    whole |= {
        name.replace("_", "-"): getattr(options, name)
        for name in (
            *("log_every", "sample_every", "ledger_every", "checkpoint_every", "keep"),
            "rewinds",
        )
    }
    for name, value in whole.items():
        if value < 1:
            raise UsageError(f"--{name} is {value}: it must be 1 or more.")
    trackers.check(options.log_to)
    check_seed(options.seed)
    if options.seeds and options.seed:
        raise UsageError("--seed is one seed and --seeds are many: give one of the two flags.")
    for seed in seeds(options):
        check_seed(seed)
    for name in ("evaluate_every", "patience"):
        if getattr(options, name) < 0:
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} is {getattr(options, name)}: it must be 0 (none) or more.")
    if options.best and not options.evaluate_every:
        raise UsageError("--best is of the evaluations of --evaluate-every: give it, too.")
    if options.patience and not options.best:
        raise UsageError("--patience is that with the figure of --best: give it, too.")
    if options.profile < 0:
        raise UsageError(f"--profile is {options.profile}: it must be 0 (none) or more.")
    if not 0 < options.rewind_factor < 1:
        raise UsageError(f"--rewind-factor is {options.rewind_factor}: it must be between 0 and 1.")
    if not options.device_data >= 0:
        raise UsageError(f"--device-data is {options.device_data}: it must be 0 GB or more.")
    if not options.minutes >= 0:
        raise UsageError(f"--minutes is {options.minutes}: it must be 0 (no limit) or more.")


def seeds(options: Options) -> list[int]:
    """The seeds of `--seeds`, in order; none if it is not given.

    Raises:
      UsageError: it is no list of different seeds.

    >>> seeds(Options(seeds="0..3,7"))
    [0, 1, 2, 3, 7]
    """
    found = words.numbers(options.seeds, "seeds")
    if options.seeds and not 1 <= len(set(found)) == len(found) <= words.MOST:
        raise UsageError(
            f"--seeds is {options.seeds!r}: give 1 to {words.MOST} seeds, each once, as 0..7 or "
            "as 0,3,5."
        )
    return found


def check_seed(seed: int) -> None:
    """Refuses a seed that is no unsigned number of 32 bits."""
    if not 0 <= seed < 2**32:
        raise UsageError(f"--seed is {seed}: it must be from 0 to {2**32 - 1}.")


def check_same(
    known: Mapping[str, Any], config: Any, options: Options, replicas: Sequence[Any] = ()
) -> None:
    """Refuses to go on with another configuration, since the run would be neither.

    Args:
      known: the run's `config.json`.
      config: the experiment's, of now.
      options: of now.
      replicas: of now.

    Raises:
      UsageError: naming each changed field, old and new.
    """
    names = [replica_name(row["values"], row["seed"]) for row in known.get("replicas", ())]
    old = {"seed": known["seed"], "replicas": names} | known["config"]
    seed = replicas[0].seed if replicas else options.seed
    new = {"seed": seed, "replicas": [replica.name for replica in replicas]} | asdict(config)
    changed = [
        f"{name} was {old.get(name)!r} and is now {new.get(name)!r}"
        for name in old | new
        if name not in FREE and _plain(old.get(name)) != _plain(new.get(name))
    ]
    if changed:
        raise UsageError(
            f"The run cannot go on with other settings: {'; '.join(changed)}. Give the old ones, "
            "or begin another run."
        )


def _plain(value: Any) -> Any:
    """The value as JSON gives it back."""
    return json.loads(json.dumps(value))
