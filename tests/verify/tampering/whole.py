"""Shards, files beside them, the card and the manifest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

from tests.verify.folders import bring_in_line, shard_path, told
from tests.verify.tampering.edits import (
    add_config,
    add_shard,
    copy_shard,
    cut_in_half,
    cut_info,
    drop_shard,
    flip_bit,
    folder_for_shard,
    link_parent,
    link_shard,
    remove_path,
    replace_by_link,
    set_assets,
    set_front,
    set_record,
    swap_shards,
    tell_values,
    unpack_card,
    write_file,
)

FORMATS = ("parquet", "arrow", "webdataset", "jsonl")
GLOBBED = ("parquet", "webdataset")
"""Formats whose card has a pattern for a split's files."""
REFUSED = "refused"
"""In place of a check: the manifest itself is refused."""


def shards() -> Iterator[Any]:
    yield "a shard is gone", lambda folder: remove_path(shard_path(folder)), "shards"
    yield "a shard is cut, checksum as before", lambda folder: cut_in_half(shard_path(folder)), "shards", *FORMATS[:3]
    yield "a bit is flipped, checksum as before", lambda folder: flip_bit(shard_path(folder)), "shards", *FORMATS[:3]
    yield (
        "a shard is cut",
        lambda folder: (cut_in_half(shard_path(folder)), bring_in_line(folder)),
        "shards",
        *FORMATS[:3],
    )
    yield (
        "a shard is empty",
        lambda folder: (shard_path(folder).write_bytes(b""), bring_in_line(folder)),
        "shards",
        *FORMATS[:3],
    )
    yield "a shard is another one's copy", lambda folder: copy_shard(folder, ("train", 0), ("train", 1)), "shards"
    yield "two shards change places", lambda folder: swap_shards(folder, ("train", 0), ("train", 1)), "shards"
    yield "rows of test are in train", lambda folder: copy_shard(folder, ("test", 0), ("train", 1)), "shards"
    yield (
        "a shard's name is another",
        lambda folder: shard_path(folder).rename(folder / "data" / "x"),
        "shards",
        "parquet",
        "webdataset",
        "jsonl",
    )
    yield "a shard is a link", link_shard, "shards"
    yield "the folder of shards is a link", link_parent, "shards"
    yield "a shard is a folder", folder_for_shard, "shards", *FORMATS[:3]
    yield "a shard is a pipe", lambda folder: (remove_path(shard_path(folder)), os.mkfifo(shard_path(folder))), "shards"


def strays() -> Iterator[Any]:
    yield "one shard more, which a pattern takes in", lambda folder: add_shard(folder, "train-zzz"), "files", *GLOBBED
    yield "one shard more, numbered on", lambda folder: add_shard(folder, "train-00009-of-00010"), "files", *GLOBBED
    yield (
        "a shard of a split that there is not",
        lambda folder: add_shard(folder, "validation-00000-of-00001"),
        "files",
        *GLOBBED,
    )
    for name in (
        ".huggingface.yaml",
        "metadata.csv",
        "metadata.jsonl",
        "folder.py",
        "dataset_infos.json",
        "more.parquet",
        "README.yaml",
    ):
        yield f"a file {name}", lambda folder, name=name: (folder / name).write_text("a,b\n"), "files"
    yield "a file in a folder of its own", lambda folder: write_file(folder / "extra" / "train.parquet", b"x"), "files"
    yield (
        "a file below the shards",
        lambda folder: write_file(folder / "data" / "x" / "train-1.parquet", b"x"),
        "files",
        *GLOBBED,
    )
    yield "a hidden link", lambda folder: (folder / ".git").symlink_to("/etc"), "files"
    yield "a link beside the shards", lambda folder: (folder / "train-1.parquet").symlink_to("/etc/passwd"), "files"
    yield "a pipe", lambda folder: os.mkfifo(folder / "LICENSE"), "files"
    yield (
        "lines of another split",
        lambda folder: shutil.copy(folder / "train.jsonl", folder / "validation.jsonl"),
        "files",
        "jsonl",
    )


def cards() -> Iterator[Any]:
    yield "no card", lambda folder: (folder / "README.md").unlink(), "files"
    yield "the card is a link", lambda folder: replace_by_link(folder / "README.md"), "files"
    yield "the card's licence", lambda folder: set_front(folder, license="mit"), "files"
    yield "no front matter", lambda folder: (folder / "README.md").write_text("# Letters\n"), "files"
    yield "front matter that is no YAML", lambda folder: (folder / "README.md").write_text("---\n[\n---\n"), "files"
    yield "front matter that takes any memory", unpack_card, "files"
    yield "other features in the card", lambda folder: cut_info(folder, "features"), "files", "parquet"
    yield "other numbers of rows in the card", lambda folder: cut_info(folder, "splits"), "files", "parquet"
    forms = ("parquet", "webdataset", "jsonl")
    yield "no configs", lambda folder: set_front(folder, configs=None), "files", *forms
    for name, files in {
        "test is train": [{"split": "train", "path": "*/train-*"}, {"split": "test", "path": "*/train-*"}],
        "train takes in all": [{"split": "train", "path": "**"}, {"split": "test", "path": "*/test-*"}],
        "train is one shard": [{"split": "train", "path": "*/train-00000*"}, {"split": "test", "path": "*/test-*"}],
        "no test": [{"split": "train", "path": "*/train-*"}],
        "a split more": [{"split": "train", "path": "*/train-*"}, {"split": "x", "path": "*/test-*"}],
        "a file elsewhere": [{"split": "train", "path": "../other.parquet"}],
        "an address": [{"split": "train", "path": "https://example.org/train.parquet"}],
        "one list": "*/*",
        "no list": 7,
    }.items():
        configs = [{"config_name": "default", "data_files": files}]
        yield f"configs: {name}", lambda folder, configs=configs: set_front(folder, configs=configs), "files", *forms
    other = {"config_name": "swapped", "data_files": [{"split": "train", "path": "data/test-*"}]}
    yield "configs: one more, with test as train", lambda folder: add_config(folder, other), "files", *GLOBBED
    yield "configs: another folder", lambda folder: add_config(folder, {"data_dir": "x"}), "files", *GLOBBED


def manifests() -> Iterator[Any]:
    for name, key, value, check in [
        ("seed", "seed", 1, "made again"),
        ("split seed", "split_seed", 1, "made again"),
        ("shares", "shares", {"train": 0.5, "validation": 0.0, "test": 0.5}, "made again"),
        ("licence", "licence", "mit", "files"),
        ("shard size", "shard_size", 6, "files"),
        ("generator version", "generator_version", 1, "made again"),
        ("order of splits", "splits", {"train": 4, "test": 8}, "files"),
        ("splits", "splits", {"train": 8, "test": 4, "validation": 4}, "files"),
        ("assets", "assets", {}, "made again"),
    ]:
        yield f"the manifest's {name}", lambda folder, key=key, value=value: tell_values(folder, **{key: value}), check
    yield (
        "the manifest's fields",
        lambda folder: tell_values(folder, fields={**told(folder)["fields"], "picture_px": 200}),
        "made again",
    )
    yield "the manifest's fingerprints", lambda folder: set_assets(folder, "fingerprint", "0"), "made again"
    yield "the manifest's licences of assets", lambda folder: set_assets(folder, "licences", ["none"]), "made again"
    yield (
        "the manifest's list lacks a shard",
        lambda folder: tell_values(folder, shards=told(folder)["shards"][:-1]),
        "shards",
    )
    yield "the manifest's list lacks a shard, and rows", drop_shard, "files"
    yield (
        "the manifest's list is in another order",
        lambda folder: tell_values(folder, shards=told(folder)["shards"][::-1]),
        "files",
    )
    yield (
        "the manifest's list has a shard twice",
        lambda folder: tell_values(folder, shards=[*told(folder)["shards"], told(folder)["shards"][0]]),
        REFUSED,
    )
    for key, value in (("rows", 3), ("bytes", 7), ("sha256", "0" * 64), ("split", "test"), ("pixels", "0" * 64)):
        check = "pictures" if key == "pixels" else "shards"
        yield (
            f"a shard's {key} in the manifest",
            lambda folder, key=key, value=value: set_record(folder, key, value),
            check,
        )
