"""Denoising without chance: DDIM (Song et al., arXiv:2010.02502) with eta 0."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from ...networks.config import NetworkConfig

Share = Annotated[float, Field(gt=0, lt=1)]

AfterStep = Callable[[int, Tensor], Tensor]
"""Of a step's number and the latents after it, the latents that the next one is given."""


class ScheduleConfig(NetworkConfig):
    """The keys of a published `scheduler_config.json` that say how noise was added in training."""

    beta_start: Share
    beta_end: Share
    beta_schedule: Literal["scaled_linear"]
    num_train_timesteps: Annotated[int, Field(ge=1, le=100_000)]
    steps_offset: Annotated[int, Field(ge=0, le=1)]
    clip_sample: Literal[False]
    set_alpha_to_one: Literal[False]
    trained_betas: None = None
    prediction_type: Literal["epsilon"] = "epsilon"


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        timestep: How noisy the latents are before it.
        kept: The share of the picture in them before it, as variance.
        kept_after: And after it.
    """

    timestep: int
    kept: float
    kept_after: float

    def take(self, latents: Tensor, noise: Tensor) -> Tensor:
        """Take the step.

        Args:
            latents: Any shape.
            noise: The noise that the network finds in them.

        Returns:
            The latents after the step.
        """
        picture = (latents - (1 - self.kept) ** 0.5 * noise) / self.kept**0.5
        return self.kept_after**0.5 * picture + (1 - self.kept_after) ** 0.5 * noise


def schedule(config: ScheduleConfig, steps: int) -> list[Step]:
    """Plan the steps.

    Args:
        config: How noise was added in training.
        steps: How many to take, at most `num_train_timesteps`.

    Returns:
        The steps, from noise to the picture.
    """
    total = config.num_train_timesteps
    roots = torch.linspace(config.beta_start**0.5, config.beta_end**0.5, total)
    kept = (1 - roots**2).cumprod(0).tolist()
    stride = total // steps
    planned = []
    for number in reversed(range(steps)):
        timestep = min(number * stride + config.steps_offset, total - 1)
        after = timestep - stride
        planned.append(Step(timestep, kept[timestep], kept[max(after, 0)]))
    return planned
