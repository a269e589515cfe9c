"""A run's model on the hub: what arrives, what its card says, and that it is a run again when it is downloaded."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from huggingface_hub import ModelCard, snapshot_download

from synthink.cli.main import run_command
from synthink.errors import AssetError, ConfigError, HubError, ModelError
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.evaluate import Evaluation, evaluate
from synthink.evaluate.report.data import Background
from synthink.publish.destination import Destination
from synthink.publish.model import publish_model
from synthink.publish.private import public, public_command
from synthink.publish.publication import publish
from synthink.train.metrics import read_curve
from synthink.train.open_model import open_run
from synthink.train.request import Request
from synthink.train.run import train_model
from synthink.train.run_folder import METRICS, RunFolder
from tests.publish.hub import Hub
from tests.publish.test_publish import commits, quick, sent_files
from tests.train.numpy_learner import CHECKPOINT, installed, short
from tests.train.patches import MODEL, make

__all__ = ["quick"]  # the fixture
TO = Destination("me/reader")


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A dataset, and a run that learned from it, with a report."""
    root = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        installed(root / "package", patch)
        data, run = make(root / "my patches", 96, 24, 24), root / "runs" / "a"
        dataset = Dataset(data)
        train_model(Request(MODEL, short(steps=20), run, [(dataset, 1.0)]))
        background = Background(
            facts={"model": "numpy", "split": "test"},
            config=RunFolder(run).request(),
            commands=[f"synthink evaluate 'dataset={data}' checkpoint={run}"],
            curve=read_curve(run / METRICS),
        )
        learner = open_run(run)
        evaluate(Evaluation([dataset], background=background), learner, run / "evaluation" / data.name, control=learner)
    return data, run


@pytest.fixture
def run(folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    installed(tmp_path / "package", monkeypatch)
    return folders[1]


@pytest.mark.whole
def test_a_model_arrives_with_its_report_as_card(hub: Hub, run: Path, tmp_path: Path) -> None:
    publication = publish_model(run, TO, licence="apache-2.0")
    files = hub.files("me/reader")
    assert publication.address == f"{hub.address}/me/reader" and commits(hub) == 1
    assert {CHECKPOINT, "run.json", "finished.json", "tokenizer.model", "README.md"} <= set(files)
    assert files[CHECKPOINT] == (run / "model" / CHECKPOINT).read_bytes()
    here = [name for name, content in files.items() if str(run.parents[1]).encode() in content]
    assert not here, "no file says where it was made"
    text = files["README.md"].decode()
    pictures = [unquote(name) for name in re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text)]
    assert len(pictures) >= 3 and set(pictures) <= set(files), pictures

    card = ModelCard(text)
    result = json.loads((run / "evaluation" / "my patches" / "result.json").read_text())
    leading = card.data.eval_results[0]
    assert (leading.metric_type, leading.dataset_split, leading.dataset_name) == ("accuracy", "test", "my patches")
    assert leading.metric_value == pytest.approx(result["score"], abs=1e-6)
    assert card.data.license == "apache-2.0" and card.data.pipeline_tag == "image-text-to-text"
    assert f"**{result['verdict']}**" in text and publication.load_line in text

    again = snapshot_download("me/reader", revision=publication.tag, local_dir=tmp_path / "again")
    examples = [Dataset(run.parents[1] / "my patches").rows("test").example(index) for index in range(24)]
    assert open_run(Path(again)).answers(examples) == open_run(run).answers(examples)


@pytest.mark.whole
def test_the_dataset_is_linked_when_it_is_the_very_one(hub: Hub, folders: tuple[Path, Path], run: Path) -> None:
    with pytest.raises(HubError, match=r"trained_on=me/patches: has no rows-.*; publish it first"):
        publish_model(run, TO, ["me/patches"])
    assert not hub.repos
    tag = publish(folders[0], Destination("me/patches"), "skip").tag
    publish_model(run, TO, ["me/patches"])
    text = hub.files("me/reader")["README.md"].decode()
    data = ModelCard(text).data
    assert data.datasets == ["me/patches"] and f"/datasets/me/patches/tree/{tag})" in text
    assert (data.eval_results[0].dataset_type, data.eval_results[0].dataset_revision) == ("me/patches", tag)
    with pytest.raises(ConfigError, match="learned from 1 datasets"):
        publish_model(run, TO, ["me/patches", "me/more"])


@pytest.mark.whole
def test_a_second_run_does_nothing_and_another_model_is_replaced_on_request(
    hub: Hub, run: Path, tmp_path: Path
) -> None:
    publish_model(run, TO)
    hub.requests.clear()
    assert not publish_model(run, TO).missing and (sent_files(hub), commits(hub)) == (0, 0)
    other = tmp_path / "b"
    shutil.copytree(run, other)
    shutil.rmtree(other / "evaluation")
    request = json.loads((other / "run.json").read_text())
    (other / "run.json").write_text(json.dumps(request | {"seed": 7}))
    with pytest.raises(HubError, match=r"which is another model: seed: 0 there, 7 here"):
        publish_model(other, TO)
    publish_model(other, Destination("me/reader", overwrite=True))
    names = set(hub.files("me/reader"))
    assert CHECKPOINT in names and not any(name.startswith("evaluation/") for name in names)
    more_steps = request | {"trainer": request["trainer"] | {"steps": 40}, "seed": 7}
    (other / "run.json").write_text(json.dumps(more_steps))
    assert {file.name for file in publish_model(other, TO).missing} == {"run.json", "README.md"}
    hub.repos["me/reader"].commit("main", {"notes.csv": b""})
    with pytest.raises(HubError, match=r"is no model of synthink: it has 1 files, such as notes\.csv"):
        publish_model(other, TO)


@pytest.mark.whole
def test_what_is_no_finished_run_stays_at_home(hub: Hub, run: Path, tmp_path: Path) -> None:
    other = tmp_path / "b"
    shutil.copytree(run, other)
    report = other / "evaluation" / "my patches" / "report.json"
    report.write_text(report.read_text().replace('"rows"', '"row"'))
    with pytest.raises(AssetError, match=r"report\.json: damaged: "):
        publish_model(other, TO)
    (other / "model" / "adapter_config.json").write_text('{"base_model_name_or_path": "/home/jo/weights"}')
    with pytest.raises(ModelError, match="which nobody else has"):
        publish_model(other, TO)
    (other / "finished.json").unlink()
    with pytest.raises(ModelError, match="not finished"):
        publish_model(other, TO)
    assert not hub.requests


@pytest.mark.whole
def test_the_command(hub: Hub, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["publish", f"checkpoint={run}", "repo=me/reader", "licence=mit"]
    assert run_command([*words, "dry_run=true"]) == 0 and not hub.requests
    dry = capsys.readouterr().out
    assert "licence: mit; tag: weights-" in dry and "A vision-language model that learned to read ink" in dry
    assert run_command(words) == 0 and CHECKPOINT in hub.files("me/reader")
    assert 'snapshot_download("me/reader", revision="weights-' in capsys.readouterr().out
    for more in (["dataset=data/d"], ["create_pr=true", "revision=next"], ["trained_on=[a/b,c/d]"]):
        with pytest.raises(ConfigError):
            run_command([*words, *more])
    with pytest.raises(ConfigError, match=r"licence='mit': goes with checkpoint=RUN"):
        run_command(["publish", "data/d", "repo=me/reader", "licence=mit"])


def test_of_paths_the_last_part_is_published() -> None:
    assert public({"/home/jo/d": ["~/x/words.txt", 3, "https://a.b/c", "mu/8", "pdf:/a b", "file:///home/jo"]}) == {
        "d": ["words.txt", 3, "https://a.b/c", "mu/8", "pdf:a b", "jo"]
    }
    command = "synthink evaluate 'dataset=[/home/jo/d,/e/f]' 'checkpoint=/home/jo doe/runs/a' model.lr=1e-3"
    assert public_command(command) == "synthink evaluate 'dataset=[d,f]' checkpoint=a model.lr=1e-3"
