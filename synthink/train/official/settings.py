"""The fields of `trainer=big_vision_official`."""

from __future__ import annotations

from synthink.errors import ConfigError
from synthink.train.settings import BigVision, Trainer

NOT_THERE = {"accumulate": 1, "seconds": None, "stop_at": None, "stream": False}
"""Fields that big_vision's trainer has no counterpart of, and the value at which they ask for nothing."""


class BigVisionOfficial(Trainer):
    """big_vision's own trainer in a process of its own.

    It computes in float32, which accelerators round as they please unless `precision` is given; it reads rows in an
    order of its own, the same for the same seed; it keeps the last checkpoint only, whatever `keep` says.
    """

    name = "big_vision_official"

    big_vision: str | None = None
    """A checkout of github.com/google-research/big_vision; None: the one on PYTHONPATH."""
    python: str | None = None
    """An interpreter that has TensorFlow, clu and overrides beside jax; None: this one."""

    def check(self) -> None:
        for field, nothing in NOT_THERE.items():
            if (value := getattr(self, field)) != nothing:
                raise ConfigError(field, value, "big_vision's own trainer cannot do this; trainer=big_vision can")
        if self.warmup >= 1:
            raise ConfigError("warmup", self.warmup, "must be less than 1: big_vision wants steps after it")

    def in_process(self) -> BigVision:
        """The backend that opens the weights of such a run in this process, without TensorFlow."""
        return BigVision.build({name: value for name, value in self.plain().items() if name != "python"})
