"""`synthink.Canvas`: the canvas in a cell of a notebook (Jupyter, VS Code, Colab), as a widget of `anywidget`.

Its view is the page of `synthink canvas`, the same HTML, style and module. What the page asks comes as messages of the
widget instead of over HTTP, `{id, method, path, body}`, and is answered by the same handlers, `{id, status, text}`, a
picture as a buffer. Questions are answered one after the other, when no cell is running.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from synthink import plugins
from synthink.canvas.app import CanvasApp
from synthink.canvas.asks import Asker
from synthink.canvas.collect import Collector
from synthink.canvas.desk import Desk
from synthink.canvas.models import Model, Reader
from synthink.canvas.readers import STROKES, StrokesReader, learner_reader, predictor_reader
from synthink.canvas.requests import MOST_BYTES, BadRequest, ink_of, text_of
from synthink.canvas.routes import Reply, answered, handle
from synthink.canvas.run_settings import settings_for
from synthink.canvas.sorts import FOLDERS, Sort
from synthink.documents import Documents, Gesture, Page
from synthink.errors import check_kind
from synthink.evaluate.data.rows import Dataset
from synthink.evaluate.predictor import Predictor
from synthink.files import user_path
from synthink.gestures import Choices
from synthink.ink import Ink
from synthink.plugins import PREDICTORS
from synthink.train.open_model import open_run
from synthink.train.run_folder import RunFolder

Source = str | Path | Sequence[str | Path] | Documents | Page


def _text(name: str) -> str:
    return files("synthink.canvas").joinpath("page", name).read_text(encoding="utf-8")


class Canvas(anywidget.AnyWidget):  # type: ignore[misc] # seen as untyped whether it is installed or not
    """Draw on a page in a notebook, see what a model reads there and what the edit does; or collect ink.

    canvas = synthink.Canvas(documents="report.pdf")
    canvas             # the last line of a cell shows it
    canvas.ink         # what is drawn on the page, as synthink.Ink in page pixels
    """

    _esm = _text("canvas.js") + _text("widget.js")
    html = traitlets.Unicode(_text("index.html")).tag(sync=True)
    """The page, of which the view takes the body."""
    css = traitlets.Unicode(_text("style.css")).tag(sync=True)
    drafts = traitlets.Dict().tag(sync=True)
    """Ink that is not accepted or saved yet, by a name that the page gives it."""

    def __init__(
        self,
        documents: Source = "synthetic",
        *,
        checkpoint: str | Path | None = None,
        before: str | Path | None = None,
        predictor: str | Predictor | None = None,
        dataset: str | Path | None = None,
        output: str | Path = "data/capture",
        ask: Sequence[Sort] = tuple(FOLDERS),
    ) -> None:
        """documents: whatever the field `documents` of `gestures` takes, or a page. checkpoint, before: folders of
        finished runs, whose answers stand side by side. predictor: the name of one, or one with its fields; without
        any and without a checkpoint, `strokes`, which needs no model. dataset: one whose rows can be asked about, and
        with whose settings pictures are cut where it has gestures. output: the folder for ink that is collected and
        pages that are saved. ask: the sorts of ink that a writer is asked for.

        Raises `ConfigError` or `AssetError` naming what cannot be used.
        """
        folder = None if dataset is None else user_path(dataset)
        rows, place = None if folder is None else Dataset(folder), user_path(output)
        openers = _openers((checkpoint, before), predictor, place)
        settings = settings_for(folder, None if checkpoint is None else user_path(checkpoint))
        asker = Asker(ask, Choices.of({}))
        desk = Desk(iter([documents] if isinstance(documents, Page) else _pages(documents)))
        collector = Collector(place, asker, desk)
        models = [Model(name, opener) for name, opener in openers.items()]
        self._app = CanvasApp(desk, models, settings, place, collector, "edit", rows)
        self._handlers = self._app.handlers()
        super().__init__()
        self.on_msg(self._take)

    @property
    def page(self) -> Page:
        """The page that lies there, after the edits that were accepted."""
        return self._app.desk.page

    @property
    def ink(self) -> Ink:
        """The ink on the page that is not accepted yet, in page pixels; without points where nothing is drawn."""
        strokes = self.drafts.get(f"ink of {self.page.name}", [])  # named by canvas.js
        return ink_of({"strokes": [stroke["points"] for stroke in strokes]})

    @property
    def answer(self) -> str | None:
        """The last answer about ink, as the model wrote it; None before the first one."""
        return None if self._app.latest is None else self._app.latest.answer

    @property
    def gesture(self) -> Gesture | None:
        """The gesture that the last answer names, in page pixels; None where it is no label."""
        return None if self._app.latest is None else self._app.latest.gesture

    def _take(self, widget: object, content: Any, buffers: object) -> None:
        """Answer a message of the view."""
        reply = answered(partial(self._reply, content))
        body = reply.encoded()
        is_picture = reply.kind.startswith("image/")
        number = content.get("id") if isinstance(content, dict) else None
        about = {"id": number, "status": reply.status, "text": "" if is_picture else body.decode()}
        self.send(about, [body] if is_picture else [])

    def _reply(self, content: Any) -> Reply:
        if not isinstance(content, dict):
            raise BadRequest("a message is an object")
        method, path = text_of(content, "method"), text_of(content, "path")
        return handle(self._handlers, method, path, lambda: text_of(content, "body", MOST_BYTES).encode())


def _pages(documents: Any) -> Any:
    if not isinstance(documents, Documents):
        documents = Documents(source=documents)
    return documents.open().pool(None, lambda group: True)


def _open_run(folder: Path) -> Reader:
    return learner_reader(open_run(folder))


def _openers(
    checkpoints: Sequence[str | Path | None], predictor: str | Predictor | None, output: Path
) -> dict[str, Callable[[], Reader]]:
    """What opens each model, by its name."""
    openers: dict[str, Callable[[], Reader]] = {}
    for path in checkpoints:
        if path is not None:
            folder = user_path(path)
            RunFolder(folder).request()  # raises where there is no run
            openers[str(path)] = partial(_open_run, folder)
    if predictor is None and openers:
        return openers
    model = plugins.load(PREDICTORS, predictor)() if isinstance(predictor, str) else predictor
    if model is None or getattr(model, "name", "") == STROKES:  # here it is asked about ink on a page, not about rows
        openers[STROKES] = StrokesReader
    else:
        check_kind("predictor", model, Predictor, "the name of a predictor, or one")
        openers[model.label] = partial(predictor_reader, model, output)
    return openers
