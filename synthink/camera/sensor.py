"""What light and a sensor do to pixels. No randomness but the noise words that are handed in.

Integers wherever a pixel is made: nothing depends on the processor.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Pixels16 = npt.NDArray[np.uint16]
_MIDDLE = 128  # the noise table's zero


def shading(size_px: tuple[int, int], strength: float, from_deg: float, warmth: float) -> tuple[Pixels16, Pixels16]:
    """Light that falls off across the frame: factors in 1/256 per row (H, 1, 1) and per column and channel (W, 3).

    strength 0..1: at 1 the far side has half the light, the far corner at least a quarter; from_deg: where the light
    comes from, 0 right, 90 below; warmth -1..1: blue to red. Rows times columns, because a product of two short lists
    costs far less than a field.
    """
    fall = 0.5 * strength
    columns = _falling(size_px[0], fall * math.cos(math.radians(from_deg)))
    rows = _falling(size_px[1], fall * math.sin(math.radians(from_deg)))
    gains = (1.0, 1 - 0.12 * warmth, 1 - 0.35 * warmth) if warmth > 0 else (1 + 0.25 * warmth, 1 + 0.06 * warmth, 1.0)
    tint = np.array([1 - strength * (1 - gain) for gain in gains])
    return _factor(rows[:, np.newaxis, np.newaxis]), _factor(columns[:, np.newaxis] * tint)


def _falling(length: int, fall: float) -> npt.NDArray[np.float64]:
    """From 1 at the lit end to 1 - |fall| at the other; the end is lit to which `fall` points."""
    along = (np.arange(length) + 0.5) / length
    away = 1 - along if fall > 0 else along
    profile: npt.NDArray[np.float64] = 1 - abs(fall) * away * (0.5 + 0.5 * away)
    return profile


def _factor(share: npt.NDArray[np.float64]) -> Pixels16:
    return np.rint(share * 256).astype(np.uint16)


@lru_cache(maxsize=1)
def _quantiles() -> npt.NDArray[np.float64]:
    """(256,): the middles of 256 equally likely parts of the normal distribution."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((step + 0.5) / 256) for step in range(256)])


def noise_words(size_px: tuple[int, int]) -> int:
    """The number of 64-bit words that `add_light_and_noise` takes for noise: a byte for each channel of each pixel."""
    return -(-size_px[0] * size_px[1] * 3 // 8)


def add_light_and_noise(
    frame: Image.Image,
    light: tuple[Pixels16, Pixels16] | None,
    noise: float,
    words: npt.NDArray[np.uint64] | None,
) -> Image.Image:
    """The frame under that light (from `shading`), with normal noise of `noise` grey levels in each channel."""
    from PIL import Image

    values = np.asarray(frame).astype(np.uint16)
    if light is not None:
        for factor in light:
            values *= factor
            values += 128
            values >>= 8
    if words is not None:
        table = (np.rint(_quantiles() * noise) + _MIDDLE).astype(np.uint8).tobytes()
        grain = words.astype("<u8", copy=False).tobytes()[: values.size].translate(table)
        values += np.frombuffer(grain, dtype=np.uint8).reshape(values.shape)
        signed = values.view(np.int16)
        signed -= _MIDDLE
        np.clip(signed, 0, 255, out=signed)
    return Image.fromarray(values.astype(np.uint8))
