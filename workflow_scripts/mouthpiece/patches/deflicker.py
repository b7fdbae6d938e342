"""Flicker taken out of a draft: light and colour of its patches, averaged over time.

What is averaged is coarse (a 32nd of the patch's side and more): skin, teeth and hair keep their
grain. Over time each spot is averaged with what it looked like shortly before and after, the less
the more it differs (Tomasi and Manduchi, "Bilateral filtering", ICCV 1998, along time only): a
mouth that opens differs much and stays, a cheek that flickers differs little and is calmed.
"""

from dataclasses import replace

import cv2
import numpy as np

from .patch_set import PatchSet

CELLS = 32
"""Spots along the longer side of a patch."""

RANGE = 4.0
"""Levels of 255 by which a spot may differ to count with a weight of 0.6: over flicker (1 to 3),
under what speech does to a mouth (20 and more)."""


def deflickered(patches: PatchSet, sigma_frames: float) -> PatchSet:
    """The same patches, calmer; those with an alpha of 0 are neither changed nor looked at.

    sigma_frames: standard deviation of the averaging over time.
    """
    drawn = patches.alpha > 0
    light = np.stack([_coarse(pixels) for pixels in patches.pixels])
    change = _averaged(light, drawn, sigma_frames) - light
    height, width = patches.pixels.shape[1:3]
    pixels = patches.pixels.copy()
    for i in np.flatnonzero(drawn):
        finer = cv2.resize(change[i], (width, height), interpolation=cv2.INTER_LINEAR)
        pixels[i] = np.clip(np.rint(pixels[i] + finer), 0, 255)
    return replace(patches, pixels=pixels)


def _coarse(pixels: np.ndarray) -> np.ndarray:
    """Light and colour [h, w, 3] float32 of a patch [H, W, 3], a value a spot."""
    height, width = pixels.shape[:2]
    cell_px = max(1, round(max(height, width) / CELLS))
    size = max(1, round(width / cell_px)), max(1, round(height / cell_px))
    spots = cv2.resize(pixels.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(spots, (0, 0), 1.0)


def _averaged(light: np.ndarray, drawn: np.ndarray, sigma_frames: float) -> np.ndarray:
    """Averages of [T, h, w, 3] along time, over frames that are drawn [T]."""
    frames = len(light)
    total, weights = np.zeros_like(light), np.zeros((*light.shape[:3], 1), np.float32)
    reach = min(frames - 1, int(np.ceil(3 * sigma_frames)))
    for step in range(-reach, reach + 1):
        here = slice(max(0, -step), frames - max(0, step))
        there = slice(max(0, step), frames + min(0, step))
        apart = ((light[there] - light[here]) ** 2).mean(-1, keepdims=True)
        weight = np.exp(-apart / (2 * RANGE**2)) * np.exp(-0.5 * (step / sigma_frames) ** 2)
        weight *= drawn[there, None, None, None]
        total[here] += weight * light[there]
        weights[here] += weight
    return np.where(weights > 0, total / np.maximum(weights, 1e-9), light)
