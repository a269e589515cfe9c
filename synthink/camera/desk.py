"""What a page lies on: wood, cloth, stone or felt with its grain, at times a sheet of card, and the page's shadow.

Drawn, not photographed: noise at a few scales, added up in integers. Desks are out of focus: they are drawn with half
of a frame's pixels along each side, and turned as they are enlarged.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthink.draw.colours import RGB
from synthink.draw.outline import polygon
from synthink.draw.picture import Pixels
from synthink.draw.raster import coverage
from synthink.draw.transform import Transform, cos_sin
from synthink.streams import Stream

if TYPE_CHECKING:
    from PIL import Image

Levels = npt.NDArray[np.int16]
"""(H, W): by how much a place is lighter than the desk's colour."""

OTHER_SHEET = 0.3  # share of desks on which a sheet of card lies, too
SHEETS: tuple[RGB, ...] = ((152, 122, 84), (92, 110, 138), (104, 128, 104), (140, 66, 60), (58, 60, 66))
"""Of coloured card: white ones could be taken for a part of the page."""
MIDDLE = 128  # level of the grain at which a desk has its own colour
SHADE = 0.5  # share of the light that is missing beside a page, at most


@dataclass(frozen=True, slots=True)
class Desk:
    """A surface of some grain and colour. key: of the stream from which its grain is drawn."""

    grain: str
    colour: RGB
    key: tuple[int, int]

    def picture(self, size_px: tuple[int, int]) -> Image.Image:
        """The desk, and at times a sheet of card on it, of that size."""
        from PIL import Image

        stream = Stream(self.key)
        image = self._surface(size_px, stream)
        if stream.chance(OTHER_SHEET):
            sheet = _another_sheet(size_px, stream)
            cast_shadow(image, sheet, stream)
            image.paste(stream.choice(SHEETS), mask=Image.fromarray(sheet))
        return image

    def _surface(self, size_px: tuple[int, int], stream: Stream) -> Image.Image:
        from PIL import Image

        reach = math.ceil(math.hypot(*size_px) / 2) + 2  # half of the diagonal, at half of the resolution
        grain = np.clip(GRAINS[self.grain](reach, stream) + MIDDLE, 0, 255).astype(np.uint8)
        cos, sin = (0.5 * share for share in cos_sin(stream.uniform(0.0, 180.0)))
        x, y = size_px[0] / 2, size_px[1] / 2
        back = (cos, sin, reach / 2 - cos * x - sin * y, -sin, cos, reach / 2 + sin * x - cos * y)
        turned = Image.fromarray(grain).transform(size_px, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
        turned.putpalette(_shades(self.colour).tobytes())
        return turned.convert("RGB")


def cast_shadow(below: Image.Image, sheet: Pixels, stream: Stream) -> None:
    """Darken what lies below a sheet beside its edges. sheet: (H, W) how much of each pixel it covers."""
    from PIL import Image, ImageFilter

    width, height = below.size
    softness = stream.uniform(0.004, 0.02) * min(width, height)  # of the frame at a quarter of its pixels along a side
    cos, sin = (softness * 1.5 * share for share in cos_sin(stream.uniform(0.0, 360.0)))
    small = Image.fromarray(sheet).resize((max(1, width // 4), max(1, height // 4)), Image.Resampling.BILINEAR)
    soft = small.filter(ImageFilter.BoxBlur(softness)).filter(ImageFilter.BoxBlur(softness))
    x, y = small.width / width, small.height / height
    shade = soft.transform(below.size, Image.Transform.AFFINE, (x, 0.0, -cos, 0.0, y, -sin), Image.Resampling.BILINEAR)
    strength = round(256 * SHADE * stream.uniform(0.3, 1.0))
    below.paste((0, 0, 0), mask=shade.point([level * strength >> 8 for level in range(256)]))


def _another_sheet(size_px: tuple[int, int], stream: Stream) -> Pixels:
    """(H, W): how much of each pixel a sheet covers that lies turned and partly out of sight."""
    side = min(size_px)
    corner = stream.uniform(-0.2, 1.2) * size_px[0], stream.uniform(-0.2, 1.2) * size_px[1]
    corners = np.array(((0.0, 0.0), (2.0, 0.0), (2.0, 2.8), (0.0, 2.8))) * side
    turned = Transform.rotation(stream.uniform(0.0, 360.0)).points(corners) + corner
    mask = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    left, top, covered = coverage(polygon(turned).snapped(), size_px)
    mask[top : top + covered.shape[0], left : left + covered.shape[1]] = covered
    return mask


def _noise(stream: Stream, cells: tuple[float, float], side: int) -> Levels:
    """(side, side), -128..127: noise of so many cells across and down, smooth between their middles."""
    from PIL import Image

    across, down = (min(side, max(2, round(count))) for count in cells)
    words = stream.raw(-(-across * down // 8)).astype("<u8")
    values = words.view(np.uint8)[: across * down].reshape(down, across)
    image = Image.fromarray(values).resize((side, side), Image.Resampling.BICUBIC)
    levels: Levels = np.asarray(image).astype(np.int16) - 128
    return levels


def _wood(side: int, stream: Stream) -> Levels:
    """Rings that a plank cuts, stretched along its length, and fine fibres."""
    fibre = stream.uniform(0.8, 2.5)  # pixels
    rings = _noise(stream, (2, stream.uniform(3, 8)), side) * stream.integers(3, 9)
    bands: Levels = np.abs((rings & 255) - 128) - 64  # -64..64, up and down
    fibres = _noise(stream, (side / (30 * fibre), side / fibre), side)
    pores = _noise(stream, (side / (8 * fibre), side / fibre), side)
    light = _noise(stream, (3, 6), side)
    return (bands * stream.integers(6, 16) + fibres * 12 + pores * 7 + light * 8) >> 6


def _cloth(side: int, stream: Stream) -> Levels:
    """Threads across and down in turn, and folds of the cloth."""
    pitch = stream.integers(2, 4)
    ridge = np.minimum(np.arange(side) % (2 * pitch), np.arange(side)[::-1] % (2 * pitch)).astype(np.int16)
    weave = ridge[:, np.newaxis] * ridge * 2 - pitch * pitch
    threads = _noise(stream, (side / pitch, 5), side) + _noise(stream, (5, side / pitch), side)
    uneven = _noise(stream, (side / pitch / 2, side / pitch / 2), side)
    return (weave * 120 + threads * 6 + uneven * 7 + _noise(stream, (4, 5), side) * 10) >> 6


def _stone(side: int, stream: Stream) -> Levels:
    """Clouds, and specks of one or two sizes, a few of them much lighter or darker."""
    speck = stream.uniform(1.2, 4.0)
    clouds = _noise(stream, (5, 5), side) + _noise(stream, (13, 13), side)
    specks = _noise(stream, (side / speck, side / speck), side)
    return (clouds * 8 + specks * stream.integers(6, 22)) >> 6


def _felt(side: int, stream: Stream) -> Levels:
    """Hardly any grain, as of felt, leather or painted boards."""
    fine, coarse = _noise(stream, (side / 1.5, side / 1.5), side), _noise(stream, (7, 7), side)
    return (fine * stream.integers(2, 9) + coarse * 6) >> 6


GRAINS: dict[str, Callable[[int, Stream], Levels]] = {
    "wood": _wood,
    "cloth": _cloth,
    "stone": _stone,
    "felt": _felt,
}


def _shades(colour: RGB) -> Pixels:
    """(256, 3): the colour at every level of the grain: itself in the middle, in less light and in more."""
    light = np.arange(256)[:, np.newaxis] + 128  # 256 in the middle
    shades: Pixels = np.minimum(light * np.array(colour) >> 8, 255).astype(np.uint8)
    return shades
