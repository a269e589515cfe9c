"""What a gesture is, at what, and what is written beside it, told from pixels, strokes and the page's words: the check
of the labels of `gestures`.

It shares no code with the generator and the drawing: answers are read and edits made once more, the ink is found by its
hue, and what marks do to words is measured anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from synthink.verify.oracle import Control, Finding
from synthink.verify.oracles.boxes import around
from synthink.verify.oracles.cameras import CameraFacts
from synthink.verify.oracles.gestures.answer import check_answer
from synthink.verify.oracles.gestures.edits import check_edit
from synthink.verify.oracles.gestures.families import (
    ClassFacts,
    check_boxes,
    check_mark,
    check_turned_boxes,
    stroke_partitions,
)
from synthink.verify.oracles.gestures.ink import PALE, check_fading, check_ink, check_print, look
from synthink.verify.oracles.gestures.photograph import OTHER_PICTURE, check_difference, check_photograph
from synthink.verify.oracles.gestures.row import NO_STROKES, SAME, RowScene, scene_of
from synthink.verify.oracles.gestures.signs import check_sign, is_sign
from synthink.verify.oracles.gestures.straighten import straightened
from synthink.verify.oracles.gestures.targets import HIDDEN, RowTarget, find_target, may_be_hidden
from synthink.verify.oracles.gestures.writing import check_any_writing
from synthink.verify.oracles.sentences import OTHER_SENTENCE, templates_of, without_sentence

OTHER_TEXT_BOX = "text_box is not around the handwriting"
OTHER_SQUARE = "the square is not the one around the ink"
BENT = 0.027  # of the picture's width, by which boxes around others differ from these in a photograph
TASKS = (
    *("recognise_gesture", "detect_text", "transcribe", "edited_text"),
    *("name_gesture", "locate_target", "read_target"),
)


class GesturesOracle:
    """Judges rows of gestures.

    It asks the generator only for its prompts, the form, case and sentences of its answers, how the page is faded and
    framed, whether a camera took the picture, and for the facts of each class: its kind of target, its edit, and the
    families of its marks, by name.
    """

    opens = ()
    columns: tuple[str, ...] = (
        *("task", "prefix", "suffix", "gesture", "text", "note", "target_box", "target_ends", "target_words"),
        *("ink_box", "text_box", "words", "word_boxes", "strokes", "page_text", "page_text_after"),
    )

    def __init__(self, generator: Any) -> None:
        prompts = getattr(generator, "prompts", None)
        self._prompts = {task: getattr(prompts, task) for task in TASKS if hasattr(prompts, task)}
        facts = getattr(generator, "gesture_facts", {})
        self._facts = {name: ClassFacts.of(values) for name, values in facts.items()}
        self._sentences = templates_of(generator)
        if self._sentences:
            self.columns = *self.columns, "answer"
        self._form = getattr(generator, "label_format", "paligemma")
        self._lower = getattr(generator, "lower_case", True)
        self._white = getattr(generator, "white", 0.0)
        self._colours = tuple(getattr(generator, "ink_colours", ("red",)))
        self._camera = CameraFacts.of(generator)
        if not self._camera.is_on:
            self.columns = *self.columns, "ink_colour", "ink_width_px"
        weights, number = getattr(generator, "tasks", None), getattr(generator, "questions_per_picture", "one")
        shows_paragraphs = number == "all" and getattr(weights, "edited_text", 0) > 0
        self._square = getattr(generator, "view", "ink") == "ink" and not shows_paragraphs
        low, high = getattr(generator, "page_scale", (1.0, 1.0))
        margin = getattr(generator, "margin_px", 40.0) * getattr(getattr(generator, "documents", None), "dpi", 96) / 96
        self._margins = margin / high, margin / low
        self._places = getattr(generator, "ink_position", (0.5, 0.5))

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        """Compare a row's labels with each other and with its picture; columns that a row lacks are not compared.

        row["image"]: a Pillow picture. control: asked for where a camera took it, and where ink has no hue of its own.
        """
        bare = without_sentence(row, self._sentences)
        if bare is None:
            return Finding("wrong", OTHER_SENTENCE)
        doubt: Finding | None = None
        for finding in self._findings(bare, control):
            if finding is not None and finding.verdict == "wrong":
                return finding
            doubt = doubt or finding
        return doubt or Finding("right", "as labelled")

    def _findings(self, row: Mapping[str, Any], control: Control | None) -> Iterator[Finding | None]:
        """One check after the other, the quick ones first."""
        yield check_answer(row, self._form, self._lower, self._prompts)
        yield check_edit(row, self._facts.get(str(row.get("gesture"))), self._lower)
        scene = scene_of(row, BENT * row["image"].width if self._camera.bends else SAME)
        if not isinstance(scene, RowScene):
            yield Finding("unsure", NO_STROKES) if scene is None else Finding("wrong", scene)
            return
        straight = straightened(scene) if self._camera.bends else scene
        facts = self._facts.get(str(row.get("gesture")))
        target = find_target(straight, facts.target_kind if facts else "words")
        for finding in self._geometry(row, scene, straight, target, facts):
            yield self._camera.measured(finding)
        if self._camera.is_on:
            finding = check_photograph(row, scene, control)
            yield finding if finding is not None and finding.reason == OTHER_PICTURE else self._camera.measured(finding)
        elif isinstance(target, RowTarget):
            yield from self._pixels(row, scene, target, control)

    def _geometry(
        self,
        row: Mapping[str, Any],
        scene: RowScene,
        straight: RowScene,
        target: RowTarget | str | None,
        facts: ClassFacts | None,
    ) -> Iterator[Finding | None]:
        """The target, and the ink at it. straight: the scene without what a camera turned."""
        if target is None or (isinstance(target, str) and may_be_hidden(straight)):
            yield Finding("unsure", HIDDEN)
        elif isinstance(target, str):
            yield Finding("wrong", target)
        elif row.get("gesture") is not None:
            yield check_turned_boxes(scene) if self._camera.bends else check_boxes(scene)
            yield from self._ink(row, straight, target, facts)

    def _ink(
        self, row: Mapping[str, Any], scene: RowScene, target: RowTarget, facts: ClassFacts | None
    ) -> Iterator[Finding | None]:
        """What the strokes are, and what they write."""
        if not self._camera.bends:
            yield self._check_square(row, scene)
        partitions = stroke_partitions(scene)
        if not partitions:
            yield Finding("wrong", OTHER_TEXT_BOX)
            return
        finding, inks = check_mark(scene, partitions, target, facts, row.get("variant"))
        yield finding
        writing, text = [ink.writing for ink in inks], row.get("text")
        if is_sign(text) and target.strips and facts is not None and facts.edit == "punctuate":
            yield check_sign(writing, str(text), target.strips[0].height)
        else:
            yield check_any_writing(writing, text, row.get("hand"))

    def _pixels(
        self, row: Mapping[str, Any], scene: RowScene, target: RowTarget, control: Control | None
    ) -> Iterator[Finding | None]:
        """Ink by its hue, and print; where these do not tell, both by the row's control."""
        colours = (row.get("ink_colour"),) if scene.strokes else self._colours
        sights = [look(row["image"], scene, colour) for colour in colours]
        for sight in sights:
            if sight.has_hue:
                yield check_ink(sight, scene, self._white)
        yield check_fading(sights[0], self._white)
        finding = check_print(sights[0], scene, target.words, self._white)
        if finding is None and not any(sight.has_hue for sight in sights):
            finding = Finding("unsure", PALE)
        if finding is not None and finding.verdict == "unsure" and control is not None:
            finding = check_difference(row["image"], control(), scene)
        yield finding

    def _check_square(self, row: Mapping[str, Any], scene: RowScene) -> Finding | None:
        """Whether the picture is the square around the ink, with the margin and the place that were asked for."""
        crop = row.get("crop_box")
        if crop is None or not self._square or row.get("task") == "edited_text":
            return None
        side = crop[2] - crop[0]
        ink = around(np.concatenate(scene.strokes)) / scene.scale
        longest = float((ink[2:] - ink[:2]).max())
        low, high = (longest + margin for margin in self._margins)
        room = side - (ink[2:] - ink[:2])
        first, last = np.sort([place * room for place in self._places], axis=0)
        placed = bool(((ink[:2] > first - 1.1) & (ink[:2] < last + 1.1)).all())
        right = abs(side - (crop[3] - crop[1])) < 0.01 and low - 2.1 <= side <= max(2.0, high) + 0.1 and placed
        return None if right else Finding("wrong", OTHER_SQUARE)
