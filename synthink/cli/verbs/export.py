"""`synthink export`: a dataset's folder in the form that somebody else's trainer or loader reads."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Any, Literal

from synthink.build.received import Code
from synthink.cli.verb import Call, Folder, Verb, VerbResult, assets_of, existing_folder
from synthink.exports.export import export
from synthink.plugins import EXPORTS


class Export(Verb):
    """Export a dataset to a format of somebody else's. An interrupted command goes on from the finished shards when it
    is typed again."""

    name = "export"
    summary = "a dataset in the form that another trainer or loader reads: messages, llava, coco, ..."
    positional = "dataset"

    dataset: Folder
    """The dataset's folder, such as data/circled_letters."""
    format: Annotated[str, EXPORTS]
    """The format: see synthink/exports/README.md."""
    output: Folder
    """The folder that is made."""
    questions: Literal["one", "all"] | None = None
    """The questions of a conversation: one, or all that rows one after the other ask about a picture."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings of the format, such as {label_format: qwen}, or {boxes: {ink_box: gesture}} of coco and yolo."""
    code: Code = "refuse"
    """Whether the Python file is run that a manifest names as the code of its generator, and whose digest it holds."""

    def run(self, call: Call) -> VerbResult:
        folder = existing_folder(self.dataset)
        settings = {**({} if self.questions is None else {"questions": self.questions}), **self.settings}
        outcome = export(folder, self.format, self.output, code=self.code, progress=True, **settings)
        rows = ", ".join(f"{count:,} of {split}" for split, count in outcome.rows.items())
        state = "was there already" if outcome.was_there else "exported"
        return VerbResult(
            assets={**assets_of({"": folder}), self.format: outcome.left_out.record()},
            lines=[f"{outcome.output}: {rows} {state}", f"read by {outcome.reader}"],
        )
