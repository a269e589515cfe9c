"""Hydra's own way of running, for calls that have flags: sweeps (`-m`), folders of the user's configs, `--cfg`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import OmegaConf
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
from synthink.cli.hydra_parts import check_own_option, check_plugin
from synthink.cli.jobs import (
    job_name,
    job_overrides,
    job_suffix,
    placed,
    reject_datasets,
    reject_empty_sweeps,
    swept_keys,
    swept_values,
)
from synthink.cli.overrides import draws_rows
from synthink.cli.structured import register, usable_generators
from synthink.cli.sweep_table import RECORDS, Job, read_records, remove_old_records, write_record
from synthink.cli.verb import Verb, with_positional
from synthink.cli.words import Word, literal, read_words
from synthink.confined import reject_links
from synthink.core.dataset import as_shares, make_generator
from synthink.core.left_out import left_out_lines
from synthink.core.own_splits import read_splits
from synthink.core.registry import load_generator
from synthink.core.source import Source
from synthink.errors import BusyError, ConfigError, DrawError, OutputError, SynthinkError, shortened, with_notes
from synthink.files import user_path
from synthink.owned_folder import this_process

HYDRAS_NAMES = ("multirun.yaml", "optimization_results.yaml")
"""Files that Hydra and its sweepers write into a sweep's folder, wherever a link there leads."""


@dataclass(frozen=True)
class Sweep:
    """A sweep before it runs.

    root: the folder that its jobs lie in, an absolute path. jobs: in order; None where only a sweeper will know them.
    name: that of the process that sweeps, by which its records are known.
    """

    root: Path
    jobs: tuple[Job, ...] | None
    name: str = field(default_factory=this_process)

    @property
    def hydras_folder(self) -> Path:
        """The folder of the files that Hydra itself writes: the sweep's, or one that does not stay where jobs lie in a
        folder that holds other things, too."""
        is_own = not self.jobs or re.match(r"\d{3,}(-|$)", self.jobs[0].name)
        return self.root if is_own else self.root / RECORDS / self.name

    def job(self, number: int, output: str, words: Sequence[str]) -> Job:
        """The job of that number. output, words: the output and the overrides of one that was not known before."""
        if self.jobs is not None:
            return self.jobs[number]
        name = job_name(number, words)
        return Job(name, str(Path(os.path.abspath(user_path(output))) / name))  # noqa: PTH100 - links stay


def run_with_flags(verb: type[Verb], arguments: Sequence[str]) -> int:
    """Run Hydra itself with the arguments; after a sweep, print what the verb says about its jobs."""
    parsed = parse_flags(arguments)
    if parsed.config_dir is not None and not user_path(parsed.config_dir).is_dir():
        raise SynthinkError(f"--config-dir {shortened(parsed.config_dir)}: no such folder")
    flags = [argument for argument in arguments if argument not in parsed.overrides]
    typed = read_words(with_positional(verb, parsed.overrides))
    if parsed.multirun:
        reject_empty_sweeps(typed)
    files, words = generator_files(typed), with_generator_names(typed)
    for word in words:
        check_plugin(word)
        check_own_option(word, parsed.config_dir)
    generators = chosen_generators(verb, words, parsed.config_dir)
    overrides = prepared(verb, words, generators, parsed.config_dir, sweeps=parsed.multirun)
    register(verb, usable_generators())
    sweep = None
    if parsed.multirun:
        has_other_configs = bool(parsed.config_path or parsed.config_name)
        sweep = _sweep(verb, read_words(overrides), parsed.config_dir, has_other_configs)
        reject_datasets([sweep.root, *(Path(job.folder).parent for job in sweep.jobs or ())])
        reject_links(sweep.root, [*HYDRAS_NAMES, RECORDS], OutputError)
        remove_old_records(sweep.root, sweep.name)
        if not any(word.key == "hydra.sweep.dir" for word in words):
            overrides.append(f"hydra.sweep.dir={literal(str(sweep.hydras_folder))}")
        if sweep.jobs is None and not any(word.key == "output" for word in words):
            overrides.append(f"output={literal(verb.sweep_output)}")
    job = partial(run_job, verb=verb, sweep=sweep, files=files)
    job.__module__ = __name__  # Hydra looks for the module that a job comes from
    run = hydra.main(version_base="1.3", config_path=f"pkg://{CONFIG_MODULE}", config_name=CONFIG_NAME)(job)
    try:
        with _command_line([f"synthink {verb.name}", *flags, *overrides]), errors_in_one_line():
            run()
    finally:
        if sweep is not None:
            _report(verb, sweep)
    return 0


def _report(verb: type[Verb], sweep: Sweep) -> None:
    """Print the table of a sweep's jobs. Raises the error of the first that failed."""
    jobs = read_records(sweep.root, sweep.name, sweep.jobs or ())
    if any(job.state in ("done", "interrupted") for job in jobs):
        verb.print_sweep(sweep.root, jobs)
        for line in dict.fromkeys(line for job in jobs for line in job.left_out):
            print(line)
    failed = [job for job in jobs if job.state == "failed"]
    if failed and sys.exc_info()[0] is None:
        kind = DrawError if failed[0].is_fault else SynthinkError
        raise kind(f"{failed[0].name}: {failed[0].error}; {len(failed)} of {len(jobs)} jobs failed")


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


def run_job(config: Any, verb: type[Verb], sweep: Sweep | None, files: Mapping[str, str]) -> float | None:
    """Run one job of Hydra's; in a sweep it has a folder of its own. Returns its score, for sweepers.

    Paths start at the folder in which the command was typed, also where Hydra has changed it (`hydra.job.chdir=true`).
    files: name -> the file of each generator that stands in one: the job may run in another process.
    """
    job = HydraConfig.get()
    plain = plain_config(config)
    words = list(job.overrides.task)
    typed = {f"generator={name}": f"generator={file}" for name, file in files.items()}
    with chdir(job.runtime.cwd):
        for file in files.values():
            load_generator(file)
        if sweep is None or job.mode != RunMode.MULTIRUN:
            keys, call = bound(verb, plain, [typed.get(word, word) for word in words])
            return keys.report(call).score
        this = sweep.job(job.job.num, plain["output"], words)
        reject_links(Path(this.folder).parent, [Path(this.folder).name], OutputError)
        this = replace(this, state="interrupted")
        write_record(sweep.root, sweep.name, job.job.num, this)
        try:
            keys, call = bound(verb, {**plain, "output": this.folder}, [typed.get(word, word) for word in words])
            result = keys.run(call)
            left_out = left_out_lines(result.assets)
            this = replace(this, state="done", score=result.score, headline=result.headline, left_out=left_out)
        except Exception as error:
            is_fault = not isinstance(error, SynthinkError) or isinstance(error, DrawError | BusyError)
            this = replace(this, state="failed", error=with_notes(error) or type(error).__name__, is_fault=is_fault)
            if sweep.jobs is None or not isinstance(error, SynthinkError):
                raise  # another sweeper decides what a failed job means; a fault of ours ends all
        finally:
            write_record(sweep.root, sweep.name, job.job.num, this)
        print(f"{this.name}: {f'failed: {this.error}' if this.error else this.headline}")
        return this.score


def _sweep(
    verb: type[Verb],
    words: Sequence[Word],
    config_dir: str | None,
    has_other_configs: bool,
) -> Sweep:
    """The jobs of a sweep, each of which is composed and checked before the first one runs, which may take hours.

    What another sweeper will choose is not known before.
    """
    if any(word.key == "dry_run" and word.value is True for word in words):
        raise ConfigError("dry_run", True, "goes without -m: ask it of one of the jobs")
    typed = [word.plain_text for word in words if word.key == "hydra.sweep.dir"]
    fallback = typed[-1] if typed else verb.sweep_output
    outputs = [word for word in words if word.key == "output" and not word.is_empty]
    if outputs and outputs[-1].override.is_sweep_override():
        reason = "a sweep has one output; each job gets a folder below it"
        raise ConfigError("output", outputs[-1].value_text, reason)
    configs = None
    if not has_other_configs and not any(word.key.startswith(("hydra/sweeper", "hydra.sweeper")) for word in words):
        overrides = job_overrides(words)
        configs = _configs(verb, overrides, words, config_dir)
    if configs is None:
        text = str(outputs[-1].value) if outputs else fallback
        return Sweep(_absolute(text.partition("${")[0].rpartition("/")[0] if "${" in text else text), None)
    usual = () if outputs else (None, verb.key_default("output"))
    texts = [fallback if raw in usual else str(output) for raw, output in configs]
    swept = swept_keys(words)
    suffixes = [job_suffix(job, swept) for job in overrides]
    are_patterns = all("${" in str(raw) and raw not in usual for raw, _ in configs)
    root, folders = placed([_absolute(text) for text in texts], suffixes, are_patterns)
    jobs = (
        Job(os.path.relpath(folder, root), str(folder), swept_values(job, swept))
        for folder, job in zip(folders, overrides, strict=True)
    )
    return Sweep(root, tuple(jobs))


def _configs(
    verb: type[Verb], jobs: Sequence[Sequence[str]], words: Sequence[Word], config_dir: str | None
) -> list[tuple[str | None, str | None]] | None:
    """The output of each job, as it was written and what it comes to, once the job can be composed and its generator
    made. None where a config cannot be composed: Hydra says so itself."""
    searched = [word.text for word in words if word.key == "hydra.searchpath"]
    searched += [f"hydra.searchpath=['file://{os.path.abspath(config_dir)}']"] if config_dir is not None else []  # noqa: PTH100
    try:
        with hydra.initialize_config_module(CONFIG_MODULE, version_base="1.3"):
            configs = [hydra.compose(CONFIG_NAME, [*searched, *overrides]) for overrides in jobs]
            plain = [plain_config(config) for config in configs]
    except (HydraException, OmegaConfBaseException):
        return None
    outputs = [OmegaConf.to_container(config, resolve=False) for config in configs]
    for config in plain if draws_rows(verb, words) else ():
        fields, splits = dict(config["generator"]), dict(config["splits"])
        shares, split_seed = as_shares(splits.pop("shares")), splits.pop("seed")
        own_splits = read_splits(splits)[1]
        Source(make_generator(fields.pop("name"), fields), config["seed"], shares, split_seed, own_splits)
    return [(raw["output"], config["output"]) for raw, config in zip(outputs, plain, strict=True)]  # type: ignore[index,call-overload]


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(user_path(text)))  # noqa: PTH100 - links stay
