"""Parts of Hydra's and of the user's that are looked for before Hydra runs: launchers, sweepers, own config files."""

from __future__ import annotations

import itertools
import re
from importlib.metadata import distributions
from pathlib import Path

from synthink.cli.groups import GROUPS, options
from synthink.cli.overrides import known_options
from synthink.cli.words import Word
from synthink.errors import ConfigError, did_you_mean

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


def check_plugin(word: Word) -> None:
    """Raise `ConfigError` with the package where a launcher or a sweeper is known and not installed."""
    package = PLUGINS.get(str(word.value)) if word.key in ("hydra/launcher", "hydra/sweeper") else None
    if package is not None and not list(distributions(name=package)):
        raise ConfigError(word.key, word.value, f"is not installed; pip install {package}")


def check_own_option(word: Word, folder: str | None) -> None:
    """Raise `ConfigError` with the nearest names for an option that neither we nor a folder of the user's have."""
    if folder is None or word.key not in GROUPS or word.key == "generator" or word.pattern or word.is_empty:
        return
    known = [*options(word.key), *(path.stem for path in Path(folder, word.key).glob("*.yaml"))]
    for option in known_options(word):
        if option not in known:
            raise ConfigError(word.key, option, f"no such {word.key}; {did_you_mean(option, known)}")
        file = Path(folder, word.key, f"{option}.yaml")
        if word.key == "experiment" and file.is_file() and not _is_global(file):
            reason = f"{file} would set nothing; its first line must be `# @package _global_`"
            raise ConfigError(word.key, option, reason)


def _is_global(file: Path) -> bool:
    """Whether the comments at the top of a config file say that its keys are those of the command."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    head = itertools.takewhile(lambda line: not line.strip() or line.startswith("#"), lines)
    return any(re.match(r"#\s*@package\s+_global_\s*$", line) for line in head)
