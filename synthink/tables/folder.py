"""A folder of somebody's rows, looked through before `datasets` opens it.

`datasets` follows links and addresses, unpacks archives, and takes the memory that files ask for. So whatever it would
read is checked here: plain files inside the folder, in formats whose readers have bounds. Nobody is expected to change
the folder in between.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from synthink.confined import file_inside, read_inside
from synthink.errors import AssetError, quoted
from synthink.tables.arrow import ArrowTable
from synthink.tables.bounds import DEEPEST
from synthink.tables.card import LARGEST_CARD, bounded_yaml, front_matter
from synthink.tables.json_lines import LARGEST_LINE, lines, read_json_lines
from synthink.tables.parquet import ParquetTable
from synthink.tables.tar import check_tar

MOST_FILES = 2_000_000
CARDS = ("README.md", ".huggingface.yaml")
"""The files in which `datasets` looks for the names of other files."""
HIDDEN = (".", "__")
"""Beginnings of names that are not checked, since `datasets` reads such files only where something names them: that is
refused."""
_HEADS = (".parquet", ".geoparquet", ".gpq"), (".jsonl", ".ndjson"), (".csv", ".tsv", ".txt")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_NO_ROWS = ("", ".md", ".yaml", ".yml", ".html", ".css", ".cff", ".bib", ".license", ".gitattributes", ".lock", ".log")
"""Files that stand beside the rows and that no reader of rows opens."""


def load_folder(folder: Path) -> Any:
    """Load a folder with `datasets`, or what it has saved there. `AssetError` says why it cannot."""
    import datasets

    state = check_folder(folder)
    is_saved = any((folder / name).exists() for name in ("dataset_dict.json", "state.json"))
    _reject_name(folder, is_saved)
    datasets.disable_progress_bars()
    try:
        if is_saved:
            return datasets.load_from_disk(str(folder))
        # What `datasets` has cached it knows again by the folder's name and card alone, whatever the rows are by now.
        return datasets.load_dataset(str(folder), cache_dir=f"{datasets.config.HF_DATASETS_CACHE}/synthink-{state}")
    except Exception as error:  # noqa: BLE001 - what a folder holds can fail in every reader of `datasets`
        raise AssetError(f"{folder}: `datasets` cannot read it: {_first_line(error)}") from None


def _reject_name(folder: Path, is_saved: bool) -> None:
    """Raise `AssetError` for a name that `datasets` cannot take: one that is no UTF-8, or one that it takes for a
    pattern, by which it would read other folders' files, or none."""
    name = str(folder)
    if any("\udc80" <= char <= "\udcff" for char in name):
        raise AssetError(f"{folder}: its name is no UTF-8, which `datasets` cannot read; rename it to read its rows")
    odd = next((mark for mark in ("*", "?", "[", "]", "::", "://") if mark in name), "")
    if not odd and os.path.expandvars(name) != name:
        odd = "$"
    if odd and not is_saved:
        raise AssetError(
            f"{folder}: `datasets` takes the {quoted(odd)} in its name for a pattern; rename it to read its rows"
        )


def check_folder(folder: Path) -> str:
    """A digest of the folder's path and of its files' names, sizes and times.

    Raises `AssetError` naming the first file that must not be given to `datasets`, and why.
    """
    state = hashlib.sha256(os.fsencode(folder))
    for name in _files(folder):
        status = (folder / name).stat()
        state.update(f"\0{name}\0{status.st_size}\0{status.st_mtime_ns}".encode("utf-8", "surrogateescape"))
        check = _check_of(folder, name)
        if check is not None:
            with file_inside(folder, name) as file:
                check(file, str(folder / name))
    for name in CARDS:
        if (folder / name).exists():
            _check_card(read_inside(folder, name, LARGEST_CARD), folder / name)
    return state.hexdigest()[:16]


def _files(folder: Path) -> Iterator[str]:
    """The names of all files that a reader of rows could open; hidden ones are left out, as `datasets` does."""
    waiting, count = [""], 0
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.startswith(HIDDEN) and entry.name not in CARDS:
                    continue
                count += 1
                if count > MOST_FILES:
                    raise AssetError(f"{folder}: has more than {MOST_FILES:,} files")
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    waiting.append(f"{below}{entry.name}/")
                elif stat.S_ISREG(mode):
                    yield f"{below}{entry.name}"
                else:
                    kind = "a link" if stat.S_ISLNK(mode) else "a pipe, a socket or a device"
                    raise AssetError(f"{folder / below / entry.name}: is {kind}; copy the folder with: cp -rL")


def _check_of(folder: Path, name: str) -> Callable[[BinaryIO, str], object] | None:
    """The check of a file by its ending; None where its content does not matter before it is read."""
    suffix = Path(name).suffix.lower()
    parquet, json_lines, texts = _HEADS
    if suffix in parquet:
        return ParquetTable
    if suffix == ".arrow":
        return _check_arrow
    if suffix == ".tar":
        return check_tar
    if suffix in json_lines:
        return _check_json_lines
    if suffix == ".json":
        return _check_json
    if suffix in texts:
        return _check_lines
    if suffix in _PICTURES or suffix in _NO_ROWS:
        return None
    raise AssetError(f"{folder / name}: a file of this kind is not read from a dataset; unpack it, or take it away")


def _check_arrow(file: BinaryIO, name: str) -> None:
    for _ in ArrowTable(file, name).batches():
        pass


def _check_json_lines(file: BinaryIO, name: str) -> None:
    for _ in read_json_lines(file, name):
        pass


def _check_lines(file: BinaryIO, name: str) -> None:
    for _ in lines(file, name):
        pass


def _check_json(file: BinaryIO, name: str) -> None:
    """Rows in one JSON value, or what `datasets` and synthink write beside rows. Names in it stay in its folder."""
    if Path(name).name == "synthink.json":  # has bounds of its own
        return
    data = file.read(LARGEST_LINE + 1)
    if len(data) > LARGEST_LINE:
        raise AssetError(f"{name}: more than {LARGEST_LINE:,} bytes of JSON in one value")
    depth = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', data):
        depth += (bracket in b"[{") - (bracket in b"]}")
        if depth > DEEPEST:
            raise AssetError(f"{name}: nested more than {DEEPEST} deep")
    if Path(name).name in ("state.json", "dataset_dict.json"):
        _check_saved(data, name)


def _check_saved(data: bytes, name: str) -> None:
    """The files and splits of a folder that `save_to_disk` has written: names without a way elsewhere."""
    try:
        content = json.loads(data)
        files = content.get("_data_files", []) + content.get("_indices_data_files", [])
        names = [*(file["filename"] for file in files), *content.get("splits", [])]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssetError(f"{name}: is not as `datasets` writes it: {type(error).__name__}: {error}") from None
    for inner in names:
        if not isinstance(inner, str) or not inner or inner.startswith(HIDDEN) or {"/", "\\", ":", "\0"} & {*inner}:
            raise AssetError(f"{name}: {quoted(str(inner))} is no name of a file or folder beside it")


def _check_card(data: bytes, path: Path) -> None:
    """The places of data files that a card names: inside the folder, without addresses."""
    content = (bounded_yaml if path.suffix == ".yaml" else front_matter)(data, str(path))
    for place in _data_files(content):
        first, *others = place.replace("\\", "/").split("/")
        if ":" in first or "::" in place or {"..", "~"} & {first, *others} or not first:
            raise AssetError(f"{path}: names data files outside the folder: {quoted(place)}")
        if any(part.startswith(HIDDEN) and part != "." for part in (first, *others)):
            raise AssetError(f"{path}: names hidden data files, which are not read: {quoted(place)}")


def _data_files(content: Any, below: bool = False) -> Iterator[str]:
    """All texts below the keys `data_files` and `data_dir`, wherever they stand."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _data_files(value, below or key in ("data_files", "data_dir"))
    elif isinstance(content, list):
        for value in content:
            yield from _data_files(value, below)
    elif below and isinstance(content, str) and content:
        yield content


def _first_line(error: BaseException) -> str:
    """The first line of an error, and of the one that it hides."""
    if isinstance(error, IndexError):  # what `datasets` says of a folder that holds no file of rows
        return "has it any rows?"
    text = str(error).strip()
    cause = f"; {_first_line(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__}: {text.splitlines()[0] if text else 'no message'}{cause}"
