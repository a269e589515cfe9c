"""Hydra's own way of running, for calls that have flags: sweeps (`-m`), folders of the user's configs, `--cfg`."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf.errors import OmegaConfBaseException

from synthink.cli.compose import (
    CONFIG_MODULE,
    CONFIG_NAME,
    bound,
    chosen_generators,
    errors_in_one_line,
    generator_files,
    plain_config,
    prepared,
    with_generator_names,
)
from synthink.cli.hydra_internal import parse_flags
from synthink.cli.overrides import draws_rows
from synthink.cli.structured import register, usable_generators
from synthink.cli.verb import Verb, with_positional
from synthink.cli.words import Word, read_words
from synthink.confined import reject_links
from synthink.core.dataset import as_shares, make_generator
from synthink.core.registry import load_generator
from synthink.core.source import Source
from synthink.errors import ConfigError, OutputError, SynthinkError
from synthink.files import user_path

HYDRAS_NAMES = ("multirun.yaml", "optimization_results.yaml")
"""Files that Hydra and its sweepers write into a sweep's folder, wherever a link there leads."""


def run_with_flags(verb: type[Verb], arguments: Sequence[str]) -> int:
    """Run Hydra itself with the arguments; after a sweep, print what the verb says about its jobs."""
    parsed = parse_flags(arguments)
    flags = [argument for argument in arguments if argument not in parsed.overrides]
    typed = read_words(with_positional(verb, parsed.overrides))
    files, words = generator_files(typed), with_generator_names(typed)
    output = _sweep_output(verb, words) if parsed.multirun else None
    if output is not None and not any(word.key == "output" for word in words):
        words += read_words([f"output={output}"])
    generators = chosen_generators(verb, words, parsed.config_dir)
    overrides = prepared(verb, words, generators, parsed.config_dir, sweeps=parsed.multirun)
    if output is not None:
        reject_links(user_path(output), HYDRAS_NAMES, OutputError)
    register(verb, usable_generators())
    if parsed.multirun and not (parsed.config_dir or parsed.config_path or parsed.config_name):
        _check_jobs(verb, read_words(overrides))
    job = partial(run_job, verb=verb, files=files)
    job.__module__ = __name__  # Hydra looks for the module that a job comes from
    run = hydra.main(version_base="1.3", config_path=f"pkg://{CONFIG_MODULE}", config_name=CONFIG_NAME)(job)
    try:
        with _command_line([f"synthink {verb.name}", *flags, *overrides]), errors_in_one_line():
            run()
    except SynthinkError:
        if output is not None:
            with suppress(OutputError):  # no job was finished
                verb.print_sweep(user_path(output), failed=True)
        raise
    if output is not None:
        verb.print_sweep(user_path(output))
    return 0


@contextmanager
def _command_line(arguments: list[str]) -> Iterator[None]:
    """Hydra reads its arguments from `sys.argv`, and lets errors out as they are when a variable says so."""
    before, full_errors = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv, os.environ["HYDRA_FULL_ERROR"] = arguments, "1"
    try:
        yield
    finally:
        sys.argv = before
        if full_errors is None:
            del os.environ["HYDRA_FULL_ERROR"]


def run_job(config: Any, verb: type[Verb], files: Mapping[str, str]) -> float | None:
    """Run one job of Hydra's; in a sweep it has a folder of its own below `output`. Returns its score, for sweepers.

    files: name -> the file of each generator that stands in one: the job may run in another process.
    Paths start at the folder in which the command was typed, also where Hydra has changed it (`hydra.job.chdir=true`).
    """
    job = HydraConfig.get()
    plain = plain_config(config)
    words = list(job.overrides.task)
    if job.mode == RunMode.MULTIRUN:
        output, name = Path(plain["output"]), job_name(job.job.num, words)
        with chdir(job.runtime.cwd):
            reject_links(user_path(output), [name], OutputError)
        plain["output"] = str(output / name)
    typed = {f"generator={name}": f"generator={file}" for name, file in files.items()}
    keys, call = bound(verb, plain, [typed.get(word, word) for word in words])
    with chdir(job.runtime.cwd):
        for file in files.values():
            load_generator(file)
        return keys.report(call).score


def job_name(number: int, overrides: Sequence[str]) -> str:
    """A folder name that says what a job changed: `003-ink_width_px=1.5,1.5`."""
    telling = [override for override in overrides if not override.startswith(("output=", "splits.", "executor"))]
    text = "-".join(override.removeprefix("generator.") for override in telling)
    return f"{number:03d}-{re.sub(r'[^A-Za-z0-9._=,+-]+', '', text)[:80]}".rstrip("-.")


def _sweep_output(verb: type[Verb], words: Sequence[Word]) -> str:
    """The one folder of a sweep, with a folder a job below it."""
    outputs = [word for word in words if word.key == "output"]
    if not outputs:
        return verb.sweep_output
    if outputs[-1].override.is_sweep_override():
        reason = "a sweep has one output; each job gets a folder below it"
        raise ConfigError("output", outputs[-1].value_text, reason)
    return outputs[-1].plain_text


def _check_jobs(verb: type[Verb], words: Sequence[Word]) -> None:
    """Refuse a sweep of which a job asks for a generator that cannot be: before the first job, which may take hours."""
    # What another sweeper will choose, what a search path holds or a pattern finds is not known here.
    unknown = ("hydra/sweeper", "hydra.sweeper", "hydra.searchpath")
    if any(word.key.startswith(unknown) or word.pattern for word in words) or not draws_rows(verb, words):
        return
    choices = [[word.with_value(text) for text in word.texts()] for word in words if word.group_of_key != "hydra"]
    try:
        with hydra.initialize_config_module(CONFIG_MODULE, version_base="1.3"):
            jobs = itertools.product(*choices)
            configs = [plain_config(hydra.compose(CONFIG_NAME, list(overrides))) for overrides in jobs]
    except (HydraException, OmegaConfBaseException):
        return  # Hydra says so itself
    for config in configs:
        fields, splits = config["generator"], config["splits"]
        Source(make_generator(fields.pop("name"), fields), config["seed"], as_shares(splits["shares"]), splits["seed"])
