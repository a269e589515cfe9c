"""Answers from a model behind an API: many questions at once, in order, none paid for twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.api_models.answer_cache import KeptAnswers, Question, request_hash
from synthink.evaluate.api_models.client import Client
from synthink.evaluate.api_models.prompt import asked, inline, shown
from synthink.evaluate.api_models.protocols import Reply
from synthink.evaluate.api_models.rate_limit import Stopped
from synthink.evaluate.api_models.settings import ApiSettings

Progress = Callable[[int], None]


@dataclass
class Usage:
    """What the answers took. Tokens are those of all answers, kept ones included; prices are for a million."""

    price_input: float | None = None
    price_output: float | None = None
    asked: int = 0
    """Answers that came over the network in this run."""
    kept: int = 0
    """Answers that an earlier run had paid for."""
    blocked: int = 0
    """Refused by the model or a filter; the answer is what came of it, mostly nothing."""
    empty: int = 0
    """Without text, and not blocked."""
    cut_off: int = 0
    """Ended by `max_tokens`; many of them mean that it is too small."""
    uncounted: int = 0
    """Whose tokens the server did not tell."""
    input_tokens: int = 0
    output_tokens: int = 0
    versions: set[str] = field(default_factory=set)
    """Exact versions of the model, as the server named them."""

    def add(self, reply: Reply, is_new: bool) -> None:
        self.asked += is_new
        self.kept += not is_new
        self.blocked += reply.finish == "blocked"
        self.empty += not reply.answer and reply.finish != "blocked"
        self.cut_off += reply.finish == "length"
        self.uncounted += reply.input_tokens is None or reply.output_tokens is None
        self.input_tokens += reply.input_tokens or 0
        self.output_tokens += reply.output_tokens or 0
        self.versions |= {reply.model} if reply.model else set()

    @property
    def cost(self) -> float | None:
        """In the prices' currency; None without both prices, or where tokens were not told."""
        if self.price_input is None or self.price_output is None or self.uncounted:
            return None
        return (self.input_tokens * self.price_input + self.output_tokens * self.price_output) / 1e6

    def plain(self) -> dict[str, Any]:
        """Everything as JSON types, for a report."""
        return {**vars(self), "versions": sorted(self.versions), "cost": self.cost}

    def __str__(self) -> str:
        """One line for the terminal."""
        faults = {"blocked": self.blocked, "empty": self.empty, "cut off by max_tokens": self.cut_off}
        parts = [f"{self.asked + self.kept:,} answers ({self.kept:,} from before)"]
        parts += [f"{count:,} {name}" for name, count in faults.items() if count]
        parts.append(f"{self.input_tokens:,} + {self.output_tokens:,} tokens")
        if self.uncounted:
            parts.append(f"{self.uncounted:,} without a count")
        return ", ".join([*parts, f"cost {self.cost:.4f}"] if self.cost is not None else parts)


class ApiAnswerer:
    """An `Answerer` that asks an API with the same examples before every question."""

    def __init__(
        self, client: Client, shots: Sequence[Example], kept: KeptAnswers, progress: Progress = lambda advance: None
    ) -> None:
        """progress: called with each answer that is there, in the thread that called `answers`."""
        self.client, self.kept, self.progress = client, kept, progress
        self.shots = tuple(shots)
        self._lock = threading.Lock()
        self.name = f"{client.settings.model}, {len(shots)} {'shot' if len(shots) == 1 else 'shots'}"
        settings = client.settings
        self.usage = Usage(settings.price_per_million_input, settings.price_per_million_output)
        self._before = [turn for shot in shots for turn in shown(shot)]

    def answers(self, examples: Sequence[Example]) -> list[str]:
        """The answer to each example, in order; blocked and empty ones are empty text, and counted in `usage`.

        `ModelError` at the first refusal, or when a question is among the shots; what was answered until then is kept,
        and costs nothing when the run is started again.
        """
        self._check(examples)
        stop = threading.Event()
        pool = ThreadPoolExecutor(self.client.settings.concurrency, thread_name_prefix="few-shot")
        try:
            futures = [pool.submit(self._answer, example, stop) for example in examples]
            self._collect(futures, stop)
        except KeyboardInterrupt:
            stop.set()
            self.client.cut()  # nobody wants to wait for the slowest server then
            raise
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
        return [future.result().answer for future in futures]

    def _collect(self, futures: Sequence[Future[Reply]], stop: threading.Event) -> None:
        """Wait for all; after a failure, for those under way, since they are paid for."""
        failures: list[Exception] = []
        for future in as_completed(futures):
            try:
                if not future.cancelled():
                    future.result()
                    self.progress(1)
            except Stopped:
                continue  # because of the failure of another
            except Exception as error:  # noqa: BLE001 - raised below, when the others have ended
                failures.append(error)
                for other in futures:
                    other.cancel()
        if failures:
            raise failures[0]

    def _answer(self, example: Example, stop: threading.Event) -> Reply:
        try:
            data = self.client.body([*self._before, asked(example)])
            request = request_hash(self.client.url, data)
            question = Question(self.client.settings.model, len(self.shots), example.id, request)
            reply = self.kept.find(question)
            is_new = reply is None
            if reply is None:
                reply = self.client.ask(data, stop)
                self.kept.add(question, reply)
        except Exception:
            stop.set()  # here, before this thread takes the next question
            raise
        with self._lock:
            self.usage.add(reply, is_new)
        return reply

    def _check(self, examples: Sequence[Example]) -> None:
        """No question may be one of the shots: its answer would stand in the prompt."""
        known = {(shot.prefix, inline(shot.image, shot.id)): shot.id for shot in self.shots}
        for example in examples if known else ():
            found = known.get((example.prefix, inline(example.image, example.id)))
            if found is not None:
                raise ModelError(f"{example.id}: the same picture and question are among the examples, as {found}")


def answerers(
    settings: ApiSettings, shots: Sequence[Example], journal: Path, progress: Progress = lambda advance: None
) -> list[ApiAnswerer]:
    """One answerer for each number in `settings.shots`, in this order; they share key, pace and journal.

    shots: at least as many examples as the largest number (`pick_shots`). `ModelError` when they are fewer, or when the
    key's variable is not set.
    """
    if len(shots) < max(settings.shots):
        raise ModelError(f"shots={list(settings.shots)}: there are only {len(shots)} examples")
    client, kept = Client(settings), KeptAnswers(journal)
    return [ApiAnswerer(client, shots[:count], kept, progress) for count in settings.shots]
