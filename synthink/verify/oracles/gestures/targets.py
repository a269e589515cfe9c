"""Which of the words in a picture a gesture is said to mean, and whether its box is around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthink.verify.oracles.gestures.row import Flags, Scene, union
from synthink.verify.oracles.gestures.strips import Strip, strips_of

OTHER_TARGET = "target_box is not around the target's words"
OTHER_GAP = "target_box is not the gap between the target's words"
OTHER_ENDS = "target_ends are not the boxes of the target's words"
OTHER_IMAGE = "target_box is not of an image"
HIDDEN = "less than half of the target can be seen"

NARROWEST = 0.3  # of a line's height: a gap's box
WIDEST = 0.7  # of a line's height: a letter, on the average of a word
PAIRS = ("pair", "neighbours")  # targets that are two words
KEPT = 0.1  # of a picture that a crop keeps at least


@dataclass(frozen=True, eq=False)
class Target:
    """words: numbers of the words that are meant, as far as they can be seen; whole: whether these are all."""

    words: tuple[int, ...]
    strips: tuple[Strip, ...]
    whole: bool


def find_target(scene: Scene, kind: str = "words") -> Target | str | None:
    """The target of that kind among the picture's words and images.

    A reason where there is none like it, None where too little is seen. kind: as the class of gestures names it; all
    that are not named here are words.
    """
    if kind in ("image", "part_of_image"):
        return _image(scene, exact=kind == "image")
    if kind == "gap":
        return _gap(scene)
    if kind in PAIRS:
        return _pair(scene)
    return _run(scene)


def _run(scene: Scene) -> Target | str | None:
    """Consecutive words, their box around them."""
    wanted = scene.target_words
    if not wanted or len(scene.ends):
        return OTHER_TARGET
    cut = scene.cut(scene.target)
    for start in _starts(scene.words, wanted):
        own = tuple(range(start, start + len(wanted)))
        if (np.abs(union(scene.boxes[list(own)]) - scene.target) <= scene.same).all():
            return Target(own, strips_of(scene, own), whole=True)
    if not cut.any():
        return OTHER_TARGET
    part = _partly(scene, cut)
    if part is None:
        return OTHER_TARGET
    return Target(part, strips_of(scene, part), whole=False) if part else None


def _partly(scene: Scene, cut: Flags) -> tuple[int, ...] | None:
    """The longest run of listed words that are some of the target's in their order, and lie in its box; empty where no
    word lies there, None where those are others or do not reach to its sides."""
    target, wanted, boxes = scene.target, scene.target_words, scene.boxes
    inside = np.all((boxes[:, :2] >= target[:2] - scene.same) & (boxes[:, 2:] <= target[2:] + scene.same), axis=1)
    best: list[int] = []
    for start in np.flatnonzero(inside).tolist():
        at, own = 0, []
        for number in range(start, len(scene.words)):
            while at < len(wanted) and wanted[at] != scene.words[number]:
                at += 1
            if at == len(wanted) or not inside[number]:
                break
            own.append(number)
            at += 1
        best = max(best, own, key=len)
    if not best:
        return None if inside.any() else ()
    off: Flags = (np.abs(union(boxes[best]) - target) > scene.same) & ~cut
    return tuple(best) if cut[1] or cut[3] or not (off[0] or off[2]) else None


def _starts(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    count, first = len(wanted), wanted[0]
    return [
        number
        for number, word in enumerate(words)
        if word == first and tuple(words[number : number + count]) == tuple(wanted)
    ]


def _gap(scene: Scene) -> Target | str:
    """The place between two words of a line, or before or after one."""
    wanted, told = scene.target_words, scene.target
    if len(wanted) not in (1, 2) or len(scene.ends):
        return OTHER_GAP
    wide, height = (told[2:] - told[:2]).tolist()
    room = NARROWEST * height  # and up to twice that where the border cuts the line, of which half can be seen at least
    most = 2 * room if scene.cut(told)[[1, 3]].any() else room
    level = np.minimum(scene.boxes[:, 3], told[3]) - np.maximum(scene.boxes[:, 1], told[1]) > 0.6 * height
    # The gap begins at the words, or a little in them where they stand too near each other.
    off = np.stack((told[0] - scene.boxes[:, 2], scene.boxes[:, 0] - told[2]))
    near = level & (off > -0.5 * most - scene.same) & (off <= 3 * scene.same)
    left, right = (int(side.argmax()) if side.any() else None for side in near)
    strip = Strip(told, None if left is None else float(scene.boxes[left, 0]), None, 0.0, 0.0)
    beside = [number for number in (left, right) if number is not None]
    if not beside:  # the words may be cut off by the border, and stand elsewhere as well
        elsewhere = bool(set(wanted) & set(scene.words)) and not _cut_off(scene, level)
        return OTHER_GAP if elsewhere else Target((), (strip,), whole=False)
    if len(wanted) == 1:
        exact = -0.2 * height <= wide - room and wide - most <= 0.2 * height
        exact = exact and any(scene.words[each] == wanted[0] for each in beside)
        return Target(tuple(beside), (strip,), whole=True) if exact else OTHER_GAP
    if any(each is not None and scene.words[each] != word for each, word in zip((left, right), wanted, strict=True)):
        return OTHER_GAP
    if left is None or right is None:
        return Target(tuple(beside), (strip,), whole=False)
    edges = scene.boxes[left, 2], scene.boxes[right, 0]
    middle, gap = sum(edges) / 2, edges[1] - edges[0]
    same = max(room, gap) - 0.2 * height <= wide <= max(most, gap) + 0.2 * height
    same = same and abs(middle - (told[0] + told[2]) / 2) <= 3 * scene.same
    return Target((left, right), (strip,), whole=True) if same else OTHER_GAP


def _cut_off(scene: Scene, level: Flags) -> bool:
    """Whether less than half of a target's word can be seen beside the gap: it is then not listed.

    level: words on the gap's line.
    """
    told, (width, _) = scene.target, scene.size_px
    half = WIDEST * float(told[3] - told[1]) * max(map(len, scene.target_words)) / 2
    left = told[0] <= half and not (level & (scene.boxes[:, 0] < told[0])).any()
    right = width - told[2] <= half and not (level & (scene.boxes[:, 2] > told[2])).any()
    return bool(left or right or scene.cut(told)[[1, 3]].any())


def _pair(scene: Scene) -> Target | str | None:
    """Two words, each with its box."""
    if len(scene.ends) != 2 or len(scene.target_words) != 2:
        return OTHER_ENDS
    own = []
    for word, end in zip(scene.target_words, scene.ends, strict=True):
        fits = (np.abs(scene.boxes - end) <= scene.same).all(axis=1)
        named = [number for number in np.flatnonzero(fits).tolist() if scene.words[number] == word]
        if not named:
            return OTHER_ENDS
        own.append(named[0])
    if own[0] == own[1]:
        return OTHER_ENDS
    if not (np.abs(union(scene.ends) - scene.target) <= scene.same).all():
        return OTHER_TARGET
    return Target(tuple(own), (), whole=True)


def _image(scene: Scene, exact: bool) -> Target | str | None:
    if scene.target_words or len(scene.ends):
        return OTHER_IMAGE
    told = scene.target
    area = float((told[2:] - told[:2]).prod())
    for image in scene.images:
        if exact and (np.abs(image - told) <= scene.same).all():
            return Target((), (), whole=True)
        shared = np.minimum(image[2:], told[2:]) - np.maximum(image[:2], told[:2])
        if not exact and (shared > 0).all() and shared.prod() > 0.5 * area:
            return Target((), (), whole=True)
    return OTHER_IMAGE
