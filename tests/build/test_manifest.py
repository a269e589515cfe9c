"""Manifests that anybody may have written: what is refused, in one line that names the file and the place in it."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink.api import make_plan
from synthink.build import manifest as manifests
from synthink.build import manifest_checks
from synthink.build.plan import MOST_SHARDS, check_counts
from synthink.build.shard import most_refused
from synthink.errors import AssetError, ConfigError, SynthinkError
from tests.build.folders import Specks

Change = Callable[[dict[str, Any]], object]


pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def content(clean: Path) -> dict[str, Any]:
    """A sound manifest."""
    sound: dict[str, Any] = json.loads((clean / manifests.MANIFEST).read_text("utf-8"))
    return sound


@pytest.fixture
def write(content: dict[str, Any], tmp_path: Path) -> Callable[[Change], Path]:
    def changed(change: Change) -> Path:
        copy = json.loads(json.dumps(content))
        change(copy)
        file = tmp_path / manifests.MANIFEST
        file.write_text(json.dumps(copy), "utf-8")
        return file

    return changed


def shard(**entries: Any) -> Change:
    return lambda told: told["shards"][1].update(entries)


def top(**entries: Any) -> Change:
    return lambda told: told.update(entries)


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


HARMED: list[tuple[Change, str]] = [
    *[(shard(rows=rows), r"shards\[1\].rows") for rows in (10**19, -1, 5.0, True, "5", None)],
    *[(shard(bytes=size), r"shards\[1\].bytes") for size in (-1, 1e18, False)],
    *[
        (shard(file=name), r"shards\[1\].file")
        for name in (
            *("../x", "data/../../x", "/etc/passwd", "C:\\x", "c:x", "data\\x", "a\0b", "", ".", "./x", ".synthink/x"),
            *("data/\u202ex", "data/a\nb", "x" * 300, "data/*.parquet", 5, None),
        )
    ],
    (shard(split="dev"), r"shards\[1\].split is 'dev'"),
    (shard(refused={"a": -1}), r"shards\[1\].refused.'a' is -1"),
    (shard(refused=[]), r"shards\[1\].refused"),
    (shard(more=1), r"shards\[1\]: .*more"),
    (lambda told: told["shards"][1].pop("sha256"), r"shards\[1\]: .*sha256"),
    (lambda told: told["shards"].append(told["shards"][0]), r"shards\[8\].file: .* is there twice"),
    (top(shards={}), "shards is {}"),
    (top(shards=[1]), r"shards\[0\]"),
    *[(top(splits={"train": rows}), "splits.train") for rows in (10**18, -1, 1e3, True, "9", None, [1])],
    (top(splits={}), "no split has any rows"),
    (top(splits={"../x": 5}), "splits.../x=5"),
    *[(top(shard_size=size), "shard_size") for size in (0, -5, 10**18, 2.5, True, "5", None)],
    (top(splits={"train": 10**8}, shard_size=1), "cuts the 100,000,000 rows into more than 99,999 shards"),
    *[(top(seed=seed), "seed") for seed in (1.5, True, "0", None)],
    (top(generator_version=True), "generator_version"),
    (top(generator=["circled_letters"]), "generator"),
    (top(assets={"words": "x"}), "assets.'words' is 'x'"),
    (top(versions={"numpy": 2}), "versions.'numpy' is 2"),
    (top(fields=nested(40)), "nested more than 32 deep"),
    (top(format_version=True), "format_version True"),
    (top(format_version=1.0), "format_version 1.0"),
    (lambda told: told.pop("licence"), "licence is missing"),
]


@pytest.mark.parametrize(("change", "place"), HARMED, ids=range(len(HARMED)))
def test_a_harmed_manifest_is_refused_by_its_place(write: Callable[[Change], Path], change: Change, place: str) -> None:
    file = write(change)
    with pytest.raises(AssetError, match=rf"synthink\.json: damaged: .*{place}") as refused:
        manifests.load(file)
    assert str(refused.value).startswith(str(file)) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (top(fields={"grey": 1e3}), "fields.grey=1000.0"),
        (top(fields={"no": 1}), "fields.no"),
        (top(shares={"train": -1}), "shares.train=-1"),
        (top(shares={"train": 0, "validation": 0, "test": 0}), "shares.train=0"),
        (top(shares={"dev": 1}), "shares.dev"),
        (top(format="os:system"), "format='os:system'"),
        (top(generator="specs"), "generator='specs'"),
        *[
            (top(licence=licence), "licence=")
            for licence in ("", " ", "mit\n\n# Title", "x" * 201, "\x1b[2J", "<b>mit</b>")
        ],
    ],
)
def test_what_the_command_line_refuses_is_refused_of_a_manifest(
    write: Callable[[Change], Path], change: Change, place: str
) -> None:
    file = write(change)
    with pytest.raises(ConfigError) as refused:
        manifests.load(file).plan()
    assert place in str(refused.value) and f"so says {file}" in str(refused.value)


@pytest.mark.parametrize("count", [10**18, -1, 1e3, True])
def test_the_same_bounds_hold_for_whoever_types_them(count: Any, tmp_path: Path) -> None:
    for options in ({"splits": {"train": count}}, {"splits": {"train": 5}, "shard_size": count}):
        with pytest.raises(ConfigError, match=r"splits\.train|shard_size"):
            synthink.generate(Specks(), output=tmp_path / "data", **options)


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version": 1, "format_version": 1}',
        '{"format_version": NaN}',
        '{"format_version": 1e999}',
        '{"seed": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 50_000,
        "[" + "1," * 3_000_001 + "1]",
        "\ufeff{}",
        "\0",
    ],
    ids=["twice", "nan", "1e999", "digits", "lists", "mappings", "values", "mark", "nul"],
)
@pytest.mark.timeout(10)
def test_text_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "synthink.json").write_text(text, "utf-8")
    with pytest.raises(AssetError, match=r"synthink\.json: damaged: "):
        manifests.load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
@pytest.mark.timeout(10)
def test_a_manifest_is_a_regular_file_of_its_folder(clean: Path, tmp_path: Path) -> None:
    file = tmp_path / "synthink.json"
    makers: list[Callable[[], object]] = [
        lambda: os.mkfifo(file),
        lambda: file.symlink_to(clean / "synthink.json"),
        lambda: file.symlink_to("/dev/zero"),
        lambda: file.symlink_to(file),
        lambda: file.mkdir(),
    ]
    for maker in makers:
        maker()
        with pytest.raises(SynthinkError, match=r"synthink\.json: "):
            manifests.load(tmp_path)
        file.rmdir() if file.is_dir() and not file.is_symlink() else file.unlink()
    (tmp_path / "link").symlink_to(clean / "synthink.json")
    assert manifests.load(tmp_path / "link").identity["generator"] == "specks"  # a user names what he likes


def test_as_many_shards_as_there_may_be_are_read_in_time(
    write: Callable[[Change], Path], content: dict[str, Any]
) -> None:
    record = content["shards"][0]
    begun = time.process_time()
    file = write(top(shards=[{**record, "file": f"data/{number:05}"} for number in range(20_000)]))
    assert len(manifests.load(file).shards) == 20_000
    assert time.process_time() - begun < 5


def test_a_plan_whose_manifest_nobody_could_read_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wordy(Specks):
        text: str = ""

    for text in ("x" * manifest_checks.MOST_BYTES, "," * manifest_checks.MOST_VALUES):
        with pytest.raises(
            ConfigError, match=r"synthink\.json could not be read: (larger|more) than [0-9,]+ (byt|val)"
        ):
            synthink.generate(Wordy(text=text), splits={"train": 5}, output=tmp_path / "data")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("splits", [{"train": MOST_SHARDS}, {"train": MOST_SHARDS - 2, "test": 1, "validation": 1}])
def test_the_most_shards_are_said(splits: dict[str, int]) -> None:
    check_counts(splits, 1)
    with pytest.raises(ConfigError, match="cuts the 100,000 rows into more than 99,999 shards; make it 2"):
        check_counts({**splits, "train": splits["train"] + 1}, 1)
    check_counts({**splits, "train": splits["train"] + 1}, 2)


@pytest.mark.slow
def test_the_manifest_of_the_most_shards_can_be_read() -> None:
    third = MOST_SHARDS // 3 * 1000
    splits = {"train": third, **{letter * 40: {"rows": third, "like": "test"} for letter in "tu"}}
    plan = make_plan("gestures", splits=splits)
    assert len(plan.shards) == MOST_SHARDS and manifests.identity_read_back(plan)["splits"] == plan.sizes


def test_what_was_refused_for_many_reasons_does_not_make_a_manifest_too_large(
    clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = manifests.load(clean)
    refused = most_refused(Counter({f"reason {number:04} {'x' * 300}": number for number in range(1, 1000)}))
    assert len(refused) == 101 and refused["other reasons"] == 899 * 900 // 2 and max(map(len, refused)) == 200
    records = [replace(shard, refused=refused) for shard in sound.shards]
    whole = manifests.dump(sound.identity, records)
    assert manifests.identity_and_shards(whole)[1] == [replace(record, counts="") for record in records]
    monkeypatch.setattr(manifest_checks, "MOST_BYTES", len(whole) - 1)
    smaller = manifests.dump(sound.identity, records)
    assert manifests.identity_and_shards(smaller)[1] == [replace(record, refused={}, counts="") for record in records]
    sums = {reason: count * len(records) for reason, count in refused.items()}
    assert json.loads(smaller)["refused"] == json.loads(whole)["refused"] == sums
