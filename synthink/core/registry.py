"""Generators by name. Ours and others' come in by the same door: an entry point in `synthink.generators`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from synthink import plugins
from synthink.core.code_file import CodeFile, code_of, is_loaded, load_module, names_code_file, split_name
from synthink.core.generator import Generator
from synthink.errors import AssetError, ConfigError, SynthinkError, did_you_mean, quoted
from synthink.plugins import GENERATORS, ORACLES


@dataclass(frozen=True)
class Entry:
    """One line of `synthink list`."""

    name: str
    package: str
    summary: str


def generator_names() -> list[str]:
    """All installed generators and those defined in this process."""
    return sorted({*plugins.names(GENERATORS), *_defined()})


def is_installed(name: str) -> bool:
    """Whether a package brings a generator of that name along."""
    return name in plugins.names(GENERATORS)


def find_generator(name: str) -> type[Generator]:
    """The class behind a name; `ConfigError` with the nearest names when there is none."""
    if is_installed(name):
        cls = plugins.load(GENERATORS, name)
        if not (isinstance(cls, type) and issubclass(cls, Generator)):
            raise SynthinkError(f"generator {quoted(name)}: {quoted(cls)} is not a subclass of synthink.Generator")
        return cls
    if name in _defined():
        return _defined()[name]
    raise ConfigError("generator", name, f"no such generator; {did_you_mean(name, generator_names())}")


def typed_generator(name: str) -> type[Generator]:
    """The class behind what a user typed: the name of a generator, or a class in a Python file (`my_file.py:MyTask`),
    which is run. Raises `ConfigError` or `AssetError`."""
    return load_generator(name) if names_code_file(name) else find_generator(name)


def load_generator(name: str) -> type[Generator]:
    """The class of `my_file.py:MyTask`, or the only generator of `my_file.py`; runs the file."""
    file, class_name = split_name(name)
    module = load_module(file)
    own = [cls for cls in vars(module).values() if _is_generator(cls) and cls.__module__ == module.__name__]
    names = [cls.__name__ for cls in own]
    if class_name is None and len(own) != 1:
        reason = f"say which class: {' or '.join(f'{file}:{one}' for one in names)}" if own else "defines no generator"
        raise ConfigError("generator", name, reason)
    cls = own[0] if class_name is None else getattr(module, class_name, None)
    if not _is_generator(cls):
        raise ConfigError("generator", name, f"no such generator in the file; {did_you_mean(str(class_name), names)}")
    if is_installed(cls.name):
        raise ConfigError("generator", name, f"a generator called {cls.name} is installed; give the class another name")
    return cls


def code_files(*generators: Generator) -> dict[str, CodeFile]:
    """Name -> the Python file of each generator that draws rows and is not installed, as far as it stands in one."""
    drawing = [one for generator in generators for one in generator.drawing_generators()]
    classes = {type(one) for one in drawing if not is_installed(one.name)}
    return {cls.name: code for cls in sorted(classes, key=lambda cls: cls.name) if (code := code_of(cls)) is not None}


def defined_generator(name: str, code: CodeFile) -> type[Generator] | None:
    """The class that a manifest names with its file, when it is there without running anything: that file was loaded
    in this process, from wherever, or a script has defined a class of that name itself."""
    alike = [cls for cls in _classes() if cls.name == name]
    same = (cls for cls in alike if (file := code_of(cls)) is not None and replace(file, file=code.file) == code)
    return next(same, None) or next((cls for cls in alike if not is_loaded(cls)), None)


def recorded_generator(name: str, code: CodeFile) -> type[Generator]:
    """The class that a manifest names with its file, which is run. Raises `AssetError` where it is not here, or is
    another one by now."""
    cls = getattr(load_module(code.file, code.sha256, code.helpers), code.name, None)
    if not _is_generator(cls) or cls.name != name:
        raise AssetError(f"{code.file}: {code.name} is not the generator {quoted(name)}")
    return cls


def find_oracle(name: str) -> Any | None:
    """The oracle that checks labels of a generator's datasets, or None when it has none."""
    return plugins.load(ORACLES, name) if name in plugins.names(ORACLES) else None


def installed() -> list[Entry]:
    """Every generator with where it comes from and its one line."""
    entries = []
    for name in generator_names():
        try:
            cls = find_generator(name)
            summary = cls.summary()
        except SynthinkError as error:
            summary = f"unusable: {error}"
        package = plugins.package(GENERATORS, name) if is_installed(name) else "this process"
        entries.append(Entry(name, package, summary))
    return entries


def _defined() -> dict[str, type[Generator]]:
    """Generators that a script defines without installing them; the last of a name counts."""
    return {cls.name: cls for cls in _classes()}


def _classes() -> Iterator[type[Generator]]:
    """The classes of this process that are no part of synthink, those that were defined first at the beginning."""
    for cls in _below(Generator):
        if not cls.__name__.startswith("_") and not cls.__module__.startswith("synthink."):
            yield cls


def _below(parent: type[Generator]) -> Iterator[type[Generator]]:
    for cls in parent.__subclasses__():
        yield cls
        yield from _below(cls)


def _is_generator(cls: Any) -> TypeGuard[type[Generator]]:
    return isinstance(cls, type) and issubclass(cls, Generator) and cls is not Generator
