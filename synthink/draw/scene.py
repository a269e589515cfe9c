"""A scene: what is on the page, as plain geometry. No random choice and no pixel is made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from synthink.draw.colours import RGB
from synthink.draw.geometry import Box, Points, Quad
from synthink.draw.outline import Extent, Outline, RuledLines, moved_extents
from synthink.draw.paint import Paint
from synthink.draw.pen_stroke import PenStroke
from synthink.draw.picture import Pixels
from synthink.draw.transform import IDENTITY, Transform
from synthink.errors import ArgumentError

Blend = Literal["normal", "multiply"]
Shape = Outline | PenStroke | RuledLines
LabelGeometry = Box | Quad | Outline | Extent | Points


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A shape filled with a colour or a gradient.

    opacity: 0..1. blend: `multiply` darkens what lies below, as ink does on paper. label: a name under which the photo
    has the shape's box and quad. signal: whether this is what the question is about, which the control leaves out.
    """

    shape: Shape
    colour: Paint
    opacity: float = 1.0
    blend: Blend = "normal"
    label: str = ""
    signal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ImageLayer:
    """Pixels, (H, W, 3) RGB or (H, W, 4) RGBA uint8; one of them is one unit of the group, the first is at its origin.

    The other fields are those of `Layer`.
    """

    pixels: Pixels
    opacity: float = 1.0
    blend: Blend = "normal"
    label: str = ""
    signal: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Parts that are moved, turned, scaled and cut off together, and the labels that go with them.

    children: the first lies at the bottom. transform: from the group's coordinates to those of what it stands in.
    clip: in the group's coordinates; only what lies inside is drawn, and boxes end at its bounding box. labels: named
    geometry in the group's coordinates that need not be drawn: boxes, quads, (N, 2) points, outlines, one or a list.
    label, signal: as of `Layer`, for all that is in the group.
    """

    children: Sequence[Node]
    transform: Transform = IDENTITY
    clip: Outline | None = None
    labels: Mapping[str, LabelGeometry | Sequence[LabelGeometry]] = field(default_factory=dict)
    label: str = ""
    signal: bool = False

    def move(self, right: float, down: float) -> Group:
        """The group, shifted by pixels right and down."""
        return self.then(Transform.moving(right, down))

    def rotate(self, degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> Group:
        """The group turned around a point, clockwise as seen."""
        return self.then(Transform.rotation(degrees, about))

    def scale(self, x: float, y: float | None = None, about: tuple[float, float] = (0.0, 0.0)) -> Group:
        """The group made larger or smaller around a point, by one factor or by one for each axis."""
        return self.then(Transform.scaling(x, y, about))

    def shear(self, x: float = 0.0, y: float = 0.0, about: tuple[float, float] = (0.0, 0.0)) -> Group:
        """The group slanted around a point: by `x` to the right for each pixel down, by `y` down for each one right."""
        return self.then(Transform.shearing(x, y, about))

    def then(self, transform: Transform) -> Group:
        """The group with one more transform applied after its own."""
        return replace(self, transform=self.transform.then(transform))


Node = Layer | ImageLayer | Group


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A page of plain paper and what lies on it, in pixels, the first at the bottom.

    is_endless: whether it is a view of something larger, a wall, of which a camera sees more where it leaves room
    around the page; a sheet of paper ends there.
    """

    size_px: tuple[int, int]
    paper: str | RGB
    layers: Sequence[Node]
    is_endless: bool = False


class PlacedLayer(NamedTuple):
    """One layer with all transforms of its groups: `transform` maps its coordinates to pixels.

    clips: outlines in pixels, of which all must hold a pixel. signal: the layer's own or that of a group around it.
    """

    layer: Layer | ImageLayer
    transform: Transform
    clips: tuple[Outline, ...]
    signal: bool


def placed_layers(scene: Scene) -> list[PlacedLayer]:
    """All layers of a scene, from the bottom up."""
    placed: list[PlacedLayer] = []
    for node in scene.layers:
        _place(node, IDENTITY, (), False, placed)
    return placed


def _place(node: Node, outer: Transform, clips: tuple[Outline, ...], signal: bool, placed: list[PlacedLayer]) -> None:
    if not isinstance(node, Group):
        placed.append(PlacedLayer(node, outer, clips, signal or node.signal))
        return
    transform = node.transform.then(outer)
    if node.clip is not None:
        clips = (*clips, node.clip.placed(transform))
    for child in node.children:
        _place(child, transform, clips, signal or node.signal, placed)


def scene_labels(scene: Scene) -> dict[str, list[Extent]]:
    """Label -> where it lies in the scene, on the pixel grid, in the order of drawing.

    What a clip hides completely is left out of the list.
    """
    labels: dict[str, list[Extent]] = {}
    for node in scene.layers:
        _label(node, IDENTITY, (), labels)
    return labels


def _label(
    node: Node, outer: Transform, windows: tuple[tuple[Box, Transform], ...], labels: dict[str, list[Extent]]
) -> None:
    transform = outer
    if isinstance(node, Group):
        transform = node.transform.then(outer)
        if node.clip is not None:
            windows = (*windows, (node.clip.extent().box, transform))
    named = [(node.label, _extent(node))] if node.label else []
    if isinstance(node, Group):
        for name, geometry in node.labels.items():
            labels.setdefault(name, [])
            named += [(name, extent) for extent in _extents(geometry)]
    if named:
        placed = moved_extents([extent for _, extent in named], transform, on_grid=not windows)
        for (name, _), extent in zip(named, placed, strict=True):
            visible: Extent | None = extent
            for box, window in windows:
                visible = visible and visible.cut(box, window)
            known = labels.setdefault(name, [])
            if visible is not None:
                known.append(visible.snapped() if windows else visible)
    for child in node.children if isinstance(node, Group) else ():
        _label(child, transform, windows, labels)


def _extent(node: Node) -> Extent:
    """What a node covers in its own coordinates, before its clip."""
    if isinstance(node, ImageLayer):
        height, width = node.pixels.shape[:2]
        return Extent.of_points(Box(0, 0, width, height).corners())
    if isinstance(node, Layer):
        if isinstance(node.shape, RuledLines):
            raise ArgumentError("label", node.label, "cannot be that of ruled lines, which fill the page")
        return node.shape.extent()
    parts = [_extent(child) for child in node.children]
    parts = [
        part.moved(child.transform) if isinstance(child, Group) else part
        for child, part in zip(node.children, parts, strict=True)
    ]
    if not parts:
        raise ArgumentError("label", node.label, "cannot be that of an empty group")
    return Extent.of_points(np.concatenate([part.hull for part in parts]))


def _extents(geometry: LabelGeometry | Sequence[LabelGeometry]) -> list[Extent]:
    if isinstance(geometry, Extent):
        return [geometry]
    if isinstance(geometry, Outline):
        return [geometry.extent()]
    if isinstance(geometry, Box):
        corners = geometry.corners()
        return [Extent(corners, corners)]
    if isinstance(geometry, Quad):
        corners = np.reshape(geometry, (4, 2))
        return [Extent(corners, corners)]
    if isinstance(geometry, np.ndarray):
        return [Extent.of_points(geometry)]
    return [extent for part in geometry for extent in _extents(part)]
