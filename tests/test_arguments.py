"""What a user may hand to the functions of the API by mistake: one line in our words, with the argument's name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthink
from synthink import ConfigError, Sample
from synthink.documents import Gesture, apply, draw_page, read_documents
from synthink.ink import Writer, handwriting
from synthink.streams import StreamKey

FIELDS: dict[str, Any] = {"picture_px": 64, "words": {"source": "random"}}
ROWS = synthink.dataset("circled_letters", size=3, **FIELDS)
GENERATOR = ROWS.generator
STREAM = StreamKey("test").stream(0, "arguments")
SAMPLE = ROWS.source.draw("train", 0)
INK = synthink.Ink([[(0.0, 0.0), (1.0, 1.0)]])
NOTHING_OF_USE = (None, -1, 1.5, b"x", [None], {"a": 1}, object(), True)


def generate(**arguments: Any) -> Any:
    return synthink.generate(**{"generator": "circled_letters", "output": "never", "workers": 1, **arguments})


CALLS: dict[str, tuple[str, Callable[[Any], Any], tuple[Any, ...]]] = {
    "dataset": ("generator", synthink.dataset, NOTHING_OF_USE),
    "dataset, size": ("splits.train", lambda value: synthink.dataset("meters", size=value), (-1, 1.5, "x", True, [])),
    "dataset, seed": ("seed", lambda value: synthink.dataset("meters", seed=value), (None, 1.5, "x", True, [])),
    "dataset, split": ("split", lambda value: synthink.dataset("meters", split=value), (*NOTHING_OF_USE, "", "trian")),
    "dataset, shares": ("shares", lambda value: synthink.dataset("meters", shares=value), (-1, "x", [None], True)),
    "dataset, splits": ("splits", lambda value: synthink.dataset("meters", splits=value), (-1, 0, "", [], True)),
    "generate": ("generator", lambda value: generate(generator=value), NOTHING_OF_USE),
    "generate, output": ("output", lambda value: generate(output=value), (None, -1, b"x", [], "")),
    "generate, format": ("format", lambda value: generate(format=value), (*NOTHING_OF_USE, "", "parqet")),
    "generate, executor": ("executor", lambda value: generate(executor=value), (None, -1, b"x", [None], "", "lokal")),
    "generate, sources": ("sources", lambda value: generate(sources=value), (None, True, "yes", [])),
    "generate, source": ("path", lambda value: generate(generator=None, source=value), (-1, b"x", [], "", True)),
    "export": ("path", lambda value: synthink.export(value, "llava", "never"), (None, -1, b"x", [], "", True)),
    "export, format": ("format", lambda value: synthink.export("a", value, "never"), (None, -1, b"x", [], "", "lava")),
    "export, output": ("output", lambda value: synthink.export("a", "llava", value), (None, -1, b"x", [], "")),
    "load": ("path", synthink.load, (None, -1, b"x", [], "", True)),
    "preview": ("rows", synthink.preview, (*NOTHING_OF_USE, "data", ROWS[:0])),
    "preview, count": ("count", lambda value: synthink.preview(ROWS, value), (None, -1, 0, 1.5, "x", [])),
    "preview, save": ("path", lambda value: synthink.preview(ROWS, 1).save(value), (None, -1, b"x", "")),
    "read_ink": ("path", synthink.read_ink, (None, -1, b"x", [], "")),
    "write_ink": ("path", lambda value: synthink.write_ink(value, INK), (None, -1, b"x", [], "")),
    "write_ink, inks": ("inks", lambda value: synthink.write_ink("a.inkml", value), (None, -1, True, ["ink"])),
    "write_ink, format": ("format", lambda value: synthink.write_ink("a", INK, value), (None, -1, "inkm")),
    "arrays, columns": ("columns", lambda value: ROWS.arrays(0, value), (-1, 1.5, b"x", [None], "wrod")),
    "shard, rank": ("rank", lambda value: ROWS.shard(value, 2), (None, -1, 1.5, "0", 2, [])),
    "shard, world": ("world", lambda value: ROWS.shard(0, value), (None, -1, 0, 1.5, "2", [])),
    "select": ("indices", ROWS.select, (None, 1, 1.5)),
    "shuffle": ("seed", ROWS.shuffle, (None, 1.5, "x", [], {})),
    "map": ("function", ROWS.map, (None, "x", {})),
    "map, result": ("function", lambda value: ROWS.map(lambda row: value)[0], (None, 1, "x", [1])),
    "filter": ("function", ROWS.filter, (None, "x")),
    "filter, columns": ("input_columns", lambda value: ROWS.filter(bool, value), (-1, b"x", [None], "wrod")),
    "with_format": ("format", ROWS.with_format, ("", "tf", 0, [])),
    "with_format, columns": ("columns", lambda value: ROWS.with_format(None, value), (-1, b"x", [None], "wrod")),
    "with_transform": ("transform", ROWS.with_transform, (None, "x")),
    "with_transform, result": (
        "transform",
        lambda value: ROWS.with_transform(lambda batch: value)[[0, 1]],
        (None, [], "x", {"image": [1]}),
    ),
    "to_iterable": ("num_shards", ROWS.to_iterable, (None, -1, 0, 1.5, "x")),
    "score": ("sample", lambda value: GENERATOR.score(value, "a"), (*NOTHING_OF_USE, ROWS[0])),
    "score, answer": ("answer", lambda value: GENERATOR.score(SAMPLE, value), NOTHING_OF_USE),
    "chance": ("sample", GENERATOR.chance, (None, ROWS[0])),
    "errors": ("answer", lambda value: GENERATOR.errors(sample=SAMPLE, answer=value), (None, 7)),
    "from_row": ("row", Sample.from_row, (None, -1, "x", [1])),
    "Writer.named": ("name", Writer.named, (None, -1, [])),
    "Writer.named, hands": ("hands", lambda value: Writer.named("Ada", value), (None, "upright", 1)),
    "Writer.named, a hand": ("hand", lambda value: Writer.named("Ada", value), (["upright", "cursiv"], [None])),
    "handwriting": ("text", lambda value: handwriting(value, Writer.named("Ada")), (None, -1, b"x", [])),
    "handwriting, writer": ("writer", lambda value: handwriting("a", value), (None, "Ada")),
    "Camera.build": ("Camera", synthink.Camera.build, (None, 1, "photo", [])),
    "read_documents": ("source", read_documents, (None, 1, [])),
    "Gesture": ("kind", lambda value: Gesture(value, (1, 2, 3, 4)), (None, 1)),  # type: ignore[arg-type]
    "Gesture, box": ("box", lambda value: Gesture("delete", value), (None, 1, (1, 2, 3))),
    "apply": ("page", lambda value: apply(value, Gesture("delete", (1, 2, 3, 4))), (None, "x")),  # type: ignore[arg-type]
    "Stream.choice": ("options", STREAM.choice, (None, 3, [], {1, 2})),
    "Stream.choice, weights": ("weights", lambda value: STREAM.choice("ab", value), (3, [1], [0, 0], [2, -1])),
    "Stream.weighted": ("weights", STREAM.weighted, (3, [], [0, 0], [2, -1], ["a", 1], [float("nan")])),
    "Stream.integers": ("high", lambda value: STREAM.integers(3, value), (None, 3, 2, 9.5, "x", 2**65)),
    "Stream.within": ("bounds", STREAM.within, (None, 3, (1,), ("a", 2))),
    "Stream.uniform": ("low", STREAM.uniform, (None, "x", [])),
    "Stream.chance": ("probability", STREAM.chance, (None, "x", [])),
    "Stream.normals": ("count", STREAM.normals, (None, -1, 1.5, "x")),
    "Stream.shuffled": ("items", STREAM.shuffled, (None, 3)),
    "draw_page": ("page", draw_page, (None, "x")),
    "fill_prompt": ("prompt", lambda value: synthink.fill_prompt(value, "{word}", "a"), NOTHING_OF_USE),
    "fill_prompt, placeholder": ("placeholder", lambda value: synthink.fill_prompt("p", value, "a"), NOTHING_OF_USE),
    "fill_prompt, word": ("word", lambda value: synthink.fill_prompt("p", "{word}", value), NOTHING_OF_USE),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_argument_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    argument, call, values = CALLS[name]
    for value in values:
        with pytest.raises(ConfigError) as caught:
            call(value)
        assert str(caught.value).startswith(f"{argument}=") or caught.value.field.startswith(f"{argument}["), value
        assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [], "nothing half-written"


def test_names_of_other_tools_get_a_hint() -> None:
    with pytest.raises(ConfigError, match=r"^size=3: no such field; did you mean splits=\{'train': 100\}\?"):
        generate(size=3)


def test_arguments_of_write_ink_the_wrong_way_round(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^path=Ink\(.*: must be the path of a file, as in write_ink\(path, inks\)$"):
        synthink.write_ink(INK, "letter.inkml")  # type: ignore[arg-type]


@pytest.mark.parametrize("package", ["torch", "jax"])
def test_a_format_whose_package_is_not_installed(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.setattr("synthink.core.row_format.find_spec", lambda name: None)
    with pytest.raises(
        ConfigError, match=f"^format='{package}': needs a package that is not here: pip install {package}"
    ):
        ROWS.with_format(package)


def test_rows_score_answers_to_them() -> None:
    row = ROWS[1]
    assert ROWS.score(1, row["suffix"]) == ROWS.score(row, row["suffix"])
    assert (ROWS.score(1, row["suffix"])["correct"], ROWS.score(-2, "?")["correct"]) == (1.0, 0.0)


class Answers(synthink.Generator):
    """A stranger's generator, whose methods are held to the same."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": float(answer == sample.suffix)}


def test_a_strangers_generator_is_asked_about_samples_too() -> None:
    with pytest.raises(ConfigError, match=r"^sample=\{'prefix': 'a'\}: must be a Sample; synthink\.Sample\.from_row"):
        Answers().score({"prefix": "a"}, "a")  # type: ignore[arg-type]
    assert Answers().score(answer="s", sample=Sample(None, "p", "s")) == {"correct": 1.0}
