"""Lines of JSON beside picture files: Florence-2's, OpenRLHF's, and big_vision's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthink.core.columns import columns_text, is_of_strokes
from synthink.exports.base import Export, Lines, Part, json_lines
from synthink.exports.conversation import AnswersExport
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.formats.messages import text_part
from synthink.labels import LabelFormatName

SPLITS = {"validation": "valid"}
"""The names of splits that maestro has others for."""


class LinesExport(Export):
    """An export of one line for each row, in `SPLIT.jsonl`."""

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"{split}.jsonl": json_lines(lines.of("rows"))}


class BigVisionExport(LinesExport, AnswersExport):
    """`SPLIT.jsonl` of id, image, prefix and suffix: texts alone, as big_vision's `jsonl` data source wants them."""

    name = "jsonl"
    reader = "big_vision (jsonl:FOLDER/SPLIT.jsonl, fopen_keys={'image': FOLDER})"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = ""
            for _, row, question, answer in self.answers(dataset, picture, part):
                path = path or part.picture(picture)
                part.add("rows", {"id": row["id"], "image": path, "prefix": question, "suffix": answer})


class Florence2Export(AnswersExport):
    """A folder of pictures a split, and `annotations.jsonl` of image, prefix and suffix, with boxes as Florence-2's
    tokens: 1,000 bins, left before top."""

    name = "florence2"
    reader = "maestro (maestro florence_2 train --dataset FOLDER)"

    label_format: LabelFormatName | None = "florence2"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = ""
            for _, row, question, answer in self.answers(dataset, picture, part):
                folder = SPLITS.get(part.split, part.split)
                path = path or part.picture(picture, folder).removeprefix(f"{folder}/")
                part.add("rows", {"id": row["id"], "image": path, "prefix": question, "suffix": answer})

    def files(self, dataset: ExportedDataset, split: str, lines: Lines) -> Mapping[str, Iterable[bytes]]:
        return {f"{SPLITS.get(split, split)}/annotations.jsonl": json_lines(lines.of("rows"))}


class OpenRlhfExport(LinesExport):
    """`SPLIT.jsonl` of prompt, images and label, and the row's columns as the text `row`, for a reward."""

    name = "openrlhf"
    reader = "OpenRLHF, started in FOLDER (--data.input_key prompt --data.image_key images --data.label_key label)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        for picture in pictures:
            path = part.picture(picture)
            for row in picture.rows:
                content = [{"type": "image"}, text_part(row["prefix"])]
                about = {"prompt": [{"role": "user", "content": content}], "images": [path], "label": row["suffix"]}
                part.add("rows", {**about, "datasource": dataset.name, "row": row_text(dataset, row)})
                part.rows += 1


def row_text(dataset: ExportedDataset, row: Mapping[str, object]) -> str:
    """The JSON of a row without its picture and without the points of strokes: with an image of None beside it,
    `Sample.from_row` takes it, for `Generator.score`."""
    columns = [name for name, kind in dataset.columns.items() if not is_of_strokes(kind)]
    return columns_text(row, ["id", "task", "prefix", "suffix", *columns])
