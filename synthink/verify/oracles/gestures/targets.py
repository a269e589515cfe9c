"""Which of the words in a picture a gesture is said to mean, and whether its box is around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthink.verify.oracles.boxes import union
from synthink.verify.oracles.gestures.row import SAME, Flags, RowScene
from synthink.verify.oracles.gestures.strips import WordStrip, strips_of

OTHER_TARGET = "target_box is not around the target's words"
OTHER_GAP = "target_box is not the gap between the target's words"
OTHER_ENDS = "target_ends are not the boxes of the target's words"
OTHER_IMAGE = "target_box is not of an image"
HIDDEN = "less than half of the target can be seen"

NARROWEST = 0.3  # of a line's height: the least width of a gap's box
WIDEST = 0.7  # of a line's height: the width of a letter, on the average of a wide word
# Of a line's height: by how much a gap may miss the middle between its words where a photograph was laid straight. Of
# 281 it was 0.005 at most; a gap that is moved by its own width misses it by 0.3 at least.
CENTRED = 0.1
PAIRS = ("pair", "neighbours")  # targets that are two words


@dataclass(frozen=True, eq=False)
class RowTarget:
    """The target of a gesture, as its row names it."""

    words: tuple[int, ...]
    """The numbers of the words that are meant, as far as they can be seen."""
    strips: tuple[WordStrip, ...]
    """The words of each text line; of a gap the place in its line."""
    is_complete: bool
    """Whether all of the target's words can be seen."""


def find_target(scene: RowScene, kind: str = "words") -> RowTarget | str | None:
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


def _run(scene: RowScene) -> RowTarget | str | None:
    """Consecutive words, their box around them."""
    wanted = scene.target_words
    if not wanted or len(scene.ends):
        return OTHER_TARGET
    cut = scene.cut(scene.target)
    for start in _starts(scene.words, wanted):
        own = tuple(range(start, start + len(wanted)))
        if (np.abs(union(scene.boxes[list(own)]) - scene.target) <= scene.off(scene.target)).all():
            return RowTarget(own, strips_of(scene, own), is_complete=True)
    if not cut.any():
        return OTHER_TARGET
    part = _visible_words(scene, cut)
    if part is None:
        return OTHER_TARGET
    return RowTarget(part, strips_of(scene, part), is_complete=False) if part else None


def may_be_hidden(scene: RowScene) -> bool:
    """Whether a target that was not found may be one that the page's border cuts: not where all its words are listed
    one after the other."""
    listed = len(scene.target_words) > 1 and _starts(scene.words, scene.target_words)
    return bool(scene.sure_box is not None and scene.cut(scene.target).any() and not listed)


def _visible_words(scene: RowScene, cut: Flags) -> tuple[int, ...] | None:
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
    off: Flags = (np.abs(union(boxes[best]) - target) > scene.off(target)) & ~cut
    return tuple(best) if cut[1] or cut[3] or not (off[0] or off[2]) else None


def _starts(words: Sequence[str], wanted: Sequence[str]) -> list[int]:
    count, first = len(wanted), wanted[0]
    return [
        number
        for number, word in enumerate(words)
        if word == first and tuple(words[number : number + count]) == tuple(wanted)
    ]


def _gap(scene: RowScene) -> RowTarget | str:
    """The place between two words of a line, or before or after one."""
    if len(scene.target_words) not in (1, 2) or len(scene.ends):
        return OTHER_GAP
    gap = _Gap.of(scene)
    strip = WordStrip(scene.target, None if gap.left is None else float(scene.boxes[gap.left, 0]), None, 0.0, 0.0)
    words = tuple(number for number in (gap.left, gap.right) if number is not None)
    if not words:  # they may be cut off by the border, and stand elsewhere as well
        elsewhere = bool(set(scene.target_words) & set(scene.words)) and not _cut_off(scene, gap.level)
        return OTHER_GAP if elsewhere else RowTarget((), (strip,), is_complete=False)
    if len(scene.target_words) == 1:
        return RowTarget(words, (strip,), is_complete=True) if gap.is_at_one_word(scene, words) else OTHER_GAP
    pairs = zip((gap.left, gap.right), scene.target_words, strict=True)
    if any(number is not None and scene.words[number] != word for number, word in pairs):
        return OTHER_GAP
    if gap.left is None or gap.right is None:
        return RowTarget(words, (strip,), is_complete=False)
    return RowTarget(words, (strip,), is_complete=True) if gap.is_between(scene, gap.left, gap.right) else OTHER_GAP


@dataclass(frozen=True, eq=False)
class _Gap:
    """What stands at both ends of a target that is a gap.

    level: (W,) which words stand on its line; left, right: the numbers of the words that it lies between, where there
    are any; room, most: the least width of its box, and the greatest one of a box that was widened, in pixels.
    """

    level: Flags
    left: int | None
    right: int | None
    width: float
    height: float
    room: float
    most: float

    @classmethod
    def of(cls, scene: RowScene) -> _Gap:
        target = scene.target
        width, height = (target[2:] - target[:2]).tolist()
        room = NARROWEST * height
        # Up to twice that where the border cuts the line, of which half can be seen at least.
        most = 2 * room if scene.cut(target)[[1, 3]].any() else room
        level = np.minimum(scene.boxes[:, 3], target[3]) - np.maximum(scene.boxes[:, 1], target[1]) > 0.6 * height
        # The gap begins at the words, or a little in them where they stand too near each other.
        off = np.stack((target[0] - scene.boxes[:, 2], scene.boxes[:, 0] - target[2]))
        near = level & (off > -0.5 * most - scene.same) & (off <= 3 * scene.same)
        nearest = np.where(near, np.abs(off), np.inf)
        left, right = (int(side.argmin()) if np.isfinite(side).any() else None for side in nearest)
        return cls(level, left, right, width, height, room, most)

    def is_at_one_word(self, scene: RowScene, words: tuple[int, ...]) -> bool:
        """Whether the box is as wide as one before or after a line, and the word beside it is the target's."""
        fits = -0.2 * self.height <= self.width - self.room and self.width - self.most <= 0.2 * self.height
        return fits and any(scene.words[number] == scene.target_words[0] for number in words)

    def is_between(self, scene: RowScene, left: int, right: int) -> bool:
        """Whether the box fills the gap between two words, and lies in its middle."""
        edges = scene.boxes[left, 2], scene.boxes[right, 0]
        middle, gap = sum(edges) / 2, edges[1] - edges[0]
        slack = 0.2 * self.height
        fits = max(self.room, gap) - slack <= self.width <= max(self.most, gap) + slack
        off = 3 * SAME + (CENTRED * self.height if scene.sure_box is not None else 0.0)
        return bool(fits and abs(middle - (scene.target[0] + scene.target[2]) / 2) <= off)


def _cut_off(scene: RowScene, level: Flags) -> bool:
    """Whether less than half of a target's word can be seen beside the gap: it is then not listed.

    level: words on the gap's line.
    """
    gap, visible = scene.target, scene.visible
    half = WIDEST * float(gap[3] - gap[1]) * max(map(len, scene.target_words)) / 2
    left = gap[0] - visible[0] <= half and not (level & (scene.boxes[:, 0] < gap[0])).any()
    right = visible[2] - gap[2] <= half and not (level & (scene.boxes[:, 2] > gap[2])).any()
    return bool(left or right or scene.cut(gap)[[1, 3]].any())


def _pair(scene: RowScene) -> RowTarget | str | None:
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
    if not (np.abs(union(scene.ends) - scene.target) <= scene.off(scene.target)).all():
        return OTHER_TARGET
    return RowTarget(tuple(own), (), is_complete=True)


def _image(scene: RowScene, exact: bool) -> RowTarget | str | None:
    if scene.target_words or len(scene.ends):
        return OTHER_IMAGE
    target = scene.target
    area = float((target[2:] - target[:2]).prod())
    for image in scene.images:
        if exact and (np.abs(image - target) <= scene.same).all():
            return RowTarget((), (), is_complete=True)
        shared = np.minimum(image[2:], target[2:]) - np.maximum(image[:2], target[:2])
        if not exact and (shared > 0).all() and shared.prod() > 0.5 * area:
            return RowTarget((), (), is_complete=True)
    return OTHER_IMAGE
