"""A folder that holds something else: other configurations, foreign files, what cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from synthink.build import manifest, plan
from synthink.errors import ConfigError, DrawError, OutputError, unexpected
from tests.build.faults.harness import tree
from tests.build.folders import Specks, make, unfinished
from tests.support import environment, python

pytestmark = pytest.mark.heavy


OTHER: list[dict[str, Any]] = [
    {"seed": 1},
    {"split_seed": 1},
    {"shares": {"train": 0.5, "validation": 0.25, "test": 0.25}},
    {"splits": {"train": 25, "validation": 7}},
    {"splits": {"train": 24, "validation": 7, "test": 3}},
    {"format": "jsonl"},
    {"shard_size": 6},
    {"licence": "cc0-1.0"},
    {"fields": {"grey": 1}},
]


@pytest.mark.parametrize("change", OTHER, ids=lambda change: next(iter(change)))
def test_another_configuration_is_refused_with_the_difference(
    tmp_path: Path, finished: Path, change: dict[str, Any]
) -> None:
    unfinished(tmp_path / "begun")
    for folder in (finished, tmp_path / "begun"):
        before = tree(folder)
        with pytest.raises(OutputError, match=rf"another configuration \(.*{next(iter(change))}.* -> .*overwrite=true"):
            make(folder, **change)
        assert tree(folder) == before


def test_other_libraries_and_versions_are_refused(monkeypatch: pytest.MonkeyPatch, finished: Path) -> None:
    drifted = {**plan.library_versions(), "pillow": "99.0"}
    monkeypatch.setattr(plan, "library_versions", lambda: drifted)
    with pytest.raises(OutputError, match=r"versions\.pillow: '.*' -> '99\.0'"):
        make(finished)
    monkeypatch.undo()
    monkeypatch.setattr(Specks, "version", 2)
    with pytest.raises(OutputError, match="generator_version: 1 -> 2"):
        make(finished)


@pytest.mark.parametrize("change", OTHER, ids=lambda change: next(iter(change)))
def test_overwrite_replaces_all_of_it(tmp_path: Path, finished: Path, change: dict[str, Any]) -> None:
    make(tmp_path / "clean", **change)
    unfinished(tmp_path / "begun")
    for folder in (finished, tmp_path / "begun"):
        made = make(folder, overwrite=True, **change)
        assert made.output == folder and made.reused == 0
        assert tree(folder) == tree(tmp_path / "clean")
    assert {path.name for path in tmp_path.iterdir()} == {"clean", "begun", "data"}


def test_overwrite_that_fails_leaves_the_old_one(tmp_path: Path, finished: Path, clean: Path) -> None:
    for workers in (1, 2):
        with pytest.raises(DrawError, match="row 12 of split train"):
            make(finished, overwrite=True, workers=workers, fields={"fail_at": 12})
        assert tree(finished) == tree(clean)
    make(finished, overwrite=True, fields={"grey": 7})  # after another attempt, of another configuration
    make(tmp_path / "grey", fields={"grey": 7})
    assert tree(finished) == tree(tmp_path / "grey")
    assert {path.name for path in tmp_path.iterdir()} == {"grey", "data"}


def test_overwrite_through_a_link(tmp_path: Path, finished: Path) -> None:
    (tmp_path / "link").symlink_to("data")
    make(tmp_path / "link", seed=1, overwrite=True)
    assert (tmp_path / "link").is_symlink() and manifest.load(finished).identity["seed"] == 1


def test_overwrite_spares_files_that_are_not_the_datasets(tmp_path: Path, finished: Path) -> None:
    unfinished(tmp_path / "begun")
    for folder in (finished, tmp_path / "begun"):
        (folder / "thesis.txt").write_text("years of work")
        before = tree(folder)
        with pytest.raises(OutputError, match=r"holds 'thesis\.txt', which is not the dataset's"):
            make(folder, seed=1, overwrite=True)
        assert tree(folder) == before


def test_shards_of_a_plan_that_finished_none_do_not_stay(tmp_path: Path, clean: Path) -> None:
    folder = tmp_path / "data"
    unfinished(folder, seed=4, shard_size=3)
    (folder / ".synthink" / "journal").unlink()  # killed between a shard's name and its line
    assert (folder / "data" / "train-00001-of-00009.parquet").exists()
    make(folder)
    assert tree(folder) == tree(clean)


def test_a_shard_that_no_plan_names_is_neither_removed_nor_left_among_ours(tmp_path: Path) -> None:
    unfinished(tmp_path)
    (tmp_path / "data" / "train-00001-of-00777.parquet").write_bytes(b"theirs")
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=r"holds 'data/train-00001-of-00777\.parquet', which is not the dataset's"):
        make(tmp_path)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", ["holiday.jpg", ".hidden", "data"])
def test_a_folder_of_other_things_is_refused_untouched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match=f"not empty, and not a dataset of synthink \\(holds '{name}'\\)"):
        make(tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_output_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for output, reason in (("file", "is not a folder"), ("file/data", "Not a directory"), ("x" * 300, "name too long")):
        with pytest.raises(OutputError, match=reason) as caught:
            make(tmp_path / output)
        assert str(tmp_path / output)[:100] in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("output", ["", None, 7])
def test_an_output_without_a_name_is_refused(output: Any) -> None:
    with pytest.raises(ConfigError, match="output="):
        make(output)


@pytest.mark.parametrize("overwrite", ["no", None, 1])
def test_overwrite_is_true_or_false(finished: Path, overwrite: Any) -> None:
    with pytest.raises(ConfigError, match="overwrite="):
        make(finished, seed=1, overwrite=overwrite)


def test_a_failing_row_is_told_alike_by_one_worker_and_two(tmp_path: Path) -> None:
    told = []
    for workers in (1, 2):
        with pytest.raises(DrawError) as caught:
            make(tmp_path / str(workers), workers=workers, seed=5, fields={"fail_at": 17})
        told.append(str(caught.value))
        assert "ValueError: asked to fail" in unexpected(caught.value) and "Traceback" in unexpected(caught.value)
    assert told == ["specks row 17 of split train (seed 5): ValueError: asked to fail"] * 2


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Files and folders that a user may name by mistake."""
    folder = tmp_path / "in"
    (folder / "empty").mkdir(parents=True)
    (folder / "corrupt").mkdir()
    (folder / "corrupt" / "some.ttf").write_bytes(b"\x00\x01\x00\x00" + bytes(range(256)) * 4)
    (folder / "latin1.txt").write_bytes("Größe\nMaß\n".encode("latin-1") * 50)
    (folder / "list.txt").write_text("alpha\nbeta\ngamma\n" * 3)
    return folder


BAD = [
    (["words.length=[9,3]"], "words.length=(9, 3)", "backwards"),
    (["picture_px=0"], "picture_px=0", "between 16"),
    (["picture_px=big"], "picture_px", "big"),
    (["pitcure_px=96"], "pitcure_px=", "did you mean picture_px"),
    (["fonts.source=in/empty"], "in/empty", ""),
    (["fonts.source=in/nowhere"], "in/nowhere", ""),
    (["fonts.source=in/corrupt"], "some.ttf", ""),
    (["words.source=in/latin1.txt"], "in/latin1.txt", "UTF-8"),
    (["words.source=[日本語,日本,本語]", "words.alphabet=null"], "words", ""),
    (["words.source=[" + "a" * 10_000 + "]", "words.share_across_splits=true"], "words", ""),
    (["output=in/list.txt"], "in/list.txt", "is not a folder"),
    (["output=in/list.txt/data"], "in/list.txt", "Not a directory"),
    (["output="], "output=", "must name a folder"),
    (["overwrite=perhaps"], "overwrite='perhaps'", "true or false"),
    (["seed=half"], "seed='half'", "whole number"),
    (["shard_size=0"], "shard_size=0", "at least 1"),
    (["executor.workers=0"], "executor.workers=0", "must be at least 1"),
    (["executor=abacus"], "executor", "local"),
    (["format=parket"], "format='parket'", "did you mean parquet"),
    (["licence=''"], "licence=''", ""),
    (["splits.train=-1"], "splits.train=-1", "at least 0"),
    (["splits.train=some"], "splits.train='some'", "whole number"),
    (["splits.tarin=5"], "splits.tarin", "did you mean train"),
    (["splits.train=0", "splits.validation=0", "splits.test=0"], "splits", "no split has any rows"),
    (["splits.shares.train=-1"], "train=-1", "at least 0"),
    (["from=in/nowhere"], "in/nowhere", "synthink.json"),
    (["from=in/list.txt"], "in/list.txt", "not JSON"),
    (["generator=circled_leters"], "circled_leters", "did you mean circled_letters"),
]


@pytest.mark.parametrize(("overrides", "place", "reason"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_one_line(
    tmp_path: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    overrides: list[str], place: str, reason: str,
) -> None:  # fmt: skip
    from synthink.cli import main as cli

    monkeypatch.setattr(cli.signal, "signal", lambda number, handler: None)
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path)
    with pytest.raises(SystemExit) as caught:
        cli.main(["generate", "output=made", *overrides])
    error = capsys.readouterr().err
    assert caught.value.code == 2, error
    assert error.startswith("synthink: ") and error.count("\n") == 1, error
    assert place in error and reason in error, error
    assert len(error) < 1000
    assert tree(tmp_path) == before


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize(
    ("scenario", "mode", "step"),
    [
        ("jsonl", "kill", 31),
        ("parquet", "error", 31),
        ("parquet-overwrite", "kill", 19),
        ("parquet-overwrite", "error", 31),
        ("parquet-overwrite-fallback", "kill", 31),
        ("parquet-repair", "kill", 11),
        ("jsonl-grow", "kill", 23),
        *(
            pytest.param(scenario, mode, 1, marks=pytest.mark.slow)
            for scenario in (
                *("parquet", "jsonl", "parquet-overwrite", "parquet-overwrite-fallback", "parquet-repair"),
                *("parquet-grow", "jsonl-grow", "parquet-grow-fallback", "imagefolder", "imagefolder-grow"),
            )
            for mode in ("kill", "error")
        ),
    ],
)
def test_a_fault_at_a_file_operation(tmp_path: Path, scenario: str, mode: str, step: int) -> None:
    tried = python("-m", "tests.build.faults.everypoint", scenario, mode, str(tmp_path), str(step), env=environment())
    assert tried.returncode == 0, tried.stderr
    print(tried.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's accounts")
def test_memory_of_a_run_and_its_workers(tmp_path: Path) -> None:
    script = (
        "import resource, synthink; "
        "synthink.generate('circled_letters', splits={'train': 1200}, shard_size=300, workers=2, output='data'); "
        # ru_maxrss of the process itself is no use: it starts at that of the test run.
        "own = next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM')); "
        "print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    made = python("-c", script, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    parent_kb, worker_kb = map(int, made.stdout.split())
    assert parent_kb < 300_000 and worker_kb < 300_000, made.stdout
