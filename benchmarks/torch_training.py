"""WGAN-GP in PyTorch as one writes it, its data on the device: eager, or its gradients compiled."""

import warnings
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import torch_models
from benchmarks.cases import BETAS, MOVES, RATE, WEIGHT, Case
from gan_jax.data import Dataset

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Parts = tuple[Callable, Callable, Callable]  # the draw, the critic's and the generator's gradients


def slope_by_autograd(score: Callable, x: Tensor) -> Tensor:
    """The gradient of the sum of the scores, which can be differentiated again."""
    x = x.requires_grad_()
    # The counter of operations wants no leaf to enter a module.
    return torch.autograd.grad(score(x.view_as(x)).sum(), x, create_graph=True)[0]


def slope_by_func(score: Callable, x: Tensor) -> Tensor:
    """The same by `torch.func`, which `torch.compile` can trace through."""
    return torch.func.grad(lambda x: score(x).sum())(x)


def critic_loss(score: Callable, slope: Callable, real: Tensor, fake: Tensor, share: Tensor):
    """E d(G(z)) - E d(x) + weight E (|grad d(e x + (1 - e) G(z))| - 1)^2."""
    gradient = slope(score, share * real + (1 - share) * fake)
    norms = (gradient.flatten(1).square().sum(1) + 1e-12).sqrt()
    penalty = (norms - 1).square().mean()
    return score(fake).mean() - score(real).mean() + WEIGHT * penalty


def eager(generator: nn.Module, critic: nn.Module) -> Parts:
    """Run operation by operation; a gradient comes with its loss, `(loss, gradients)`."""

    def of_critic(real, fake, share):
        loss = critic_loss(critic, slope_by_autograd, real, fake, share)
        return loss.detach(), torch.autograd.grad(loss, list(critic.parameters()))

    def of_generator(z):
        loss = -critic(generator(z)).mean()
        return loss.detach(), torch.autograd.grad(loss, list(generator.parameters()))

    return generator, of_critic, of_generator


def compiled(generator: nn.Module, critic: nn.Module) -> Parts:
    """The same, each part compiled.

    `torch.compile` does not differentiate twice what it has compiled, but it does compile the
    gradient of a gradient that `torch.func` takes.
    """

    def loss_of_critic(params, real, fake, share):
        score = lambda x: functional_call(critic, params, (x,))
        return critic_loss(score, slope_by_func, real, fake, share)

    def loss_of_generator(params, z):
        return -critic(functional_call(generator, params, (z,))).mean()

    def gradients(loss, network):
        traced = torch.compile(torch.func.grad_and_value(loss))

        def run(*given):
            found, value = traced(dict(network.named_parameters()), *given)
            return value.detach(), [gradient.detach() for gradient in found.values()]

        return run

    torch.compiler.reset()  # it compiles a function no more than eight times, of other cases too
    draw = torch.compile(generator)
    return draw, gradients(loss_of_critic, critic), gradients(loss_of_generator, generator)


def playing(
    case: Case, data: Dataset, *, make: Callable = eager, fused: bool = False, half: bool = False
) -> Callable[[], float]:
    """A function that plays `case.chunk` iterations and returns the last loss of the critic.

    Args:
      case: what to play.
      data: its data, which go to the device.
      make: `eager` or `compiled`.
      fused: whether Adam is one kernel.
      half: whether the networks run in bfloat16, by autocast.
    """
    iteration = _iteration(case, data, case.networks(torch_models, data.spec), make, fused, half)

    def play():
        for _ in range(case.chunk):
            loss = iteration()
        return loss.item()  # waits for the device

    return play


def flops(case: Case, data: Dataset) -> int:
    """Of an iteration: what torch counts for its matrix products and convolutions, run eagerly.

    Without what no gradient needs: torch carries the zero second derivative of an activation on.
    """
    pair = case.networks(torch_models, data.spec)
    for layer in (layer for net in pair for layer in net.modules()):
        if isinstance(layer, nn.ReLU | nn.LeakyReLU):
            slope = getattr(layer, "negative_slope", 0.0)
            layer.forward = lambda x, slope=slope: torch.where(x > 0, x, slope * x)
    iteration = _iteration(case, data, pair)
    # Its fused LSTM would hide the products.
    plain, quiet = torch.backends.mkldnn.flags(enabled=False), warnings.catch_warnings
    with quiet(action="ignore"), plain, FlopCounterMode(display=False) as counter:
        iteration()
    return counter.get_total_flops()


def _iteration(case, data, pair, make=eager, fused=False, half=False) -> Callable[[], Tensor]:
    pair = [net.to(DEVICE) for net in pair]
    generator, critic = pair
    draw, of_critic, of_generator = make(*pair)
    adam = {
        net: torch.optim.Adam(net.parameters(), RATE, BETAS, fused=fused or None) for net in pair
    }
    cast = torch.autocast(DEVICE.type, torch.bfloat16) if half else nullcontext()
    minibatch = _minibatches(case, data)

    def descend(net, gradients):
        for weight, gradient in zip(net.parameters(), gradients, strict=True):
            weight.grad = gradient
        adam[net].step()

    def latents():
        return torch.randn(case.batch, case.latent, device=DEVICE)

    def iteration():
        for _ in range(MOVES):
            real = minibatch()
            share = torch.rand(case.batch, *(1,) * (real.ndim - 1), device=DEVICE)
            with cast:
                with torch.no_grad():
                    fake = draw(latents())
                loss, gradients = of_critic(real, fake, share)
            descend(critic, gradients)
        with cast:
            _, gradients = of_generator(latents())
        descend(generator, gradients)
        return loss

    return iteration


def _minibatches(case: Case, data: Dataset) -> Callable[[], Tensor]:
    raw = torch.from_numpy(np.array(data.train["real"]))
    raw = (raw.permute(0, 3, 1, 2).contiguous() if raw.ndim == 4 else raw).to(DEVICE)
    scale, offset = data.spec.scale, data.spec.offset

    def minibatch():
        chosen = torch.randint(len(raw), (case.batch,), device=DEVICE)
        return raw[chosen].float() * scale + offset

    return minibatch
