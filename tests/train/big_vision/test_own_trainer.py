"""The config in `synthink/train/README.md` is one of big_vision's own trainer, and reads what `format=jsonl` writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import synthink
from tests.support import ROOT
from tests.train.big_vision.tiny import needs_big_vision

pytestmark = pytest.mark.heavy

needs_big_vision()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jsonl") / "circled"
    splits = {"train": 6, "validation": 4, "test": 0}
    synthink.generate("circled_letters", output=folder, splits=splits, picture_px=48, format="jsonl", workers=1)
    return folder


@pytest.fixture(scope="module")
def config(data: Path) -> Any:
    text = (ROOT / "synthink" / "train" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    module: dict[str, Any] = {}
    exec(blocks[0].replace('"data/circled/"', repr(f"{data}/")), module)
    return module["get_config"]("res=448,batch_size=8")


def test_its_data_source_finds_lines_and_pictures(config: Any) -> None:
    for source, count in ((config.input.data, 6), (config.evals["val"].data, 4)):
        assert source.name == "bv:jsonl"
        rows = [json.loads(line) for line in Path(source.fname).read_text(encoding="utf-8").splitlines()]
        assert len(rows) == count
        assert all(isinstance(value, str) for row in rows for value in row.values()), (
            "big_vision takes flat texts alone"
        )
        assert all(Path(source.fopen_keys["image"], row["image"]).is_file() for row in rows)


def test_answers_are_not_shown_to_the_evaluator(config: Any) -> None:
    assert 'drop("suffix")' in config.evals["val"].pp_fn
    assert "drop" not in config.input.pp


def test_arguments_reach_the_input(config: Any) -> None:
    assert config.input.batch_size == 8
    assert "resize(448," in config.input.pp
    assert config.model_init == "pt_3b_448"
