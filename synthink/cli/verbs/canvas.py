"""`synthink canvas`: draw on a page in the browser, see what a model reads and what the edit does, keep the ink."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from synthink import plugins
from synthink.canvas.sorts import Sort
from synthink.cli.verb import Call, Folder, Verb, VerbResult, existing_folder
from synthink.cli.verbs.evaluate import existing_checkpoint, open_model
from synthink.cli.verbs.train import group_settings
from synthink.documents import Documents
from synthink.evaluate.predictor import Predictor
from synthink.files import user_path
from synthink.plugins import PREDICTORS
from synthink.settings import Between
from synthink.train.run_folder import RUN

if TYPE_CHECKING:
    from synthink.canvas.models import Model, Reader
    from synthink.gestures import PictureSettings

LONGEST_ANSWER = 128  # tokens
CAPTURED = "data/capture"
"""The folder of ink and pages where no output is given."""
STROKES = "strokes"
"""The predictor that is asked where no other is named: it needs no model."""
ANSWERS = ".answers"
"""The folder, hidden, in which predictors keep answers that were paid for."""


class OpenCanvas(Verb):
    """Draw on a page in the browser, see what a model reads there and what the edit does; or collect ink."""

    name = "canvas"
    summary = "draw on a page in the browser, see what a model reads, and keep the ink"
    positional = "mode"
    groups = ("predictor", "trainer", "model")

    mode: Literal["edit", "capture"] = "edit"
    """The side of the page that is open at first: `edit` pages by gestures, or `capture` ink that it asks for."""
    checkpoint: Folder | None = None
    """A run's folder, or weights of `model`. Without one, and without `predictor`, the strokes themselves are read
    (`predictor=strokes`), which needs no model."""
    before: Folder | None = None
    """Another checkpoint, whose answers stand beside those of the first."""
    dataset: Folder | None = None
    """A dataset of gestures whose settings pictures are cut with; null: those of the checkpoint's run, or the usual
    ones."""
    documents: Documents = Documents()
    """The documents that are drawn on."""
    ask: tuple[Sort, ...] = ("gesture", "text", "letter")
    """The sorts of ink that a writer is asked for, in turn."""
    output: Folder | None = None
    """The folder for ink that is collected, and for pages that are saved; null: data/capture."""
    host: str = "127.0.0.1"
    """The address to listen at. Any but a loopback address lets others in who have the token."""
    port: Annotated[int, Between(0, 65535)] = 8765
    """The port to listen at; where it is taken one of the nine after it, and with 0 any that is free."""
    names: tuple[str, ...] = ()
    """Names besides `localhost` by which browsers may call the server, such as that of a proxy."""
    open: bool = True
    """Whether the browser is opened."""

    def run(self, call: Call) -> VerbResult:
        # Here, and not with the other imports, so that other verbs do not wait for what only this one needs.
        from synthink.canvas.app import Canvas
        from synthink.canvas.asks import Asker
        from synthink.canvas.collect import Collector
        from synthink.canvas.desk import Desk
        from synthink.canvas.edits import Edits
        from synthink.canvas.guard import Guard
        from synthink.canvas.server import CanvasServer
        from synthink.gestures import Choices

        settings = self._settings()
        pool = self.documents.open().pool(None, lambda group: True)
        output = self._output
        edits = Edits(output)
        if not edits.is_kept:
            reason = "another canvas keeps its edits there, and those of this one end with it; name another output"
            print(f"output={output}: {reason}", file=sys.stderr)
        desk = Desk(iter(pool), edits)
        asker = Asker(self.ask, Choices.of({}))
        canvas = Canvas(desk, self._models(call), settings, output, Collector(output, asker, desk), self.mode)
        with CanvasServer(canvas.routes(), Guard(self.names), self.host, self.port) as server:
            print(server.address, flush=True)
            if self.open:
                # A browser in a terminal would not return before it is closed.
                threading.Thread(target=webbrowser.open, args=(server.key_address,), daemon=True).start()
            server.serve_forever()
        return VerbResult()

    @property
    def _output(self) -> Path:
        return user_path(self.output or CAPTURED)

    def _settings(self) -> PictureSettings:
        """The settings that pictures are cut with."""
        from synthink.canvas.run_settings import default_settings, settings_of_dataset, settings_of_run

        if self.dataset is not None:
            return settings_of_dataset(existing_folder(self.dataset))
        checkpoint = None if self.checkpoint is None else existing_checkpoint("checkpoint", self.checkpoint)
        if checkpoint is not None and (checkpoint / RUN).exists():
            return settings_of_run(checkpoint)
        return default_settings()

    def _models(self, call: Call) -> list[Model]:
        """The models, which open themselves behind the page."""
        from synthink.canvas.models import Model
        from synthink.canvas.readers import PictureReader, StrokesReader

        openers: dict[str, Callable[[], Reader]] = {}
        for key, path in (("checkpoint", self.checkpoint), ("before", self.before)):
            if path is not None:
                openers[path] = _opener(existing_checkpoint(key, path), call.groups)
        fields = dict(call.groups.get("predictor") or ({"name": STROKES} if not openers else {}))
        if fields.get("name") == STROKES:  # here it is asked about ink on a page, not about rows
            openers[STROKES] = StrokesReader
        elif fields:
            predictor: Predictor = group_settings(plugins.load(PREDICTORS, fields.pop("name")), fields, "predictor")
            answers = self._output / ANSWERS
            openers[predictor.label] = lambda: PictureReader(predictor.open([], answers, lambda count: None))
        return [Model(name, opener) for name, opener in openers.items()]


def _opener(checkpoint: Path, groups: Mapping[str, Any]) -> Callable[[], Reader]:
    def open_it() -> Reader:
        from synthink.canvas.readers import PictureReader

        learner = open_model(checkpoint, groups)
        learner.set_max_lengths(learner.lengths._replace(suffix=max(LONGEST_ANSWER, learner.lengths.suffix)))
        return PictureReader(learner)

    return open_it
