"""Pages on the disk: the same as those that were made, made once for all processes, and none that is damaged."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from synthink.assets.fonts.fonts import Fonts
from synthink.documents.asset import Documents
from synthink.documents.page.model import Page
from synthink.documents.synthetic import store as store_module
from synthink.documents.synthetic.store import PageStore, cache_folder
from synthink.documents.synthetic.synthetic import synthetic_page


@pytest.fixture(scope="module")
def page() -> Page:
    return synthetic_page("synthetic-0-000003", fonts=Fonts().open().faces)


def never() -> Page:
    raise AssertionError("the page was made again")


def page_files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.name.isdigit()]


def assert_same(one: Page, other: Page) -> None:
    for item in fields(Page):
        first, second = getattr(one, item.name), getattr(other, item.name)
        if item.name == "raster":
            first, second = first.pixels(), second.pixels()
        if isinstance(first, np.ndarray):
            assert first.dtype == second.dtype, item.name
            np.testing.assert_array_equal(first, second, item.name)
        else:
            assert first == second, item.name


def is_made(store: PageStore, page: Page, number: int = 0) -> bool:
    """Whether the store has the page made, which it gives in any case."""
    made = []

    def make() -> Page:
        made.append(number)
        return page

    assert_same(store.page(number, make), page)
    return bool(made)


def test_a_stored_page_is_the_page_that_was_made(tmp_path: Path, page: Page) -> None:
    assert is_made(PageStore(tmp_path, "a"), page, 3)
    assert_same(PageStore(tmp_path, "a").page(3, never), page)
    crop = PageStore(tmp_path, "a").page(3, never).raster.region(100, 50, 400, 300)
    np.testing.assert_array_equal(crop, page.raster.region(100, 50, 400, 300))


@pytest.mark.parametrize("place", [0, 8, 20, 0.01, 0.3, -1], ids=str)
def test_a_damaged_page_is_made_again(tmp_path: Path, page: Page, place: float) -> None:
    PageStore(tmp_path, "a").page(0, lambda: page)
    (file,) = page_files(tmp_path)
    content = bytearray(file.read_bytes())
    content[int(place * len(content)) if 0 < place < 1 else int(place)] ^= 1
    for damaged in (bytes(content), bytes(content[: len(content) // 2]), b""):
        file.write_bytes(damaged)
        assert is_made(PageStore(tmp_path, "a"), page)
        assert_same(PageStore(tmp_path, "a").page(0, never), page)


def test_a_link_is_not_followed(tmp_path: Path, page: Page) -> None:
    PageStore(tmp_path / "pages", "a").page(0, lambda: page)
    (file,) = page_files(tmp_path)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert is_made(PageStore(tmp_path / "pages", "a"), page)


def test_what_shapes_a_page_is_in_its_key(tmp_path: Path, page: Page) -> None:
    PageStore(tmp_path, "a").page(0, lambda: page)
    with pytest.raises(AssertionError, match="made again"):
        PageStore(tmp_path, "b").page(0, never)
    usual = Documents(cache=str(tmp_path / "documents"), count=2)
    for documents in (usual, Documents(cache=usual.cache, count=3)):  # how many there are shapes none of them
        list(documents.open().pool(None, lambda group: True))
    folders = {file.parent for file in page_files(tmp_path / "documents")}
    assert len(folders) == 1
    for other in (Documents(cache=usual.cache, count=1, seed=1), Documents(cache=usual.cache, count=1, dpi=72)):
        next(iter(other.open().pool(None, lambda group: True)))
    assert len({file.parent for file in page_files(tmp_path / "documents")}) == 3


def _make_pages(folder: Path, made: Path, page: Page) -> None:
    """Ask for ten pages, and note each that is made."""

    def make() -> Page:
        time.sleep(0.02)
        with made.open("a") as file:
            file.write("x")
        return page

    store = PageStore(folder, "a")
    for number in range(10):
        store.page(number, make)


def _make_for_ever(folder: Path) -> None:
    PageStore(folder, "a").page(0, lambda: time.sleep(60))  # type: ignore[arg-type, return-value]


def _started(target: Callable[..., None], *arguments: object) -> object:
    process = get_context("fork").Process(target=target, args=arguments)
    process.start()
    return process


def test_processes_make_each_page_once(tmp_path: Path, page: Page) -> None:
    processes = [_started(_make_pages, tmp_path / "pages", tmp_path / "made", page) for _ in range(6)]
    for process in processes:
        process.join(60)  # type: ignore[attr-defined]
    assert (tmp_path / "made").read_text() == "x" * 10
    assert len(page_files(tmp_path)) == 10 == len(list((tmp_path / "pages").glob("*/*"))) - 1


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, page: Page) -> None:
    process = _started(_make_for_ever, tmp_path)
    while not list(tmp_path.glob("*/lock")):
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)  # type: ignore[attr-defined]
    process.join()  # type: ignore[attr-defined]
    started = time.monotonic()
    assert is_made(PageStore(tmp_path, "a"), page)
    assert time.monotonic() - started < store_module.PATIENCE_S / 2


def test_the_pages_used_least_recently_go_first(tmp_path: Path, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, key in enumerate(("oldest", "older", "newest")):
        store = PageStore(tmp_path, key)
        store.page(0, lambda: page)
        os.utime(store.folder, (number, number))
    size = page_files(tmp_path)[0].stat().st_size
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/data").write_bytes(bytes(3 * size))
    monkeypatch.setattr(store_module, "MOST_BYTES", int(2.5 * size))
    assert_same(PageStore(tmp_path, "older").page(0, never), page)
    with pytest.raises(AssertionError, match="made again"):
        PageStore(tmp_path, "oldest").page(0, never)
    monkeypatch.setattr(store_module, "MOST_BYTES", size // 2)
    PageStore(tmp_path, "another").page(0, lambda: page)
    PageStore(tmp_path, "full").page(0, lambda: page)
    PageStore(tmp_path, "full").page(1, lambda: page)
    assert len(page_files(tmp_path)) <= 1
    assert (tmp_path / "thesis/data").exists(), "it is no key's folder"


def test_pages_are_made_where_no_file_can_be_written(tmp_path: Path, page: Page) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert is_made(PageStore(tmp_path / "file", "a"), page)
    assert cache_folder("off") is None


def test_no_manifest_names_the_folder_and_none_that_was_received_chooses_it(tmp_path: Path) -> None:
    documents = Documents(cache=str(tmp_path / "chosen"), count=1)
    assert "cache" not in documents.plain()
    received = Documents.build({**documents.plain(), "cache": str(tmp_path / "chosen")}).open_received()
    next(iter(received.pool(None, lambda group: True)))
    assert not (tmp_path / "chosen").exists()
