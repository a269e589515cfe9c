"""Pictures beside their controls: what a mark changes, what another page changes, and what a camera moves."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageChops

from synthink.verify.oracles.difference import (
    OTHER_PAGE,
    STRAYING,
    STRONG,
    UNMOVED,
    beyond_shifts,
    difference,
    has_stray_ink,
    unlike,
)


def page(seed: int) -> Image.Image:
    """Paper with short strokes of print all over it."""
    pixels = np.full((160, 160, 3), 255, np.uint8)
    for x, y in np.random.default_rng(seed).integers(0, 150, (300, 2)).tolist():
        pixels[y : y + 8, x : x + 2] = 120
    return Image.fromarray(pixels)


def test_a_mark_leaves_the_page_and_another_page_does_not() -> None:
    control, marked = page(0), np.array(page(0))
    reached = np.zeros((160, 160), np.bool_)
    reached[60:64, 20:140] = True
    marked[reached] = (255, 0, 0)
    levels = difference(Image.fromarray(marked), control)
    assert levels[reached].min() >= 120 and not levels[~reached].any()
    assert unlike(levels, control, reached) == 0
    assert unlike(difference(page(1), control), control, reached) > OTHER_PAGE
    assert unlike(levels, control, np.ones_like(reached)) == 0  # nothing is left to compare


def test_a_page_that_moved_by_a_pixel_holds_no_ink() -> None:
    control = page(0)
    assert not beyond_shifts(difference(ImageChops.offset(control, 1, 0), control), control)[:, 2:-2].any()
    inked = np.array(control)
    inked[0:2, 0:100] = (255, 0, 0)
    assert (beyond_shifts(difference(Image.fromarray(inked), control), control)[0:2, 0:100] > 50).mean() > 0.5


def test_colour_that_a_jpeg_spreads_is_no_ink() -> None:
    """Faint ink over shades of one lightness, whose colours blocks of 16 px share; other ink beside it is found."""
    plain, own = np.full((160, 160, 3), (150, 130, 180), np.uint8), np.zeros((160, 160), np.bool_)
    plain[:, np.arange(160) // 24 % 2 == 1] = (125, 150, 110)
    own[78:85, 8:152] = True

    def as_jpeg(*inks: tuple[slice, slice]) -> Image.Image:
        pixels, file = plain.copy(), BytesIO()
        for ink in inks:
            pixels[ink] = 0.3 * np.array((230, 20, 30)) + 0.7 * pixels[ink]
        Image.fromarray(pixels).save(file, "JPEG", quality=55, subsampling=2)
        return Image.open(file)

    line = slice(81, 82), slice(12, 148)
    control, picture = as_jpeg(), as_jpeg(line)
    levels = difference(picture, control)
    usual = float(np.median(levels[line]))
    spread = (levels > STRONG * usual) & (beyond_shifts(levels, control) > UNMOVED * usual) & ~own
    assert np.count_nonzero(spread) > STRAYING
    assert not has_stray_ink(picture, control, levels, own, usual)
    stray = as_jpeg(line, (slice(110, 111), slice(30, 60)))
    assert has_stray_ink(stray, control, difference(stray, control), own, usual)
