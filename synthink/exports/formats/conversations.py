"""Conversations in one JSON list a split beside picture files: LLaVA's form, which many trainers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthink.exports.base import Lines, Part, json_file, json_list
from synthink.exports.conversation import IMAGE, ConversationExport
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.labels import LabelFormatName


class LlavaExport(ConversationExport):
    """`SPLIT.json` of conversations between `human` and `gpt` (ShareGPT), and `dataset_info.json` for LLaMA-Factory."""

    name = "llava"
    reader = "LLaVA, LLaMA-Factory (dataset_info.json), ms-swift"
    mark = IMAGE

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = ""
            for row, turns in self.turns(dataset, picture, part):
                path = path or part.picture(picture)
                texts = [text for question, answer in turns for text in (("human", question), ("gpt", answer))]
                texts[0] = ("human", f"{IMAGE}\n{turns[0][0]}")
                conversation = [{"from": speaker, "value": text} for speaker, text in texts]
                part.add(part.split, {"id": row["id"], "image": path, "conversations": conversation})

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}.json": json_list(lines.of(split))}

    def common_files(self, dataset: ExportedDataset) -> Mapping[str, Iterable[bytes]]:
        columns = {"messages": "conversations", "images": "image"}
        return {
            "dataset_info.json": json_file(
                {
                    f"{dataset.name}_{split}": {
                        "file_name": f"{split}.json",
                        "formatting": "sharegpt",
                        "columns": columns,
                    }
                    for split in dataset.splits
                }
            )
        }


class QwenExport(LlavaExport):
    """The form of `llava` with boxes as JSON in whole pixels, as Qwen2.5-VL is trained on them."""

    name = "qwen"
    reader = "the fine-tuning code of Qwen2.5-VL, LLaMA-Factory (dataset_info.json), ms-swift"

    label_format: LabelFormatName | None = "qwen"
