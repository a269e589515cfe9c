"""What a model reads in ink on a page: its answer, the target on the page, and what the edit would do."""

from __future__ import annotations

import base64
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from synthink.canvas.models import Model
from synthink.documents import Gesture, Page, apply
from synthink.documents.page.model import shares_inside
from synthink.draw.geometry import Box
from synthink.errors import SynthinkError, with_notes
from synthink.gestures import PageQuestion

MEANT = 0.5  # of a word that lies in the box for it to be listed
AROUND = 6  # words before and after a change that are shown
LONGEST_SHOWN = 400  # words of a change


@dataclass(frozen=True, eq=False)
class Interpretation:
    """An answer of a model to a question about ink."""

    model: str
    question: PageQuestion
    answer: str
    gesture: Gesture | None
    """None where the answer is no label."""
    edited: Page | None
    """The page after the edit; None where there is nothing that could be accepted."""
    fault: str
    """Why the edit cannot be made; empty where it can."""
    model_ms: float
    own_ms: float
    """Milliseconds that the model took, and all the rest."""
    crop: bytes

    def about(self) -> dict[str, Any]:
        """The facts that the browser is told."""
        gesture, page = self.gesture, self.question.page
        return {
            "model": self.model,
            "prompt": self.question.prefix,
            "answer": self.answer,
            "crop": f"data:image/png;base64,{base64.b64encode(self.crop).decode('ascii')}",
            "square": list(self.question.square.box),
            "gesture": None if gesture is None else _plain(page, gesture),
            "fault": self.fault,
            "acceptable": self.edited is not None,
            "changes": [] if self.edited is None else changed_words(page, self.edited),
            "summary": "" if self.edited is None else summary(page, self.edited),
            "model_ms": round(self.model_ms, 1),
            "own_ms": round(self.own_ms, 1),
        }


def interpret(model: Model, question: PageQuestion) -> Interpretation:
    """Ask a model about ink. Raises `BadRequest` where no answer comes."""
    begin = time.perf_counter()
    picture, _ = question.picture.encode()  # a PNG: nothing was photographed
    model_begin = time.perf_counter()
    answer = model.ask(question)
    model_ms = 1000 * (time.perf_counter() - model_begin)
    gesture, edited, fault = None, None, ""
    try:
        gesture = question.gesture(answer)
        if gesture is None:
            fault = "the answer is no label of a gesture"
        else:
            edited = apply(question.page, gesture)
            if edited is question.page:
                edited, fault = None, "the edit changes nothing on this page"
    except SynthinkError as error:
        fault = with_notes(error)
    own_ms = 1000 * (time.perf_counter() - begin) - model_ms
    return Interpretation(model.name, question, answer, gesture, edited, fault, model_ms, own_ms, picture)


def summary(before: Page, after: Page) -> str:
    """The effect of an edit, in a few words."""
    old, new = Counter(before.words), Counter(after.words)
    removed, added = old - new, new - old
    parts = []
    if removed:
        parts.append(f"takes out {_counted(removed.total(), 'word')}")
    if added:
        parts.append(f"puts in {_counted(added.total(), 'word')}")
    if not removed and not added and before.words != after.words:
        parts.append("moves words")
    lit = sum(map(bool, after.highlights)) - sum(map(bool, before.highlights))
    if before.words == after.words and before.highlights != after.highlights:
        parts.append(f"highlights {_counted(lit, 'word')}" if lit > 0 else "highlights words anew")
    if len(after.image_boxes) < len(before.image_boxes):
        parts.append(f"takes out {_counted(len(before.image_boxes) - len(after.image_boxes), 'image')}")
    elif not np.array_equal(before.image_boxes[:, 2:] - before.image_boxes[:, :2], _sizes(after)):
        parts.append("cuts an image")
    return " and ".join(parts) or "moves what is on the page"


def _sizes(page: Page) -> Any:
    return page.image_boxes[:, 2:] - page.image_boxes[:, :2]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def changed_words(before: Page, after: Page) -> list[tuple[str, str]]:
    """The change that an edit makes to the text: pieces (`same`, `gone`, `new` or `lit`, words) around each change."""
    if before.words == after.words:
        lit = [
            word
            for word, old, new in zip(before.words, before.highlights, after.highlights, strict=True)
            if new and new != old
        ]
        return [("lit", " ".join(lit[:LONGEST_SHOWN]))] if lit else []
    pieces: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, before.words, after.words, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        for operation, first, stop, new_first, new_stop in group:
            if operation == "equal":
                _add(pieces, "same", before.words[first:stop])
            else:
                _add(pieces, "gone", before.words[first:stop])
                _add(pieces, "new", after.words[new_first:new_stop])
    return pieces


def _add(pieces: list[tuple[str, str]], kind: str, words: Sequence[str]) -> None:
    if words:
        pieces.append((kind, " ".join(words[:LONGEST_SHOWN])))


def _plain(page: Page, gesture: Gesture) -> dict[str, Any]:
    return {
        "kind": gesture.kind,
        "text": gesture.text,
        "box": list(gesture.box),
        "ends": None if gesture.ends is None else [list(end) for end in gesture.ends],
        "words": words_in(page, gesture.box) if gesture.ends is None else [],
    }


def words_in(page: Page, box: Box) -> list[str]:
    """The words of a page of which at least half lies in a box."""
    if not len(page.words):
        return []
    inside = np.flatnonzero(shares_inside(page.word_boxes, box) > MEANT)[:LONGEST_SHOWN]
    return [page.words[number] for number in inside.tolist()]
