"""Sources of documents as others bring them: by an entry point in a package of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synthink import plugins
from synthink.documents import Documents, read_documents
from synthink.errors import ConfigError, SynthinkError
from tests.plugin import unpacked

NOTES = '''
"""Notes: text files, a line of text a line of the page."""

from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synthink.documents import DocumentError, DocumentSource, Raster, files_at, make_page, match_by_suffix, usable_word

FONT = str(files("matplotlib") / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf")


class NotesSource(DocumentSource):
    """Text files, or a folder of them."""

    def matches(self, place):
        return match_by_suffix(place, (".note",))

    def read(self, place, collector, options):
        for path in files_at(place, (".note",)):
            try:
                page = self._page(path.name, path.read_text("utf-8"), collector.skipped)
            except UnicodeDecodeError:
                collector.record_rejection(DocumentError(f"{path}: is not UTF-8"), path)
                continue
            if not collector.add([page]):
                break

    def _page(self, name, text, skipped):
        picture = Image.new("L", (300, 200), 255)
        draw = ImageDraw.Draw(picture)
        words, boxes, lines, paragraphs = [], [], [], []
        for line in text.splitlines():
            for number, text in enumerate(line.split()):
                word, reason = usable_word(text)
                if reason:
                    skipped[reason] += 1
                    continue
                box = (10 + 60 * number, 10 + 30 * len(paragraphs), 65 + 60 * number, 35 + 30 * len(paragraphs))
                draw.text((box[0] + 2, box[1]), word, 0, ImageFont.truetype(FONT, 18))
                words.append(word)
                boxes.append(box)
                lines.append(len(paragraphs))
            paragraphs.append(0)
        return make_page(name, Raster.of(np.asarray(picture)), words, boxes, lines, paragraphs)
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str, str], None]]:
    """Installs a package with a source of documents: name, module, text, attribute."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def put(name: str, module: str, text: str, attribute: str) -> None:
        unpacked(site, name, module, text, attribute, "synthink.documents")
        plugins._entries.cache_clear()

    yield put
    plugins._entries.cache_clear()


@pytest.fixture
def notes(install: Callable[[str, str, str, str], None], tmp_path: Path) -> Path:
    """A folder of two notes, and the package that reads them."""
    install("notes", "synthink_notes", NOTES, "NotesSource")
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.note").write_text("Ink on\npaper", "utf-8")
    (folder / "b.note").write_text("More of it", "utf-8")
    return folder


def test_a_source_of_others_reads_what_is_its_own(notes: Path) -> None:
    assert [page.text for page in read_documents(notes)] == ["Ink on paper", "More of it"]
    assert [page.words for page in read_documents(notes / "b.note", kind="notes")] == [("More", "of", "it")]
    record = Documents(source=("synthetic", str(notes)), count=3).open().record()
    assert record["documents"] == 5 and record["source"] == ["synthetic", "notes"]


def test_a_source_of_others_is_bounded_and_counts_what_it_leaves_out(notes: Path) -> None:
    assert len(Documents(source=str(notes), most=1).open().pages) == 1
    (notes / "c.note").write_text("Latin مرحبا", "utf-8")
    (notes / "d.note").write_bytes(b"\xff")
    with pytest.raises(SynthinkError, match=r"d\.note: is not UTF-8"):
        Documents(source=str(notes)).open()
    record = Documents(source=str(notes), strict=False).open().record()
    assert record["skipped"] == {"files: is not UTF-8": 1, "words written from right to left": 1}
    assert record["left_out"] == {"notes/d.note": "is not UTF-8"} and record["pages"] == 3


def test_a_folder_of_two_kinds_of_files_asks_which(notes: Path) -> None:
    (notes / "a.pdf").write_bytes(b"%PDF-1.4 this is no PDF\n%%EOF\n")
    with pytest.raises(ConfigError, match="can be read as notes or pdf; say which with kind"):
        Documents(source=str(notes)).open()
    assert len(Documents(source=str(notes), kind="notes").open().pages) == 2


def test_broken_sources_break_nothing_else(
    install: Callable[[str, str, str, str], None], tmp_path: Path, notes: Path
) -> None:
    install("torn", "synthink_torn", "import no_such_module_anywhere", "Thing")
    install("other", "synthink_other", "class Thing: pass", "Thing")
    assert len(list(read_documents(notes))) == 2
    with pytest.raises(SynthinkError, match=r"'torn' of synthink-torn 1\.2\.3 cannot be loaded"):
        Documents(source=str(notes), kind="torn")
    with pytest.raises(SynthinkError, match=r"'other': .* is no subclass of synthink\.documents\.DocumentSource"):
        Documents(source=str(notes), kind="other")
    with pytest.raises(ConfigError, match="kind='nots': no such source of documents; did you mean notes"):
        Documents(source=str(notes), kind="nots")
