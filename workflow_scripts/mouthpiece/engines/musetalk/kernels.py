"""Triton kernels: normalization, activation and addition in few passes over a GPU's memory.

For pictures whose channels are innermost. Group normalization: Wu and He, arXiv:1803.08494; SiLU
and GELU: Hendrycks and Gimpel, arXiv:1606.08415; GEGLU: Shazeer, arXiv:2002.05202. PyTorch's own
kernels copy such pictures first; at 256 x 256 pixels, memory is what the networks then wait for.
"""

# mypy: allow-untyped-defs

import torch
import triton
import triton.language as tl
from torch import Tensor, nn

COLUMNS = 128
"""Channels that a program takes, at most."""

TILE = 4096
"""Numbers that a program reads at once."""

SUM_TILE = 2048
"""Numbers that a program sums at once."""

PARTS = 32
"""Programs that sum one picture's channels, at most."""

LEAST_ROWS = 64
"""Pixels that each of them sums, at least."""


@triton.jit
def _sums(
    x, bias, sums, pixels, channels, rows, tile_rows: tl.constexpr, tile_columns: tl.constexpr
):
    """Sums and sums of squares of each channel, over `rows` pixels of one picture."""
    part, block, picture = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    columns = block * tile_columns + tl.arange(0, tile_columns)
    known = columns < channels
    shift = tl.load(bias + columns, mask=known, other=0).to(tl.float32)[None, :]
    first = tl.zeros((tile_rows, tile_columns), tl.float32)
    second = tl.zeros((tile_rows, tile_columns), tl.float32)
    start = picture.to(tl.int64) * pixels
    for row in range(0, rows, tile_rows):
        place = part * rows + row + tl.arange(0, tile_rows)
        inside = (place < pixels)[:, None] & known[None, :]
        at = (start + place)[:, None] * channels + columns[None, :]
        value = tl.load(x + at, mask=inside, other=0).to(tl.float32) + shift
        value = tl.where(inside, value, 0)
        first += value
        second += value * value
    at = ((picture * tl.num_programs(0) + part) * 2) * channels + columns
    tl.store(sums + at, tl.sum(first, 0), mask=known)
    tl.store(sums + at + channels, tl.sum(second, 0), mask=known)


@triton.jit
def _factors(
    sums,
    weight,
    offset,
    bias,
    factors,
    channels,
    members,
    parts,
    count,
    epsilon,
    most_parts: tl.constexpr,
    most_members: tl.constexpr,
):
    """What each channel of one group is multiplied by, and what is then added."""
    group, picture = tl.program_id(0), tl.program_id(1)
    member = tl.arange(0, most_members)
    known = member < members
    columns = group * members + member
    part = tl.arange(0, most_parts)
    at = ((picture * parts + part) * 2)[:, None] * channels + columns[None, :]
    inside = (part < parts)[:, None] & known[None, :]
    mean = tl.sum(tl.load(sums + at, mask=inside, other=0)) / count
    square = tl.sum(tl.load(sums + at + channels, mask=inside, other=0)) / count
    scale = tl.rsqrt(tl.maximum(square - mean * mean, 0) + epsilon)
    scale = scale * tl.load(weight + columns, mask=known, other=0).to(tl.float32)
    shift = tl.load(bias + columns, mask=known, other=0).to(tl.float32) - mean
    shift = shift * scale + tl.load(offset + columns, mask=known, other=0).to(tl.float32)
    at = picture * 2 * channels + columns
    tl.store(factors + at, scale, mask=known)
    tl.store(factors + at + channels, shift, mask=known)


@triton.jit
def _scaled(
    x,
    factors,
    y,
    pixels,
    channels,
    tile_rows: tl.constexpr,
    tile_columns: tl.constexpr,
    silu: tl.constexpr,
):
    """The normalized picture, through SiLU where that is asked for."""
    part, block, picture = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    columns = block * tile_columns + tl.arange(0, tile_columns)
    known = columns < channels
    place = part * tile_rows + tl.arange(0, tile_rows)
    inside = (place < pixels)[:, None] & known[None, :]
    at = (picture.to(tl.int64) * pixels + place)[:, None] * channels + columns[None, :]
    value = tl.load(x + at, mask=inside, other=0).to(tl.float32)
    scale = tl.load(factors + picture * 2 * channels + columns, mask=known, other=0)
    shift = tl.load(factors + (picture * 2 + 1) * channels + columns, mask=known, other=0)
    value = value * scale[None, :] + shift[None, :]
    if silu:
        value = value * tl.sigmoid(value)
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


@triton.jit
def _added(
    x, residual, bias, y, rows, channels, tile_rows: tl.constexpr, tile_columns: tl.constexpr
):
    """The sum of two pictures, and of a bias for each channel."""
    part, block = tl.program_id(0), tl.program_id(1)
    columns = block * tile_columns + tl.arange(0, tile_columns)
    known = columns < channels
    place = part.to(tl.int64) * tile_rows + tl.arange(0, tile_rows)
    inside = (place < rows)[:, None] & known[None, :]
    at = place[:, None] * channels + columns[None, :]
    value = tl.load(x + at, mask=inside, other=0).to(tl.float32)
    value += tl.load(bias + columns, mask=known, other=0).to(tl.float32)[None, :]
    value += tl.load(residual + at, mask=inside, other=0).to(tl.float32)
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


@triton.jit
def _gated(x, y, rows, width, tile_rows: tl.constexpr, tile_columns: tl.constexpr):
    """The first half of each row times GELU of the second."""
    part, block = tl.program_id(0), tl.program_id(1)
    columns = block * tile_columns + tl.arange(0, tile_columns)
    place = part.to(tl.int64) * tile_rows + tl.arange(0, tile_rows)
    inside = (place < rows)[:, None] & (columns < width)[None, :]
    at = place[:, None] * 2 * width + columns[None, :]
    value = tl.load(x + at, mask=inside, other=0).to(tl.float32)
    gate = tl.load(x + at + width, mask=inside, other=0).to(tl.float32)
    value *= 0.5 * gate * (1 + tl.erf(gate * 0.7071067811865476))
    at = place[:, None] * width + columns[None, :]
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


def normalized(
    x: Tensor, norm: nn.GroupNorm, bias: Tensor | None = None, silu: bool = False
) -> Tensor:
    """Normalize groups of channels.

    Args:
        x: [N, C, H, W]; where channels are not innermost in memory, it is copied.
        norm: The groups, and each channel's weight and bias.
        bias: What is added to `x` before, [C].
        silu: Whether SiLU follows.

    Returns:
        [N, C, H, W], channels innermost.
    """
    x = x.contiguous(memory_format=torch.channels_last)
    number, channels, height, width = x.shape
    pixels, members = height * width, channels // norm.num_groups
    columns = min(triton.next_power_of_2(channels), COLUMNS)
    blocks, tile, step = triton.cdiv(channels, columns), TILE // columns, SUM_TILE // columns
    rows = triton.cdiv(max(LEAST_ROWS, triton.cdiv(pixels, PARTS)), step) * step
    parts = triton.cdiv(pixels, rows)
    sums = torch.empty((number, parts, 2, channels), dtype=torch.float32, device=x.device)
    factors = torch.empty((number, 2, channels), dtype=torch.float32, device=x.device)
    y = torch.empty_like(x, memory_format=torch.channels_last)
    before = torch.zeros_like(norm.bias) if bias is None else bias
    _sums[(parts, blocks, number)](
        x, before, sums, pixels, channels, rows, tile_rows=step, tile_columns=columns
    )
    _factors[(norm.num_groups, number)](
        *(sums, norm.weight, norm.bias, before, factors),
        *(channels, members, parts, pixels * members, norm.eps),
        most_parts=triton.next_power_of_2(parts),
        most_members=triton.next_power_of_2(members),
    )
    _scaled[(triton.cdiv(pixels, tile), blocks, number)](
        x, factors, y, pixels, channels, tile_rows=tile, tile_columns=columns, silu=silu
    )
    return y


def gated(x: Tensor) -> Tensor:
    """Weigh one half of the features by GELU of the other.

    Args:
        x: [..., 2 D].

    Returns:
        [..., D].
    """
    x = x.contiguous()
    width = x.shape[-1] // 2
    rows = x.numel() // x.shape[-1]
    columns = min(triton.next_power_of_2(width), COLUMNS)
    y = torch.empty((*x.shape[:-1], width), dtype=x.dtype, device=x.device)
    _gated[(triton.cdiv(rows, TILE // columns), triton.cdiv(width, columns))](
        x, y, rows, width, tile_rows=TILE // columns, tile_columns=columns
    )
    return y


def added(x: Tensor, residual: Tensor, bias: Tensor) -> Tensor:
    """Add two pictures, and a bias for each channel.

    Args:
        x: [N, C, H, W]; channels innermost in memory, else it is copied.
        residual: As `x`.
        bias: [C].

    Returns:
        [N, C, H, W], channels innermost.
    """
    x = x.contiguous(memory_format=torch.channels_last)
    residual = residual.contiguous(memory_format=torch.channels_last)
    number, channels, height, width = x.shape
    rows = number * height * width
    columns = min(triton.next_power_of_2(channels), COLUMNS)
    y = torch.empty_like(x, memory_format=torch.channels_last)
    tile = TILE // columns
    _added[(triton.cdiv(rows, tile), triton.cdiv(channels, columns))](
        x, residual, bias, y, rows, channels, tile_rows=tile, tile_columns=columns
    )
    return y
