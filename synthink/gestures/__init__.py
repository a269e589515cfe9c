"""Pen gestures over documents: their targets, how they are drawn, and what is written beside them.

To write a gesture: `GestureKind`, `variant`, `Target`, `StrokeSketcher`, `Mark`, `Anchor`, with `text_marks` for marks
on words and `ambiguity` for checks. To draw rows of gestures: `Choices`, `TargetOptions`, `Drawer`, `CropSearch`,
`crop_annotations`. To ask about ink that somebody draws: `ask_about_ink`, `ask_for_words`.
"""

from synthink.gestures import ambiguity, text_marks
from synthink.gestures.annotations import GESTURE_COLUMNS, GESTURE_MEANINGS, crop_annotations
from synthink.gestures.choices import Choices
from synthink.gestures.choose_target import sample_target
from synthink.gestures.compose import BROAD_PEN
from synthink.gestures.composed import Composed, Drawer
from synthink.gestures.crop_search import SMALL_PRINT, SMALL_WRITING, CropSearch
from synthink.gestures.fit_mark import OwnMarks
from synthink.gestures.kind import Anchor, GestureKind, Mark, gesture_facts, kind_named, variant
from synthink.gestures.label_ambiguity import gesture_of
from synthink.gestures.own_marks import MarkPool, Marks
from synthink.gestures.page_candidates import TargetOptions
from synthink.gestures.page_crop import LONG_PARAGRAPH, PageCrop
from synthink.gestures.page_question import PageQuestion, PictureSettings, ask_about_ink, ask_for_words
from synthink.gestures.pen_strokes import Place, StrokeSketcher
from synthink.gestures.target import Strip, Target

__all__ = [
    "BROAD_PEN",
    "GESTURE_COLUMNS",
    "GESTURE_MEANINGS",
    "LONG_PARAGRAPH",
    "SMALL_PRINT",
    "SMALL_WRITING",
    "Anchor",
    "Choices",
    "Composed",
    "CropSearch",
    "Drawer",
    "GestureKind",
    "Mark",
    "MarkPool",
    "Marks",
    "OwnMarks",
    "PageCrop",
    "PageQuestion",
    "PictureSettings",
    "Place",
    "Strip",
    "StrokeSketcher",
    "Target",
    "TargetOptions",
    "ambiguity",
    "ask_about_ink",
    "ask_for_words",
    "crop_annotations",
    "gesture_facts",
    "gesture_of",
    "kind_named",
    "sample_target",
    "text_marks",
    "variant",
]
