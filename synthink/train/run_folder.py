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
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from synthink.errors import AssetError, OutputError
from synthink.files import locked, remove, sync_folder, write_whole
from synthink.train.settings import Trainer

FORMAT_VERSION = 1
RUN, FINISHED, METRICS, TOKENIZER, MODEL, STEPS = (
    "run.json",
    "finished.json",
    "metrics.jsonl",
    "tokenizer.model",
    "model",
    "steps",
)
WORK = ".synthink"
OF_NO_MATTER = {f"trainer.{name}" for name in Trainer.runtime_fields}
LARGEST_BYTES = 64 << 20


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def lock(self) -> Path:
        return self.path / WORK / "lock"

    @property
    def tokenizer(self) -> Path:
        return self.path / TOKENIZER

    @property
    def model(self) -> Path:
        return self.path / MODEL

    def begin(self, asked: Mapping[str, Any], overwrite: bool) -> None:
        """Note what is asked for, or see that it is the same as before. `OutputError` shows the difference."""
        if (self.path / RUN).exists():
            before = self.asked()
            changed = [
                told
                for told in differences(before, {"format_version": FORMAT_VERSION, **asked})
                if told.partition(":")[0] not in OF_NO_MATTER
            ]
            if not changed:
                return
            if not overwrite and self._begun():  # what has learned nothing yet may be changed freely
                told = "; ".join(changed[:4])
                raise OutputError(f"{self.path}: holds another run ({told}); choose another output, or overwrite=true")
            self._clear()
        else:
            self._refuse_strangers()
        write_whole(self.path / RUN, dump({"format_version": FORMAT_VERSION, **asked}))

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder is this run's alone while the block runs; a run that has learned nothing leaves nothing there.

        `OutputError` when another run is writing there, or something else lies there, or it cannot be written.
        """
        self._refuse_strangers()
        made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            with locked(self.lock):
                try:
                    yield
                finally:
                    if not self._begun():
                        self._clear()
                        remove(self.path / RUN)
                    elif (self.path / FINISHED).exists():
                        remove(self.path / STEPS)  # a finished run does not go on
                    remove(self.lock.parent)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise OutputError(f"{error.filename or self.path}: {reason}; checkpoints are kept") from error
        finally:
            with suppress(OSError):  # the first of them that holds a run, or was never made
                for folder in made:
                    folder.rmdir()

    def _refuse_strangers(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise OutputError(f"{self.path}: is not a folder")
        strangers = [entry.name for entry in self.path.iterdir() if entry.name != WORK] if self.path.exists() else []
        if strangers and not (self.path / RUN).exists():
            raise OutputError(f"{self.path}: holds something else than a run ({sorted(strangers)[0]!r})")

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

    def asked(self) -> dict[str, Any]:
        """The request of the run. `AssetError` when the folder holds none."""
        return self._read(RUN)

    def finished(self) -> dict[str, Any] | None:
        """What came out, once the run is done."""
        return self._read(FINISHED) if (self.path / FINISHED).exists() else None

    def finish(self, outcome: Mapping[str, Any]) -> None:
        """The run is done; `held` removes the checkpoints to go on from, which are no longer needed."""
        write_whole(self.path / FINISHED, dump(outcome))

    def last(self) -> int:
        """The number of steps done in the newest whole checkpoint; 0 when there is none."""
        return max(self._checkpoints(), default=0)

    def checkpoint(self, step: int) -> Path:
        return self.path / STEPS / f"{step:07d}"

    def new_checkpoint(self, step: int) -> Path:
        """Where to write a checkpoint before `keep` gives it its name."""
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
            raise AssetError(f"{file}: is not what this release writes")
        return content


def dump(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """`place: old -> new` for every value that differs."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return [
            told
            for key in sorted({*one, *other})
            for told in differences(one.get(key), other.get(key), f"{place}.{key}" if place else str(key))
        ]
    return [] if one == other else [f"{place}: {one!r} -> {other!r}"]
