"""The folder of an export while it is made: what is asked for, what is done, and what goes on after a kill.

`.synthink/request.json` says what is asked for, `.synthink/parts/` holds a record of each shard that is done, and its
lines. `export.json` comes last: where it is, the export is complete. Nothing is removed but what this writes there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthink.build.shard import TEMPORARY, name_shard
from synthink.confined import make_folder_inside, names_inside, read_inside, remove_inside
from synthink.core.left_out import LeftOut
from synthink.errors import OutputError
from synthink.exports.base import Lines, Part
from synthink.files import sync_folder, sync_tree, write_inside
from synthink.owned_folder import SHOWN_CHANGES, WORK, OwnedFolder, differences, removed_if_empty

EXPORT = "export.json"
REQUEST, NEW_REQUEST, PARTS = "request.json", "request.json.new", "parts"
FORMAT_VERSION = 1
LARGEST_BYTES = 64 * 2**20


class ExportFolder(OwnedFolder):
    """A folder with an export, finished or not."""

    noun = "data export"
    known_names = (EXPORT,)
    work_names = (TEMPORARY, PARTS, NEW_REQUEST, REQUEST)
    fresh_names = (NEW_REQUEST,)
    survivors = "finished shards"

    def is_known(self) -> bool:
        return bool(self._read(EXPORT) or self._read(f"{WORK}/{REQUEST}"))

    def finished(self) -> dict[str, Any] | None:
        """The record of the export that is complete here; None where none is."""
        return self._read(EXPORT)

    @property
    def has_begun(self) -> bool:
        """Whether anything has got its name, or a shard is done."""
        place = f"{WORK}/{PARTS}"
        parts = names_inside(self.path, place, OutputError) if self.has(place) else ()
        return bool(parts) or any(entry.name != WORK for entry in self.path.iterdir())

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """The folder is this run's alone while the block runs; a run that has done nothing leaves nothing there.

        Yields and raises what `OwnedFolder.held` does.
        """
        with removed_if_empty(self.path), super().held() as is_ours:
            try:
                yield is_ours
            finally:
                if is_ours() and (self.has(EXPORT) or not self.has_begun):
                    self.remove_work()

    def begin(self, request: Mapping[str, Any]) -> None:
        """Write down what is asked for. Raises `OutputError` with the difference where something else was asked for
        before."""
        request = json.loads(json.dumps({"format_version": FORMAT_VERSION, **request}))
        earlier = self._read(EXPORT) or self._read(f"{WORK}/{REQUEST}")
        if earlier is None or not self.has_begun:
            write_inside(self.path, f"{WORK}/{REQUEST}", dump(request), by=f"{WORK}/{NEW_REQUEST}")
        elif changes := differences({name: earlier.get(name) for name in request}, request):
            listed = "; ".join(changes[:SHOWN_CHANGES])
            raise OutputError(f"{self.path}: holds another export ({listed}); remove it, or choose another output")

    @contextmanager
    def part(self, split: str, stem: str) -> Iterator[Part]:
        """A new part, whose files get their names when the block ends. One without rows has no files: readers would
        stumble over empty ones."""
        self._sweep()
        part = Part(split, stem, self.path / WORK / TEMPORARY)
        try:
            yield part
        finally:
            part.close()
        name = f"{split}-{stem}"
        for place, path in part.places.items() if part.rows else ():
            self._place(path, place)
        for lines, path in part.lines.items():
            self._place(path, f"{WORK}/{PARTS}/{name}.{lines}.jsonl")

    def note(self, part: Part, last_picture: str) -> dict[str, Any]:
        """Write the record of a part that is complete, and return it. last_picture: the digest of its last picture."""
        record = {"rows": part.rows, "lines": sorted(part.lines), "last_picture": last_picture}
        record |= part.left_out.record()
        name = f"{WORK}/{PARTS}/{part.split}-{part.stem}.json"
        write_inside(self.path, name, dump(record), by=f"{WORK}/{TEMPORARY}/record.json")
        return record

    def done(self, split: str, stem: str) -> dict[str, Any] | None:
        """The record of a part that an earlier run has completed; None where none has."""
        return self._read(f"{WORK}/{PARTS}/{split}-{stem}.json")

    def lines(self, split: str, records: Mapping[str, Mapping[str, Any]]) -> Lines:
        """The lines of a split. records: of its parts, by their stems, in order."""
        files: dict[str, list[Path]] = {}
        for stem, record in records.items():
            for name in record["lines"]:
                files.setdefault(name, []).append(self.path / WORK / PARTS / f"{split}-{stem}.{name}.jsonl")
        return Lines(files)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file, which may be larger than the memory, and give it its name when it is complete."""
        self._sweep()
        path = self.path / WORK / TEMPORARY / "file"
        with path.open("xb") as file:
            for piece in pieces:
                file.write(piece)
        self._place(path, name)

    def finish(self, record: Mapping[str, Any]) -> None:
        """The export is complete."""
        self._sweep()
        content = dump({"format_version": FORMAT_VERSION, **record})
        write_inside(self.path, EXPORT, content, by=f"{WORK}/{TEMPORARY}/{EXPORT}")

    def _sweep(self) -> None:
        """Make the folder of temporary files anew."""
        for name in (TEMPORARY, PARTS):
            if name == TEMPORARY:
                remove_inside(self.path, f"{WORK}/{name}", OutputError)
            make_folder_inside(self.path, f"{WORK}/{name}", OutputError)

    def _place(self, path: Path, name: str) -> None:
        sync_tree(path)
        name_shard(self.path, path.relative_to(self.path).as_posix(), name)
        sync_folder((self.path / name).parent)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            content = json.loads(read_inside(self.path, name, LARGEST_BYTES, OutputError))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            content = None
        is_record = name.startswith(f"{WORK}/{PARTS}/")
        if not isinstance(content, dict) or (not is_record and content.get("format_version") != FORMAT_VERSION):
            raise OutputError(f"{self.path / name}: is not a file of an export of this release; choose another output")
        return content


def merged(records: Iterable[Mapping[str, Any]]) -> LeftOut:
    """The sum of what was left out of all parts, by their records."""
    total = LeftOut()
    for record in records:
        part = LeftOut.of_record(record)
        for reason, count in part.counts.items():
            names = [name for name, why in part.names.items() if why == reason][:count]
            for name in names:
                total.note(reason, name)
            total.note(reason, count=count - len(names))
    return total


def dump(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
