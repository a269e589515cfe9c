"""Labels as text: written for a model to learn, read back from its answers, and how far an answer is from the truth.

PaliGemma's location tokens for points and strokes are in `synthink.labels.location_tokens`.
"""

from synthink.labels.formats import (
    LABEL_FORMATS,
    Label,
    LabelFormat,
    LabelFormatName,
    Places,
    format_box,
    format_label,
    parse_box,
    parse_label,
)
from synthink.labels.metrics import NONE, centre_distance, character_error_rate, intersection_over_union

__all__ = [
    "LABEL_FORMATS",
    "NONE",
    "Label",
    "LabelFormat",
    "LabelFormatName",
    "Places",
    "centre_distance",
    "character_error_rate",
    "format_box",
    "format_label",
    "intersection_over_union",
    "parse_box",
    "parse_label",
]
