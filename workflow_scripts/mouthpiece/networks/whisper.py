"""Whisper's ear: its log-mel spectrogram and its encoder (Radford et al., arXiv:2212.04356).

Names of modules and of the config's keys are those of the weights that are published in
transformers' layout.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from ..audio.speech import SAMPLE_RATE
from ..audio.whisper_mel import FFT, HOP, LEAST_POWER, RANGE, filters
from .attention import attend
from .config import NetworkConfig, Size

SEGMENT_S = 30
"""How much sound the encoder takes at once."""

ROWS_PER_S = 50
"""What the encoder gives for each second of sound."""

OPENAI_NAMES = {
    "positional_embedding": "embed_positions.weight",
    "blocks.": "layers.",
    "ln_post.": "layer_norm.",
    ".attn.query.": ".self_attn.q_proj.",
    ".attn.key.": ".self_attn.k_proj.",
    ".attn.value.": ".self_attn.v_proj.",
    ".attn.out.": ".self_attn.out_proj.",
    ".attn_ln.": ".self_attn_layer_norm.",
    ".mlp.0.": ".fc1.",
    ".mlp.2.": ".fc2.",
    ".mlp_ln.": ".final_layer_norm.",
}
"""The names of modules in files that OpenAI publishes, and in transformers' layout."""


class WhisperConfig(NetworkConfig):
    """The keys of a published `config.json` that say how large the encoder is."""

    d_model: Size
    encoder_layers: Annotated[int, Field(ge=1, le=64)]
    encoder_attention_heads: Size
    encoder_ffn_dim: Size
    max_source_positions: Annotated[int, Field(ge=1, le=1500)] = 1500
    num_mel_bins: Literal[80] = 80
    activation_function: Literal["gelu"] = "gelu"
    scale_embedding: Literal[False] = False

    @classmethod
    def of_dims(cls, dims: Mapping[str, int]) -> Self:
        """Read the sizes that OpenAI's files state.

        Args:
            dims: The file's "dims".

        Returns:
            The encoder's sizes.

        Raises:
            KeyError: A size is missing.
            ValidationError: A size is not one that is known here.
        """
        return cls.model_validate(
            {
                "d_model": dims["n_audio_state"],
                "encoder_layers": dims["n_audio_layer"],
                "encoder_attention_heads": dims["n_audio_head"],
                "encoder_ffn_dim": 4 * dims["n_audio_state"],
                "max_source_positions": dims["n_audio_ctx"],
                "num_mel_bins": dims["n_mels"],
            }
        )


class SelfAttention(nn.Module):
    """Attention of several heads."""

    def __init__(self, width: int, heads: int) -> None:
        """Build the layer.

        Args:
            width: Width of the features.
            heads: Heads.
        """
        super().__init__()
        self._heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Attend.

        Args:
            x: [N, L, width].

        Returns:
            [N, L, width].
        """
        return self.out_proj(attend(self.q_proj(x), self.k_proj(x), self.v_proj(x), self._heads))


class Layer(nn.Module):
    """Attention and a feed-forward layer, each added to what it was given."""

    def __init__(self, config: WhisperConfig) -> None:
        """Build the layer.

        Args:
            config: How large it is.
        """
        super().__init__()
        width = config.d_model
        self.self_attn = SelfAttention(width, config.encoder_attention_heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, config.encoder_ffn_dim)
        self.fc2 = nn.Linear(config.encoder_ffn_dim, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.

        Args:
            x: [N, L, width].

        Returns:
            [N, L, width].
        """
        x = x + self.self_attn(self.self_attn_layer_norm(x))
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class WhisperEncoder(nn.Module):
    """The encoder."""

    def __init__(self, config: WhisperConfig) -> None:
        """Build the encoder.

        Args:
            config: How large it is.
        """
        super().__init__()
        width = config.d_model
        self.conv1 = nn.Conv1d(config.num_mel_bins, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(config.max_source_positions, width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.encoder_layers))
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, mel: Tensor) -> list[Tensor]:
        """Encode.

        Args:
            mel: What `log_mel` gives, [N, 80, 2 L].

        Returns:
            The states before each layer, and the normalized ones after the last, [N, L, width]
            each.
        """
        states = self.states(mel)
        return [*states[:-1], self.layer_norm(states[-1])]

    def states(self, mel: Tensor) -> list[Tensor]:
        """Encode, without the last normalization.

        Args:
            mel: See `forward`.

        Returns:
            The states before each layer, and those after the last, [N, L, width] each.
        """
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        states = [x + self.embed_positions.weight]
        for layer in self.layers:
            states.append(layer(states[-1]))
        return states


def log_mel(samples: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """Compute the spectrogram of a segment, which is filled up with silence.

    Args:
        samples: At most 30 s, [N] float32, 16 kHz mono.
        device: Where it is computed.

    Returns:
        [1, 80, 3000] float32.
    """
    filled = np.zeros(SEGMENT_S * SAMPLE_RATE, np.float32)
    filled[: len(samples)] = samples
    return whole_log_mel(filled, device)


def whole_log_mel(samples: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """Compute the spectrogram of a sound of any length, against its own loudest level.

    Args:
        samples: [N] float32, 16 kHz mono; more than `FFT // 2`, as it is mirrored at its ends.
        device: Where it is computed.

    Returns:
        [1, 80, N // 160] float32.
    """
    return LogMel(device)(torch.from_numpy(samples).to(device)[None])


class LogMel:
    """Computes spectrograms of sounds that lie where it does."""

    def __init__(self, device: torch.device | str) -> None:
        """Put its constants there.

        Args:
            device: Where spectrograms are computed.
        """
        self._window = torch.hann_window(FFT, device=device)
        self._filters = torch.from_numpy(filters()).to(device)

    def __call__(self, sounds: Tensor) -> Tensor:
        """Compute spectrograms, each against its sound's loudest level.

        Args:
            sounds: [B, N] float32, 16 kHz mono; N more than `FFT // 2`.

        Returns:
            [B, 80, N // 160] float32.
        """
        spectrum = torch.stft(sounds, FFT, HOP, window=self._window, return_complex=True)
        power = self._filters @ spectrum[..., :-1].abs().square()
        level = power.clamp(min=LEAST_POWER).log10()
        return (torch.maximum(level, level.amax((1, 2), keepdim=True) - RANGE) + 4) / 4


def first_rows(start: int, frames: int, rate: Fraction) -> np.ndarray:
    """Find at which row of what is heard each frame begins.

    Args:
        start: The sample at which the first frame starts.
        frames: How many frames there are.
        rate: Frames/s, exact.

    Returns:
        Row numbers, [frames] int64.
    """
    begin = Fraction(start * ROWS_PER_S, SAMPLE_RATE)
    return np.array([math.floor(begin + i * ROWS_PER_S / rate) for i in range(frames)], np.int64)


def from_openai(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Pick the encoder of a file that OpenAI publishes, and name its tensors as they are here.

    Args:
        tensors: The file's tensors.

    Returns:
        The encoder's.
    """
    prefix = "encoder."
    renamed = {}
    for key, value in tensors.items():
        if key.startswith(prefix):
            name = key.removeprefix(prefix)
            for old, new in OPENAI_NAMES.items():
                name = name.replace(old, new)
            renamed[name] = value
    return renamed
