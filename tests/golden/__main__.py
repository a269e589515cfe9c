"""`python -m tests.golden [NAME ...] [--check]`: write the golden files anew, or only compare them.

Rows that are new are added, those that are not drawn any more are dropped. A file stays as it is where a row changed
while the generator's version did not: in that case, and where `--check` meets any difference, the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.golden.cases import CASES, GoldenCase
from tests.golden.files import (
    FOLDER,
    advice,
    file_differences,
    golden_path,
    golden_text,
    other_versions,
    read_golden,
    renewed,
)
from tests.golden.rows import draw_case
from tests.golden.shards import (
    DATASETS,
    FILE,
    READERS,
    Dataset,
    is_allowed,
    made_dataset,
    read_shards,
    shard_differences,
    write_shards,
)

SHARDS = "shards"


def main(
    arguments: Sequence[str] | None = None,
    folder: Path = FOLDER,
    cases: Mapping[str, Mapping[str, GoldenCase]] = CASES,
) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description="Write the golden files anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"a generator, or {SHARDS}; all of them by default")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in cases and name != SHARDS]:
        parser.error(f"{unknown[0]!r} is none of {', '.join([*cases, SHARDS])}")
    names = options.names or [*cases, SHARDS]
    outcomes = [
        update_shards(folder, options.check) if name == SHARDS else update(name, cases[name], folder, options.check)
        for name in names
    ]
    return 0 if all(outcomes) else 1


def update(generator: str, cases: Mapping[str, GoldenCase], folder: Path, check: bool) -> bool:
    """Draw a generator's cases, and write its file unless a row changed; whether all is well."""
    drawn = {name: draw_case(generator, case) for name, case in cases.items()}
    kept = read_golden(folder, generator)
    differences = file_differences(kept, generator, drawn)
    for difference in differences if kept else ():
        print(f"{difference.kind}: {difference}")
    path = golden_path(folder, generator)
    changed = [difference for difference in differences if difference.kind == "changed"]
    if changed or (check and differences):
        if kept and (others := other_versions(kept.libraries)):
            print(f"{path.name}: {others}")
        print(f"{path.name}: stays as it is; {advice(differences)}")
        return False
    if not check:
        path.write_text(golden_text(renewed(kept, generator, drawn)), encoding="utf-8")
    print(f"{path.name}: {len(drawn)} cases, {'the same' if check else 'written'}")
    return True


def update_shards(folder: Path, check: bool) -> bool:
    """Make the golden shards, and write their file unless one changed; whether all is well."""
    kept = read_shards(folder)
    differences: list[str] = []
    refused: list[str] = []
    made: dict[str, dict[str, Dataset]] = {format: {} for format in READERS}
    for format in READERS:
        for generator in DATASETS:
            with tempfile.TemporaryDirectory(prefix="synthink-golden-") as place:
                made[format][generator] = made_dataset(format, generator, Path(place) / "made")
            lines = shard_differences(kept, format, generator, made[format][generator])
            differences += lines
            refused += [] if is_allowed(kept, format, generator, made[format][generator]) else lines
    for line in differences if kept else ():
        print(line)
    if refused or (check and differences):
        print(f"{FILE}: stays as it is; undo the change, or raise the version of what makes it")
        return False
    if not check:
        write_shards(folder, made)
    print(f"{FILE}: {len(READERS)} formats, {'the same' if check else 'written'}")
    return True


if __name__ == "__main__":
    sys.exit(main())
