"""`synthink.json`: what a dataset folder holds and how to make it again. Written last; its presence means complete."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.build import journal
from synthink.build.formats import find_format
from synthink.build.manifest_checks import (
    MOST_BYTES,
    check_identity,
    check_size,
    own_splits_of,
    parsed,
    shard_records,
)
from synthink.build.own_files import read_plan
from synthink.build.places import located, place_digest, places_of, with_paths
from synthink.build.plan import Plan
from synthink.build.received import Code, ReceivedSource, Sources, check_permission, located_code
from synthink.build.shard import ShardRecord, most_refused
from synthink.confined import read_inside
from synthink.core.code_file import CodeFile
from synthink.core.generator import Generator
from synthink.core.registry import code_files, defined_generator, find_generator, is_installed, recorded_generator
from synthink.errors import AssetError, ConfigError, SourceNotOpened, SynthinkError, quoted
from synthink.splits import SPLITS, Shares

MANIFEST = "synthink.json"


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read. identity: as `Plan.identity`; shards: in order; file: where it was read."""

    identity: Mapping[str, Any]
    shards: Sequence[ShardRecord]
    file: Path

    def plan(self, sources: Sources = "refuse", code: Code = "refuse") -> Plan:
        """The plan that makes the dataset again with what is installed here.

        sources: whether its source opens what the manifest names, as in `ReceivedSource`. code: whether the file of a
        generator that is not installed is run.
        """
        check_permission("code", code)
        try:
            return self._plan(sources, code)
        except ConfigError as error:
            raise type(error)(error.field, error.value, f"{error.reason}; so says {self.file}") from None

    def _plan(self, sources: Sources, code: Code) -> Plan:
        identity = self.identity
        classes = self._classes(code)
        cls = classes.get(identity["generator"]) or find_generator(identity["generator"])
        names: dict[str, str] = {}
        try:
            generator = cls.build(identity["fields"])
            if sources == "allow":
                names = self._located(generator)
                generator = cls.build(with_paths(identity["fields"], {name: path for path, name in names.items()}))
        except ConfigError as error:
            raise error.under("fields") from None
        try:
            shares = Shares.build(identity["shares"])
        except ConfigError as error:
            raise error.under("shares") from None
        own_splits = own_splits_of(identity)
        split_seed, file = identity["split_seed"], str(self.file)
        source = ReceivedSource(generator, identity["seed"], shares, split_seed, own_splits, file, sources)
        find_format(identity["format"])
        return Plan(
            source,
            splits=dict(identity["splits"]),
            format=identity["format"],
            shard_size=identity["shard_size"],
            licence=identity["licence"],
            names=names | self._code_names(source),
        )

    def _code_names(self, source: ReceivedSource) -> dict[str, str]:
        """Path -> name of the code that draws rows, which may have been found elsewhere than where that name leads."""
        running, named = code_files(*source.generators), self.code
        return {running[name].file: named[name].file for name in running.keys() & named.keys()}

    @property
    def folders(self) -> tuple[Path, Path]:
        """The folders in which files are looked for that are not where the command runs: that of the dataset, and the
        one that it lies in."""
        folder = Path(os.path.abspath(self.file.parent))  # noqa: PTH100 - links stay
        return folder, folder.parent

    def _located(self, generator: Generator) -> dict[str, str]:
        """Path -> name of the places that a generator of this manifest names and that were found elsewhere."""
        files = self._files()
        paths = {place: located(place, files.get(place, ""), self.folders) for place in places_of(generator)}
        return {path: place for place, path in paths.items() if path != place}

    def _files(self) -> dict[str, str]:
        """Name -> digest of the user's files and folders that the dataset was made from."""
        records = [record for record in self.identity["assets"].values() if isinstance(record, dict)]
        return {name: digest for record in records for name, digest in _texts(record.get("files"))}

    @property
    def code(self) -> dict[str, CodeFile]:
        """Name -> the Python file of each generator that was not installed where the dataset was made."""
        return {name: CodeFile.from_plain(record) for name, record in self.identity.get("code", {}).items()}

    def _classes(self, permission: Code) -> dict[str, type[Generator]]:
        """The classes of `code`; a file is run when the user says so, it is the one that is meant, and it does not lie
        in the dataset's folder, which comes from wherever the manifest does."""
        classes = {}
        for name, code in self.code.items():
            if is_installed(name):
                continue
            cls = defined_generator(name, code)
            if cls is None:
                if permission != "allow":
                    reason = f"the manifest names {quoted(code.file)} as the code of {quoted(name)}; code=allow runs it"
                    raise SourceNotOpened(f"{self.file}: not run: {reason}")
                cls = self._loaded(name, code)
            classes[name] = cls
        return classes

    def _loaded(self, name: str, code: CodeFile) -> type[Generator]:
        try:
            return recorded_generator(name, located_code(code, self.file))
        except AssetError as error:
            raise AssetError(f"{error}; so says {self.file}") from None

    def opened(self, sources: Sources = "refuse", code: Code = "refuse") -> Plan:
        """The plan with its assets opened; the error for one that is not here says who asks for it.

        Raises `SourceNotOpened` where the manifest names what may not be opened.
        """
        plan = self.plan(sources, code)
        digests = "".join(f"; {name} has the digest {digest}" for name, digest in self._files().items())
        origin = (
            f"asked for by {self.file}; a relative path starts at the folder that the command runs in, that of the "
            f"dataset, or the one that it lies in{digests}"
        )
        try:
            plan.source.assets  # noqa: B018
        except SourceNotOpened:
            raise
        except ConfigError as error:
            raise type(error)(error.field, error.value, f"{error.reason}; {origin}") from None
        except AssetError as error:
            raise AssetError(f"{error}; {origin}") from None
        return plan

    def opened_again(self, sources: Sources = "refuse", code: Code = "refuse") -> Plan:
        """The plan as `opened` gives it, for making the dataset again: the user's files have to be the same.

        Raises `AssetError` naming the first one that is another.
        """
        plan = self.opened(sources, code)
        paths = {name: path for path, name in plan.names.items()}
        for name, digest in self._files().items():
            path = paths.get(name, name)
            if (actual := place_digest(path)) != digest:
                reason = f"its digest is {actual}, and not {digest}" if actual else f"its digest has to be {digest}"
                raise AssetError(f"{path}: is not what {self.file} means: {reason}")
        return plan


def _texts(values: Any) -> list[tuple[str, str]]:
    """The items of what may be a mapping of texts."""
    items = values.items() if isinstance(values, dict) else ()
    return [(name, value) for name, value in items if isinstance(value, str)]


def dump(identity: Mapping[str, Any], shards: Sequence[ShardRecord], columns_left_out: Sequence[str] = ()) -> bytes:
    """The bytes of the manifest's file. columns_left_out: the generator's columns that the format has no room for.

    What was drawn and thrown away stands there for all shards together, and for each where readers take as much.
    """
    refused = most_refused(sum((Counter(shard.refused) for shard in shards), Counter[str]()))
    content = {**identity, "refused": refused}
    content |= {"columns_left_out": list(columns_left_out)} if columns_left_out else {}
    records = [{name: value for name, value in shard.plain().items() if name != "counts"} for shard in shards]
    data = _json({**content, "shards": records})
    try:
        check_size(data)
    except ValueError:
        data = _json({**content, "shards": [{**record, "refused": {}} for record in records]})
    return data


def _json(content: Mapping[str, Any]) -> bytes:
    # A file's name may be no UTF-8; what is none is written as JSON's own escape.
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


def identity_read_back(plan: Plan) -> dict[str, Any]:
    """The plan's identity as its manifest will be read. `ConfigError` when no reader would take that manifest: it is
    known before the first row is drawn, and as large as it gets."""
    form, largest, digest = find_format(plan.format), 2**63 - 1, "0" * 64
    shards = (ShardRecord(form.shard_name(s), s.split, s.stop - s.start, largest, digest, digest) for s in plan.shards)
    try:
        return identity_and_shards(dump(plan.identity, list(shards)))[0]
    except ValueError as error:
        reason = f"the dataset's {MANIFEST} could not be read: {error}"
        raise ConfigError("generator", plan.generator.name, reason) from None


def _why_none(folder: Path) -> str:
    """Why a folder has no manifest: how far the dataset is that was begun in it, or that there is none."""
    with suppress(SynthinkError):
        if (plan := read_plan(folder)) is not None:
            rows, total = sum(record.rows for record in journal.read(folder)), sum(plan["splits"].values())
            how_far = f"{rows:,} of its {total:,} rows are made"
            return f"is not finished: {how_far}; the command that began it goes on from there when it is typed again"
    return f"no {MANIFEST} here; is it a finished dataset of synthink?"


def load(path: Path) -> Manifest:
    """Read a manifest, given the file or its dataset's folder. `AssetError` names the file and what is wrong in it."""
    file = path / MANIFEST if path.is_dir() else path
    try:
        place = file if path.is_dir() else file.resolve()  # of a folder's files none may be a link
        identity, records = identity_and_shards(read_inside(place.parent, place.name, MOST_BYTES))
    except FileNotFoundError:
        raise AssetError(f"{path}: {_why_none(file.parent)}") from None
    except OSError as error:
        raise AssetError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise AssetError(f"{file}: damaged: {error}") from None
    return Manifest(identity, records, file)


def identity_and_shards(data: bytes) -> tuple[dict[str, Any], list[ShardRecord]]:
    """The identity and the shards that a manifest's text holds. Raises `ValueError` that says what is wrong."""
    identity = parsed(data)
    shards = identity.pop("shards", None)
    identity.pop("refused", None)  # the sums over the shards
    identity.pop("columns_left_out", None)  # which the format says itself
    check_identity(identity)
    return identity, shard_records(shards, [*SPLITS, *identity.get("own_splits", {})])
