"""What is checked before the first step, so that a run does not fail, or mislead, hours later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.pixels import check_header
from synthink.evaluate.data.rows import DrawnRows, Rows
from synthink.train.learner import Encoded, Lengths, Texts

Seen = dict[bytes, tuple[str, str]]
"""Digest of a picture -> split and id of the row that showed it first."""
DRAWN = 500  # rows of a generator that are looked at: more are drawn while training, and checked then


def check_length(example: Example, encoded: Encoded, limit: int) -> None:
    """`ModelError` naming a row that is too long for the model: nothing is cut off."""
    total = encoded.prefix + encoded.suffix
    if total > limit:
        told = f"{total} tokens ({encoded.prefix} of the question, {encoded.suffix} of the answer)"
        raise ModelError(f"{example.id}: {told} do not fit into model.text_tokens={limit}")


def check_texts(texts: Texts, datasets: Sequence[Rows], advance: Callable[[int], None]) -> Lengths:
    """Every row fits, comes back from its tokens unchanged, and has an answer. `ModelError` names the first that does
    not."""
    prefix = suffix = total = 1
    for rows in datasets:
        for index in range(min(len(rows), DRAWN) if isinstance(rows, DrawnRows) else len(rows)):
            example = rows.example(index)
            encoded = texts.encoded(example.prefix, example.suffix)
            check_length(example, encoded, texts.limit)
            if not example.suffix.strip():
                raise ModelError(f"{example.id}: the answer (suffix) is empty")
            for name, text in (("prefix", example.prefix), ("suffix", example.suffix)):
                if (returned := texts.returned(text)) != text:
                    raise ModelError(f"{example.id}: {name} {text!r} comes back from its tokens as {returned!r}")
            prefix, suffix = max(prefix, encoded.prefix), max(suffix, encoded.suffix)
            total = max(total, encoded.prefix + encoded.suffix)
            advance(1)
    return Lengths(prefix, suffix, total)


def check_pictures(splits: Mapping[str, Rows], advance: Callable[[int], None], seen: Seen | None = None) -> None:
    """No picture stands in two splits: its held-out score would be worth nothing. `ModelError` names both rows, or the
    one whose picture no reader knows.

    seen: of the datasets before this one, and added to.
    """
    seen = {} if seen is None else seen
    for split, rows in splits.items():
        for index in range(len(rows)):
            example = rows.example(index)
            check_header(example.image, example.id)
            digest = hashlib.blake2b(bytes(example.image), digest_size=16).digest()
            other = seen.setdefault(digest, (split, example.id))
            if other[0] != split:
                raise ModelError(f"{example.id} ({split}) shows the same picture as {other[1]} ({other[0]})")
            advance(1)
