"""What a picture shows beside its control, in scenes without a generator."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from synthink.verify.oracles.gestures.ink import STRAY
from synthink.verify.oracles.gestures.photograph import OTHER_PICTURE, check_difference
from tests.verify.oracles.gestures.scenes import without_ink


@pytest.mark.parametrize("scale", [1, 2, 7])
def test_print_reaches_beyond_its_box_by_a_pixel_of_the_page(scale: int) -> None:
    """However much the page was enlarged; print farther away is not the target's."""
    side = 448 // scale

    def page(*words: tuple[int, int, int, int]) -> Image.Image:
        small = Image.new("RGB", (side, side), "white")
        for word in words:
            ImageDraw.Draw(small).rectangle(word, fill=(60, 60, 60))
        return small.resize((side * scale, side * scale), Image.Resampling.BICUBIC)

    other, word = (2, 2, 12, 8), (20, 20, 39, 29)
    box = [20.9 * scale, 20.9 * scale, 39.1 * scale, 29.1 * scale]
    scene = replace(without_ink(["a", "word"], [[2, 2, 12, 8], box], box, ["word"]), scale=float(scale))
    scene = replace(scene, size_px=(side * scale, side * scale))
    assert check_difference(page(other, word), page(other), scene) is None
    stray = check_difference(page(other, word, (46, 20, 48, 29)), page(other), scene)
    assert stray is not None and stray.reason in (STRAY, OTHER_PICTURE)
