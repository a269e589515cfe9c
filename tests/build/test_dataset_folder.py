"""The dataset folder: the same bytes whatever the circumstances, finished where it was left, refused where not ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synthink
from synthink import api
from synthink.build import dataset_folder as run
from synthink.build import journal, manifest, plan
from synthink.build.executors import Executor
from synthink.build.formats import format_names
from synthink.errors import AssetError, ConfigError, DrawError, OutputError, unexpected
from tests.build.faults.harness import stamps, tree
from tests.support import Result, environment, python

pytestmark = pytest.mark.heavy

SPLITS = {"train": 25, "validation": 7, "test": 3}


class Specks(synthink.Generator):
    """Noise, quickly made; one row of split train can fail."""

    columns = {"number": int, "box": synthink.Box}  # noqa: RUF012
    grey: int = 0
    fail_at: int = -1

    def draw(self, ctx: synthink.DrawContext) -> synthink.Sample:
        if ctx.index == self.fail_at and ctx.split.name == "train":
            raise ValueError("asked to fail")
        pixels = np.full((8, 8, 3), ctx.stream("colour").integers(0, 100) + self.grey, np.uint8)
        notes = {"number": ctx.index, "box": (0.0, 0.0, 1.5, 2.25)}
        return synthink.Sample(pixels, "how many?", str(ctx.index), notes)


def make(output: Path, splits: dict[str, int] | None = None, **options: Any) -> Any:
    fields = options.pop("fields", {})
    return synthink.generate(Specks(**fields), splits=splits or SPLITS, output=output, **{"shard_size": 5, **options})


class TwoShards(Executor):
    """Interrupted after two shards."""

    def map(self, task: Any, shards: Sequence[Any]) -> Iterator[Any]:
        yield from map(task, shards[:2])
        raise KeyboardInterrupt


def unfinished(output: Path, **options: Any) -> list[str]:
    """A folder with two finished shards of seven; their names."""
    wanted = api.make_plan(Specks(), splits=SPLITS, shard_size=5, **options)

    with pytest.raises(KeyboardInterrupt):
        run.build_dataset(wanted, output, TwoShards(), False, lambda rows: None)
    return [record.file for record in journal.read(output / ".synthink" / "journal")]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "data"
    make(folder)
    return folder


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    make(tmp_path / "data")
    return tmp_path / "data"


# The same bytes


@pytest.mark.parametrize("form", format_names())
def test_workers_never_reach_the_bytes(tmp_path: Path, form: str) -> None:
    for workers in (1, 2, 5):
        make(tmp_path / str(workers), format=form, workers=workers)
    assert tree(tmp_path / "1") == tree(tmp_path / "2") == tree(tmp_path / "5")


@pytest.mark.parametrize("form", format_names())
def test_circled_letters_repeat_in_every_format(tmp_path: Path, form: str) -> None:
    for workers in (1, 2):
        synthink.generate(
            "circled_letters",
            picture_px=96,
            splits={"train": 30, "test": 5},
            shard_size=10,
            format=form,
            workers=workers,
            output=tmp_path / str(workers),
        )
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


CIRCLES = ("-m", "synthink", "generate", "splits.train=30", "splits.validation=0", "splits.test=5", "shard_size=10")
SURROUNDINGS: list[dict[str, str]] = [
    {"PYTHONHASHSEED": "0", "LANG": "C", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "2", "LC_ALL": "de_DE.UTF-8", "OMP_NUM_THREADS": "1", "TZ": "America/St_Johns"},
    {
        "PYTHONHASHSEED": "3",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_ICL AVX512_SPR X86_V3 X86_V4",
    },
]


def test_surroundings_never_reach_the_bytes(tmp_path: Path) -> None:
    trees = []
    for number, env in enumerate(SURROUNDINGS):
        cwd = tmp_path / f"place {number} ü"
        cwd.mkdir()
        mask = os.umask(0o077 if number % 2 else 0o002)
        try:
            made = python(*CIRCLES, f"executor.workers={1 + number % 2}", "output=data", cwd=cwd, env=env)
        finally:
            os.umask(mask)
        assert made.returncode == 0, made.stderr
        trees.append(tree(cwd / "data"))
    assert trees[0] and all(each == trees[0] for each in trees)


def test_rows_of_a_split_are_all_there_once_and_in_order(clean: Path) -> None:
    import pyarrow.parquet as pq

    for split, count in SPLITS.items():
        rows = [row for path in sorted(clean.glob(f"data/{split}-*")) for row in pq.read_table(path).to_pylist()]
        assert [row["id"] for row in rows] == [f"specks-{split}-{index:07d}" for index in range(count)]
        assert [row["number"] for row in rows] == list(range(count))


def test_sharding_changes_files_but_no_row(tmp_path: Path, clean: Path) -> None:
    import pyarrow.parquet as pq

    make(tmp_path / "data", shard_size=1000)
    for split in SPLITS:
        one, many = (
            [row for path in sorted(folder.glob(f"data/{split}-*")) for row in pq.read_table(path).to_pylist()]
            for folder in (tmp_path / "data", clean)
        )
        assert one == many


def test_made_again_from_its_manifest(tmp_path: Path, clean: Path) -> None:
    synthink.generate(source=clean / "synthink.json", output=tmp_path / "file", workers=2)
    synthink.generate(source=clean, output=tmp_path / "folder")
    assert tree(tmp_path / "file") == tree(tmp_path / "folder") == tree(clean)


def test_command_makes_again_from_a_manifest(tmp_path: Path, synthink: Callable[..., Result]) -> None:
    assert synthink("generate", *CIRCLES[3:], "output=one").returncode == 0
    assert synthink("generate", "from=one/synthink.json", "output=two").returncode == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    refused = synthink("generate", "from=one/synthink.json", "output=three", "seed=3")
    assert refused.returncode == 2
    assert refused.stderr.startswith("synthink: seed=3: the manifest one/synthink.json says everything")
    assert not (tmp_path / "three").exists()


def test_a_manifest_leaves_no_room_for_fields(tmp_path: Path, clean: Path) -> None:
    with pytest.raises(ConfigError, match="source="):
        synthink.generate(source=clean, grey=3, output=tmp_path / "data")


# Finished where it was left


def test_again_does_nothing(finished: Path) -> None:
    before, made = stamps(finished, list(tree(finished))), make(finished)
    assert (made.drawn, made.reused) == (0, 35)
    files = [name for name in before if (finished / name).is_file()]
    assert stamps(finished, files) == {name: before[name] for name in files}


@pytest.mark.parametrize("form", format_names())
def test_goes_on_after_an_interruption(tmp_path: Path, form: str) -> None:
    make(tmp_path / "clean", format=form)
    kept = unfinished(tmp_path / "data", format=form)
    assert len(kept) == 2
    before = stamps(tmp_path / "data", kept)
    made = make(tmp_path / "data", format=form)
    assert (made.drawn, made.reused) == (25, 10)
    assert stamps(tmp_path / "data", kept) == before
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flip(data: bytes) -> bytes:
    return data[:700] + bytes([data[700] ^ 1]) + data[701:]


@pytest.mark.parametrize("harm", [_cut, _flip, lambda data: b"", None], ids=["cut", "flip", "empty", "gone"])
@pytest.mark.parametrize("form", ["parquet", "webdataset"])
@pytest.mark.parametrize("state", ["finished", "unfinished"])
def test_only_the_torn_shard_is_made_again(
    tmp_path: Path, harm: Callable[[bytes], bytes] | None, form: str, state: str
) -> None:
    folder = tmp_path / "data"
    make(tmp_path / "clean", format=form)
    if state == "finished":
        make(folder, format=form)
        names = [path.relative_to(folder).as_posix() for path in sorted(folder.glob("data/*"))]
    else:
        names = unfinished(folder, format=form)
    torn = names.pop(1)
    whole = names
    if harm is None:
        (folder / torn).unlink()
    else:
        (folder / torn).write_bytes(harm((folder / torn).read_bytes()))
    before = stamps(folder, whole)
    made = make(folder, format=form)
    assert made.drawn == (5 if state == "finished" else 30)
    assert stamps(folder, whole) == before
    assert tree(folder) == tree(tmp_path / "clean")


def test_a_torn_folder_shard_is_made_again(tmp_path: Path) -> None:
    make(tmp_path / "clean", format="jsonl")
    make(tmp_path / "data", format="jsonl")
    picture = sorted((tmp_path / "data").glob("data/*/*.png"))[3]
    picture.write_bytes(picture.read_bytes()[:-1])
    (tmp_path / "data" / "data" / "test-00000-of-00001" / "stranger").touch()
    assert make(tmp_path / "data", format="jsonl").drawn == 5 + 3
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


@pytest.mark.parametrize("form", format_names())
def test_lost_files_beside_the_shards_come_back(tmp_path: Path, form: str) -> None:
    make(tmp_path / "clean", format=form)
    make(tmp_path / "data", format=form)
    shards = {record.file for record in manifest.load(tmp_path / "data").shards}
    for path in list((tmp_path / "data").rglob("*")):
        name = path.relative_to(tmp_path / "data").as_posix()
        if path.is_file() and name != "synthink.json" and not any(name.startswith(shard) for shard in shards):
            path.unlink()
    assert make(tmp_path / "data", format=form).drawn == 0
    assert tree(tmp_path / "data") == tree(tmp_path / "clean")


def test_a_card_that_was_edited_stays(finished: Path) -> None:
    (finished / "README.md").write_text("mine")
    sorted(finished.glob("data/*"))[0].write_bytes(b"torn")
    make(finished)
    assert (finished / "README.md").read_text() == "mine"


@pytest.mark.parametrize(
    "harm",
    [
        lambda lines: lines[:-20],
        lambda lines: lines.replace(b'"rows": 5', b'"rows": 4'),
        lambda lines: lines + lines,
        lambda lines: b"\xff\x00 {}\nnull\n[]\n" + lines,
        lambda lines: b"",
    ],
    ids=["cut", "other", "doubled", "garbled", "empty"],
)
def test_a_harmed_journal_is_never_believed(tmp_path: Path, clean: Path, harm: Callable[[bytes], bytes]) -> None:
    unfinished(tmp_path / "data")
    file = tmp_path / "data" / ".synthink" / "journal"
    file.write_bytes(harm(file.read_bytes()))
    make(tmp_path / "data")
    assert tree(tmp_path / "data") == tree(clean)


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[1]",
        lambda text: text.replace('"format_version": 1', '"format_version": 99'),
        lambda text: text.replace('"shards"', '"shard"'),
        lambda text: text.replace('"seed": 0', '"seed": "0"', 1),
        lambda text: text.replace('"rows": 5', '"rows": "5"', 1),
        lambda text: text.replace('"train": 25', '"train": "25"', 1),
        lambda text: text.replace('"data/', '"../data/', 1),
        lambda text: "[" * 100_000,
    ],
    ids=["cut", "empty", "list", "version", "key", "type", "rows", "splits", "outside", "deep"],
)
def test_a_harmed_manifest_is_refused_by_name(finished: Path, tmp_path: Path, harm: Callable[[str], str]) -> None:
    file = finished / "synthink.json"
    file.write_text(harm(file.read_text()))
    before = tree(finished)
    for options in ({}, {"overwrite": True}):
        with pytest.raises(AssetError, match=r"synthink\.json: ") as caught:
            make(finished, **options)
        assert "\n" not in str(caught.value)
    assert tree(finished) == before
    with pytest.raises(AssetError, match=r"synthink\.json: "):
        synthink.generate(source=finished, output=tmp_path / "again")


def test_a_row_count_in_the_manifest_is_checked(finished: Path, clean: Path) -> None:
    file = finished / "synthink.json"
    file.write_text(file.read_text().replace('"rows": 5', '"rows": 4', 1))
    make(finished)
    assert tree(finished) == tree(clean)


# Refused where it is not ours, or is another


OTHER: list[dict[str, Any]] = [
    {"seed": 1},
    {"split_seed": 1},
    {"shares": {"train": 0.5, "validation": 0.25, "test": 0.25}},
    {"splits": {"train": 25, "validation": 7}},
    {"splits": {"train": 26, "validation": 7, "test": 3}},
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
    unfinished(folder, seed=4)
    (folder / "data" / "train-00001-of-00777.parquet").write_bytes(b"of another plan")
    (folder / ".synthink" / "journal").unlink()  # killed between a shard's name and its line
    make(folder)
    assert tree(folder) == tree(clean)


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
        assert str(tmp_path / output) in str(caught.value)
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


# Bad input to the command: one line that names the field or file and the value, status 2, nothing written


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


# Crash points, memory


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
        *(
            pytest.param(scenario, mode, 1, marks=pytest.mark.slow)
            for scenario in ("parquet", "jsonl", "parquet-overwrite", "parquet-overwrite-fallback", "parquet-repair")
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
