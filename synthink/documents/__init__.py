"""Documents: pages of words and images, where they come from, and how they are edited."""

from synthink.documents.drawing import draw_page, side_by_side
from synthink.documents.edit import apply, edited_paragraphs, edited_text
from synthink.documents.gesture import Gesture
from synthink.documents.model import DocumentError, Page, make_page

__all__ = [
    "DocumentError",
    "Gesture",
    "Page",
    "apply",
    "draw_page",
    "edited_paragraphs",
    "edited_text",
    "make_page",
    "side_by_side",
]
