"""`synthink.json`: what a dataset folder holds and how to make it again. Written last; its presence means complete."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from synthink.build.formats import find_format
from synthink.build.plan import FORMAT_VERSION, Plan
from synthink.build.received import ReceivedSource, Sources
from synthink.build.shard import ShardRecord
from synthink.core.registry import find_generator
from synthink.errors import AssetError, ConfigError, SourceNotOpened
from synthink.splits import Shares

MANIFEST = "synthink.json"
LARGEST_BYTES = 256 * 2**20  # a million shards; more is not one of ours


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read. identity: as `Plan.identity`; shards: in order; file: where it was read."""

    identity: Mapping[str, Any]
    shards: Sequence[ShardRecord]
    file: Path

    def plan(self, sources: Sources = "refuse") -> Plan:
        """The plan that makes the dataset again with what is installed here.

        sources: whether its source opens what the manifest names, as in `ReceivedSource`.
        """
        identity = self.identity
        cls = find_generator(identity["generator"])
        try:
            generator = cls.build(identity["fields"])
        except ConfigError as error:
            raise error.under("fields") from None
        shares = Shares.build(identity["shares"])
        file = str(self.file)
        source = ReceivedSource(generator, identity["seed"], shares, identity["split_seed"], file, sources)
        find_format(identity["format"])
        return Plan(
            source,
            splits=dict(identity["splits"]),
            format=identity["format"],
            shard_size=identity["shard_size"],
            licence=identity["licence"],
        )

    def opened(self, sources: Sources = "refuse") -> Plan:
        """The plan with its assets opened; the error for one that is not here says who asks for it.

        Raises `SourceNotOpened` where the manifest names what may not be opened.
        """
        plan = self.plan(sources)
        origin = f"asked for by {self.file}; a relative path starts at the folder that the command runs in"
        try:
            plan.source.assets  # noqa: B018
        except SourceNotOpened:
            raise
        except ConfigError as error:
            raise type(error)(error.field, error.value, f"{error.reason}; {origin}") from None
        except AssetError as error:
            raise AssetError(f"{error}; {origin}") from None
        return plan


def dump(identity: Mapping[str, Any], shards: Sequence[ShardRecord]) -> bytes:
    """The bytes of the manifest's file."""
    refused = sum((Counter(shard.refused) for shard in shards), Counter[str]())
    content = {**identity, "refused": dict(sorted(refused.items())), "shards": [shard.plain() for shard in shards]}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def load(path: Path) -> Manifest:
    """Read a manifest, given the file or its dataset's folder. `AssetError` names the file and what is wrong in it."""
    file = path / MANIFEST if path.is_dir() else path
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise AssetError(f"{file}: larger than {LARGEST_BYTES} bytes; not a manifest of synthink")
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise AssetError(f"{path}: no {MANIFEST} here; is it a finished dataset of synthink?") from None
    except OSError as error:
        raise AssetError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise AssetError(f"{file}: not JSON: {error}") from None
    if not isinstance(content, dict) or content.get("format_version") != FORMAT_VERSION:
        version = content.get("format_version") if isinstance(content, dict) else content
        raise AssetError(f"{file}: format_version {version!r} is not {FORMAT_VERSION}, which this release reads")
    try:
        shards = [ShardRecord(**shard) for shard in content.pop("shards")]
        content.pop("refused", None)  # the sums over the shards
        _check(content, shards)
    except (KeyError, TypeError, ValueError) as error:
        raise AssetError(f"{file}: damaged: {error}") from None
    return Manifest(content, shards, file)


_TYPES = {
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


_SHARD_TYPES: dict[str, type] = {"rows": int, "bytes": int, "refused": dict}


def _check(content: Mapping[str, Any], shards: Sequence[ShardRecord]) -> None:
    for key, kind in _TYPES.items():
        if not isinstance(content[key], kind):
            raise ValueError(f"{key} is {content[key]!r}")
    for split, rows in content["splits"].items():
        if type(rows) is not int:
            raise ValueError(f"splits.{split} is {rows!r}")
    for shard in shards:
        for field in fields(shard):
            if type(getattr(shard, field.name)) is not _SHARD_TYPES.get(field.name, str):
                raise ValueError(f"{field.name} of shard {shard.file} is {getattr(shard, field.name)!r}")
        parts = Path(shard.file).parts
        if Path(shard.file).is_absolute() or ".." in parts or not parts:
            raise ValueError(f"shard file {shard.file!r} leaves the folder")
