"""The config groups: which options each has, and which fields an option has.

Options are parts that are plugged in (`synthink.plugins`), or YAML files in the folder of the group under `conf/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from synthink import plugins
from synthink.core.registry import generator_names
from synthink.errors import ConfigError, SynthinkError, did_you_mean
from synthink.files import user_path
from synthink.plugins import EXECUTORS, FORMATS, PREDICTORS, TRAINERS, PluginGroup
from synthink.settings import Settings, field_types
from synthink.train.settings import Model

GROUPS = ("generator", "format", "executor", "trainer", "model", "predictor", "experiment")
OPTIONAL = ("predictor", "experiment")
"""Groups of which no option need be chosen: `experiment=null`."""
_PLUGGED: Mapping[str, PluginGroup] = {
    "format": FORMATS,
    "executor": EXECUTORS,
    "trainer": TRAINERS,
    "predictor": PREDICTORS,
}


def options(group: str, folder: str | None = None) -> list[str]:
    """The names of a group's options, sorted. folder: one with configs of the user's own (`--config-dir`)."""
    if group == "generator":
        return generator_names()
    own = [path.stem for path in user_path(folder).glob(f"{group}/*.yaml")] if folder is not None else []
    return sorted({*_yaml_files(group), *plugged_options(group), *own})


@cache
def _yaml_files(group: str) -> dict[str, Traversable]:
    """The options of a group that are YAML files, with their files."""
    folder = files("synthink.conf").joinpath(group)
    entries = folder.iterdir() if folder.is_dir() else ()
    return {entry.name.removesuffix(".yaml"): entry for entry in entries if entry.name.endswith(".yaml")}


@cache
def default_options() -> dict[str, str | None]:
    """Group -> the option that config.yaml's defaults list chooses; None for a group of which none is chosen."""
    config = yaml.safe_load(files("synthink.conf").joinpath("config.yaml").read_text(encoding="utf-8"))
    entries = [entry for entry in config["defaults"] if isinstance(entry, dict)]
    return {group: option for entry in entries for group, option in entry.items() if group in GROUPS}


def plugged_options(group: str) -> list[str]:
    """The names of a group's options that are parts of synthink or of other packages, and no YAML files."""
    names = plugins.names(_PLUGGED[group]) if group in _PLUGGED else []
    return sorted({*names} - {*_yaml_files(group)})


def option_settings(group: str, option: str) -> type[Settings] | None:
    """The class whose fields an option has, or None when it has none but its name.

    Raises `SynthinkError` when the code of a part of another package cannot be imported.
    """
    if group == "model":
        return Model
    if group == "format" or option not in plugged_options(group):
        return None
    part = plugins.load(_PLUGGED[group], option)
    return part if isinstance(part, type) and issubclass(part, Settings) else None


def usable_options(group: str) -> dict[str, type[Settings] | None]:
    """The options of a group and the classes of their fields, but for those whose code cannot be imported: choosing
    such a one says what is wrong with it."""
    usable = {}
    for option in options(group):
        with suppress(SynthinkError):
            usable[option] = option_settings(group, option)
    return usable


def group_fields(group: str) -> set[str]:
    """Every field that some option of the group has."""
    classes = usable_options(group).values()
    names = {name for cls in classes if cls is not None for name in field_types(cls)}
    contents = [yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in _yaml_files(group).values()]
    return names or {key for content in contents for key in content} - {"name"}


def field_hints(group: str, name: str) -> list[Any]:
    """The types that a field has in the options of the group that have it."""
    hints = [field_types(cls) for cls in usable_options(group).values() if cls is not None]
    return [types[name] for types in hints if name in types]


def check_option(group: str, option: str, folder: str | None = None) -> None:
    """Raise `ConfigError` with the nearest names when a group has no such option, nor a folder of the user's own."""
    if option not in options(group, folder):
        raise ConfigError(group, option, f"no such {group}; {did_you_mean(option, options(group, folder))}")


def plain_option(group: str, words: Sequence[str]) -> str:
    """The option of a group that a word `GROUP=OPTION` chooses, or that is chosen where none does. Raises `ConfigError`
    when the group has no such option."""
    typed = [word.removeprefix(f"{group}=") for word in words if word.startswith(f"{group}=")]
    option = typed[-1] if typed else str(default_options()[group])
    check_option(group, option)
    return option


def check_field(group: str, name: str, value: Any) -> None:
    """Raise `ConfigError` with the nearest names when no option of the group has such a field."""
    if name not in group_fields(group):
        reason = f"no such key; {did_you_mean(name, group_fields(group))}"
        raise ConfigError(f"{group}.{name}", value, reason)
