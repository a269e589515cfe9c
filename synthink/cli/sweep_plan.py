"""A sweep before it runs: its folder, and its jobs, each composed and checked before the first one starts."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import hydra
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from synthink.cli.compose import CONFIG_MODULE, CONFIG_NAME, plain_config, searched
from synthink.cli.jobs import job_name, job_overrides, job_suffix, placed, swept_keys, swept_values
from synthink.cli.overrides import draws_rows
from synthink.cli.sweep_table import RECORDS, Job
from synthink.cli.verb import Verb
from synthink.cli.words import Word
from synthink.core.dataset import as_shares, make_generator
from synthink.core.own_splits import read_splits
from synthink.core.source import Source
from synthink.errors import ConfigError
from synthink.files import user_path
from synthink.owned_folder import this_process


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


def planned_sweep(
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
    folders = [*(word.text for word in words if word.key == "hydra.searchpath"), *searched(config_dir)]
    try:
        with hydra.initialize_config_module(CONFIG_MODULE, version_base="1.3"):
            configs = [hydra.compose(CONFIG_NAME, [*folders, *overrides]) for overrides in jobs]
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
