"""Shards made by a SLURM cluster: job arrays that go on when this command ends, and to which it comes back."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import Annotated, Any, ClassVar

from synthink.build.executors.base import Executor
from synthink.build.executors.remote import MemorySize, RemoteTask, memory_bytes, missing_package
from synthink.build.executors.slurm_job import (
    JobShards,
    first_number,
    read_submission,
    submissions,
    write_submission,
)
from synthink.build.executors.slurm_queue import (
    QUEUED_AGAIN,
    Element,
    cancel,
    cancel_command,
    job_name,
    largest_array,
    look,
)
from synthink.build.plan import Shard
from synthink.build.results import Room
from synthink.build.shard import ShardFailure, ShardResult, ShardTask
from synthink.errors import ConfigError, OutputError
from synthink.settings import Between

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 20.0
"""Seconds between two looks at the queue: more and more as long as nothing happens."""
ENDS_S = 60.0
"""Seconds that jobs have to end after their last shard."""
REQUEUE_S = 60.0
"""Seconds after which a job that SLURM itself has stopped is not taken to be queued again any more."""
REQUEUES = 1000
"""Times that a job starts again after it was stopped; one that makes nothing gives up before (`slurm_job.STARTS`)."""


class SlurmExecutor(Executor):
    """Job arrays of a SLURM cluster. The jobs go on when this command ends, and the same command comes back to them."""

    name: ClassVar[str] = "slurm"

    partition: str | None = None
    """The partition; null: the cluster's default."""
    account: str | None = None
    """The account that the time is charged to; null: your default."""
    time_min: Annotated[int, Between(1)] = 60
    """The minutes that a job may run; one that needs more is queued again, and goes on from its next shard."""
    memory: Annotated[str, MemorySize()] | None = None
    """The memory of a job, such as 4G; null: the cluster's default."""
    cpus: Annotated[int, Between(1, 1024)] = 1
    """The cores of a job, which makes as many shards at once."""
    jobs: Annotated[int, Between(1)] = 100
    """The most jobs of an array, which share out the shards among them."""
    parallel: Annotated[int, Between(1)] | None = None
    """The most jobs that run at once; null: as many as the cluster lets."""
    setup: tuple[str, ...] = ()
    """Lines of shell that a job begins with, such as module load gcc."""
    options: dict[str, str] = field(default_factory=dict)
    """More options of sbatch, as in {qos: long, constraint: avx512}."""

    def map(self, task: ShardTask, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        submitit = _submitit()
        room = Room.of(task.folder, task.plan)
        room.make()
        task.room = room.temporary
        numbers = submissions(room)
        most = largest_array()  # says it where SLURM does not answer
        elements = look(room.key, numbers)
        if elements is None:
            raise ConfigError("executor", "slurm", "squeue does not answer: whether jobs run already is not known")
        running = _shards_of(room, elements, is_alive=True)
        missing = [shard for shard in shards if shard.stem not in running and not room.has(shard)]
        if missing:
            number = max(numbers, default=first_number()) + 1
            self._submit(submitit, room, task, _shared_out(missing, min(self.jobs, most)), number)
            numbers.append(number)
        jobs = _Jobs(room, {shard.stem: shard for shard in shards}, numbers)
        _say(f"{len(missing):,} shards submitted, {len(shards) - len(missing):,} made or in jobs already: {jobs.hint}")
        try:
            yield from jobs.results()
            jobs.wait_ended()
        except (KeyboardInterrupt, GeneratorExit):
            if not jobs.are_cancelled:
                _say(f"the jobs go on: {jobs.hint}")
            raise

    def _submit(
        self, submitit: Any, room: Room, task: ShardTask, elements: Sequence[Sequence[Shard]], number: int
    ) -> None:
        """Submit an array of jobs that make the shards of its elements. `ConfigError` with SLURM's words when it is
        refused."""
        import cloudpickle

        write_submission(room, number, elements, RemoteTask(task, cloudpickle.dumps))
        sender = submitit.SlurmExecutor(folder=room.folder / room.name / "log", max_num_timeout=REQUEUES)
        optional = {"partition": self.partition, "account": self.account, "setup": list(self.setup) or None}
        try:
            sender.update_parameters(
                job_name=job_name(room.key, number),
                time=self.time_min,
                cpus_per_task=self.cpus,
                array_parallelism=self.parallel or len(elements),
                additional_parameters={
                    **({"mem": f"{memory_bytes(self.memory) // 2**20}M"} if self.memory is not None else {}),
                    **self.options,
                },
                **{name: value for name, value in optional.items() if value is not None},
            )
            sender.submit_array([JobShards(room, number, index, self.cpus) for index in range(len(elements))])
        except (submitit.core.utils.FailedJobError, submitit.core.utils.FailedSubmissionError, OSError) as error:
            room.remove(f"{number}.shards")
            reason = " ".join(str(error).split())[-300:]
            raise ConfigError("executor", "slurm", f"sbatch refuses the jobs: {reason}") from None


class _Jobs:
    """The jobs that make shards of a room, and what comes of them.

    waiting: the shards of which there is no result yet, by their stems. numbers: of the submissions.
    """

    def __init__(self, room: Room, waiting: dict[str, Shard], numbers: Sequence[int]) -> None:
        self.room, self.waiting, self.numbers = room, waiting, numbers
        self.are_cancelled = False
        self._stopped = dict[str, float]()
        self.hint = f"the same command comes back to them, {cancel_command(room.key, numbers)} ends them"

    def results(self) -> Iterator[ShardResult]:
        """The results as they come, until there is one of each shard, or none to be expected any more."""
        pause, states, cancelled = SHORTEST_PAUSE_S, "", list[ShardFailure]()
        while True:
            for result in self._arrived():
                pause = SHORTEST_PAUSE_S
                yield result
            if not self.waiting:
                break
            elements = look(self.room.key, self.numbers)
            if elements is None:
                _say("squeue does not answer: waiting")
                pause = LONGEST_PAUSE_S
            else:
                for failure in self._given_up(self._with_requeued(elements)):
                    if failure.error is None:
                        yield failure
                    else:
                        cancelled.append(failure)
                states, before = " ".join(sorted(element.state for element in elements)), states
                pause = min(pause * 1.5, LONGEST_PAUSE_S) if states == before else SHORTEST_PAUSE_S
            if self.waiting:
                time.sleep(pause)
        yield from cancelled

    def wait_ended(self) -> None:
        """Wait until the jobs have written the last of their logs."""
        deadline = time.monotonic() + ENDS_S
        while time.monotonic() < deadline:
            if not any(element.is_alive for element in look(self.room.key, self.numbers) or ()):
                return
            time.sleep(SHORTEST_PAUSE_S)
        self._cancel()

    def _arrived(self) -> Iterator[ShardResult]:
        for stem, result in self.room.take(dict(self.waiting)):
            del self.waiting[stem]
            if isinstance(result, ShardFailure) and result.error is not None:
                self._cancel()  # the run ends with the error
            yield result

    def _with_requeued(self, elements: Sequence[Element]) -> list[Element]:
        """The elements; those that SLURM has stopped stand there as waiting for a while, since it queues them again."""
        now, stopped = time.monotonic(), {element.job for element in elements if element.state in QUEUED_AGAIN}
        self._stopped = {job: self._stopped.get(job, now) for job in stopped}
        waiting = {job for job, since in self._stopped.items() if now - since < REQUEUE_S}
        return [replace(element, state="PENDING") if element.job in waiting else element for element in elements]

    def _given_up(self, elements: Sequence[Element]) -> Iterator[ShardFailure]:
        """The failures of shards that no job makes any more and that have no result."""
        alive = _shards_of(self.room, elements, is_alive=True)
        unmade = {stem: shard for stem, shard in self.waiting.items() if stem not in alive}
        if not unmade:
            return
        self.room.write("looked", b"")  # a change of our own: a file server shows us what others have left there by now
        ended = _shards_of(self.room, elements, is_alive=False)
        for stem, shard in unmade.items():
            if self.room.has(shard):
                continue
            del self.waiting[stem]
            element = ended.get(stem)
            if element is not None and element.state == "CANCELLED":
                reason = f"job {element.job} was cancelled; finished shards are kept, the same command goes on"
                yield ShardFailure(shard, OutputError(f"{self.room.folder}: {reason}"))
            else:
                job = f"job {element.job} has ended: {element.state}" if element is not None else "its job is gone"
                yield ShardFailure(shard, None, f"{job}; see {self.room.folder / self.room.name / 'log'}")

    def _cancel(self) -> None:
        cancel(self.room.key, self.numbers)
        self.are_cancelled = True


def _submitit() -> Any:
    """The package. `ConfigError` when it, or SLURM, is not on this machine."""
    try:
        import submitit
    except ImportError:
        raise missing_package("slurm", "submitit") from None
    for command in ("sbatch", "squeue", "srun"):
        if shutil.which(command) is None:
            reason = f"the command {command} is not here: run this on a login node of the cluster"
            raise ConfigError("executor", "slurm", reason)
    return submitit


def _shards_of(room: Room, elements: Sequence[Element], is_alive: bool) -> dict[str, Element]:
    """Stem -> element of the shards of living elements, or of those that have ended; the last submission counts."""
    shards: dict[str, Element] = {}
    for number in sorted({element.number for element in elements}):
        groups = read_submission(room, number)
        by_index = {element.index: element for element in elements if element.number == number}
        for index, group in enumerate(groups):
            element = by_index.get(index, by_index.get(None))
            if element is not None and element.is_alive == is_alive:
                shards |= {shard.stem: element for shard in group}
    return shards


def _shared_out(shards: Sequence[Shard], most: int) -> list[Sequence[Shard]]:
    """The shards in at most so many groups of about the same size."""
    count = min(most, len(shards))
    return [shards[start::count] for start in range(count)]


def _say(text: str) -> None:
    print(f"slurm: {text}", file=sys.stderr, flush=True)
