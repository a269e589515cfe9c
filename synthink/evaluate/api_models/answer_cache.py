"""Answers that were paid for, a JSON line each, so that an interrupted run asks only for the rest."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from synthink.confined import open_inside, read_inside
from synthink.errors import OutputError

Finish = Literal["stop", "length", "blocked", "other"]
LARGEST_COUNT = 10**12  # tokens of one answer; more is no count


class Reply(NamedTuple):
    """An answer, why it ends, and what it took."""

    answer: str
    finish: Finish
    input_tokens: int | None
    """None where the server does not count them; likewise the next."""
    output_tokens: int | None
    version: str
    """The exact version of the model that answered, as far as the server tells."""


class AnswerKey(NamedTuple):
    """The key under which an answer is stored: it changes with everything that could change the answer."""

    model: str
    shots: int
    id: str
    request: str
    """SHA-256 of the endpoint and of the JSON that is sent, which hold no key."""

    @classmethod
    def of(cls, model: str, shots: int, id: str, base_url: str, body: dict[str, Any]) -> AnswerKey:
        """The question that a request asks about the row `id`."""
        content = json.dumps([base_url, body], ensure_ascii=False, separators=(",", ":"))
        return cls(model, shots, id, hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest())


LARGEST_BYTES = 256 << 20
"""The size from which on a file is no journal of answers."""


class AnswerCache:
    """A journal of answers. Lines that a kill has torn, or that are no answers, are left out and asked for again."""

    def __init__(self, path: Path) -> None:
        """Raises `OutputError` where the file cannot be read."""
        self.path = path
        self._answers: dict[AnswerKey, Reply] = {}
        try:
            content = read_inside(path.parent, path.name, LARGEST_BYTES, OutputError)
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise OutputError(f"{path}: cannot be read: {error.strerror}") from None
        for line in content.split(b"\n"):
            self._load(line)

    def find(self, question: AnswerKey) -> Reply | None:
        """The answer that was given before, if there was one."""
        return self._answers.get(question)

    def add(self, question: AnswerKey, reply: Reply) -> None:
        """Keep an answer; it is on the disk when this returns. Raises `OutputError` where it cannot be written."""
        self._answers[question] = reply
        line = json.dumps({**question._asdict(), **reply._asdict()})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            with os.fdopen(open_inside(self.path.parent, self.path.name, flags, OutputError), "a+b") as file:
                file.write(b"" if _ends_line(file) else b"\n")  # a torn line before ends here
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written: {error.strerror}") from None

    def _load(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            question = AnswerKey(*(entry[name] for name in AnswerKey._fields))
            reply = Reply(*(entry[name] for name in Reply._fields))
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        texts = (question.model, question.id, question.request, reply.answer, reply.version)
        counts = (question.shots, reply.input_tokens, reply.output_tokens)
        if (
            all(isinstance(text, str) for text in texts)
            and reply.finish in get_args(Finish)
            and question.shots is not None
            and all(count is None or token_count(count) == count for count in counts)
        ):
            self._answers[question] = reply


def token_count(value: Any) -> int | None:
    """A number of tokens, as far as it can be one: 1e999, -1, true and "7" are none."""
    return value if type(value) is int and 0 <= value <= LARGEST_COUNT else None


def _ends_line(file: Any) -> bool:
    """Whether a file open for appending is empty or ends with a whole line."""
    if file.tell() == 0:
        return True
    return os.pread(file.fileno(), 1, file.tell() - 1) == b"\n" if hasattr(os, "pread") else False
