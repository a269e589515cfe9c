"""Rows asked, answers scored, and a report: with a learner of this process, and with answerers of known quality."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import synthink
from synthink.errors import AssetError, ConfigError, ModelError, OutputError
from synthink.evaluate.answerer import Answerer, Example
from synthink.evaluate.data.rows import Dataset, open_datasets
from synthink.evaluate.evaluate import CHUNK, Evaluation, ask, evaluate
from synthink.evaluate.report.data import Background
from synthink.train.metrics import read_curve
from synthink.train.open_model import open_run
from synthink.train.request import Request
from synthink.train.run import train_model
from synthink.train.run_folder import METRICS
from synthink.train.validate import validate
from tests.train.numpy_learner import NumpyLearner, NumpyTrainer, installed, short
from tests.train.patches import MODEL, PLACES, PREFIX, make

pytestmark = pytest.mark.heavy

TEST = 60


class Knowing:
    """Answers as a function of the example says; notes what it was shown."""

    name = "knowing"

    def __init__(self, answer: Callable[[Example], str]) -> None:
        self.answer = answer
        self.shown: list[Example] = []

    def answers(self, examples: Sequence[Example]) -> list[str]:
        assert all(example.suffix == "" for example in examples), "the truth is not shown"
        self.shown += examples
        return [self.answer(example) for example in examples]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset(make(tmp_path_factory.mktemp("evaluating") / "patches", 160, 40, TEST))


@pytest.fixture(scope="module")
def trained(data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    output = tmp_path_factory.mktemp("trained") / "run"
    train_model(Request(MODEL, short(steps=60), output, [(data, 1.0)]))
    return output


@pytest.fixture
def learner(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NumpyLearner:
    installed(tmp_path, monkeypatch)
    opened = open_run(trained)
    assert isinstance(opened, NumpyLearner)
    return opened


def truths(data: Dataset, split: str = "test") -> dict[str, str]:
    rows = data.rows(split)
    return {rows.example(index).id: rows.example(index).suffix for index in range(len(rows))}


def result(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "result.json").read_bytes())
    return found


def predictions(output: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(output / f"predictions-{name}.parquet").to_pylist()
    return rows


# --- a model that has learned -----------------------------------------------------------------------------------------


def test_a_model_that_has_learned(data: Dataset, trained: Path, learner: NumpyLearner, tmp_path: Path) -> None:
    output = tmp_path / "new" / "evaluation"
    found = evaluate(
        Evaluation([data], background=Background(commands=["synthink so"], curve=read_curve(trained / METRICS))),
        learner,
        output,
        control=learner,
    )
    assert found.score >= 0.95
    assert found.verdict.word == "learned"
    told = result(output)
    assert told["score"] == found.score
    assert told["verdict"] == "learned"
    assert told["chance"] == 1 / len(PLACES)
    assert told["control"] < 0.6
    assert told["low"] < found.score <= told["high"]
    assert told["datasets"] == {"patches": found.score}

    rows = predictions(output, "patches")
    assert [row["id"] for row in rows] == list(truths(data))
    assert [row["suffix"] for row in rows] == list(truths(data).values())
    assert {row["prefix"] for row in rows} == {PREFIX}
    assert [row["correct"] for row in rows] == [float(row["answer"] == row["suffix"]) for row in rows]
    assert sum(row["correct"] for row in rows) / TEST == found.score

    assert found.report == output / "report.html"
    page = found.report.read_text(encoding="utf-8")
    for text in ("learned", "synthink so", *PLACES):
        assert text in page
    assert "learned" in (output / "report.md").read_text(encoding="utf-8")


def test_the_same_model_gives_the_same_predictions(data: Dataset, learner: NumpyLearner, tmp_path: Path) -> None:
    for name in ("one", "other"):
        evaluate(Evaluation([data]), learner, tmp_path / name, control=learner)
    for file in ("predictions-patches.parquet", "result.json", "report.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_a_runs_curve_is_read_from_its_metrics(trained: Path, tmp_path: Path) -> None:
    points = read_curve(trained / METRICS)
    assert [point.step for point in points if point.score is not None] == [15, 30, 45, 60]
    assert [point.step for point in points if point.loss is not None] == list(range(5, 61, 5))
    assert read_curve(tmp_path / METRICS) == []


# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_the_control_is_asked_about_pictures_without_their_signal(data: Dataset, tmp_path: Path) -> None:
    answers = truths(data)
    knowing, control = Knowing(lambda example: answers[example.id]), Knowing(lambda example: PLACES[0])
    found = evaluate(Evaluation([data]), knowing, tmp_path, control=control, control_trained=True)
    assert found.verdict.word == "learned"
    assert result(tmp_path)["control"] == sum(answer == PLACES[0] for answer in answers.values()) / TEST
    assert [example[1:] for example in control.shown] == [example[1:] for example in knowing.shown]
    assert all(one.image != other.image for one, other in zip(knowing.shown, control.shown, strict=True))


def test_a_control_that_answers_is_a_leak(data: Dataset, tmp_path: Path) -> None:
    answers = truths(data)
    knowing = Knowing(lambda example: answers[example.id])  # by the row's name, whatever the picture
    found = evaluate(Evaluation([data]), knowing, tmp_path, control=knowing)
    assert found.verdict.word == "control leaks"
    assert result(tmp_path)["control"] == 1
    assert "control leaks" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("answer", ["bottom left", "", "no idea"])
def test_a_model_that_has_not_learned_is_inconclusive(data: Dataset, tmp_path: Path, answer: str) -> None:
    dull = Knowing(lambda example: answer)
    found = evaluate(Evaluation([data]), dull, tmp_path, control=dull)
    assert found.verdict.word == "inconclusive"
    assert found.score == list(truths(data).values()).count(answer) / TEST
    assert "bad" not in " ".join(found.verdict.reasons)


def test_the_threshold_decides_what_counts_as_learned(data: Dataset, tmp_path: Path) -> None:
    answers = truths(data)
    wrong = set(list(answers)[: TEST // 10])
    most = Knowing(lambda example: "?" if example.id in wrong else answers[example.id])
    dull = Knowing(lambda example: PLACES[1])
    words = {
        threshold: evaluate(
            Evaluation([data], threshold=threshold), most, tmp_path, control=dull, control_trained=True
        ).verdict.word
        for threshold in (0.85, 0.95)
    }
    assert words == {0.85: "learned", 0.95: "inconclusive"}


# --- several datasets, before and after -------------------------------------------------------------------------------


def test_datasets_stand_side_by_side(data: Dataset, tmp_path: Path) -> None:
    make(tmp_path / "a" / "data", 8, 0, 9, seed=1)
    make(tmp_path / "b" / "data", 8, 0, 7, seed=2)
    sets = [each for each, _ in open_datasets([str(tmp_path / "a" / "data"), str(tmp_path / "b" / "data")])]
    first = truths(sets[0])
    knowing = Knowing(lambda example: PLACES[0])
    found = evaluate(Evaluation(sets), knowing, tmp_path / "out")
    assert list(found.summaries) == ["a-data", "b-data"], "of one name, and yet told apart"
    assert [found.summaries[each.name].rows for each in sets] == [9, 7]
    assert found.score == list(first.values()).count(PLACES[0]) / 9, "the first leads"
    assert [len(predictions(tmp_path / "out", each.name)) for each in sets] == [9, 7]
    assert result(tmp_path / "out")["datasets"].keys() == {"a-data", "b-data"}


def test_what_was_forgotten(data: Dataset, tmp_path: Path) -> None:
    answers = truths(data)
    before, after = Knowing(lambda example: answers[example.id]), Knowing(lambda example: PLACES[2])
    evaluate(Evaluation([data]), after, tmp_path, before=before)
    plain = json.loads((tmp_path / "report.json").read_bytes())
    share = list(answers.values()).count(PLACES[2]) / TEST
    assert len(plain["forgetting"]) == 1
    row = plain["forgetting"][0]
    assert (row["dataset"], row["before"]["mean"], row["after"]["mean"]) == ("patches", 1.0, share)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert re.search(r"before", page)
    assert re.search(rf"1\.000.*{share:.3f}", page, re.DOTALL)
    evaluate(Evaluation([data]), after, tmp_path / "alone")
    assert json.loads((tmp_path / "alone" / "report.json").read_bytes())["forgetting"] == []


# --- others' data -----------------------------------------------------------------------------------------------------


def foreign(folder: Path, count: int = 24, blank: tuple[int, int, int, int] | None = None) -> Dataset:
    """Grey pictures that somebody else has named, with a blue corner. blank: the part that is blue instead."""
    folder.mkdir()
    names = ("Dark", "Grey", "Light")
    for split, start in (("train", 0), ("test", 100)):
        rows = []
        for index in range(count):
            file = io.BytesIO()
            picture = Image.new("RGB", (8, 8), (index % 3 * 100, index + start, 0))
            picture.paste((0, 0, 255), blank or (0, 0, 1, 1))
            picture.save(file, "PNG")
            rows.append({"image": file.getvalue(), "prefix": "how light?", "suffix": names[index % 3]})
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{split}.parquet")
    return Dataset(folder)


@pytest.mark.parametrize(
    ("metric", "score"), [(None, 0.0), ("exact", 0.0), ("exact_ignoring_case", 1 / 3), ("cer", 0.0)]
)
def test_data_of_others_with_a_metric_by_name(tmp_path: Path, metric: str | None, score: float) -> None:
    found = evaluate(
        Evaluation([foreign(tmp_path / "other")], metric=metric), Knowing(lambda example: "GREY"), tmp_path / "out"
    )
    assert found.score == pytest.approx(score)
    assert found.verdict.word == "inconclusive", "nobody can draw the control"
    told = result(tmp_path / "out")
    assert told["control"] is None
    assert told["chance"] == pytest.approx(1 / 3, abs=0.1), "the best training answer"
    assert ("cer" in predictions(tmp_path / "out", "other")[0]) == (metric == "cer")


def test_a_dataset_with_a_test_split_alone(tmp_path: Path) -> None:
    data = foreign(tmp_path / "other")
    (tmp_path / "other" / "train.parquet").unlink()
    found = evaluate(Evaluation([Dataset(data.path)]), Knowing(lambda example: "Grey"), tmp_path / "out")
    assert found.score == pytest.approx(1 / 3)
    assert result(tmp_path / "out")["chance"] == 0


def test_pictures_on_which_nothing_can_be_seen_are_no_question(tmp_path: Path) -> None:
    data, knowing = foreign(tmp_path / "other", blank=(0, 0, 8, 8)), Knowing(lambda example: "asked in vain")
    with pytest.raises(ModelError, match=r"2 of 2 pictures are of one.*: rows other/test\[0\], other/test\[1\];"):
        evaluate(Evaluation([data], rows=2), knowing, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- how many rows ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rows", "asked"), [(7, 7), (1, 1), (10_000, TEST)])
def test_no_more_rows_than_wanted(data: Dataset, tmp_path: Path, rows: int, asked: int) -> None:
    knowing = Knowing(lambda example: PLACES[0])
    found = evaluate(Evaluation([data], rows=rows), knowing, tmp_path, control=knowing)
    assert found.summaries["patches"].rows == asked
    assert [row["id"] for row in predictions(tmp_path, "patches")] == list(truths(data))[:asked]
    assert len(knowing.shown) == 2 * asked


def test_another_split(data: Dataset, tmp_path: Path) -> None:
    evaluate(Evaluation([data], split="validation"), Knowing(lambda example: ""), tmp_path)
    assert [row["id"] for row in predictions(tmp_path, "patches")] == list(truths(data, "validation"))


@pytest.mark.parametrize("count", [CHUNK - 1, CHUNK, 2 * CHUNK + 1])
def test_rows_are_asked_in_order_in_parts(count: int) -> None:
    sizes: list[int] = []

    class Counting(Knowing):
        def answers(self, examples: Sequence[Example]) -> list[str]:
            sizes.append(len(examples))
            return super().answers(examples)

    rows = [{"image": b"", "prefix": str(index), "suffix": "x", "id": str(index)} for index in range(count)]
    answerer: Answerer = Counting(lambda example: f"{example.prefix}!")
    assert ask(answerer, rows, False) == [f"{index}!" for index in range(count)]
    assert max(sizes) <= CHUNK


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_what_cannot_be_evaluated_leaves_nothing(data: Dataset, tmp_path: Path) -> None:
    knowing = Knowing(lambda example: "")
    with pytest.raises(ModelError, match="no split 'tset'"):
        evaluate(Evaluation([data], split="tset"), knowing, tmp_path / "out")
    with pytest.raises(ConfigError, match="did you mean exact"):
        evaluate(Evaluation([data], metric="exat"), knowing, tmp_path / "out")
    with pytest.raises(ModelError, match="holds no box"):
        evaluate(Evaluation([data], metric="overlap"), knowing, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is not a folder"):
        evaluate(Evaluation([data]), Knowing(lambda example: "asked in vain"), tmp_path / "file")


@pytest.mark.parametrize("name", ["report.md", "report.html", "report.json", "result.json"])
def test_a_report_of_somebody_else_is_not_overwritten(data: Dataset, tmp_path: Path, name: str) -> None:
    output = tmp_path / "mine"
    output.mkdir()
    (output / name).write_text('{"mine": 1}')
    known = truths(data)
    with pytest.raises(OutputError, match=f"holds '{name}', which no report of synthink came with"):
        evaluate(Evaluation([data], rows=4), Knowing(lambda example: known[example.id]), output)
    assert [(file.name, file.read_text()) for file in output.iterdir()] == [(name, '{"mine": 1}')]
    (output / name).unlink()
    for _ in range(2):  # our own is
        evaluate(Evaluation([data], rows=4), Knowing(lambda example: known[example.id]), output)


def test_runs_that_cannot_be_asked(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="is it a run of `synthink train`"):
        open_run(tmp_path)
    (tmp_path / "run.json").write_bytes((trained / "run.json").read_bytes())
    with pytest.raises(ModelError, match="not finished"):
        open_run(tmp_path)
    (tmp_path / "finished.json").write_text("[]")
    with pytest.raises(AssetError, match=r"finished\.json: is not a file of a run"):
        open_run(tmp_path)
    (tmp_path / "run.json").write_text('{"format_version": 99}')
    with pytest.raises(AssetError, match=r"run\.json: is not a file of a run of this release"):
        open_run(tmp_path)
    (tmp_path / "run.json").write_bytes(b"{torn")
    with pytest.raises(AssetError, match=r"run\.json: cannot be read"):
        open_run(tmp_path)


# --- validate ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_validate_makes_everything_and_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "package", monkeypatch)
    splits = {"train": 160, "validation": 40, "test": 50}
    generate = partial(synthink.generate, "patches", splits=splits, seed=3)
    made = validate(MODEL, short(steps=50), tmp_path / "v", generate, seed=3, rows=40, overrides={"a": "1"})
    assert made.verdict.word == "learned"
    told = result(tmp_path / "v")
    assert told["overrides"] == {"a": "1"}
    assert told["seconds"] > 0
    assert told["control"] < 0.6
    assert len(predictions(tmp_path / "v", "patches")) == 40
    assert {path.name for path in (tmp_path / "v").iterdir()} >= {"data", "run", "control", "report.html"}
    asked = [json.loads((tmp_path / "v" / name / "run.json").read_bytes()) for name in ("run", "control")]
    assert [each.pop("control") for each in asked] == [False, True]
    assert [each.pop("until") for each in asked] == [None, 50], "the control does as many steps as the run"
    assert asked[0] == asked[1]

    class Never(NumpyLearner):
        def step(self, *_: object) -> Any:
            raise AssertionError("both runs are finished")

    monkeypatch.setattr(NumpyTrainer, "learner", Never)
    again = validate(MODEL, short(steps=50), tmp_path / "v", generate, seed=3, rows=40, overrides={"a": "1"})
    assert again.score == made.score
