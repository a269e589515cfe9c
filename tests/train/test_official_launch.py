"""The process that big_vision's own trainer runs in: started, watched, stopped, and what it leaves read back. A small
script stands in for the trainer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from synthink.errors import ConfigError
from synthink.train.learner import TrainError
from synthink.train.official import child, interpreter, launch, results
from tests.train.official_rows import SIDE, examples, tiny, tokenizer, trainer

CHILD = Path(child.__file__)
TRAINS = """
import json, pathlib, sys, time
work = pathlib.Path("workdir")
(work / "config.json").write_text(json.dumps({"lr": 0.01, "batch_size": 8}))
with (work / "big_vision_metrics.txt").open("a") as file:
    for step in (1, 2, 3):
        print(json.dumps({"step": step, "training_loss": 3.0 / step, "global_schedule": 0.5, "avg_sup_seqlen": 2.0,
                          "l2_grads": 1.5, "z/secs/update0": 7.0}), file=file, flush=True)
        time.sleep(0.2)
rows = [json.loads(line) for line in open("validation.jsonl")]
(work / "answers.json").write_text(json.dumps([{"id": row["id"], "caption": "red"} for row in rows]))
(work / "curve-3.json").write_text(json.dumps([{"id": row["id"], "caption": "blue"} for row in rows[:2]]))
"""
FAILS = """
import sys
print("\\x1b[33mNOTE\\x1b[0m: Creating device mesh...")
print("Traceback (most recent call last):\\n  File 'train.py', line 1\\nRuntimeError: training_loss became nan or inf")
print("--------------------\\nFor simplicity, JAX has removed its internal frames", flush=True)
sys.exit(1)
"""
HANGS = """
import json, os, pathlib, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path("pids").write_text(f"{os.getpid()} {other.pid}")
pathlib.Path("workdir/big_vision_metrics.txt").write_text(json.dumps({"step": 1, "training_loss": 2.0}) + "\\n")
time.sleep(600)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run with a script in the trainer's place."""
    pytest.importorskip("sentencepiece")
    monkeypatch.setattr(launch, "checkout", lambda given: tmp_path)
    monkeypatch.setattr(launch, "interpreter", lambda given: sys.executable)

    def go(script: str, **given: Any) -> launch.Finished:
        monkeypatch.setattr(launch, "command", lambda python: [python, "-c", script])
        fields: dict[str, Any] = {"model": tiny(), "trainer": trainer(), "tokenizer": tokenizer(tmp_path)}
        fields |= {"train": examples("train", 16), "validation": examples("validation", 6), "image_px": SIDE}
        return launch.run_official(tmp_path / "run", **{**fields, **given})

    return go


def test_progress_metrics_and_answers(run: Any, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    found = run(TRAINS, progress=seen.append, trainer=trainer(learning_rate=0.01))
    assert found.metrics == seen
    first = {"step": 1, "loss": 3.0, "learning_rate": 0.005, "gradient_norm": 1.5, "tokens": 16}
    assert found.metrics[0] == first
    assert [each["step"] for each in found.metrics] == [1, 2, 3]
    assert found.answers == {f"validation-{number:03d}": "red" for number in range(6)}
    assert found.curve == {3: {"validation-000": "blue", "validation-001": "blue"}}
    assert found.checkpoint == tmp_path / "run" / "checkpoint.npz"
    # A second run into the folder reports its own steps, and the whole.
    seen.clear()
    again = run(TRAINS, progress=seen.append)
    assert len(seen) == 3
    assert again.metrics == found.metrics


def test_a_crash_is_one_error_with_the_end_of_the_log(run: Any, tmp_path: Path) -> None:
    with pytest.raises(TrainError) as caught:
        run(FAILS)
    told = str(caught.value)
    assert "ended with status 1: RuntimeError: training_loss became nan or inf; the end of " in told
    assert str(tmp_path / "run" / "log.txt") in told
    assert "NOTE: Creating device mesh..." in told
    assert "\x1b" not in told
    with pytest.raises(TrainError) as caught:
        run("print('only this')\nraise SystemExit(3)")
    assert "status 3; the end" in str(caught.value)
    assert "nan or inf" not in str(caught.value)  # of an earlier run


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_process_is_said_to_be_one(run: Any) -> None:
    with pytest.raises(TrainError, match=r"was ended by SIGKILL \(out of memory\?\)"):
        run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


@pytest.mark.skipif(os.name != "posix", reason="process groups of POSIX")
def test_what_ends_the_call_ends_the_process_and_its_own(run: Any, tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(HANGS, progress=interrupt)
    pids = [int(pid) for pid in (tmp_path / "run" / "pids").read_text().split()]
    assert len(pids) == 2
    assert ended(pids)


def ended(pids: list[int], within_s: float = 20) -> bool:
    import psutil

    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        living = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
        if all(process.status() == psutil.STATUS_ZOMBIE for process in living):
            return True
        time.sleep(0.1)
    return False


def test_the_process_ends_when_its_parent_is_killed() -> None:
    """The pipe to it is closed, however the parent ended."""
    waits = f"""
import importlib.util, threading, time
spec = importlib.util.spec_from_file_location("child", {str(CHILD)!r})
child = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)
threading.Thread(target=child._end_with_parent, daemon=True).start()
print("up", flush=True)
time.sleep(600)
"""
    starts = f"""
import os, subprocess, sys, time
process = subprocess.Popen([sys.executable, "-c", {waits!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    parent.wait(20)
    parent.stdout.close()
    assert ended([pid])


def test_the_child_imports_nothing_of_synthink() -> None:
    """The interpreter that has TensorFlow need not have synthink; and modules beside it do not shadow others."""
    probe = f"""
import runpy, sys
sys.argv = [{str(CHILD)!r}, "--with-parent"]
sys.path.insert(0, {str(CHILD.parent)!r})
try:
    runpy.run_path({str(CHILD)!r}, run_name="__main__")
except ImportError as error:
    assert "big_vision" in str(error), error
assert not [name for name in sys.modules if name.startswith("synthink")]
assert {str(CHILD.parent)!r} not in sys.path
"""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    found = subprocess.run(
        [sys.executable, "-c", probe], stdin=subprocess.PIPE, capture_output=True, text=True, env=clean, check=False
    )
    assert (found.returncode, found.stderr) in ((0, ""), (child.PARENT_GONE, ""))


def test_too_long_rows_and_too_few(run: Any) -> None:
    rows = examples("train", 16)
    with pytest.raises(TrainError, match=r"train-003: .* do not fit into model.text_tokens=48"):
        run(TRAINS, train=[*rows[:3], rows[3]._replace(prefix="long " * 60)])
    with pytest.raises(ConfigError, match="more than the 7 rows"):
        run(TRAINS, train=rows[:7])
    with pytest.raises(ConfigError, match=r"model\.vocab_size"):
        run(TRAINS, model=tiny(vocab_size=100))


def test_missing_packages_say_what_to_type(tmp_path: Path) -> None:
    (python := tmp_path / "python").write_text("#!/bin/sh\necho tensorflow absl\n")
    python.chmod(0o755)
    with pytest.raises(TrainError) as caught:
        interpreter.interpreter(str(python))
    assert f"{python} -m pip install tensorflow absl-py" in str(caught.value)
    python.write_text("#!/bin/sh\necho no such thing >&2; exit 4\n")
    with pytest.raises(TrainError, match="is no Python: no such thing"):
        interpreter.interpreter(str(python))
    with pytest.raises(TrainError, match="cannot be run"):
        interpreter.interpreter(str(tmp_path / "nothing"))


def test_a_missing_checkout_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainError, match="holds no big_vision; git clone"):
        interpreter.checkout(str(tmp_path))
    monkeypatch.setattr(interpreter.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(TrainError, match="not installed: git clone"):
        interpreter.checkout(None)
    trainer_file = tmp_path / interpreter.TRAINER
    trainer_file.parent.mkdir(parents=True)
    trainer_file.write_text("")
    assert interpreter.checkout(str(tmp_path)) == tmp_path


def test_the_childs_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "beside")
    found = interpreter.environment(tmp_path / "bv", "bfloat16")
    assert found["PYTHONPATH"] == os.pathsep.join([str(tmp_path / "bv"), str(tmp_path / "beside")])
    assert found["JAX_DEFAULT_MATMUL_PRECISION"] == "BF16_BF16_F32"


def test_metrics_of_a_run_that_was_killed_and_went_on(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"lr": 2.0, "batch_size": 4}))
    told = [{"step": step, "training_loss": float(step), "validation/avg": 9.0} for step in (1, 2, 3, 4)]
    told += [{"step": step, "training_loss": step + 0.5, "global_schedule": 0.25} for step in (3, 4, 5)]
    told += [{"step": 5, "validation/avg": 8.0}]
    text = "\n".join(map(json.dumps, told[:4])) + '\n{"step": 5, "trai\n' + "\n".join(map(json.dumps, told[4:])) + "\n"
    (tmp_path / results.METRICS).write_text(text + '{"step": 6, "training_loss": NaN}\n{"step": 7, ')
    found = results.read_metrics(tmp_path)
    assert [each["step"] for each in found] == [1, 2, 3, 4, 5, 6]
    assert found[2] == {"step": 3, "loss": 3.5, "learning_rate": 0.5}
    assert found[1]["validation_loss"] == 9.0
    assert found[4] == {"step": 5, "loss": 5.5, "learning_rate": 0.5, "validation_loss": 8.0}
    assert found[5]["loss"] != found[5]["loss"]


def test_answers_that_are_not_there(tmp_path: Path) -> None:
    (path := tmp_path / "answers.json").write_text(json.dumps([{"id": "a", "caption": "x"}]))
    assert results.read_answers(path) == {"a": "x"}
    with pytest.raises(TrainError, match="1 rows have no answer, b among them"):
        results.read_answers(path, ["a", "b"])
    for text in ("{}", "[1]", '[{"id": "a"}]', "[", ""):
        path.write_text(text)
        with pytest.raises(TrainError, match=r"answers\.json"):
            results.read_answers(path)
    with pytest.raises(TrainError, match="cannot be read"):
        results.read_answers(tmp_path / "none.json")
