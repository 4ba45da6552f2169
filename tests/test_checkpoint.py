import shutil
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from gan_jax import checkpoint, leaves
from gan_jax.errors import CheckpointError


class State(NamedTuple):
    step: jax.Array
    params: dict
    opt: tuple
    nothing: dict


def state(step=7, width=3, kind=jnp.float32):
    draw = np.random.default_rng(step).standard_normal
    params = {"layer": {"w": jnp.asarray(draw((4, width)), kind), "b": jnp.asarray(draw(width))}}
    optimizer = optax.chain(optax.clip(1.0), optax.adam(optax.linear_schedule(1.0, 0.1, 9)))
    opt = optimizer.update(params, optimizer.init(params), params)[1]
    return State(jnp.asarray(step, jnp.int32), params, opt, {})


def save(folder, *steps, keep=2, width=3):
    with checkpoint.open_folder(folder, keep) as manager:
        for step in steps:
            checkpoint.save(manager, step, state(step, width), {"fingerprint": "abc"})
    return folder


def shapes(tree):
    return jax.eval_shape(lambda: tree)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save(tmp_path_factory.mktemp("saved") / "checkpoints", 7)


@pytest.mark.parametrize("like", [state(1), shapes(state(1))], ids=["arrays", "shapes"])
def test_the_round_trip_is_exact(saved, like):
    restored, about = checkpoint.restore(saved, 7, like)
    assert jax.tree.structure(restored) == jax.tree.structure(state())  # named tuples and all
    for old, new in zip(jax.tree.leaves(state()), jax.tree.leaves(restored), strict=True):
        assert (old.dtype, old.shape, old.tobytes()) == (new.dtype, new.shape, new.tobytes())
    assert about.pop("crc32").keys() == leaves.named(state()).keys()
    assert about == {"format": checkpoint.FORMAT, "fingerprint": "abc"}


def test_what_no_arithmetic_keeps_is_kept(tmp_path):
    odd = {"x": jnp.asarray([np.nan, np.inf, -np.inf, -0.0, 1e-45], jnp.float32), "n": jnp.int8(-1)}
    with checkpoint.open_folder(tmp_path) as manager:
        checkpoint.save(manager, 1, odd, {})
    restored, _ = checkpoint.restore(tmp_path, 1, odd)
    assert all(restored[name].tobytes() == odd[name].tobytes() for name in odd)


def test_a_save_is_not_changed_by_later_donated_steps(tmp_path):
    advance = jax.jit(lambda x: x + 1, donate_argnums=0)
    weights = jnp.zeros(100_000)
    with checkpoint.open_folder(tmp_path) as manager:
        for _ in range(3):
            weights = advance(weights)
        checkpoint.save(manager, 3, {"w": weights}, {})
        for _ in range(20):
            weights = advance(weights)
    restored, _ = checkpoint.restore(tmp_path, 3, {"w": weights})
    np.testing.assert_array_equal(restored["w"], 3)


def test_the_latest_is_the_greatest_number(tmp_path):
    assert checkpoint.latest(tmp_path / "nowhere") is None
    for name in ("9", "100", "20", "300.orbax-checkpoint-tmp", "notes"):
        (tmp_path / name).mkdir()
    assert checkpoint.latest(tmp_path) == 100
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_newest_are_kept(tmp_path, keep):
    save(tmp_path, 2, 4, 10, 12, keep=keep)
    steps = sorted(int(path.name) for path in tmp_path.iterdir())
    assert steps == [2, 4, 10, 12][-keep:]


def test_a_step_saved_twice_is_kept(tmp_path):
    save(tmp_path, 5)
    with checkpoint.open_folder(tmp_path) as manager:
        checkpoint.save(manager, 5, state(6), {})
    restored, about = checkpoint.restore(tmp_path, 5, state())
    assert int(restored.step) == 5
    assert about["fingerprint"] == "abc"


def test_an_earlier_step_is_refused(tmp_path):
    save(tmp_path, 5)
    with pytest.raises(CheckpointError, match=r"step 3 was not saved: .* holds step 5"):
        save(tmp_path, 3)
    assert checkpoint.latest(tmp_path) == 5


@pytest.mark.parametrize(
    ("like", "words"),
    [
        (state(kind=jnp.bfloat16), r"/layer/w is float32\[4, 3\] in it and bfloat16\[4, 3\]"),
        (state(kind=jnp.int32), r"float32\[4, 3\] in it and int32\[4, 3\]"),
        (state(width=5), r"float32\[3\] in it and float32\[5\]"),
        (state()._replace(params={}), r"params/layer/b is float32\[3\] in it and nothing"),
        (state()._replace(nothing={"new": jnp.ones(2)}), r"nothing/new is nothing in it and float"),
    ],
    ids=["cast", "integers", "shape", "missing", "more"],
)
def test_another_model_is_named_by_its_leaf(saved, like, words):
    with pytest.raises(CheckpointError, match=words) as caught:
        checkpoint.restore(saved, 7, like)
    assert "step 7 is of another model" in str(caught.value)


def test_a_later_format_is_refused(tmp_path, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(checkpoint, "FORMAT", checkpoint.FORMAT + 1)
        save(tmp_path, 1)
    with pytest.raises(
        CheckpointError, match=rf"has format {checkpoint.FORMAT + 1}.*update gan_jax"
    ):
        checkpoint.restore(tmp_path, 1, state())


def test_what_was_saved_before_there_were_sums_is_read(tmp_path, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(checkpoint, "FORMAT", 1)
        earlier.setattr(checkpoint, "_sums", lambda state: {})
        save(tmp_path, 1)
    assert checkpoint.restore(tmp_path, 1, state())[1]["format"] == 1


def test_a_flipped_bit_of_any_file_is_noticed_or_changes_nothing(tmp_path):
    def bits(tree):
        return {"state": [leaf.tobytes() for leaf in jax.tree.leaves(tree)]}

    folder, noticed, whole = save(tmp_path / "checkpoints", 7, width=5000), 0, bits(state(7, 5000))
    for path in (p for p in folder.rglob("*") if p.is_file() and p.stat().st_size):
        sound = path.read_bytes()
        for place in (0, len(sound) // 2, len(sound) - 1):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
            try:
                assert bits(checkpoint.restore(folder, 7, state(7, 5000))[0]) == whole, path
            except CheckpointError:
                noticed += 1
        path.write_bytes(sound)
    assert noticed >= 10


def test_a_changed_leaf_is_named(tmp_path, monkeypatch):
    with monkeypatch.context() as wrong:
        wrong.setattr(checkpoint.zlib, "crc32", lambda content: 1)
        save(tmp_path, 7)
    said = r"step 7 is damaged, opt/1/0/count and \d+ more is not what was saved"
    with pytest.raises(CheckpointError, match=said):
        checkpoint.restore(tmp_path, 7, state())


def test_a_missing_step_is_named(saved):
    with pytest.raises(CheckpointError, match=r"no checkpoint of step 8; there are: 7"):
        checkpoint.restore(saved, 8, state())


NEEDED = ("state/manifest.ocdbt", "state/_METADATA", "about/metadata", "state/d/*")


@pytest.mark.parametrize("damage", ["cut", "empty", "deleted"])
@pytest.mark.parametrize("name", NEEDED)
def test_a_damaged_file_is_one_line(saved, tmp_path, name, damage):
    folder = shutil.copytree(saved, tmp_path / "checkpoints")
    for path in (folder / "7").glob(name):
        if damage == "deleted":
            path.unlink()
        else:
            path.write_bytes(
                path.read_bytes()[: path.stat().st_size // 2 if damage == "cut" else 0]
            )
    with pytest.raises(CheckpointError, match=r"step 7 in .* cannot be read") as caught:
        checkpoint.restore(folder, 7, state())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    checkpoint.restore(saved, 7, state())  # the next one is none the worse
