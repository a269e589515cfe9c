"""Hydra's own way of running, for sweeps (`-m`) and other calls with its flags or keys (`--config-dir`, `hydra.…`)."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from synthink.build.estimate import Estimate
from synthink.cli.compose import (
    CONFIG_MODULE,
    CONFIG_NAME,
    bound,
    chosen_generators,
    errors_in_one_line,
    generator_files,
    hydra_node,
    plain_config,
    prepared,
    with_generator_names,
)
from synthink.cli.hydra_internal import parse_flags, without_job_lines
from synthink.cli.hydra_parts import (
    HYDRAS_SWEEPER,
    OPTIMISERS,
    check_own_recipe,
    check_plugin,
    reject_ignored_folders,
    sweep_words,
)
from synthink.cli.jobs import reject_datasets, reject_empty_sweeps
from synthink.cli.structured import register, usable_generators
from synthink.cli.sweep_plan import Sweep, planned_sweep
from synthink.cli.sweep_table import (
    RECORDS,
    Job,
    estimates_table,
    read_records,
    remove_old_records,
    with_differing_values,
    write_record,
)
from synthink.cli.verb import Verb, with_positional
from synthink.cli.words import Word, literal, read_words
from synthink.confined import reject_links
from synthink.core.left_out import left_out_lines
from synthink.core.registry import load_generator
from synthink.errors import BusyError, ConfigError, DrawError, OutputError, SynthinkError, shortened, with_notes
from synthink.files import user_path

HYDRAS_NAMES = ("multirun.yaml", "optimization_results.yaml")
"""Files that Hydra and its sweepers write into a sweep's folder, wherever a link there leads."""


@dataclass
class SingleRun:
    """The exit status of a verb that Hydra ran once, or its error, which does not go through Hydra."""

    status: int = 0
    error: Exception | None = None


def wants_hydra(verb: type[Verb], arguments: Sequence[str]) -> bool:
    """Whether Hydra itself has to run the verb: a flag or a key of Hydra's says how, or a recipe does."""
    if any(argument.startswith("-") for argument in arguments):
        return True
    words = with_generator_names(read_words(with_positional(verb, arguments)))
    if any(word.is_of_hydra and word.key != "hydra.searchpath" for word in words):
        return True
    node = hydra_node(verb, words)
    if node is not None:
        reject_ignored_folders(node)
    return node is not None and node.mode == RunMode.MULTIRUN


def run_through_hydra(verb: type[Verb], arguments: Sequence[str]) -> int:
    """Run Hydra itself with the arguments, and return the exit status; after a sweep, print what the verb says about
    its jobs."""
    parsed = parse_flags(arguments)
    flags = [argument for argument in arguments if argument not in parsed.overrides]
    typed, sweeper = _words_and_sweeper(verb, parsed)
    if parsed.multirun:
        flags.append("-m")
        reject_empty_sweeps(typed)
    files, words = generator_files(typed), with_generator_names(typed)
    generators = chosen_generators(verb, words, parsed.config_dir)
    overrides = prepared(verb, words, generators, parsed.config_dir, sweeps=parsed.multirun)
    register(verb, usable_generators())
    sweep = None
    if parsed.multirun:
        if sweeper in OPTIMISERS and not verb.has_score:
            reason = f"looks for the best score, and synthink {verb.name} gives none; validate, train and evaluate do"
            raise ConfigError("hydra/sweeper", sweeper, reason)
        knows_jobs = sweeper == HYDRAS_SWEEPER and not parsed.config_path and not parsed.config_name
        sweep = planned_sweep(verb, read_words(overrides), parsed.config_dir, knows_jobs)
        if any(getattr(keys, "dry_run", False) for keys, _ in sweep.calls):
            return _estimate(sweep)
        overrides += _begun(verb, sweep, {word.key for word in words})
    single = SingleRun()
    job = partial(run_job, verb=verb, sweep=sweep, files=files, single=single)
    job.__module__ = __name__  # Hydra looks for the module that a job comes from
    run = hydra.main(version_base="1.3", config_path=f"pkg://{CONFIG_MODULE}", config_name=CONFIG_NAME)(job)
    try:
        with _command_line([f"synthink {verb.name}", *flags, *overrides]), errors_in_one_line(), without_job_lines():
            run()
    finally:
        if sweep is not None:
            _report(verb, sweep)
    if single.error is not None:
        raise single.error
    return single.status


def _words_and_sweeper(verb: type[Verb], parsed: Namespace) -> tuple[list[Word], str]:
    """The words that were typed, checked, behind those over which a recipe sweeps by itself, and the name of the
    sweeper. Where a recipe says so, the call becomes a sweep in `parsed`."""
    folder = parsed.config_dir
    if folder is not None and not user_path(folder).is_dir():
        raise SynthinkError(f"--config-dir {shortened(folder)}: no such folder")
    typed = read_words(with_positional(verb, parsed.overrides))
    for word in typed:
        check_plugin(word)
        check_own_recipe(word, folder)
    node = hydra_node(verb, with_generator_names(typed), folder)
    if node is None:
        return typed, HYDRAS_SWEEPER
    reject_ignored_folders(node)
    parsed.multirun = parsed.multirun or (node.mode == RunMode.MULTIRUN and not parsed.run)
    sweeper = node.runtime.choices["hydra/sweeper"]
    of_recipe = sweep_words(node, typed) if parsed.multirun and sweeper == HYDRAS_SWEEPER else []
    return [*of_recipe, *typed], sweeper


def _begun(verb: type[Verb], sweep: Sweep, keys: Collection[str]) -> list[str]:
    """Overrides for Hydra about a sweep, whose folder is made ready. keys: those that are said already."""
    reject_datasets([sweep.root, *(Path(job.folder).parent for job in sweep.jobs or ())])
    reject_links(sweep.root, [*HYDRAS_NAMES, RECORDS], OutputError)
    for job in sweep.jobs or ():
        reject_links(Path(job.folder).parent, [Path(job.folder).name], OutputError)
    remove_old_records(sweep.root, sweep.name)
    overrides = [] if "hydra.sweep.dir" in keys else [f"hydra.sweep.dir={literal(str(sweep.hydras_folder))}"]
    if sweep.jobs is not None:
        return [*overrides, "hydra.sweeper.params=null"]  # a recipe's stand among the words
    return overrides if "output" in keys else [*overrides, f"output={literal(verb.sweep_output)}"]


def _estimate(sweep: Sweep) -> int:
    """Print what each job of a sweep would be; nothing is written. Raises the error of the first that cannot be."""
    if not all(getattr(keys, "dry_run", False) for keys, _ in sweep.calls):
        raise ConfigError("dry_run", False, "must be the same for all jobs of a sweep")
    jobs: list[Job] = []
    estimates: dict[str, Estimate] = {}
    for job, (keys, call) in zip(sweep.jobs or (), sweep.calls, strict=True):
        try:
            guess = keys.run(call).estimate
            assert guess is not None
            estimates[job.name] = guess
            jobs.append(replace(job, state="estimated"))
        except SynthinkError as error:
            jobs.append(replace(job, state="failed", error=with_notes(error), is_fault=_is_fault(error)))
    print(*estimates_table(jobs, estimates), sep="\n")
    _raise_first(jobs)
    return 0


def _report(verb: type[Verb], sweep: Sweep) -> None:
    """Print the table of a sweep's jobs. Raises the error of the first that failed."""
    jobs = read_records(sweep.root, sweep.name, sweep.jobs or ())
    if sweep.jobs is None:
        jobs = with_differing_values(jobs)
    if any(job.state in ("done", "interrupted") or sweep.jobs is None for job in jobs):
        verb.print_sweep(sweep.root, jobs)
        for line in dict.fromkeys(line for job in jobs for line in job.left_out):
            print(line)
    if isinstance(sys.exc_info()[1], SynthinkError | None):  # of another sweeper, which lets the job's own error out
        _raise_first(jobs)


def _raise_first(jobs: Sequence[Job]) -> None:
    """Raise the error of the first job that failed."""
    failed = [job for job in jobs if job.state == "failed"]
    if failed:
        kind = DrawError if failed[0].is_fault else SynthinkError
        raise kind(f"{failed[0].name}: {failed[0].error}; {len(failed)} of {len(jobs)} jobs failed")


def _is_fault(error: Exception) -> bool:
    """Whether the fault is not in the request."""
    return not isinstance(error, SynthinkError) or isinstance(error, DrawError | BusyError)


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


def run_job(
    config: Any, verb: type[Verb], sweep: Sweep | None, files: Mapping[str, str], single: SingleRun
) -> float | None:
    """Run one job of Hydra's; in a sweep it has a folder of its own. Returns its score, for sweepers.

    Paths start at the folder in which the command was typed, also where Hydra has changed it (`hydra.job.chdir=true`).
    files: name -> the file of each generator that stands in one: the job may run in another process. single: filled
    where there is no sweep.
    """
    job = HydraConfig.get()
    words = OmegaConf.to_container(job.overrides.task, resolve=False)
    assert isinstance(words, list)
    typed = {f"generator={name}": f"generator={file}" for name, file in files.items()}
    with chdir(job.runtime.cwd):
        for file in files.values():
            load_generator(file)
        if sweep is None:
            try:
                keys, call = bound(verb, plain_config(config, words), [typed.get(word, word) for word in words])
                single.status = keys.report(call).status
            except Exception as error:  # noqa: BLE001 - Hydra would speak of it first
                single.error = error
            return None
        plain = plain_config(config, words)
        this = sweep.job(job.job.num, plain["output"], words)
        this = replace(this, state="interrupted")
        write_record(sweep.root, sweep.name, job.job.num, this)
        try:
            reject_links(Path(this.folder).parent, [Path(this.folder).name], OutputError)
            keys, call = bound(verb, {**plain, "output": this.folder}, [typed.get(word, word) for word in words])
            result = keys.run(call)
            left_out = left_out_lines(result.assets)
            this = replace(this, state="done", score=result.score, headline=result.headline, left_out=left_out)
        except Exception as error:
            reason = with_notes(error) or type(error).__name__
            this = replace(this, state="failed", error=reason, is_fault=_is_fault(error))
            if sweep.jobs is None or not isinstance(error, SynthinkError):
                raise  # another sweeper decides what a failed job means; a fault of ours ends all
        finally:
            write_record(sweep.root, sweep.name, job.job.num, this)
        print(f"{this.name}: {f'failed: {this.error}' if this.error else this.headline}")
        return this.score
