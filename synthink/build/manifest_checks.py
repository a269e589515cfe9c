"""The text of a manifest that anybody may have written: read within bounds, and every number and name looked at.

What the command line refuses of fields, seeds and shares is refused when the plan is made (`Manifest.plan`).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NoReturn

from synthink.build.plan import FORMAT_VERSION, check_counts
from synthink.build.shard import RECORD_TYPES, ShardRecord
from synthink.core.code_file import CodeFile
from synthink.core.own_splits import OwnSplit, check_names_differ
from synthink.errors import ConfigError, quoted

MOST_BYTES = 64 * 2**20
MOST_VALUES = 3_000_000
"""The most numbers, texts, lists and mappings of a manifest: three times as many as the most shards need."""
DEEPEST = 32
"""How deep lists and mappings may lie in each other: a mixture of mixtures of mixtures takes 10."""
LONGEST_NAME = 200
MOST_CODE_FILES = 100
"""The most generators of a manifest that stand in files of their own."""
_TYPES: dict[str, type] = {
    "generator": str,
    "generator_version": int,
    "fields": dict,
    "seed": int,
    "split_seed": int,
    "shares": dict,
    "splits": dict,
    "format": str,
    "shard_size": int,
    "licence": str,
    "assets": dict,
    "versions": dict,
}


def check_size(data: bytes) -> None:
    """Raise `ValueError` for a manifest's text that is larger than readers take."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES:,} bytes")
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values")


def parsed(data: bytes) -> dict[str, Any]:
    """The mapping that a manifest's text holds. Raises `ValueError` that says what is wrong and where."""
    check_size(data)
    try:
        content = json.loads(data, object_pairs_hook=_mapping, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise ValueError(f"nested more than {DEEPEST} deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    _check_depth(content)
    version = content.get("format_version") if isinstance(content, dict) else content
    if not isinstance(content, dict) or type(version) is not int or version != FORMAT_VERSION:
        raise ValueError(f"format_version {quoted(version)} is not {FORMAT_VERSION}, which this release reads")
    return content


def _mapping(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"{quoted(twice)} is there twice")
    return mapping


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _number(word: str) -> float:
    if not math.isfinite(number := float(word)):
        _no_number(quoted(word))
    return number


def _check_depth(content: Any) -> None:
    level = [content]
    for _ in range(DEEPEST):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    if level:
        raise ValueError(f"nested more than {DEEPEST} deep")


def shard_records(content: Any, splits: Sequence[str]) -> list[ShardRecord]:
    """The records of all shards, each of one of the splits. Raises `ValueError` naming one that cannot be."""
    if not isinstance(content, list):
        raise ValueError(f"shards is {quoted(content)}")
    records: dict[str, ShardRecord] = {}
    for number, entry in enumerate(content):
        try:
            record = ShardRecord(**entry)
        except TypeError as error:
            raise ValueError(f"shards[{number}]: {error}") from None
        _check_shard(f"shards[{number}]", record, splits)
        if record.file in records:
            raise ValueError(f"shards[{number}].file: {quoted(record.file)} is there twice")
        records[record.file] = record
    return list(records.values())


def _check_shard(place: str, record: ShardRecord, splits: Sequence[str]) -> None:
    for field in fields(record):
        value = getattr(record, field.name)
        if type(value) is not RECORD_TYPES.get(field.name, str) or not _is_count(value):
            raise ValueError(f"{place}.{field.name} is {quoted(value)}")
    if record.split not in splits:
        raise ValueError(f"{place}.split is {quoted(record.split)}, not one of {', '.join(splits)}")
    if record.counts:
        raise ValueError(f"{place}.counts is {quoted(record.counts)}, which no manifest has")
    for reason, count in record.refused.items():
        if type(count) is not int or not _is_count(count):
            raise ValueError(f"{place}.refused.{quoted(reason)} is {quoted(count)}")
    parts = record.file.split("/")
    is_odd = any(char in '\\:*?"<>|' or not char.isprintable() for char in record.file)
    if is_odd or len(record.file) > LONGEST_NAME or any(not part or part.startswith(".") for part in parts):
        raise ValueError(f"{place}.file is {quoted(record.file)}, no plain name inside the folder")


def _is_count(value: Any) -> bool:
    """Whether a value is no number, or one that can be a number of rows or bytes."""
    return type(value) is not int or 0 <= value < 2**63


def check_identity(content: Mapping[str, Any]) -> None:
    """Raise `ValueError` naming what is missing, of another type, or beyond what a dataset may have."""
    for key, kind in _TYPES.items():
        if key not in content:
            raise ValueError(f"{key} is missing")
        if type(content[key]) is not kind:
            raise ValueError(f"{key} is {quoted(content[key])}")
    for key, kind in (("assets", dict), ("versions", str)):
        for name, value in content[key].items():
            if type(value) is not kind:
                raise ValueError(f"{key}.{quoted(name)} is {quoted(value)}")
    code = content.get("code", {})
    if not isinstance(code, dict) or len(code) > MOST_CODE_FILES:
        raise ValueError(f"code is {quoted(code)}")
    for name, record in code.items():
        try:
            CodeFile.from_plain(record)
        except ValueError as error:
            raise ValueError(f"code.{quoted(name)}: {error}") from None
    try:
        check_counts(content["splits"], content["shard_size"], own_splits_of(content))
    except ConfigError as error:
        raise ValueError(str(error)) from None


def own_splits_of(identity: Mapping[str, Any]) -> dict[str, OwnSplit]:
    """The splits that a manifest's configuration, or that of a plan's file, defines. Raises `ConfigError`."""
    content = identity.get("own_splits", {})
    if not isinstance(content, dict):
        raise ConfigError("own_splits", content, "must be a mapping")
    own = {name: OwnSplit.from_plain(name, values) for name, values in content.items()}
    check_names_differ(own)
    return own
