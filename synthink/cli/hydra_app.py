"""Hydra: one composed config for a plain run, its own machinery (sweepers, launchers, flags) for everything else."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from synthink.cli.overrides import draws, plain_config, prepare, register
from synthink.errors import ConfigError, OutputError, SynthinkError

SUMMARY = "summary.csv"
SWEEPS = {"generate": "data/sweep", **dict.fromkeys(("train", "evaluate", "validate"), "runs/sweep")}
"""Where a sweep goes unless told otherwise."""


def compose(overrides: Sequence[str], verb: str = "generate") -> dict[str, Any]:
    """The config that the overrides ask for, as plain values. `SynthinkError` in one line when there is none."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    register()
    prepared = [quoted(override) for override in prepare([*_own_output(overrides, verb), *overrides], verb=verb)]
    try:
        with hydra.initialize_config_module("synthink.conf", version_base="1.3"):
            return plain_config(hydra.compose("config", prepared))
    except (HydraException, OmegaConfBaseException) as error:
        raise SynthinkError(_one_line(error)) from None


def _own_output(overrides: Sequence[str], verb: str) -> list[str]:
    """The verbs that train choose their own folder unless one is named; config.yaml's is that of a dataset."""
    named = any(override.startswith("output=") for override in overrides)
    return ["output=null"] if verb != "generate" and not named else []


def quoted(override: str) -> str:
    """The override with its value in quotes where Hydra's grammar would stumble over it: `from=sweep/000-seed=1`."""
    key, _, value = override.partition("=")
    plain = not re.search(r"[=()]", value) or re.match(r"[\[{'\"]|[a-z_]+\(|.*\$\{", value)
    return override if plain else f"{key}='{value.replace(chr(39), chr(92) + chr(39))}'"


def _one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ and str(error.__cause__) else ""
    override = getattr(error, "override", None)
    if override:
        lines = [f"{override}: {lines[0]}" if lines else override]
    return " ".join([*lines[:4], *([cause] if cause and cause not in lines else [])])


def multirun(arguments: list[str], verb: str = "generate") -> int:
    """Run Hydra itself with the arguments as they stand; after a sweep, write and print a table of its jobs."""
    import hydra
    from hydra._internal.utils import get_args_parser

    register()
    # Hydra's own parser knows which flags take a value.
    given = get_args_parser().parse_args(arguments)
    flags = [argument for argument in arguments if argument not in given.overrides]
    output = _sweep_output(given.overrides, verb) if given.multirun else None
    added = [f"output={output}"] if output == SWEEPS[verb] else _own_output(given.overrides, verb)
    prepared = prepare([*given.overrides, *added], bool(given.config_dir), verb)
    sys.argv = [f"synthink {verb}", *flags, *map(quoted, prepared)]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come out as they are; the command prints one line
    if given.multirun and not (given.config_dir or given.config_path or given.config_name):
        _check_jobs([*map(quoted, prepared)], verb)
    task = partial(job, verb=verb)
    task.__module__ = __name__  # Hydra looks for where the function is from
    run = hydra.main(version_base="1.3", config_path="pkg://synthink.conf", config_name="config")(task)
    try:
        run()
    except SynthinkError:
        if output is not None and verb == "generate":
            with suppress(OutputError):  # no job was finished
                print(summary(Path(output).expanduser()))
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("hydra", "omegaconf"):
            raise SynthinkError(_one_line(error)) from None
        raise
    if output is not None:
        print(_told(Path(output).expanduser(), verb))
    return 0


def _check_jobs(overrides: Sequence[str], verb: str) -> None:
    """Refuse a sweep of which a job asks for a generator that cannot be: before the first job, which may take hours."""
    import hydra
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    from synthink.core.dataset import as_shares, make_generator
    from synthink.core.source import Source

    # What another sweeper will choose, or what a search path holds, is not known here.
    unknown = ("hydra/sweeper", "hydra.sweeper", "hydra.searchpath")
    if not draws(verb, overrides) or any(each.lstrip("+").startswith(unknown) for each in overrides):
        return
    try:
        jobs = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(list(overrides)), None)[0]
        with hydra.initialize_config_module("synthink.conf", version_base="1.3"):
            configs = [plain_config(hydra.compose("config", each)) for each in jobs]
    except (HydraException, OmegaConfBaseException):
        return  # Hydra says so itself
    for config in configs:
        fields, splits = config["generator"], config["splits"]
        Source(make_generator(fields.pop("name"), fields), config["seed"], as_shares(splits["shares"]), splits["seed"])


def _told(output: Path, verb: str) -> str:
    """What a sweep came to."""
    if verb == "generate":
        return summary(output)
    if verb == "validate":
        from synthink.evaluate.report.sweep import sweep_summary

        return str(sweep_summary(output))
    return f"{output}: done"


def _sweep_output(overrides: Sequence[str], verb: str) -> str:
    """The one folder of a sweep, with a folder a job below it."""
    found = [override.partition("=")[2] for override in overrides if override.startswith("output=")]
    if found and "," in found[-1]:
        raise ConfigError("output", found[-1], "a sweep has one output; each job gets a folder below it")
    return found[-1] if found else SWEEPS[verb]


def job(config: Any, verb: str = "generate") -> float | None:
    """One job of Hydra's; in a sweep it has a folder of its own below `output`. The score of what was validated."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    hydra_config = HydraConfig.get()
    plain = plain_config(config)
    if hydra_config.mode == RunMode.MULTIRUN:
        plain["output"] = str(Path(plain["output"]) / job_name(hydra_config.job.num, hydra_config.overrides.task))
    if verb == "generate":
        from synthink.cli.verbs.commands import generate_from

        generate_from(plain)
        return None
    from synthink.cli.train_verbs import RUN

    return RUN[verb]({**plain, "overrides": list(hydra_config.overrides.task)})


def job_name(number: int, overrides: Sequence[str]) -> str:
    """A folder name that says what a job changed: `003-ink_width_px=1.5,1.5`."""
    told = [override for override in overrides if not override.startswith(("output=", "splits.", "executor"))]
    text = "-".join(override.removeprefix("generator.") for override in told)
    return f"{number:03d}-{re.sub(r'[^A-Za-z0-9._=,+-]+', '', text)[:80]}".rstrip("-.")


def summary(output: Path) -> str:
    """The table of a sweep's finished jobs; also written to `output/summary.csv`."""
    from synthink.build import manifest
    from synthink.files import write_whole

    rows: list[list[str]] = []
    for folder in sorted(path.parent for path in output.glob(f"*/{manifest.MANIFEST}")):
        found = manifest.load(folder)
        splits: Mapping[str, int] = found.identity["splits"]
        size = sum(shard.bytes for shard in found.shards)
        identity = found.identity
        count = sum(splits.values())
        rows.append([folder.name, identity["generator"], str(identity["seed"]), str(count), str(size)])
    if not rows:
        raise OutputError(f"{output}: the sweep finished no job")
    table = [["job", "generator", "seed", "rows", "bytes"], *rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    write_whole(output / SUMMARY, text.getvalue().encode())
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([*lines, f"also in {output / SUMMARY}"])
