"""The card of a dataset from outside: the YAML in front of its text, found as `datasets` finds it, within bounds."""

from __future__ import annotations

from typing import Any

import yaml

from synthink.errors import AssetError
from synthink.tables.bounds import DEEPEST

LARGEST_CARD = 2**20
"""Bytes of a card."""


def front_matter(data: bytes, name: str) -> Any:
    """Read the front matter of a `README.md`; None where it has none. Raises `AssetError` as `bounded_yaml` does.

    `datasets` leaves it to `huggingface_hub` to tell what is front matter: it is asked, too, since what only one of us
    sees is not checked.
    """
    from huggingface_hub.repocard import REGEX_YAML_BLOCK

    block = REGEX_YAML_BLOCK.search(_decoded(data, name))
    return None if block is None else bounded_yaml(block[2].encode(), name)


def bounded_yaml(data: bytes, name: str) -> Any:
    """Read a YAML text. Raises `AssetError` naming the file for what is none, has aliases (a kilobyte of them
    can stand for any number of values), or is nested too deep."""
    text, depth = _decoded(data, name), 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
                raise AssetError(f"{name}: its YAML has aliases, or is nested more than {DEEPEST} deep")
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise AssetError(f"{name}: its YAML cannot be read: {' '.join(str(error).split())[:200]}") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise AssetError(f"{name}: is not UTF-8: {error.reason} at byte {error.start}") from None
