"""Whisper's ear: its log-mel spectrogram and its encoder (Radford et al., arXiv:2212.04356).

Names of modules and of the config's keys are those of the weights that are published in
transformers' layout.
"""

from typing import Annotated, Literal

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
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        states = [x + self.embed_positions.weight]
        for layer in self.layers:
            states.append(layer(states[-1]))
        return [*states[:-1], self.layer_norm(states[-1])]


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
    window = torch.hann_window(FFT, device=device)
    sound = torch.from_numpy(filled).to(device)
    spectrum = torch.stft(sound, FFT, HOP, window=window, return_complex=True)[:, :-1]
    power = torch.from_numpy(filters()).to(device) @ spectrum.abs().square()
    level = power.clamp(min=LEAST_POWER).log10()
    return ((torch.maximum(level, level.max() - RANGE) + 4) / 4)[None]
