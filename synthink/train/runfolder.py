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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthink.errors import AssetError, OutputError
from synthink.files import remove, sync_folder, write_whole

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


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def lock(self) -> Path:
        return self.path / ".synthink" / "lock"

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
            changed = differences(before, {"format_version": FORMAT_VERSION, **asked})
            if not changed:
                return
            if not overwrite:
                told = "; ".join(changed[:4])
                raise OutputError(f"{self.path}: holds another run ({told}); choose another output, or overwrite=true")
            self._clear()
        elif self.path.exists() and any(entry.name != ".synthink" for entry in self.path.iterdir()):
            raise OutputError(f"{self.path}: holds something else than a run")
        write_whole(self.path / RUN, dump({"format_version": FORMAT_VERSION, **asked}))

    def _clear(self) -> None:
        for name in (FINISHED, RUN, METRICS, TOKENIZER, MODEL, STEPS, "tensorboard"):
            remove(self.path / name)

    def asked(self) -> dict[str, Any]:
        """The request of the run. `AssetError` when the folder holds none."""
        return self._read(RUN)

    def finished(self) -> dict[str, Any] | None:
        """What came out, once the run is done."""
        return self._read(FINISHED) if (self.path / FINISHED).exists() else None

    def finish(self, outcome: Mapping[str, Any]) -> None:
        """The run is done: checkpoints to go on from are no longer needed."""
        write_whole(self.path / FINISHED, dump(outcome))
        remove(self.path / STEPS)

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
