"""One mutant again, in this process (`python -m tests.fuzz TARGET NUMBER`), or many (`... TARGET FIRST COUNT`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.fuzz.harness import Fuzzer, mutants
from tests.fuzz.targets import TARGETS

target, first, *count = sys.argv[1:]
if count:
    fuzzer = Fuzzer()
    outcome = fuzzer.run(target, int(count[0]), int(first))
    fuzzer.stop()
    print(*outcome.faults, sep="\n")
    print(f"{target}: {dict(outcome.counts)}, at most {outcome.most_mb} MB and {outcome.slowest_s:.2f} s")
else:
    [(_, name, data)] = mutants(target, 1, int(first))
    print(f"{name}: {len(data)} bytes")
    with tempfile.TemporaryDirectory() as folder:
        TARGETS[target].read(Path(folder), {**TARGETS[target].files(), name: data}, name)
