"""Where shards are made. Executors come in by the entry points `synthink.executors`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthink import plugins
from synthink.build.executors.base import Executor
from synthink.errors import ConfigError, SynthinkError, quoted
from synthink.plugins import EXECUTORS

__all__ = ["Executor", "find_executor", "make_executor"]


def find_executor(name: str) -> type[Executor]:
    """The executor's class of that name; `ConfigError` with the nearest names when there is none."""
    cls = plugins.load(EXECUTORS, name)
    if not (isinstance(cls, type) and issubclass(cls, Executor)):
        raise SynthinkError(
            f"executor {quoted(name)}: {quoted(cls)} is not a subclass of synthink.build.executors.Executor"
        )
    return cls


def make_executor(executor: str | Mapping[str, Any] | Executor, workers: int | None = None) -> Executor:
    """An executor from its name, from a mapping of its name and fields, or as it is.

    workers: its field of that name; None leaves the executor's own. `ConfigError` names `executor.FIELD`.
    """
    fields: dict[str, Any] = {} if workers is None else {"workers": workers}
    try:
        if isinstance(executor, Executor):
            return type(executor).build({**executor.plain(), **fields}) if fields else executor
        if isinstance(executor, Mapping):
            fields = {**executor, **fields}
            return find_executor(fields.pop("name", "local")).build(fields)
        return find_executor(executor).build(fields)
    except ConfigError as error:
        raise error if error.field == "executor" else error.under("executor") from None
