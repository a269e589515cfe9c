"""Scenes drawn for tests: their pixels, the share of each pixel that black ink covers, their photos."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthink import Camera
from synthink.camera import Photo, photograph
from synthink.draw import (
    Box,
    Scene,
    render,
)
from synthink.draw.scene import Node
from synthink.streams import StreamKey

SIZE = (120, 100)
MIDDLE = (60.0, 50.0)
OFF = Camera()
STREAM = StreamKey(0).stream(0, "test")


def pixels_of(*layers: Node, paper: str = "white", control: bool = False) -> npt.NDArray[np.int64]:
    return render(Scene(SIZE, paper, layers), control).array().astype(np.int64)


def darkness(*layers: Node) -> npt.NDArray[np.float64]:
    """(H, W): the share of each pixel that black ink covers."""
    share: npt.NDArray[np.float64] = 1 - pixels_of(*layers)[:, :, 0] / 255
    return share


def photo_of(*layers: Node, camera: Camera = OFF) -> Photo:
    return photograph(Scene(SIZE, "white", layers), camera, StreamKey(3).stream(0, "camera"))


def ink_box(share: npt.NDArray[Any], least: float = 0.02) -> Box:
    rows, columns = np.flatnonzero((share > least).any(axis=1)), np.flatnonzero((share > least).any(axis=0))
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
