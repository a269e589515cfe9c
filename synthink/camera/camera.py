"""The camera: what lies between the drawn page and the picture. It moves pixels and geometry together."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np

from synthink.camera.desk import Desk
from synthink.camera.effects import Effects
from synthink.camera.folds import shade
from synthink.camera.optics import WiderPicture, blurred, laid, on_background
from synthink.camera.presets import PRESETS
from synthink.camera.projection import (
    Corner,
    Matrix,
    homography,
    moved,
    page_corners,
    product,
    scaling,
    upright_corners,
)
from synthink.camera.sensor import add_light_and_noise, noise_words, shading
from synthink.camera.view import View
from synthink.draw.colours import RGB, parse_colour
from synthink.draw.lens import Lens, can_show
from synthink.draw.picture import JpegPicture, Picture, RgbPicture
from synthink.draw.rendering import render
from synthink.draw.scene import Scene, placed_layers
from synthink.errors import ConfigError
from synthink.settings import Between, Settings
from synthink.streams import Stream

if TYPE_CHECKING:
    from PIL import Image

Range = tuple[float, float]

_DESKS: tuple[tuple[str, RGB], ...] = (
    *(("wood", colour) for colour in ((198, 160, 112), (176, 134, 92), (140, 92, 58), (104, 70, 46), (62, 42, 32))),
    *(("stone", colour) for colour in ((66, 70, 76), (124, 124, 120), (136, 126, 112))),
    *(("cloth", colour) for colour in ((58, 84, 66), (52, 62, 92), (142, 130, 108), (128, 54, 52))),
    *(("felt", colour) for colour in ((34, 34, 36), (96, 88, 80))),
)
"""What a page lies on: grain and colour. All are clearly darker than paper, in one channel at least."""
DESK_PLACES, SHADOW_PLACES, FOLD_PLACES = 5, 6, 7  # of the streams of the effects' key that effects.py leaves free


@dataclass(frozen=True, slots=True)
class CameraParams:
    """One picture's drawn parameters; the camera's fields say their units.

    corner_shifts: of the four corners, shares of width and height; place: see `page_corners`; light_from_deg and
    warmth: see `shading`; jpeg_quality: 0 for none; background: None for the paper's own colour; effects: what lies
    between camera and page; folds: their depth in the paper.
    """

    tilt_deg: float
    perspective: float
    corner_shifts: tuple[tuple[float, float], ...]
    place: tuple[float, float]
    light: float
    light_from_deg: float
    warmth: float
    blur_px: float
    noise: float
    downscale: float
    jpeg_quality: int
    background: RGB | Desk | None
    effects: Effects
    folds: float

    def corners(self, size_px: tuple[int, int]) -> list[Corner]:
        """The place of the page's corners in the picture, on the 1/64 grid."""
        if self.tilt_deg == 0 and self.perspective == 0:
            return upright_corners(size_px)
        return page_corners(size_px, self.tilt_deg, self.corner_shifts, self.place)


class Camera(Settings):
    """The camera that takes the pictures.

    A preset gives every range that is not set; each picture draws from the ranges.
    """

    shorthand: ClassVar[str | None] = "preset"

    preset: Literal["none", "scan", "photo", "device"] = "none"
    """`none` leaves the drawn page as it is; `scan` is a flatbed scanner; `photo` a phone over a desk; `device` a phone
    in front of a device on a wall, with all that may lie on its glass."""
    tilt_deg: Annotated[Range, Between(-180, 180)] | None = None
    """The turn in the picture's plane, in degrees, clockwise. The page is made smaller so that all of it stays in
    sight."""
    perspective: Annotated[Range, Between(0, 0.15)] | None = None
    """The most that a corner moves, as a share of the page's width and height."""
    light: Annotated[Range, Between(0, 1)] | None = None
    """The fall-off of the light across the picture and the shift of its colour; at 1 the far side has half of it."""
    blur_px: Annotated[Range, Between(0, 20)] | None = None
    """The sigma of a Gaussian blur, in picture pixels."""
    noise: Annotated[Range, Between(0, 40)] | None = None
    """The standard deviation of the sensor's noise in grey levels, for each channel, before a downscaled picture is
    enlarged again."""
    downscale: Annotated[Range, Between(1, 16)] | None = None
    """The factor by which the sensor has fewer pixels along each side; its picture is enlarged again."""
    jpeg_quality: Annotated[tuple[int, int], Between(0, 100)] | None = None
    """The quality of the picture as JPEG, Pillow's 1 to 100; [0, 0] for no JPEG."""
    background: str | None = None
    """The background outside the page: `paper` (the page's own colour), `desk` (wood, stone, cloth or felt, with the
    page's shadow on it and at times a sheet of card), a colour's name or #rrggbb."""
    glare: Annotated[Range, Between(0, 1)] | None = None
    """The strength of light that glass throws back, in spots and as windows; at 1 its middle is white."""
    dirt: Annotated[Range, Between(0, 1)] | None = None
    """The thickness of specks and smears on the glass; at 1 they take 70 % of the light away."""
    shadow: Annotated[Range, Between(0, 1)] | None = None
    """The depth of a shadow that falls over a part of the picture; at 1 it takes 80 % of the light away."""
    flash: Annotated[Range, Between(0, 1)] | None = None
    """The darkness around the middle of a flash; at 1 the picture's edge has lost 85 % of its light."""
    motion_px: Annotated[Range, Between(0, 60)] | None = None
    """The way that the camera moves while it takes the picture, in picture pixels, in any direction."""
    folds: Annotated[Range, Between(0, 1)] | None = None
    """The depth of waves and creases in the paper, seen by their light alone: no print moves. At 1 waves take up to
    25 % of the light away, and a panel beside a crease up to 22 %."""

    def check(self) -> None:
        for name, value in PRESETS[self.preset].items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        if self.jpeg_quality is not None and self.jpeg_quality[0] == 0 != self.jpeg_quality[1]:
            raise ConfigError("jpeg_quality", self.jpeg_quality, "must start at 1, or be [0, 0] for no JPEG")
        if self.background is not None and self.background not in ("paper", "desk"):
            try:
                parse_colour(self.background)
            except ConfigError as error:
                raise ConfigError("background", self.background, f"{error.reason}, nor paper or desk") from None

    @cached_property
    def is_off(self) -> bool:
        """Whether `apply` gives back what it is given."""
        off = PRESETS["none"]
        return all(getattr(self, name) == value for name, value in off.items() if name != "background")

    def sample_params(self, stream: Stream) -> CameraParams:
        """Draw one picture's parameters; every one takes its turn, so that none depends on another's range."""
        tilt, perspective = _within(stream, self.tilt_deg), _within(stream, self.perspective)
        light, blur = _within(stream, self.light), _within(stream, self.blur_px)
        noise, downscale = _within(stream, self.noise), _within(stream, self.downscale)
        shifts = [perspective * stream.uniform(-1.0, 1.0) for _ in range(8)]
        place = stream.uniform(), stream.uniform()
        light_from, warmth = stream.uniform(0.0, 360.0), stream.uniform(-1.0, 1.0)
        (grain, desk), brightness = stream.choice(_DESKS), stream.uniform(0.8, 1.2)
        low, high = self.jpeg_quality or (0, 0)
        jpeg_quality = stream.integers(low, high + 1)
        effects = Effects(
            glare=_within(stream, self.glare),
            dirt=_within(stream, self.dirt),
            shadow=_within(stream, self.shadow),
            flash=_within(stream, self.flash),
            motion_px=_within(stream, self.motion_px),
            key=stream.integers(0, 2**64),
        )
        around: RGB | Desk | None = None
        if self.background == "desk":
            colour = round(desk[0] * brightness), round(desk[1] * brightness), round(desk[2] * brightness)
            around = Desk(grain, colour, (effects.key, DESK_PLACES))
        elif self.background not in ("paper", None):
            around = parse_colour(self.background)
        return CameraParams(
            tilt_deg=tilt,
            perspective=perspective,
            corner_shifts=tuple(zip(shifts[::2], shifts[1::2], strict=True)),
            place=place,
            light=light,
            light_from_deg=light_from,
            warmth=warmth,
            blur_px=blur,
            noise=noise,
            downscale=downscale,
            jpeg_quality=jpeg_quality,
            background=around,
            effects=effects,
            folds=_within(stream, self.folds),
        )

    def apply(self, picture: Picture | WiderPicture, stream: Stream | None) -> tuple[Picture, View]:
        """Take a picture of the picture, of the same size, and the view that says where its points went.

        A camera that is off needs no stream, and takes no wider picture.
        """
        if self.is_off and not isinstance(picture, WiderPicture):
            return picture, View.straight(picture.size_px)
        if stream is None:
            raise TypeError("a camera that is not off draws its parameters from a stream")
        exposure = self.sample_params(stream)
        size_px = picture.size_px
        corners = exposure.corners(size_px)
        frame = _frame(picture, exposure, corners, _sensor(size_px, exposure.downscale))
        return _developed(frame, exposure, size_px, stream), _view(size_px, corners)

    def view(self, scene: Scene, stream: Stream, control: bool = False) -> tuple[Picture, View] | None:
        """Take a picture of an endless scene by drawing it through the lens, which is sharper and faster than moving
        the pixels of a drawn one; None, and nothing drawn from the stream, where that cannot be done: of scenes with
        pictures or ruled lines in them, and of pages that lie on something."""
        if self.background != "paper" or not can_show(placed_layers(scene)):
            return None
        exposure = self.sample_params(stream)
        size_px = scene.size_px
        corners = exposure.corners(size_px)
        sensor_px = _sensor(size_px, exposure.downscale)
        frame = render(scene, control, Lens(_to_sensor(size_px, corners, sensor_px), sensor_px)).pil()
        frame = _on_paper(exposure, upright_corners(sensor_px))(blurred(frame, exposure.blur_px / exposure.downscale))
        return _developed(frame, exposure, size_px, stream), _view(size_px, corners)


def _within(stream: Stream, bounds: Range | None) -> float:
    assert bounds is not None, "check() gives every range a value"
    return stream.within(bounds)


def _sensor(size_px: tuple[int, int], downscale: float) -> tuple[int, int]:
    return max(1, round(size_px[0] / downscale)), max(1, round(size_px[1] / downscale))


def _developed(frame: Image.Image, exposure: CameraParams, size_px: tuple[int, int], stream: Stream) -> Picture:
    """What falls on the sensor, as a finished picture: behind glass, in its light, with noise, through a JPEG."""
    frame = exposure.effects.apply(frame, exposure.downscale)
    light = None
    if exposure.light > 0:
        light = shading(frame.size, exposure.light, exposure.light_from_deg, exposure.warmth)
    words = stream.raw(noise_words(frame.size)) if exposure.noise > 0 else None
    if light is not None or words is not None:
        frame = add_light_and_noise(frame, light, exposure.noise, words)
    return _stored(frame, size_px, exposure.jpeg_quality)


def _to_sensor(size_px: tuple[int, int], corners: list[Corner], sensor_px: tuple[int, int]) -> Matrix:
    """The map from the page's pixels to those of the sensor."""
    scale = scaling(sensor_px[0] / size_px[0], sensor_px[1] / size_px[1])
    return product(scale, homography(size_px, corners))


def _view(size_px: tuple[int, int], corners: list[Corner]) -> View:
    if corners == upright_corners(size_px):
        return View.straight(size_px)
    return View(np.array(homography(size_px, corners)), size_px)


def _frame(
    picture: Picture | WiderPicture, exposure: CameraParams, corners: list[Corner], sensor_px: tuple[int, int]
) -> Image.Image:
    """What falls on the sensor: the page moved, shrunk to the sensor's pixels and blurred, folded, on its desk."""
    size_px = picture.size_px
    blur_px = exposure.blur_px / exposure.downscale
    matrix = _to_sensor(size_px, corners, sensor_px)
    if isinstance(picture, WiderPicture):
        matrix = product(matrix, picture.to_shown)
        page, paper = picture.picture, [moved(matrix, corner) for corner in picture.paper]
    else:
        x, y = sensor_px[0] / size_px[0], sensor_px[1] / size_px[1]
        page, paper = picture, [(across * x, down * y) for across, down in corners]
        if sensor_px == size_px and corners == upright_corners(size_px):
            return _on_paper(exposure, paper)(blurred(picture.pil(), blur_px))
    on_sensor = [moved(matrix, corner) for corner in upright_corners(page.size_px)]
    shadow = Stream((exposure.effects.key, SHADOW_PLACES))
    sheet, colour = laid(page, matrix, on_sensor, sensor_px, blur_px)
    return on_background(_on_paper(exposure, paper)(sheet), colour, paper, exposure.background, shadow)


def _on_paper(exposure: CameraParams, paper: list[Corner]) -> Callable[[Image.Image], Image.Image]:
    """What lays the light of the paper's folds over a frame. paper: its corners in the frame."""
    key = exposure.effects.key, FOLD_PLACES
    return lambda frame: shade(frame, paper, exposure.folds, key) if exposure.folds else frame


def _stored(frame: Image.Image, size_px: tuple[int, int], jpeg_quality: int) -> Picture:
    """Enlarged to the picture's size, and through a JPEG if there is one."""
    from PIL import Image

    if frame.size != size_px:
        frame = frame.resize(size_px, Image.Resampling.BILINEAR)
    if jpeg_quality == 0:
        return RgbPicture(np.asarray(frame))
    file = io.BytesIO()
    # 4:2:0 and the standard Huffman tables, as most cameras and scanners write.
    frame.save(file, "JPEG", quality=jpeg_quality, subsampling=2, optimize=False, progressive=False)
    return JpegPicture(file.getvalue())
