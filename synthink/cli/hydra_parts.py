"""What is looked for before Hydra runs: launchers and sweepers, own config files, and what a recipe says to Hydra."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from synthink.cli.overrides import known_options
from synthink.cli.words import Word, read_words
from synthink.errors import ConfigError
from synthink.files import user_path

PLUGINS = {
    "joblib": "hydra-joblib-launcher",
    "submitit_local": "hydra-submitit-launcher",
    "submitit_slurm": "hydra-submitit-launcher",
    "ray": "hydra-ray-launcher",
    "rq": "hydra-rq-launcher",
    "optuna": "hydra-optuna-sweeper",
    "ax": "hydra-ax-sweeper",
    "nevergrad": "hydra-nevergrad-sweeper",
}
"""Launchers and sweepers of Hydra's, and the packages that bring them along."""


HYDRAS_SWEEPER = "basic"
OPTIMISERS = ("optuna", "ax", "nevergrad")
"""Sweepers that look for the best job, by its score."""


def check_plugin(word: Word) -> None:
    """Raise `ConfigError` with the package where a launcher or a sweeper is known and not installed."""
    package = PLUGINS.get(str(word.value)) if word.key in ("hydra/launcher", "hydra/sweeper") else None
    if package is not None and not list(distributions(name=package)):
        raise ConfigError(word.key, word.value, f"is not installed; pip install {package}")


def check_own_recipe(word: Word, folder: str | None) -> None:
    """Raise `ConfigError` for a recipe in a folder of the user's own that would set nothing."""
    if folder is None or word.key != "experiment" or word.pattern or word.is_empty:
        return
    for option in known_options(word):
        file = user_path(folder) / word.key / f"{option}.yaml"
        if file.is_file() and not _is_global(file):
            reason = f"{file} would set nothing; its first line must be `# @package _global_`"
            raise ConfigError(word.key, option, reason)


def reject_ignored_folders(node: Any) -> None:
    """Raise `ConfigError` for folders of Hydra's that nothing would be written to. node: the config `hydra`."""
    folders = OmegaConf.to_container(OmegaConf.create({"run": node.run, "sweep": node.sweep}), resolve=False)
    assert isinstance(folders, dict)
    if folders["run"]["dir"] != ".":
        reason = "no output goes there; say where with output="
        raise ConfigError("hydra.run.dir", folders["run"]["dir"], reason)
    if folders["sweep"]["subdir"] != ".":
        reason = "names no job's folder; a pattern does, as in 'output=data/sweep/${seed}'"
        raise ConfigError("hydra.sweep.subdir", folders["sweep"]["subdir"], reason)


def sweep_words(node: Any, typed: Sequence[Word]) -> list[Word]:
    """The words over which a recipe sweeps by itself (`hydra.sweeper.params`), but for those that are typed, too.

    node: the config `hydra`, of Hydra's own sweeper; others read them themselves.
    """
    params = OmegaConf.to_container(node.sweeper.params or OmegaConf.create({}), resolve=False)
    if not isinstance(params, dict) or any(isinstance(value, dict | list) for value in params.values()):
        raise ConfigError("hydra.sweeper.params", params, "must be texts by key, as in {seed: '1,2'}")
    keys = {word.key.removeprefix("generator.") for word in typed}
    words = read_words([f"{key!s}={'null' if value is None else value}" for key, value in params.items()])
    return [word for word in words if word.key.removeprefix("generator.") not in keys]


def _is_global(file: Path) -> bool:
    """Whether the comments at the top of a config file say that its keys are those of the command."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    head = itertools.takewhile(lambda line: not line.strip() or line.startswith("#"), lines)
    return any(re.match(r"#\s*@package\s+_global_\s*$", line) for line in head)
