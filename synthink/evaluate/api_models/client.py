"""Asks an endpoint: in pace, again when it is busy, and with one clear error when it refuses."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from synthink.errors import ModelError
from synthink.evaluate.api_models.http_client import Response, Wire, WireError
from synthink.evaluate.api_models.key import read_key
from synthink.evaluate.api_models.prompt import Turn
from synthink.evaluate.api_models.protocols import Reply, wording
from synthink.evaluate.api_models.rate_limit import Pace, Stopped, rest
from synthink.evaluate.api_models.settings import ApiSettings
from synthink.version import VERSION

MOST_BYTES = 4 << 20  # of a response
LONGEST_WAIT_S = 300.0
"""A server that wants a longer pause is not waited for: what was answered is kept, and a later run goes on."""
BUSY = (429, 500, 502, 503, 504)
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached")  # OpenAI's 429 that no waiting ends
_SHOWN = 300  # characters of a server's message


class Client:
    """One endpoint with its key and its pace; used by many threads, and by runs with any number of examples."""

    def __init__(self, settings: ApiSettings) -> None:
        """`ModelError` when the key's variable is not set."""
        self.settings, self.wording = settings, wording(settings)
        self.url = self.wording.url(settings)
        self.retried = 0
        self._key = read_key(settings)
        self._pace = Pace(settings.requests_per_minute)
        self._wire = Wire(self.url, settings.timeout_s, MOST_BYTES, settings.is_local)
        self._lock = threading.Lock()

    def body(self, turns: Sequence[Turn]) -> bytes:
        """The request's JSON; it holds no key."""
        return json.dumps(self.wording.body(self.settings, turns), ensure_ascii=False, separators=(",", ":")).encode()

    def ask(self, data: bytes, stop: threading.Event) -> Reply:
        """The reply to a request's JSON. `ModelError` with the server's words when it refuses, or stays busy after all
        retries; `Stopped` when the run ends meanwhile."""
        for attempt in range(self.settings.retries + 1):
            self._pace.wait(stop)
            try:
                response = self._wire.post(data, self._headers())
            except WireError as error:
                if stop.is_set():
                    raise Stopped from None
                if error.is_final:
                    raise self._error(self._plain(str(error))) from None
                trouble, pause = self._plain(str(error)), None
            else:
                if response.status not in BUSY:
                    return self._reply(response)
                trouble, pause = self._busy(response)
            if attempt < self.settings.retries:
                self._wait(attempt, pause, trouble, stop)
        raise self._error(f"gave up after {self.settings.retries + 1} tries; the last: {trouble}")

    def cut(self) -> None:
        """End the requests under way."""
        self._wire.cut()

    def _headers(self) -> Mapping[str, str]:
        key = self.wording.key_header(self._key.reveal()) if self._key else {}
        return {"Content-Type": "application/json", "User-Agent": f"synthink/{VERSION}", **key}

    def _reply(self, response: Response) -> Reply:
        content = _json(response.content)
        if self.wording.is_blocked(response.status, content):
            return Reply("", "blocked", 0, 0, "")
        if response.status != 200:
            raise self._error(self._said(response))
        if isinstance(content, dict) and content.get("error"):
            raise self._error(f"answered with an error: {self._message(response)}")
        try:
            reply = self.wording.reply(content)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            what = "no JSON" if content is None else f"JSON that {self.settings.protocol}'s protocol does not have"
            raise self._error(f"answered with {what}: {self._message(response)}") from None
        hide = self._key.hidden_in_answer if self._key else str
        return reply._replace(answer=hide(reply.answer), model=hide(reply.model))

    def _busy(self, response: Response) -> tuple[str, float | None]:
        """What a busy server said, and how long it wants to be left alone."""
        error = _error_of(_json(response.content))
        if error.get("code") in _NO_CREDIT or error.get("type") in _NO_CREDIT:
            raise self._error(self._said(response))
        pause = _retry_after(response.headers.get("retry-after", ""))
        return self._said(response), pause if pause is not None else _retry_delay(error)

    def _wait(self, attempt: int, pause: float | None, trouble: str, stop: threading.Event) -> None:
        if pause is not None and pause > LONGEST_WAIT_S:
            raise self._error(f"wants to be asked again in {pause:.0f} s: {trouble}; run again then, answers are kept")
        with self._lock:
            self.retried += 1
        longest = min(60.0, self.settings.backoff_s * 2.0**attempt)
        own = longest * random.uniform(0.5, 1)  # so that many clients do not come back together
        if pause is not None:
            self._pace.hold(pause)
        rest(own if pause is None else 0, stop)

    def _said(self, response: Response) -> str:
        if 300 <= response.status < 400:
            target = self._plain(response.headers.get("location", "nowhere"))
            return f"status {response.status}: it sends on to {target}, which is not followed; check base_url"
        hint = ""
        if response.status in (401, 403):
            variable = self.settings.key_variable
            sent = f"the key in {variable}" if self._key else f"no key was sent, key_variable={variable or 'null'}"
            hint = f" ({sent})"
        return f"status {response.status}{hint}: {self._message(response)}"

    def _message(self, response: Response) -> str:
        return self._plain(_told(response.content)) or "no message"

    def _plain(self, text: str) -> str:
        """What a server says, as one short line without the key; cut last, so that no part of a key is left over."""
        text = self._key.hidden(text) if self._key else text
        line = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"

    def _error(self, reason: str) -> ModelError:
        return ModelError(f"{self.url}: {reason}")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _error_of(content: Any) -> Mapping[str, Any]:
    """The `error` in a response's JSON; empty when there is none."""
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, dict) else {}


def _told(content: bytes) -> str:
    """The message in a server's error: `error.message` in both protocols, `message` or `detail` of other servers."""
    found = _json(content)
    told = found if isinstance(found, dict) else {}
    error = told.get("error")
    texts = (_error_of(found).get("message"), error, told.get("message"), told.get("detail"))
    return next((text for text in texts if isinstance(text, str) and text), content.decode("utf-8", "replace"))


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3): a number, or a date."""
    try:
        return max(0.0, float(value)) if float(value) < float("inf") else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _retry_delay(error: Mapping[str, Any]) -> float | None:
    """Google's way to say it: google.rpc.RetryInfo among the error's details, as "34.5s"."""
    details = error.get("details")
    for detail in details if isinstance(details, list) else []:
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str) and delay.endswith("s"):
            return _retry_after(delay[:-1])
    return None
