"""What is written down of a meter, read off its photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synthink import Box, Quad
from synthink.camera import Photo
from synthink.draw import Face, Placement

from .bodies import Body
from .states import State
from .units import spellings

COLUMNS = {
    "kind": str,
    "reading": str,
    "value": str,
    "interval": list[float],
    "unit": str,
    "units": list[list[str]],
    "decimals": int,
    "register": str | None,
    "rolling": bool,
    "display_box": Box,
    "display_quad": Quad,
    "place_digits": list[str],
    "place_positions": list[float],
    "place_boxes": list[Box],
    "place_quads": list[Quad],
    "scale_values": list[float],
    "scale_boxes": list[Box],
    "distractor_kinds": list[str],
    "distractor_texts": list[str],
    "distractor_boxes": list[Box],
    "body": str,
    "font": str,
    "font_family": str,
    "rotation_deg": float,
}
MEANINGS = {
    "kind": "the kind of display: drum, lcd, led, dials or gauge",
    "reading": "the number that the meter shows, with the zeros before it where the configuration keeps them",
    "value": "the reading without zeros before the number",
    "interval": "the lowest and the highest value that a careful person may read, in the meter's unit",
    "unit": "the unit of the reading, as the meter shows it",
    "units": "the spellings of the unit that answers may use",
    "decimals": "the number of figures behind the decimal mark",
    "register": "the name of the counter that is asked for, where the meter has two",
    "rolling": "whether a wheel other than the last stands between two figures",
    "display_box": "the box around the display",
    "display_quad": "the corners of the display, turned with the meter",
    "place_digits": "the figure at each place, from the left; empty where it is dark",
    "place_positions": "the position of each wheel or pointer, in figures, 0 to 10; of a gauge its value",
    "place_boxes": "the box of each place, from the left",
    "place_quads": "the corners of each place, turned with the meter",
    "scale_values": "the numbers printed on a gauge's scale",
    "scale_boxes": "the box around each of these numbers",
    "distractor_kinds": "the kind of each other text that could be taken for the reading",
    "distractor_texts": "those texts",
    "distractor_boxes": "the boxes around those texts",
    "body": "the surroundings of the display: box, round, panel or bare",
    "font": "the name of the face of figures and print",
    "font_family": "the family of the font, which belongs to one split",
    "rotation_deg": "the angle by which the meter is turned, in degrees, clockwise",
    "picture_number": "the number of the picture in its split, which rows about the same picture share",
    "answer": "the answer without the sentence around it",
}
LIMITS = (
    "Meters are drawn, not photographed: brands, dirt, wiring and housings of real ones are more varied.",
    "Each picture has one meter, whole or nearly so, seen from the front or a little askew.",
)


@dataclass(frozen=True)
class Readings:
    """The states of a meter's registers, the number of the one that is asked for, and their names, if there are two.

    figures: the numbers on a gauge's scale.
    """

    kind: str
    unit: str
    states: tuple[State, ...]
    register: int
    names: tuple[str, ...]
    figures: tuple[float, ...]


@dataclass(frozen=True)
class Meter:
    """The content of a row's picture, as plain data. extras: kind and text of what is printed besides the reading; the
    scene has it under the label `kind: text`."""

    readings: Readings
    body: Body
    body_name: str
    extras: tuple[tuple[str, str], ...]
    face: Face
    placement: Placement

    def annotations(self, photo: Photo) -> dict[str, Any]:
        """The values of a row's columns."""
        readings, state = self.readings, self.readings.states[self.readings.register]
        count = len(state.positions)
        mine = slice(readings.register * count, (readings.register + 1) * count)
        distractors = self._distractors(photo)
        return {
            "kind": readings.kind,
            "reading": state.text,
            "value": state.value,
            "interval": [state.low, state.high],
            "unit": readings.unit,
            "units": [spellings(readings.unit)],
            "decimals": state.decimals,
            "register": readings.names[readings.register] if readings.names else None,
            "rolling": state.is_rolling,
            "display_box": photo.boxes("display")[readings.register],
            "display_quad": photo.quads("display")[readings.register],
            "place_digits": [figure.strip() for figure in state.figures],
            "place_positions": [round(position, 6) for position in state.positions],
            "place_boxes": photo.boxes("place")[mine],
            "place_quads": photo.quads("place")[mine],
            "scale_values": list(readings.figures),
            "scale_boxes": photo.boxes("figure") if readings.figures else [],
            "distractor_kinds": [kind for kind, _, _ in distractors],
            "distractor_texts": [text for _, text, _ in distractors],
            "distractor_boxes": [box for _, _, box in distractors],
            "body": self.body_name,
            "font": self.face.name,
            "font_family": self.face.family,
            "rotation_deg": self.placement.rotation_deg,
        }

    def _distractors(self, photo: Photo) -> list[tuple[str, str, Box]]:
        """Kind, text and box of what could be taken for the reading, if all of it lies in the picture."""
        labels = dict.fromkeys((f"{kind}: {text}", kind, text) for kind, text in self.extras)
        printed = [
            (kind, text, photo.boxes(label)[0])
            for label, kind, text in labels
            if _is_inside(photo.quads(label)[0], photo.view.size_px)
        ]
        registers = zip(self.readings.states, photo.boxes("display"), strict=True)
        printed += [
            ("register", state.text, box)
            for number, (state, box) in enumerate(registers)
            if number != self.readings.register
        ]
        return printed


def _is_inside(quad: Quad, size_px: tuple[int, int]) -> bool:
    """Whether no corner lies outside a picture of that size."""
    return min(quad) >= 0 and max(quad[::2]) <= size_px[0] and max(quad[1::2]) <= size_px[1]
