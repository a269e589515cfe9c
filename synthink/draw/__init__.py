"""Geometry to pixels: the toolkit that generators draw with.

Choose shapes and put them into a `Scene`; `ctx.photograph(scene, camera)` draws it and says where everything that has a
label lies in the picture. Coordinates are pixels, x to the right and y down; angles are degrees, clockwise as seen.
"""

from synthink.arguments import guard
from synthink.draw.colours import (
    CONTRAST,
    NAMED_COLOURS,
    RGB,
    can_be_seen,
    colour_name,
    distance,
    parse_colour,
)
from synthink.draw.fields import Colour, Colours, PictureSize, picture_size
from synthink.draw.geometry import GRID, Box, InkPoint, Points, Quad, around, bounds, snap
from synthink.draw.outline import Extent, Outline, RuledLines, joined, polygon
from synthink.draw.paint import LinearGradient, RadialGradient
from synthink.draw.pen_outline import ink_outline
from synthink.draw.pen_stroke import PenStroke, stroke
from synthink.draw.picture import Picture, Pixels, RgbPicture
from synthink.draw.placing import Placement, place_box
from synthink.draw.rendering import render
from synthink.draw.scene import Group, ImageLayer, Layer, Scene
from synthink.draw.segments import ALL_SEGMENTS, SEGMENTS, segment_boxes, seven_segments
from synthink.draw.shapes import (
    arc,
    disc,
    ellipse,
    polyline,
    rectangle,
    ring,
    rounded_rectangle,
    tick_fan,
    tick_row,
)
from synthink.draw.text import TextLine, TextRun, layout_line, place, printed, text_line
from synthink.draw.transform import Transform
from synthink.draw.type.face import Face

__all__ = [
    "ALL_SEGMENTS",
    "CONTRAST",
    "GRID",
    "NAMED_COLOURS",
    "RGB",
    "SEGMENTS",
    "Box",
    "Colour",
    "Colours",
    "Extent",
    "Face",
    "Group",
    "ImageLayer",
    "InkPoint",
    "Layer",
    "LinearGradient",
    "Outline",
    "PenStroke",
    "Picture",
    "PictureSize",
    "Pixels",
    "Placement",
    "Points",
    "Quad",
    "RadialGradient",
    "RgbPicture",
    "RuledLines",
    "Scene",
    "TextLine",
    "TextRun",
    "Transform",
    "arc",
    "around",
    "bounds",
    "can_be_seen",
    "colour_name",
    "disc",
    "distance",
    "ellipse",
    "ink_outline",
    "joined",
    "layout_line",
    "parse_colour",
    "picture_size",
    "place",
    "place_box",
    "polygon",
    "polyline",
    "printed",
    "rectangle",
    "render",
    "ring",
    "rounded_rectangle",
    "segment_boxes",
    "seven_segments",
    "snap",
    "stroke",
    "text_line",
    "tick_fan",
    "tick_row",
]

guard(globals())
