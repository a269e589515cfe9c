"""The user's own files in a manifest, which is published: by their names and digests, without the folders that they lie
in; and where such a file is looked for when the dataset is made again."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from synthink.core.generator import Generator
from synthink.errors import AssetError
from synthink.files import digest_inside, user_path

LARGEST, MOST_FILES = 256 * 2**20, 10_000
"""The most bytes of a file or folder whose digest a manifest has, and the most files of a folder."""
_PRIVATE = re.compile(r"([a-z]+:)?((?:/(?!/)|~).*)", re.DOTALL)
"""A path that says where somebody's files lie, also behind the word that says how it is read, as in `dataset:/a/b`."""


def places_of(*generators: Generator) -> list[str]:
    """The files, folders and addresses that generators name, each once."""
    specs = (spec for generator in generators for spec in generator.asset_fields().values())
    return list(dict.fromkeys(place for spec in specs for place in spec.outside()))


def texts_of(*generators: Generator) -> set[str]:
    """All texts that are values of fields."""
    texts, waiting = set[str](), [generator.plain() for generator in generators]
    while waiting:
        value: Any = waiting.pop()
        if isinstance(value, str):
            texts.add(value)
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value
    return texts


def public_names(places: Iterable[str], texts: Collection[str] = ()) -> dict[str, str]:
    """Path -> the end of it by which a manifest names it, for those that are absolute or begin at home: its last part,
    and more of them where others end alike, or where that is one of the texts in the configuration."""
    names: dict[str, str] = {}
    for place in places:
        match = _PRIVATE.fullmatch(place)
        if match is None or not matches(place):
            continue
        prefix, path = match[1] or "", match[2].rstrip("/")
        parts = path.split("/")
        ends = (prefix + "/".join(parts[-count:]) for count in range(1, len(parts) + 1))
        if end := next((end for end in ends if end and end not in {*names.values(), *texts}), ""):
            names[place] = end
    return names


def with_names(value: Any, names: Mapping[str, str]) -> Any:
    """A value of JSON types with names in place of paths, and of what begins with one of them: files of a folder."""
    if not names:
        return value
    if isinstance(value, str):
        for path, name in names.items():
            if value == path or value.startswith(f"{path.rstrip('/')}/"):
                return name + value[len(path.rstrip("/")) :]
        return value
    if isinstance(value, Mapping):
        return {with_names(key, names): with_names(item, names) for key, item in value.items()}
    return [with_names(item, names) for item in value] if isinstance(value, list | tuple) else value


def with_paths(value: Any, paths: Mapping[str, str]) -> Any:
    """A value of JSON types with paths in place of names, which keys are not."""
    if isinstance(value, str):
        return paths.get(value, value)
    if isinstance(value, dict):
        return {key: with_paths(item, paths) for key, item in value.items()}
    return [with_paths(item, paths) for item in value] if isinstance(value, list) else value


def matches(place: str) -> list[str]:
    """The files and folders here that a place means; none for an address."""
    if "://" in place:
        return []
    try:
        path = str(user_path(_path(place)))
        return [path] if os.path.lexists(path) else glob.glob(path)[:1]  # noqa: PTH207 - takes absolute patterns
    except (AssetError, OSError, ValueError):
        return []


def place_digests(places: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """Name -> digest of those places that are files or folders here."""
    return {names.get(place, place): digest for place in places if (digest := place_digest(place))}


def place_digest(place: str) -> str:
    """The SHA-256 of a place that is a file; of a folder, that of the names and digests of all files in it. Empty for
    any other, and for what is larger than `LARGEST` or has more than `MOST_FILES`."""
    try:
        path = user_path(_path(place))  # of a pattern there is none: it stands for several
        return _digest(path.resolve()) if "://" not in place and path.exists() else ""
    except (AssetError, OSError, RuntimeError, ValueError):
        return ""


def _digest(path: Path) -> str:
    if not path.is_dir():
        return digest_inside(path.parent, path.name, LARGEST)[0]
    names = list(islice(_files_below(path), MOST_FILES + 1))
    if len(names) > MOST_FILES or sum((path / name).stat().st_size for name in names) > LARGEST:
        return ""
    listed = {name: digest_inside(path, name, LARGEST)[0] for name in sorted(names)}
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def _files_below(folder: Path) -> Iterator[str]:
    """The files of a folder by their path in it; hidden ones are no part of it."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from ((Path(root) / name).relative_to(folder).as_posix() for name in names if not name.startswith("."))


def located(place: str, sha256: str, folders: Sequence[Path]) -> str:
    """The path of a place that a manifest names: as it stands where it is here, else below one of the folders; of
    several the one with that digest. The place itself where there is none."""
    prefix = place.removesuffix(_path(place))
    candidates = [place, *(f"{prefix}{folder / _path(place)}" for folder in folders)]
    existing = [path for path in candidates if matches(path)]
    same = (path for path in existing if sha256 and place_digest(path) == sha256)
    return next(same, existing[0] if existing else place)


def _path(place: str) -> str:
    """A place without the word that says how it is read."""
    return re.sub(r"^[a-z]+:(?!//)", "", place)
