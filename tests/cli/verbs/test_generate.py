"""`synthink generate`: what it prints, and which fields its keys reach."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pytest

import synthink
from synthink.build.estimate import _most_rows_of_a_worker
from synthink.errors import ConfigError
from tests.cli.support import SMALL, assert_refused, manifest_of
from tests.support import Result

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]
ONE_ROW = ("splits.train=1", "splits.validation=0", "splits.test=0", "output=out")


def made_fields(command: Command, folder: Path, *overrides: str) -> dict[str, Any]:
    """The generator's fields in the manifest of a dataset that was made with these overrides."""
    result = command("generate", *overrides)
    assert result.returncode == 0, result.stderr
    fields: dict[str, Any] = manifest_of(folder / "out")["fields"]
    return fields


def test_it_says_what_it_made_and_what_to_type_next(command: Command, tmp_path: Path) -> None:
    result = command("generate", *SMALL, "output=data/x")
    assert result.returncode == 0, result.stderr
    for text in ("data/x", "7 rows", "train 5", "test 2", "synthink preview", "synthink verify", "load_dataset"):
        assert text in result.stdout
    again = command("generate", *SMALL, "output=data/x")
    assert again.returncode == 0
    assert "all there already" in again.stdout
    assert_refused(command("generate", *SMALL, "output=data/x", "seed=1"), "seed: 0 -> 1")
    replaced = command("generate", *SMALL, "output=data/x", "seed=1", "overwrite=true")
    assert replaced.returncode == 0, replaced.stderr
    assert manifest_of(tmp_path / "data" / "x")["seed"] == 1
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["x"]


def test_short_names_reach_the_fields_that_they_stand_for(command: Command, tmp_path: Path) -> None:
    fields = made_fields(
        *(command, tmp_path, *ONE_ROW, "words=random", "camera=photo", "fonts.share_across_splits=true"),
        *("picture_px=[96,64]", "fonts.bold=false"),
    )
    assert fields["words"]["source"] == "random"
    assert fields["camera"]["preset"] == "photo"
    assert fields["fonts"]["share_across_splits"] is True
    assert fields["fonts"]["bold"] is False
    assert fields["picture_px"] == [96, 64]


def test_mappings_and_dotted_keys_mean_the_same(command: Command, tmp_path: Path) -> None:
    one = command("generate", *SMALL[:4], "words={source: random, length: [3, 4]}", "output=a")
    other = command("generate", *SMALL[:4], "generator.words.source=random", "words.length=[3,4]", "output=b")
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert (tmp_path / "a" / "synthink.json").read_bytes() == (tmp_path / "b" / "synthink.json").read_bytes()


@pytest.mark.parametrize(
    ("override", "gestures"),
    [
        ("generator.gestures={delete: 2, delete.strike: 0}", {"delete": 2.0, "delete.strike": 0.0}),
        ("gestures.delete.strike=0", {"delete.strike": 0.0}),
        ("+generator.gestures.delete=1", {"delete": 1.0}),
    ],
)
def test_keys_of_a_mapping_are_free(
    command: Command, tmp_path: Path, override: str, gestures: dict[str, float]
) -> None:
    fields = made_fields(command, tmp_path, "generator=gestures", override, *ONE_ROW, "documents.count=40")
    assert fields["gestures"] == gestures


def test_what_cannot_be_expressed_in_hydras_types_is_reachable(command: Command, tmp_path: Path) -> None:
    """Literals, unions with None, bounded ranges: what Hydra's structured configs do not know."""
    fields = made_fields(
        *(command, tmp_path, *SMALL, "output=out", "distractors=[underline,circle]", "look_alikes=mark"),
        *("text_size_px=[9,12]", "mark_shapes=[loop]", "camera={preset: scan, tilt_deg: [0, 1]}"),
        "words.case=[upper,lower]",
    )
    assert fields["distractors"] == ["underline", "circle"]
    assert fields["text_size_px"] == [9.0, 12.0]
    assert fields["camera"]["tilt_deg"] == [0.0, 1.0]
    assert fields["words"]["case"] == ["upper", "lower"]


def test_words_beyond_ascii_need_no_quotes(command: Command, tmp_path: Path) -> None:
    fields = made_fields(command, tmp_path, *ONE_ROW, "picture_px=64", "words.source=[étui,Größe,naïf]",
                         "words.share_across_splits=true", "words.alphabet=étuiGrößenaf")  # fmt: skip
    assert fields["words"]["source"] == ["étui", "Größe", "naïf"]


def test_a_recipe_by_name(command: Command, tmp_path: Path) -> None:
    result = command(
        *("generate", "experiment=blindtest", "fonts.families=[DejaVu Sans]", "paddings=[25]", "line_widths_pt=[4]"),
        "output=out",
    )
    assert result.returncode == 0, result.stderr
    manifest = manifest_of(tmp_path / "out")
    letters = sum(map(len, ("Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM")))
    assert manifest["splits"] == {"test": letters}
    assert manifest["generator"] == "circled_letters_grid"
    assert manifest["fields"]["picture_px"] == 512


@pytest.mark.parametrize("folder", ["Ünï cödé = folder (2)/it's", "7", "a~b;c#d, e"])
def test_an_output_may_have_any_name(command: Command, tmp_path: Path, folder: str) -> None:
    result = command("generate", *SMALL, f"output={folder}")
    assert result.returncode == 0, result.stderr
    manifest = (tmp_path / folder / "synthink.json").read_bytes()
    again = command("generate", f"from={folder}", "output=again", "executor.workers=1")
    assert again.returncode == 0, again.stderr
    assert "the same bytes as" in again.stdout
    assert (tmp_path / "again" / "synthink.json").read_bytes() == manifest


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
@pytest.mark.slow
def test_a_dry_run_estimates_and_writes_nothing(command: Command, tmp_path: Path, form: str) -> None:
    few = ("splits.train=200", "splits.validation=0", "splits.test=9", "picture_px=64", "words=random")
    result = command("generate", *few, f"format={form}", "output=out", "executor.workers=1", "dry_run=true")
    assert (result.returncode, result.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert "out: 209 rows in 2 files" in result.stdout and "train 200  test 9" in result.stdout
    about = re.search(r"about ([\d.]+) kB, and \d+ s with 1 process: estimated from \d+ rows", result.stdout)
    assert about, result.stdout
    made = command("generate", *few, f"format={form}", "output=out")
    assert made.returncode == 0, made.stderr
    size = sum(shard["bytes"] for shard in manifest_of(tmp_path / "out")["shards"]) / 1000
    assert float(about[1]) == pytest.approx(size, rel=0.1)
    assert_refused(command("generate", *few, "seed=1", "dry_run=true", "picture_px=16"), "picture_px=16")
    again = command("generate", "from=out", "dry_run=true", "output=again")
    assert "again: 209 rows" in again.stdout and not (tmp_path / "again").exists()


@pytest.mark.whole
def test_a_dry_run_of_a_sweep_is_a_table(command: Command, tmp_path: Path) -> None:
    few = ("splits.train=2", "splits.validation=0", "splits.test=0", "words=random", "dry_run=true", "output=out")
    result = command("generate", "-m", *few, "picture_px=64,96")
    assert (result.returncode, result.stderr) == (0, "")
    head, *jobs, closing = result.stdout.splitlines()
    assert head.split() == ["job", "picture_px", "rows", "size", "time", "result"]
    assert [(job.split()[1:3], job.split()[-1]) for job in jobs] == [
        (["64", "2"], "estimated"),
        (["96", "2"], "estimated"),
    ]
    assert closing.startswith("about ") and closing.endswith("nothing is written")
    assert_refused(command("generate", "-m", *few[:4], "output=out", "dry_run=true,false"), "must be the same for all")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.whole
def test_a_dry_run_in_python_gives_the_estimate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    request: dict[str, Any] = {"splits": {"train": 250, "test": 20}, "shard_size": 100, "words": "random"}
    guess = synthink.generate("circled_letters", dry_run=True, workers=2, picture_px=64, **request)
    assert (dict(guess.rows), guess.files, guess.workers, guess.format) == ({"train": 250, "test": 20}, 4, 2, "parquet")
    assert list(tmp_path.iterdir()) == []
    made = synthink.generate("circled_letters", output="made", workers=1, picture_px=64, **request)
    assert guess.bytes == pytest.approx(made.bytes, rel=0.1)
    with pytest.raises(ConfigError, match="must name a folder"):
        synthink.generate("circled_letters", output=None, **request)  # type: ignore[call-overload]


def test_the_slowest_worker_says_when_a_dataset_is_there() -> None:
    assert _most_rows_of_a_worker([1000, 100, 100], 2) == 1000
    assert _most_rows_of_a_worker([100] * 5, 2) == 300
    assert _most_rows_of_a_worker([7, 5], 8) == 7


@pytest.mark.parametrize("form", ["parquet", "arrow", "webdataset", "jsonl"])
def test_the_line_that_loads_a_dataset_loads_it(command: Command, tmp_path: Path, form: str) -> None:
    """And what the format has no room for is named on the terminal, in the card and in the manifest."""
    splits = ("splits.train=5", "splits.validation=0", "splits.test=2")
    result = command("generate", "generator=ink_strokes", *splits, f"format={form}", "output=out")
    assert result.returncode == 0, result.stderr
    line = next(line for line in result.stdout.splitlines() if line.startswith("load it:"))
    rows = eval(line.removeprefix("load it:").strip(), {"datasets": datasets})  # noqa: S307
    assert {split: len(rows[split]) for split in rows} == {"train": 5, "test": 2}
    manifest, card = manifest_of(tmp_path / "out"), (tmp_path / "out" / "README.md").read_text()
    missing = manifest.get("columns_left_out", [])
    assert missing == (["strokes", "stroke_widths_px"] if form == "jsonl" else [])
    line = "left out, as jsonl holds all columns but points of strokes: strokes, stroke_widths_px"
    assert (line in result.stdout) == (form == "jsonl")
    assert ("leaves out `strokes`" in card) == (form == "jsonl")
    columns = set(synthink.load(tmp_path / "out")[1].columns)
    row = rows["train"][0]
    others = json.loads(row.get("other_columns", "{}"))
    assert columns - set(missing) <= {*row, *row.get("json", ()), *others}
