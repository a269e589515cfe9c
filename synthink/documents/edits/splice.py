"""A page with some of its paragraphs set anew: arrays put together, and what stands below pushed down."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from synthink.documents.edits.reflow import Flow
from synthink.documents.edits.slots import blocks
from synthink.documents.page.model import Boxes, Indices, Page, around

CLEAR = 0.25  # of the line's height: what comes nearer from above pushes down


def splice(page: Page, flows: list[Flow]) -> Page:
    """The page with these lines in place of those that they stand for; flows in the order of their lines.

    Lines and paragraphs without words disappear. Nothing moves up.
    """
    order, word_boxes = _words(page, flows)
    new = order < 0
    sources = page.word_sources[order]
    sources[new] = np.nan
    deleted = np.ones(len(page.words), dtype=bool)
    deleted[order[~new]] = False
    line_boxes, baselines, line_paragraphs, word_lines = _lines(page, flows)
    edited = replace(
        page,
        words=_joined(page, flows, page.words, str),
        word_boxes=word_boxes,
        word_lines=word_lines,
        line_boxes=line_boxes,
        line_paragraphs=np.cumsum(np.diff(line_paragraphs, prepend=line_paragraphs[:1]) != 0),
        baselines=baselines,
        paragraph_boxes=around(line_boxes, line_paragraphs),
        word_sources=sources,
        highlights=_joined(page, flows, page.highlights, lambda text: ""),
        erased=without(page, page.word_sources[deleted]),
    )
    return _pushed(page, edited, flows) if any(flow.added for flow in flows) else edited


def without(page: Page, sources: Boxes) -> Boxes:
    """The boxes that are erased of the page's raster, once these parts are too."""
    printed = sources[np.isfinite(sources[:, 0])]
    return np.concatenate((page.erased, printed)) if len(printed) else page.erased


def _untouched_ranges(page: Page, flows: list[Flow]) -> list[tuple[int, int]]:
    """The ranges of lines between those that are set anew: before the first flow, between, after the last."""
    edges = [0, *(edge for flow in flows for edge in (flow.start, flow.stop)), len(page.line_boxes)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _first_word(page: Page, line: int) -> int:
    return int(page.line_words[0][line]) if line < len(page.line_boxes) else len(page.words)


def _words(page: Page, flows: list[Flow]) -> tuple[Indices, Boxes]:
    """Of each word of the new page its old number, or -1, and its box."""
    orders: list[Any] = []
    boxes: list[Any] = []
    for number, (start, stop) in enumerate(_untouched_ranges(page, flows)):
        span = _first_word(page, start), _first_word(page, stop)
        orders.append(np.arange(*span))
        boxes.append(page.word_boxes[slice(*span)])
        for line in flows[number].lines if number < len(flows) else ():
            orders.append([item if isinstance(item, int) else -1 for item in line.items])
            boxes.append(line.boxes)
    return np.concatenate(orders).astype(np.intp), np.concatenate(boxes)


def _joined(page: Page, flows: list[Flow], old: tuple[str, ...], fresh: Any) -> tuple[str, ...]:
    """A tuple of one string a word; `fresh` makes it from a new word."""
    strings: list[str] = []
    for number, (start, stop) in enumerate(_untouched_ranges(page, flows)):
        strings += old[_first_word(page, start) : _first_word(page, stop)]
        for line in flows[number].lines if number < len(flows) else ():
            strings += [old[item] if isinstance(item, int) else fresh(item) for item in line.items]
    return tuple(strings)


def _lines(page: Page, flows: list[Flow]) -> tuple[Boxes, Boxes, Indices, Indices]:
    """Boxes, baselines and old paragraphs of the lines, and the line of each word."""
    boxes: list[Any] = []
    baselines: list[Any] = []
    paragraphs: list[Any] = []
    counts: list[Any] = []
    first, last = page.line_words
    for number, (start, stop) in enumerate(_untouched_ranges(page, flows)):
        boxes.append(page.line_boxes[start:stop])
        baselines.append(page.baselines[start:stop])
        paragraphs.append(page.line_paragraphs[start:stop])
        counts.append((last - first)[start:stop])
        if number < len(flows) and flows[number].lines:
            lines = flows[number].lines
            boxes.append([(b[0][0], s.top, max(box[2] for box in b), s.bottom) for s, _, b in lines])
            baselines.append([slot.baseline for slot, _, _ in lines])
            paragraphs.append([flows[number].paragraph] * len(lines))
            counts.append([len(line.items) for line in lines])
    sizes = np.concatenate(counts).astype(np.intp)
    return (
        np.concatenate(boxes),
        np.concatenate(baselines),
        np.concatenate(paragraphs).astype(np.intp),
        np.repeat(np.arange(len(sizes)), sizes),
    )


def _pushed(before: Page, page: Page, flows: list[Flow]) -> Page:
    """The page with what a longer paragraph would cover or nearly touch moved down, by as much as that grew."""
    numbers = blocks(page.line_boxes, page.line_paragraphs)
    lines = around(page.line_boxes, numbers)
    boxes = np.concatenate((lines, page.image_boxes)).tolist()
    shifts = [0.0] * len(boxes)
    more = 0
    for flow in flows:
        more += len(flow.lines) - (flow.stop - flow.start)
        if flow.added:
            grown = int(numbers[flow.stop + more - 1])
            _, top, _, bottom = before.line_boxes[flow.stop - 1].tolist()
            below = (top + bottom) / 2 + shifts[grown]
            _push(boxes, shifts, grown, below, flow.added, CLEAR * (bottom - top))
    by_line, by_image = np.array(shifts)[numbers], np.array(shifts[len(lines) :])
    line_boxes = _lowered(page.line_boxes, by_line)
    image_boxes = _lowered(page.image_boxes, by_image)
    lowest = max(boxes[:, 3].max(initial=0.0) for boxes in (line_boxes, image_boxes))
    return replace(
        page,
        size_px=(page.size_px[0], max(page.size_px[1], math.ceil(lowest))),
        word_boxes=_lowered(page.word_boxes, by_line[page.word_lines]),
        line_boxes=line_boxes,
        baselines=page.baselines + by_line,
        paragraph_boxes=around(line_boxes, page.line_paragraphs),
        image_boxes=image_boxes,
    )


def _push(boxes: list[list[float]], shifts: list[float], grown: int, below: float, by: float, clear: float) -> None:
    """Moves down, in place, what begins below and is reached by the grown box or by another that has moved."""
    moved = [boxes[grown]]
    for number in sorted(range(len(boxes)), key=lambda number: boxes[number][1]):
        left, top, right, _ = boxes[number]
        if top < below:
            continue
        if any(left < box[2] and box[0] < right and top < box[3] + clear for box in reversed(moved)):
            boxes[number][1] += by
            boxes[number][3] += by
            shifts[number] += by
            moved.append(boxes[number])


def _lowered(boxes: Boxes, by: Boxes) -> Boxes:
    lowered = boxes.copy()
    lowered[:, 1::2] += by[:, np.newaxis]
    return lowered
