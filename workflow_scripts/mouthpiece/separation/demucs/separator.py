"""The separator demucs: Rouard et al., "Hybrid Transformers for Music Source Separation", 2023.

The network is the package demucs-infer's. The file of weights is read as numbers: of the classes
that it names, only the network's and fractions are made, and no code of it runs.
"""

import functools
import inspect
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import torch
from demucs_infer.htdemucs import HTDemucs

from ...core.errors import Fault, InputError
from ...weights.find import verified_weight_path
from ...weights.pickles import check_pickled
from ..base import NetworkSeparator
from .settings import DemucsSettings

WEIGHTS = "demucs/955717e8-8726e21a.th"

VOICE = "vocals"

ALLOWED: list[Any] = [(HTDemucs, "demucs.htdemucs.HTDemucs"), (Fraction, "fractions.Fraction")]
"""The classes that the file may name, and their names there."""


class Demucs(NetworkSeparator):
    """Separates with htdemucs.

    Args:
        settings: Its settings.
    """

    block_s = 7.7
    """The network was trained with 7.8 s."""

    def __init__(self, settings: DemucsSettings) -> None:
        self._device = settings.device

    @functools.cached_property
    def _network(self) -> HTDemucs:
        if self._device == "cuda" and not torch.cuda.is_available():
            raise InputError("separate.separators.demucs.device: no GPU is seen here; write cpu")
        return load_network(verified_weight_path(WEIGHTS)).to(self._device)

    @torch.inference_mode()
    def voice(self, sound: np.ndarray) -> np.ndarray:
        """See `NetworkSeparator.voice`.

        Args:
            sound: See there.

        Returns:
            See there.
        """
        network = self._network
        samples = torch.from_numpy(sound).to(self._device)
        middle, spread = samples.mean(), samples.mean(0).std(unbiased=False) + 1e-8
        stems = network(((samples - middle) / spread)[None])[0]
        found = stems[list(network.sources).index(VOICE)] * spread + middle
        return np.asarray(found.cpu().numpy())


def load_network(path: Path) -> HTDemucs:
    """Load a network of Demucs 4.

    Args:
        path: What Demucs saved: the network's class, what it was made with, and its state.

    Returns:
        The network, set to inference.

    Raises:
        Fault: The file cannot be read, or holds another network.
    """
    try:
        check_pickled(path)
        with torch.serialization.safe_globals(ALLOWED):
            saved = torch.load(path, map_location="cpu", weights_only=True)
        known = inspect.signature(HTDemucs).parameters
        made = {name: value for name, value in saved["kwargs"].items() if name in known}
        network = HTDemucs(*saved["args"], **made)
        network.load_state_dict({k: v.float() for k, v in saved["state"].items()})
        network.sources.index(VOICE)
    except OSError:
        raise
    except Exception as error:  # readers raise errors of many kinds at a file that is damaged
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:600]
        raise Fault(f"{path}: not a readable weight file: {reason}") from None
    network.eval().requires_grad_(False)
    return network
