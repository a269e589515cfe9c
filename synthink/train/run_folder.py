"""A run's folder: what was asked, what was measured, checkpoints, and the model at the end.

run.json          the request; another one into the same folder is refused with the difference shown, unless it differs
                  in the run's end alone: then the run goes on, and `earlier` lists the ends that it had before
tokenizer.model   where one was made or copied
metrics.jsonl     a line a logged step, and one a look at the validation split
steps/0000200/    a checkpoint to go on from, of a finished run the last; one found damaged becomes 0000200.damaged
model/            the model as others load it
finished.json     written last: what came out
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthink.confined import (
    kind_inside,
    make_folder_inside,
    names_inside,
    read_inside,
    remove_inside,
    rename_inside,
)
from synthink.errors import AssetError, ModelError, OutputError
from synthink.files import sync_folder, write_inside
from synthink.owned_folder import WORK, OwnedFolder, differences, removed_if_empty
from synthink.train.checkpoint import checkpoint_fault, is_recorded, record_checkpoint

FORMAT_VERSION = 1
RUN, FINISHED, METRICS, TOKENIZER, MODEL, STEPS = (
    "run.json",
    "finished.json",
    "metrics.jsonl",
    "tokenizer.model",
    "model",
    "steps",
)
TENSORBOARD, EVALUATION = "tensorboard", "evaluation"
EARLIER = "earlier"
"""The key of `run.json` for the ends that the run had before it went on."""
LARGEST_BYTES = 64 << 20


class RunFolder(OwnedFolder):
    """The files of one run: a folder is one when it has a valid `run.json`."""

    noun = "run"
    known_names = (RUN, FINISHED, METRICS, TOKENIZER, MODEL, STEPS, TENSORBOARD, EVALUATION)
    survivors = "checkpoints"

    def is_known(self) -> bool:
        return self.has(RUN) and bool(self.request())

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file, where the run made or copied one."""
        return self.path / TOKENIZER

    @property
    def model(self) -> Path:
        """The folder of the trained model; of a run that was downloaded from the hub, the run's own."""
        return self.path / MODEL if self.has(MODEL) else self.path

    def begin(
        self,
        request: Mapping[str, Any],
        overwrite: bool,
        runtime_fields: Collection[str] = (),
        end_fields: Collection[str] = (),
        last_step: int = 0,
    ) -> None:
        """Write down the request, or see that it is the same as before. `OutputError` shows the difference.

        runtime_fields: fields of the trainer that may differ, since they change nothing of what is learned. end_fields:
        those that may differ as long as no fewer steps are wanted, `last_step`, than are done; `go_on` notes them.
        """
        request = {"format_version": FORMAT_VERSION, **request}
        if self.has(RUN):
            changes = self._changes(request)
            for name in runtime_fields:
                changes.pop(f"trainer.{name}", None)
            if not changes:
                return
            if not overwrite and self._begun():  # what has learned nothing yet may be changed freely
                outcome = self.finished()
                done = outcome["steps"] if outcome else self.last()
                if changes.keys() <= {"until", *(f"trainer.{name}" for name in end_fields)} and last_step >= done:
                    return
                self.reject_changes(list(changes.values()))
            self._clear()
        self._write(RUN, request)

    def _changes(self, request: Mapping[str, Any]) -> dict[str, str]:
        """Key -> `key: old -> new` for each in which a request differs from the one written down."""
        old = {key: value for key, value in self.request().items() if key != EARLIER}
        return {change.partition(":")[0]: change for change in differences(old, request)}

    def reject_without_checkpoint(self) -> None:
        """`OutputError` where there is no checkpoint from which a finished run could go on."""
        if not self.last():
            remedy = "with trainer.keep_last=true the last one is; overwrite=true begins anew"
            raise OutputError(f"{self.path}: the run is finished, and no checkpoint was kept to go on from; {remedy}")

    def go_on(self, request: Mapping[str, Any], step: int) -> None:
        """The run goes on from a step, for as long as the request says: it is finished no more."""
        remove_inside(self.path, FINISHED, OutputError)
        request = {"format_version": FORMAT_VERSION, **request}
        if changes := self._changes(request):
            old = self.request()
            earlier = old.get(EARLIER, [])
            if step and "trainer.steps" in changes:
                earlier = [*earlier, {"steps": old["trainer"]["steps"], "done": step}]
            self._write(RUN, request | ({EARLIER: earlier} if earlier else {}))

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """The folder is this run's alone while the block runs; a run that has learned nothing leaves nothing there.

        Yields and raises what `OwnedFolder.held` does.
        """
        with removed_if_empty(self.path), super().held() as is_ours:
            try:
                yield is_ours
            finally:
                if not self._begun():
                    self._clear()
                    remove_inside(self.path, RUN, OutputError)
                elif self.has(FINISHED) and self.has(STEPS):
                    self._remove_checkpoints(but=self.last())
                self.remove_work()

    def _begun(self) -> bool:
        """Whether anything was learned that would be lost."""
        metrics = self.path / METRICS
        names = {entry.name for entry in self.path.iterdir()} if self.path.is_dir() else set()
        learned = metrics.exists() and metrics.stat().st_size > 0
        return learned or not names <= {RUN, TOKENIZER, METRICS, WORK, TENSORBOARD}

    def _clear(self) -> None:
        # run.json stays until it is replaced: killed in between, the folder is still known as a run's.
        for name in (FINISHED, METRICS, TOKENIZER, MODEL, STEPS, TENSORBOARD, EVALUATION):
            remove_inside(self.path, name, OutputError)

    def request(self) -> dict[str, Any]:
        """The request of the run. `AssetError` when the folder holds none."""
        return self._read(RUN)

    def finished(self) -> dict[str, Any] | None:
        """The outcome of the run, once it is done."""
        return self._read(FINISHED) if kind_inside(self.path, FINISHED) is not None else None

    def finish(self, outcome: Mapping[str, Any], keep_last: bool = True) -> None:
        """The run is done. keep_last: whether a checkpoint stays, from which it can go on when more is asked of it."""
        self._write(FINISHED, outcome)
        if not keep_last:
            remove_inside(self.path, STEPS, OutputError)

    def _remove_checkpoints(self, but: int) -> None:
        """Remove all checkpoints except the one after step `but`, and what is left of others."""
        for name in names_inside(self.path, STEPS, OutputError):
            if name != _name(but):
                remove_inside(self.path, f"{STEPS}/{name}", OutputError)
        if not but:
            remove_inside(self.path, STEPS, OutputError)

    def last(self) -> int:
        """The number of steps done in the newest checkpoint; 0 when there is none."""
        return max(self._checkpoints(), default=0)

    def resume(self, restore: Callable[[Path], None]) -> int:
        """Have the newest whole checkpoint restored, and return the number of steps done in it; 0 when there is none.

        restore: called with the folder of a checkpoint. Those that are damaged step aside, and a line on stderr says
        so. Raises `ModelError` when none is whole, and what `restore` raises for one of which all files are as they
        were written.
        """
        damaged: dict[int, str] = {}
        for step in sorted(self._checkpoints(), reverse=True):
            fault = _restored(restore, self.path / STEPS / _name(step))
            if fault is None:
                for other, reason in damaged.items():
                    name = f"{STEPS}/{_name(other)}"
                    remove_inside(self.path, f"{name}.damaged", OutputError)
                    rename_inside(self.path, name, f"{name}.damaged", OutputError)
                    print(f"{reason}; going on from the checkpoint after step {step}", file=sys.stderr)
                return step
            damaged[step] = fault
        if damaged:
            reason = next(iter(damaged.values()))
            remedy = f"remove {self.path / STEPS}, and the same command begins anew"
            raise ModelError(f"{reason}; no whole checkpoint is left; {remedy}")
        return 0

    def new_checkpoint(self, step: int) -> Path:
        """The path to which a checkpoint is written before `keep` gives it its name."""
        name = f"{STEPS}/.{_name(step)}.tmp"
        remove_inside(self.path, name, OutputError)
        make_folder_inside(self.path, name, OutputError)
        return self.path / name

    def keep(self, step: int, count: int) -> None:
        """The checkpoint is complete: give it its name, and let all but the newest `count` go."""
        new, target = f"{STEPS}/.{_name(step)}.tmp", f"{STEPS}/{_name(step)}"
        record_checkpoint(self.path / new)
        remove_inside(self.path, target, OutputError)
        rename_inside(self.path, new, target, OutputError)
        sync_folder(self.path / STEPS)
        for old in sorted(self._checkpoints())[:-count]:
            remove_inside(self.path, f"{STEPS}/{_name(old)}", OutputError)

    def new_model(self) -> Path:
        """The path to which the trained model is exported; what a run that was killed had written there is gone."""
        remove_inside(self.path, MODEL, OutputError)
        return self.path / MODEL

    def _checkpoints(self) -> list[int]:
        names = names_inside(self.path, STEPS, OutputError) if self.has(STEPS) else []
        return [int(name) for name in names if _STEP.fullmatch(name)]

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        write_inside(self.path, name, dump(content), by=f".{name}.{os.getpid()}.tmp")

    def _read(self, name: str) -> dict[str, Any]:
        file = self.path / name
        try:
            content = json.loads(read_inside(self.path, name, LARGEST_BYTES))
        except FileNotFoundError:
            raise AssetError(f"{self.path}: no {name} here; is it a run of `synthink train`?") from None
        except (OSError, ValueError, RecursionError) as error:
            raise AssetError(f"{file}: cannot be read: {error}") from None
        if not isinstance(content, dict) or (name == RUN and content.get("format_version") != FORMAT_VERSION):
            raise AssetError(f"{file}: is not a file of a run of this release")
        return content


def _restored(restore: Callable[[Path], None], folder: Path) -> str | None:
    """Restore a checkpoint; what is wrong with it where it is damaged."""
    fault = checkpoint_fault(folder)
    if fault is None:
        try:
            restore(folder)
        except Exception as error:  # a trainer may read what it likes, and fail as it likes
            if is_recorded(folder):
                raise
            fault = f"{folder}: cannot be restored: {' '.join(str(error).split()) or type(error).__name__}"
    return fault


_STEP = re.compile(r"\d{7,12}", re.ASCII)


def _name(step: int) -> str:
    return f"{step:07d}"


def dump(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
