"""The reading of a meter told from pixels: the check of meters' labels.

Segments of plain pictures are read from the picture alone; all else, and what is seen through a camera, from what the
picture has and its control has not. Wheels are compared with the font's figures as Pillow draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

from synthink.verify.oracle import Control, Finding
from synthink.verify.oracles.cameras import CameraFacts
from synthink.verify.oracles.meters.places import Floats, change, lengths, quads_of
from synthink.verify.oracles.meters.pointers import dial_position, pointer_deg, scale_share
from synthink.verify.oracles.meters.readings import (
    check_answer,
    check_boxes,
    check_counts,
    check_reading,
    check_register,
    check_rule,
)
from synthink.verify.oracles.meters.segments import read_point, read_segments
from synthink.verify.oracles.meters.wheels import MARGIN, Figures, odd_wheels

OTHER_FIGURE, FAINT_FIGURE = "a digit shows another figure", "a digit can hardly be read"
OTHER_POINT, FAINT_POINT = "the decimal point stands elsewhere", "the decimal point can hardly be seen"
OTHER_WHEEL, FAINT_WHEEL = "a wheel shows another figure", "a wheel can hardly be read"
OTHER_POINTER, NO_POINTER = "a pointer points elsewhere", "a pointer can hardly be seen"
NO_CONTROL = "the row cannot be drawn without its reading here"
NO_FONT = "the font of the figures cannot be opened here"
MOST_HANG = 0.3  # of a figure's way, where the generator does not say how far the last whole wheel may stay behind
DIAL_SLACK = 0.2  # of a figure's way: a pointer's angle is measured to less
POINTER_PX = 1.5  # at the middle of its tip a gauge's pointer is measured to less


class MetersOracle:
    """Judges rows of meters; asks the generator for the form of its answers, its camera, and its fonts."""

    opens = ("fonts",)
    columns: tuple[str, ...] = (
        *("task", "suffix", "reading", "value", "decimals", "place_digits", "place_positions", "place_boxes"),
        *("place_quads", "register"),
    )

    def __init__(self, generator: Any) -> None:
        self._format = getattr(generator, "label_format", "paligemma")
        self._keeps_zeros = bool(getattr(generator, "leading_zeros", True))
        self._most_hang = float(getattr(generator, "hang", (0.0, MOST_HANG))[1])
        self._camera = CameraFacts.of(generator)
        self._spec = generator.fonts
        self._fonts: Any = None
        self._figures: dict[str, Figures | None] = {}

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        """Compare a row's labels with each other and with its picture.

        row["image"]: a Pillow picture. control: asked for where there are wheels or pointers.
        """
        picture: Image.Image = row["image"]
        reason = (
            check_counts(row)
            or check_reading(row, self._keeps_zeros)
            or check_rule(row, self._most_hang)
            or check_boxes(row)
            or check_answer(row, picture.size, self._format)
            or check_register(row)
        )
        if reason is not None:
            return Finding("wrong", reason)
        quads = quads_of(row)
        doubt: Finding | None = None
        for finding in self._sightings(row, picture, quads, control):
            if finding.verdict == "wrong" and not self._camera.is_on:
                return finding
            doubt = doubt or Finding("unsure", finding.reason)
        return doubt or Finding("right", "as labelled")

    def _sightings(
        self, row: Mapping[str, Any], picture: Image.Image, quads: Floats, control: Control | None
    ) -> Iterator[Finding]:
        """What the picture shows against a label."""
        has_segments = row["kind"] in ("lcd", "led")
        if has_segments and (control is None or not self._camera.is_on):
            yield from check_segments(row, np.asarray(picture.convert("RGB")).astype(np.float64), quads)
            return
        if control is None:
            yield Finding("unsure", NO_CONTROL)
            return
        difference = change(picture, control())
        if has_segments:
            yield from check_segments(row, difference, quads, is_change=True)
            return
        changed = np.abs(difference).sum(axis=2)
        if row["kind"] == "drum":
            figures = self._font(row["font"])
            if figures is None:
                yield Finding("unsure", NO_FONT)
            else:
                yield from check_wheels(row, changed, quads, figures)
        elif row["kind"] == "dials":
            yield from check_dials(row, changed, quads)
        else:
            yield from check_gauge(row, changed, quads)

    def _font(self, name: str) -> Figures | None:
        """The figures of a font of the dataset; None where it cannot be opened."""
        if name not in self._figures:
            if self._fonts is None:
                self._fonts = self._spec.open() if hasattr(self._spec, "open") else self._spec
            face = self._fonts.face(name)
            try:
                self._figures[name] = Figures(face.data(), face.index)
            except OSError:
                self._figures[name] = None
        return self._figures[name]


def check_segments(row: Mapping[str, Any], levels: Floats, quads: Floats, is_change: bool = False) -> Iterator[Finding]:
    """Seven-segment digits and their point against the labels. levels, is_change: see `read_segments`."""
    figures = read_segments(levels, quads, is_change)
    if figures is None:
        yield Finding("unsure", FAINT_FIGURE)
        return
    for figure, label in zip(figures, row["place_digits"], strict=True):
        if figure != label:
            yield Finding("unsure", FAINT_FIGURE) if figure == "?" else Finding("wrong", OTHER_FIGURE)
    if len(quads) > 1:
        decimals = read_point(levels, quads)
        if decimals is None:
            yield Finding("unsure", FAINT_POINT)
        elif decimals != row["decimals"]:
            yield Finding("wrong", OTHER_POINT)


def check_wheels(row: Mapping[str, Any], changed: Floats, quads: Floats, figures: Figures) -> Iterator[Finding]:
    """Number wheels against the positions that the labels say."""
    for margin in odd_wheels(changed, quads, row["place_positions"], figures):
        if margin is None:
            yield Finding("unsure", FAINT_WHEEL)
        elif margin > 0:
            yield Finding("wrong", OTHER_WHEEL) if margin > MARGIN else Finding("unsure", FAINT_WHEEL)


def check_dials(row: Mapping[str, Any], changed: Floats, quads: Floats) -> Iterator[Finding]:
    """The pointers of dials against the positions that the labels say; the last one turns clockwise."""
    for place, (quad, position) in enumerate(zip(quads, row["place_positions"], strict=True)):
        angle = pointer_deg(changed, quad)
        if angle is None:
            yield Finding("unsure", NO_POINTER)
            continue
        measured = dial_position(angle, (len(quads) - 1 - place) % 2 == 0)
        if abs((measured - position + 5) % 10 - 5) > DIAL_SLACK:
            yield Finding("wrong", OTHER_POINTER)


def check_gauge(row: Mapping[str, Any], changed: Floats, quads: Floats) -> Iterator[Finding]:
    """A gauge's pointer against its value, by the turn from one figure of the scale to the next."""
    angle = pointer_deg(changed, quads[0])
    values = [float(value) for value in row["scale_values"]]
    if angle is None or len(values) < 2:
        yield Finding("unsure", NO_POINTER)
        return
    *turns, turn = scale_share(angle, quads[0], row["scale_boxes"])
    position = float(row["place_positions"][0])
    is_log = values[0] > 0 and values[-1] / values[0] > 99
    scale = np.log10(values) if is_log else np.array(values)
    exact = np.log10(max(position, 1e-9)) if is_log else position
    per_degree = (scale[-1] - scale[0]) / (turns[-1] - turns[0])
    expected = turns[0] + (exact - scale[0]) / per_degree
    radius = min(lengths(quads[0])) / 2
    slack = np.degrees(POINTER_PX / (0.7 * radius))
    if abs((turn - expected + 180) % 360 - 180) > max(slack, 1.5):
        yield Finding("wrong", OTHER_POINTER)
