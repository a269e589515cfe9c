"""References in a pattern for the output (`output='data/${camera}'`) to fields and options by their short names."""

from __future__ import annotations

import re

from omegaconf import DictConfig, ListConfig, OmegaConf

from synthink.cli.groups import GROUPS
from synthink.cli.jobs import value_text
from synthink.cli.overrides import find_field
from synthink.core.registry import find_generator
from synthink.errors import ConfigError
from synthink.settings import field_types

_REFERENCE = re.compile(r"(?<!\\)\$\{([A-Za-z_][\w.]*)\}")


def with_full_references(text: str, config: DictConfig) -> str:
    """The text with each reference under its full path in a composed config: `${camera}` is
    `${generator.camera.preset}`, `${format}` is `${format.name}`; a list stands in it without brackets.

    Raises `ConfigError` for a reference to settings, which are no text.
    """
    return _REFERENCE.sub(lambda match: _full(match[1], config), text)


def _full(path: str, config: DictConfig) -> str:
    top = path.partition(".")[0]
    if top not in config and top in (config.get("generator") or ()):
        path = f"generator.{path}"
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


def _shorthand(path: str, config: DictConfig) -> str | None:
    """The field that a value stands for in place of the settings at a path; None where there is none."""
    top, _, inner = path.partition(".")
    if top != "generator" or not inner:
        return None
    hint = find_field(field_types(find_generator(config.generator.name)), inner).type
    return getattr(hint, "shorthand", None)
