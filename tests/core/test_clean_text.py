"""The clean-up of text that all sources share."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthink.assets.inks import Inks
from synthink.assets.texts.notes import Notes
from synthink.assets.texts.texts import Texts
from synthink.assets.words.words import Words
from synthink.core.clean_text import clean_text
from synthink.documents.sources.source import usable_word
from synthink.ink import Ink, write_ink
from synthink.ink.model import Span


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
        ("\u2066+49\u2069 \u202aleft\u202c \u2068name\u2069", "+49 left name"),
        ("\u202eright\u202c", "\u202eright"),
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


def test_lists_files_notes_and_ink_are_cleaned_up_alike(tmp_path: Path) -> None:
    odd = ("ﬁnds", "soft\u00adhyphen", "e\u0301tui\u200b")
    clean = ("finds", "softhyphen", "étui")
    path = tmp_path / "odd.txt"
    path.write_text("\n".join(odd), encoding="utf-8")
    for source in (odd, str(path)):
        assert Words(source=source, strict=True).open().words == clean
    assert Texts(source=str(path), strict=True).open().listed == {str(path): clean}
    assert Texts(lines=odd, strict=True).open().listed == {"lines": clean}
    assert Notes(inserts=odd, strict=True).open().listed["insert"] == clean
    stroke = [(0, 0), (9, 9)]
    for number, label in enumerate(odd):
        write_ink(tmp_path / f"{number}.npz", [Ink([stroke], [Span(label, "word", ((0, 0, 2),))], label=label)])
    inks = Inks(source=str(tmp_path / "*.npz")).open().inks
    assert tuple(ink.label for ink in inks) == tuple(ink.spans[0].label for ink in inks) == clean


def test_letters_that_are_lost_are_in_no_label(tmp_path: Path) -> None:
    texts = ("gr\ufffd\ufffde", "fine")
    assert usable_word(texts[0]) == ("", "words with letters that are lost (U+FFFD)")
    words = Words(source=texts).open()
    assert words.words == ("fine",) and words.left_out.counts == {"words with letters that are lost (U+FFFD)": 1}
    assert Texts(lines=texts).open().listed == {"lines": ("fine",)}
    write_ink(tmp_path / "a.npz", [Ink([[(0, 0), (9, 9)]], label=label) for label in texts])
    inks = Inks(source=str(tmp_path / "a.npz")).open()
    assert [ink.label for ink in inks.inks] == ["fine"]
    assert inks.left_out.counts == {"inks with letters in the label that are lost (U+FFFD)": 1}


def test_ink_that_is_left_out_is_said_in_words_and_named(tmp_path: Path) -> None:
    write_ink(tmp_path / "a.npz", Ink([[(0, 0), (9, 9)]], label="fine"))
    (tmp_path / "b.inkml").write_text("<ink><trace>0 0", encoding="utf-8")
    inks = Inks(source=str(tmp_path), strict=False).open()
    assert str(inks.left_out) == "1 piece of ink: is no XML that can be read: no element found (b.inkml)"
