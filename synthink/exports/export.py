"""A dataset's folder becomes an export, shard after shard; the same call goes on after a kill."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink import plugins
from synthink.core.left_out import LeftOut
from synthink.errors import ConfigError, OutputError, SynthinkError, quoted
from synthink.files import user_path
from synthink.plugins import EXPORTS

if TYPE_CHECKING:
    from synthink.build.received import Code
    from synthink.exports.base import Export
    from synthink.exports.dataset import ExportedDataset, PictureRows
    from synthink.exports.folder import ExportFolder


@dataclass(frozen=True)
class ExportOutcome:
    """The outcome of an export.

    output: its folder. rows: split -> the rows that it holds. left_out: what it does not hold, by reason. reader: who
    reads it. was_there: whether it was complete before.
    """

    output: Path
    rows: Mapping[str, int]
    left_out: LeftOut = field(default_factory=LeftOut)
    reader: str = ""
    was_there: bool = False


def find_export(name: str) -> type[Export]:
    """The export of that name; `ConfigError` with the nearest names when there is none."""
    from synthink.exports.base import Export

    cls = plugins.load(EXPORTS, name)
    if not (isinstance(cls, type) and issubclass(cls, Export)):
        raise SynthinkError(f"export {quoted(name)}: {quoted(cls)} is not a subclass of synthink.exports.Export")
    return cls


def export(
    dataset: str | Path,
    format: str,
    output: str | Path,
    *,
    code: Code = "refuse",
    progress: bool = False,
    **settings: Any,
) -> ExportOutcome:
    """Export a finished dataset folder to a format that somebody else's trainer or loader reads.

    format: the name of the format, as in `messages`, `llava`, `coco`. settings: the format's. code: with "allow", the
    file of a generator that is not installed is run, when its digest is the manifest's. A call that was interrupted
    goes on from the finished shards when it is made again. Raises `ConfigError`, `AssetError` for a dataset that is
    none, or has a row that is not as its generator makes it, and `OutputError`.
    """
    from synthink.build.received import check_permission
    from synthink.exports.dataset import ExportedDataset
    from synthink.exports.folder import ExportFolder
    from synthink.progress import bar

    check_permission("code", code)
    form = find_export(format).build(settings)
    if not isinstance(output, str | os.PathLike) or not str(output):
        raise ConfigError("output", output, "must name a folder (one that is a number: ./7)")
    source = ExportedDataset(user_path(dataset).resolve(), code)
    folder = ExportFolder(Path(os.path.abspath(user_path(output, OutputError))))  # noqa: PTH100 - links stay
    if folder.path.resolve().is_relative_to(source.folder):
        raise ConfigError("output", str(output), "lies in the dataset's folder")
    form.prepare(source)
    request = {"format": format, "settings": form.plain(), "manifest": source.digest}
    with folder.held():
        folder.begin(request)
        was_there = folder.finished() is not None
        if not was_there:
            with bar(source.rows, "rows", progress, "exporting") as advance:
                _export(form, source, folder, request, advance)
        record = folder.finished() or {}
    return ExportOutcome(folder.path, record["splits"], LeftOut.of_record(record), form.reader, was_there)


def _export(
    form: Export,
    source: ExportedDataset,
    folder: ExportFolder,
    request: Mapping[str, Any],
    advance: Callable[[int], None],
) -> None:
    """With the lock held: export the shards that are missing, then what is about all of them."""
    from synthink.exports.dataset import picture_digest
    from synthink.exports.folder import merged
    from synthink.version import VERSION

    records: dict[str, dict[str, dict[str, Any]]] = {}
    for split in source.splits:
        shards, before = source.shards(split), ""
        for number, shard in enumerate(shards):
            stem = f"{number:05d}-of-{len(shards):05d}"
            record = folder.done(split, stem)
            if record is None:
                last = before

                def pictures(split: str = split, number: int = number, before: str = before) -> Iterator[PictureRows]:
                    nonlocal last
                    for picture in source.pictures(split, number, before):
                        yield picture
                        last = picture_digest(picture.data)

                with folder.part(split, stem) as part:
                    form.write(source, pictures(), part)
                record = folder.note(part, last)
            records.setdefault(split, {})[stem] = record
            before = record["last_picture"]
            advance(shard.rows)
    for split, parts in records.items():
        for name, pieces in form.files(source, split, folder.lines(split, parts)).items():
            folder.write(name, pieces)
    for name, pieces in form.common_files(source).items():
        folder.write(name, pieces)
    rows = {split: sum(record["rows"] for record in parts.values()) for split, parts in records.items()}
    left_out = merged(record for parts in records.values() for record in parts.values())
    about = {"synthink": VERSION, "generator": source.name, "licence": source.manifest.identity["licence"]}
    folder.finish({**request, **about, "splits": rows, **left_out.record()})
