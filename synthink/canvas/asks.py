"""What a writer is asked for: gestures in all their variants in turn, texts, and letters.

The n-th ask of a sitting depends on the sitting's number and on n alone, so that a sitting that goes on asks the same.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any

from synthink.assets import Texts
from synthink.canvas.sorts import FOLDERS, Sort
from synthink.documents import Page
from synthink.errors import ConfigError, did_you_mean
from synthink.gestures import Choices, GestureKind, Mark, StrokeSketcher, Target, kind_named, sample_target
from synthink.streams import Stream, StreamKey

LONGEST = 28  # letters of a text
LETTERS = string.ascii_letters + string.digits
TRIES = 40  # targets looked for on a page before the next variant is asked for
SHEET_PX = (1000, 420)
"""The sheet on which texts and letters are written."""


class NoTarget(ConfigError):
    """A page has nothing that a gesture could be about."""


class Asker:
    """Chooses what comes next."""

    def __init__(self, sorts: Sequence[Sort], gestures: Choices) -> None:
        if not sorts or len(set(sorts)) < len(sorts):
            raise ConfigError("ask", sorts, "must name at least one sort, each once")
        if unknown := [sort for sort in sorts if sort not in FOLDERS]:
            raise ConfigError(
                "ask", unknown[0], f"is nothing that can be asked for; {did_you_mean(unknown[0], FOLDERS)}"
            )
        self._sorts, self._gestures = tuple(sorts), gestures

    @cached_property
    def _texts(self) -> Any:
        return Texts(length=(3, LONGEST)).open().pool(None, lambda group: True)

    @cached_property
    def _variants(self) -> list[tuple[GestureKind, str]]:
        """The variants of all classes in turn; of those that write beside the same mark the first."""
        by_class = [
            [(kind_named(name), variant) for variant in _other_marks(kind_named(name), variants)]
            for name, variants in self._gestures.variants.items()
            if name in self._gestures.classes
        ]
        return [pair for pairs in zip_longest(*by_class) for pair in pairs if pair is not None]

    def ask(self, sitting: int, number: int, page: Page) -> dict[str, Any]:
        """The ask of that number. page: the page that lies on the desk, for gestures."""
        sort = self._sorts[number % len(self._sorts)]
        turn = number // len(self._sorts)
        stream = StreamKey("canvas", sitting).stream(number, sort)
        if sort == "text":
            text = self._texts.line(stream, LONGEST)
            return {"sort": sort, "label": text, "instruction": f"Write: {text}", "sheet_px": list(SHEET_PX)}
        if sort == "letter":
            letter = stream.choice(LETTERS)
            kind = "digit" if letter in string.digits else "capital" if letter.isupper() else "small letter"
            instruction = f"Write the {kind}: {letter}"
            return {"sort": sort, "label": letter, "instruction": instruction, "sheet_px": list(SHEET_PX)}
        return self._gesture(turn, page, stream)

    def _gesture(self, turn: int, page: Page, stream: Stream) -> dict[str, Any]:
        """A mark to be drawn on a target of the page: the next variant that finds one there."""
        for kind, name in self._from(turn):
            variant = kind.variants[name]
            for _ in range(TRIES):
                target = sample_target(page, variant.target_kind or kind.target_kind, stream)
                if isinstance(target, str):
                    continue
                mark = variant.draw(kind, target, StrokeSketcher(stream))
                if len(mark.strokes) and not mark.broad:
                    return _on_target(kind, name, page, target, mark)
                break
        raise NoTarget("documents", page.name, "has nothing that a gesture could be about; name other documents")

    def _from(self, turn: int) -> Iterator[tuple[GestureKind, str]]:
        """All variants once, beginning with the one whose turn it is."""
        first = turn % len(self._variants)
        yield from (*self._variants[first:], *self._variants[:first])


def _other_marks(kind: GestureKind, names: Iterable[str]) -> list[str]:
    """The variants without those whose mark another one has, which writes something else beside it or has a lead."""
    marks: dict[str, str] = {}
    for name in names:
        variant = kind.variants[name]
        is_written = variant.family and (variant.writes or kind.writes)
        marks.setdefault(variant.family.partition("+")[0] if is_written else f".{name}", name)
    return list(marks.values())


def _on_target(kind: GestureKind, variant: str, page: Page, target: Target, mark: Mark) -> dict[str, Any]:
    words = [page.words[number] for number in target.words]
    what = f"“{' '.join(words)}”" if words else "what is framed"
    alone = "" if mark.text is None else ", and write nothing"
    return {
        "sort": "gesture",
        "label": kind.name,
        "variant": variant,
        "instruction": f"{kind.name.replace('_', ' ').capitalize()} {what}: draw “{variant.replace('_', ' ')}”{alone}",
        "page": page.name,
        "target_box": list(target.box),
        "target_ends": [list(box) for box in target.ends or ()],
        "target_words": words,
        "line_height": target.height,
        "example": [[[round(x, 1), round(y, 1)] for x, y in stroke.tolist()] for stroke in mark.strokes],
    }
