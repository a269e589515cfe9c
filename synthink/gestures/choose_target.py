"""Chooses what a gesture is aimed at, from the boxes of a page alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from synthink.documents.page.model import Page
from synthink.draw.geometry import GRID, Box, around
from synthink.errors import ConfigError, did_you_mean
from synthink.gestures.kind import TargetKind
from synthink.gestures.page_candidates import PageCandidates, TargetOptions, candidates_of
from synthink.gestures.target import Strip, Target
from synthink.streams import Stream

DEFAULT_OPTIONS = TargetOptions()
TRIES = 8  # words that a partner for a pair is looked for
MOST_LINES = 3  # that a mark on words runs over
MOST_WORDS = 16  # in these lines
NARROWEST = 0.3  # H: the least width of the box of a gap
LEVEL = 0.5  # H between baselines, below which words stand side by side
BEYOND = 0.15  # share of crops that reach over one edge of the picture
OVERHANG = (0.02, 0.08)  # of the picture's side, by which they do

NO_WORD = "no word to aim at on the page"
NO_GAP = "no gap between words on the page"
NO_IMAGE = "no image on the page"
NO_PAIR = "no two words near each other on the page"
NO_NEIGHBOURS = "no two different words side by side on the page"


def sample_target(
    page: Page, kind: TargetKind, stream: Stream, options: TargetOptions = DEFAULT_OPTIONS
) -> Target | str:
    """A target on the page for a gesture, or why there is none: one of a few constant sentences.

    words: consecutive words of a paragraph, seldom over a line break; word: one; lines: whole lines; gap: the place
    between two words, `words` being those of them that stand in its line; image; part_of_image: the part to keep;
    pair: two different words near each other, with a strip each, upper one first; neighbours: two different words side
    by side, in one strip, `ends` as of a pair. Every word, gap or image has the same chance.
    """
    if kind not in _CHOOSERS:
        raise ConfigError("target_kind", kind, f"is no kind of target; {did_you_mean(kind, _CHOOSERS)}")
    return _CHOOSERS[kind](candidates_of(page, options), stream)


def _words(on: PageCandidates, stream: Stream) -> Target | str:
    if on.breaks and stream.chance(on.options.over_lines):
        run = _over_lines(on, stream)
        if run is not None:
            return _target_of_run(on, *run)
    return _within_line(on, stream, 1 + stream.weighted(on.options.word_counts))


def _word(on: PageCandidates, stream: Stream) -> Target | str:
    return _within_line(on, stream, 1)


def _within_line(on: PageCandidates, stream: Stream, count: int) -> Target | str:
    """A target of `count` words of one line, or of fewer where the line or signs at its ends cut them short."""
    if not on.good:
        return NO_WORD
    word = stream.choice(on.good)
    line = on.line_of[word]
    start, stop = on.starts[line], on.stops[line]
    count = min(count, stop - start)
    first = min(max(word - stream.integers(0, count), start), stop - count)
    return _target_of_run(on, *_trimmed(on, first, first + count))


def _over_lines(on: PageCandidates, stream: Stream) -> tuple[int, int] | None:
    """First word, and the word after the last, of whole lines that are read on, since the box around less would mean
    other words, too; None where these are too many, or only signs stand around the break."""
    upper = stream.choice(on.breaks)
    # The longer a run is, the more often there is a break in it.
    weights = [share * count for count, share in enumerate(on.options.word_counts)]
    if not sum(weights) > 0:
        return None
    count = 1 + stream.weighted(weights)
    before = stream.integers(1, count)
    start = max(on.stops[upper] - before, on.starts[max(on.group_starts[upper], upper - 1)])
    last = min(on.line_of[start] + MOST_LINES, on.group_stops[upper]) - 1
    stop = min(on.stops[upper] + count - before, on.stops[last])
    first, stop = _trimmed(on, start, stop)
    if first == stop:
        return None
    first, stop = on.starts[on.line_of[first]], on.stops[on.line_of[stop - 1]]
    return (first, stop) if stop - first <= MOST_WORDS else None


def _trimmed(on: PageCandidates, first: int, stop: int) -> tuple[int, int]:
    """The run without the dashes and dots at its ends."""
    while first < stop and not on.is_good[first]:
        first += 1
    while first < stop and not on.is_good[stop - 1]:
        stop -= 1
    return first, stop


def _lines(on: PageCandidates, stream: Stream) -> Target | str:
    if not on.good:
        return NO_WORD
    short = on.short if stream.chance(on.options.short_lines) else []
    line = on.line_of[stream.choice(short or on.good)]
    start, stop = on.group_starts[line], on.group_stops[line]
    count = min(1 + stream.weighted(on.options.line_counts), stop - start)
    first = min(max(line - stream.integers(0, count), start), stop - count)
    return _target_of_run(on, on.starts[first], on.stops[first + count - 1])


def _gap(on: PageCandidates, stream: Stream) -> Target | str:
    if on.good and (not on.gaps or stream.chance(on.options.edge_gaps)):
        target = _edge_gap(on, stream)
        if target is not None:
            return target
    if not on.gaps:
        return NO_GAP
    word = stream.choice(on.gaps)
    left, right = on.boxes(word, word + 2)
    return _target_of_gap(on, (word, word + 1), left[2], right[0])


def _edge_gap(on: PageCandidates, stream: Stream) -> Target | None:
    """The place before a line or after it; None where signs stand there, or the page ends."""
    line = on.line_of[stream.choice(on.good)]
    at_start = stream.chance(0.5)
    word = on.starts[line] if at_start else on.stops[line] - 1
    left, _, right, _ = on.boxes(word, word + 1)[0]
    room = _narrowest(on, line)
    if not on.is_good[word] or (left < room if at_start else right + room > on.size_px[0]):
        return None
    return _target_of_gap(on, (word,), None, left) if at_start else _target_of_gap(on, (word,), right, None)


def _target_of_gap(on: PageCandidates, words: tuple[int, ...], before: float | None, after: float | None) -> Target:
    """The gap from `before` to `after`, as high as its line and at least 0.3 H wide."""
    line = on.line_of[words[0]]
    band = Box(*on.lines[line])
    room = _narrowest(on, line)
    left = after - room if before is None and after is not None else before or 0.0
    right = left + room if after is None else after
    spare = math.ceil(max(0.0, room - (right - left)) / 2 * GRID) / GRID
    box = Box(left - spare, band.top, right + spare, band.bottom)
    strip = Strip(box, band, on.baselines[line], before, after)
    return Target(box, words, (strip,), column=on.column_of(line))


def _narrowest(on: PageCandidates, line: int) -> float:
    return math.ceil(NARROWEST * (on.lines[line][3] - on.lines[line][1]) * GRID) / GRID


def _image(on: PageCandidates, stream: Stream) -> Target | str:
    if not on.images:
        return NO_IMAGE
    number = stream.choice(on.images)
    box = on.image_box(number)
    return Target(box, image=number, image_box=box, column=on.column(box))


def _part_of_image(on: PageCandidates, stream: Stream) -> Target | str:
    if not on.images:
        return NO_IMAGE
    number = stream.choice(on.images)
    image_box = on.image_box(number)
    width, height = (side * stream.within(on.options.crop_shares) for side in (image_box.width, image_box.height))
    left = image_box.left + stream.uniform(0.0, image_box.width - width)
    top = image_box.top + stream.uniform(0.0, image_box.height - height)
    sides = [left, top, left + width, top + height]
    if stream.chance(BEYOND):
        side, share = stream.integers(0, 4), stream.within(OVERHANG)
        overhang = share * (image_box.height if side % 2 else image_box.width)
        edge = image_box[side]
        sides[side] = max(0.0, edge - overhang) if side < 2 else min(on.size_px[side - 2], edge + overhang)
    box = Box(*(round(side * GRID) / GRID for side in sides))
    return Target(box, image=number, image_box=image_box, column=on.column(image_box))


def _pair(on: PageCandidates, stream: Stream) -> Target | str:
    for _ in range(TRIES if on.good else 0):
        place = stream.integers(0, len(on.good))
        word = on.good[place]
        others = [number for number in on.near(place) if on.texts[number] != on.texts[word]]
        apart = [number for number in others if abs(number - word) > 1]
        if others:
            return _target_of_pair(on, word, stream.choice(apart or others))
    return NO_PAIR


def _target_of_pair(on: PageCandidates, one: int, other: int) -> Target:
    words, ends = _ordered(on, one, other)
    strips = tuple(_strip(on, word, word + 1) for word in words)
    return Target(around(ends), words, strips, ends=ends, column=on.column_of(on.line_of[words[0]]))


def _neighbours(on: PageCandidates, stream: Stream) -> Target | str:
    for _ in range(TRIES if on.gaps else 0):
        word = stream.choice(on.gaps)
        if on.texts[word] != on.texts[word + 1]:
            words, ends = _ordered(on, word, word + 1)
            strips, column = (_strip(on, word, word + 2),), on.column_of(on.line_of[word])
            return Target(around(ends), words, strips, ends=ends, column=column)
    return NO_NEIGHBOURS


def _ordered(on: PageCandidates, one: int, other: int) -> tuple[tuple[int, int], tuple[Box, Box]]:
    """Two words and their boxes, the upper one first, of two in a line the left one: its boxes vary in height."""
    boxes = {word: Box(*on.boxes(word, word + 1)[0]) for word in (one, other)}
    base = {word: on.baselines[on.line_of[word]] for word in boxes}
    first, second = sorted(boxes, key=base.__getitem__)
    _, top, _, bottom = on.lines[on.line_of[first]]
    if base[second] - base[first] < LEVEL * (bottom - top):
        first, second = sorted(boxes, key=lambda word: boxes[word].left)
    return (first, second), (boxes[first], boxes[second])


def _target_of_run(on: PageCandidates, first: int, stop: int) -> Target:
    """The words from `first` up to `stop`, with a strip for each of their lines."""
    strips = []
    for line in range(on.line_of[first], on.line_of[stop - 1] + 1):
        strips.append(_strip(on, max(first, on.starts[line]), min(stop, on.stops[line])))
    column = on.column_of(on.line_of[first])
    return Target(around(on.boxes(first, stop)), tuple(range(first, stop)), tuple(strips), column=column)


def _strip(on: PageCandidates, first: int, stop: int) -> Strip:
    """Words of one line, from `first` up to `stop`."""
    line = on.line_of[first]
    band = Box(*on.lines[line])
    boxes = on.boxes(first, stop)
    box = Box(boxes[0][0], band.top, max(right for _, _, right, _ in boxes), band.bottom)
    before = on.boxes(first - 1, first)[0][2] if first > on.starts[line] else None
    after = on.boxes(stop, stop + 1)[0][0] if stop < on.stops[line] else None
    gaps = tuple((left[2] + right[0]) / 2 for left, right in pairwise(boxes))
    return Strip(box, band, on.baselines[line], before, after, gaps)


_CHOOSERS: dict[str, Callable[[PageCandidates, Stream], Target | str]] = {
    "words": _words,
    "word": _word,
    "lines": _lines,
    "gap": _gap,
    "image": _image,
    "part_of_image": _part_of_image,
    "pair": _pair,
    "neighbours": _neighbours,
}
