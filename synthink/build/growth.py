"""A finished dataset that gets more rows: its shards are taken over under new names, and only the others are made.

It happens in the folder beside it in which a dataset is replaced: until the swap at the end the old one is whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.build import card, journal, manifest
from synthink.build.build import NEW_PLAN
from synthink.build.formats import find_format
from synthink.build.own_files import PLAN
from synthink.build.plan import Plan, shards_of
from synthink.build.shard import TEMPORARY, name_shard
from synthink.confined import (
    kind_inside,
    make_folder_inside,
    names_inside,
    read_inside,
    remove_inside,
)
from synthink.errors import AssetError, OutputError
from synthink.files import sync_folder, sync_tree, write_inside
from synthink.owned_folder import WORK
from synthink.tables.card import LARGEST_CARD, front_matter
from synthink.tables.json_lines import read_json

CARD = "README.md"
_TAKEN = f"{WORK}/{TEMPORARY}/taken"
_OURS = ("size_categories", "configs", "dataset_info")
"""The keys of a card's front matter that tell of its rows."""


def grows(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a configuration is another one with more rows or more splits, and nothing else."""
    rest, more = ({**identity, "splits": None, "own_splits": None} for identity in (old, new))
    if rest != more or any(new["splits"].get(split, 0) < rows for split, rows in old["splits"].items()):
        return False
    before, now = old.get("own_splits", {}), new.get("own_splits", {})
    return all(before.get(split) == now.get(split) for split in old["splits"])


def take_over(folder: Path, stage: Path, plan: Plan, identity: Mapping[str, Any]) -> None:
    """Put those shards of the dataset in `folder` that the plan has, too, into `stage`, and into its journal.

    Files get a second name where the file system has such, and are copied elsewhere. The caller holds both locks. A
    kill at any point leaves a stage that this goes on with.
    """
    write_inside(stage, f"{WORK}/{PLAN}", json.dumps(identity).encode(), by=f"{WORK}/{NEW_PLAN}")
    make_folder_inside(stage, f"{WORK}/{TEMPORARY}", OutputError)
    old, form = manifest.load(folder), find_format(plan.format)
    ranges = {
        form.shard_name(shard): (shard.split, shard.start, shard.stop)
        for shard in shards_of(old.identity["splits"], plan.shard_size)
    }
    names = {(shard.split, shard.start, shard.stop): form.shard_name(shard) for shard in plan.shards}
    there = {record.file for record in journal.read(stage)}
    with journal.appending(stage) as add:
        for record in old.shards:
            name = names.get(ranges.get(record.file, ("", 0, 0)))
            if name is None or name in there or kind_inside(folder, record.file, OutputError) is None:
                continue
            _take(folder, record.file, stage, name)
            add(replace(record, file=name))


def _take(folder: Path, old_name: str, stage: Path, name: str) -> None:
    """Give a shard's file, or a folder of files, a name in the stage, too."""
    remove_inside(stage, _TAKEN, OutputError)
    if kind_inside(folder, old_name, OutputError) == "folder":
        make_folder_inside(stage, _TAKEN, OutputError)
        for inner in names_inside(folder, old_name, OutputError):
            _link(folder, f"{old_name}/{inner}", stage / _TAKEN / inner)
    else:
        _link(folder, old_name, stage / _TAKEN)
    sync_tree(stage / _TAKEN)
    name_shard(stage, _TAKEN, name)
    sync_folder((stage / name).parent)


def _link(folder: Path, name: str, target: Path) -> None:
    if kind_inside(folder, name, OutputError) != "file":
        raise OutputError(f"{folder / name}: is a folder, where a file is wanted")
    try:
        os.link(folder / name, target, follow_symlinks=False)
    except OSError:  # a file system without second names, or one that has no more for this file
        shutil.copyfile(folder / name, target, follow_symlinks=False)


def keep_card(folder: Path, stage: Path) -> None:
    """Have what people wrote into the card of the dataset in `folder` go along: of that card, the front matter and the
    blocks that tell of rows become those of the new card in `stage`. Keys that they added to `croissant.json` stay."""
    _keep_description(folder, stage)
    try:
        text = read_inside(folder, CARD, LARGEST_CARD, OutputError)
        fresh = read_inside(stage, CARD, LARGEST_CARD, OutputError)
        front, ours = front_matter(text, CARD), front_matter(fresh, CARD)
    except (FileNotFoundError, AssetError):
        return
    if card.is_untouched(text.decode(errors="replace")):
        return
    front = {**(front if isinstance(front, dict) else {}), **{key: ours[key] for key in _OURS if key in ours}}
    written = text.decode(errors="replace")
    body = written.split("---\n", 2)[-1] if written.startswith("---\n") else written
    body = card.renewed(body, fresh.decode())
    content = f"---\n{card.yaml_text(front)}---\n{body}".encode(errors="backslashreplace")
    write_inside(stage, CARD, content, by=f"{WORK}/{NEW_PLAN}")


def _keep_description(folder: Path, stage: Path) -> None:
    name = card.CROISSANT
    try:
        old, new = (read_json(read_inside(path, name, LARGEST_CARD, OutputError), name) for path in (folder, stage))
    except (FileNotFoundError, AssetError):
        return
    if old.keys() - new.keys():
        write_inside(stage, name, card.json_bytes({**old, **new}), by=f"{WORK}/{NEW_PLAN}")
