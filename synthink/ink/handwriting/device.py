"""What a pen's movement is recorded with."""

from __future__ import annotations

from typing import Annotated

from synthink.errors import ConfigError
from synthink.settings import Between, Settings


class Device(Settings):
    """A digitiser, which records the pen.

    The default is a good tablet. `WHITEBOARD` has the clock of the recorder behind IAM-OnDB: intervals of 10 and 20 ms
    with a mean of 15.1, which do not go with the distance between points. So places are even in time and stamps are
    not, which raises what lies above 10 Hz from 1.9 % of a line's height to 2.5; real lines have 2.2 in the median.
    Averages of three places bring it near that. See benchmarks/realism.py.
    """

    rate_hz: Annotated[float, Between(50, 1000)] = 100.0
    """The number of points a second."""
    jitter: Annotated[float, Between(0, 0.4)] = 0.0
    """The greatest error of a point's time stamp, as a share of the interval between points."""
    clock_ms: Annotated[float, Between(0.01, 10)] = 0.1
    """The step of the clock in milliseconds, to which times are rounded."""
    noise: Annotated[float, Between(0, 0.2)] = 0.001
    """The standard deviation of x and of y, in x-heights."""
    smoothing: Annotated[int, Between(1, 9)] = 1
    """The number of points, an odd one, over which the driver averages each place."""

    def check(self) -> None:
        if self.smoothing % 2 == 0:
            raise ConfigError("smoothing", self.smoothing, "must be an odd number of points")
        least = 1000.0 / self.rate_hz * (1 - 2 * self.jitter)
        if self.clock_ms > least:
            raise ConfigError(
                "clock_ms", self.clock_ms, f"must be at most {least:g}, the least interval, or times stall"
            )


TABLET = Device()
WHITEBOARD = Device(rate_hz=66.2, jitter=0.15, clock_ms=10.0, noise=0.006, smoothing=3)
