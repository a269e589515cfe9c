"""What is checked before the first step, so that a run does not fail, or mislead, hours later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from synthink.errors import ModelError, quoted
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import is_blank, refuse_blanks
from synthink.evaluate.data.rows import DrawnRows, Rows
from synthink.progress import Progress
from synthink.train.data.training_data import TrainingData
from synthink.train.learner import Encoded, Lengths, TextCodec
from synthink.train.request import Request

Digests = dict[bytes, tuple[str, str, str]]
"""Digest of a picture -> split and id of the row that showed it first, and the split whose content that one has."""
DRAWN_ROWS = 500
"""The rows of a generator whose texts are checked: more are drawn while training, and checked then."""


def check_rows(request: Request, data: TrainingData, texts: TextCodec, show: Progress) -> Lengths:
    """Check every row of a run; the largest numbers of tokens that rows take. `ModelError` names the first bad row."""
    count = sum(len(rows) for dataset, _ in request.datasets for rows in map(dataset.rows, dataset.splits))
    digests: Digests = {}
    for dataset, _ in request.datasets:
        splits = {split: dataset.rows(split) for split in dataset.splits}
        advance = partial(_show_rows, show, f"{request.label}checking pictures", count)
        check_pictures(splits, advance, digests, dataset.content_of)
    # The control has the questions and answers of the rows themselves, which need not be drawn for it.
    rows: list[Rows] = [*data.rows, *(held_out for held_out, _ in data.validation)]
    if request.control and request.datasets:
        names = (request.train_split, request.validation_split)
        rows = [dataset.rows(split) for dataset, _ in request.datasets for split in names if split in dataset.splits]
    text_count = sum(map(_checked_rows, rows))
    lengths = check_texts(texts, rows, lambda rows: show(f"{request.label}checking texts", rows, text_count))
    if request.stream:  # rows that are not drawn yet may be a little longer
        lengths = Lengths(*(min(texts.limit, length + length // 4 + 2) for length in lengths))
    return lengths


def _show_rows(show: Progress, stage: str, total: int, rows: int) -> None:
    show(stage, rows, total)


def _checked_rows(rows: Rows) -> int:
    """The number of rows of which texts are checked."""
    return min(len(rows), DRAWN_ROWS) if isinstance(rows, DrawnRows) else len(rows)


def check_length(example: Example, encoded: Encoded, limit: int) -> None:
    """`ModelError` naming a row that is too long for the model: nothing is cut off."""
    total = encoded.prefix + encoded.suffix
    if total > limit:
        tokens = f"{total} tokens ({encoded.prefix} of the question, {encoded.suffix} of the answer)"
        raise ModelError(f"{example.id}: {tokens} do not fit into model.text_tokens={limit}")


def check_texts(texts: TextCodec, datasets: Sequence[Rows], advance: Callable[[int], None]) -> Lengths:
    """Every row fits into the model, survives its tokenizer, and has an answer; the largest lengths of all.

    `ModelError` names the first row of which that is not true.
    """
    prefix = suffix = total = 1
    for rows in datasets:
        for index in range(_checked_rows(rows)):
            example = rows.example(index)
            encoded = texts.encoded(example.prefix, example.suffix)
            check_length(example, encoded, texts.limit)
            if not example.suffix.strip():
                raise ModelError(f"{example.id}: the answer (suffix) is empty")
            for name, text in (("prefix", example.prefix), ("suffix", example.suffix)):
                if (decoded := texts.decoded(text)) != text:
                    raise ModelError(
                        f"{example.id}: {name} {quoted(text)} comes back from its tokens as {quoted(decoded)}"
                    )
            prefix, suffix = max(prefix, encoded.prefix), max(suffix, encoded.suffix)
            total = max(total, encoded.prefix + encoded.suffix)
            advance(1)
    return Lengths(prefix, suffix, total)


def check_pictures(
    splits: Mapping[str, Rows],
    advance: Callable[[int], None],
    digests: Digests | None = None,
    content_of: Callable[[str], str] = str,
) -> None:
    """No picture stands in two splits, where its held-out score would be worth nothing, and each shows something.

    digests: those of the datasets before this one; this one's are added. content_of: the split whose content a split
    has, on purpose. `ModelError` names both rows, the one whose
    picture cannot be decoded, or those whose pictures are of one colour.
    """
    digests = {} if digests is None else digests
    blanks: list[str] = []
    for split, rows in splits.items():
        for index in range(len(rows)):
            example = rows.example(index)
            if is_blank(example.image, example.id):
                blanks.append(f"{example.id} ({split})")
            digest = hashlib.blake2b(bytes(example.image), digest_size=16).digest()
            content = content_of(split)
            other_split, other_id, other_content = digests.setdefault(digest, (split, example.id, content))
            if other_content != content:
                raise ModelError(f"{example.id} ({split}) shows the same picture as {other_id} ({other_split})")
            advance(1)
    refuse_blanks(blanks, sum(map(len, splits.values())))
