"""What big_vision's own trainer is given: lines of JSON, pictures, and a configuration to be copied."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from synthink.errors import ConfigError, OutputError
from synthink.train.learner import Example, TrainError
from synthink.train.official import recipe
from synthink.train.official.write import png, write_split
from tests.train.official_rows import COLOURS, SIDE, encoded, examples, tiny, trainer

RGB = Image.fromarray((np.arange(12 * 9 * 3, dtype=np.uint32) * 37 % 251).astype(np.uint8).reshape(12, 9, 3))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def constants(**given: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"model": tiny(), "trainer": trainer(), "image_px": SIDE, "seed": 3, "vocab_size": 1670}
    fields |= {"answer_tokens": 2, "rows": 40, "image_bytes": 4000, "weights": None}
    return recipe.constants(**{**fields, **given})


def test_a_line_has_four_texts_and_nothing_else(tmp_path: Path) -> None:
    rows = examples("train", 6)
    rows[1] = rows[1]._replace(suffix="line\nbreak \u2028 “ü” <loc0001>")
    split = write_split(tmp_path, "train", iter(rows))
    assert split.rows == 6
    found = lines(tmp_path / "train.jsonl")
    assert [sorted(line) for line in found] == [["id", "image", "prefix", "suffix"]] * 6
    assert all(isinstance(value, str) for line in found for value in line.values())
    for line, row in zip(found, rows, strict=True):
        assert (line["id"], line["prefix"], line["suffix"]) == (row.id, row.prefix, row.suffix)
        assert (tmp_path / line["image"]).read_bytes() == row.image


def test_rows_without_an_id_get_their_number(tmp_path: Path) -> None:
    write_split(tmp_path, "train", [row._replace(id="") for row in examples("train", 2)])
    assert [line["id"] for line in lines(tmp_path / "train.jsonl")] == ["train-0000000", "train-0000001"]


def test_pictures_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    write_split(tmp_path, "train", examples("train", 3))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.png")}
    (damaged := next(iter(before))).write_bytes(b"cut off")
    write_split(tmp_path, "train", examples("train", 3))
    assert len(before) == 3
    assert {path for path in before if path.stat().st_mtime_ns != before[path]} == {damaged}
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".tmp")]


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(np.asarray(RGB), id="pixels"),
        pytest.param(encoded(RGB), id="rgb"),
        pytest.param(encoded(RGB.convert("L")), id="grey"),
        pytest.param(encoded(RGB.convert("RGBA")), id="alpha"),
        pytest.param(encoded(RGB.quantize(8)), id="palette"),
        pytest.param(encoded(Image.fromarray(np.asarray(RGB.convert("L"), np.uint16) * 256)), id="16 bits"),
        pytest.param(encoded(RGB, "JPEG"), id="jpeg"),
        pytest.param(encoded(RGB, "WEBP"), id="webp"),
    ],
)
def test_a_picture_of_any_form_becomes_a_png_of_eight_bits(image: Any) -> None:
    made = png(Example(image, "", ""), "row")
    assert made[:4] == b"\x89PNG"
    assert made[24] == 8
    assert made[25] in (0, 2)
    wanted = image if isinstance(image, np.ndarray) else np.asarray(Image.open(io.BytesIO(image)).convert("RGB"))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made)).convert("RGB")), wanted)


def test_a_plain_png_stays_as_it_is() -> None:
    assert png(Example(encoded(RGB), "", ""), "row") == encoded(RGB)


def test_bad_rows_are_named(tmp_path: Path) -> None:
    good = examples("train", 3)
    with pytest.raises(TrainError, match="train-000: two rows of train"):
        write_split(tmp_path, "train", [good[0], good[1], good[0]])
    for image in (encoded(RGB)[:60], b"", b"no picture"):
        with pytest.raises(TrainError, match="train-001: the picture cannot be decoded"):
            write_split(tmp_path, "train", [good[0], good[1]._replace(image=image)])
    with pytest.raises(TrainError, match="no rows"):
        write_split(tmp_path, "train", [])
    assert not list(tmp_path.glob("*.jsonl"))
    (file := tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_split(file, "train", good)


def test_the_config_says_what_was_asked_for(tmp_path: Path) -> None:
    path = recipe.write_config(tmp_path, constants(weights="/weights/x.npz"))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id != "HERE"
    }
    assert said == constants(weights="/weights/x.npz")
    # Every constant is used, and every name that is used is there.
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert set(said) - used == set()
    assert {name for name in used if name.isupper()} - set(said) == {"HERE"}


def config(tmp_path: Path, argument: str | None = None, **given: Any) -> Any:
    """What big_vision's trainer would be given; skipped where its helpers cannot be imported."""
    for package in ("ml_collections", "big_vision"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} cannot be imported: the configuration is not executed")
    path = recipe.write_config(tmp_path, constants(**given))
    spec = importlib.util.spec_from_file_location("a_config", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.get_config(argument)


def test_the_config_in_big_visions_hands(tmp_path: Path) -> None:
    asked = trainer(steps=30, learning_rate=2e-4, weight_decay=0.1, warmup=0.2, parts="language", curve_points=5)
    made = config(tmp_path, trainer=asked)
    assert (made.total_steps, made.lr, made.input.batch_size, made.ckpt_steps) == (30, 2e-4, 8, 10)
    assert made.wd == pytest.approx(0.1 * 2e-4)
    assert made.schedule[0][1] == {"decay_type": "cosine", "warmup_percent": 0.2}
    assert made.schedule[1] == (".*", None)
    assert made.optax_name == "scale_by_adam"
    assert made.optax.b2 == 0.999
    assert made.gemma.like == "gemma2_2b"
    assert made.gemma.measures.width == 32
    assert made.model.llm.final_logits_softcap == 0.0
    assert made.model.img.head_zeroinit is False
    assert "model_init" not in made
    assert made.input.data.fname == str(tmp_path / "train.jsonl")


def test_the_answer_does_not_reach_the_question(tmp_path: Path) -> None:
    """`storepreds` hands a suffix that it finds to the model; and each evaluator has a file of its own."""
    made = config(tmp_path)
    stored = {name: each for name, each in made.evals.items() if each.type.endswith("storepreds")}
    assert set(stored) == {"curve", "answers"}
    assert len({each.preds_outfile for each in stored.values()}) == 2
    for each in stored.values():
        operations = each.pp_fn.split("|")
        assert operations.index('drop("suffix")') < min(
            place for place, operation in enumerate(operations) if '"suffix"' in operation and "drop" not in operation
        )
    assert made.evals.curve.data.stop == 4
    assert "stop" not in made.evals.answers.data
    for pp in (made.input.pp, *(each.pp_fn for each in made.evals.values())):
        assert pp.startswith("decode(channels=3)|")
        assert str(tmp_path / "tokenizer.model") in pp


def test_the_config_takes_arguments_and_other_models(tmp_path: Path) -> None:
    real = tiny(
        **dict.fromkeys(("width", "depth", "mlp_dim", "heads", "kv_heads", "vision_depth")),
        vision="So400m/14",
        remat=True,
    )
    asked = trainer(optimiser="sgd", clip_norm=0, curve_points=0)
    made = config(tmp_path, "steps=7,lr=1e-6,batch_size=2", model=real, trainer=asked, weights="/w/x.npz")
    assert (made.total_steps, made.lr, made.input.batch_size) == (7, 1e-6, 2)
    assert made.optax_name == "big_vision.sgd"
    assert made.optax.to_dict() == {}
    assert made.grad_clip_norm is None
    assert set(made.evals) == {"validation", "answers"}
    assert made.model_init == "/w/x.npz"
    assert made.model.llm.variant == "gemma2_2b"
    assert made.model.img.to_dict() == {"pool_type": "none", "scan": True, "variant": "So400m/14"}
    assert "gemma" not in made


@pytest.mark.parametrize(
    ("parts", "learns", "stays"),
    [
        ("all", ["img/head/kernel", "llm/embedder/input_embedding"], []),
        ("language", ["llm/layers/attn/q_einsum/w"], ["img/head/kernel", "img/llm/x"]),
        (
            "attention",
            ["llm/layers/attn/q_einsum/w", "img/Transformer/encoderblock/MultiHeadDotProductAttention_0/key/kernel"],
            ["llm/layers/mlp/linear", "img/head/kernel"],
        ),
        ("head|embedder", ["img/head/kernel", "llm/embedder/input_embedding"], ["llm/layers/mlp/linear"]),
    ],
)
def test_parts_as_patterns_of_whole_names(parts: str, learns: list[str], stays: list[str]) -> None:
    pattern = recipe.learning_pattern(parts)
    assert all(re.fullmatch(pattern, name) for name in learns)
    assert not any(re.fullmatch(pattern, name) for name in stays)


@pytest.mark.parametrize("sign", ["|", "{", "}"])
def test_a_folder_that_big_vision_would_misread_is_refused(tmp_path: Path, sign: str) -> None:
    (folder := tmp_path / f"a{sign}b").mkdir()
    with pytest.raises(ConfigError, match=re.escape(repr(sign))):
        recipe.write_config(folder, constants())


@pytest.mark.parametrize(
    "given", [{"accumulate": 2}, {"seconds": 60.0}, {"stop_at": 0.9}, {"stream": True}, {"warmup": 1.0}]
)
def test_what_big_visions_trainer_cannot_do_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="big_vision"):
        trainer(**given)


def test_the_backend_that_opens_such_runs() -> None:
    opens = trainer(big_vision="bv", python="py", precision="float32").in_process()
    assert (opens.name, opens.big_vision, opens.precision, opens.batch_size) == ("big_vision", "bv", "float32", 8)


def test_the_rows_of_these_tests_differ() -> None:
    assert len({row.image for row in examples("train", 40)}) == 40
    assert {row.suffix for row in examples("train", 40)} == set(COLOURS)
