"""A run that is killed, or told of a broken disk, at its n-th file operation, for every n: what is left, and does
the same command finish it?  `python -m tests.build.faults.everypoint SCENARIO kill|error FOLDER STEP`

An audit hook sees every open, rename, removal and new folder just before it happens; fsync is wrapped. Each trial is a
fork of this process, so that none pays for the imports.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import synthink
from synthink import files
from synthink.errors import SynthinkError
from tests.build.faults.command import Dots
from tests.build.faults.harness import damaged, tree

for name in ("card", "formats.parquet"):  # here, not in every fork
    import_module(f"synthink.build.{name}")

NO_SUCH = 4  # exit status: there is no n-th operation
EVENTS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.fsync", "ctypes.dlsym"}


def generate(output: Path, **options: Any) -> None:
    form = next((form for form in ("jsonl", "imagefolder") if output.parent.name.startswith(form)), "parquet")
    options = {"splits": {"train": 9, "test": 3}, "shard_size": 4, "format": form, "workers": 1, **options}
    synthink.generate(Dots(), output=output, **options)


def forked(work: Callable[[], None]) -> int:
    """Exit status of a fork that does `work`: 0, 2 for a `SynthinkError`, 3 for anything else; minus a signal."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 3
    try:
        work()
        status = 0
    except SynthinkError:
        status = 2
    except BaseException:  # noqa: BLE001
        import traceback

        traceback.print_exc()
    os._exit(status)


def fail_at(n: int, mode: str, root: str) -> Callable[[], bool]:
    """Make this process die, or its file operation fail, at the n-th operation below `root`; says if there was one."""
    count = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        if event not in EVENTS or not concerns(event, args):
            return
        count += 1
        if count == n:
            if mode == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(args[0]))

    def concerns(event: str, args: tuple[Any, ...]) -> bool:
        if event == "ctypes.dlsym":
            return mode == "kill" and args[1] == "renameat2"
        # rmtree works with names relative to a folder's handle
        return event == "os.fsync" or (isinstance(args[0], str | os.PathLike) and inside(os.fspath(args[0])))

    def inside(path: str) -> bool:
        return path.startswith(root) or not path.startswith("/")

    fsync = os.fsync

    def watched(handle: int) -> None:
        hook("os.fsync", (handle,))
        fsync(handle)

    os.fsync = watched
    sys.addaudithook(hook)
    return lambda: count >= n


def without_exchange() -> None:
    """A file system that cannot swap two names in one step."""
    files._renameat2 = lambda one, other: False


class Scenario:
    """What lies in the folder at the start, and what may lie there after a fault."""

    def __init__(self, name: str, root: Path) -> None:
        self.name, self.folder = name, root / "data"
        self.options: dict[str, Any] = {"overwrite": True} if "overwrite" in name else {}
        self.template: Path | None = None
        self.clean = self.made(root.with_name(f"{root.name}-clean") / "data")
        self.is_replaced = "overwrite" in name or "grow" in name
        if self.is_replaced:
            less: dict[str, Any] = {"seed": 1} if "overwrite" in name else {"splits": {"train": 6}}
            self.old = self.made(root.with_name(f"{root.name}-old") / "data", **less)
        elif "repair" in name:
            self.made(root.with_name(f"{root.name}-old") / "data")
            self.torn = sorted((self.template or root).glob("data/*"))[1]  # type: ignore[operator]
            self.torn.write_bytes(b"torn")

    def made(self, folder: Path, **options: Any) -> dict[str, str]:
        assert forked(lambda: generate(folder, **options)) == 0
        self.template = folder
        return tree(folder)

    def prepare(self) -> None:
        shutil.rmtree(self.folder.parent, ignore_errors=True)
        self.folder.parent.mkdir()
        if self.is_replaced or "repair" in self.name:
            assert self.template is not None
            shutil.copytree(self.template, self.folder)

    def work(self) -> None:
        if "fallback" in self.name:
            without_exchange()
        generate(self.folder, **self.options)

    def check(self) -> None:
        """After the fault."""
        found = tree(self.folder, without=[".synthink"])
        if self.is_replaced:
            if not self.folder.exists():
                assert "fallback" in self.name
                found = tree(files.backup_path(self.folder), without=[".synthink"])
            assert found in (self.old, self.clean), "a mixture"
        elif "repair" in self.name:
            assert set(damaged(self.folder, self.clean)) <= {f"data/{self.torn.name}"}
        else:
            assert damaged(self.folder, self.clean) == []

    def check_finished(self) -> None:
        assert tree(self.folder) == self.clean
        assert [path.name for path in self.folder.parent.iterdir()] == ["data"]


def main() -> None:
    name, mode, root, step = sys.argv[1], sys.argv[2], Path(sys.argv[3]) / sys.argv[1], int(sys.argv[4])
    scenario = Scenario(name, root)
    n, faults = 1, 0
    while True:
        scenario.prepare()

        def broken(n: int = n) -> None:
            came = fail_at(n, mode, str(root))
            scenario.work()
            os._exit(0 if came() else NO_SUCH)

        status = forked(broken)
        if status == NO_SUCH:
            break
        assert status in (0, 2 if mode == "error" else -signal.SIGKILL), f"status {status} at operation {n}"
        try:
            scenario.check()
            assert forked(scenario.work) == 0
            faults += status != 0
            scenario.check_finished()
        except AssertionError as error:
            raise AssertionError(f"operation {n}: {error}") from error
        n += step
    print(f"{name}, {mode}: {n // step} faults tried in {n - 1} file operations, {faults} ended the run")


if __name__ == "__main__":
    main()
