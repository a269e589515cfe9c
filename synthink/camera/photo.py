"""A photo: a scene as the camera saw it, and where everything that has a label lies in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthink.camera.camera import Camera
from synthink.camera.optics import WiderPicture
from synthink.camera.view import View
from synthink.draw import render
from synthink.draw.geometry import Box, Points, Quad
from synthink.draw.outline import Extent
from synthink.draw.picture import Picture
from synthink.draw.scene import Scene, scene_labels
from synthink.errors import ArgumentError, did_you_mean
from synthink.streams import Stream


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture and the labels of the scene that it shows, in the picture's pixels.

    Labels are read off what was drawn, through the camera's view, and are the same for a control.
    """

    picture: Picture
    view: View
    """The view that says where points of the scene lie in the picture."""
    scene: Scene | None = None

    def boxes(self, label: str) -> list[Box]:
        """The upright boxes around everything of that label, in the order of drawing, cut off at the picture's edge.

        What a clip hides completely has no box. `ArgumentError` where the scene has no such label.
        """
        extents = self._extents(label)
        if not extents:
            return []
        starts = np.cumsum([0, *(len(extent.hull) for extent in extents[:-1])])
        return self.view.boxes(np.concatenate([extent.hull for extent in extents]), starts)

    def quads(self, label: str) -> list[Quad]:
        """The turned boxes of everything of that label; they may reach beyond the picture."""
        extents = self._extents(label)
        return self.view.quads(np.stack([extent.corners for extent in extents])) if extents else []

    def box(self, label: str) -> Box:
        """The box of the one thing of that label. `ArgumentError` where there are more or none."""
        return self.boxes(label)[self._only(label)]

    def quad(self, label: str) -> Quad:
        """The turned box of the one thing of that label. `ArgumentError` where there are more or none."""
        return self.quads(label)[self._only(label)]

    def points(self, label: str) -> Points:
        """(N, 2) places of the points of the one thing of that label. `ArgumentError` where there are more or none."""
        return self.view.points(self._extents(label)[self._only(label)].hull)

    @cached_property
    def _labels(self) -> Mapping[str, list[Extent]]:
        return scene_labels(self.scene) if self.scene is not None else {}

    def _extents(self, label: str) -> list[Extent]:
        if label not in self._labels:
            hint = did_you_mean(label, self._labels)
            raise ArgumentError("label", label, f"there is no label of that name in the scene; {hint}")
        return self._labels[label]

    def _only(self, label: str) -> int:
        if len(self._extents(label)) != 1:
            raise ArgumentError("label", label, f"{len(self._extents(label))} things have it, not one")
        return 0


def photograph(
    scene: Scene | Picture | WiderPicture, camera: Camera, stream: Stream | None, control: bool = False
) -> Photo:
    """Draw a scene and take its picture; what was drawn already is taken as it is.

    stream: what the camera draws its parameters from, None for a camera that is off. control: leave out what the scene
    marks as the signal; nothing else moves.
    """
    if isinstance(scene, Scene) and scene.is_endless and stream is not None:
        picture_and_view = camera.view(scene, stream, control)
        if picture_and_view is not None:
            return Photo(*picture_and_view, scene)
    page = render(scene, control) if isinstance(scene, Scene) else scene
    picture, view = camera.apply(page, stream)
    return Photo(picture, view, scene if isinstance(scene, Scene) else None)
