"""The clean-up of text that all sources share."""

from __future__ import annotations

import pytest

from synthink.documents.sources.source import usable_word
from synthink.documents.sources.text import clean_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ﬁnds", "finds"),
        ("ﬂuent", "fluent"),
        ("oﬀ", "off"),
        ("oﬃce", "office"),
        ("baﬄe", "baffle"),
        ("faﬆ", "fast"),
        ("ĳs", "ijs"),
        ("մﬓ", "մմն"),
        ("e\u0301clair", "éclair"),
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("shelf\u200cful", "shelfful"),
        ("“shelf\u200dful”", "“shelfful”"),
        ("\u200eleft\u200f", "left"),
        ("❤\ufe0f", "❤"),
        ("葛\U000e0100", "葛"),
        ("क्\u200dष", "क्\u200dष"),
        ("½", "½"),
        ("Ａ", "Ａ"),
        ("x²", "x²"),
        ("", ""),
    ],
)
def test_what_is_printed_stays(text: str, clean: str) -> None:
    assert clean_text(text) == clean
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\u00ad\u200b", "words without text"),
        ("a\u2800b", "words with blanks or control characters"),
        ("a\u3164b", "words with blanks or control characters"),
        ("क्\u200dष", "words with blanks or control characters"),
        ("\ue000", "words with blanks or control characters"),
        ("x" * 201, "words of more than 200 characters"),
        ("שלום", "words written from right to left"),
    ],
)
def test_what_is_no_word_is_told(text: str, reason: str) -> None:
    assert usable_word(text) == ("", reason)
