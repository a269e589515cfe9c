"""A server on this machine that speaks OpenAI's chat completions, strictly, and fails as it is told."""

from __future__ import annotations

import base64
import io
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from synthink.evaluate.answerer import Example
from synthink.evaluate.api_models.models import ApiModel, OpenAI

KEY = "sk-Secret+0123/456789=abcdef"
COLOURS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200), "grey": (128, 128, 128)}
QUESTION = "Which colour is this?"


def example(colour: str, number: int) -> Example:
    """A picture that only its number tells from others of its colour."""
    pixels = np.full((8, 12, 3), COLOURS[colour], dtype=np.uint8)
    pixels[0, 0] = (number % 256, number // 256, 7)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return Example(file.getvalue(), QUESTION, colour, f"test-{number:07d}")


def examples(count: int, first: int = 0) -> list[Example]:
    names = list(COLOURS)
    return [example(names[i % len(names)], i) for i in range(first, first + count)]


class Seen(NamedTuple):
    """A request that was well formed."""

    at: float
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    turns: list[tuple[str, str | None, str]]
    """Role, the picture's colour, text."""
    system: str


Act = Callable[["Handler"], None]


class ApiServer(ThreadingHTTPServer):
    """script: what happens to the first requests, one each; later ones are answered by the picture's colour."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, key: str | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.key = key
        self.script: deque[Act] = deque()
        self.seen: list[Seen] = []
        self.faults: list[str] = []
        self.arrivals: list[float] = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.at_once = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that have gone are part of the tests; any other error is a fault of the server itself."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.faults.append(repr(error))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ApiServer

    def do_GET(self) -> None:
        self.server.faults.append(f"GET {self.path}")
        self.fail(405, "POST alone")

    def do_POST(self) -> None:
        server = self.server
        at = time.monotonic()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        with server.lock:
            server.arrivals.append(at)
            act = server.script.popleft() if server.script else Handler.answer
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            self.seen = self._checked(at, content)
            with server.lock:
                server.seen.append(self.seen)
            act(self)
        except AssertionError as error:
            server.faults.append(str(error) or repr(error))
            self.fail(400, f"bad request: {error}")
        finally:
            with server.lock:
                server.at_once -= 1

    def answer(self, text: str | None = None, finish: str = "", **more: Any) -> None:
        """The right answer, or another."""
        colour = self.seen.turns[-1][1]
        self.send(200, reply_json(colour if text is None else text, finish, **more))

    def fail(self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        """An error as OpenAI has it."""
        self.send(status, {"error": {"code": status, "message": message, **more}}, headers)

    def send(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            "Connection": "close",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _checked(self, at: float, content: bytes) -> Seen:
        assert self.headers["Content-Type"] == "application/json"
        assert self.headers["User-Agent"].startswith("synthink/")
        body = json.loads(content)
        given, turns, system = _read(self.path, self.headers, body)
        if self.server.key is not None:
            assert given == self.server.key, "the key is missing or wrong"
        roles = [role for role, _, _ in turns]
        assert roles == ["user", "model"] * (len(roles) // 2) + ["user"], f"roles do not alternate: {roles}"
        for role, colour, text in turns:
            assert text
            assert (colour is not None) == (role == "user")
        return Seen(at, self.path, dict(self.headers), body, turns, system)


def _read(path: str, headers: Any, body: dict[str, Any]) -> tuple[str | None, list[tuple[str, str | None, str]], str]:
    """Key, turns and system instruction of a request."""
    assert path == "/v1/chat/completions", path
    assert body["model"] in ("gpt-test", "gemini-test")
    assert body["temperature"] == 0
    assert body["max_tokens"] >= 1
    messages = body["messages"]
    system = messages.pop(0)["content"] if messages[0]["role"] == "system" else ""
    turns = []
    for message in messages:
        assert set(message) == {"role", "content"}
        if message["role"] == "assistant":
            turns.append(("model", None, message["content"]))
            continue
        kinds = {"image_url": [], "text": []}
        for part in message["content"]:
            assert set(part) == {"type", part["type"]}
            kinds[part["type"]].append(part[part["type"]])
        colours = []
        for picture in kinds["image_url"]:
            kind, _, data = picture["url"].removeprefix("data:").partition(";base64,")
            colours.append(_colour(kind, data))
        turns.append((message["role"], *_one(colours), "".join(kinds["text"])))
    authorization = headers["Authorization"]
    return authorization.removeprefix("Bearer ") if authorization else None, turns, system


def _one(colours: list[str]) -> tuple[str | None]:
    assert len(colours) <= 1
    return (colours[0] if colours else None,)


def _colour(mime_type: str, data: str) -> str:
    """The colour of a picture in base64, which must be what it says it is."""
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
        assert Image.MIME[picture.format] == mime_type
        pixel = picture.convert("RGB").getpixel((4, 4))
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))


def reply_json(text: str | None, finish: str = "", **more: Any) -> dict[str, Any]:
    """A whole response with 100 tokens in and 7 out."""
    return {
        "object": "chat.completion",
        "model": "gpt-test-001",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish or "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107},
        **more,
    }


@contextmanager
def serving(key: str | None = KEY) -> Iterator[ApiServer]:
    """A server, which at the end has seen no malformed request unless `faults` was emptied."""
    server = ApiServer(key)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
        assert server.faults == []
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def settings(server: ApiServer, **given: Any) -> ApiModel:
    """Settings for a server: without pauses between questions, and with few retries."""
    usual = {"base_url": server.url, "requests_per_minute": None, "timeout_s": 60.0, "retries": 2}
    return OpenAI(model="gpt-test", **{**usual, **given})
