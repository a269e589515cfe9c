"""A canvas in this process: a real server on a real port, with a model whose answer the test knows."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from synthink.canvas.app import CanvasApp
from synthink.canvas.asks import Asker
from synthink.canvas.collect import Collector
from synthink.canvas.desk import Desk
from synthink.canvas.edits import Edits
from synthink.canvas.guard import Guard
from synthink.canvas.models import Model, Question
from synthink.canvas.run_settings import default_settings
from synthink.canvas.server import CanvasServer
from synthink.canvas.sorts import Sort
from synthink.documents import Page
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import Choices, PageQuestion
from synthink.labels import Label, format_label
from tests.page_makers import drawn_page
from tests.support import environment

Answer = Callable[[Question], str]


PARAGRAPHS = (
    "The river carries sand and silt from the hills to the sea where the water slows and the load settles",
    "A delta grows only where waves and tides are weaker than the stream and elsewhere the coast is swept clean",
    "Storms undo in a night what a century has built",
)


@cache
def drawn_pages() -> tuple[Page, ...]:
    """Two pages of words that Pillow drew, the first with a picture."""
    return tuple(drawn_page(f"page {number}", PARAGRAPHS[number - 1 :], number == 1) for number in (1, 2))


@dataclass
class Known:
    """A model that answers what the test says."""

    answer_to: Answer

    def answer(self, question: Question) -> str:
        return self.answer_to(question)


def label_at(kind: str, box: tuple[float, float, float, float], text: str = "") -> Answer:
    """Answers with the label of a gesture at a box of the page."""

    def answer(question: Question) -> str:
        assert isinstance(question, PageQuestion)
        left, top, right, bottom = box
        square, scale, side = question.square, question.scale, question.settings.picture_px
        places = (
            (left - square.left) * scale,
            (top - square.top) * scale,
            (right - square.left) * scale,
            (bottom - square.top) * scale,
        )
        return format_label(Label(kind, places, text), (side, side), question.settings.label_format)

    return answer


class Client:
    """Asks a canvas by the address that it printed, as its page does."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self.address, self.port, self.token = address, url.port or 0, url.query.removeprefix("token=")

    def headers(self, **others: str) -> dict[str, str]:
        """Those of the page itself; `_` in a name stands for `-`."""
        usual = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return usual | {name.replace("_", "-"): value for name, value in others.items()}

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One request over a connection of its own. body: bytes, or what becomes JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        try:
            connection.request(method, path, data, dict(self.headers() if headers is None else headers))
            reply = connection.getresponse()
            return reply.status, reply.headers, reply.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, _, body = self.ask("GET", path)
        assert status == 200, body
        return json.loads(body)

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        """What the canvas answers; the status is checked."""
        answered, _, data = self.ask("POST", path, body)
        assert answered == status, (answered, data)
        return json.loads(data)


class Running(Client):
    """A canvas that runs in this process."""

    def __init__(self, canvas: CanvasApp, server: CanvasServer, known: Known) -> None:
        super().__init__(server.address)
        self.canvas, self.server, self.known = canvas, server, known


@contextmanager
def running(
    output: Path,
    pages: Sequence[Page] = (),
    answer: Answer = lambda question: "nothing",
    sorts: tuple[Sort, ...] = ("gesture",),
    mode: str = "edit",
    with_model: bool = True,
    dataset: Dataset | None = None,
) -> Iterator[Running]:
    """A canvas on a free port until the block ends."""
    known = Known(answer)
    models = [Model("known", lambda: known)] if with_model else []
    edits = Edits(output)
    desk = Desk(iter(pages or drawn_pages()), edits)
    collector = Collector(output, Asker(sorts, Choices.of({})), desk)
    canvas = CanvasApp(desk, models, default_settings(), output, collector, mode, dataset)
    with CanvasServer(canvas.routes(), Guard(), "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Running(canvas, server, known)
        finally:
            server.shutdown()
            thread.join()
            edits.close()


@contextmanager
def command(*words: str, **variables: str) -> Iterator[tuple[Client, subprocess.Popen[str]]]:
    """`synthink canvas` in a process of its own, which may be killed. variables: of its environment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "synthink", "canvas", "open=false", "port=0", *words],
        stdout=subprocess.PIPE,
        text=True,
        env=environment() | variables,
    )
    try:
        assert process.stdout is not None
        yield Client(process.stdout.readline().strip()), process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(canvas: Client) -> None:
    """Wait for the models; fails where one cannot be opened."""
    while "loading" in (states := [model["state"] for model in canvas.get("/api/state")["models"]]):
        time.sleep(0.05)
    assert set(states) == {"ready"}, canvas.get("/api/state")["models"]
