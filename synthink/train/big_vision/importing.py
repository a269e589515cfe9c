"""big_vision as it stands in a checkout, imported without TensorFlow.

Of the modules used here only `big_vision.utils` asks for TensorFlow, for its file functions. A stand-in made of the
standard library lies in `sys.modules` while that one module is imported, and is gone afterwards: others, flax among
them, go on seeing that there is no TensorFlow.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import sys
import types
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from synthink.errors import ModelError
from synthink.files import user_path

WHERE = "git clone https://github.com/google-research/big_vision, then PYTHONPATH=big_vision or trainer.big_vision=PATH"
INSTALL = "pip install 'synthink[train]'"
MEMORY = ("XLA_CLIENT_MEM_FRACTION", "XLA_PYTHON_CLIENT_MEM_FRACTION")  # jax's names, the older one last
SHARE = "0.92"
PACKAGES = ("jax", "flax", "optax", "orbax.checkpoint", "ml_collections", "einops", "absl", "scipy", "sentencepiece")


@dataclass(frozen=True)
class BigVisionModules:
    """The modules of big_vision that are used, by their last names."""

    gemma: Any
    paligemma: Any
    predict_fns: Any
    sharding: Any
    utils: Any


@cache
def big_vision(checkout: str | None = None) -> BigVisionModules:
    """Import big_vision. `ModelError` says what to type when it, or a package that it needs, is missing."""
    if not any(os.environ.get(name) for name in MEMORY):
        os.environ[MEMORY[-1]] = SHARE  # of an accelerator's memory; jax would take three quarters
    for package in PACKAGES:
        if not _is_installed(package):
            raise ModelError(f"trainer=big_vision needs the package {package.partition('.')[0]}: {INSTALL}")
    if checkout is not None:
        folder = Path(os.path.realpath(user_path(checkout)))
        if not (folder / "big_vision" / "utils.py").is_file():
            raise ModelError(f"trainer.big_vision={checkout}: holds no big_vision; {WHERE}")
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    if not _is_installed("big_vision"):
        raise ModelError(f"big_vision is not installed: {WHERE}")
    try:
        utils = _utils()
        return BigVisionModules(
            gemma=importlib.import_module("big_vision.models.ppp.gemma"),
            paligemma=importlib.import_module("big_vision.models.proj.paligemma.paligemma"),
            predict_fns=importlib.import_module("big_vision.trainers.proj.paligemma.predict_fns"),
            sharding=importlib.import_module("big_vision.sharding"),
            utils=utils,
        )
    except ImportError as error:
        raise ModelError(f"big_vision cannot be imported: {error}; {WHERE}") from None


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _utils() -> Any:
    if "big_vision.utils" in sys.modules or _is_installed("tensorflow"):
        return importlib.import_module("big_vision.utils")
    _flax_io()
    gfile, parent, root = (types.ModuleType(name) for name in ("tensorflow.io.gfile", "tensorflow.io", "tensorflow"))
    vars(gfile).update(_file_functions())
    vars(parent).update(gfile=gfile, __path__=[])
    vars(root).update(io=parent, __path__=[])
    names = {module.__name__: module for module in (gfile, parent, root)}
    sys.modules.update(names)
    try:
        return importlib.import_module("big_vision.utils")
    finally:
        for name in names:
            sys.modules.pop(name, None)


def _flax_io() -> None:
    """flax decides for itself, before the stand-in is there, that there is no TensorFlow; it need not say so."""
    from absl import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        importlib.import_module("flax.io")
    finally:
        logging.set_verbosity(before)


def _file_functions() -> dict[str, Any]:
    """The functions of `tensorflow.io.gfile` that big_vision calls, for local files."""

    def rename(source: str, target: str, overwrite: bool = False) -> None:
        if Path(target).exists() and not overwrite:
            raise FileExistsError(target)
        Path(source).replace(target)

    def rmtree(path: str) -> None:
        shutil.rmtree(path) if Path(path).is_dir() else Path(path).unlink()

    return {
        "GFile": lambda name, mode="r": Path(name).open(mode),
        "exists": lambda path: Path(path).exists(),
        "isdir": lambda path: Path(path).is_dir(),
        "listdir": lambda path: [entry.name for entry in Path(path).iterdir()],
        "makedirs": lambda path: Path(path).mkdir(parents=True, exist_ok=True),
        "remove": lambda path: Path(path).unlink(),
        "rename": rename,
        "rmtree": rmtree,
    }
