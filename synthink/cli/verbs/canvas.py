"""`synthink canvas`: draw on a page in the browser, see what a model reads and what the edit does, keep the ink."""

from __future__ import annotations

import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from functools import partial
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

if TYPE_CHECKING:
    from synthink.canvas.models import Model, Reader

CAPTURED = "data/capture"
"""The folder of ink and pages where no output is given."""


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
    """A dataset whose rows can be asked about, by their number. Where it has gestures, pictures are cut with its
    settings; else with those of the checkpoint's run, or the usual ones."""
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
        from synthink.canvas.app import CanvasApp
        from synthink.canvas.asks import Asker
        from synthink.canvas.collect import Collector
        from synthink.canvas.desk import Desk
        from synthink.canvas.edits import Edits
        from synthink.canvas.guard import Guard
        from synthink.canvas.run_settings import settings_for
        from synthink.canvas.server import CanvasServer
        from synthink.evaluate.data.rows import Dataset
        from synthink.gestures import Choices

        folder = None if self.dataset is None else existing_folder(self.dataset)
        checkpoint = None if self.checkpoint is None else existing_checkpoint("checkpoint", self.checkpoint)
        settings, dataset = settings_for(folder, checkpoint), None if folder is None else Dataset(folder)
        pool = self.documents.open().pool(None, lambda group: True)
        output = self._output
        edits = Edits(output)
        if not edits.is_kept:
            reason = "another canvas keeps its edits there, and those of this one end with it; name another output"
            print(f"output={output}: {reason}", file=sys.stderr)
        desk = Desk(iter(pool), edits)
        asker = Asker(self.ask, Choices.of({}))
        collector = Collector(output, asker, desk)
        canvas = CanvasApp(desk, self._models(call), settings, output, collector, self.mode, dataset)
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

    def _models(self, call: Call) -> list[Model]:
        """The models, which open themselves behind the page."""
        from synthink.canvas.models import Model
        from synthink.canvas.readers import STROKES, StrokesReader, predictor_reader

        openers: dict[str, Callable[[], Reader]] = {}
        for key, path in (("checkpoint", self.checkpoint), ("before", self.before)):
            if path is not None:
                place = existing_checkpoint(key, path)
                openers[path] = partial(_open_checkpoint, place, call.groups)
        fields = dict(call.groups.get("predictor") or ({"name": STROKES} if not openers else {}))
        if fields.get("name") == STROKES:  # here it is asked about ink on a page, not about rows
            openers[STROKES] = StrokesReader
        elif fields:
            predictor: Predictor = group_settings(plugins.load(PREDICTORS, fields.pop("name")), fields, "predictor")
            openers[predictor.label] = partial(predictor_reader, predictor, self._output)
        return [Model(name, opener) for name, opener in openers.items()]


def _open_checkpoint(checkpoint: Path, groups: Mapping[str, Any]) -> Reader:
    from synthink.canvas.readers import learner_reader

    return learner_reader(open_model(checkpoint, groups))
