"""Files are opened inside one folder and nowhere else, with the system's handles and without them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from synthink import confined
from synthink.confined import (
    file_inside,
    kind_inside,
    make_folder_inside,
    names_inside,
    open_inside,
    read_inside,
    remove_inside,
    rename_inside,
)
from synthink.errors import OutputError


@pytest.fixture(params=[True, False], ids=["handles", "paths"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file and a folder in it; beside it another one, to which nothing leads."""
    monkeypatch.setattr(confined, "_HAS_HANDLES", request.param and confined._HAS_HANDLES)
    (tmp_path / "inside" / "data").mkdir(parents=True)
    (tmp_path / "inside" / "data" / "file").write_bytes(b"ours")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"theirs")
    return tmp_path / "inside"


def outside(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.with_name("outside").iterdir()}


def test_files_inside_are_read_and_listed(folder: Path) -> None:
    assert read_inside(folder, "data/file", 4) == b"ours"
    with file_inside(folder, "data/file") as file:
        assert file.read() == b"ours"
    assert (kind_inside(folder, "data"), kind_inside(folder, "data/file")) == ("folder", "file")
    assert kind_inside(folder, "data/nothing") is kind_inside(folder, "no/thing") is None
    assert names_inside(folder, "data") == ["file"]
    with pytest.raises(FileNotFoundError) as caught:
        read_inside(folder, "data/nothing", 4)
    assert caught.value.filename == str(folder / "data" / "nothing")


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    link = folder.with_name("link")
    link.symlink_to(folder)
    assert read_inside(link, "data/file", 4) == b"ours"


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "/etc/passwd", "../outside/file", "data/../../outside/file", "data/./file", "data//file"),
        *("data/", "C:\\x", "C:x", "data\\file", "\\\\host\\share", "a\0b", "\ud800", "../" * 40 + "etc/passwd"),
    ],
)
def test_names_that_leave_the_folder_are_refused(folder: Path, name: str) -> None:
    for call in CALLS:
        with pytest.raises(OutputError, match="is no name of a file inside"):
            call(folder, name)


def test_any_other_name_is_a_name(folder: Path) -> None:
    for name in ["übung 漢", "a'b\"c", "...", "-x", "~", "$HOME", "\udcff", "a\nb"]:
        (folder / name).write_bytes(b"x")
        assert read_inside(folder, name, 1) == b"x"


CALLS: list[Callable[[Path, str], object]] = [
    lambda folder, name: open_inside(folder, name, error=OutputError),
    lambda folder, name: open_inside(folder, name, os.O_RDWR | os.O_CREAT, OutputError),
    lambda folder, name: open_inside(folder, name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OutputError),
    lambda folder, name: file_inside(folder, name, OutputError),
    lambda folder, name: read_inside(folder, name, 100, OutputError),
    lambda folder, name: kind_inside(folder, name, OutputError),
    lambda folder, name: make_folder_inside(folder, f"{name}/x", OutputError),
    lambda folder, name: names_inside(folder, name, OutputError),
]


@pytest.mark.parametrize("target", ["../outside/file", "../outside/nothing", "data/file", "link", "/dev/zero"])
def test_links_are_refused(folder: Path, target: str) -> None:
    (folder / "link").symlink_to(target)
    for call in CALLS:
        with pytest.raises(OutputError, match="inside/link: is a link"):
            call(folder, "link")
    remove_inside(folder, "link")
    assert sorted(path.name for path in folder.iterdir()) == ["data"]
    assert outside(folder) == {"file": b"theirs"}


def test_a_link_on_the_way_is_refused(folder: Path) -> None:
    (folder / "link").symlink_to("../outside")
    for call in [*CALLS, lambda folder, name: remove_inside(folder, name, OutputError)]:
        for name in ("link/file", "link/new"):
            with pytest.raises(OutputError, match="inside/link: is a link"):
                call(folder, name)
    for old, new in [("data/file", "link/file"), ("link/file", "data/new")]:
        with pytest.raises(OutputError, match="inside/link: is a link"):
            rename_inside(folder, old, new, OutputError)
    assert outside(folder) == {"file": b"theirs"}


def test_pipes_sockets_and_devices_are_refused_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    for name in ("pipe", "socket"):
        for call in CALLS:
            with pytest.raises(OutputError, match=f"inside/{name}: is a pipe, a socket or a device"):
                call(folder, name)
        remove_inside(folder, name)
    for call in CALLS[:5]:
        with pytest.raises(OutputError, match=r"null: is a pipe, a socket or a device"):
            call(Path("/dev"), "null")


def test_too_large_files_and_folders_are_refused(folder: Path) -> None:
    with pytest.raises(OutputError, match=r"data/file: has more than 3 bytes"):
        read_inside(folder, "data/file", 3, OutputError)
    with (folder / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(OutputError, match=r"has more than 1,048,576 bytes"):
        read_inside(folder, "sparse", 1 << 20, OutputError)
    with pytest.raises(OutputError, match="inside/data: is a folder, where a file is wanted"):
        read_inside(folder, "data", 3, OutputError)
    with pytest.raises(OutputError, match="file: is a file, where a folder is wanted"):
        read_inside(folder, "data/file/x", 3, OutputError)


def test_nothing_is_written_into_a_file_with_a_second_name(folder: Path) -> None:
    (folder / "lock").hardlink_to(folder.with_name("outside") / "file")
    for flags in (os.O_RDWR, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, os.O_WRONLY | os.O_APPEND):
        with pytest.raises(OutputError, match="lock: has a second name"):
            open_inside(folder, "lock", flags, OutputError)
    assert read_inside(folder, "lock", 10) == b"theirs"


def test_a_file_is_written_where_it_is_named(folder: Path) -> None:
    make_folder_inside(folder, "a/b")
    handle = open_inside(folder, "a/b/new", os.O_WRONLY | os.O_CREAT)
    os.write(handle, b"long text")
    os.close(handle)
    handle = open_inside(folder, "a/b/new", os.O_WRONLY | os.O_TRUNC)
    os.write(handle, b"text")
    os.close(handle)
    rename_inside(folder, "a/b/new", "data/file")
    assert (folder / "data" / "file").read_bytes() == b"text"
    assert not list((folder / "a" / "b").iterdir())


def test_a_folder_is_removed_with_what_is_in_it_and_not_what_it_leads_to(folder: Path) -> None:
    (folder / "data" / "link").symlink_to("../../outside")
    remove_inside(folder, "data")
    remove_inside(folder, "data")
    assert not list(folder.iterdir())
    assert outside(folder) == {"file": b"theirs"}


def test_no_handle_stays_open(folder: Path) -> None:
    (folder / "link").symlink_to("../outside")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for name in ("data", "link", "data/file", "link/file", "nothing", "../x"):
        for call in CALLS[4:6]:
            with suppress(OutputError, FileNotFoundError):
                call(folder, name)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
