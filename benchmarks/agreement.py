"""Whether both sides compute the same: fakes, losses and gradients, all in float64.

`python -m benchmarks.agreement ring digits` prints the relative differences: a process of its own,
since JAX settles precision when it starts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.cases import Case, named
from benchmarks.gan_training import game, prior
from gan_jax.game import Game, State, bind, init

TOLERANCE = 1e-9
EXAMPLES = 16


def measured(names: Sequence[str]) -> dict[str, dict[str, float]]:
    """What `differences` finds of each case, in a process with float64 on the CPU."""
    double = {"JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "benchmarks.agreement", *names]
    done = subprocess.run(command, env=os.environ | double, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The check of agreement failed: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def differences(case: Case) -> dict[str, float]:
    """Of the fakes, and of each player's loss and gradients, relative to the largest number."""
    from benchmarks import torch_models
    from benchmarks.torch_weights import converted, load

    data = case.data()
    played, pair = game(case, data), case.networks(torch_models, data.spec)
    state = jax.jit(lambda key: jax.tree.map(_double, init(played, key)))(jax.random.key(0))
    keys = jax.random.split(jax.random.key(1), (2, EXAMPLES))
    real = jnp.asarray(data.spec.decode(data.train["real"][:EXAMPLES]), jnp.float64)
    modules = dict(zip(("generator", "critic"), pair, strict=True))
    for name, module in modules.items():
        load(module.double(), state.params[name])
    drawn, ours = _gan_jax(played, state, keys, real)
    share = drawn["drawn"].reshape(-1, *(1,) * (real.ndim - 1))
    fakes_there, theirs = _torch(pair, *map(np.asarray, (real, *_latents(case, keys), share)))
    found = {"fakes": _apart([fakes_there], [_channels_first(drawn["fake"])])}
    for name, module in modules.items():
        (loss, gradients), (loss_there, gradients_there) = ours[name], theirs[name]
        found[f"{name} loss"] = _apart([loss_there], [np.asarray(loss)])
        found[f"{name} gradients"] = _apart(gradients_there, converted(module, gradients))
    return found


def _gan_jax(played: Game, state: State, keys: jax.Array, real: jax.Array) -> tuple:
    """What the critic draws, and loss and gradients by player, from the keys of each."""

    @jax.jit
    def gradients(state):
        drawn = played.players["critic"].draw(bind(played, state), keys[0], {"real": real})

        def of(name, keys, batch):
            def loss(own):
                nets = bind(played, state._replace(params=state.params | {name: own}))
                return played.players[name].loss(nets, keys, batch)[0]

            return jax.value_and_grad(loss)(state.params[name])

        found = {"critic": of("critic", None, drawn)}
        return drawn, found | {"generator": of("generator", keys[1], {"real": real})}

    return gradients(state)


def _latents(case: Case, keys: jax.Array) -> tuple[jax.Array, jax.Array]:
    """What gan_jax draws from these keys for the critic and for the generator."""
    latents, _ = jax.vmap(lambda key: tuple(jax.random.split(key)))(keys[0])
    return prior(case)(latents), prior(case)(keys[1])


def _torch(
    pair: tuple, real: np.ndarray, drawn: np.ndarray, z: np.ndarray, share: np.ndarray
) -> tuple:
    import torch

    from benchmarks.torch_training import eager

    draw, of_critic, of_generator = eager(*pair)
    real, share = (torch.from_numpy(_channels_first(x)) for x in (real, share))
    z = torch.tensor(z)
    fake = draw(torch.tensor(drawn)).detach()
    return fake, {"critic": of_critic(real, fake, share), "generator": of_generator(z)}


def _channels_first(x: np.ndarray) -> np.ndarray:
    return np.array(np.moveaxis(np.asarray(x), -1, 1) if x.ndim == 4 else x)


def _double(x: jax.Array) -> jax.Array:
    return x.astype(jnp.float64) if jnp.issubdtype(x.dtype, jnp.floating) else x


def _apart(ours: Iterable, others: Iterable) -> float:
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(ours, others, strict=True)]
    return max(np.abs(a - b).max() for a, b in pairs) / max(np.abs(b).max() for _, b in pairs)


if __name__ == "__main__":
    print(json.dumps({name: differences(named(name)) for name in sys.argv[1:]}))
