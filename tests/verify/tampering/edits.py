"""What is done to a folder's files: shards, card, manifest and the files of a format."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.verify.folders import bring_in_line, shard_path, tell, told, write_arrow


def remove_path(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def cut_in_half(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def flip_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def compress(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes()))


def copy_shard(folder: Path, source: tuple[str, int], target: tuple[str, int]) -> None:
    old, new = shard_path(folder, *source), shard_path(folder, *target)
    remove_path(new)
    (shutil.copytree if old.is_dir() else shutil.copy)(old, new)
    bring_in_line(folder)


def swap_shards(folder: Path, one: tuple[str, int], other: tuple[str, int]) -> None:
    first, second = shard_path(folder, *one), shard_path(folder, *other)
    first.rename(folder / "x")
    second.rename(first)
    (folder / "x").rename(second)
    bring_in_line(folder)


def replace_by_link(path: Path) -> None:
    """The file moves out of the folder, and a link leads to it."""
    outside = path.parent / ".." / ".." / f"outside-{path.name}"
    path.rename(outside)
    path.symlink_to(outside.resolve())


def link_shard(folder: Path) -> None:
    path = shard_path(folder)
    outside = folder.parent / f"outside-{path.name}"
    path.rename(outside)
    path.symlink_to(outside)


def link_parent(folder: Path) -> None:
    path = shard_path(folder).parent
    path.rename(folder.parent / "outside")
    path.symlink_to(folder.parent / "outside")


def folder_for_shard(folder: Path) -> None:
    path = shard_path(folder)
    path.rename(folder / "x")
    path.mkdir()
    (folder / "x").rename(path / path.name)
    bring_in_line(folder)


def add_shard(folder: Path, stem: str) -> None:
    path = shard_path(folder)
    shutil.copy(path, path.with_name(f"{stem}{path.suffix}"))


def set_front(folder: Path, **values: Any) -> None:
    """Other values in the card's front matter; None takes a key away."""
    import yaml

    _, front, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    content = {key: value for key, value in {**yaml.safe_load(front), **values}.items() if value is not None}
    (folder / "README.md").write_text(f"---\n{yaml.safe_dump(content, sort_keys=False)}---\n{text}", encoding="utf-8")


def unpack_card(folder: Path) -> None:
    """A card whose data files are a billion texts, in a few hundred bytes."""
    levels = [f"x{depth}: &x{depth} [{', '.join([f'*x{depth - 1}'] * 10)}]\n" for depth in range(1, 10)]
    configs = "configs:\n- config_name: default\n  data_files:\n  - {split: train, files: *x9}\n"
    front = f"---\nx0: &x0 [a]\n{''.join(levels)}{configs}---\n"
    (folder / "README.md").write_text(front, encoding="utf-8")


def front_of(folder: Path) -> Any:
    import yaml

    return yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)[1])


def add_config(folder: Path, config: dict[str, Any]) -> None:
    first, *_ = configs = front_of(folder)["configs"]
    set_front(folder, configs=[*configs, {**first, "config_name": "other", **config}])


def cut_info(folder: Path, key: str) -> None:
    info = front_of(folder)["dataset_info"]
    set_front(folder, dataset_info={**info, key: info[key][:1]})


def tell_values(folder: Path, **values: Any) -> None:
    tell(folder, {**told(folder), **values})


def set_record(folder: Path, key: str, value: Any) -> None:
    content = told(folder)
    content["shards"][0][key] = value
    tell(folder, content)


def set_assets(folder: Path, key: str, value: Any) -> None:
    content = told(folder)
    content["assets"]["fonts"][key] = value
    tell(folder, content)


def drop_shard(folder: Path) -> None:
    content = told(folder)
    content["splits"]["train"] -= content["shards"][1]["rows"]
    del content["shards"][1]
    tell(folder, content)


def set_json(path: Path, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def change_table(folder: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    path = shard_path(folder)
    if path.suffix == ".parquet":
        pq.write_table(change(pq.read_table(path)), path)
    else:
        with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as reader:
            table = reader.read_all()
        write_arrow(change(table), path)
    bring_in_line(folder)
