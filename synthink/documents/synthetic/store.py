"""Synthetic pages on the disk: made once for all runs and all processes of a machine.

A page is a file in the folder of its key, the digest of all that shapes it, the code that sets and reads it included.
The file holds the page's arrays as they lie in memory, so that it is mapped instead of read and processes share it, and
a checksum: a file that is damaged, cut off or of another form is made again. Where files cannot be written, pages are
made whenever they are drawn.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import platform
import re
import stat
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from synthink.confined import names_inside, open_inside, remove_inside, rename_inside
from synthink.documents.page.model import Page
from synthink.documents.page.tiles import Raster
from synthink.documents.sources.places import AUTO, OFF
from synthink.errors import AssetError
from synthink.files import user_cache

FORM = 1
"""Raised whenever pages are stored in another way."""
MOST_BYTES = 2 * 2**30
"""The most that all pages on the disk take; the keys that were used least recently go first."""
LOOKED_AFTER = 64
"""Pages that a process writes before it looks again how much room is left."""
PATIENCE_S = 5.0
"""The longest time for which a process waits for another one that makes the page it needs."""
_KEY = re.compile("[0-9a-f]{32}")
_ALIGNED = 8
_SHAPING = ("assets", "documents", "draw", "streams.py")
"""The parts of synthink that shape a page."""
_INDICES = ("word_lines", "line_paragraphs")
_BOXES = (
    "word_boxes",
    "line_boxes",
    "paragraph_boxes",
    "image_boxes",
    "word_sources",
    "image_sources",
    "erased",
    "unread",
)
_ARRAYS = (*_INDICES, *_BOXES, "baselines")


def cache_folder(place: str) -> Path | None:
    """The folder for pages that `documents.cache` names; None where there is to be none.

    `auto` stands for the folder of the environment's `SYNTHINK_CACHE`, or else the user's cache folder.
    """
    return None if place == OFF else user_cache("pages", None if place == AUTO else place)


class PageStore:
    """The pages of one key in a folder.

    folder: the place of the pages of all keys. shaped_by: all that shapes the pages besides code and machine, in JSON
    types.
    """

    def __init__(self, folder: Path, shaped_by: Any) -> None:
        facts = [FORM, shaped_by, _code_digest(), np.__version__, platform.machine()]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
        self._all, self.folder = folder, folder / key
        self._lock: int | None = None
        self._written = 0
        self._has_room = False
        with suppress(OSError, AssetError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = open_inside(self.folder, "lock", os.O_RDWR | os.O_CREAT)
            os.utime(self.folder)
            self._make_room()

    def page(self, number: int, make: Callable[[], Page]) -> Page:
        """The page of that number, made and stored where it is not there."""
        if self._lock is None:
            return make()
        name = f"{number:06}"
        page = self._stored(name)
        if page is None:
            with self._alone_with(number):
                page = self._stored(name)  # another process may have made it meanwhile
                if page is None:
                    page = make()
                    self._store(name, page)
                    page = self._stored(name) or page  # whose memory other processes share
        return page

    def _stored(self, name: str) -> Page | None:
        """The page in a file; None where there is none that is whole."""
        with suppress(OSError, AssetError, ValueError, KeyError, TypeError):
            handle = open_inside(self.folder, name)
            try:
                content = memoryview(mmap.mmap(handle, 0, access=mmap.ACCESS_READ))
            finally:
                os.close(handle)
            return _unpacked(content)
        return None

    def _store(self, name: str, page: Page) -> None:
        """Write a page's file under a temporary name, and give it its own. A cache is not worth a flush to the disk:
        the checksum tells what a crash left half-written."""
        if self._written % LOOKED_AFTER == LOOKED_AFTER - 1:
            self._make_room()
        self._written += 1
        if not self._has_room:
            return
        with suppress(OSError, AssetError):
            handle, temporary = tempfile.mkstemp(dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(_packed(page))
                rename_inside(self.folder, Path(temporary).name, name)
            except BaseException:
                remove_inside(self.folder, Path(temporary).name)
                raise

    def _make_room(self) -> None:
        """Remove the pages of other keys, those that were used least recently first, until the rest is small enough."""
        self._has_room = False
        with suppress(OSError, AssetError):
            keys = filter(_KEY.fullmatch, names_inside(self._all.parent, self._all.name))
            taken = {key: _bytes_in(self._all / key) for key in keys}
            oldest = sorted(taken, key=lambda key: (self._all / key).stat().st_mtime_ns)
            total = sum(taken.values())
            for key in oldest:
                if total > MOST_BYTES and key != self.folder.name:
                    remove_inside(self._all, key)
                    total -= taken[key]
            self._has_room = total <= MOST_BYTES

    @contextmanager
    def _alone_with(self, number: int) -> Iterator[None]:
        """Hold the lock of a page's number against other processes, whose locks end with them. One that takes too long
        is not waited for: a page that is made twice is the same page."""
        import fcntl

        assert self._lock is not None
        give_up = time.monotonic() + PATIENCE_S
        holds = False
        while not holds and time.monotonic() < give_up:
            try:
                fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                holds = True
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:  # a file system without locks
                break
        try:
            yield
        finally:
            if holds:
                fcntl.lockf(self._lock, fcntl.LOCK_UN, 1, number)


def _packed(page: Page) -> list[bytes | memoryview]:
    """The parts of a page's file: checksum of the rest, length of the head, head (JSON), arrays, tiles of the
    picture; each begins at a multiple of eight bytes."""
    arrays = [np.ascontiguousarray(getattr(page, name)) for name in _ARRAYS]
    tiles = page.raster.tiles
    starts = accumulate((len(data) for row in tiles for data, _ in row), initial=0)
    head = {
        "facts": [page.name, page.document, page.words, page.about, page.is_proved],
        "shapes": [array.shape for array in arrays],
        "size_px": page.raster.size_px,
        "tiles": [[[next(starts), len(data), coloured] for data, coloured in row] for row in tiles],
    }
    text = json.dumps(head).encode("ascii")
    parts: list[bytes | memoryview] = [len(text).to_bytes(8, "little"), text, *(array.tobytes() for array in arrays)]
    parts = [piece for part in parts for piece in (part, bytes(-len(part) % _ALIGNED))]
    parts += [data for row in tiles for data, _ in row]
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    return [checksum.to_bytes(8, "little"), *parts]


def _unpacked(content: memoryview) -> Page:
    """The page of a file. Raises `ValueError`, `KeyError` or `TypeError` for what `_packed` did not write."""
    if zlib.crc32(content[8:]) != int.from_bytes(content[:8], "little"):
        raise ValueError("the checksum is another")
    start = 16
    stop = start + int.from_bytes(content[8:16], "little")
    head = json.loads(bytes(content[start:stop]))
    arrays: dict[str, Any] = {}
    for name, shape in zip(_ARRAYS, head["shapes"], strict=True):
        start = stop + -stop % _ALIGNED
        stop = start + 8 * math.prod(shape)
        kind = np.intp if name in _INDICES else np.float64
        arrays[name] = np.frombuffer(content[start:stop], dtype=kind).reshape(shape)
    rest = content[stop + -stop % _ALIGNED :]
    rows = [tuple((rest[start : start + length], coloured) for start, length, coloured in row) for row in head["tiles"]]
    name, document, words, about, is_proved = head["facts"]
    return Page(
        name=name,
        document=document,
        size_px=tuple(head["size_px"]),
        words=tuple(words),
        raster=Raster(tuple(head["size_px"]), tuple(rows)),
        highlights=("",) * len(words),
        about=about,
        is_proved=is_proved,
        **arrays,
    )


@cache
def _code_digest() -> str:
    """The digest of the code that sets pages and reads them."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for part in _SHAPING:
        for file in sorted([root / part] if part.endswith(".py") else (root / part).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _bytes_in(folder: Path) -> int:
    """The bytes of all files in a folder."""
    with os.scandir(folder) as entries:
        statuses = [entry.stat(follow_symlinks=False) for entry in entries]
    return sum(status.st_size for status in statuses if stat.S_ISREG(status.st_mode))
