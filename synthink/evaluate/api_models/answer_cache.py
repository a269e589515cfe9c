"""Answers that were paid for, a JSON line each, so that an interrupted run asks only for the rest."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any, NamedTuple

from synthink.errors import OutputError
from synthink.evaluate.api_models.protocols import Reply


class Question(NamedTuple):
    """What an answer belongs to; request: SHA-256 of the endpoint and the JSON that is sent, which hold no key."""

    model: str
    shots: int
    id: str
    request: str


def request_hash(url: str, data: bytes) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(url.encode() + b"\n" + data).hexdigest()


class KeptAnswers:
    """A journal of answers. Lines that a kill has torn, or that are no answers, are asked for again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._answers: dict[Question, Reply] = {}
        try:
            content = path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise OutputError(f"{path}: cannot be read: {error.strerror}") from None
        for line in content.split(b"\n"):
            self._take(line)

    def find(self, question: Question) -> Reply | None:
        """The answer that was given before."""
        return self._answers.get(question)

    def add(self, question: Question, reply: Reply) -> None:
        """Keep an answer; returns when it is on the disk."""
        line = json.dumps({**question._asdict(), **reply._asdict(), "version": reply.model, "model": question.model})
        with self._lock:
            self._answers[question] = reply
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a+b") as file:
                    file.write(b"" if _ends_line(file) else b"\n")  # a torn line before ends here
                    file.write(line.encode() + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise OutputError(f"{self.path}: cannot be written: {error.strerror}") from None

    def _take(self, line: bytes) -> None:
        try:
            found = json.loads(line)
            question = Question(str(found["model"]), int(found["shots"]), str(found["id"]), str(found["request"]))
            self._answers[question] = Reply(
                str(found["answer"]),
                found["finish"],
                _count(found["input_tokens"]),
                _count(found["output_tokens"]),
                str(found["version"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return


def _ends_line(file: Any) -> bool:
    """Whether a file open for appending is empty or ends with a whole line."""
    if file.tell() == 0:
        return True
    return os.pread(file.fileno(), 1, file.tell() - 1) == b"\n" if hasattr(os, "pread") else False


def _count(value: Any) -> int | None:
    return None if value is None else int(value)
