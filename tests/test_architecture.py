"""Imports go down only, and importing gan_jax imports nothing heavy."""

import ast
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "gan_jax"
# From the bottom to the top; rooms on one line may import one another, but never in a circle.
ORDER = (
    "errors activations axis environment leaves locks numerics ranges storage trackers words",
    "keys",
    "order priors optimizers augmentation",
    "losses codes",
    "declaration game",
    "families data conditions",
    "networks metrics classical",
    "generated asking",
    "standing",
    "sampling encoding compiling parallel memory observation play transplant",
    "exported",
    "feed soundness making latents inversion rejection",
    "surfaces directions walks",
    "breeding lineage genomes",
    "stepping",
    "train",
    "replicas phases",
    "markup",
    "orbax_errors",
    "cache checkpoint experiment histograms history options signals processes profiling progress",
    "runs",
    "study vacancy replaced varied",
    "recovery ledger job parting told tracing",
    "charts",
    "report",
    "writing evaluation measuring summary comparing",
    "loading page_tables",
    "watching inheritance divergence lookalikes pages",
    "recording tables describe",
    "loop",
    "usefulness preflight settling",
    "preparation",
    "launch",
    "sweep wishes generations training_sets entries",
    "augment",
    "augment_commands data_commands reading evaluating publishing replaying",
    "explore_flags",
    "exploring",
    "explore_places explore_surfaces explore_directions explore_data explore_inversion",
    "explore_rejection",
    "breeding_site serving explore_breed",
    "explore_commands",
    "commands",
    "cli",
)
HEIGHT = {room: height for height, line in enumerate(ORDER) for room in line.split()}


def imported(path: Path) -> set[str]:
    """The rooms of gan_jax that a file imports, types excepted."""
    rooms = set()
    tree = ast.parse(path.read_text())
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and _is_typing(node)]
    skipped = {id(inner) for node in typing for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in skipped:
            parts = (node.module or "").split(".")
            if parts[0] == "gan_jax":
                rooms |= {parts[1]} if len(parts) > 1 else {name.name for name in node.names}
    rooms.discard("__version__")
    return rooms


def _is_typing(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


FILES = [path for path in ROOT.rglob("*.py") if path.name not in ("__init__.py", "template.py")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for other in imported(path) - {room}:
        assert HEIGHT[other] <= HEIGHT[room], f"{room} imports {other}"


@pytest.mark.parametrize("room", sorted(HEIGHT))
def test_it_is_in_the_plan_of_the_house(room):
    plan = (ROOT.parent / "ARCHITECTURE.md").read_text()
    assert any(fnmatch(room, name) for name in re.findall(r"`([a-z_*]+)(?:/|\.py)?`", plan))


def test_no_two_rooms_import_one_another():
    edges = {}
    for path in FILES:
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        edges.setdefault(room, set()).update(imported(path) - {room})
    assert not [(a, b) for a in edges for b in edges[a] if a in edges.get(b, ())]


def test_only_one_file_knows_devices():
    knowing = {path.name for path in FILES if "device_count" in path.read_text()}
    assert knowing == {"parallel.py"}


def test_the_core_can_be_read_at_once():
    assert (ROOT / "game.py").read_text().count("\n") < 120


def test_importing_gan_jax_imports_nothing_heavy():
    code = "import gan_jax, gan_jax.cli, sys; print([m for m in sys.modules if m in HEAVY])"
    code = f"HEAVY = {{'jax', 'flax', 'sklearn', 'matplotlib', 'orbax', 'tyro'}}\n{code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
