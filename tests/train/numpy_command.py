"""The command with one more generator, `patches`, and with a numpy learner in place of big_vision."""

from __future__ import annotations

from pytest import MonkeyPatch

from synthink.cli.main import main
from tests.train.numpy_learner import use
from tests.train.patches import Patches

if __name__ == "__main__":
    assert Patches.name == "patches"
    use(MonkeyPatch())
    main()
