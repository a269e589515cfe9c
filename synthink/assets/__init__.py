"""What generators draw from, opened once per process and divided between the splits: words, fonts, texts, writers."""

from synthink.assets.fonts.fonts import FontPool, Fonts
from synthink.assets.inks import InkPool, Inks, writer_of
from synthink.assets.texts.notes import NotePool, Notes
from synthink.assets.texts.texts import TextPool, Texts
from synthink.assets.words.pool import WordPool
from synthink.assets.words.words import Words
from synthink.assets.writers import WriterPool, Writers

__all__ = [
    "FontPool",
    "Fonts",
    "InkPool",
    "Inks",
    "NotePool",
    "Notes",
    "TextPool",
    "Texts",
    "WordPool",
    "Words",
    "WriterPool",
    "Writers",
    "writer_of",
]
