"""The jobs of a sweep before it runs: their overrides, names and folders."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from synthink.build.manifest import MANIFEST
from synthink.build.own_files import PLAN
from synthink.cli.groups import options
from synthink.cli.overrides import known_options
from synthink.cli.words import Word
from synthink.confined import kind_inside
from synthink.errors import ConfigError, OutputError
from synthink.owned_folder import WORK

LONGEST_NAME = 80


SAYS_NOTHING = re.compile(r"(output|overwrite|sources|code|dry_run|executor(\.\w+)*|splits\.[^=]*|hydra[./][^=]*)=")
"""The overrides that no job is known by: they change no row, or only how many there are."""


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


def swept_values(overrides: Sequence[str], swept: Sequence[str]) -> dict[str, str]:
    """The swept keys and their values in a job with these overrides; a generator's field has its short name."""
    pairs = (override.lstrip("+").partition("=") for override in overrides)
    return {key.removeprefix("generator."): value for key, _, value in pairs if key in swept}


def job_name(number: int, overrides: Sequence[str], swept: Sequence[str] = ()) -> str:
    """A folder name that says what a job changed: `003-ink_width_px=1.5,1.5`."""
    return f"{number:03d}{job_suffix(overrides, swept)}"


def job_suffix(overrides: Sequence[str], swept: Sequence[str] = ()) -> str:
    """The part of a job's name that says what it changed; it is another one for each job of a sweep."""
    texts = [override.lstrip("+") for override in overrides]
    telling = [text for text in texts if not SAYS_NOTHING.match(text) or text.partition("=")[0] in swept]
    text = "-".join(override.removeprefix("generator.") for override in telling)
    name = re.sub(r"[^A-Za-z0-9._=,+-]+", "", text)
    if len(name) > LONGEST_NAME or len(name) < len(re.sub(r"[\[\]'\" ]", "", text)):
        name = f"{name[: LONGEST_NAME - 8]}-{hashlib.sha256(text.encode()).hexdigest()[:7]}"
    return f"-{name}".rstrip("-.")


def placed(outputs: Sequence[Path], suffixes: Sequence[str], are_patterns: bool) -> tuple[Path, list[Path]]:
    """The folder of a sweep, and in it those of its jobs. A pattern (`data/${seed}`) that names another folder for each
    job is the job's own; else each job has a folder below its output: the one of that job in an earlier sweep, or a new
    one."""
    if are_patterns and len(set(outputs)) == len(outputs):
        return Path(os.path.commonpath([output.parent for output in outputs])), list(outputs)
    folders: list[Path] = []
    names = {output: set(os.listdir(output)) if output.is_dir() else set[str]() for output in outputs}  # noqa: PTH208
    numbers = {output: {name.partition("-")[0] for name in names[output]} for output in names}
    for number, (output, suffix) in enumerate(zip(outputs, suffixes, strict=True)):
        earlier = sorted(name for name in names[output] if re.fullmatch(r"\d{3,}" + re.escape(suffix), name))
        free = (f"{n:03d}" for n in itertools.count(number) if f"{n:03d}" not in numbers[output])
        name = earlier[0] if earlier else f"{next(free)}{suffix}"
        numbers[output].add(name.partition("-")[0])
        folders.append(output / name)
    return Path(os.path.commonpath(outputs)), folders


def reject_datasets(folders: Iterable[Path]) -> None:
    """`OutputError` where a folder in which jobs would lie is a dataset, finished or not, which they would spoil."""
    for folder in dict.fromkeys(folders):
        names = (MANIFEST, f"{WORK}/{PLAN}")
        if folder.is_dir() and any(kind_inside(folder, name, OutputError) is not None for name in names):
            raise OutputError(f"{folder}: is a dataset; a sweep makes a folder a job: choose another output for them")
