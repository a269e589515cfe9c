"""Which letter of a word is circled, told from pixels: the check of circled_letters' labels.

It shares no code with the generator and the renderer, and draws its letters with another library.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from PIL import Image, ImageChops, ImageColor

from synthink.draw.type.face import Face
from synthink.errors import AssetError, SynthinkError
from synthink.verify.oracle import Control, Finding
from synthink.verify.oracles.cameras import CameraFacts
from synthink.verify.oracles.circled_letters.comparison import Colours, compare, rgb
from synthink.verify.oracles.circled_letters.context import without_context
from synthink.verify.oracles.circled_letters.control_sight import sight_by_control
from synthink.verify.oracles.circled_letters.drawn_sight import sight_by_drawing
from synthink.verify.oracles.circled_letters.inks import by_camera
from synthink.verify.oracles.circled_letters.question import (
    OTHER_TASKS,
    answers_itself,
    asks_about_its_mark,
    marked_letters,
)
from synthink.verify.oracles.circled_letters.reference import Reference, SetWord
from synthink.verify.oracles.circled_letters.several import Rings, several_by_control, sight_several
from synthink.verify.oracles.circled_letters.sight import sight
from synthink.verify.oracles.circled_letters.sighting import BARE, OTHER_PICTURE, OTHER_WORD, Box, Sighting
from synthink.verify.oracles.sentences import OTHER_SENTENCE, templates_of, without_sentence

UNKNOWN_FONT, UNREADABLE_FONT, NO_LETTER = "the font is not known", "the font cannot be opened", "a letter has no ink"
NO_FONTS = "the fonts of the dataset cannot be opened here"
OTHER_INDEX, OTHER_ANSWER = "another letter is marked", "the answer is not the marked letter"
OTHER_QUESTION = "prefix is no question about the mark"
OTHER_LETTER_BOX, OTHER_MARK_BOX = "letter_box is not where the letter is", "mark_box is not where the mark is"
OTHER_NUMBER = "another number of letters is marked"
OFF_LETTER = "the mark is off its letter"
LOOKS = (OTHER_LETTER_BOX, OTHER_MARK_BOX, OTHER_WORD)
"""What a photograph is said to show that is not clear."""

SURELY = 2.5
"""By how many tolerances a box must be off in a picture that is not clear."""
STRAY = 0.24
"""By how much a ring's middle may miss its letter's beyond the offset asked for, as a share of the letter's box: a ring
drawn by hand is off by up to 0.1, one moved half a letter by 0.4 or more."""


class CircledLettersOracle:
    """Judges rows of circled_letters; asks the generator only for font files, its questions, the sentences of its
    answers, its camera, and how far off its marks are."""

    opens = ("fonts",)
    columns: tuple[str, ...] = ("prefix", "suffix", "word", "font", "letter_index", "letter_box", "mark_box")

    def __init__(self, generator: Any) -> None:
        self._spec = generator.fonts
        self._astray = STRAY + max(map(abs, getattr(generator, "mark_offset", (0.0,))))
        self._fonts: Any = None
        self._camera = CameraFacts.of(generator)
        by_task = getattr(generator, "prompts_by_task", None)
        self._prompts = by_task if by_task is not None else {"": tuple(getattr(generator, "prompts", ()))}
        self._nothing = getattr(generator, "unmarked_answer", "")
        if getattr(generator, "has_lists", False):
            self.columns = ("prefix", "suffix", "word", "font", "letter_indices", "letter_boxes", "mark_boxes")
        self._sentences = templates_of(generator, ("answers", "question_answers"))
        if self._sentences:
            self.columns = *self.columns, "answer"
        self.needs = self._needed(generator)

    def _needed(self, generator: Any) -> frozenset[str]:
        """The columns without which rows cannot be judged. The letter in a single ring is its answer, which is read off
        the picture; any other answer is compared with the labels."""
        names = {"word", "font", "mark_colour"}
        if getattr(generator, "has_lists", False):
            names |= {"letter_indices", "letter_boxes", "distractors"}
        elif not set(OTHER_TASKS).isdisjoint(self._prompts):
            names |= {"letter_index", "letter_box"}
        if getattr(generator, "distractors", ()):
            names.add("distractors")
        return frozenset(names | {"answer"} if self._sentences else names)

    def check(self, row: Mapping[str, Any], control: Control | None = None) -> Finding:
        """Compare a row's labels with what its picture shows; columns that a row lacks are not compared.

        row["image"]: a Pillow picture.
        """
        bare = without_sentence(row, self._sentences) if self._in_a_sentence(row) else row
        return Finding("wrong", OTHER_SENTENCE) if bare is None else self._check(bare, control)

    def _in_a_sentence(self, row: Mapping[str, Any]) -> bool:
        """Whether the row's answer may stand in a sentence: not where it says that no letter is marked."""
        nothing = marked_letters(row) == [] and row.get("task") not in ("word", "count")
        return not (nothing and row.get("suffix") == row.get("answer", row.get("suffix")))

    def _asks(self, row: Mapping[str, Any]) -> bool:
        """Whether the row asks one of the questions of its task; of any task where it does not say which."""
        if "task" not in row or len(self._prompts) == 1:
            return asks_about_its_mark(row, [prompt for prompts in self._prompts.values() for prompt in prompts])
        return asks_about_its_mark(row, self._prompts.get(row["task"], ("",)))

    def _check(self, row: Mapping[str, Any], control: Control | None) -> Finding:
        """Compare a row whose answer stands alone."""
        try:
            self._open_fonts()
        except SynthinkError:  # a folder that is not here says nothing about a row
            return Finding("unsure", NO_FONTS)
        try:
            line = self._line(row["word"], row["font"])
        except AssetError:
            return Finding("wrong", UNKNOWN_FONT)
        except OSError:
            return Finding("unsure", UNREADABLE_FONT)
        if line is None:
            return Finding("wrong", NO_LETTER)
        if not answers_itself(row, self._nothing):
            return Finding("wrong", OTHER_ANSWER)
        if not self._asks(row):
            return Finding("wrong", OTHER_QUESTION)
        return self._camera.counted(self._pixel_finding(row, line, control))

    def _pixel_finding(self, row: Mapping[str, Any], line: SetWord, control: Control | None) -> Finding:
        """Compare a row whose labels agree with each other with its picture."""
        if row.get("context_quads"):
            row, bare = without_context(row, control() if control is not None else None, self._camera.is_on)
            finding = self._bare_finding(row, line, None if bare is None else lambda: bare)
            return _in_doubt(finding) if self._camera.is_on else finding
        finding = self._bare_finding(row, line, control)
        return _in_doubt(finding) if self._camera.is_on and control is None else finding

    def _bare_finding(self, row: Mapping[str, Any], line: SetWord, control: Control | None) -> Finding:
        """Compare a row whose word stands alone with its picture."""
        if control is None or not by_camera(row["image"]):
            finding = self._alone(row, line)
            if control is None or (finding.verdict == "right" and not _hides_a_mark(row, control)):
                return finding
        return self._beside_control(row, control(), line)

    def _alone(self, row: Mapping[str, Any], line: SetWord) -> Finding:
        """The finding from a picture without its control."""
        if "letter_indices" in row:
            others = [str(other).split()[0] for other in row.get("distractors") or ()]
            return compared_several(
                row, sight_several(row["image"], line, row.get("mark_colour"), others), self._astray
            )
        colour = named_colour(row.get("prefix", "")) or rgb(row.get("mark_colour"))
        return self._finding(row, sight(row["image"], line, colour))

    def _beside_control(self, row: Mapping[str, Any], control: Image.Image, line: SetWord) -> Finding:
        """The finding from a picture and its control; where these are unclear, from drawing anew what they show."""
        colours = colours_of(row)
        if row["image"].size != control.size:
            return Finding("wrong", OTHER_PICTURE)
        pair = compare(row["image"], control, colours)
        if pair is None:
            return Finding("wrong", BARE)
        if "letter_indices" in row:
            return compared_several(row, several_by_control(pair, line, colours), self._astray)
        sighting = sight_by_control(pair, line, colours)
        finding = self._finding(row, sighting)
        is_open = finding.verdict == "unsure" or (sighting.index is None and sighting.doubtful)
        if not is_open or pair.noise == 0:
            return finding
        return self._finding(row, sight_by_drawing(pair, line, colours))

    def _finding(self, row: Mapping[str, Any], sighting: Sighting) -> Finding:
        if sighting.index is None:
            if _contradicts(row.get("mark_box"), sighting.mark_box, sighting.mark_tolerance):
                return Finding("wrong", OTHER_MARK_BOX)
            return Finding("unsure" if sighting.doubtful else "wrong", sighting.reason)
        return compared(row, sighting, self._astray)

    def see(self, picture: Image.Image, word: str, font: str, colour: tuple[int, int, int] | None = None) -> Sighting:
        """Find the marked letter from the pixels, the word and the font's name; `colour` tells which of two rings.

        `AssetError` for a font that the generator does not have, `OSError` for one that Pillow cannot open.
        """
        line = self._line(word, font)
        return sight(picture, line, colour) if line is not None else Sighting(NO_LETTER)

    def _open_fonts(self) -> None:
        if self._fonts is None:
            self._fonts = self._spec.open() if hasattr(self._spec, "open") else self._spec

    def _line(self, word: str, font: str) -> SetWord | None:
        self._open_fonts()
        return _reference(self._fonts.face(font)).line(word)


@lru_cache(maxsize=64)
def _reference(face: Face) -> Reference:
    return Reference(face.data(), face.index)


def _hides_a_mark(row: Mapping[str, Any], control: Control) -> bool:
    """Whether a row that says of no letter that it is marked has another picture than its control."""
    if marked_letters(row) != []:
        return False
    bare = control()
    return row["image"].size != bare.size or ImageChops.difference(row["image"], bare).getbbox() is not None


def compared(row: Mapping[str, Any], sighting: Sighting, astray: float) -> Finding:
    """The finding for a row whose picture shows its word with one letter marked.

    astray: how far the ring's middle may lie from the letter's, as a share of the letter's box.
    """
    assert sighting.index is not None and sighting.letter_box is not None and sighting.mark_box is not None
    if row.get("letter_index", sighting.index) != sighting.index:
        return Finding("unsure" if sighting.vague else "wrong", OTHER_INDEX)
    says_letter = "suffix" in row and row.get("task") not in OTHER_TASKS
    if says_letter and row["suffix"] != row["word"][sighting.index]:
        return Finding("unsure" if sighting.vague else "wrong", OTHER_ANSWER)
    boxes = (
        ("mark_box", sighting.mark_box, sighting.mark_tolerance, OTHER_MARK_BOX),
        ("letter_box", sighting.letter_box, sighting.letter_tolerance, OTHER_LETTER_BOX),
    )
    doubt = None
    for column, box, tolerance, reason in boxes:
        label = row.get(column)
        if label is None or same_box(label, box, *tolerance):
            continue
        if not sighting.doubtful or (_contradicts(label, box, tolerance) and not sighting.vague):
            return Finding("wrong", reason)
        doubt = doubt or Finding("unsure", reason)
    if doubt is not None:
        return doubt
    if sighting.astray > astray:
        return Finding("unsure" if sighting.doubtful else "wrong", OFF_LETTER)
    return Finding("right", "as labelled")


def compared_several(row: Mapping[str, Any], rings: Rings, astray: float) -> Finding:
    """The finding for a row that says of any number of letters that they are marked: that of its worst ring."""
    if isinstance(rings, Sighting):
        return Finding("unsure" if rings.doubtful else "wrong", rings.reason)
    indices = marked_letters(row)
    if indices is None:
        return Finding("unsure", OTHER_NUMBER)
    for sighting in rings:
        if sighting.index is None and sighting.doubtful:
            return Finding("unsure", sighting.reason)
    if len(rings) != len(indices):
        return Finding("unsure" if any(sighting.vague for sighting in rings) else "wrong", OTHER_NUMBER)
    findings = []
    for place, (index, sighting) in enumerate(zip(indices, rings, strict=True)):
        if sighting.index is None:
            return Finding("wrong", sighting.reason)
        one: dict[str, Any] = {"letter_index": index}
        for column, columns in (("letter_box", "letter_boxes"), ("mark_box", "mark_boxes")):
            boxes = row.get(columns)
            if boxes is not None and len(boxes) != len(indices):
                return Finding("wrong", OTHER_NUMBER)
            one[column] = None if boxes is None else boxes[place]
        findings.append(compared(one, sighting, astray))
    worst = sorted(findings, key=lambda finding: ("wrong", "unsure", "right").index(finding.verdict))
    return worst[0] if worst else Finding("right", "as labelled")


def _in_doubt(finding: Finding) -> Finding:
    """The finding from a photograph in which shadows and folds, or what stood around the word, may look like ink."""
    return Finding("unsure", finding.reason) if finding.reason in LOOKS else finding


def _contradicts(label: Any, box: Box | None, tolerance: tuple[float, float]) -> bool:
    """Whether a label is not the box, however unclear the picture is."""
    return label is not None and box is not None and not same_box(label, box, *(SURELY * bound for bound in tolerance))


def same_box(label: Any, box: Box, middle_px: float, side_px: float) -> bool:
    """Whether two boxes agree: in their middles, which a shift moves, within less than in each side."""
    for axis in (0, 1):
        low, high = label[axis] - box[axis], label[axis + 2] - box[axis + 2]
        if abs(low + high) / 2 > middle_px or max(abs(low), abs(high)) > side_px:
            return False
    return True


def colours_of(row: Mapping[str, Any]) -> Colours:
    """The colours of what a row shows, as it tells them; text of unknown colour is taken for black, paper for white."""
    over = (str(other).split() for other in row.get("distractors") or ())
    return Colours(
        paper=rgb(row.get("paper_colour")) or (255, 255, 255),
        text=rgb(row.get("text_colour")) or (0, 0, 0),
        mark=rgb(row.get("mark_colour")),
        over=tuple((words[-1], colour) for words in over if words and (colour := rgb(words[0])) is not None),
    )


def named_colour(prompt: str) -> tuple[int, int, int] | None:
    """The first colour's name in a prompt, as RGB."""
    for name in prompt.lower().replace("?", " ").replace(",", " ").split():
        if name in ImageColor.colormap:
            red, green, blue = ImageColor.getrgb(name)[:3]
            return red, green, blue
    return None
