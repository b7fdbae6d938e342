"""The network: two encoders, of faces and of sound, and a decoder that sees what the first saw.

Names of modules are those of the published weights.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE_PX = 96
"""Side of the faces."""

BANDS, COLUMNS = 80, 16
"""Of the mel spectrogram of one frame."""

Step = int | tuple[int, int]

FACE = ((16, 1, 0), (32, 2, 2), (64, 2, 3), (128, 2, 2), (256, 2, 2), (512, 2, 1))
"""Stages of the face encoder: channels, what sides are divided by, and residual blocks."""

SOUND: tuple[tuple[int, Step, int], ...] = (
    (32, 1, 2),
    (64, (3, 1), 2),
    (128, 3, 2),
    (256, (3, 2), 1),
)
"""Stages of the sound encoder, as `FACE`."""

WIDEST = 512
"""Channels of a face, or of sound, as one point."""

DECODER = ((512, 1), (512, 2), (384, 2), (256, 2), (128, 2), (64, 2))
"""Stages of the decoder after its first: channels, and residual blocks. Each doubles the sides, but
for the first of them, which makes 3 of 1."""

OUT = 32


class Block(nn.Module):
    """A convolution with its normalization; added to what it was given where shapes allow it."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: Step = 1, padding: int = 1
    ) -> None:
        """Build the block.

        Args:
            inputs: Channels that it is given.
            outputs: Channels that it gives.
            kernel: Side of the kernel.
            stride: What the sides are divided by, both or each.
            padding: Zeros at each edge.
        """
        super().__init__()
        convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding)
        self.conv_block = nn.Sequential(convolution, nn.BatchNorm2d(outputs))
        self.residual = (inputs, kernel, stride, padding) == (outputs, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, outputs, H / stride, W / stride].
        """
        found: Tensor = self.conv_block(x)
        return functional.relu(found + x if self.residual else found)


class Grown(nn.Module):
    """A transposed convolution with its normalization."""

    def __init__(self, inputs: int, outputs: int, is_first: bool) -> None:
        """Build the block.

        Args:
            inputs: Channels that it is given.
            outputs: Channels that it gives.
            is_first: Whether it makes 3 x 3 of one point. Else sides double.
        """
        super().__init__()
        sizes = (1, 0, 0) if is_first else (2, 1, 1)
        grow = nn.ConvTranspose2d(inputs, outputs, 3, *sizes)
        self.conv_block = nn.Sequential(grow, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the block.

        Args:
            x: [N, inputs, H, W].

        Returns:
            [N, outputs, 2 H, 2 W], or [N, outputs, 3, 3].
        """
        return functional.relu(self.conv_block(x))


class Wav2Lip(nn.Module):
    """The network."""

    def __init__(self) -> None:
        """Build the network."""
        super().__init__()
        widths = [width for width, _, _ in FACE]
        first = nn.Sequential(Block(6, widths[0], 7, padding=3))
        stages = [
            nn.Sequential(*_stage(inputs, *stage))
            for inputs, stage in zip(widths, FACE[1:], strict=False)
        ]
        point = nn.Sequential(*_point(widths[-1]))
        self.face_encoder_blocks = nn.ModuleList([first, *stages, point])
        heard = [1, *(width for width, _, _ in SOUND)]
        sound = [_stage(inputs, *stage) for inputs, stage in zip(heard, SOUND, strict=False)]
        blocks = [block for stage in sound for block in stage]
        self.audio_encoder = nn.Sequential(*blocks, *_point(heard[-1]))
        self.face_decoder_blocks = nn.ModuleList(
            [nn.Sequential(Block(WIDEST, WIDEST, 1, padding=0))]
        )
        given = [WIDEST, *(width for width, _ in DECODER)]
        seen = [WIDEST, *reversed(widths)]
        for number, (inputs, width) in enumerate(pairwise(given)):
            grown = Grown(inputs + seen[number], width, is_first=number == 0)
            more = [Block(width, width) for _ in range(DECODER[number][1])]
            self.face_decoder_blocks.append(nn.Sequential(grown, *more))
        self.output_block = nn.Sequential(
            Block(given[-1] + seen[-1], OUT), nn.Conv2d(OUT, 3, 1), nn.Sigmoid()
        )

    def forward(self, sound: Tensor, faces: Tensor) -> Tensor:
        """Draw faces.

        Args:
            sound: Mel spectrograms, [N, 1, 80, 16] in [-4, 4].
            faces: Faces without their lower half, and faces to resemble, BGR each, [N, 6, 96, 96]
                in [0, 1].

        Returns:
            BGR, [N, 3, 96, 96] in [0, 1].
        """
        seen = []
        for stage in self.face_encoder_blocks:
            faces = stage(faces)
            seen.append(faces)
        drawn: Tensor = self.audio_encoder(sound)
        for stage, known in zip(self.face_decoder_blocks, reversed(seen), strict=True):
            drawn = torch.cat((stage(drawn), known), dim=1)
        return self.output_block(drawn)


def _stage(inputs: int, outputs: int, stride: Step, residuals: int) -> list[Block]:
    """A block that narrows, and residual ones."""
    more = [Block(outputs, outputs) for _ in range(residuals)]
    return [Block(inputs, outputs, stride=stride), *more]


def _point(inputs: int) -> list[Block]:
    """From 3 x 3 to one point."""
    return [Block(inputs, WIDEST, padding=0), Block(WIDEST, WIDEST, 1, padding=0)]
