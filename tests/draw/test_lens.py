"""A scene that is drawn through a lens is what moving the pixels of the drawn scene gives, but sharper."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from synthink import Camera
from synthink.camera import photograph
from synthink.camera.projection import homography, inverse
from synthink.draw import (
    Group,
    ImageLayer,
    Layer,
    LinearGradient,
    RadialGradient,
    Scene,
    disc,
    polyline,
    rectangle,
    render,
    rounded_rectangle,
)
from synthink.draw.lens import Lens
from synthink.draw.scene import Node
from synthink.streams import StreamKey

SIZE = (160, 120)
STRAIGHT = Lens(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), SIZE)
ASKEW = Lens(homography(SIZE, [(9, 3), (150, 12), (156, 112), (2, 118)]), SIZE)
LAYERS: tuple[Node, ...] = (
    Layer(rectangle((-90, -80, 250, 200)), LinearGradient((20, 0), (140, 120), ("#203040", "#e0d0c0"))),
    Group(
        (
            Layer(disc((0, 0), 40), RadialGradient((-10, -10), 50, ("#ffffff", "#3050a0"))),
            Layer(rounded_rectangle((-30, -8, 30, 8), 4), "#902010", 0.7),
            Layer(polyline([(-20, 20), (0, 30), (25, 18)], 3.0), "black", label="line"),
        ),
        clip=rectangle((-45, -30, 45, 45)),
    )
    .rotate(20)
    .move(80, 55),
    Layer(disc((30, 90), 9), "#20c040", label="dot"),
)
SCENE = Scene(SIZE, "#808080", LAYERS, is_endless=True)


def levels(scene: Scene, lens: Lens | None = None) -> npt.NDArray[np.int64]:
    return render(scene, lens=lens).array().astype(np.int64)


def test_a_straight_lens_changes_nothing() -> None:
    assert np.abs(levels(SCENE, STRAIGHT) - levels(SCENE)).max() <= 1


def test_a_lens_moves_what_it_shows() -> None:
    rows = inverse(ASKEW.matrix)
    large = render(SCENE).pil()
    back = (*rows[0], *rows[1], *rows[2][:2])
    moved = large.transform(SIZE, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    inside = (slice(16, -16), slice(14, -14))
    away = np.abs(levels(SCENE, ASKEW) - np.asarray(moved).astype(int))[inside]
    assert away.mean() < 2.0
    assert (away.max(axis=2) > 60).mean() < 0.01  # edges alone


def test_what_lies_behind_the_lens_is_cut_off() -> None:
    steep = Lens(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.004, 0.0, 1.0)), SIZE)
    floor = Scene(SIZE, "white", (Layer(rectangle((-4000, 40, 4000, 4000)), "black"),))
    drawn = levels(floor, steep)
    assert (drawn[:10] == 255).all()  # it rises from 40 px on the left to 14 on the right
    assert (drawn[45:] == 0).all()
    assert (levels(Scene(SIZE, "white", (Layer(rectangle((-900, 0, -500, 9)), "black"),)), steep) == 255).all()


@pytest.mark.parametrize("preset", ["photo", "device"])
def test_labels_lie_where_a_lens_shows_them(preset: str) -> None:
    camera = Camera(preset=preset, background="paper", glare=(0, 0), dirt=(0, 0), shadow=(0, 0), noise=(0, 0))  # type: ignore[arg-type]
    for index in range(4):
        photo = photograph(SCENE, camera, StreamKey(1).stream(index, "camera"))
        picture = photo.picture.array().astype(int)
        green = picture[:, :, 1] - np.maximum(picture[:, :, 0], picture[:, :, 2])
        ys, xs = np.nonzero(green > 0.5 * green.max())
        box = photo.box("dot")
        assert (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) == pytest.approx(tuple(box), abs=2.5)


def test_scenes_with_pictures_in_them_are_photographed_by_their_pixels() -> None:
    page = (*LAYERS, ImageLayer(np.zeros((9, 9, 3), dtype=np.uint8)))
    pictures = [
        photograph(Scene(SIZE, "#808080", page, endless), Camera(preset="device"), StreamKey(2).stream(0, "camera"))
        for endless in (True, False)
    ]
    assert (pictures[0].picture.array() == pictures[1].picture.array()).all()
