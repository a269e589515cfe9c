"""Prompts with their truth for trainers that learn from rewards: Parquet as TRL and verl read it."""

from __future__ import annotations

from collections.abc import Iterable

from synthink.core.columns import features
from synthink.exports.base import Export, Part
from synthink.exports.conversation import IMAGE
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.formats.lines import row_text
from synthink.exports.formats.messages import MESSAGES, question_message
from synthink.exports.parquet import NUMBER, PICTURES, TEXT, ParquetWriter, stored_picture


class TrlExport(Export):
    """The dataset's own columns, and `prompt`: a message whose picture is the column `image`. A reward function is
    handed all of them."""

    name = "trl"
    reader = "TRL's GRPOTrainer (datasets.load_dataset)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        columns = {"prompt": MESSAGES, **features(dataset.columns)}
        with ParquetWriter(part.new_file(f"data/{part.split}-{part.stem}.parquet"), columns) as file:
            for picture in pictures:
                for row in picture.rows:
                    image = stored_picture(picture.data, picture.name)
                    file.add({**row, "image": image, "prompt": [question_message(row["prefix"])]}, len(picture.data))
                    part.rows += 1


class VerlExport(Export):
    """`data_source`, `prompt`, `images`, `ability`, `reward_model` with the answer as `ground_truth`, and `extra_info`,
    whose `row` is the JSON of the row's columns."""

    name = "verl"
    reader = "verl (data.train_files=FOLDER/data/train-*.parquet, data.image_key=images)"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        columns = {
            "data_source": TEXT,
            "prompt": [{"role": TEXT, "content": TEXT}],
            "images": PICTURES,
            "ability": TEXT,
            "reward_model": {"style": TEXT, "ground_truth": TEXT},
            "extra_info": {"split": TEXT, "index": NUMBER, "id": TEXT, "row": TEXT},
        }
        with ParquetWriter(part.new_file(f"data/{part.split}-{part.stem}.parquet"), columns) as file:
            for picture in pictures:
                for index, row in enumerate(picture.rows, start=picture.first):
                    if IMAGE in row["prefix"]:
                        part.left_out.note(f"rows with {IMAGE} in their text", row["id"])
                        continue
                    part.rows += 1
                    info = {"split": part.split, "index": index, "id": row["id"], "row": row_text(dataset, row)}
                    values = {
                        "data_source": f"synthink/{dataset.name}",
                        "prompt": [{"role": "user", "content": f"{IMAGE}{row['prefix']}"}],
                        "images": [stored_picture(picture.data, picture.name)],
                        "ability": row["task"] or dataset.name,
                        "reward_model": {"style": "rule", "ground_truth": row["suffix"]},
                        "extra_info": info,
                    }
                    file.add(values, len(picture.data))
