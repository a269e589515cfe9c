"""Tab completion: what may stand next."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from synthink.cli.complete import candidates
from tests.support import Result


@pytest.mark.parametrize(
    ("before", "typed", "there", "not_there"),
    [
        ((), "va", ("validate",), ()),
        (("train",), "trainer=", ("trainer=big_vision", "trainer=transformers"), ()),
        (("train",), "trainer.st", ("trainer.steps=", "trainer.stop_at=", "trainer.stream="), ()),
        (("train",), "mod", ("model=tiny", "model=paligemma2_3b_224"), ()),
        (("train",), "model.vis", ("model.vision=", "model.vision_width="), ()),
        (("train",), "pic", (), ("picture_px=",)),
        (("train", "trainer.stream=true"), "pic", ("picture_px=",), ()),
        (("validate",), "pic", ("picture_px=",), ()),
        (
            ("evaluate",),
            "",
            ("checkpoint=", "before=", "metric=", "predictor=gemini"),
            ("picture_px=", "splits.train="),
        ),
        (("evaluate",), "predictor.", ("predictor.shots=",), ("trainer.steps=",)),
        (("generate",), "", ("from=", "splits="), ("trainer=big_vision", "checkpoint=", "from_=")),
        (("generate",), "splits.", ("splits.train=", "splits.shares="), ("splits.own=",)),
        (("generate",), "splits.dev.", ("splits.dev.rows=", "splits.dev.like=test", "splits.dev.camera="), ()),
        (("generate",), "splits.dev.camera=", ("splits.dev.camera=photo",), ()),
        (("generate",), "splits.train.", (), ("splits.train.rows=",)),
        (("generate",), "executor.", ("executor.workers=",), ()),
        (("generate", "generator=gestures"), "generator.documents.", ("generator.documents.count=",), ()),
        (("generate",), "camera=", ("camera=scan", "camera=photo"), ()),
        (("generate",), "camera.preset=", ("camera.preset=scan",), ()),
        (("generate",), "mark_shapes=", ("mark_shapes=ellipse", "mark_shapes=loop"), ()),
        (("generate",), "overwrite=", ("overwrite=true", "overwrite=false"), ()),
        (("generate",), "sources=", ("sources=allow",), ()),
        (("train", "trainer=transformers"), "trainer.adapter=", ("trainer.adapter=none", "trainer.adapter=qlora"), ()),
        (("train",), "trainer.stream=", ("trainer.stream=true",), ()),
        (("export", "data/a"), "format=", ("format=alto", "format=coco"), ("format=parquet",)),
        (("list",), "", ("fonts", "gestures", "source="), ("what=",)),
        (("completion",), "", ("bash", "zsh", "fish"), ("shell=",)),
        (("nonsense",), "", (), ("train",)),
    ],
    ids=str,
)
def test_completion(before: tuple[str, ...], typed: str, there: tuple[str, ...], not_there: tuple[str, ...]) -> None:
    words = {word for word in candidates(before, typed) if word.startswith(typed)}
    assert {*there} <= words
    assert not words & {*not_there}


@pytest.mark.parametrize("key", ["dataset", "checkpoint", "before"])
def test_completion_of_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "a").mkdir(parents=True)
    assert list(candidates(("evaluate",), f"{key}=runs/")) == [f"{key}=runs/a"]


def test_a_folder_and_a_generators_file_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "dots.py").write_text("")
    assert "data/a" in set(candidates(("verify",), "data/"))
    assert "generator=dots.py" in set(candidates(("generate",), "generator=d"))


def test_the_shell_asks_for_candidates(command: Callable[..., Result]) -> None:
    result = command("_complete", "generate", "generator=ink")
    assert (result.returncode, result.stdout) == (0, "generator=ink_strokes\n")
    assert "train" in command("_complete").stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_text_for_a_shell(command: Callable[..., Result], shell: str) -> None:
    result = command("completion", shell)
    assert (result.returncode, result.stderr) == (0, "")
    assert "synthink _complete" in result.stdout
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=result.stdout, text=True, check=True)
