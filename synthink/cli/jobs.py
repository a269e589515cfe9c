"""The jobs of a sweep before it runs: their overrides, names and folders."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Sequence
from pathlib import Path

from synthink.cli.overrides import known_options
from synthink.cli.words import Word

LONGEST_NAME = 80


def job_overrides(words: Sequence[Word]) -> list[list[str]]:
    """The overrides of each job, in the order in which Hydra's own sweeper makes them."""
    choices = {word.override.get_key_element(): _choices(word) for word in words if word.group_of_key != "hydra"}
    return [list(overrides) for overrides in itertools.product(*choices.values())]


def _choices(word: Word) -> list[str]:
    texts = known_options(word) if word.pattern else word.texts()
    return [word.with_value(text) for text in texts]


def swept_keys(words: Sequence[Word]) -> list[str]:
    """The keys that differ between jobs."""
    return list(dict.fromkeys(word.key for word in words if word.group_of_key != "hydra" and len(_choices(word)) > 1))


def swept_values(overrides: Sequence[str], swept: Sequence[str]) -> dict[str, str]:
    """The swept keys and their values in a job with these overrides; a generator's field has its short name."""
    pairs = (override.lstrip("+").partition("=") for override in overrides)
    return {key.removeprefix("generator."): value for key, _, value in pairs if key in swept}


def job_name(number: int, overrides: Sequence[str], swept: Sequence[str] = ()) -> str:
    """A folder name that says what a job changed: `003-ink_width_px=1.5,1.5`."""
    return f"{number:03d}{job_suffix(overrides, swept)}"


def job_suffix(overrides: Sequence[str], swept: Sequence[str] = ()) -> str:
    """The part of a job's name that says what it changed; it is another one for each job of a sweep."""
    unsaid = ("output=", "splits.", "executor")
    texts = [override.lstrip("+") for override in overrides]
    telling = [text for text in texts if not text.startswith(unsaid) or text.partition("=")[0] in swept]
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
