"""A dataset goes to storage while it is made: `output=s3://bucket/folder`.

Finished shards are sent as they are made, and leave the disk; the card and the manifest follow when all are there.
`.synthink/` at the address says what is being made, and holds the record of each shard that has arrived. Killed at any
moment, the same command goes on from there, on whatever machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthink.build import card
from synthink.build import manifest as manifests
from synthink.build.build import NEW_PLAN, Outcome
from synthink.build.dataset_folder import DatasetFolder, placeless
from synthink.build.manifest import MANIFEST, identity_and_shards
from synthink.build.own_files import PLAN, own_files
from synthink.build.plan import Plan, identity_digest
from synthink.build.results import sealed, unsealed
from synthink.build.shard import ShardRecord
from synthink.errors import OutputError, quoted
from synthink.files import write_inside
from synthink.owned_folder import WORK, differences, locked, other_configuration
from synthink.publish.files import LocalFile
from synthink.publish.folder import local_files
from synthink.publish.shard_sender import ShardSender
from synthink.publish.storage import Storage

_PLAN = f"{WORK}/{PLAN}"
_RECORDS = f"{WORK}/records/"
AT_ONCE = 4
"""Files that are sent at once."""


def generate_at(plan: Plan, address: str, work: Path, make: Callable[..., Outcome], overwrite: bool = False) -> Outcome:
    """Make a dataset at an address, or finish the one that was begun there.

    work: the folder below which shards wait until they are sent. make: makes the dataset in a folder, and hands
    finished shards over to `store`. overwrite: whether another dataset of synthink that is there is removed first.
    Raises what `make` raises, `OutputError` for an address that holds something else, `HubError` and `ConfigError`.
    """
    store = AddressStore(plan, Storage(address), overwrite)
    folder = (
        work / hashlib.sha256(f"{store.storage.address} {identity_digest(plan.identity)}".encode()).hexdigest()[:16]
    )
    with locked(folder):
        store.fetch(folder)
    outcome = make(folder, store=store)
    with locked(folder):
        store.finish(folder)
        DatasetFolder(folder).discard()
    return replace(outcome, address=store.storage.address)


class AddressStore(ShardSender):
    """The shards of a dataset that lie at an address, or go there next."""

    most_bytes, most_files, most_seconds = 2**28, 2 * AT_ONCE, 10.0

    def __init__(self, plan: Plan, storage: Storage, overwrite: bool) -> None:
        super().__init__(plan, keep_local=False)
        self.storage = storage
        self.identity: dict[str, Any] = json.loads(json.dumps(plan.identity))
        self._files = storage.files()
        self._records: dict[str, ShardRecord] = {}
        self._contents: dict[str, bytes] = {}
        """The files of a dataset that is complete, but for its shards."""
        old = self._old_identity()
        if old is not None and (changes := differences(placeless(old), placeless(self.identity))):
            if not overwrite:
                raise OutputError(other_configuration(storage.address, "dataset", changes))
            self._clear(old)
            old = None
        self._reject_strangers(is_ours=old is not None)
        if MANIFEST in self._files:
            names = [name for name in card.NAMES if name in self._files]
            self._contents |= storage.read_all(names)
        else:
            self._read_records()
            storage.write(_PLAN, json.dumps(self.identity).encode())

    def records(self) -> Iterable[ShardRecord]:
        return self._records.values()

    def has(self, record: ShardRecord) -> bool:
        there = self._records.get(record.file)
        return (
            there is not None
            and (there.sha256, there.bytes) == (record.sha256, record.bytes)
            and self._files.get(record.file) == record.bytes
        )

    def send(self, files: Sequence[tuple[LocalFile, ShardRecord]]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(self._send_shard, files):
                pass

    def fetch(self, folder: Path) -> None:
        """Write the manifest and the card of a dataset that is complete into a folder."""
        for name in (MANIFEST, *card.NAMES):
            if name in self._contents:
                write_inside(folder, name, self._contents[name], by=f"{WORK}/{NEW_PLAN}")

    def finish(self, folder: Path) -> None:
        """Send what waits, the card, and the manifest last of all; remove what served to send them."""
        self.flush()
        manifest = manifests.load(folder)
        shards = {record.file for record in manifest.shards}
        files = {name: file for name, file in local_files(manifest, self._files).items() if name not in shards}
        for name in sorted(files, key=lambda name: name == MANIFEST):
            if hashlib.sha256(self._contents.get(name, b"")).hexdigest() != files[name].sha256:
                self.storage.send(files[name])
        self.storage.remove_folder(WORK)

    def _send_shard(self, shard: tuple[LocalFile, ShardRecord]) -> None:
        file, record = shard
        self.storage.send(file)
        self.storage.write(_RECORDS + record.file, sealed(record.plain()))
        self._files[record.file], self._records[record.file] = record.bytes, record

    def _old_identity(self) -> dict[str, Any] | None:
        """The configuration of the dataset that is complete at the address, or was begun there."""
        try:
            if MANIFEST in self._files:
                self._contents[MANIFEST] = self.storage.read(MANIFEST)
                identity, records = identity_and_shards(self._contents[MANIFEST])
                self._records = {record.file: record for record in records}
                return identity
            if _PLAN in self._files:
                begun: dict[str, Any] = json.loads(self.storage.read(_PLAN))
                own_files(begun, Path(_PLAN))
                return begun
        except (ValueError, RecursionError, AttributeError, OutputError) as error:
            raise OutputError(f"{self.storage.address}: holds a damaged dataset: {error}; remove it") from None
        return None

    def _clear(self, old: dict[str, Any]) -> None:
        """Remove another dataset: its manifest first, so that no reader takes the rest for whole; its plan last."""
        own = own_files(old, Path(MANIFEST))
        work = [name for name in self._files if name.startswith(f"{WORK}/") and name != _PLAN]
        for names in ([MANIFEST], [*own.shards, *own.others, *work], [_PLAN]):
            self.storage.remove([name for name in names if name in self._files])
        self._files, self._records, self._contents = self.storage.files(), {}, {}

    def _reject_strangers(self, is_ours: bool) -> None:
        """`OutputError` when there are files of others between the shards to be, or others alone."""
        own = own_files(self.identity, Path(MANIFEST))
        known = own.shards | own.others | {MANIFEST}
        for name in sorted(self._files):
            is_work = name.startswith(f"{WORK}/")
            if name not in known and not is_work and (not is_ours or name.rpartition("/")[0] in own.folders):
                reason = f"holds {quoted(name)}, which is not the dataset's; move it, or choose another output"
                raise OutputError(f"{self.storage.address}: {reason}")

    def _read_records(self) -> None:
        """Read the records of the shards that have arrived before."""
        names = [name for name in self._files if name.startswith(_RECORDS)]
        for name, content in self.storage.read_all(names).items():
            with suppress(ValueError, RecursionError):
                record = ShardRecord.from_plain(unsealed(content))
                if _RECORDS + record.file == name:
                    self._records[record.file] = record
