"""Exports as those read them for whom they are meant: the consumer's own loader where it is a package, else its
documented layout; and what they read, held against the dataset."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from PIL import Image

import synthink
from synthink.build import manifest as manifests
from synthink.build.stored_rows import shard_rows
from synthink.core.columns import stored
from synthink.draw.geometry import Box

Row = dict[str, Any]


class Turn(NamedTuple):
    """One question about a picture, as a consumer is given it."""

    pixels: str
    question: str
    answer: str


def rows_of(dataset: Path, split: str) -> list[Row]:
    """The rows of a dataset, with the bytes of their pictures."""
    manifest = manifests.load(dataset)
    shards = [shard for shard in manifest.shards if shard.split == split]
    return [row for shard in shards for row in shard_rows(dataset, manifest, shard)]


def pixels(picture: bytes | Path | Image.Image) -> str:
    """A digest of a picture's pixels."""
    if isinstance(picture, Image.Image):
        return hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest()
    with Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture) as image:
        return pixels(image.copy())


def loaded(folder: Path, split: str) -> Any:
    """A split as `datasets.load_dataset` reads it, with nothing kept from before."""
    import datasets

    with tempfile.TemporaryDirectory() as cache:
        return list(datasets.load_dataset(str(folder), split=split, cache_dir=cache))


def llava(folder: Path, split: str) -> Iterator[Turn]:
    info = json.loads((folder / "dataset_info.json").read_text("utf-8"))  # LLaMA-Factory's
    entry = next(value for name, value in info.items() if name.endswith(f"_{split}"))
    assert entry["formatting"] == "sharegpt"
    for item in json.loads((folder / entry["file_name"]).read_text("utf-8")):
        turns = item[entry["columns"]["messages"]]
        assert [turn["from"] for turn in turns] == ["human", "gpt"] * (len(turns) // 2)
        assert sum(turn["value"].count("<image>") for turn in turns) == 1 and turns[0]["value"].startswith("<image>\n")
        picture = pixels(folder / item[entry["columns"]["images"]])
        texts = [turn["value"].removeprefix("<image>\n") for turn in turns]
        yield from (Turn(picture, *pair) for pair in zip(texts[::2], texts[1::2], strict=True))


def messages(folder: Path, split: str) -> Iterator[Turn]:
    prepare = pytest.importorskip("trl.data_utils").prepare_multimodal_messages
    for row in loaded(folder, split):
        filled = prepare(row["messages"], row["images"])  # raises where pictures and marks for them are not as many
        assert [part["type"] for part in filled[0]["content"]] == ["image", "text"]
        picture = pixels(filled[0]["content"][0]["image"])
        texts = [message["content"][-1]["text"] for message in filled]
        assert [message["role"] for message in filled] == ["user", "assistant"] * (len(filled) // 2)
        yield from (Turn(picture, *pair) for pair in zip(texts[::2], texts[1::2], strict=True))


def jsonl(folder: Path, split: str) -> Iterator[Turn]:
    for line in (folder / f"{split}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert all(isinstance(value, str) for value in row.values()) and row.keys() == {
            *("id", "image", "prefix", "suffix")
        }
        yield Turn(pixels(folder / row["image"]), row["prefix"], row["suffix"])


def openrlhf(folder: Path, split: str) -> Iterator[Turn]:
    for line in (folder / f"{split}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        ((role, content),) = [(message["role"], message["content"]) for message in row["prompt"]]
        assert role == "user" and content[0] == {"type": "image"} and len(row["images"]) == 1
        yield Turn(pixels(folder / row["images"][0]), content[1]["text"], row["label"])


def docvqa(folder: Path, split: str) -> Iterator[Turn]:
    content = json.loads((folder / f"{split}.json").read_text("utf-8"))
    assert content["dataset_split"] == {"validation": "val"}.get(split, split)
    assert all(item["ucsf_document_id"] and item["ucsf_document_page_no"] for item in content["data"])
    assert len({item["questionId"] for item in content["data"]}) == len(content["data"])
    for item in content["data"]:
        (answer,) = item["answers"]
        yield Turn(pixels(folder / item["image"]), item["question"], answer)


def donut(folder: Path, split: str) -> Iterator[Turn]:
    for row in loaded(folder, split):
        truth = json.loads(row["ground_truth"])
        for parse in truth.get("gt_parses") or [truth["gt_parse"]]:
            yield Turn(pixels(row["image"]), parse["question"], parse["answer"])


def trl(folder: Path, split: str) -> Iterator[Turn]:
    prepare = pytest.importorskip("trl.data_utils").prepare_multimodal_messages
    for row in loaded(folder, split):
        (message,) = prepare(row["prompt"], [row["image"]])
        assert message["role"] == "user"
        yield Turn(pixels(message["content"][0]["image"]), message["content"][1]["text"], row["suffix"])


def verl(folder: Path, split: str) -> Iterator[Turn]:
    for row in loaded(folder, split):
        (message,) = row["prompt"]
        before, question = message["content"].split("<image>")
        assert before == "" and row["reward_model"]["style"] == "rule" and len(row["images"]) == 1
        assert row["extra_info"]["split"] == split
        yield Turn(pixels(row["images"][0]), question, row["reward_model"]["ground_truth"])


def webdataset(folder: Path, split: str) -> Iterator[Turn]:
    wds = pytest.importorskip("webdataset")
    for path in sorted(folder.glob(f"data/{split}-*.tar")):
        for row in wds.WebDataset(str(path), shardshuffle=False).decode("pil"):
            picture = row.get("png") or row.get("jpg")
            yield Turn(pixels(picture), row["json"]["prefix"], row["json"]["suffix"])


TURNS: dict[str, Callable[[Path, str], Iterator[Turn]]] = {
    **{"llava": llava, "messages": messages, "jsonl": jsonl, "openrlhf": openrlhf, "docvqa": docvqa},
    **{"donut": donut, "trl": trl, "verl": verl, "webdataset": webdataset},
}
"""Formats of questions and answers, but for those that write boxes in another form."""
BY_DATASETS = ("messages", "donut", "trl", "verl", "webdataset")
"""Those whose readers take a second to load."""


def true_turns(dataset: Path, split: str) -> list[Turn]:
    """The questions and answers of a dataset, with their pictures."""
    return [Turn(pixels(row["image"]), row["prefix"], row["suffix"]) for row in rows_of(dataset, split)]


def check_turns(format: str, folder: Path, dataset: Path, split: str) -> int:
    """AssertionError unless a format's reader gives back every question, answer and picture; how many there are."""
    wanted = true_turns(dataset, split)
    assert list(TURNS[format](folder, split)) == wanted
    return len(wanted)


# --- boxes ------------------------------------------------------------------------------------------------------------

Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]
"""Digest of a picture -> class and box of all that is in it, sorted."""


def true_boxes(dataset: Path, split: str, classes: dict[str, str]) -> Boxes:
    """The boxes of a dataset's columns. classes: column -> class, or the column of classes."""
    columns = manifests.load(dataset).plan().generator.columns
    boxes: dict[str, set[tuple[str, tuple[float, ...]]]] = {}
    for row in rows_of(dataset, split):
        here = boxes.setdefault(pixels(row["image"]), set())
        for column, kind in classes.items():
            if row[column] is None:
                continue
            values = [row[column]] if stored(columns[column]) is Box else row[column]
            texts = row[kind] if isinstance(row.get(kind), list) else [row.get(kind, kind)] * len(values)
            here |= {(text, tuple(box)) for text, box in zip(texts, values, strict=True) if text}
    return {picture: sorted(here) for picture, here in boxes.items()}


def coco(folder: Path, split: str) -> Boxes:
    """Boxes as pycocotools reads them."""
    tools = pytest.importorskip("pycocotools.coco")
    content = tools.COCO(str(folder / f"annotations/instances_{split}.json"))
    boxes = {}
    for picture in content.loadImgs(content.getImgIds()):
        path = folder / "images" / split / picture["file_name"]
        assert Image.open(path).size == (picture["width"], picture["height"])
        things = []
        for item in content.loadAnns(content.getAnnIds(imgIds=picture["id"])):
            left, top, width, height = item["bbox"]
            name = content.loadCats(item["category_id"])[0]["name"]
            things.append((name, (left, top, left + width, top + height)))
        boxes[pixels(path)] = sorted(things)
    return boxes


def yolo(folder: Path, split: str) -> Boxes:
    """Boxes by the layout that ultralytics documents; `packages.ultralytics` reads them by the package itself."""
    data = yaml.safe_load((folder / "data.yaml").read_text("utf-8"))
    assert {"train", "val", "names"} <= data.keys() and list(data["names"]) == list(range(len(data["names"])))
    images = folder / data["val" if split == "validation" else split]
    boxes = {}
    for path in sorted(path for path in images.rglob("*") if path.suffix in (".png", ".jpg")):
        start, _, end = str(path).rpartition(f"{os.sep}images{os.sep}")
        lines = Path(start, "labels", end).with_suffix(".txt").read_text("utf-8").splitlines()
        width, height = Image.open(path).size
        things = []
        for line in lines:
            number, x, y, across, down = line.split()
            middle, half = (float(x) * width, float(y) * height), (float(across) * width / 2, float(down) * height / 2)
            box = (middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
            things.append((str(data["names"][int(number)]), tuple(round(edge * 2**20) / 2**20 for edge in box)))
        boxes[pixels(path)] = sorted(things)
    return boxes


def check_boxes(found: Boxes, wanted: Boxes) -> None:
    """AssertionError unless all boxes are there, within a thousandth of a pixel."""
    assert found.keys() == wanted.keys()
    for picture, things in wanted.items():
        assert [name for name, _ in found[picture]] == [name for name, _ in things]
        for (_, one), (_, other) in zip(found[picture], things, strict=True):
            assert all(math.isclose(a, b, abs_tol=1e-3) for a, b in zip(one, other, strict=True))


# --- handwriting ------------------------------------------------------------------------------------------------------

PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"


ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
Lines = list[list[tuple[str, tuple[int, ...]]]]
"""Lines of words and their boxes."""


def page_words(folder: Path, split: str) -> dict[str, Lines]:
    """Digest of a picture -> lines of words and their boxes, as a reader of PAGE XML finds them."""
    etree = pytest.importorskip("lxml.etree")
    pages = {}
    for path in sorted(folder.glob(f"{split}/*/*.xml")):
        page = etree.parse(str(path)).getroot().find(f"{PAGE}Page")
        picture = path.with_name(page.get("imageFilename"))
        assert Image.open(picture).size == (int(page.get("imageWidth")), int(page.get("imageHeight")))
        lines = []
        for line in page.iterfind(f"{PAGE}TextRegion/{PAGE}TextLine"):
            words = [(_unicode(word), _box(word)) for word in line.iterfind(f"{PAGE}Word")]
            assert _unicode(line) == " ".join(word for word, _ in words)
            assert _holds(_box(line), [box for _, box in words])
            check_baseline(line.find(f"{PAGE}Baseline").get("points"), words)
            lines.append(words)
        pages[pixels(picture)] = lines
    return pages


def alto_words(folder: Path, split: str) -> dict[str, Lines]:
    """The same as a reader of ALTO 4 finds them."""
    etree = pytest.importorskip("lxml.etree")
    pages = {}
    for path in sorted(folder.glob(f"{split}/*/*.xml")):
        root = etree.parse(str(path)).getroot()
        about, page = root.find(f"{ALTO}Description"), root.find(f"{ALTO}Layout/{ALTO}Page")
        assert about.find(f"{ALTO}MeasurementUnit").text == "pixel"
        picture = path.with_name(about.find(f"{ALTO}sourceImageInformation/{ALTO}fileName").text)
        assert Image.open(picture).size == (int(page.get("WIDTH")), int(page.get("HEIGHT")))
        lines = []
        for line in page.iterfind(f"{ALTO}PrintSpace/{ALTO}TextBlock/{ALTO}TextLine"):
            words = [(word.get("CONTENT"), _alto_box(word)) for word in line.iterfind(f"{ALTO}String")]
            assert len(line.findall(f"{ALTO}SP")) == len(words) - 1
            assert _holds(_alto_box(line), [box for _, box in words])
            check_baseline(line.get("BASELINE"), words)
            lines.append(words)
        pages[pixels(picture)] = lines
    return pages


def check_baseline(text: str, words: list[tuple[str, tuple[int, ...]]]) -> None:
    """AssertionError unless a baseline runs from the left end of its words to the right one, and through the lower part
    of those without descenders."""
    points = [tuple(map(int, point.split(","))) for point in text.split()]
    across = [x for x, _ in points]
    assert across == sorted(across) and len(points) >= 2
    assert across[0] == min(box[0] for _, box in words) and across[-1] == max(box[2] for _, box in words)
    for word, (left, top, right, bottom) in words:
        if word.isascii() and word.isalpha() and not {*word} & {*"fgjpqyJQ"}:
            height = np.interp((left + right) / 2, across, [y for _, y in points])
            assert (top + bottom) / 2 < height <= bottom + 1, word


def _alto_box(node: Any) -> tuple[int, ...]:
    left, top, width, height = (int(node.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return left, top, left + width, top + height


def _unicode(node: Any) -> str:
    return str(node.find(f"{PAGE}TextEquiv/{PAGE}Unicode").text)


def _box(node: Any) -> tuple[int, ...]:
    points = [tuple(map(int, point.split(","))) for point in node.find(f"{PAGE}Coords").get("points").split()]
    assert len(points) == 4
    return (*points[0], *points[2])


def _holds(outer: tuple[int, ...], inner: list[tuple[int, ...]]) -> bool:
    return all(outer[0] <= a and outer[1] <= b and outer[2] >= c and outer[3] >= d for a, b, c, d in inner)


def inks(folder: Path, split: str) -> dict[str, synthink.Ink]:
    """Row's id -> its ink, as our own reader of InkML gives it."""
    return {path.stem: next(iter(synthink.read_ink(path))) for path in sorted(folder.glob(f"{split}/*/*.inkml"))}


def simple_inks(folder: Path, split: str) -> dict[str, tuple[str, list[np.ndarray[Any, Any]]]]:
    """Row's id -> its label and strokes of x, y and time, as the short readers take them that come with collections of
    handwriting: texts split at commas and single blanks into three numbers, and an annotation `label`."""
    name_space = "{http://www.w3.org/2003/InkML}"
    inks = {}
    for path in sorted(folder.glob(f"{split}/*/*.inkml")):
        root = ElementTree.parse(path).getroot()
        about = {node.get("type"): node.text for node in root.findall(f"{name_space}annotation")}
        strokes = []
        for node in root.findall(f"{name_space}trace"):
            points = [point.split(" ") for point in str(node.text).split(",")]
            strokes.append(np.array([(float(x), float(y), float(time)) for x, y, time in points]))
        inks[path.stem] = about["label"] or "", strokes
    return inks
