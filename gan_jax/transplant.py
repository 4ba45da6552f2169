"""From one game to the next: what two states have in common is carried over."""

import jax

from gan_jax.game import State


def transplant(old: State, new: State) -> State:
    """`new`, with every array of `old` that has the same path, shape and dtype in it.

    So weights, statistics and averages go on in a game with larger networks, as from phase to phase
    of progressive growing, and so does the step: no key is used twice, and what is a schedule of
    the step (`play.annealed`, weights of penalties, fades) counts on. The optimizers begin anew, as
    Adam would correct the moments of new layers for steps that these have never made, and take
    tenfold ones; a schedule within an optimizer, which counts that one's updates, begins with it.

    Karras et al. 2017, arXiv:1710.10196, figure 2. Differs from the authors' code, where the
    optimizers begin anew once more when the new layers have faded in.

    Args:
      old: the last state of the game before.
      new: the first state of the next game.

    >>> import jax.numpy as jnp
    >>> old = State(7, {"kept": jnp.ones(2), "grown": jnp.ones(2)}, {}, {"count": 7}, {})
    >>> new = State(0, {"kept": jnp.zeros(2), "grown": jnp.zeros(3)}, {}, {"count": 0}, {})
    >>> state = transplant(old, new)
    >>> state.step, {name: leaf.tolist() for name, leaf in state.params.items()}, state.opt
    (7, {'grown': [0.0, 0.0, 0.0], 'kept': [1.0, 1.0]}, {'count': 0})
    """
    known = dict(jax.tree.leaves_with_path(old))

    def carried(path, leaf):
        before = known.get(path, leaf)
        return before if _kind(before) == _kind(leaf) else leaf

    return jax.tree.map_with_path(carried, new)._replace(opt=new.opt)


def _kind(leaf) -> tuple:
    return jax.numpy.shape(leaf), jax.numpy.result_type(leaf)
