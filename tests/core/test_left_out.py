"""What was left out is counted once, and said in one way by whatever reads a dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthink import dataset
from synthink.core.left_out import NAMED, LeftOut, left_out_lines
from synthink.errors import SynthinkError
from tests.support import ROOT, Result

Command = Callable[..., Result]

GERMAN = ["Haus", "Straße", "schön", "grün", "Füße", "Äpfel", "Öl", "süß", "Garten", "façade", "Wasser", "naïve"]
ODD = [*GERMAN, "漢字", "“curly”", "e-mail", "2024", "שלום", "be\x07ll", "Haus"]
BYTES = "\n".join(ODD).encode() + b"\nnot \xfcseful\n"
SMALL = ("picture_px=96", "splits.train=3", "splits.validation=0", "splits.test=0")


def test_a_count_is_a_sentence_and_comes_back_from_a_record() -> None:
    left_out = LeftOut()
    for number in range(7):
        left_out.note("words too long", f"line {number}")
    left_out.note("files: damaged", "a.pdf")
    left_out.note("slurs")
    sentence = "7 words too long (line 0, line 1, line 2, ...); 1 file: damaged (a.pdf); 1 slur"
    assert str(left_out) == str(LeftOut.of_record(left_out.record())) == sentence
    assert len(left_out.names) == NAMED + 1 and not LeftOut() and LeftOut().record() == {}
    assert str(left_out + left_out).startswith("14 words too long")
    many = LeftOut({f"words of kind {number:02}": 2 for number in range(40)})
    assert str(many).count(";") == 6 and str(many).endswith("68 more for 34 other reasons")


@pytest.mark.parametrize(
    "record",
    [
        {"skipped": {"words\n\x1b[31m": 3}},
        {"skipped": {"w" * 10**6: 3}, "left_out": {"x" * 10**6: "w" * 10**6}},
        {"skipped": {"words": 3}, "left_out": {"a": 7, 8: "words"}},
        {"skipped": {"words": 3, "b": "many", 7: 1, "c": True, "d": -1}, "left_out": ["a"]},
    ],
)
def test_what_a_received_manifest_says_does_nothing_to_a_terminal(record: dict[str, Any]) -> None:
    (line,) = left_out_lines({"words": record, "fonts": {}, "texts": {"skipped": ["a"]}})
    assert line.startswith("left out of words: 3 w") and line.isprintable() and len(line) < 450


def words_of(**fields: Any) -> tuple[set[str], str]:
    """The words that are drawn of what is given, and what is said of the others."""
    opened = dataset("circled_letters", size=1, **fields).source.assets["words"]
    return set(opened.words), str(opened.left_out)


@pytest.mark.parametrize("kind", ["file", "list"])
def test_words_follow_the_fonts_and_each_costs_itself(tmp_path: Path, kind: str) -> None:
    (tmp_path / "w.txt").write_bytes(BYTES)
    words, said = words_of(words=str(tmp_path / "w.txt") if kind == "file" else ODD)
    assert words == set(GERMAN)
    for what in (
        "2 words with characters that no font draws (",
        "3 words with characters that are not allowed (words.alphabet)",
    ):
        assert what in said, said
    assert "1 word given twice" in said and "1 word with a control character" in said
    assert ("1 word not in UTF-8, as which the file should be saved (line 20)" in said) == (kind == "file")
    assert ("line 13 '漢字', line 17 'שלום'" if kind == "file" else "'漢字', 'שלום'") in said
    allowed = {"source": ODD, "alphabet": "abcdefghijklmnopqrstuvwxyz2024HGW-", "share_across_splits": True}
    only, said = words_of(words=allowed)
    assert only == {"Haus", "Garten", "Wasser", "e-mail", "2024"}


def test_words_that_some_fonts_draw_are_drawn_with_those_alone(tmp_path: Path) -> None:
    """A letter has to be drawn in every split, and the grid draws each word in each font."""
    few = {"source": ["packaged", "extra"], "families": ["Fira Mono", "Computer Modern"], "share_across_splits": True}
    with pytest.raises(SynthinkError, match=r"source=.*no word is left: 1 word with .* no font draws 'ß' .U.00DF."):
        words_of(
            words=["Straße"], fonts={"source": "extra", "families": ["Computer Modern"], "share_across_splits": True}
        )
    grid = dataset("circled_letters_grid", words=["Straße", *"abcdefg"], fonts=few, words_per_split=1).source
    assert set(grid.assets["words"].words) == set("abcdefg")


STRICT = [
    (
        "circled_letters",
        "words",
        "Straße\nnaïve\n漢字\n",
        r"words.source=\"line 3 '漢字'\": no font draws '字' .U.5B57.",
    ),
    (
        "circled_letters",
        "words",
        "Straße\n“a”\n",
        r"words.source=\"line 2 '“a”'\": '“' .* is no letter; name it in alphabet",
    ),
    ("circled_letters", "words", "Straße\na\x07\n", r"w.txt:2: 'a.x07' holds the control character"),
    ("ink_strokes", "texts", "one two\nit’s\n", r"texts.source=\"line 2 'it’s'\": no hand writes '’' .U.2019."),
    ("ink_strokes", "texts", "one two\nגן\n", r"w.txt:2: .* is written from right to left"),
]


@pytest.mark.parametrize(("generator", "field", "text", "message"), STRICT, ids=lambda value: str(value)[:20])
def test_strict_lists_name_line_character_and_remedy(
    tmp_path: Path, generator: str, field: str, text: str, message: str
) -> None:
    (tmp_path / "w.txt").write_text(text, encoding="utf-8")
    fields = {field: {"source": str(tmp_path / "w.txt"), "strict": True}}
    with pytest.raises(SynthinkError, match=message):
        _ = dataset(generator, size=1, **fields).source.assets


def test_texts_and_notes_follow_the_hands_by_the_same_rule(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_bytes(BYTES + b"a b\nlong enough text\n")
    texts = dataset("ink_strokes", size=1, texts=str(tmp_path / "w.txt")).source.assets["texts"]
    assert set(texts.listed[str(tmp_path / "w.txt")]) == {
        *("Haus", "Garten", "Wasser", "e-mail", "2024"),
        "a b",
        "long enough text",
    }
    for what in (
        "11 texts with characters that no hand writes (line 2 'Straße', ",
        "1 text not in UTF-8",
        "1 text given",
    ):
        assert what in str(texts.left_out)
    listed = dataset("ink_strokes", size=1, texts={"lines": ["naïve", "plain text"]}).source.assets["texts"]
    assert listed.listed["lines"] == ("plain text",) and "('naïve')" in str(listed.left_out)
    notes = dataset("gestures", size=1, notes={"inserts": ["größer", "more of it"]}).source.assets["notes"]
    assert notes.listed["insert"] == ("more of it",) and "1 note with characters that no hand" in str(notes.left_out)
    with pytest.raises(SynthinkError, match=r"notes.inserts='größer': no hand writes"):
        _ = dataset("gestures", size=1, notes={"inserts": ["größer"]}).source.assets


def test_parts_of_a_mixture_leave_out_what_they_cannot_draw() -> None:
    parts = [
        {"generator": "circled_letters", "fields": {"words": {"source": ["Straße", "字", *"abcdef"]}}},
        {"generator": "ink_strokes", "fields": {"texts": {"lines": ["naïve", "plain"]}}},
    ]
    rows = dataset("mixture", size=1, parts=parts).source
    counts = [
        rows.assets[f"parts[{i}].fields.{field}"].left_out.counts.total() for i, field in enumerate(("words", "texts"))
    ]
    assert counts == [1, 1]


def test_an_error_for_too_few_says_what_left_them_out(tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_text("Haus\nGarten\n漢字\n文\n", encoding="utf-8")
    with pytest.raises(SynthinkError, match=r"left out before that: 2 words with .* \(line 3 '漢字', line 4 '文'\)"):
        dataset("circled_letters", size=1, words=str(tmp_path / "w.txt"))[0]


@pytest.mark.heavy
@pytest.mark.whole
def test_every_command_closes_with_the_same_lines(command: Command, tmp_path: Path) -> None:
    (tmp_path / "w.txt").write_bytes(BYTES)
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "a.woff2").write_bytes(b"wOF2" + bytes(200))
    (fonts / "b.ttf").write_bytes(b"junk")
    assert "holds no usable font (2 refused; the first:" in command("generate", "fonts=fonts", "output=o").stderr
    words = ("words=w.txt", "words.share_across_splits=true", "fonts=[packaged]", "output=o")
    made = command("generate", *SMALL, *words)
    lines = [line for line in made.stdout.splitlines() if line.startswith("left out of ")]
    assert made.returncode == 0 and len(lines) == 1 and "line 13 '漢字'" in lines[0]
    for verb in (("verify",), ("preview",), ("generate", *SMALL, *words)):
        again = command(*verb, *(() if verb[0] == "generate" else ("dataset=o", "sources=allow")))
        assert again.stdout.splitlines()[-1] == lines[0], again.stdout + again.stderr


def test_refused_fonts_are_named_with_their_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.woff2").write_bytes(b"wOF2" + bytes(200))
    (tmp_path / "b.eot").write_bytes(b"junk")
    face = next((ROOT / ".venv").rglob("DejaVuSans.ttf"), None) or _matplotlibs_font()
    (tmp_path / "c.ttf").write_bytes(face.read_bytes())
    fonts = dataset("circled_letters", size=1, fonts={"source": str(tmp_path), "share_across_splits": True}).source
    said = str(fonts.assets["fonts"].left_out)
    assert "is WOFF2" in said and "fonttools ttLib.woff2 decompress FILE (a.woff2)" in said and "(b.eot)" in said
    assert not dataset("circled_letters", size=1).source.assets["fonts"].left_out


def _matplotlibs_font() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
