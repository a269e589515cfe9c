"""The routes of the page: what is shown, asked, accepted, taken back and saved."""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from synthink.canvas.asking import ask_about_picture, find_words, row_of
from synthink.canvas.collect import LONGEST_NAME, Collector
from synthink.canvas.desk import Desk, png
from synthink.canvas.interpret import Interpretation, interpret
from synthink.canvas.models import Model
from synthink.canvas.requests import MOST_BYTES, BadRequest, ink_of, number_of, text_of
from synthink.canvas.routes import Handlers, Reply
from synthink.canvas.saving import save_page
from synthink.canvas.server import Routes
from synthink.canvas.uploads import read_upload
from synthink.documents import draw_page
from synthink.evaluate.data.rows import Dataset
from synthink.gestures import PictureSettings, ask_about_ink

MOST_ANSWERS = 32
"""The answers that can still be accepted."""
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class CanvasApp:
    """Everything behind the page. Handlers may run in several threads: what lies on the desk has one lock."""

    def __init__(
        self,
        desk: Desk,
        models: Sequence[Model],
        settings: PictureSettings,
        output: Path,
        collector: Collector,
        mode: str,
        dataset: Dataset | None = None,
    ) -> None:
        """dataset: the one whose rows can be asked about, by their number."""
        self.desk, self.models, self.settings, self.output, self.mode = desk, models, settings, output, mode
        self._collector, self._lock, self._dataset = collector, desk.lock, dataset
        self._answers: OrderedDict[int, Interpretation] = OrderedDict()
        self._count = 0

    @property
    def latest(self) -> Interpretation | None:
        """The last answer about ink."""
        with self._lock:
            return next(reversed(self._answers.values()), None)

    def routes(self) -> Routes:
        """All that the server answers."""
        folder = files("synthink.canvas").joinpath("page")
        texts = {entry.name: entry.read_bytes() for entry in folder.iterdir() if Path(entry.name).suffix in KINDS}
        replies = {f"/{name}": Reply(text, KINDS[Path(name).suffix]) for name, text in texts.items()}
        return Routes(replies, replies.pop("/index.html"), self.handlers())

    def handlers(self) -> Handlers:
        """The answers to all that the page asks, wherever it is shown."""
        return {
            ("GET", "/api/state"): lambda request: Reply(self.state()),
            ("GET", "/api/page.png"): self._picture,
            ("POST", "/api/interpret"): self._interpret,
            ("POST", "/api/accept"): self._accept,
            ("POST", "/api/walk"): lambda request: self._changed(request, self.desk.walk),
            ("POST", "/api/turn"): lambda request: self._changed(request, self.desk.turn),
            ("POST", "/api/save"): self._save,
            ("POST", "/api/document"): self._document,
            ("POST", "/api/find"): self._find,
            ("POST", "/api/ask"): self._ask,
            ("POST", "/api/row"): self._row,
            **self._collector.handlers(),
        }

    def state(self) -> dict[str, Any]:
        """The state of everything, as the browser is told."""
        with self._lock:
            scale = sum(self.settings.scale_range) / 2
            return {
                "mode": self.mode,
                "page": self.desk.about(),
                "models": [model.about() for model in self.models],
                "splits": [] if self._dataset is None else self._dataset.splits,
                "pen": {
                    "colour": self.settings.ink_colours[0],
                    "width": sum(self.settings.ink_width_px) / 2 / scale,
                },
            }

    def _picture(self, request: Mapping[str, Any]) -> Reply:
        with self._lock:
            page = self.desk.page
        return Reply(png(draw_page(page)), "image/png")

    def _interpret(self, request: Mapping[str, Any]) -> Reply:
        model, ink = self._model(request), ink_of(request)
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            page, revision = self.desk.page, self.desk.revision
        result = interpret(model, ask_about_ink(self.settings, page, ink))
        with self._lock:
            self._count += 1
            number = self._count
            self._answers[number] = result
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        return Reply({"id": number, "revision": revision, **result.about()})

    def _accept(self, request: Mapping[str, Any]) -> Reply:
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            result = self._answers.get(number_of(request, "id"))
            if result is None or result.question.page is not self.desk.page:
                raise BadRequest("this answer is about the page as it was before; interpret the ink again", 409)
            if result.edited is None or result.gesture is None:
                raise BadRequest(f"there is nothing to accept: {result.fault}")
            self.desk.edit(result.edited, result.gesture)
            return Reply(self.state())

    def _changed(self, request: Mapping[str, Any], change: Any) -> Reply:
        """Take edits back or make them again, or turn the page."""
        steps = request.get("steps")
        if type(steps) is not int or not -1000 <= steps <= 1000:
            raise BadRequest("steps: must be a whole number, below 0 for backwards")
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            change(steps)
            return Reply(self.state())

    def _save(self, request: Mapping[str, Any]) -> Reply:
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            page = self.desk.page
        return Reply({"saved": [str(path) for path in save_page(page, self.output / "pages")]})

    def _document(self, request: Mapping[str, Any]) -> Reply:
        """Another document on the desk, from the user's own disk."""
        name = text_of(request, "name", LONGEST_NAME, "document")
        pages = read_upload(_bytes_of(request, "document"), "".join(filter(str.isprintable, name)) or "document")
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            self._collector.check_page_is_free()
            self.desk.lay(iter(pages))
            return Reply(self.state())

    def _find(self, request: Mapping[str, Any]) -> Reply:
        model, text = self._model(request), text_of(request, "text")
        ink = ink_of(request) if request.get("strokes") else None
        with self._lock:
            self.desk.check(number_of(request, "revision"))
            page = self.desk.page
        return Reply(find_words(model, self.settings, page, text, ink))

    def _ask(self, request: Mapping[str, Any]) -> Reply:
        model, prompt = self._model(request), text_of(request, "prompt")
        return Reply(ask_about_picture(model, self.settings.label_format, _bytes_of(request, "image"), prompt))

    def _row(self, request: Mapping[str, Any]) -> Reply:
        split, number = text_of(request, "split"), number_of(request, "number")
        if self._dataset is None:
            raise BadRequest("there is no dataset; start the canvas with dataset=FOLDER")
        return Reply(row_of(self._dataset, split, number, self.settings.label_format))

    def _model(self, request: Mapping[str, Any]) -> Model:
        number = number_of(request, "model")
        if number >= len(self.models):
            raise BadRequest("there is no model; start the canvas with checkpoint=FOLDER or predictor=NAME")
        return self.models[number]


def _bytes_of(request: Mapping[str, Any], key: str) -> bytes:
    """The bytes of a file that a request holds in base64."""
    try:
        return base64.b64decode(text_of(request, key, MOST_BYTES), validate=True)
    except binascii.Error as error:
        raise BadRequest(f"{key}: is no base64: {error}") from None
