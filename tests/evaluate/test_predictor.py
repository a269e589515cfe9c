"""Predictors, asked with several numbers of examples: a stranger's by one file and one entry point, and ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthink import plugins
from synthink.errors import ConfigError
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation
from synthink.evaluate.predictor import Predictor, evaluate_predictor
from synthink.evaluate.report.data import Background
from tests.evaluate.api_models.api_server import KEY, serving, settings
from tests.train.patches import make

FILE = '''
"""Answers with the commonest answer of its examples."""

from collections import Counter

from synthink.evaluate.predictor import Predictor


class Commonest(Predictor):
    """Says what its examples say most often."""

    name = "commonest"

    otherwise: str = "no idea"
    """The answer without examples."""

    def open(self, examples, folder, progress):
        return Answerer(self, examples, progress)


class Answerer:
    asked = []

    def __init__(self, settings, examples, progress):
        self.name, self.progress = f"commonest of {len(examples)}", progress
        counts = Counter(example.suffix for example in examples)
        self.answer = max(counts, key=counts.get) if counts else settings.otherwise

    def answers(self, examples):
        self.asked.append(len(examples))
        self.progress(len(examples))
        return [self.answer for _ in examples]
'''


@pytest.fixture
def commonest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Predictor]]:
    """The predictor, as a package on the path."""
    package = tmp_path / "package"
    metadata = package / "synthink_commonest-1.0.dist-info"
    metadata.mkdir(parents=True)
    (package / "synthink_commonest.py").write_text(FILE)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: synthink-commonest\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[synthink.predictors]\ncommonest = synthink_commonest:Commonest\n")
    monkeypatch.syspath_prepend(str(package))
    plugins._entries.cache_clear()
    yield plugins.load(plugins.PREDICTORS, "commonest")
    plugins._entries.cache_clear()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset(make(tmp_path_factory.mktemp("predictor") / "patches", 40, 0, 20))


@pytest.mark.heavy
def test_a_strangers_predictor_is_one_file_and_one_entry(
    commonest: type[Predictor], data: Dataset, tmp_path: Path
) -> None:
    assert {"gemini", "openai", "commonest"} <= set(plugins.names(plugins.PREDICTORS))
    predictor = commonest.build({"shots": [0, 3]})
    result = evaluate_predictor(Evaluation([data], rows=10), predictor, tmp_path / "out", seed=1)
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    without, three = [shots for shots in report["shots"] if shots["metric"] == "correct"]
    assert [(row["predictor"], row["shots"]) for row in (without, three)] == [("commonest", 0), ("commonest", 3)]
    assert report["title"] == "commonest of 3 on patches"
    assert report["config"] == {"predictor": {"name": "commonest", "shots": [0, 3], "otherwise": "no idea"}}
    assert without["mean"] == 0.0 and three["mean"] == result.score > 0
    assert sys.modules[commonest.__module__].Answerer.asked == [10, 10], "nobody is asked twice"


def test_numbers_of_examples_increase(commonest: type[Predictor]) -> None:
    for shots in ([], [2, 2], [3, 1], [-1]):
        with pytest.raises(ConfigError, match="shots"):
            commonest.build({"shots": shots})


def test_one_dataset_at_a_time(commonest: type[Predictor], data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="one dataset at a time"):
        evaluate_predictor(Evaluation([data, data]), commonest(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.heavy
@pytest.mark.whole
def test_a_model_behind_an_api(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    request = Evaluation([data], rows=6, background=Background(commands=["synthink evaluate"]))
    with serving() as server:
        server.script.append(lambda handler: handler.answer(f"your key is {KEY}"))
        predictor = settings(server, shots=[0, 2], price_per_million_input=1.0, price_per_million_output=1.0)
        result = evaluate_predictor(request, predictor, tmp_path)
        assert len(server.seen) == 12
        assert evaluate_predictor(request, predictor, tmp_path).score == result.score
        assert len(server.seen) == 12, "the second run pays nothing"
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert [shots["shots"] for shots in report["shots"] if shots["metric"] == "correct"] == [0, 2]
    assert report["facts"]["2 examples"] == "6 answers (6 from before), 600 + 42 tokens, cost 0.0006, by gpt-test-001"
    assert report["config"]["predictor"]["name"] == "openai" and report["commands"] == ["synthink evaluate"]
    assert (
        "gpt-test, 2 shots: 6 answers (6 from before), 600 + 42 tokens, cost 0.0006, by gpt-test-001"
        in capsys.readouterr().out
    )
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"answers.jsonl", "report.html", "result.json"} <= {path.name for path in files}
    assert not any(KEY.encode() in path.read_bytes() for path in files)
