"""big_vision's trainer with what it needs to run today: the process that `launch.py` starts.

    python -m synthink.train.official.child --config config.py --workdir workdir [--export checkpoint.npz]

big_vision itself stays as it is. Mended from outside, before its `main` runs: a barrier written with a class that jax
has removed; metrics written under the next step's number; weights in bfloat16, which would make optimiser and updates
bfloat16 too, so that most steps change nothing; models of other sizes; an order of rows that was never the same twice.

Nothing of synthink is imported here: the interpreter that has TensorFlow need not have it.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import threading
from pathlib import Path
from typing import Any

LAST = "checkpoint.bv-LAST"
PARENT_GONE = 143


def main() -> None:
    """Take our own flags off the command line, mend, and hand the rest to big_vision."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--export", help="an npz file: the weights after the last step")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    own, others = parser.parse_known_args()
    here = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != here]  # its names are common ones
    if own.with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()

    import big_vision.trainers.proj.paligemma.train as official
    from absl import app

    _mend_sync()
    _mend_metrics()
    _mend_load()
    _refuse_frozen()
    app.run(functools.partial(_run, official, own.export), argv=[sys.argv[0], *others])


def _run(official: Any, export: str | None, argv: list[str]) -> None:
    from absl import flags

    config, workdir = flags.FLAGS.config, flags.FLAGS.workdir
    if "gemma" in config:
        _teach(config.model.llm.variant, config.gemma.like, config.gemma.measures.to_dict())
    _repeatable(config.get("seed", 0), workdir)
    official.main(argv)
    if export:
        _export(workdir, Path(export))


def _end_with_parent() -> None:
    """A pipe ends with the process that holds its other end, however that one ended."""
    while os.read(0, 1):
        pass
    os._exit(PARENT_GONE)


def _mend_sync() -> None:
    """jax 0.7 has removed `PositionalSharding`, with which big_vision waits for its other hosts."""
    import big_vision.utils as u
    import jax
    from jax.experimental import multihost_utils

    def sync() -> None:
        with jax.transfer_guard("allow"):
            multihost_utils.sync_global_devices("big_vision")

    if not hasattr(jax.sharding, "PositionalSharding"):
        u.sync = sync


def _mend_metrics() -> None:
    """A line of metrics is written by a thread that looks up the step's number when it comes to it, often in the next
    step: wait for it."""
    import big_vision.utils as u

    step_end = u.BigVisionMetricWriter.step_end

    def step_end_written(self: Any) -> None:
        step_end(self)
        if getattr(self, "fname", None):
            self.pool.apply(lambda: None)

    u.BigVisionMetricWriter.step_end = step_end_written


def _mend_load() -> None:
    """Weights become float32 whatever the file has."""
    import jax
    import numpy as np
    from big_vision.models.proj.paligemma import paligemma

    load = paligemma.load

    def load_float32(*given: Any, **named: Any) -> Any:
        def widened(value: Any) -> Any:
            return value if isinstance(value, jax.ShapeDtypeStruct) else np.asarray(value, np.float32)

        return jax.tree.map(widened, load(*given, **named))

    paligemma.load = load_float32


def _refuse_frozen() -> None:
    """A pattern that meets no parameter would freeze them all, and the run would learn nothing without a word."""
    import re

    import big_vision.optax as bv_optax
    import big_vision.utils as u

    make = bv_optax.make

    def make_checked(config: Any, params: Any, **named: Any) -> Any:
        names = [name for name, _ in u.tree_flatten_with_names(params)[0]]
        patterns = [pattern for pattern, rate in config.schedule if rate is not None]
        if not any(re.fullmatch(pattern, name) for pattern in patterns for name in names):
            raise ValueError(f"no parameter learns: none has a name like {patterns}; they are like {names[:3]}")
        return make(config, params, **named)

    bv_optax.make = make_checked


def _teach(name: str, like: str, measures: dict[str, int]) -> None:
    """Give big_vision's Gemma a variant of other measures."""
    from big_vision.models.ppp import gemma

    get_config = gemma.get_config

    def with_ours(variant: str) -> Any:
        if variant != name:
            return get_config(variant)
        config = get_config(like)
        config.update({"variant": name, **measures})
        return config

    gemma.get_config = with_ours


def _repeatable(seed: int, workdir: str | None) -> None:
    """Rows come in an order that depends on the seed and on the step from which the run goes on."""
    import numpy as np
    import tensorflow as tf

    last = Path(workdir or ".") / LAST
    step = int(last.read_text().strip().removesuffix("-tmp")) if workdir and last.exists() else 0
    np.random.seed([seed, step])
    tf.random.set_seed(int(np.random.randint(1 << 31)))


def _export(workdir: str, path: Path) -> None:
    """Write the last checkpoint's parameters under their names with slashes, as big_vision's `load_params` reads."""
    import big_vision.utils as u
    import jax
    import numpy as np

    with jax.transfer_guard("allow"):
        params = u.load_params(str(Path(workdir).resolve() / "checkpoint.bv"))
        named: dict[str, Any] = {
            name: np.asarray(value) for name, value in u.tree_flatten_with_names({"params": params})[0]
        }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, **named)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
