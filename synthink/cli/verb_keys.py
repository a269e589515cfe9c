"""Which keys and which config groups each of Hydra's verbs takes, and the settings behind the groups."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from synthink import plugins
from synthink.settings import Settings

MAKING = ("output", "seed", "splits", "shard_size", "licence", "overwrite")
TOP: Mapping[str, tuple[str, ...]] = {
    "generate": (*MAKING, "from"),
    "train": ("dataset", "output", "seed", "splits", "overwrite", "control"),
    "evaluate": ("dataset", "checkpoint", "before", "split", "rows", "metric", "score", "threshold", "output", "seed"),
    "validate": (*MAKING, "rows", "score", "threshold"),
}
"""Keys beside the groups, by verb."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "generate": ("generator", "format", "executor", "experiment"),
    "train": ("trainer", "model", "experiment", "generator"),
    "evaluate": ("predictor", "trainer", "model"),
    "validate": ("generator", "format", "executor", "trainer", "model", "experiment"),
}
"""Config groups, by verb."""
ALL_GROUPS = ("generator", "format", "executor", "trainer", "model", "predictor", "experiment")
OPTIONAL_GROUPS = ("predictor", "experiment")
"""Groups of which nothing need be chosen: `experiment=null`."""


@cache
def settings_groups() -> dict[str, dict[str, type[Settings]]]:
    """Group -> option -> its settings, for the groups whose options are classes."""
    from synthink.build.executors import find_executor
    from synthink.train.backends import TRAINERS

    return {
        "executor": {name: find_executor(name) for name in plugins.names(plugins.EXECUTORS)},
        "trainer": dict(TRAINERS),
        "predictor": {name: plugins.load(plugins.PREDICTORS, name) for name in plugins.names(plugins.PREDICTORS)},
    }


def fields_of_group(group: str) -> frozenset[str] | None:
    """The fields that an option of a group may have; None for a group of YAML files."""
    from synthink.settings import field_types
    from synthink.train.settings import Model

    if group == "model":
        return frozenset(field_types(Model))
    classes = settings_groups().get(group)
    return frozenset(name for cls in classes.values() for name in field_types(cls)) if classes else None
