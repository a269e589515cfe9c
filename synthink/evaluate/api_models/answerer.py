"""Answers from a model behind an API: many questions at once, in order, none paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.api_models.answer_cache import AnswerCache, AnswerKey, Reply
from synthink.evaluate.api_models.client import Client
from synthink.evaluate.api_models.prompt import data_url, question, question_and_answer, request_body

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass
class Usage:
    """The use of an API so far: answers, tokens and price. Tokens are those of all answers, cached ones included;
    prices are for a million."""

    price_input: float | None = None
    price_output: float | None = None
    new: int = 0
    """Answers that came over the network in this run."""
    cached: int = 0
    """Answers that an earlier run had paid for."""
    blocked: int = 0
    """Answers that the model or a filter refused; they are what came of it, mostly nothing."""
    empty: int = 0
    """Answers without text that were not blocked."""
    cut_off: int = 0
    """Answers that `max_tokens` ended; many of them mean that it is too small."""
    uncounted: int = 0
    """Answers whose tokens the server did not tell."""
    input_tokens: int = 0
    output_tokens: int = 0
    versions: set[str] = field(default_factory=set)
    """Exact versions of the model, as the server named them."""

    def add(self, reply: Reply, is_new: bool) -> None:
        """Add a reply to the counts."""
        self.new += is_new
        self.cached += not is_new
        self.blocked += reply.finish == "blocked"
        self.empty += not reply.answer and reply.finish != "blocked"
        self.cut_off += reply.finish == "length"
        self.uncounted += reply.input_tokens is None or reply.output_tokens is None
        self.input_tokens += reply.input_tokens or 0
        self.output_tokens += reply.output_tokens or 0
        self.versions |= {reply.version} if reply.version else set()

    @property
    def cost(self) -> float | None:
        """The cost in the prices' currency; None without both prices, or where tokens were not told."""
        if self.price_input is None or self.price_output is None or self.uncounted:
            return None
        return (self.input_tokens * self.price_input + self.output_tokens * self.price_output) / 1e6

    def __str__(self) -> str:
        faults = {"blocked": self.blocked, "empty": self.empty, "cut off by max_tokens": self.cut_off}
        parts = [f"{self.new + self.cached:,} answers ({self.cached:,} from before)"]
        parts += [f"{count:,} {name}" for name, count in faults.items() if count]
        parts.append(f"{self.input_tokens:,} + {self.output_tokens:,} tokens")
        if self.uncounted:
            parts.append(f"{self.uncounted:,} without a count")
        if self.cost is not None:
            parts.append(f"cost {self.cost:.4f}")
        if self.versions:
            parts.append(f"by {' and '.join(sorted(self.versions))}")
        return ", ".join(parts)


class ApiAnswerer:
    """An `Answerer` that asks an API with the same examples before every question."""

    def __init__(
        self,
        client: Client,
        examples: Sequence[Example],
        cache: AnswerCache,
        progress: Callable[[int], None] = lambda advance: None,
    ) -> None:
        """progress: is called with 1 for each answer."""
        self.client, self.examples, self.cache, self.progress = client, tuple(examples), cache, progress
        self.name = f"{client.settings.model}, {len(examples)} {'shot' if len(examples) == 1 else 'shots'}"
        self.usage = Usage(client.settings.price_per_million_input, client.settings.price_per_million_output)
        self._before = [message for example in examples for message in question_and_answer(example)]

    def answers(self, examples: Sequence[Example]) -> list[str]:
        """The answer to each example, in order; blocked and empty ones are empty text, and counted in `usage`.

        Raises `ModelError` at the first refusal, or when a question is among the examples of the prompt. What was
        answered until then is kept, and costs nothing when the run is started again.
        """
        self._check(examples)
        if not examples:
            return []
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._ask_all(examples))
        with ThreadPoolExecutor(1) as thread:  # inside a notebook, whose loop is running
            return thread.submit(asyncio.run, self._ask_all(examples)).result()

    async def _ask_all(self, examples: Sequence[Example]) -> list[str]:
        """Ask `concurrency` questions at once. After a failure, those under way are waited for: they are paid for."""
        places = asyncio.Semaphore(self.client.settings.concurrency)
        failures: list[Exception] = []

        async def answer(example: Example) -> str:
            async with places:
                if failures:
                    return ""
                try:
                    return await self._answer(connection, example)
                except Exception as error:  # noqa: BLE001 - raised below, when the others have ended
                    failures.append(error)
                    return ""

        async with self.client.connected() as connection:
            answers = await asyncio.gather(*map(answer, examples))
        if failures:
            raise failures[0]
        return answers

    async def _answer(self, connection: AsyncOpenAI, example: Example) -> str:
        settings = self.client.settings
        body = request_body(settings, [*self._before, question(example)])
        key = AnswerKey.of(settings.model, len(self.examples), example.id, settings.base_url, body)
        reply = self.cache.find(key)
        is_new = reply is None
        if reply is None:
            reply = await self.client.ask(connection, body)
            self.cache.add(key, reply)
        self.usage.add(reply, is_new)
        self.progress(1)
        return reply.answer

    def _check(self, examples: Sequence[Example]) -> None:
        """No question may be one of the prompt's examples: its answer would stand in the prompt."""
        known = {(shot.prefix, data_url(shot.image, shot.id)): shot.id for shot in self.examples}
        for example in examples if known else ():
            twin = known.get((example.prefix, data_url(example.image, example.id)))
            if twin is not None:
                raise ModelError(f"{example.id}: the same picture and question are among the examples, as {twin}")
