"""Models behind the page: each opens in a thread of its own, and answers one question at a time."""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable
from typing import Any, Literal, Protocol

from synthink.canvas.requests import BadRequest
from synthink.errors import SynthinkError, with_notes
from synthink.evaluate.answerer import Example
from synthink.gestures import PageQuestion

WAIT_S = 120.0
"""Seconds after which a question is given up; the model may still be at it."""
LONGEST_ANSWER = 10_000

State = Literal["loading", "ready", "failed"]
Question = PageQuestion | Example
"""What a model is asked: about ink or words on a page, or about any picture."""


class Reader(Protocol):
    """Answers questions about a page."""

    def answer(self, question: Question) -> str:
        """The answer, as the model writes it."""
        ...


class _Job:
    """A question on its way, and what came of it."""

    def __init__(self, question: Question) -> None:
        self.question, self.done = question, threading.Event()
        self.answer: str | None = None
        self.error = ""


class Model:
    """One model: `state` says whether it can be asked, `message` what is wrong with it."""

    def __init__(self, name: str, open_reader: Callable[[], Reader], wait_s: float = WAIT_S) -> None:
        """open_reader: is called in the model's own thread, at once."""
        self.name, self.state, self.message = name, "loading", ""
        self._open, self._wait_s = open_reader, wait_s
        self._jobs: queue.Queue[_Job] = queue.Queue()
        self._free = threading.Semaphore()
        threading.Thread(target=self._work, name=f"model {name}", daemon=True).start()

    def about(self) -> dict[str, Any]:
        """The facts of the model that the browser is told."""
        return {"name": self.name, "state": self.state, "message": self.message}

    def ask(self, question: Question) -> str:
        """The model's answer. Raises `BadRequest` while it cannot be asked, and where no answer comes."""
        if self.state == "loading":
            raise BadRequest(f"{self.name} is still being loaded; the ink stays, ask again in a moment", 503)
        if self.state == "failed":
            raise BadRequest(f"{self.name} cannot be asked: {self.message}", 503)
        if not self._free.acquire(blocking=False):
            raise BadRequest(f"{self.name} is busy with the question before; the ink stays, ask again later", 503)
        job = _Job(question)
        self._jobs.put(job)
        if not job.done.wait(self._wait_s):
            raise BadRequest(f"{self.name} has not answered within {self._wait_s:g} s; the ink stays", 504)
        if job.answer is None:
            raise BadRequest(f"{self.name}: {job.error}", 502)
        return job.answer

    def _work(self) -> None:
        try:
            reader = self._open()
        except BaseException as error:  # noqa: BLE001 - whatever stops a model is its state, not the server's end
            self.message, self.state = _one_line(error), "failed"
            return
        self.state = "ready"
        while True:
            job = self._jobs.get()
            try:
                job.answer = reader.answer(job.question)[:LONGEST_ANSWER]
            except Exception as error:  # noqa: BLE001 - a question that fails is told to the one who asked
                job.error = _one_line(error)
            job.done.set()
            self._free.release()


def _one_line(error: BaseException) -> str:
    """An error in one line; where it is a fault of somebody's code, its traceback goes to the terminal."""
    if isinstance(error, SynthinkError):
        return with_notes(error)
    traceback.print_exception(error)
    return f"{type(error).__name__}: {with_notes(error)}"
