"""Tab completion: the shell asks `synthink _complete WORD ...`, and gets one candidate a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthink.cli.allowed import choices
from synthink.cli.compose import chosen_generators, with_generator_names
from synthink.cli.groups import GROUPS, field_hints, group_fields, options
from synthink.cli.hydra_internal import parse_flags
from synthink.cli.verb import Verb, names_folder, with_positional
from synthink.cli.verbs import VERBS
from synthink.cli.words import read_words
from synthink.settings import Settings, field_types
from synthink.splits import SPLITS

CONFIG_DIR = ("--config-dir", "-cd")
FLAGS = ("-m", "--multirun", "--config-dir", "--help")
"""The flags that are offered; Hydra has more."""


def complete(words: Sequence[str]) -> int:
    """Print the candidates for the last of the words that were typed after `synthink`."""
    *before, typed = words or [""]
    for candidate in candidates(before, typed):
        if candidate.startswith(typed):
            print(candidate)
    return 0


def candidates(before: Sequence[str], typed: str) -> Iterator[str]:
    """The texts that may stand in place of `typed`, after the words `before`; the caller keeps those that begin like
    it."""
    if not before:
        yield from VERBS
        return
    if before[0] not in VERBS:
        return
    verb = VERBS[before[0]]
    key, equals, path = typed.partition("=")
    if verb.is_composed() and (before[-1] in CONFIG_DIR or key in CONFIG_DIR):
        begin = f"{key}=" if key in CONFIG_DIR else ""
        yield from (f"{begin}{folder}" for folder in _folders(path if begin else typed))
        return
    if verb.is_composed() and typed.startswith("-"):
        yield from FLAGS
    if equals and names_folder(verb.key_types().get(key)):
        yield from (f"{key}={folder}" for folder in _folders(path))
        return
    if verb.positional is not None and not equals:
        hint = verb.key_types()[verb.positional]
        yield from choices(hint)
        yield from _folders(typed) if names_folder(hint) else ()
    if key == "generator":
        parent = Path(path).parent
        yield from (f"generator={file}" for file in sorted(parent.glob("*.py")) if parent.is_dir())
    flags = parse_flags(before[1:])
    yield from _keys(verb.key_types(), "", typed, verb.positional)
    for group in verb.groups:
        yield from (f"{group}={option}" for option in options(group, flags.config_dir))
        if group in GROUPS[1:] and typed.startswith(f"{group}."):
            yield from (f"{group}.{field}=" for field in sorted(group_fields(group)))
            hints = field_hints(group, key.removeprefix(f"{group}.")) if equals else []
            yield from dict.fromkeys(f"{key}={choice}" for hint in hints for choice in choices(hint))
    own_split = _begun_split(verb, typed)
    yield from (f"{own_split}{key}" for key in ("rows=", "like=", *(f"like={split}" for split in SPLITS)) if own_split)
    words = with_generator_names(read_words(with_positional(verb, flags.overrides)))
    for generator in chosen_generators(verb, words, flags.config_dir):
        for prefix in ("", "generator.", *([own_split] if own_split else [])):
            yield from _keys(field_types(generator), prefix, typed)


def _begun_split(verb: type[Verb], typed: str) -> str:
    """`splits.dev.` where what is typed begins with a split of one's own; else nothing."""
    group, _, path = typed.partition(".")
    name, dot, _ = path.partition(".")
    hint = verb.key_types().get(group)
    if not (dot and isinstance(hint, type) and issubclass(hint, Settings) and hint.free_names is not None):
        return ""
    return f"{group}.{name}." if name not in field_types(hint) else ""


def _keys(fields: Mapping[str, Any], prefix: str, typed: str, positional: str | None = None) -> Iterator[str]:
    """`KEY=` for each field, and those of nested settings once the name that they stand in is typed."""
    for name, hint in fields.items():
        nested = isinstance(hint, type) and issubclass(hint, Settings)
        if typed.startswith(f"{prefix}{name}="):
            yield from (f"{prefix}{name}={choice}" for choice in choices(hint))
        if name != positional:
            yield f"{prefix}{name}="
        if nested and typed.startswith(f"{prefix}{name}."):
            inner = {key: kind for key, kind in field_types(hint).items() if key != hint.free_names}
            yield from _keys(inner, f"{prefix}{name}.", typed)


def _folders(path: str) -> Iterator[str]:
    """The folders that lie where the path that was begun leads."""
    parent = Path(path) if path.endswith("/") else Path(path).parent
    if parent.is_dir():
        yield from (str(entry) for entry in sorted(parent.iterdir()) if entry.is_dir() and entry.name[0] != ".")
