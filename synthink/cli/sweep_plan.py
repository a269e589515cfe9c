"""A sweep before it runs: its folder, and its jobs, each composed and checked before the first one starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from synthink.cli.compose import CONFIG_MODULE, CONFIG_NAME, bound, plain_config, searched
from synthink.cli.jobs import job_name, job_overrides, job_suffix, job_values, placed, swept_keys, swept_values
from synthink.cli.overrides import draws_rows
from synthink.cli.sweep_table import RECORDS, Job
from synthink.cli.verb import Call, Verb
from synthink.cli.words import Word
from synthink.core.dataset import as_shares, make_generator
from synthink.core.generator import Generator
from synthink.core.own_splits import read_splits
from synthink.core.source import Source
from synthink.errors import ConfigError
from synthink.files import user_path
from synthink.owned_folder import this_process


@dataclass(frozen=True)
class Sweep:
    """A sweep before it runs.

    root: the folder that its jobs lie in, an absolute path. jobs: in order; None where only a sweeper will know them.
    calls: the verb with its keys for each of them, and its call. name: that of the process that sweeps, by which its
    records are known.
    """

    root: Path
    jobs: tuple[Job, ...] | None
    calls: tuple[tuple[Verb, Call], ...] = ()
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
        values = job_values(words)
        name = job_name(number, values)
        return Job(name, str(Path(os.path.abspath(user_path(output))) / name), values)  # noqa: PTH100 - links stay


def planned_sweep(verb: type[Verb], words: Sequence[Word], config_dir: str | None, knows_jobs: bool) -> Sweep:
    """The jobs of a sweep, each of which is composed and checked before the first one runs, which may take hours.

    knows_jobs: whether Hydra's own sweeper makes them from these words, and no other one, or from another config.
    """
    if not knows_jobs and any(word.key == "dry_run" and word.value is True for word in words):
        raise ConfigError("dry_run", True, "of a sweep knows the jobs of Hydra's own sweeper alone")
    typed = [word.plain_text for word in words if word.key == "hydra.sweep.dir"]
    fallback = typed[-1] if typed else verb.sweep_output
    outputs = [word for word in words if word.key == "output" and not word.is_empty]
    if outputs and outputs[-1].override.is_sweep_override():
        reason = "a sweep has one output; each job gets a folder below it"
        raise ConfigError("output", outputs[-1].value_text, reason)
    composed = _composed(verb, job_overrides(words), words, config_dir) if knows_jobs else None
    if composed is None:
        text = str(outputs[-1].value) if outputs else fallback
        return Sweep(_absolute(text.partition("${")[0].rpartition("/")[0] if "${" in text else text), None)
    usual = () if outputs else (None, verb.key_default("output"))
    texts = [fallback if job.typed_output in usual else str(job.output) for job in composed]
    swept = swept_keys(words)
    suffixes = [job_suffix(job.values, swept) for job in composed]
    are_patterns = all("${" in str(job.typed_output) and job.typed_output not in usual for job in composed)
    root, folders = placed([_absolute(text) for text in texts], suffixes, are_patterns)
    jobs = (
        Job(os.path.relpath(folder, root), str(folder), swept_values(job.values, swept))
        for folder, job in zip(folders, composed, strict=True)
    )
    return Sweep(root, tuple(jobs), tuple(job.call for job in composed))


@dataclass(frozen=True)
class _ComposedJob:
    """A job that can be composed. call: the verb with its keys, and its call. typed_output, output: its output as it
    was written, and what that comes to. values: its keys and their values, as in `job_values`."""

    call: tuple[Verb, Call]
    typed_output: str | None
    output: str | None
    values: Mapping[str, str]


def _composed(
    verb: type[Verb], jobs: Sequence[Sequence[str]], words: Sequence[Word], config_dir: str | None
) -> list[_ComposedJob] | None:
    """The jobs, once each is composed, its keys are checked and its generator is made. None where a config cannot be
    composed: Hydra says so itself."""
    folders = [*(word.text for word in words if word.key == "hydra.searchpath"), *searched(config_dir)]
    try:
        with hydra.initialize_config_module(CONFIG_MODULE, version_base="1.3"):
            configs = [hydra.compose(CONFIG_NAME, [*folders, *overrides]) for overrides in jobs]
            outputs = [OmegaConf.to_container(config, resolve=False)["output"] for config in configs]  # type: ignore[index,call-overload]
            plain = [plain_config(config, overrides) for config, overrides in zip(configs, jobs, strict=True)]
    except (HydraException, OmegaConfBaseException):
        return None
    composed = []
    for overrides, output, config in zip(jobs, outputs, plain, strict=True):
        keys, call = bound(verb, config, overrides)
        checked = {**config, **{name.removesuffix("_"): value for name, value in keys.plain().items()}}
        values = job_values(overrides, _generator(verb, words, config), checked)
        composed.append(_ComposedJob((keys, call), output, config["output"], values))
    return composed


def _generator(verb: type[Verb], words: Sequence[Word], config: Mapping[str, Any]) -> Generator | None:
    """The generator with which a job draws its rows, if it does. Raises `ConfigError` where it cannot."""
    if not draws_rows(verb, words):
        return None
    fields, splits = dict(config["generator"]), dict(config["splits"])
    generator = make_generator(fields.pop("name"), fields)
    shares, split_seed = as_shares(splits.pop("shares")), splits.pop("seed")
    return Source(generator, config["seed"], shares, split_seed, read_splits(splits)[1]).generator


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(user_path(text)))  # noqa: PTH100 - links stay
