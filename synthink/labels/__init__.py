"""Labels as text: written for a model to learn, read back from its answers, and how far an answer is from the truth."""

from synthink.labels.formats import (
    LABEL_FORMATS,
    Label,
    LabelFormat,
    format_box,
    format_label,
    parse_box,
    parse_label,
)

__all__ = ["LABEL_FORMATS", "Label", "LabelFormat", "format_box", "format_label", "parse_box", "parse_label"]
