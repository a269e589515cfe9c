"""The reasons for which words are left out."""

from __future__ import annotations

BLANK = "words without ink"
OTHER_TEXT = "words whose picture shows other text"
OFF_INK = "words beside their ink"
OVER = "words printed over each other"
TWICE = "words printed twice in one place"
ALPHABETS = "words of letters from several alphabets"
SQUARES = "words that no font here draws"
