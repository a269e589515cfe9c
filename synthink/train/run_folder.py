"""A run's folder: what was asked, what was measured, checkpoints, and the model at the end.

run.json          the request; another one into the same folder is refused with the difference shown
tokenizer.model   where one was made or copied
metrics.jsonl     a line a logged step, and one a look at the validation split
steps/0000200/    a checkpoint to go on from
model/            the model as others load it
finished.json     written last: what came out
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from synthink.errors import AssetError
from synthink.files import remove, sync_folder, write_atomically
from synthink.owned_folder import WORK, OwnedFolder, differences

FORMAT_VERSION = 1
RUN, FINISHED, METRICS, TOKENIZER, MODEL, STEPS = (
    "run.json",
    "finished.json",
    "metrics.jsonl",
    "tokenizer.model",
    "model",
    "steps",
)
LARGEST_BYTES = 64 << 20


class RunFolder(OwnedFolder):
    """The files of one run."""

    noun = "run"
    marks = (RUN,)
    known_names = frozenset([RUN, FINISHED, METRICS, TOKENIZER, MODEL, STEPS, WORK, "tensorboard", "evaluation"])
    survivors = "checkpoints"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file, where the run made or copied one."""
        return self.path / TOKENIZER

    @property
    def model(self) -> Path:
        """The folder of the trained model."""
        return self.path / MODEL

    def begin(self, request: Mapping[str, Any], overwrite: bool, runtime_fields: Collection[str] = ()) -> None:
        """Write down the request, or see that it is the same as before. `OutputError` shows the difference.

        runtime_fields: fields of the trainer that may differ, since they change nothing of what is learned.
        """
        request = {"format_version": FORMAT_VERSION, **request}
        if (self.path / RUN).exists():
            changes = differences(self.request(), request)
            runtime_keys = {f"trainer.{name}" for name in runtime_fields}
            changes = [change for change in changes if change.partition(":")[0] not in runtime_keys]
            if not changes:
                return
            if not overwrite and self._begun():  # what has learned nothing yet may be changed freely
                self.reject_changes(changes)
            self._clear()
        else:
            self.reject_foreign_files()
        write_atomically(self.path / RUN, dump(request))

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """The folder is this run's alone while the block runs; a run that has learned nothing leaves nothing there.

        Yields and raises what `OwnedFolder.held` does.
        """
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            with super().held() as is_ours:
                try:
                    yield is_ours
                finally:
                    if not self._begun():
                        self._clear()
                        remove(self.path / RUN)
                    elif (self.path / FINISHED).exists():
                        remove(self.path / STEPS)  # a finished run does not go on
                    self.remove_work()
        finally:
            with suppress(OSError):  # the first of them that holds a run, or was never made
                for folder in missing:
                    folder.rmdir()

    def _begun(self) -> bool:
        """Whether anything was learned that would be lost."""
        metrics = self.path / METRICS
        names = {entry.name for entry in self.path.iterdir()} if self.path.is_dir() else set()
        learned = metrics.exists() and metrics.stat().st_size > 0
        return learned or not names <= {RUN, TOKENIZER, METRICS, WORK, "tensorboard"}

    def _clear(self) -> None:
        # run.json stays until it is replaced: killed in between, the folder is still known as a run's.
        for name in (FINISHED, METRICS, TOKENIZER, MODEL, STEPS, "tensorboard", "evaluation"):
            remove(self.path / name)

    def request(self) -> dict[str, Any]:
        """The request of the run. `AssetError` when the folder holds none."""
        return self._read(RUN)

    def finished(self) -> dict[str, Any] | None:
        """The outcome of the run, once it is done."""
        return self._read(FINISHED) if (self.path / FINISHED).exists() else None

    def finish(self, outcome: Mapping[str, Any]) -> None:
        """The run is done; `held` removes the checkpoints to go on from, which are no longer needed."""
        write_atomically(self.path / FINISHED, dump(outcome))

    def last(self) -> int:
        """The number of steps done in the newest whole checkpoint; 0 when there is none."""
        return max(self._checkpoints(), default=0)

    def checkpoint(self, step: int) -> Path:
        return self.path / STEPS / f"{step:07d}"

    def new_checkpoint(self, step: int) -> Path:
        """The path to which a checkpoint is written before `keep` gives it its name."""
        folder = self.path / STEPS / f".{step:07d}.tmp"
        remove(folder)
        folder.mkdir(parents=True)
        return folder

    def keep(self, step: int, count: int) -> None:
        """The checkpoint is whole: give it its name, and let all but the newest `count` go."""
        target = self.checkpoint(step)
        remove(target)
        self.new_path(step).rename(target)
        sync_folder(target.parent)
        for old in sorted(self._checkpoints())[:-count]:
            shutil.rmtree(self.checkpoint(old))

    def new_path(self, step: int) -> Path:
        return self.path / STEPS / f".{step:07d}.tmp"

    def _checkpoints(self) -> list[int]:
        folder = self.path / STEPS
        return [int(entry.name) for entry in folder.iterdir() if entry.name.isdecimal()] if folder.is_dir() else []

    def _read(self, name: str) -> dict[str, Any]:
        file = self.path / name
        try:
            if file.stat().st_size > LARGEST_BYTES:
                raise AssetError(f"{file}: too large to be a run's")
            content = json.loads(file.read_bytes())
        except FileNotFoundError:
            raise AssetError(f"{self.path}: no {name} here; is it a run of `synthink train`?") from None
        except (OSError, ValueError, RecursionError) as error:
            raise AssetError(f"{file}: cannot be read: {error}") from None
        if not isinstance(content, dict) or (name == RUN and content.get("format_version") != FORMAT_VERSION):
            raise AssetError(f"{file}: is not a file of a run of this release")
        return content


def dump(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
