"""Exports as the packages read them that train on them: their own loaders and collators as they are installed, with a
processor that has no weights. A reader whose package is missing is skipped."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.exports.readers import Boxes, Turn, loaded, pixels, rows_of

Row = dict[str, Any]
PATCH = 14  # pixels of a side of Qwen2.5-VL's patches, of which two by two are one token


@cache
def qwen() -> Any:
    """Qwen2.5-VL's processor, for which each byte is a token, with the chat template for training that TRL has."""
    trl = pytest.importorskip("trl", exc_type=ImportError)
    transformers = pytest.importorskip("transformers", exc_type=ImportError)
    pytest.importorskip("torchvision", exc_type=ImportError)  # for pictures of videos
    import tokenizers

    level = tokenizers.pre_tokenizers.ByteLevel
    model = tokenizers.models.BPE({char: number for number, char in enumerate(sorted(level.alphabet()))}, [])
    raw = tokenizers.Tokenizer(model)
    raw.pre_tokenizer, raw.decoder = level(add_prefix_space=False, use_regex=False), tokenizers.decoders.ByteLevel()
    raw.add_special_tokens(["<|im_start|>", "<|im_end|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>", "<pad>"])
    tokens = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<|im_end|>")
    tokens.image_token, tokens.video_token = "<|image_pad|>", "<|video_pad|>"
    template = (Path(trl.__file__).parent / "chat_templates/qwen2_5_vl_training.jinja").read_text("utf-8")
    values = {"do_rescale": False, "do_normalize": False}
    pictures, videos = transformers.Qwen2VLImageProcessor(**values), transformers.Qwen2VLVideoProcessor(**values)
    return transformers.Qwen2_5_VLProcessor(pictures, tokens, videos, chat_template=template)


def conversation(batch: Any) -> Iterator[Turn]:
    """The turns of a conversation in a batch of one, by its tokens; of the answers by those that have a loss, where
    there are such. The picture is put together from its patches, so that its sides must be multiples of 28."""
    tokens, texts = qwen().tokenizer, {}
    texts["all"] = tokens.decode(batch["input_ids"][0])
    first, *others = (part.partition("<|im_end|>")[0] for part in texts["all"].split("<|im_start|>user\n")[1:])
    questions = [first.rpartition("<|vision_end|>")[2], *others]
    if "labels" in batch:
        labels = batch["labels"][0]
        answers = [part.removeprefix("\n") for part in tokens.decode(labels[labels != -100]).split("<|im_end|>")][:-1]
    else:
        answers = [part.partition("<|im_end|>")[0] for part in texts["all"].split("<|im_start|>assistant\n")[1:]]
    ((frames, down, across),) = batch["image_grid_thw"].tolist()
    assert frames == 1 and texts["all"].count("<|image_pad|>") == down * across / 4
    patches = batch["pixel_values"].reshape(down // 2, across // 2, 2, 2, 3, 2, PATCH, PATCH)[..., 0, :, :]
    picture = patches.permute(0, 2, 5, 1, 3, 6, 4).reshape(down * PATCH, across * PATCH, 3)
    digest = pixels(Image.fromarray(picture.numpy().astype(np.uint8)))
    return (Turn(digest, *pair) for pair in zip(questions, answers, strict=True))


def trl_collator(folder: Path, split: str) -> Iterator[Turn]:
    """`messages` through TRL's collator for vision-language models."""
    training = pytest.importorskip("trl.trainer.sft_trainer", exc_type=ImportError)
    collate = training.DataCollatorForVisionLanguageModeling(qwen(), assistant_only_loss=True)
    for row in loaded(folder, split):
        yield from conversation(collate([row]))


def chat_template(folder: Path, split: str) -> Iterator[Turn]:
    """`messages` through a chat template of Hugging Face alone, the pictures beside them, as Unsloth does it."""
    for row in loaded(folder, split):
        text = qwen().apply_chat_template(row["messages"], tokenize=False)
        yield from conversation(qwen()(text=[text], images=[row["images"]], return_tensors="pt"))


def trl_prompts(folder: Path, split: str) -> Iterator[Turn]:
    """`trl` as GRPOTrainer makes its prompts; the answers are those that rewards are handed."""
    data_utils = pytest.importorskip("trl.data_utils", exc_type=ImportError)
    for row in loaded(folder, split):
        prompt = data_utils.prepare_multimodal_messages(row["prompt"], images=[row["image"]])
        options = {"add_generation_prompt": True, "tokenize": True, "return_dict": True, "return_tensors": "pt"}
        (turn,) = conversation(qwen().apply_chat_template(prompt, **options))
        assert turn.answer == ""  # is to be written
        yield turn._replace(answer=row["suffix"])


def datasets_webdataset(folder: Path, split: str) -> Iterator[Turn]:
    """`webdataset` by the loader that `datasets` has for it."""
    for row in loaded(folder, split):
        picture = row.get("png") or row["jpg"]
        yield Turn(pixels(picture), row["json"]["prefix"], row["json"]["suffix"])


def ultralytics(folder: Path, split: str) -> Boxes:
    """`yolo` by ultralytics: its check of a dataset, and its own dataset."""
    os.environ |= {"YOLO_CONFIG_DIR": str(folder.parent), "YOLO_OFFLINE": "true"}
    dataset = pytest.importorskip("ultralytics.data.dataset", exc_type=ImportError)
    from ultralytics.data.utils import check_det_dataset

    data = check_det_dataset(folder / "data.yaml", autodownload=False)
    place = data["val" if split == "validation" else split]
    boxes = {}
    for label in dataset.YOLODataset(img_path=place, data=data, augment=False).labels:
        height, width = label["shape"]
        assert label["bbox_format"] == "xywh" and label["normalized"]
        things = []
        for (number,), (x, y, across, down) in zip(label["cls"].tolist(), label["bboxes"].tolist(), strict=True):
            edges = (x - across / 2) * width, (y - down / 2) * height, (x + across / 2) * width, (y + down / 2) * height
            things.append((data["names"][int(number)], tuple(round(edge * 2**12) / 2**12 for edge in edges)))
        boxes[pixels(Path(label["im_file"]))] = sorted(things)
    return boxes


def torchvision(folder: Path, split: str) -> Boxes:
    """`coco` by torchvision."""
    datasets = pytest.importorskip("torchvision.datasets", exc_type=ImportError)
    content = datasets.CocoDetection(folder / "images" / split, folder / f"annotations/instances_{split}.json")
    names = {number: category["name"] for number, category in content.coco.cats.items()}
    boxes = {}
    for picture, things in content:
        corners = [(*thing["bbox"][:2], *np.add(thing["bbox"][:2], thing["bbox"][2:]).tolist()) for thing in things]
        kinds = [names[thing["category_id"]] for thing in things]
        boxes[pixels(picture)] = sorted(zip(kinds, corners, strict=True))
    return boxes


TURNS: dict[Callable[[Path, str], Iterator[Turn]], str] = {
    **{trl_collator: "messages", chat_template: "messages", trl_prompts: "trl", datasets_webdataset: "webdataset"},
}
"""Reader -> format of questions and answers."""
BOXES: dict[Callable[[Path, str], Boxes], str] = {ultralytics: "yolo", torchvision: "coco"}
"""Reader -> format of boxes."""


def check_croissant(dataset: Path, split: str) -> int:
    """AssertionError unless mlcroissant reads a dataset's rows with all their columns; how many there are."""
    mlcroissant = pytest.importorskip("mlcroissant", exc_type=ImportError)
    records = mlcroissant.Dataset(str(dataset / "croissant.json")).records("rows")
    found = {row["rows/id"].decode(): row for row in records if row["rows/split"].decode() == split}
    rows = rows_of(dataset, split)
    for row in rows:
        record = found.pop(row["id"])
        assert pixels(record["rows/image"]) == pixels(row["image"])
        assert {name: _plain(record[f"rows/{name}"]) for name in row if name != "image"} == {
            name: value for name, value in row.items() if name != "image"
        }
    assert not found
    return len(rows)


def _plain(value: Any) -> Any:
    """A value of mlcroissant's, whose texts are bytes."""
    if isinstance(value, bytes):
        return value.decode()
    return [_plain(item) for item in value] if isinstance(value, list) else value
