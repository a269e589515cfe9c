"""What a verb is: a class whose fields are its keys, and whose `run` does the work."""

from __future__ import annotations

import os
import shlex
import types
import typing
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from synthink.build import manifest as manifests
from synthink.build.estimate import Estimate
from synthink.build.manifest import MANIFEST
from synthink.cli.sweep_table import SUMMARY, Job, summary_table, typed_path
from synthink.core.left_out import left_out_lines
from synthink.errors import AssetError, ConfigError, SynthinkError
from synthink.files import user_path
from synthink.settings import Settings, field_types


@dataclass(frozen=True)
class FolderName:
    """Marks a key that names a folder, so that a shell completes it: `Annotated[str, FolderName()]`."""


Folder = Annotated[str, FolderName()]


@dataclass(frozen=True)
class Call:
    """The arguments of a verb besides its own keys.

    groups: each config group that the verb takes, with the fields of the option that was chosen (its `name` included).
    words: the overrides as they were typed; for a job of a sweep, those of the job.
    """

    groups: Mapping[str, Any] = field(default_factory=dict)
    words: Sequence[str] = ()


@dataclass(frozen=True)
class VerbResult:
    """The result of a verb.

    status: the command's exit status. score: the one by which a sweeper compares jobs. assets: the records of what the
    dataset's rows were drawn from, by field, which say what was left out. lines: what is printed at the end. headline:
    the same in short, for a job of a sweep, which has one line.
    """

    status: int = 0
    score: float | None = None
    assets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lines: Sequence[str] = ()
    headline: str = ""
    estimate: Estimate | None = None


class Verb(Settings):
    """A word after `synthink`. Its fields are its keys: their docstrings are the help, their types the checks."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """The verb's line in `synthink --help`."""
    positional: ClassVar[str | None] = None
    """The key whose value may stand alone, as in `synthink list fonts`."""
    groups: ClassVar[tuple[str, ...]] = ()
    """The config groups that the verb takes."""
    groups_are_plain: ClassVar[bool] = False
    """Whether words of the groups are read as keys are. Else Hydra composes the call of a verb with groups, which takes
    recipes, and `-m` sweeps it."""
    draws_if: ClassVar[str] = ""
    """The key that must be true for a generator's fields to be keys of the verb; empty where they always are."""
    takes_recipe_output: ClassVar[bool] = False
    """Whether `output` of a recipe (`experiment=...`), which names a dataset's folder, is meant for this verb."""
    sweep_output: ClassVar[str] = "runs/sweep"
    """The folder of a sweep for which no output is given."""
    sweep_example: ClassVar[str] = "seed=0,1,2"
    has_score: ClassVar[bool] = True
    """Whether its jobs have a score, by which a sweeper finds the best of them."""

    @classmethod
    def is_composed(cls) -> bool:
        """Whether Hydra composes the verb's call from its words."""
        return bool(cls.groups) and not cls.groups_are_plain

    def run(self, call: Call) -> VerbResult:
        """Do the work; the result says what came out. Raises a `SynthinkError` for what the user can mend."""
        raise NotImplementedError

    def report(self, call: Call) -> VerbResult:
        """Do the work, and close with what was left out, which all verbs say in the same words."""
        result = self.run(call)
        with suppress(BrokenPipeError):  # whoever has read enough still gets the status
            for line in (*result.lines, *left_out_lines(result.assets)):
                print(line)
        return result

    @classmethod
    def print_sweep(cls, root: Path, jobs: Sequence[Job]) -> None:
        """Print the table of a sweep, whose jobs lie in folders below `root`."""
        figures = {job.name: {} if job.score is None else {"score": f"{job.score:.4g}"} for job in jobs}
        print(*summary_table(root, jobs, figures), f"also in {typed_path(root / SUMMARY)}", sep="\n")

    @classmethod
    def key_default(cls, key: str) -> Any:
        """The default of a key."""
        return next(member.default for member in fields(cls) if member.name.removesuffix("_") == key)

    @classmethod
    def key_types(cls) -> dict[str, Any]:
        """Each key and its type. A field that would be a word of Python's own ends in an underscore: `from_`."""
        return {name.removesuffix("_"): hint for name, hint in field_types(cls).items()}

    @classmethod
    def required(cls) -> list[str]:
        """The keys that have no default."""
        return [member.name for member in fields(cls) if member.default is member.default_factory is MISSING]

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """The verb with the values of its keys; raises `ConfigError` for the first that cannot be used."""
        own = {name: values[name.removesuffix("_")] for name in field_types(cls) if name.removesuffix("_") in values}
        try:
            return cls.build(own)
        except ConfigError as error:
            raise ConfigError(error.field.removesuffix("_"), error.value, error.reason) from None

    def command(self, call: Call, changed: Mapping[str, str] = MappingProxyType({})) -> str:
        """The command line that was typed, for reports. changed: keys that have other values in it, or are added."""
        words = [word for word in call.words if word.partition("=")[0].lstrip("+") not in changed]
        return shlex.join(["synthink", self.name, *words, *(f"{key}={value}" for key, value in changed.items())])


def with_positional(verb: type[Verb], words: Sequence[str]) -> list[str]:
    """The words with the key before the value that stands alone: `preview data/x` is `preview dataset=data/x`.

    A value with an equals sign in it (`verify sweep/000-seed=1`) is one where a file or folder of that name is there.
    """
    if verb.positional is None:
        return list(words)
    keys = {*verb.key_types(), *verb.groups}
    return [
        f"{verb.positional}={word}"
        if "=" not in word or (word.lstrip("+~").split("=")[0].split(".")[0] not in keys and user_path(word).exists())
        else word
        for word in words
    ]


def names_folder(hint: Any) -> bool:
    """Whether a key of this type names a folder: `Folder`, or `Folder | None`."""
    options = [hint, *(typing.get_args(hint) if _is_union(hint) else ())]
    return any(FolderName() in getattr(option, "__metadata__", ()) for option in options)


def is_text(hint: Any) -> bool:
    """Whether a key of this type holds text or one of several words, or nothing."""
    return all(typing.get_origin(option) is Literal or option in (str, type(None)) for option in type_options(hint))


def takes_text(hint: Any) -> bool:
    """Whether a key of this type holds any text, or nothing, or a list: a path, a licence, prompts, several sources."""
    kinds = [typing.get_origin(option) or option for option in type_options(hint)]
    return (holds_text(hint) or lists_texts(hint)) and set(kinds) <= {str, type(None), tuple, list}


def holds_text(hint: Any) -> bool:
    """Whether a key of this type may hold any text that is no list."""
    return str in type_options(hint)


def lists_texts(hint: Any) -> bool:
    """Whether a key of this type may hold a list of any texts."""
    lists = [typing.get_args(option) for option in type_options(hint) if typing.get_origin(option) is tuple]
    return any(type_options(item) == [str] for items in lists for item in items[:1])


def type_options(hint: Any) -> list[Any]:
    """The types that a value may have, `Annotated` taken off."""
    if typing.get_origin(hint) is Annotated:
        return type_options(typing.get_args(hint)[0])
    if _is_union(hint):
        return [inner for option in typing.get_args(hint) for inner in type_options(option)]
    return [hint]


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def shell_word(key: str, value: object) -> str:
    """`key=value` as a shell takes it, for a command that we propose; what cannot be seen as escapes of bash."""
    word = f"{key}={value}"
    if word.isprintable():
        return shlex.quote(word)
    plain = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in os.fsencode(word)
    )
    return f"$'{plain}'"


def existing_folder(path: str) -> Path:
    """The folder of that name; raises `AssetError` when there is none."""
    folder = user_path(path)
    if not folder.is_dir():
        raise AssetError(f"{folder}: no such folder")
    return folder.resolve()


def sweep_folders(folder: Path) -> dict[str, Path]:
    """Name -> folder of the datasets of a sweep, which lie in a folder that is no dataset itself; none where it is."""
    if (folder / MANIFEST).exists():
        return {}
    paths = [*folder.glob(f"*/{MANIFEST}"), *folder.glob(f"*/*/{MANIFEST}")]
    return {path.parent.relative_to(folder).as_posix(): path.parent for path in sorted(paths)}


def assets_of(datasets: Mapping[str, Path]) -> dict[str, Any]:
    """Field -> record of what the rows of datasets were drawn from, as far as their manifests can be read."""
    assets: dict[str, Any] = {}
    for name, folder in datasets.items():
        with suppress(SynthinkError):
            records = manifests.load(folder).identity["assets"]
            assets |= {f"{name}: {field}" if name else field: record for field, record in records.items()}
    return assets
