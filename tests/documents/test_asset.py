"""Documents as an asset: sources, splits, memory, and what is told of them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from synthink import plugins
from synthink.documents.asset import Documents
from synthink.documents.page.model import DocumentError
from synthink.documents.sources.page_json.folder import write_page_json
from synthink.documents.sources.source import find_source, load_source
from synthink.documents.synthetic.pages import SyntheticPages
from synthink.errors import ConfigError
from synthink.splits import Shares, divide
from synthink.streams import StreamKey
from tests.page_makers import drawn_page

PDF = b"%PDF-1.4 this is no PDF\n%%EOF\n"


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Eight page folders; `copy` has the text of `page0`."""
    root = tmp_path / "pages"
    for number in range(7):
        write_page_json(drawn_page("p", (f"Page number {number} of all", "The end")), root / f"page{number}")
    write_page_json(drawn_page("p", ("Page number 0 of all", "The end"), picture=False), root / "copy")
    return root


def stream(number: int) -> Any:
    return StreamKey("documents").stream(number, "pick")


def test_synthetic_pages_depend_on_their_name_alone() -> None:
    spec = Documents(count=4)
    one, two = spec.open(), spec.open()
    drawn = [one.pool(None, None).draw(stream(number)) for number in range(24)]
    again = [two.pool(None, None).draw(stream(number)) for number in reversed(range(24))][::-1]
    for first, second in zip(drawn, again, strict=True):
        assert first.name == second.name and first.words == second.words
        assert (first.raster.pixels() == second.raster.pixels()).all()
    assert len({page.name for page in drawn}) == 4
    assert drawn[0].document in (one.groups() or ())
    assert one.record() == two.record()
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_the_record_tells_of_all_that_shapes_synthetic_pages() -> None:
    records = [
        Documents(**fields).open().record()
        for fields in (
            {"count": 4},
            {"count": 5},
            {"count": 4, "seed": 1},
            {"count": 4, "dpi": 120},
            {"count": 4, "layouts": ["letter"]},
            {"count": 4, "fonts": {"bold": False}},
        )
    ]
    assert len({record["fingerprint"] for record in records}) == len(records)
    assert records[0]["documents"] == records[0]["pages"] == 4
    assert "CC0-1.0" in records[0]["licences"] and len(records[0]["licences"]) > 1


def test_memory_for_synthetic_pages_is_bounded() -> None:
    opened = Documents(count=12, cache_mb=1, layouts=["novel", "letter"]).open()
    pool, pages = opened.pool(None, None), opened.factories[0]
    assert isinstance(pages, SyntheticPages)
    first = {number: pool.draw(stream(number)).words for number in range(16)}
    assert pages._bytes <= 2**20
    assert 1 <= len(pages._pages) < 12
    assert {number: pool.draw(stream(number)).words for number in range(16)} == first


def test_a_thousand_train_rows_have_500_documents() -> None:
    groups = [f"synthetic-0-{number:06}" for number in range(Documents().count)]
    own = sorted(divide(groups, "documents", Shares(), 0)["train"])
    assert len({stream(number).choice(own) for number in range(1000)}) >= 500


def test_layouts_are_chosen_by_name() -> None:
    pool = Documents(count=3, layouts=["letter"]).open().pool(None, None)
    assert {pool.draw(stream(number)).about["layout"] for number in range(6)} == {"letter"}
    with pytest.raises(ConfigError, match=r"layouts\[1\]='lettter'.*did you mean letter"):
        Documents(layouts=["letter", "lettter"]).open()


def test_copies_of_a_page_are_in_one_split(folders: Path) -> None:
    opened = Documents(source=str(folders)).open()
    groups = opened.groups()
    assert groups is not None and len(groups) == 7 and len(opened.pages) == 8
    parts = divide(groups, opened.kind, Shares(), 0)
    pools = {split: opened.pool(own, None) for split, own in parts.items()}
    every = [name for pool in pools.values() for name in pool.documents]
    assert sorted(every) == sorted({page.name for page in opened.pages})
    for pool in pools.values():
        assert ("copy" in pool.documents) == ("page0" in pool.documents)
        assert {pool.draw(stream(number)).name for number in range(60)} == pool.documents
    renamed = folders.rename(folders.parent / "other")
    (renamed / "page3").rename(renamed / "zzz")
    assert Documents(source=str(renamed)).open().groups() == groups


def test_the_fingerprint_follows_the_pictures(folders: Path) -> None:
    one = Documents(source=str(folders)).open().record()
    (folders / "copy" / "background.png").write_bytes((folders / "page1" / "background.png").read_bytes())
    two = Documents(source=str(folders)).open().record()
    assert one["fingerprint"] != two["fingerprint"]
    assert one["pages"] == one["documents"] == 8 and one["groups"] == 7 and one["licences"] == ["unknown"]


def test_several_sources_are_one_pool(folders: Path) -> None:
    given: Any = ["synthetic", folders, folders / "page1"]
    opened = Documents(source=given, count=3).open()
    assert opened.record()["documents"] == 12
    pool = opened.pool(None, None)
    assert {"page1", "page1~2", "synthetic-0-000001"} <= pool.documents
    assert {pool.draw(stream(number)).document for number in range(200)} == pool.documents


@pytest.mark.heavy
@pytest.mark.whole
def test_a_file_that_cannot_be_read_is_refused_or_counted(folders: Path) -> None:
    (folders / "page2" / "page.json").write_text("{", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"page2.page\.json, offset 1: is no JSON"):
        Documents(source=str(folders)).open()
    record = Documents(source=str(folders), strict=False).open().record()
    assert record["pages"] == 7
    assert [reason for reason in record["skipped"] if "is no JSON" in reason and str(folders) not in reason]
    (folders / "only").mkdir()
    (folders / "only" / "a.pdf").write_bytes(PDF)
    with pytest.raises(DocumentError, match=r"a\.pdf"):
        Documents(source=str(folders / "only")).open()
    with pytest.raises(ConfigError, match=r"holds no page that can be used .1 file: "):
        Documents(source=str(folders / "only"), strict=False).open()


def test_pages_from_outside_are_bounded(folders: Path) -> None:
    assert len(Documents(source=str(folders), most=3).open().pages) == 3
    spec = Documents(source=str(folders), cache_mb=1)
    object.__setattr__(spec, "cache_mb", 0.01)
    with pytest.raises(ConfigError, match=r"cache_mb=0\.01.*raise it, or read fewer"):
        spec.open()


def test_pages_without_anything_are_skipped(folders: Path) -> None:
    write_page_json(drawn_page("p", (), picture=False), folders / "empty")
    assert Documents(source=str(folders)).open().record()["skipped"] == {"pages without words and pictures": 1}
    with pytest.raises(ConfigError, match=r"no page that can be used .1 page without words and pictures"):
        Documents(source=str(folders / "empty")).open()


@pytest.mark.heavy
@pytest.mark.whole
def test_a_pdf_is_read(tmp_path: Path) -> None:
    from synthink.assets.fonts.fonts import Fonts
    from tests.documents.synthetic.pdf import synthetic_pdf

    for number in range(2):
        _, data = synthetic_pdf(f"d{number}", Fonts().open().faces)
        (tmp_path / f"d{number}.pdf").write_bytes(data)
    opened = Documents(source=str(tmp_path)).open()
    assert {page.document for page in opened.pages} == {"d0.pdf", "d1.pdf"}
    one = Documents(source=str(tmp_path / "d0.pdf"), dpi=144).open().pages[0]
    assert one.size_px[0] == pytest.approx(1.5 * opened.pages[0].size_px[0], abs=2)


def kind_of(place: str) -> str:
    """The name of the source that a place belongs to."""
    source = type(find_source(place))
    return next(name for name in plugins.names(plugins.DOCUMENTS) if type(load_source(name)) is source)


def test_the_source_that_a_place_belongs_to(tmp_path: Path, folders: Path) -> None:
    assert kind_of("synthetic") == "synthetic"
    assert kind_of("dataset:nielsr/funsd") == kind_of("dataset:a.pdf") == "dataset"
    assert kind_of("https://en.wikipedia.org/wiki/Ink") == kind_of("HTTP://a.org/b.pdf") == "html"
    assert kind_of(str(folders)) == kind_of(str(folders / "copy")) == "pages"
    assert kind_of("a.PDF") == "pdf" and kind_of("a.htm") == "html" and kind_of("a.parquet") == "dataset"
    (tmp_path / "mixed" / "sub").mkdir(parents=True)
    (tmp_path / "mixed" / "sub" / "a.pdf").write_bytes(PDF)
    assert kind_of(str(tmp_path / "mixed")) == "pdf"
    (tmp_path / "mixed" / "b.html").write_text("<p>b", encoding="utf-8")
    with pytest.raises(ConfigError, match="can be read as html or pdf; say which with kind"):
        find_source(str(tmp_path / "mixed"))
    write_page_json(drawn_page(), tmp_path / "mixed" / "page")
    assert kind_of(str(tmp_path / "mixed")) == "pages"
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"no file, folder .*dataset, html, pages, pdf, synthetic.*dataset:NAME"):
        find_source(str(tmp_path / "empty"))
    with pytest.raises(ConfigError, match="did you mean synthetic"):
        find_source("syntetic")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": ()}, "names no documents"),
        ({"source": ["synthetic", "synthetic"]}, "names a source twice"),
        ({"source": "a.pdf", "kind": "synthetic"}, "kind='synthetic'"),
        ({"kind": "pdfs"}, "did you mean pdf"),
        ({"dpi": 4}, "dpi=4"),
        ({"count": 0}, "count=0"),
    ],
)
def test_configurations_that_cannot_be_meant_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Documents(**fields)


def test_a_split_without_documents_says_so(folders: Path) -> None:
    with pytest.raises(ConfigError, match="owns no documents"):
        Documents(source=str(folders)).open().pool(frozenset(), None)


@pytest.mark.whole
def test_a_source_without_pages_costs_itself(folders: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"x")
    sources = (str(tmp_path / "bad.pdf"), str(folders / "page1"))
    documents = Documents(source=sources, strict=False).open()
    assert len(documents.pages) == 1 and documents.left_out.names == {"bad.pdf": "not a PDF: no %PDF- at its beginning"}
    with pytest.raises(DocumentError, match="not a PDF"):
        Documents(source=sources).open()
