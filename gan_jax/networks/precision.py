"""Less precision, or less memory: functions from networks to networks."""

import math
from typing import Literal

import jax
import jax.numpy as jnp

from gan_jax.game import Network
from gan_jax.networks.spectral import NAME


def with_precision(
    precision: Literal["float32", "bf16"], *networks: Network
) -> tuple[Network, ...]:
    """The networks as they are, or each in `half`: one line of an experiment.

    Raises:
      ValueError: another precision.

    >>> with_precision("float32")
    ()
    """
    if precision not in ("float32", "bf16"):
        raise ValueError(f"There is no precision {precision!r}: give 'float32' or 'bf16'.")
    return networks if precision == "float32" else tuple(map(half, networks))


def half(network: Network) -> Network:
    """The network computing in bfloat16; its parameters, inputs, outputs and gradients are float32.

    Parameters and inputs are rounded inside, and the output is widened: optimizer, losses and
    penalties never see bfloat16. So it is Micikevicius et al. 2018, arXiv:1710.03740, section 3.1;
    their loss scaling is not needed, as bfloat16 has the range of float32. Fixed statistics stay
    in float32; integers and keys are left alone. Our layers sum the gradient of a bias, over all
    rows, in float32; `nn.Dense` sums it in bfloat16, which loses terms of large batches.

    Raises:
      ValueError: a spectral norm is inside, whose float32 would be that of every layer after it.

    >>> network = half(Network(lambda key: ({}, {}), lambda params, stats, x: x + 0.001))
    >>> network.apply({}, {}, jnp.ones(2)).tolist()  # in bfloat16, 1.001 is 1
    [1.0, 1.0]
    """

    if NAME in jax.eval_shape(network.init, jax.random.key(0))[1]:
        raise ValueError("Say spectral(half(network)): half(spectral(network)) is in float32.")

    def apply(params, stats, *inputs):
        output = network.apply(_to(jnp.bfloat16, params), stats, *_to(jnp.bfloat16, inputs))
        return _to(jnp.float32, output)

    def settle(params, stats, *inputs):
        return network.settle(_to(jnp.bfloat16, params), stats, *_to(jnp.bfloat16, inputs))

    return network._replace(apply=apply, settle=network.settle and settle)


def checkpointed(network: Network, parts: int = 4) -> Network:
    """The network computing a batch part by part, each part once more in every backward pass.

    What a backward pass needs, above all that of a penalty, is kept for one part at a time (Chen et
    al. 2016, arXiv:1604.06174): the memory of a deep critic falls with the number of parts, for 1.2
    to 2.1 times the time on a CPU (`python -m benchmarks.growth`). The numbers are the same, to
    rounding. A checkpoint around the whole batch, or around each layer, does not save on a CPU,
    whose compiler computes nothing twice in one body.

    Args:
      network: one that does not mix examples; every input has the batch as its first axis.
      parts: into how many the batch is cut, or the greatest divisor that it shares with the batch.

    Raises:
      ValueError: the network mixes examples, or there are no parts.
    """
    if network.mixes or parts < 1:
        raise ValueError(
            "A network is checkpointed in 1 part or more, and only if it does not mix examples "
            f"(batch norm); given: mixes={network.mixes}, parts={parts}."
        )

    def apply(params, stats, *inputs):
        batch = jax.tree.leaves(inputs)[0].shape[0]
        count = math.gcd(parts, batch)
        cut = lambda x: x.reshape(count, batch // count, *x.shape[1:])
        each = jax.checkpoint(lambda part: network.apply(params, stats, *part), prevent_cse=False)
        joined = lambda y: y.reshape(batch, *y.shape[2:])
        return jax.tree.map(joined, jax.lax.map(each, jax.tree.map(cut, inputs)))

    return network._replace(apply=apply)


def _to(dtype, tree):
    floating = lambda x: jnp.issubdtype(x.dtype, jnp.floating)
    return jax.tree.map(lambda x: x.astype(dtype) if floating(x) else x, tree)
