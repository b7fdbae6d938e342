"""Whisper's ear hears what transformers' does."""

import numpy as np
import pytest
import torch
from transformers import WhisperConfig as TheirConfig
from transformers import WhisperFeatureExtractor
from transformers.models.whisper.modeling_whisper import WhisperEncoder as TheirEncoder

from mouthpiece.networks.whisper import WhisperConfig, WhisperEncoder, log_mel

SMALL = {"d_model": 48, "encoder_layers": 2, "encoder_attention_heads": 3, "encoder_ffn_dim": 64}


@pytest.mark.parametrize("seconds", [0.0, 0.7, 30.0])
def test_the_spectrogram_is_the_same(seconds: float) -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, int(16000 * seconds)).astype(np.float32)
    wanted = WhisperFeatureExtractor()(samples, sampling_rate=16000, return_tensors="pt")
    torch.testing.assert_close(log_mel(samples), wanted.input_features, atol=1e-5, rtol=0)


@torch.no_grad()
def test_the_states_are_the_same() -> None:
    torch.manual_seed(0)
    theirs = TheirEncoder(TheirConfig(**SMALL)).eval()
    ours = WhisperEncoder(WhisperConfig.model_validate(SMALL))
    ours.load_state_dict(theirs.state_dict())
    mel = torch.randn(1, 80, 3000)
    wanted = theirs(mel, output_hidden_states=True).hidden_states
    found = ours(mel)
    assert len(found) == len(wanted) == 3
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=0)
