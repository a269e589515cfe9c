"""Documents that are of no use, or that would make a label wrong: one error that names the place, or a counted skip."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

import synthink
from synthink.assets.fonts.fonts import Fonts
from synthink.cli.main import run_command
from synthink.core.left_out import left_out_lines
from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError, Page
from synthink.documents.sources.hf_dataset import read_dataset
from synthink.documents.sources.html import reader as html
from synthink.documents.sources.page_json.folder import read_page_folder, write_page_json
from synthink.documents.sources.pdf.reader import PdfLimits, read_pdf
from synthink.documents.sources.places import public_name
from synthink.errors import ConfigError, DrawError, SynthinkError
from tests.page_makers import drawn_page

pytestmark = pytest.mark.heavy

TEXT = str.split(
    "ink paper desk chair house garden river stone bridge cloud winter summer letter number table window door "
    "kitchen bottle candle basket ladder hammer needle thread button pocket jacket mirror carpet pillow blanket"
)


def pdf(*pages: Callable[[Any], None], size: tuple[float, float] = (420, 595), **options: Any) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def text(first: int = 0, lines: int = 12, size: float = 11) -> Callable[[Any], None]:
    """Lines of six words each; other words for another `first`."""

    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", size)
        for line in range(lines):
            words = [TEXT[(first * 7 + line * 5 + k * (1 + first)) % len(TEXT)] for k in range(6)]
            canvas.drawString(40, 540 - 1.5 * size * line, " ".join([f"{first}.{line}", *words]))

    return draw


def dots(canvas: Any) -> None:
    for line in range(12):
        canvas.drawString(60, 500 - 15 * line, ". . .   . .")


def big_word(canvas: Any) -> None:
    canvas.setFont("Helvetica", 150)
    canvas.drawString(5, 300, "Huge")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven PDF files."""
    root = tmp_path / "files"
    root.mkdir()
    for number in range(7):
        (root / f"{number}.pdf").write_bytes(pdf(text(number)))
    return root


def refused(source: Path | str, **fields: Any) -> str:
    """What is said of documents that cannot be used: one line."""
    with pytest.raises((DocumentError, ConfigError)) as error:
        Documents(source=str(source), **fields).open()
    assert "\n" not in str(error.value) and str(error.value).isprintable()
    return str(error.value)


def rows(source: Path, **fields: Any) -> synthink.Dataset:
    documents = {"source": str(source), "share_across_splits": True}
    return synthink.dataset("gestures", size=5, documents=documents, picture_px=224, **fields)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"<html><p>words", "not a PDF"),
        ("a.pdf", pdf(text())[:900], "cut short"),
        ("a.pdf", pdf(text(), encrypt=StandardEncryption("secret")), "encrypted; it needs a password"),
        ("a\nb.pdf", b"x", "not a PDF"),
        ("a.parquet", b"PAR1", "no Parquet file, it has 4 bytes"),
    ],
)
def test_a_file_that_is_no_document_is_named_with_its_folder(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (path := tmp_path / name).write_bytes(content)
    assert message in (told := refused(path)) and told.startswith((str(path), repr(str(path))))


def test_one_damaged_file_among_many_is_refused_or_counted(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "bad.pdf").write_bytes(b"%PDF-1.4 \n%%EOF")
    bad = f"{folder / 'sub' / 'bad.pdf'}: not a PDF, or damaged"
    assert refused(folder) == f"{bad}; documents.strict=false leaves such files out"
    assert refused(folder / "sub" / "bad.pdf") == bad
    record = Documents(source=str(folder), strict=False).open().record()
    assert record["pages"] == 7 and record["skipped"] == {"files: not a PDF, or damaged": 1}
    assert record["left_out"] == {"files/sub/bad.pdf": "not a PDF, or damaged"}
    (folder / "bad.pdf").write_bytes(b"x")
    told = left_out_lines({"documents": Documents(source=str(folder), strict=False).open().record()})
    assert told == [
        "left out of documents: 1 file: not a PDF, or damaged (files/sub/bad.pdf); "
        "1 file: not a PDF: no %PDF- at its beginning (files/bad.pdf)"
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nothing", "is no file, folder or address"),
        ("~nobody-of-this-name/a.pdf", "No such file"),
        ("a" * 5000, "file name too long"),
        ("a\0.pdf", "cannot be read: embedded null byte"),
        ("ftp://host/a.html", "is an address, where a path is wanted"),
        ("file:///etc/passwd", "is no address that is opened"),
        ("dataset:", "names no documents"),
    ],
)
def test_a_source_that_is_not_there_is_refused(source: str, message: str) -> None:
    assert message in refused(source)


def test_pages_without_words_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(lambda canvas: canvas.rect(9, 9, 90, 90), lambda canvas: None))
    assert refused(tmp_path / "a.pdf").endswith("holds no page that can be used (2 page: no text layer)")
    (tmp_path / "b.pdf").write_bytes(pdf(dots))
    with pytest.raises(ConfigError) as error:
        Documents(source=[str(tmp_path / "b.pdf"), str(tmp_path / "a.pdf")]).open()  # type: ignore[arg-type]
    assert error.value.value == str(tmp_path / "a.pdf")


def test_no_more_pages_are_read_than_are_wanted_or_fit() -> None:
    data = pdf(*[text(number) for number in range(4)])
    kept = [read_pdf(data, "a.pdf", limits=PdfLimits(most=2)), read_pdf(data, "a.pdf", limits=PdfLimits(kept_mb=0.01))]
    assert [[page.name for page in pages] for pages in kept] == [["a.pdf#1", "a.pdf#2"], ["a.pdf#1"]]


def test_names_are_stored_as_they_can_be_shown(tmp_path: Path, folder: Path) -> None:
    for name, new in (("0", "line\nbreak"), ("1", "né中 [x]{y}"), ("2", " a,b=c'\"")):
        (folder / f"{name}.pdf").rename(folder / f"{new}.pdf")
    shutil.copy(folder / "3.pdf", os.fsencode(folder) + b"/\xff.pdf")
    (folder / "again").symlink_to(".")
    (folder / "round.pdf").symlink_to("round.pdf")
    names = {page.document for page in Documents(source=str(folder)).open().pages}
    assert len(names) == 8 and {"né中 [x]{y}.pdf", " a,b=c'\".pdf", "line�break.pdf", "�.pdf"} <= names
    json.dumps(sorted(names)).encode("utf-8")


def test_few_documents_name_the_remedy(folder: Path) -> None:
    for number in range(2, 7):
        (folder / f"{number}.pdf").unlink()
    with pytest.raises(ConfigError, match=r"2 distinct groups .*documents\.share_across_splits=true") as error:
        _ = synthink.dataset("gestures", size=2, documents=str(folder))[0]
    assert "\n" not in str(error.value)
    assert _drawn(rows(folder)) == 5


def _drawn(dataset: synthink.Dataset) -> int:
    """How many rows there are, each of which holds its labels."""
    for row in dataset:  # type: ignore[attr-defined]
        left, top, right, bottom = row["target_box"]
        assert 0 <= left < right <= 224 and 0 <= top < bottom <= 224
        assert set(row["target_words"]) <= set(row["page_text"].split())
    return len(dataset)


@pytest.mark.parametrize("draw", [text(lines=3, size=8), text(lines=40), big_word])
@pytest.mark.parametrize("size", [(420.0, 595.0), (110.0, 560.0)])
def test_odd_pages_give_rows(tmp_path: Path, draw: Callable[[Any], None], size: tuple[float, float]) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(draw, size=size))
    if draw is big_word and size[0] < 200:
        assert "1 page: only hidden text" in refused(tmp_path / "a.pdf")
        return
    classes = dict.fromkeys(("select", "underline", "delete", "question"), 1.0)
    assert _drawn(rows(tmp_path / "a.pdf", gestures=classes)) == 5


@pytest.mark.parametrize("draw", [dots, text(size=3)])
def test_pages_with_nothing_to_aim_at_end_in_an_error(tmp_path: Path, draw: Callable[[Any], None]) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(draw))
    with pytest.raises(DrawError, match=r"row 0 of split train: .* no word to aim at on the page \(240\)"):
        _ = rows(tmp_path / "a.pdf")[0]


@pytest.mark.whole
def test_the_command_ends_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    command = [sys.executable, "-m", "synthink", "generate", "generator=gestures", "generator.documents.source=a.pdf"]
    done = subprocess.run([*command, "output=out"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and not done.stdout and not (tmp_path / "out").exists()
    assert done.stderr == "synthink: a.pdf: not a PDF: no %PDF- at its beginning\n"


FROM_FILES = (
    *("generator=gestures", "documents.source=files", "documents.strict=false", "picture_px=224"),
    *("splits.train=2", "splits.validation=1", "splits.test=1", "output=out"),
)


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a dataset `out` of the documents `files`; the command runs in it."""
    monkeypatch.chdir(folder.parent)
    assert run_command(["generate", *FROM_FILES]) == 0
    return folder.parent


def test_what_was_left_out_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder.parent)
    (folder / "bad.pdf").write_bytes(b"x")
    assert run_command(["generate", *FROM_FILES]) == 0
    told = capsys.readouterr().out
    assert "left out of documents: 1 file: not a PDF: no %PDF- at its beginning (files/bad.pdf)" in told


@pytest.mark.parametrize("moved", [True, False])
@pytest.mark.whole
def test_without_its_documents_a_dataset_is_shown_without_illustrations(
    here: Path, capsys: pytest.CaptureFixture[str], moved: bool
) -> None:
    if moved:
        shutil.move(here / "files", here / "elsewhere")
    else:
        (here / "files" / "0.pdf").write_bytes(pdf(text(9)))
    assert run_command(["preview", "dataset=out"]) == 0
    assert "sources=allow opens what it names" in capsys.readouterr().err
    assert run_command(["preview", "dataset=out", "sources=allow"]) == 0
    told = capsys.readouterr().err
    assert told.startswith("without illustrations: documents") and len(told.splitlines()) == 1
    assert str(here / "out" / "synthink.json") in told
    if moved:
        reason = r"'files'.*asked for by .*synthink\.json; a relative path starts at"
        assert run_command(["verify", "dataset=out", "sources=allow"]) == 3
        assert re.search(reason, capsys.readouterr().out)
        with pytest.raises(ConfigError, match=reason):
            run_command(["generate", "from=out", "output=again", "sources=allow"])


@pytest.mark.whole
def test_documents_that_changed_are_told_by_the_manifest(folder: Path, tmp_path: Path) -> None:
    before = Documents(source=str(folder)).open().record()
    assert before == Documents(source=str(folder)).open().record()
    (folder / "3.pdf").write_bytes(pdf(text(8)))
    after = Documents(source=str(folder)).open().record()
    assert {key for key in before if before[key] != after[key]} == {"fingerprint"}


def test_nothing_of_the_machine_is_told_in_public(folder: Path) -> None:
    opened = Documents(source=str(folder)).open()
    assert opened.record()["source"] == ["files"]
    assert str(folder.parent) not in json.dumps([opened.record(), [[p.name, p.document] for p in opened.pages]])
    told = {"dataset:/a/b": "dataset:b", "~/b.pdf": "b.pdf", "data/b": "data/b", "dataset:x/y": "dataset:x/y"}
    assert {source: public_name(source) for source in told} == told
    assert public_name("https://a.org/b") == "https://a.org/b"


@pytest.mark.whole
def test_no_document_is_in_two_splits_and_copies_are_one(folder: Path) -> None:
    shutil.copy(folder / "0.pdf", folder / "copy.pdf")
    seen: dict[str, set[str]] = {}
    for split in ("train", "validation", "test"):
        fields: Any = {"gestures": {"select": 1.0}, "documents": str(folder), "picture_px": 64}
        dataset = synthink.dataset("gestures", size=12, split=split, tasks={"detect_text": 0.0}, **fields)
        for row in dataset:  # type: ignore[attr-defined]
            seen.setdefault("0.pdf" if row["document"] == "copy.pdf" else row["document"], set()).add(split)
    assert len(seen) > 4 and all(len(splits) == 1 for splits in seen.values())


def lines_of(page: Page) -> list[str]:
    return [" ".join(page.words[a:b]) for a, b in zip(*(n.tolist() for n in page.line_words), strict=True)]


def test_what_is_left_out_of_a_pdf_parts_its_line() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    face = Fonts(source="extra", families=("DejaVu Sans",)).open().face("DejaVu Sans")
    pdfmetrics.registerFont(TTFont("Bad", io.BytesIO(face.data())))

    def draw(canvas: Any) -> None:
        canvas.setFont("Bad", 11)
        for number in range(6):
            middle = "\ufffd\ufffd" if number == 2 else "word"
            canvas.drawString(40, 500 - 15 * number, f"these are before {middle} and after it")

    skipped = Counter[str]()
    (page,) = read_pdf(pdf(draw), "a.pdf", skipped=skipped)
    whole = "these are before word and after it"
    assert skipped == {"word: unreadable text": 1}
    assert lines_of(page) == [whole] * 2 + ["these are before", "and after it"] + [whole] * 3
    assert len(page.paragraph_boxes) == 2


def test_what_is_left_out_of_a_page_folder_or_dataset_parts_its_line(tmp_path: Path) -> None:
    page = drawn_page("p", ("Latin words before then more words", "Second"))
    write_page_json(page, tmp_path / "p")
    file = tmp_path / "p" / "page.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    for element in content["elements"]:
        if element.get("text") == "before":
            element["text"] = "مرحبا"
    file.write_text(json.dumps(content), encoding="utf-8")
    skipped = Counter[str]()
    expected = ["Latin words", "then more words", "Second"]
    found = read_page_folder(tmp_path / "p", skipped=skipped)
    assert lines_of(found) == expected and found.line_paragraphs.tolist() == [0, 1, 2]
    datasets = pytest.importorskip("datasets")
    words = ["مرحبا" if word == "before" else word for word in page.words]
    image = {"bytes": (tmp_path / "p" / "background.png").read_bytes(), "path": None}
    row = {"image": [image], "words": [words], "boxes": [page.word_boxes.tolist()]}
    datasets.Dataset.from_dict(row).to_parquet(tmp_path / "a.parquet")
    (found,) = read_dataset(str(tmp_path / "a.parquet"), scale="pixels", most=5, skipped=skipped, budget=2**24)
    assert lines_of(found) == expected and skipped == {"words written from right to left": 2}


def test_a_dataset_without_rows_or_a_pipe_is_refused(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    empty = {"image": np.zeros((0, 1)).tolist(), "words": [], "boxes": []}
    datasets.Dataset.from_dict(empty).to_parquet(tmp_path / "a.parquet")
    assert refused(tmp_path / "a.parquet") == f"{tmp_path / 'a.parquet'}: has no rows"
    assert "1 file: has no rows" in refused(tmp_path / "a.parquet", strict=False)
    if hasattr(os, "mkfifo"):
        write_page_json(drawn_page(), tmp_path / "p")
        (tmp_path / "p" / "background.png").unlink()
        os.mkfifo(tmp_path / "p" / "background.png")
        assert "is no regular file" in refused(tmp_path / "p")


def test_a_file_without_permission_is_named(folder: Path) -> None:
    (folder / "0.pdf").chmod(0)
    if os.access(folder / "0.pdf", os.R_OK):
        pytest.skip("this user may read everything")
    assert refused(folder) == f"{folder / '0.pdf'}: cannot be read: Permission denied"


needs_browser = pytest.mark.skipif(not any(map(shutil.which, html.BROWSERS)), reason="no Chromium on this machine")

MIXED = """<!doctype html><meta charset="utf-8"><p>Latin <span dir="rtl">שלום</span> words inside مرحبا text and
<svg width="30" height="12"><rect width="30" height="12" fill="red"/></svg> a drawing</p><p>Last one</p>"""


@needs_browser
@pytest.mark.whole
def test_web_pages_that_are_none_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    pytest.importorskip("playwright")
    root = tmp_path / "site"
    root.mkdir()
    (tmp_path / "elsewhere.html").write_text("<p>words that lie elsewhere</p>", encoding="utf-8")
    (root / "link.html").symlink_to(tmp_path / "elsewhere.html")
    (root / "mixed.html").write_text(MIXED, encoding="utf-8")
    (root / "pdf.html").write_bytes(pdf(text()))
    (root / "binary.html").write_bytes(b"<p>words\0\0 and \xff\x80 zeros")
    (root / "empty.html").write_bytes(b"")
    (root / "broken.xhtml").write_text("<p>not closed", encoding="utf-8")
    (root / "drawing.xhtml").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    (root / "wide.html").write_bytes("<p>sixteen bits".encode("utf-16"))
    opened = Documents(source=str(root), strict=False).open()
    pages = {page.document: page for page in opened.pages}
    assert pages.keys() == {"link.html", "mixed.html", "wide.html"}
    assert lines_of(pages["mixed.html"]) == ["Latin", "words inside", "text and", "a drawing", "Last one"]
    assert lines_of(pages["wide.html"]) == ["sixteen bits"]
    skipped = {reason: n for reason, n in opened.record()["skipped"].items() if reason.startswith("files")}
    assert skipped == {
        "files: is no text, hence no web page": 2,
        "files: is empty": 1,
        "files: is no well-formed web page": 2,
    }
    with pytest.raises(SynthinkError) as error:
        Documents(source=str(root)).open()
    remedy = "documents.strict=false leaves such files out"
    assert str(error.value) == f"{root / 'binary.html'}: is no text, hence no web page; {remedy}"
