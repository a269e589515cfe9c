"""The files that a dataset of ours consists of, by name: known from its configuration alone, and nothing else is ours.

What is removed from a folder is named here, never found by a pattern and never taken from a list that somebody wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.build import card
from synthink.build.formats import find_format
from synthink.build.manifest_checks import own_splits_of
from synthink.build.plan import FORMAT_VERSION, check_counts, shards_of
from synthink.confined import read_inside
from synthink.errors import ConfigError, OutputError
from synthink.owned_folder import WORK

PLAN = "plan.json"
LARGEST_PLAN_BYTES = 64 * 2**20
LITTER = ".DS_Store"
"""The file that a file manager puts into every folder that somebody looks at; no reader takes it for data."""


@dataclass(frozen=True)
class OwnFiles:
    """Paths below a dataset folder, with slashes. shards: files, or folders of files; others: what ties them together,
    and the card."""

    shards: frozenset[str]
    others: frozenset[str]

    @property
    def folders(self) -> frozenset[str]:
        """The folders in which the files lie, the inner ones too."""
        names = [name.split("/") for name in self.shards | self.others]
        return frozenset("/".join(parts[:depth]) for parts in names for depth in range(1, len(parts)))


def own_files(identity: Mapping[str, Any], file: Path) -> OwnFiles:
    """The files of a dataset of that configuration. `OutputError` names `file`, in which it stands, when it is none."""
    splits: Any = identity.get("splits")
    shard_size: Any = identity.get("shard_size")
    format_name: Any = identity.get("format")
    if not isinstance(splits, dict) or not isinstance(format_name, str):
        raise OutputError(f"{file}: damaged: splits or format is not as synthink writes it")
    try:
        check_counts(splits, shard_size, own_splits_of(identity))
    except ConfigError as error:
        raise OutputError(f"{file}: damaged: {error}") from None
    form = find_format(format_name)
    shards = frozenset(form.shard_name(shard) for shard in shards_of(splits, shard_size))
    return OwnFiles(shards, frozenset([*form.extra_names(splits), *card.NAMES]))


def read_plan(folder: Path) -> dict[str, Any] | None:
    """The configuration of the dataset that is being made in a folder, if one is. `OutputError` for a damaged file."""
    file = folder / WORK / PLAN
    try:
        content = json.loads(read_inside(folder, f"{WORK}/{PLAN}", LARGEST_PLAN_BYTES, OutputError))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("format_version") != FORMAT_VERSION:
        raise OutputError(f"{file}: damaged; remove the folder {folder} and start again, or choose another output")
    own_files(content, file)
    return content
