"""References in a pattern for the output (`output='data/${camera}'`) to fields and options by their short names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from omegaconf import DictConfig, ListConfig, OmegaConf

from synthink.cli.field_places import NoSuchField, find_field
from synthink.cli.groups import GROUPS
from synthink.cli.jobs import value_text
from synthink.cli.words import read_words
from synthink.core.registry import find_generator
from synthink.errors import ConfigError
from synthink.settings import field_types

_REFERENCE = re.compile(r"(?<!\\)\$\{([A-Za-z_][\w.]*)\}")


def with_full_references(text: str, config: DictConfig, overrides: Sequence[str]) -> str:
    """The text with each reference under its full path in a composed config: `${camera}` is
    `${generator.camera.preset}`, `${format}` is `${format.name}`; a list and the name of the recipe, `${experiment}`,
    stand in it as they are.

    overrides: those from which the config was composed; a recipe's name is in no config. Raises `ConfigError` for a
    reference to settings, which are no text, and to a recipe where none is chosen.
    """
    return _REFERENCE.sub(lambda match: _full(match[1], config, overrides), text)


def _full(path: str, config: DictConfig, overrides: Sequence[str]) -> str:
    if path == "experiment":
        return _recipe(overrides)
    top = path.partition(".")[0]
    if top not in config and top in (config.get("generator") or ()):
        path = f"generator.{_in_full(path, config)}"
    node = OmegaConf.select(config, path)
    if isinstance(node, ListConfig):
        return ",".join(map(value_text, node))
    if isinstance(node, DictConfig):
        inner = "name" if path in GROUPS else _shorthand(path, config)
        if inner is None:
            keys = " or ".join(f"${{{path}.{key}}}" for key in list(node)[:2])
            raise ConfigError(
                "output", f"${{{path}}}", f"is no single value; write one of them: {keys or 'there is none'}"
            )
        path = f"{path}.{inner}"
    return f"${{{path}}}"


def _recipe(overrides: Sequence[str]) -> str:
    """The name of the recipe that overrides choose, of several all of them."""
    recipes = [word for word in read_words(overrides) if word.key == "experiment" and not word.is_empty]
    if not recipes:
        raise ConfigError("output", "${experiment}", "is filled in with a recipe's name; experiment=... chooses one")
    names = recipes[-1].value
    return ",".join(map(str, names)) if isinstance(names, list) else str(names)


def _in_full(path: str, config: DictConfig) -> str:
    """The path of a generator's field with all that may be left out of it: `parts.0.camera` is a field of a part's."""
    try:
        return find_field(field_types(find_generator(config.generator.name)), path).path
    except NoSuchField:
        return path


def _shorthand(path: str, config: DictConfig) -> str | None:
    """The field that a value stands for in place of the settings at a path; None where there is none."""
    top, _, inner = path.partition(".")
    if top != "generator" or not inner:
        return None
    hint = find_field(field_types(find_generator(config.generator.name)), inner).type
    return getattr(hint, "shorthand", None)
