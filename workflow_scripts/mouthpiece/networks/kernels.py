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

ATTENDED_ROWS = 64
"""Frames of pixels that attend at once: of several pixels, so that they fill a matrix product."""


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


@triton.jit
def _layer_scaled(
    x, weight, offset, bias, y, rows, width, epsilon, tile_rows: tl.constexpr, tile: tl.constexpr
):
    """The rows, each normalized over its features."""
    place = tl.program_id(0).to(tl.int64) * tile_rows + tl.arange(0, tile_rows)
    columns = tl.arange(0, tile)
    known = columns < width
    inside = (place < rows)[:, None] & known[None, :]
    at = place[:, None] * width + columns[None, :]
    value = tl.load(x + at, mask=inside, other=0).to(tl.float32)
    value += tl.load(bias + columns, mask=known, other=0).to(tl.float32)[None, :]
    value -= (tl.sum(value, 1) / width)[:, None]
    value = tl.where(known[None, :], value, 0)
    scale = tl.rsqrt(tl.sum(value * value, 1) / width + epsilon)
    value *= scale[:, None] * tl.load(weight + columns, mask=known, other=0).to(tl.float32)[None, :]
    value += tl.load(offset + columns, mask=known, other=0).to(tl.float32)[None, :]
    tl.store(y + at, value.to(y.dtype.element_ty), mask=inside)


@triton.jit
def _attended(
    x,
    places,
    y,
    pixels,
    frames,
    channels,
    scale,
    width: tl.constexpr,
    tile_pixels: tl.constexpr,
    tile_frames: tl.constexpr,
    tile: tl.constexpr,
):
    """One head of some pixels, each attending to itself in the other frames of its chunk."""
    head, block, chunk = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    row = tl.arange(0, tile_pixels * tile_frames)
    pixel, frame = block * tile_pixels + row // tile_frames, row % tile_frames
    known = (pixel < pixels) & (frame < frames)
    column = tl.arange(0, tile)
    inside = known[:, None] & (column < width)[None, :]
    own = ((chunk.to(tl.int64) * frames + frame) * pixels + pixel)[:, None]
    at = own * 3 * channels + head * width + column[None, :]
    place = frame[:, None] * 3 * channels + head * width + column[None, :]
    kind = x.dtype.element_ty
    query = tl.load(x + at, mask=inside, other=0) + tl.load(places + place, mask=inside, other=0)
    at, place = at + channels, place + channels
    key = tl.load(x + at, mask=inside, other=0) + tl.load(places + place, mask=inside, other=0)
    at, place = at + channels, place + channels
    value = tl.load(x + at, mask=inside, other=0) + tl.load(places + place, mask=inside, other=0)
    score = tl.dot(query.to(kind), tl.trans(key.to(kind)), input_precision="ieee") * scale
    seen = (pixel[:, None] == pixel[None, :]) & (frame < frames)[None, :]
    score = tl.where(seen, score, -1e30)
    share = tl.exp(score - tl.max(score, 1)[:, None])
    total = tl.sum(share, 1)[:, None]
    found = tl.dot(share.to(kind), value.to(kind), input_precision="ieee") / total
    tl.store(y + own * channels + head * width + column[None, :], found.to(kind), mask=inside)


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


def layer_normalized(x: Tensor, norm: nn.LayerNorm, bias: Tensor) -> Tensor:
    """Normalize features.

    Args:
        x: [..., D].
        norm: Each feature's weight and bias.
        bias: What is added to `x` before, [D].

    Returns:
        [..., D].
    """
    x = x.contiguous()
    width = x.shape[-1]
    rows = x.numel() // width
    columns = triton.next_power_of_2(width)
    tile = max(TILE // columns, 1)
    y = torch.empty_like(x)
    _layer_scaled[(triton.cdiv(rows, tile),)](
        x, norm.weight, norm.bias, bias, y, rows, width, norm.eps, tile_rows=tile, tile=columns
    )
    return y


def attended_over_frames(x: Tensor, places: Tensor, frames: int, heads: int) -> Tensor:
    """Let each pixel attend to itself in the other frames of its chunk.

    Args:
        x: Queries, keys and values side by side, [B * F, P, 3 C].
        places: What is added to them in each frame, [F or more, 3 C].
        frames: F.
        heads: Heads.

    Returns:
        [B * F, P, C].
    """
    x = x.contiguous()
    pictures, pixels, channels = x.shape[0], x.shape[1], x.shape[2] // 3
    width, tile_frames = channels // heads, max(triton.next_power_of_2(frames), 2)
    tile_pixels = max(ATTENDED_ROWS // tile_frames, 1)
    y = torch.empty((pictures, pixels, channels), dtype=x.dtype, device=x.device)
    _attended[(heads, triton.cdiv(pixels, tile_pixels), pictures // frames)](
        *(x, places, y, pixels, frames, channels, width**-0.5),
        width=width,
        tile_pixels=tile_pixels,
        tile_frames=tile_frames,
        tile=max(triton.next_power_of_2(width), 16),
    )
    return y
