"""What exports share that hold questions and answers as text: which rows they take, and how boxes are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from synthink.build.stored_rows import Row
from synthink.exports.answers import OWN_FORMAT, rewritten
from synthink.exports.base import Export, Part
from synthink.exports.dataset import ExportedDataset, PictureRows
from synthink.labels import LABEL_FORMATS, LabelFormatName

IMAGE = "<image>"
"""The mark that stands for a picture in the text of a question."""


class AnswersExport(Export):
    """An export of questions and answers, which keeps both as they are but for the format of boxes."""

    label_format: LabelFormatName | None = None
    """The format of boxes in answers; null: the dataset's."""

    mark: ClassVar[str] = ""
    """Text that stands for a picture, so that no question or answer may hold it."""

    def answers(
        self, dataset: ExportedDataset, picture: PictureRows, part: Part
    ) -> Iterator[tuple[int, Row, str, str]]:
        """Number, row, question and answer of each row of a picture; rows for which there is no room are counted."""
        for number, row in enumerate(picture.rows, start=picture.first):
            answer = self._answer(dataset, picture, row, part)
            if answer is not None:
                part.rows += 1
                yield number, row, row["prefix"], answer

    def _answer(self, dataset: ExportedDataset, picture: PictureRows, row: Row, part: Part) -> str | None:
        if self.mark and self.mark in row["prefix"] + row["suffix"]:
            part.left_out.note(f"rows with {self.mark} in their text", row["id"])
            return None
        if self.label_format is None:
            return str(row["suffix"])
        own = getattr(dataset.drawn_by(part.split, row), "label_format", OWN_FORMAT)
        if own not in LABEL_FORMATS:
            part.left_out.note("rows with boxes in a format that is not known", row["id"])
            return None
        answer = rewritten(row["suffix"], row, dataset.columns, picture.size_px, own, self.label_format)
        if answer is None:
            part.left_out.note(f"rows with places in their answer that {self.label_format} cannot say", row["id"])
        return answer


class ConversationExport(AnswersExport):
    """An export of conversations of one or more questions and answers."""

    questions: Literal["one", "all"] = "one"
    """The questions of a conversation: `one`, or `all` that the dataset asks about a picture in rows one after the
    other, as turns."""

    def turns(
        self, dataset: ExportedDataset, picture: PictureRows, part: Part
    ) -> Iterator[tuple[Row, list[tuple[str, str]]]]:
        """The row of the first turn of each conversation about a picture, and its questions and answers."""
        turns = [(row, (question, answer)) for _, row, question, answer in self.answers(dataset, picture, part)]
        conversations = [turns] if self.questions == "all" and turns else [[turn] for turn in turns]
        for conversation in conversations:
            yield conversation[0][0], [texts for _, texts in conversation]
