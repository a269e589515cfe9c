"""Conversations in Parquet with the pictures inside: for chat templates, TRL and Unsloth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from synthink.exports.base import Part
from synthink.exports.conversation import ConversationExport
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.exports.parquet import PICTURES, TEXT, ParquetWriter, stored_picture

MESSAGES = [{"role": TEXT, "content": [{"type": TEXT, "text": TEXT}]}]
"""Messages whose content is a list of parts. A part of type `image` has no text, and takes its picture from the column
`images`, since a key `image` in every part would be taken for a picture by chat templates."""


class MessagesExport(ConversationExport):
    """Rows of `images` and `messages`, in Parquet that `datasets.load_dataset` reads."""

    name = "messages"
    reader = "datasets.load_dataset; TRL's SFTTrainer, Unsloth, and chat templates of Hugging Face"

    def write(self, dataset: ExportedDataset, pictures: Iterable[PictureRows], part: Part) -> None:
        features = {"id": TEXT, "task": TEXT, "images": PICTURES, "messages": MESSAGES}
        with ParquetWriter(part.new_file(f"data/{part.split}-{part.stem}.parquet"), features) as file:
            for picture in pictures:
                for row, turns in self.turns(dataset, picture, part):
                    image = stored_picture(picture.data, picture.name)
                    about = {"id": row["id"], "task": row["task"], "images": [image]}
                    file.add({**about, "messages": messages(turns)}, len(picture.data))


def messages(turns: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Messages of questions and answers, the picture before the first question."""
    listed = []
    for number, (question, answer) in enumerate(turns):
        listed += [question_message(question, has_picture=number == 0), _message("assistant", [text_part(answer)])]
    return listed


def question_message(question: str, has_picture: bool = True) -> dict[str, Any]:
    """The message that asks a question, after a picture where it has one."""
    image = [{"type": "image", "text": None}] if has_picture else []
    return _message("user", [*image, text_part(question)])


def text_part(text: str) -> dict[str, Any]:
    """A part of a message that is text."""
    return {"type": "text", "text": text}


def _message(role: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"role": role, "content": content}
