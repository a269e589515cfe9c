"""An export that is killed, or told of a broken disk, at its n-th file operation, for every n: is anything under its
name that is not whole, and does the same call finish it?  `python -m tests.exports.everypoint FORMAT kill|error FOLDER
STEP`"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from importlib import import_module
from pathlib import Path

import synthink
from tests.build.faults.everypoint import NO_SUCH, fail_at, forked
from tests.build.faults.harness import tree

FIELDS = {"tasks": {"read": 1, "detect": 1}, "kinds": {"drum": 1}, "questions_per_picture": "all", "picture_px": 96}
for name in ("build.formats.parquet", "exports.parquet", "exports.folder"):  # here, not in every fork
    import_module(f"synthink.{name}")


def main() -> None:
    form, mode, root, step = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    data, output = root / "data", root / "out"
    splits = {"train": 7, "test": 1}
    synthink.generate("meters", splits=splits, output=data, shard_size=3, workers=1, **FIELDS)

    def work(folder: Path = output) -> None:
        synthink.export(data, form, folder)

    assert forked(lambda: work(root / "clean")) == 0
    clean = tree(root / "clean")
    n, faults = 1, 0
    while True:
        shutil.rmtree(output, ignore_errors=True)

        def broken(n: int = n) -> None:
            came = fail_at(n, mode, str(output))
            work()
            os._exit(0 if came() else NO_SUCH)

        status = forked(broken)
        if status == NO_SUCH:
            break
        assert status in (0, 2 if mode == "error" else -signal.SIGKILL), f"status {status} at operation {n}"
        left = tree(output, without=[".synthink"]) if output.exists() else {}
        assert left.items() <= clean.items(), f"operation {n}: {sorted(left.keys() - clean.keys())}"
        assert forked(work) == 0, f"operation {n}"
        assert tree(output) == clean, f"operation {n}"
        faults += status != 0
        n += step
    print(f"{form}, {mode}: {n // step} faults tried in {n - 1} file operations, {faults} ended the export")


if __name__ == "__main__":
    main()
