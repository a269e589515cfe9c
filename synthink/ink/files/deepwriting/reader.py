"""DeepWriting's .npz (Aksan et al., "DeepWriting: Making Digital Ink Editable via Deep Generative Modeling", CHI 2018).

An array per property, with an entry per sample: `samples` (L, 3) of dx, dy and 1 at the last point of a stroke, and
numbers per point that mark characters and words. Older files name `samples` `strokes`, and write soc, sow for boc, bow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthink.errors import quoted
from synthink.ink.files.base import InkFileFormat, Reading
from synthink.ink.files.deepwriting.marks import Marks, label, spans
from synthink.ink.files.deepwriting.scale import Unscale, undo
from synthink.ink.files.fates import Fates, left_out
from synthink.ink.files.npz.arrays import Arrays, member_names, opened
from synthink.ink.files.sketchrnn import stroke_3
from synthink.ink.files.strokes import assemble, limited
from synthink.ink.model import Ink, InkError


@dataclass(frozen=True)
class DeepWritingFormat(InkFileFormat):
    """DeepWriting's files of samples cut from lines of handwriting.

    unscale: whether deltas are multiplied by `max - min` where `preprocessing` lists `scale`. It lists it in the
    published file, too, where multiplying would stretch the letters to three times their width; so "auto" takes what
    gives the letters the more usual width.
    """

    unscale: Unscale = "auto"

    suffixes = (".npz",)
    fates = Fates(
        read={
            "": "samples strokes texts subject_labels alphabet char_labels word_labels boc_labels soc_labels eoc_labels"
            " bow_labels sow_labels eow_labels mean std min max preprocessing"
        },
        metadata={"": "texts"},
    )
    sniff_order = 60

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the file is a zip with samples and what they say."""
        names = member_names(path, head)
        return bool(names & {"samples", "strokes"}) and bool(names & {"texts", "char_labels"})

    def read(self, path: Path, reading: Reading) -> Iterator[Ink]:
        """Yield one ink a sample, with its writer (`subject_labels`) and spans of its marked words and characters.

        Samples were cut at characters from lines whose whole text they keep. Where the characters marked in a sample
        are not all of that text, the label is the words marked, and the metadata's `text` is the file's. Deltas are
        multiplied by `std` and `mean` is added where `preprocessing` says that they were normalised.
        """
        return limited(_inks(path, reading, self.unscale), reading)


def _inks(path: Path, reading: Reading, unscale: Unscale) -> Iterator[Ink]:
    with opened(path, reading) as arrays:
        name = arrays.first("samples", "strokes")
        samples = _entries(arrays, name, None, reading)
        texts = _entries(arrays, "texts", len(samples), reading)
        writers = _entries(arrays, "subject_labels", len(samples), reading)
        alphabet = sorted(arrays.texts("alphabet")) if "alphabet" in arrays else []
        marks = [Marks(*values) for values in zip(*_marks(arrays, len(samples), reading), strict=True)]
        letters = [
            len(text.replace(" ", "")) if m.begun is None else m.begun for m, text in zip(marks, texts, strict=True)
        ]
        others = left_out(DeepWritingFormat.fates.unknown(arrays))
        undone = undo(arrays, samples, letters, unscale, reading)
    for index, (sample, text, writer, marked) in enumerate(zip(samples, texts, writers, marks, strict=True)):
        element = f"array {name}, sample {index}"
        try:
            strokes = stroke_3(sample, undone.points)
            marked_spans = spans([len(stroke) for stroke in strokes], marked, alphabet)
        except InkError as error:
            reading.skip(error.reason, element)
            continue
        written = label(text, marked_spans, alphabet)
        ink = assemble(
            reading,
            element,
            strokes,
            marked_spans,
            label=written,
            writer=None if writer is None else str(writer),
            source=f"{path.name}#{index + 1}",
            metadata={**({} if written == text else {"text": text}), **others},
        )
        if ink is not None:
            yield ink


def _marks(arrays: Arrays, count: int, reading: Reading) -> Iterator[list[Any]]:
    """The numbers per point of all samples: classes, words, begins and ends of characters, begins and ends of words."""
    names = (("char_labels",), ("word_labels",), ("boc_labels", "soc_labels"), ("eoc_labels",))
    for choice in (*names, ("bow_labels", "sow_labels"), ("eow_labels",)):
        yield _entries(arrays, next((name for name in choice if name in arrays), choice[0]), count, reading)


def _entries(arrays: Arrays, name: str, count: int | None, reading: Reading) -> list[Any]:
    """An entry for each sample; when the file has no such array, no text or None for each."""
    if count is not None and name not in arrays:
        return ["" if name == "texts" else None] * count
    array = arrays.texts(name) if name == "texts" else arrays.get(name)
    entries = array if isinstance(array, list) else list(array) if array.ndim else []
    if count not in (None, len(entries)):
        reading.fail(f"has {len(entries)} entries for {count} samples", f"array {name}")
    if name == "subject_labels" and not all(isinstance(writer, (int, str)) or writer.ndim == 0 for writer in entries):
        reading.fail(f"has entries that name no writer: {quoted(entries[:3])}", f"array {name}")
    return entries
