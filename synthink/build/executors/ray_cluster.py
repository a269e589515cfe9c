"""Shards made by a Ray cluster: a task of Ray's core a shard, spread over the machines."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar

from synthink.build.executors.base import Executor, Item, Result
from synthink.build.executors.remote import (
    MemorySize,
    Remote,
    RemoteTask,
    call_remotely,
    make_remotely,
    memory_bytes,
    missing_package,
)
from synthink.build.plan import Shard
from synthink.build.shard import ShardFailure, ShardResult, ShardTask
from synthink.errors import ConfigError, SynthinkError
from synthink.processes import Send, WorkerDied
from synthink.settings import Between

CONNECT_S = 20.0
"""Seconds in which a cluster must answer."""
WAIT_S = 5.0
"""Seconds after which a wait looks at the size of the cluster again."""
ATTEMPTS = 3
"""Times that `call` tries an item whose process dies: a machine may kill one for what others take."""
NODE_LOSSES = 20
"""Times that a shard is given to another machine because its machine is gone, before it counts as lost."""


class RayExecutor(Executor):
    """Tasks of a Ray cluster, a shard each; the worker writes it to the dataset's folder, which all machines share."""

    name: ClassVar[str] = "ray"

    address: str | None = None
    """The address of the cluster, such as auto, 10.0.0.1:6379 or ray://10.0.0.1:10001; null: that of RAY_ADDRESS, a
    cluster that runs on this machine, or one of this machine alone that ends with the run."""
    num_cpus: Annotated[float, Between(0.01, 1024)] = 1.0
    """The cores that a task reserves."""
    memory: Annotated[str, MemorySize()] | None = None
    """The memory that a task reserves, such as 2G; null: none is reserved."""

    def map(self, task: ShardTask, shards: Sequence[Shard]) -> Iterator[ShardResult]:
        with self._cluster() as ray:
            remote = RemoteTask(task, ray.cloudpickle.dumps)
            for shard, outcome in self._outcomes(ray, make_remotely, remote, shards):
                yield _shard_result(ray, task, shard, outcome)

    def call(
        self,
        function: Callable[[Item, Send], Result],
        items: Sequence[Item],
        on_report: Callable[[Item, int], None],
        file: Path,
    ) -> Generator[tuple[Item, Result | WorkerDied], None, None]:
        with self._cluster() as ray:
            remote = Remote(function, file.parent, file.name, ray.cloudpickle.dumps)
            waiting: Sequence[Item] = items
            for attempt in range(ATTEMPTS):
                died = []
                for item, outcome in self._outcomes(ray, call_remotely, remote, waiting):
                    if isinstance(outcome, ray.exceptions.RayTaskError):
                        raise outcome.cause if isinstance(outcome.cause, SynthinkError) else _cannot_run(outcome)
                    if not isinstance(outcome, Exception):
                        yield item, outcome
                    elif attempt < ATTEMPTS - 1:
                        died.append(item)
                    else:
                        yield item, WorkerDied(None)
                waiting = died

    @contextmanager
    def _cluster(self) -> Iterator[Any]:
        """Ray, connected to a cluster while the block runs."""
        try:
            import ray
        except ImportError:
            raise missing_package("ray", "ray") from None
        is_ours = not ray.is_initialized()
        if is_ours:
            self._connect(ray)
        try:
            yield ray
        finally:
            if is_ours:
                ray.shutdown()

    def _connect(self, ray: Any) -> None:
        """Connect to the cluster. `ConfigError` when there is none at the address."""
        on_stop = signal.getsignal(signal.SIGTERM)
        # Ray would tell of dead workers on standard output, where reports go.
        ray._private.worker._worker_logs_enabled = False
        host, _, port = (self.address or "").removeprefix("ray://").rpartition(":")
        try:
            if host and port.isdecimal():  # Ray would wait for minutes where nobody listens
                socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
            ray.init(address=self.address, log_to_driver=False, logging_level="error", configure_logging=True)
        except (RuntimeError, ValueError, OverflowError, OSError) as error:
            reason = " ".join(str(error).split())[:300]
            raise ConfigError("executor.address", self.address, f"no cluster of Ray can be reached: {reason}") from None
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, on_stop)  # Ray puts its own in place of the command's

    def _outcomes(
        self, ray: Any, function: Callable[[Any, Item], Any], remote: Any, items: Sequence[Item]
    ) -> Iterator[tuple[Item, Any]]:
        """Keep a bounded number of tasks `function(remote, item)` in the cluster, and yield each item with the result,
        or with the error that there is in place of one. A machine that is lost, or cannot write, costs its tasks
        nothing as long as there are others."""
        options: dict[str, Any] = {
            "num_cpus": self.num_cpus,
            "max_retries": 0,
            "scheduling_strategy": "SPREAD",
            "name": "synthink",
        }
        if self.memory is not None:
            options["memory"] = memory_bytes(self.memory)
        run = ray.remote(_on_machine)
        content = ray.put(remote)
        waiting, running = deque(range(len(items))), dict[Any, int]()
        losses, refusing = Counter[int](), set[str]()
        self._say_what_is_missing(ray)
        try:
            while waiting or running:
                window = self._window(ray)
                if refusing:
                    options["label_selector"] = {"ray.io/node-id": f"!in({','.join(sorted(refusing))})"}
                while waiting and len(running) < window:
                    number = waiting.popleft()
                    running[run.options(**options).remote(function, content, items[number])] = number
                ready, _ = ray.wait(list(running), num_returns=1, timeout=WAIT_S)
                for reference in ready:
                    number = running.pop(reference)
                    try:
                        node, outcome = ray.get(reference)
                    except ray.exceptions.RayError as error:
                        node, outcome = "", error
                    if isinstance(outcome, ray.exceptions.NodeDiedError | ray.exceptions.ObjectLostError):
                        losses[number] += 1
                        if losses[number] <= NODE_LOSSES:
                            waiting.append(number)
                            continue
                    elif _is_refused_by_disk(outcome) and self._has_others(ray, node, outcome, refusing):
                        waiting.append(number)
                        continue
                    yield items[number], outcome
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def _window(self, ray: Any) -> int:
        """The tasks that may be in the cluster at once: those that run and as many that wait, so that no core does."""
        cores = float(ray.cluster_resources().get("CPU", 0))
        return 2 * max(int(cores / self.num_cpus), 1)

    def _machines(self, ray: Any) -> dict[str, str]:
        """The living machines that have room for a task: number -> name."""
        wanted = {"CPU": self.num_cpus, "memory": memory_bytes(self.memory) if self.memory is not None else 0}
        return {
            node["NodeID"]: node["NodeManagerHostname"]
            for node in ray.nodes()
            if node["Alive"] and all(node["Resources"].get(name, 0) >= count for name, count in wanted.items())
        }

    def _say_what_is_missing(self, ray: Any) -> None:
        """A line on standard error when no machine has room for a task: the cluster may still grow."""
        if not self._machines(ray):
            most = max((node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]), default=0)
            print(
                f"ray: no machine of the cluster has room for a task (executor.num_cpus={self.num_cpus:g}, "
                f"executor.memory={self.memory or 'null'}; the largest has {most:g} cores): waiting for one",
                file=sys.stderr,
            )

    def _has_others(self, ray: Any, node: str, failure: ShardFailure, refusing: set[str]) -> bool:
        """Whether there are machines that may write what this one could not. It gets no more tasks then, and a line on
        standard error says so. refusing: the machines that could not."""
        machines, is_new = self._machines(ray), node not in refusing
        refusing.add(node)
        if machines.keys() <= refusing:
            return False
        if is_new:
            name = machines.get(node, node)
            print(f"ray: {name} cannot write ({failure.error}): its shards go to other machines", file=sys.stderr)
        return True


def _on_machine(function: Callable[[Any, Item], Result], remote: Any, item: Item) -> tuple[str, Result]:
    """The machine that this runs on, and the function's result."""
    import ray

    return ray.get_runtime_context().get_node_id(), function(remote, item)


def _is_refused_by_disk(outcome: Any) -> bool:
    """Whether the machine could not write a shard: its disk is full or broken, or it lost its way to the storage."""
    return isinstance(outcome, ShardFailure) and isinstance(outcome.error, OSError)


def _shard_result(ray: Any, task: ShardTask, shard: Shard, outcome: Any) -> ShardResult:
    """The result of a shard's task that has ended, whatever came of it."""
    if isinstance(outcome, ray.exceptions.RayTaskError):  # raised before any code of ours: synthink is not there
        return ShardFailure(shard, _cannot_run(outcome))
    if isinstance(outcome, Exception):
        return task.lost(shard, f"{type(outcome).__name__}: {' '.join(str(outcome).split())[:300]}")
    result: ShardResult = outcome
    return result


def _cannot_run(error: Exception) -> ConfigError:
    reason = str(error).strip().splitlines()[-1][:300]
    return ConfigError("executor", "ray", f"a machine cannot run the task: {reason}")
