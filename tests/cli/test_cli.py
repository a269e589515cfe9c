"""The command, in fresh processes: what it prints, its exit status, and that bad input leaves nothing behind."""

from __future__ import annotations

import csv
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from synthink import DrawContext, DrawError, Sample
from synthink.cli.main import main
from synthink.generators.circled_letters import CircledLetters
from tests.support import Result

Command = Callable[..., Result]
TINY = ("splits.train=5", "splits.validation=0", "splits.test=2", "picture_px=64", "words=random")


def fields_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "synthink.json").read_text(encoding="utf-8"))
    return content


def refused(answer: Result, told: str, folder: Path) -> None:
    """Exit status 2, one line on stderr, nothing written. In a sweep Hydra says first which job it was."""
    assert answer.returncode == 2, answer.stdout + answer.stderr
    *before, line = answer.stderr.splitlines()
    assert line.startswith("synthink: ")
    assert told in line
    assert all(other.startswith("Error executing job") for other in before), answer.stderr
    assert "-m" in answer.args[3:] or not before
    assert answer.stdout == "" or "-m" in answer.args[3:]
    assert "Traceback" not in answer.stderr
    left = {path.name for path in (folder / "out").rglob("*")}
    assert left <= ({"multirun.yaml"} if "-m" in answer.args[3:] else set()), left


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "generate"),
        (("--help",), "verify"),
        (("generate", "--help"), "picture_px"),
        (("generate", "generator=circled_letters_grid", "--help"), "paddings"),
        (("generate", "--help"), "experiment=blindtest"),
        (("list", "--help"), "fonts"),
        (("preview", "--help"), "dataset"),
        (("verify", "--help"), "dataset"),
        (("--version",), "synthink 0."),
        (("list",), "circled_letters"),
        (("list", "fonts"), "DejaVu Sans"),
        (("completion", "bash"), "synthink"),
    ],
    ids=str,
)
def test_help_and_lists(synthink: Command, arguments: tuple[str, ...], told: str) -> None:
    answer = synthink(*arguments)
    assert answer.returncode == 0, answer.stderr
    assert told in answer.stdout
    assert answer.stderr == ""


# --- what a user mistypes ---------------------------------------------------------------------------------------------

FILES: dict[str, bytes] = {
    "latin1.txt": "Müller\nÄpfel\nGrüße\n".encode("latin-1"),
    "utf16.txt": "apple\npear\n".encode("utf-16"),
    "empty.txt": b"",
    "long.txt": b"a" * 10_000 + b"\n",
    "broken/font.ttf": b"\x00\x01\x00\x00" + b"\x7f" * 400,
    "folder/none.txt": b"",
    "damaged.json": b'{"format_version": 1, "generator"',
}

BAD: list[tuple[tuple[str, ...], str]] = [
    (("generat",), "did you mean generate?"),
    (("verfy", "dataset=x"), "did you mean verify?"),
    (("list", "font"), "did you mean fonts?"),
    (("completion", "bsh"), "bash"),
    (("verify", "datset=x"), "did you mean dataset?"),
    (("verify", "dataset=nowhere"), "nowhere: no such folder"),
    (("verify",), "dataset"),
    (("preview", "dataset=nowhere"), "nowhere: no such folder"),
    (("generate", "generator=circled_leters"), "did you mean circled_letters"),
    (("generate", "format=parqet"), "did you mean parquet"),
    (("generate", "executor=locl"), "did you mean local"),
    (("generate", "experiment=blindtst"), "did you mean blindtest"),
    (("generate", "pictur_px=64"), "did you mean picture_px"),
    (("generate", "generator.pictur_px=64"), "did you mean picture_px"),
    (("generate", "words.lenght=[3,4]"), "did you mean length"),
    (("generate", "splits.tran=5"), "did you mean train"),
    (("generate", "splits.shares.tran=0.5"), "did you mean train"),
    (("generate", "executor.wokers=2"), "did you mean workers"),
    (("generate", "sed=1"), "did you mean seed"),
    (("generate", "+camera.tilt=3"), "camera.tilt"),
    (("generate", "+generator._target_=os.system"), "_target_"),
    (("generate", "++_target_=os.system"), "_target_"),
    (("generate", "output=${oc.env:HOME}/out"), "oc.env"),
    (("generate", "licence=${oc.env:HOME}"), "oc.env"),
    (("generate", "words=${oc.env:HOME}"), "oc.env"),
    (("generate", "licence=${oc.decode:x}"), "oc.decode"),
    (("generate", "-m", "licence=${oc.env:HOME}"), "oc.env"),
    (("generate", "words=${nowhere}"), "nowhere"),
    (("generate", "mark_scale=[1.5,1.2]"), "mark_scale=(1.5, 1.2): is a range written backwards"),
    (("generate", "mark_scale=[1.5"), "mark_scale"),
    (("generate", "mark_scale=[4,4]"), "mark_scale=(4.0, 4.0)"),
    (("generate", "picture_px=16"), "picture_px=16: nearly no word has room"),
    (("generate", "mark_scale=1.5"), "mark_scale"),
    (("generate", "picture_px=0"), "picture_px=0"),
    (("generate", "picture_px=[64,0]"), "picture_px[1]=0"),
    (("generate", "picture_px=big"), "picture_px='big'"),
    (("generate", "picture_px=null"), "picture_px=None"),
    (("generate", "mark_opacity=[0.5,nan]"), "mark_opacity[1]=nan"),
    (("generate", "camera=foto"), "did you mean photo"),
    (("generate", "mark_colours=[rouge]"), "mark_colours[0]='rouge'"),
    (("generate", "seed=x"), "seed='x'"),
    (("generate", "seed=1.5"), "seed=1.5"),
    (("generate", "shard_size=0"), "shard_size=0"),
    (("generate", "splits.train=-1"), "splits.train=-1"),
    (("generate", "splits.train=ten"), "splits.train='ten'"),
    (("generate", "splits.train=null"), "splits.train=None"),
    (("generate", "splits.train=0", "splits.validation=0", "splits.test=0"), "no split has any rows"),
    (("generate", "splits.shares.train=-1"), "train=-1"),
    (("generate", "executor.workers=0"), "executor.workers=0"),
    (("generate", "overwrite=maybe"), "overwrite"),
    (("generate", "licence="), "licence"),
    (("generate", "from=nowhere"), "nowhere"),
    (("generate", "from=damaged.json"), "damaged.json"),
    (("generate", "words=nowhere.txt"), "nowhere.txt"),
    (("generate", "words=latin1.txt"), "latin1.txt"),
    (("generate", "words=utf16.txt"), "utf16.txt"),
    (("generate", "words=empty.txt"), "empty.txt"),
    (("generate", "words=long.txt"), "long.txt"),
    (("generate", "words=[a,b,c]"), "words.share_across_splits=true"),
    (("generate", "words=builtinn"), "did you mean builtin"),
    (("generate", "words.source=[中,文,字,书,人,大]", "words.alphabet=中文字书人大"), "no font of the split"),
    (("generate", "words.length=[10000,10000]"), "words.length"),
    (("generate", "fonts=nowhere/"), "nowhere"),
    (("generate", "fonts=folder"), "folder"),
    (("generate", "fonts=broken"), "broken"),
    (("generate", "fonts.families=[DejaVu Sanz]"), "did you mean DejaVu Sans"),
    (("generate", "fonts.families=[DejaVu Sans]"), "fonts.share_across_splits=true"),
    (("generate", "output=latin1.txt"), "latin1.txt: is not a folder"),
    (("generate", "output=folder"), "not a dataset of synthink"),
    (("generate", "output=/proc/nowhere/out"), "/proc/nowhere"),
    (("generate", "output=null"), "output"),
    (("generate", "picture_px"), "picture_px"),
    (("generate", "-m", "seed=1,2", "formt=arrow"), "did you mean format"),
    (("generate", "-m", "seed=1,2", "hydra/launcher=jobli"), "jobli"),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command within this process, which takes a third of the time."""
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        output = capfd.readouterr()
        return Result(["python", "-m", "synthink", *arguments], int(left.value.code or 0), output.out, output.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=str)
def test_bad_input_is_one_line_and_leaves_nothing(
    synthink: Command, here: Command, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    before = sorted(path.as_posix() for path in tmp_path.rglob("*"))
    fresh = "-m" in arguments or BAD.index((arguments, told)) % 10 == 0
    if arguments[0] == "generate":
        given = str(arguments)
        quick = () if any(key in given for key in ("words", "from", "experiment", "-m")) else ("words=random",)
        arguments = (*arguments, *quick, *(() if "output=" in given else ("output=out",)))
    refused((synthink if fresh else here)(*arguments), told, tmp_path)
    if "-m" not in arguments:
        assert sorted(path.as_posix() for path in tmp_path.rglob("*")) == before


# --- what it makes ----------------------------------------------------------------------------------------------------


def test_generate_says_what_it_made_and_what_to_type_next(synthink: Command, tmp_path: Path) -> None:
    answer = synthink("generate", *TINY, "output=data/x")
    assert answer.returncode == 0, answer.stderr
    for told in ("data/x", "7 rows", "train 5", "test 2", "synthink preview", "synthink verify", "load_dataset"):
        assert told in answer.stdout
    again = synthink("generate", *TINY, "output=data/x")
    assert again.returncode == 0
    assert "all there already" in again.stdout
    other = synthink("generate", *TINY, "output=data/x", "seed=1")
    assert other.returncode == 2
    assert "seed: 0 -> 1" in other.stderr
    replaced = synthink("generate", *TINY, "output=data/x", "seed=1", "overwrite=true")
    assert replaced.returncode == 0, replaced.stderr
    assert fields_of(tmp_path / "data" / "x")["seed"] == 1
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["x"]


def test_short_names_reach_the_fields_that_they_stand_for(synthink: Command, tmp_path: Path) -> None:
    corpus = tmp_path / "nltk_data" / "corpora" / "words"
    corpus.mkdir(parents=True)
    letters = "abcdefghijklmnop"
    (corpus / "en").write_text("\n".join(f"w{a}{b}rd" for a in letters for b in letters) + "\n")
    (corpus / "en-basic").write_text("word\n")
    answer = synthink(
        *("generate", "splits.train=4", "splits.validation=0", "splits.test=0", "output=out"),
        *("words=nltk", "camera=photo", "fonts.share_across_splits=true", "picture_px=[96,64]", "fonts.bold=false"),
        env={"NLTK_DATA": str(tmp_path / "nltk_data")},
    )
    assert answer.returncode == 0, answer.stderr
    fields = fields_of(tmp_path / "out")["fields"]
    assert fields["words"]["source"] == "nltk"
    assert fields["camera"]["preset"] == "photo"
    assert fields["fonts"]["share_across_splits"] is True
    assert fields["fonts"]["bold"] is False
    assert fields["picture_px"] == [96, 64]


def test_mappings_and_dotted_keys_mean_the_same(synthink: Command, tmp_path: Path) -> None:
    one = synthink("generate", *TINY[:4], "words={source: random, length: [3, 4]}", "output=a")
    other = synthink("generate", *TINY[:4], "generator.words.source=random", "words.length=[3,4]", "output=b")
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert (tmp_path / "a" / "synthink.json").read_bytes() == (tmp_path / "b" / "synthink.json").read_bytes()


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("generator.gestures={delete: 2, delete.strike: 0}", {"delete": 2.0, "delete.strike": 0.0}),
        ("gestures.delete.strike=0", {"delete.strike": 0.0}),
        ("+generator.gestures.delete=1", {"delete": 1.0}),
    ],
)
def test_keys_of_a_mapping_are_free(synthink: Command, tmp_path: Path, override: str, told: dict[str, float]) -> None:
    rows = ("splits.train=1", "splits.validation=0", "splits.test=0", "documents.count=40", f"output={tmp_path}/a")
    done = synthink("generate", "generator=gestures", override, *rows)
    assert done.returncode == 0, done.stderr
    assert fields_of(tmp_path / "a")["fields"]["gestures"] == told


def test_what_cannot_be_expressed_in_hydras_types_is_reachable(synthink: Command, tmp_path: Path) -> None:
    """Literals, unions with None, bounded ranges: what Hydra's structured configs do not know."""
    answer = synthink(
        *("generate", *TINY, "output=out", "distractors=[underline,circle]", "look_alikes=mark", "text_size_px=[9,12]"),
        *("mark_shapes=[loop]", "camera={preset: scan, tilt_deg: [0, 1]}", "words.case=[upper,lower]"),
    )
    assert answer.returncode == 0, answer.stderr
    fields = fields_of(tmp_path / "out")["fields"]
    assert fields["distractors"] == ["underline", "circle"]
    assert fields["text_size_px"] == [9.0, 12.0]
    assert fields["camera"]["tilt_deg"] == [0.0, 1.0]
    assert fields["words"]["case"] == ["upper", "lower"]


@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_a_sweep_has_a_folder_a_job_and_a_table(synthink: Command, tmp_path: Path, launcher: str) -> None:
    if launcher == "joblib":
        pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    answer = synthink(
        *("generate", "-m", *TINY, "mark_scale=[1.3,1.3],[1.6,1.6]", "output=sweep", f"hydra/launcher={launcher}")
    )
    assert answer.returncode == 0, answer.stderr
    folders = sorted(path for path in (tmp_path / "sweep").iterdir() if path.is_dir())
    assert [folder.name[:3] for folder in folders] == ["000", "001"]
    assert [fields_of(folder)["fields"]["mark_scale"] for folder in folders] == [[1.3, 1.3], [1.6, 1.6]]
    with (tmp_path / "sweep" / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["job"] for row in rows] == [folder.name for folder in folders]
    assert {row["rows"] for row in rows} == {"7"}
    assert folders[0].name in answer.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sweep"], "Hydra leaves folders of its own"


def test_a_sweep_over_generators(synthink: Command, tmp_path: Path) -> None:
    answer = synthink(
        *("generate", "-m", "generator=circled_letters,circled_letters_grid", "splits.train=3", "splits.validation=0"),
        *("splits.test=0", "picture_px=64", "words.source=builtin", "output=sweep"),
    )
    assert answer.returncode == 0, answer.stderr
    made = {fields_of(path.parent)["generator"] for path in (tmp_path / "sweep").glob("*/synthink.json")}
    assert made == {"circled_letters", "circled_letters_grid"}


def test_a_failed_job_of_a_sweep_is_told(synthink: Command, tmp_path: Path) -> None:
    answer = synthink("generate", "-m", *TINY, "picture_px=16,64", "output=sweep")
    refused(answer, "picture_px=16: nearly no word has room", tmp_path)
    assert [path.parent.name[:3] for path in (tmp_path / "sweep").glob("*/synthink.json")] == ["001"], "others go on"
    assert "also in sweep/summary.csv" in answer.stdout


def test_the_jobs_of_a_sweep_are_checked_before_the_first(synthink: Command, tmp_path: Path) -> None:
    answer = synthink("generate", "-m", "generator=gestures", "label_format=plain,gemnii", "output=out")
    refused(answer, "label_format='gemnii'", tmp_path)
    assert answer.stdout == "" and not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("expected", [True, False])
def test_a_row_that_fails_is_one_line_and_a_fault_has_its_traceback(
    here: Command, monkeypatch: pytest.MonkeyPatch, workers: int, expected: bool
) -> None:
    draw = CircledLetters.draw

    def failing(self: CircledLetters, ctx: DrawContext) -> Sample:
        if ctx.index != 3:  # with more, two workers may each fail first
            return draw(self, ctx)
        error = DrawError("no ring fits") if expected else ZeroDivisionError("division by zero")
        error.add_note("drawing a ring")
        raise error

    monkeypatch.setattr(CircledLetters, "draw", failing)
    answer = here("generate", *TINY, "shard_size=2", f"executor.workers={workers}", "output=out")
    fault = "circled_letters row 3 of split train (seed 0): ZeroDivisionError: division by zero"
    told = "no ring fits" if expected else fault
    first, *trace = answer.stderr.splitlines()
    assert (answer.returncode, first) == (1, f"synthink: {told}; drawing a ring")
    assert bool(trace) != expected and ("Traceback" in answer.stderr) != expected


def test_a_recipe_by_name(synthink: Command, tmp_path: Path) -> None:
    answer = synthink(
        *("generate", "experiment=blindtest", "fonts.families=[DejaVu Sans]", "paddings=[25]", "line_widths_pt=[4]"),
        "output=out",
    )
    assert answer.returncode == 0, answer.stderr
    content = fields_of(tmp_path / "out")
    letters = sum(map(len, ("Acknowledgement", "Subdermatoglyphic", "tHyUiKaRbNqWeOpXcZvM")))
    assert content["splits"] == {"test": letters}
    assert content["generator"] == "circled_letters_grid"
    assert content["fields"]["picture_px"] == 512


def test_the_environment_does_not_leak_into_a_manifest(synthink: Command, tmp_path: Path) -> None:
    answer = synthink("generate", *TINY, "output=out", env={"HYDRA_FULL_ERROR": "1", "SECRET": "hunter2"})
    assert answer.returncode == 0, answer.stderr
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()
        assert not path.is_file() or str(tmp_path).encode() not in path.read_bytes()


def test_output_to_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = f"{sys.executable} -m synthink list fonts | head -1"
    answer = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 141)
    assert answer.stderr == ""


def test_another_working_folder_and_language(synthink: Command, tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"}
    answer = synthink("generate", *TINY, "output=plain", env=env)
    assert answer.returncode == 0, answer.stderr
    plain = (tmp_path / "plain" / "synthink.json").read_bytes()
    answer = synthink("generate", *TINY, "output=Ünï cödé = folder (2)/it's")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "Ünï cödé = folder (2)" / "it's" / "synthink.json").read_bytes() == plain
    answer = synthink("generate", "from=Ünï cödé = folder (2)/it's", "output=again")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "again" / "synthink.json").read_bytes() == plain


def test_a_recipe_in_a_folder_of_the_users_own(synthink: Callable[..., Any], tmp_path: Path) -> None:
    recipe = tmp_path / "recipes" / "experiment" / "mine.yaml"
    recipe.parent.mkdir(parents=True)
    recipe.write_text("# @package _global_\nseed: 5\nsplits: {train: 6, validation: 0, test: 0}\n")
    made = synthink("generate", "--config-dir", str(tmp_path / "recipes"), "experiment=mine", "output=mine")
    assert made.returncode == 0, made.stderr
    manifest = json.loads((tmp_path / "mine" / "synthink.json").read_text())
    assert (manifest["seed"], manifest["splits"]) == (5, {"train": 6})
