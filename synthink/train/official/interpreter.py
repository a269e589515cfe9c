"""The interpreter and the checkout that big_vision's trainer runs with, looked at before anything is written."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from synthink.train.bigvision.importing import WHERE
from synthink.train.learner import TrainError

PACKAGES = {
    "tensorflow": "tensorflow",
    "clu": "clu",
    "overrides": "overrides",
    "jax": "jax",
    "flax": "flax",
    "optax": "optax",
    "orbax": "orbax-checkpoint",
    "ml_collections": "ml_collections",
    "einops": "einops",
    "absl": "absl-py",
    "scipy": "scipy",
    "sentencepiece": "sentencepiece",
}
"""What is imported, and what it is called on the package index."""
TRAINER = Path("big_vision", "trainers", "proj", "paligemma", "train.py")
_PROBE = """
import importlib.util, sys
print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))
"""


def checkout(given: str | None) -> Path:
    """The folder of a checkout of big_vision: the one given, or the one that can be imported here."""
    if given is not None:
        folder = Path(given).expanduser().resolve()
        if not (folder / TRAINER).is_file():
            raise TrainError(f"trainer.big_vision={given}: holds no big_vision; {WHERE}")
        return folder
    spec = importlib.util.find_spec("big_vision")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place).resolve().parent
        if (folder / TRAINER).is_file():
            return folder
    raise TrainError(f"big_vision is not installed: {WHERE}")


def interpreter(given: str | None) -> str:
    """The path of an interpreter that has all packages; `TrainError` says what to type where some are missing."""
    python = given or sys.executable
    if os.sep in python:  # made absolute, and no further: a link is how an environment knows itself
        python = os.path.abspath(os.path.expanduser(python))  # noqa: PTH100, PTH111
    try:
        asked = subprocess.run(
            [python, "-c", _PROBE, *PACKAGES],
            env=environment(),  # the same folders that the trainer will see
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TrainError(f"trainer.python={python}: cannot be run: {error}") from None
    if asked.returncode:
        raise TrainError(f"trainer.python={python}: is no Python: {(asked.stderr.strip() or 'no message')[-200:]}")
    if missing := asked.stdout.split():
        wanted = " ".join(PACKAGES[name] for name in missing)
        told = f"big_vision's own trainer needs {', '.join(missing)}, which {python} does not have"
        raise TrainError(f"{told}: {python} -m pip install {wanted} (or name another one, trainer.python=PATH)")
    return python


def environment(big_vision: Path | None = None, precision: str = "auto") -> dict[str, str]:
    """The child's environment: ours, with big_vision first on its path, and TensorFlow quiet.

    precision: `trainer.precision`; big_vision's activations are float32 always, so it is said of products of matrices.
    """
    found = dict(os.environ)
    # Absolute: the child's working folder is another one.
    folders = [str(Path(folder).resolve()) for folder in found.get("PYTHONPATH", "").split(os.pathsep) if folder]
    found["PYTHONPATH"] = os.pathsep.join([str(big_vision), *folders] if big_vision else folders)
    found.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if precision != "auto":
        found["JAX_DEFAULT_MATMUL_PRECISION"] = {"bfloat16": "BF16_BF16_F32", "float32": "float32"}[precision]
    return found
