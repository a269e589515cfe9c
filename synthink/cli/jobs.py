"""The jobs of a sweep before it runs: their overrides, names and folders."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_origin

from synthink.build.manifest import MANIFEST
from synthink.build.own_files import PLAN
from synthink.cli.field_places import find_field
from synthink.cli.groups import GROUPS, options
from synthink.cli.overrides import known_options
from synthink.cli.verb import type_options
from synthink.cli.words import LARGEST_WHOLE, Word, read_words
from synthink.confined import kind_inside
from synthink.core.generator import Generator
from synthink.core.weights import Weights
from synthink.errors import ConfigError, OutputError
from synthink.owned_folder import WORK
from synthink.settings import field_types

LONGEST_NAME = 80


SAYS_NOTHING = re.compile(r"output|overwrite|sources|code|dry_run|executor(\.\w+)*|splits(\..*)?|hydra[./].*")
"""The keys that no job is known by: they change no row, or only how many there are."""


def reject_empty_sweeps(words: Sequence[Word]) -> None:
    """`ConfigError` for a range or a pattern that gives no values: there would be no jobs."""
    for word in words:
        if word.override.is_sweep_override() and not _choices(word):
            hint = f"; a pattern is one of options, of which {word.key} has none" if word.pattern else ""
            hint = f"; known: {', '.join(options(word.key))}" if word.pattern and options(word.key) else hint
            raise ConfigError(word.key, word.typed, f"gives no values{hint}")


def job_overrides(words: Sequence[Word]) -> list[list[str]]:
    """The overrides of each job, in the order in which Hydra's own sweeper makes them."""
    choices = {word.override.get_key_element(): _choices(word) for word in words if not word.is_of_hydra}
    return [list(overrides) for overrides in itertools.product(*choices.values())]


def _choices(word: Word) -> list[str]:
    texts = known_options(word) if word.pattern else word.texts()
    return [word.with_value(text) for text in texts]


def swept_keys(words: Sequence[Word]) -> list[str]:
    """The keys that differ between jobs."""
    return list(dict.fromkeys(word.key for word in words if not word.is_of_hydra and len(_choices(word)) > 1))


def job_values(
    overrides: Sequence[str], generator: Generator | None = None, config: Any = MappingProxyType({})
) -> dict[str, str]:
    """The keys of a job with these overrides, and the values that they come to, however they were written: `20`,
    `2e1` and, where a range is wanted, `[20, 20]` are 20.

    generator: the one that the job draws with. config: all other keys, checked.
    """
    values: dict[str, str] = {}
    for word in read_words(overrides):
        path = word.key.removeprefix("generator.")
        if word.key in GROUPS or generator is None or path == word.key:
            value = word.value if word.key in GROUPS else _at(config, word.key, word.value)
        else:
            value = _single(generator, path, _at(generator.plain(), path, word.value))
        values[word.key] = value_text(value)
    return values


def _at(values: Any, path: str, otherwise: Any) -> Any:
    """The value to which a dotted path leads."""
    for name in path.split("."):
        if not isinstance(values, Mapping) or name not in values:
            return otherwise
        values = values[name]
    return values


def _single(generator: Generator, path: str, value: Any) -> Any:
    """The value that may stand for a list of it, or for a range without width; of weights those above 0."""
    hint = find_field(field_types(type(generator)), path).type
    if isinstance(hint, type) and issubclass(hint, Weights) and isinstance(value, Mapping):
        return {key: weight for key, weight in value.items() if weight}
    lengths = [get_args(option)[1:] for option in type_options(hint) if get_origin(option) is tuple]
    stands_for = (
        any(len(value) == 1 if length == (Ellipsis,) else len(value) > 1 for length in lengths)
        if isinstance(value, list)
        else False
    )
    return value[0] if stands_for and all(item == value[0] for item in value) else value


def value_text(value: Any) -> str:
    """A value as tables and names of folders have it: `20`, `[1.5,2]`, `{delete:1}`, texts without quotes."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE:
        return str(int(value))
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(value_text, value)) + "]"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{value_text(item)}" for key, item in value.items()) + "}"
    return str(value)


def swept_values(values: Mapping[str, str], swept: Sequence[str]) -> dict[str, str]:
    """The swept keys of a job and their values; a generator's field has its short name."""
    return {key.removeprefix("generator."): value for key, value in values.items() if key in swept}


def job_name(number: int, values: Mapping[str, str], swept: Sequence[str] = ()) -> str:
    """A folder name that says what a job changed: `003-ink_width_px=1.5,2`."""
    return f"{number:03d}{job_suffix(values, swept)}"


def job_suffix(values: Mapping[str, str], swept: Sequence[str] = ()) -> str:
    """The part of a job's name that says what it changed, in the order of their names: it is another one for each
    job of a sweep, and the same for the same values."""
    telling = {key: text for key, text in values.items() if key in swept or not SAYS_NOTHING.fullmatch(key)}
    pairs = sorted(f"{key.removeprefix('generator.')}={text}" for key, text in telling.items())
    plain = "-".join(re.sub(r"=\[([^\[\]]*)\]$", r"=\1", pair) for pair in pairs)
    name = re.sub(r"[^A-Za-z0-9._=,+-]+", "", plain).rstrip("-.")
    if len(name) > LONGEST_NAME or name != plain:
        name = f"{name[: LONGEST_NAME - 8]}-{hashlib.sha256('-'.join(pairs).encode()).hexdigest()[:7]}"
    return f"-{name}" if name else ""


def placed(outputs: Sequence[Path], suffixes: Sequence[str], are_patterns: bool) -> tuple[Path, list[Path]]:
    """The folder of a sweep, and in it those of its jobs. A pattern (`data/${seed}`) that names another folder for each
    job is the job's own; else each job has a folder below its output: the one of that job in an earlier sweep, or a new
    one."""
    if are_patterns and len(set(outputs)) == len(outputs):
        return Path(os.path.commonpath([output.parent for output in outputs])), list(outputs)
    folders: list[Path] = []
    taken: set[Path] = set()
    names = {output: set(os.listdir(output)) if output.is_dir() else set[str]() for output in outputs}  # noqa: PTH208
    numbers = {output: {name.partition("-")[0] for name in names[output]} for output in names}
    for number, (output, suffix) in enumerate(zip(outputs, suffixes, strict=True)):
        same = (name for name in names[output] if re.fullmatch(r"\d{3,}" + re.escape(suffix), name))
        earlier = sorted(name for name in same if output / name not in taken)
        free = (f"{n:03d}" for n in itertools.count(number) if f"{n:03d}" not in numbers[output])
        name = earlier[0] if earlier else f"{next(free)}{suffix}"
        numbers[output].add(name.partition("-")[0])
        taken.add(output / name)
        folders.append(output / name)
    return Path(os.path.commonpath(outputs)), folders


def reject_datasets(folders: Iterable[Path]) -> None:
    """`OutputError` where a folder in which jobs would lie is a dataset, finished or not, which they would spoil."""
    for folder in dict.fromkeys(folders):
        names = (MANIFEST, f"{WORK}/{PLAN}")
        if folder.is_dir() and any(kind_inside(folder, name, OutputError) is not None for name in names):
            raise OutputError(f"{folder}: is a dataset; a sweep makes a folder a job: choose another output for them")
