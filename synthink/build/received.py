"""Rows of a dataset that somebody else may have made: what its manifest names is opened when the user says so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from synthink.core.assets import AssetSet, AssetSpec
from synthink.core.code_file import CodeFile, code_digest
from synthink.core.generator import Generator
from synthink.core.own_splits import OwnSplit
from synthink.core.source import Source
from synthink.errors import AssetError, ConfigError, SourceNotOpened, did_you_mean, quoted
from synthink.files import user_path
from synthink.splits import Shares

Sources = Literal["refuse", "allow"]
"""Whether files, folders and public addresses that a manifest names are opened."""
Code = Literal["refuse", "allow"]
"""Whether Python files that a manifest names as the code of its generator are run."""


def check_permission(name: str, value: str) -> None:
    """Raise `ConfigError` for a permission that is neither given nor refused."""
    if value not in ("refuse", "allow"):
        raise ConfigError(name, value, f"must be refuse or allow; {did_you_mean(str(value), ['allow'])}")


def refuse_places(generator: Generator, manifest: str) -> None:
    """Have whoever draws rows from a generator of a manifest be refused the places that it names. Its path is for
    messages."""
    sentences = {field: _refusal(manifest, field, spec) for field, spec in generator.asset_fields().items()}
    object.__setattr__(generator, "refusals", {field: text for field, text in sentences.items() if text})


def _refusal(manifest: str, field: str, spec: AssetSpec[Any]) -> str:
    """A sentence about the places outside of installed packages that an asset names; empty where there are none."""
    places = spec.outside()
    if not places:
        return ""
    more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
    named = f"{quoted(places[0])}{more} as {field}"
    return f"{manifest}: not opened: the manifest names {named}; sources=allow opens what it names"


FOLDERS_AROUND = 3
"""The folders around a dataset's in which the code of its generator is looked for: `data`, and where `data` lies."""


def code_path(code: CodeFile, manifest: Path) -> Path:
    """The path of the code that a manifest names: as it stands there, or where that file is not here, in one of the
    folders around the dataset's."""
    here = user_path(code.file)
    places = (path for path in (here, *_around(here, manifest)) if code_digest(path) == code.sha256)
    return next(places, here)


def located_code(code: CodeFile, manifest: Path) -> CodeFile:
    """The code that a manifest names, with its path here.

    Raises `AssetError` where it is not there, and for code in the dataset's folder, which came with the manifest.
    """
    file, here = code_path(code, manifest), user_path(code.file)
    for path in (file, *(file.parent / helper for helper in code.helpers)):
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(manifest.parent)):
            raise AssetError(f"{manifest}: {path} lies in the dataset's folder: code from there never runs")
    if not file.is_file():
        folders = ", ".join(dict.fromkeys(str(path.parent) for path in (here.absolute(), *_around(here, manifest))))
        raise AssetError(
            f"{code.file}: is not in {folders}, where the one with the SHA-256 {code.sha256} was looked for"
        )
    return replace(code, file=str(file))


def _around(file: Path, manifest: Path) -> list[Path]:
    """The places of a file in the folders around a dataset's, but none that lies in that."""
    own_folder = Path(os.path.realpath(manifest.parent))
    places = [folder / file for folder in own_folder.parents[:FOLDERS_AROUND]]
    return [path for path in places if not Path(os.path.realpath(path)).is_relative_to(own_folder)]


class ReceivedSource(Source):
    """The source that a manifest describes. It draws every row for which nothing but what installed packages bring
    along has to be opened; with `sources="allow"`, and where the files are here, all of them.

    Private addresses are opened in neither case. manifest: the manifest's path, for messages.
    """

    def __init__(
        self,
        generator: Generator,
        seed: int = 0,
        shares: Shares | None = None,
        split_seed: int = 0,
        own_splits: Mapping[str, OwnSplit] | None = None,
        manifest: str = "",
        sources: Sources = "refuse",
    ) -> None:
        super().__init__(generator, seed, shares, split_seed, own_splits)
        check_permission("sources", sources)
        self.manifest, self.sources = manifest, sources

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "manifest": self.manifest, "sources": self.sources}

    @property
    def not_opened(self) -> str:
        refused = (self._refused(field, spec) for field, spec in self.generator.asset_fields().items())
        return next(filter(None, refused), "")

    def open_asset(self, field: str, spec: AssetSpec[Any]) -> AssetSet[Any]:
        if refused := self._refused(field, spec):
            raise SourceNotOpened(refused)
        return spec.open_received()

    def _refused(self, field: str, spec: AssetSpec[Any]) -> str:
        return _refusal(self.manifest, field, spec) if self.sources == "refuse" else ""
