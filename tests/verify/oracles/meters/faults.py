"""Faults that are put into rows of meters: the labels of a row agree with each other, but not with its picture."""

from __future__ import annotations

from typing import Any

from PIL import Image

from synthink import RowDataset
from synthink.generators.meter_parts.states import number_text
from synthink.generators.meters import Meters
from tests.verify.oracles.judging import Fault, Row

FARTHEST = 300  # rows that are looked through for another meter


def relabelled(rows: RowDataset, row: Row, **values: Any) -> Row:
    """A row with other values of its columns, and the answer that goes with them."""
    generator = rows.generator
    assert isinstance(generator, Meters)
    changed = {**row, **values}
    return {**changed, "suffix": generator.right_answer(row["task"], changed)}


def with_figures(rows: RowDataset, row: Row, figures: list[str], positions: list[float], decimals: int) -> Row:
    """A row that is labelled with other figures."""
    text = number_text("".join(figures), decimals, zeros=True)
    value = float(text)
    width = row["interval"][1] - row["interval"][0]
    return relabelled(
        rows,
        row,
        reading=text,
        value=number_text("".join(figures), decimals, zeros=False),
        interval=[value, value + width],
        place_digits=figures,
        place_positions=positions,
        decimals=decimals,
    )


def neighbour(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One figure more or less, of one place, with its wheel's or pointer's position."""
    places = [place for place, figure in enumerate(row["place_digits"]) if figure]
    if row["kind"] == "gauge" or not places:
        return None
    place, step = places[index % len(places)], 1 if index % 2 else -1
    figures, positions = list(row["place_digits"]), list(row["place_positions"])
    figures[place] = str((int(figures[place]) + step) % 10)
    positions[place] = (positions[place] + step) % 10
    return with_figures(rows, row, figures, positions, row["decimals"])


def figure_alone(rows: RowDataset, index: int, row: Row) -> Row | None:
    """One figure more, while wheel or pointer stays where it is."""
    if row["kind"] not in ("drum", "dials"):
        return None
    figures = list(row["place_digits"])
    place = index % len(figures)
    figures[place] = str((int(figures[place]) + 1) % 10)
    return with_figures(rows, row, figures, row["place_positions"], row["decimals"])


def dial_off(rows: RowDataset, index: int, row: Row) -> Row | None:
    """A dial that is off by one figure."""
    return neighbour(rows, index, row) if row["kind"] == "dials" else None


def shifted_point(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The decimal mark one place farther to the left or right, of displays that show it."""
    if row["kind"] not in ("lcd", "led") or "" in row["place_digits"]:
        return None
    decimals = row["decimals"] + (1 if index % 2 or not row["decimals"] else -1)
    if decimals >= len(row["place_digits"]):
        return None
    return with_figures(rows, row, list(row["place_digits"]), row["place_positions"], decimals)


def other_meter(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The figures of another meter of the same kind and number of places."""
    is_gauge, own, scale = row["kind"] == "gauge", row["place_digits"], row["scale_values"]
    if scale[0] > 0 if is_gauge else not all(own):
        return None  # logarithmic scales, and numbers with dark places before them
    for step in range(1, min(len(rows), FARTHEST)):
        other = rows[(index + step) % len(rows)]
        if other["kind"] != row["kind"]:
            continue
        figures, positions = other["place_digits"], other["place_positions"]
        if not is_gauge:
            if all(figures) and len(figures) == len(own) and figures != own:
                return with_figures(rows, row, figures, positions, row["decimals"])
        elif other["scale_values"] == scale and abs(positions[0] - row["place_positions"][0]) >= 0.05 * (
            scale[-1] - scale[0]
        ):
            names = ("reading", "value", "interval", "place_positions", "decimals")
            return relabelled(rows, row, **{name: other[name] for name in names})
    return None


def answer_alone(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The answer of another row of the same task."""
    for step in range(1, len(rows)):
        other = rows[(index + step) % len(rows)]
        if other["task"] == row["task"] and other["suffix"] != row["suffix"]:
            return {**row, "suffix": other["suffix"]}
    return None


def moved_places(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The places of wheels, digits or dials moved along by one place's width."""
    if row["kind"] == "gauge":
        return None
    across = row["place_quads"][0][2] - row["place_quads"][0][0]
    down = row["place_quads"][0][3] - row["place_quads"][0][1]
    quads = [[number + (down if i % 2 else across) for i, number in enumerate(quad)] for quad in row["place_quads"]]
    boxes = [(a + across, b + down, c + across, d + down) for a, b, c, d in row["place_boxes"]]
    if len(set(row["place_digits"])) == 1:
        return None
    return relabelled(rows, row, place_boxes=boxes, place_quads=quads)


def other_register(rows: RowDataset, index: int, row: Row) -> Row | None:
    """The reading of the register that is not asked for."""
    readings = [
        text
        for kind, text in zip(row["distractor_kinds"], row["distractor_texts"], strict=True)
        if kind == "register" and len(text) == len(row["reading"])
    ]
    if not readings or readings[0] == row["reading"] or "" in row["place_digits"]:
        return None
    figures = list(readings[0].replace(".", ""))
    positions = [float(figure) for figure in figures]
    return with_figures(rows, row, figures, positions, row["decimals"])


def blank(rows: RowDataset, index: int, row: Row) -> Row:
    """A picture of nothing."""
    return {**row, "image": Image.new("RGB", row["image"].size, row["image"].getpixel((0, 0)))}


FAULTS: dict[str, Fault] = {
    "neighbour": neighbour,
    "figure alone": figure_alone,
    "dial off by one": dial_off,
    "shifted decimal mark": shifted_point,
    "other meter": other_meter,
    "answer of another row": answer_alone,
    "moved places": moved_places,
    "other register": other_register,
}
