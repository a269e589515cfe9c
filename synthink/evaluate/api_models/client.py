"""Asks an endpoint through the `openai` package: in pace, bounded in time, and with one clear error when it refuses."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from synthink.errors import ModelError
from synthink.evaluate.api_models.answer_cache import Finish, Reply, token_count
from synthink.evaluate.api_models.key import read_key
from synthink.evaluate.api_models.settings import ApiSettings
from synthink.version import VERSION

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MESSAGE_LENGTH = 300  # characters of a server's message that are shown
MOST_SEARCHED = 20_000  # characters of a server's message in which the key is looked for; no more is shown
LARGEST_RESPONSE = 32 * 2**20  # bytes
_BLOCKED = ("content_filter", "content_policy_violation")  # codes of errors about one question, not about the run


class Client:
    """One endpoint with its key and its pace."""

    def __init__(self, settings: ApiSettings) -> None:
        """Raises `ModelError` when the package is missing, or the key's variable is not set."""
        try:
            import openai
        except ImportError:
            raise ModelError(
                f"predictor={settings.name}: needs the package openai: pip install 'synthink[api]'"
            ) from None
        self._openai = openai
        self.settings = settings
        self.retries = 0
        """How often a try was repeated, over all questions that were answered."""
        self._key = read_key(settings)
        self._distance_s = 60 / settings.requests_per_minute if settings.requests_per_minute else 0.0
        self._next = 0.0  # of the monotonic clock: no question before

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncOpenAI]:
        """A connection pool for the questions of one event loop."""
        openai, settings = self._openai, self.settings
        # Redirects are not followed: key and pictures go to the host that was named, and to no other. Proxies of the
        # environment are not for this machine.
        unproxied = settings.is_local and settings.base_url.startswith("http:")
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            trust_env=not unproxied,
            timeout=settings.timeout_s,
            event_hooks={"response": [_bound]},
        )
        async with openai.AsyncOpenAI(
            api_key=self._key.reveal() or "none",
            base_url=settings.base_url,
            timeout=settings.timeout_s,
            max_retries=settings.retries,
            http_client=http,
            default_headers={"User-Agent": f"synthink/{VERSION}", "Accept-Encoding": "identity"},
        ) as connection:
            yield connection

    async def ask(self, connection: AsyncOpenAI, body: Mapping[str, Any]) -> Reply:
        """The reply to a request's JSON, when it is this question's turn.

        A reply without text, `blocked`, where a filter refuses this one question. Raises `ModelError` with the server's
        words when it refuses the request, stays busy after all retries, or does not answer in time.
        """
        await self._turn()
        openai, limit_s = self._openai, self.settings.total_timeout_s
        more = {name: value for name, value in body.items() if name not in ("model", "messages")}
        try:
            async with asyncio.timeout(limit_s):
                response = await connection.chat.completions.with_raw_response.create(
                    model=body["model"], messages=body["messages"], extra_body=more
                )
        except TimeoutError:
            raise self._error(f"no answer within {limit_s:g} s, retries included; see total_timeout_s") from None
        except ResponseTooLarge as error:
            raise self._error(self._one_line(str(error))) from None
        except openai.APIStatusError as error:
            content = _json(error.response.content)
            if error.status_code == 400 and _error_of(content).get("code") in _BLOCKED:
                return Reply("", "blocked", None, None, "")
            raise self._error(self._refusal(error)) from None
        except openai.APITimeoutError:
            raise self._error(f"no answer within {self.settings.timeout_s:g} s{self._after_retries()}") from None
        except openai.OpenAIError as error:
            reason = error.__cause__ or error
            text = self._one_line(f"{type(reason).__name__}: {reason}")
            raise self._error(f"cannot be reached: {text}{self._after_retries()}; check base_url") from None
        self.retries += response.retries_taken
        return self._reply(response.http_response.content)

    async def _turn(self) -> None:
        """Wait until a question may be sent: at even distances from the one before."""
        now = time.monotonic()
        turn = max(now, self._next)
        self._next = turn + self._distance_s
        await asyncio.sleep(turn - now)

    def _reply(self, content: bytes) -> Reply:
        try:
            reply = read_reply(_json(content))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            message = self._message(content)
            raise self._error(f"answered with something else than a chat completion: {message}") from None
        hide = self._key.hidden_in_answer
        return reply._replace(answer=hide(reply.answer), version=hide(reply.version))

    def _refusal(self, error: Any) -> str:
        """What a server said when it refused a request, and what to do about it."""
        status = error.status_code
        if 300 <= status < 400:
            target = self._one_line(error.response.headers.get("location", "nowhere"))
            return f"status {status}: it sends on to {target}, which is not followed; check base_url"
        message, hint = self._message(error.response.content), ""
        if status in (401, 403):
            variable = self.settings.key_variable
            hint = (
                f" (the key in {variable})"
                if self._key.reveal()
                else f" (no key was sent, key_variable={variable or 'null'})"
            )
        elif status == 429 or status >= 500:
            hint = self._after_retries()
            message += "; run again later, answers are kept"
        return f"status {status}{hint}: {message}"

    def _after_retries(self) -> str:
        return f", after {self.settings.retries} retries"

    def _message(self, content: bytes) -> str:
        """The message in a server's error: `error.message`, or the `message` or `detail` of other servers."""
        parsed = _json(content)
        fields = parsed if isinstance(parsed, dict) else {}
        texts = (_error_of(parsed).get("message"), fields.get("error"), fields.get("message"), fields.get("detail"))
        text = next((text for text in texts if isinstance(text, str) and text), content.decode("utf-8", "replace"))
        return self._one_line(text) or "no message"

    def _one_line(self, text: str) -> str:
        """What a server says, as one short line without the key; cut last, so that no part of a key is left over."""
        text = self._key.hidden(text[:MOST_SEARCHED])
        line = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
        return line if len(line) <= MESSAGE_LENGTH else f"{line[:MESSAGE_LENGTH]}…"

    def _error(self, reason: str) -> ModelError:
        return ModelError(f"{self.settings.base_url}: {reason}")


class ResponseTooLarge(Exception):
    """A response has more bytes than an answer can have, or is packed, so that it could become as large."""


async def _bound(response: Any) -> None:
    """Have the reading of a response end with `ResponseTooLarge` before it takes all memory; called with its headers.

    The response's stream is of the library that `openai` sends its requests with, which is not always the same one.
    """
    packed = response.headers.get("content-encoding", "identity")
    if packed != "identity":
        raise ResponseTooLarge(f"the response is packed ({packed[:20]}), which was not asked for")
    stream = response.stream
    kind: Any = next(base for base in type(stream).__mro__ if base.__name__ == "AsyncByteStream")

    class Bounded(kind):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            count = 0
            async for part in stream:
                count += len(part)
                if count > LARGEST_RESPONSE:
                    raise ResponseTooLarge(f"the response has more than {LARGEST_RESPONSE:,} bytes")
                yield part

        async def aclose(self) -> None:
            await stream.aclose()

    response.stream = Bounded()


def read_reply(content: Any) -> Reply:
    """The reply in a chat completion. Raises KeyError, TypeError and the like where it has another shape."""
    choice, usage = content["choices"][0], content.get("usage")
    message, reason = choice["message"], str(choice.get("finish_reason") or "stop")
    answer = message.get("content") or ""
    if isinstance(answer, list):  # some servers answer in parts
        answer = "".join(part.get("text", "") for part in answer)
    known: dict[str, Finish] = {"stop": "stop", "length": "length"}
    is_blocked = message.get("refusal") or reason.startswith("content_filter")
    finish: Finish = "blocked" if is_blocked else known.get(reason, "other")
    version = content.get("model")
    return Reply(_text(answer), finish, *_tokens(usage), version.strip() if isinstance(version, str) else "")


def _tokens(usage: Any) -> tuple[int | None, int | None]:
    """Tokens that were sent and answered, None where they make no sense: the answer is paid for all the same.

    Gemini counts its thoughts, which cost as much, in the total alone.
    """
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    sent, answered, total = (token_count(usage.get(name)) if isinstance(usage, dict) else None for name in names)
    if sent is None or answered is None:
        return None, None
    return sent, max(answered, (total or 0) - sent)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where text is expected")
    return value.strip()


def _json(content: bytes) -> Any:
    try:
        return json.loads(content, parse_int=_number)
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> float:
    """A whole number of JSON. Python refuses to read thousands of digits, and with them all that stands around."""
    return int(digits) if len(digits) <= 20 else math.inf


def _error_of(content: Any) -> Mapping[str, Any]:
    """The `error` in a response's JSON; empty when there is none."""
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, dict) else {}
