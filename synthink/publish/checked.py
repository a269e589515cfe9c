"""The findings of `verify` about shards that leave the disk, kept in the dataset's folder until all of it is published:
a run that goes on after a kill compares the splits of all shards, too."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from synthink.build.dataset_folder import CHECKED
from synthink.build.results import sealed, unsealed
from synthink.confined import make_folder_inside, read_inside, remove_inside
from synthink.errors import OutputError
from synthink.files import write_inside
from synthink.owned_folder import WORK
from synthink.verify.duplicates import THUMBNAIL
from synthink.verify.faults import Faults
from synthink.verify.shard_check import Job, ShardFindings

LARGEST_BYTES = 2**30
_FOLDER = f"{WORK}/{CHECKED}"
_PLAIN = ("rows", "boxes_seen", "judged", "without_oracle", "answers", "shares")
"""The attributes of findings that JSON holds as they are."""


def store(folder: Path, findings: ShardFindings) -> None:
    """Write the findings about a shard without faults. Raises `OSError`, as of a full disk."""
    thumbnails = [flat.astype(np.float16).tobytes() for flat in findings.thumbnails.values()]
    values: dict[str, Any] = {name: getattr(findings, name) for name in _PLAIN}
    values |= {"unsure": [findings.unsure.counts, findings.unsure.examples]}
    values |= {"groups": [[*key, sorted(content)] for key, content in findings.groups.items()]}
    values |= {"pixels": b64encode(findings.pixels.tobytes()).decode(), "indices": list(findings.thumbnails)}
    values |= {"thumbnails": b64encode(b"".join(thumbnails)).decode()}
    make_folder_inside(folder, _FOLDER, OutputError)
    write_inside(folder, f"{_FOLDER}/{findings.record.sha256}", sealed(values), by=f"{_FOLDER}/new", error=OutputError)


def load(folder: Path, job: Job) -> ShardFindings | None:
    """The findings about a shard that an earlier run stored; None where it did not, or they are torn."""
    findings = ShardFindings(job.record, job.start)
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        values = unsealed(read_inside(folder, f"{_FOLDER}/{job.record.sha256}", LARGEST_BYTES, OutputError))
        for name in ("rows", "boxes_seen", "judged"):
            setattr(findings, name, int(values[name]))
        findings.without_oracle, findings.answers = Counter(values["without_oracle"]), Counter(values["answers"])
        findings.shares = {column: Counter(counts) for column, counts in values["shares"].items()}
        findings.unsure = Faults(Counter(values["unsure"][0]), values["unsure"][1])
        findings.groups = {(generator, asset): set(content) for generator, asset, content in values["groups"]}
        findings.pixels = np.frombuffer(b64decode(values["pixels"]), np.uint64)
        flat = np.frombuffer(b64decode(values["thumbnails"]), np.float16).astype(np.float32)
        rows = flat.reshape(-1, THUMBNAIL[0] * THUMBNAIL[1])
        findings.thumbnails = dict(zip(values["indices"], rows, strict=True))
        return findings
    return None


def discard(folder: Path) -> None:
    """Remove all findings: the dataset is published."""
    remove_inside(folder, _FOLDER, OutputError)
    with suppress(OSError):  # another run has begun in it, or it is not there
        (folder / WORK).rmdir()
