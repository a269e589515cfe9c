"""Questions about documents: Donut's `metadata.jsonl`, and DocVQA's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from synthink.exports.base import Lines, Part, json_lines, json_list
from synthink.exports.conversation import AnswersExport, ConversationExport
from synthink.exports.dataset import ExportedDataset, PictureRows


class DonutExport(ConversationExport):
    """A folder of pictures a split, and `metadata.jsonl` with question and answer as the `gt_parse` of each; with
    questions=all as the list `gt_parses`."""

    name = "donut"
    reader = "Donut; datasets.load_dataset(FOLDER)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = ""
            for row, turns in self.turns(dataset, picture, part):
                path = path or part.picture(picture, part.split).removeprefix(f"{part.split}/")
                parses = [{"question": question, "answer": answer} for question, answer in turns]
                truth = {"gt_parses": parses} if self.questions == "all" else {"gt_parse": parses[0]}
                about = {"file_name": path, "ground_truth": json.dumps(truth, ensure_ascii=False), "id": row["id"]}
                part.add("metadata", about)

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}/metadata.jsonl": json_lines(lines.of("metadata"))}


SPLITS = {"validation": "val"}
"""The names of splits that DocVQA has others for."""


class DocVqaExport(AnswersExport):
    """`SPLIT.json` with a list of questions and their answers, beside pictures in `documents/`."""

    name = "docvqa"
    reader = "readers of DocVQA's JSON (task 1)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = ""
            for number, row, question, answer in self.answers(dataset, picture, part):
                path = path or part.picture(picture, f"documents/{part.split}")
                about = {"questionId": number + 1, "question": question, "image": path, "docId": picture.first + 1}
                about |= {"ucsf_document_id": picture.rows[0]["id"], "ucsf_document_page_no": "1"}
                split = SPLITS.get(part.split, part.split)
                part.add("data", {**about, "answers": [answer], "data_split": split, "id": row["id"]})

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}.json": self._content(dataset, split, lines)}

    def _content(self, dataset: ExportedDataset, split: str, lines: Lines) -> Iterator[bytes]:
        head = {
            "dataset_name": dataset.name,
            "dataset_version": dataset.digest,
            "dataset_split": SPLITS.get(split, split),
        }
        yield json.dumps(head).removesuffix("}").encode() + b', "data": '
        yield from json_list(lines.of("data"))
        yield b"}\n"
