"""What a pen's movement is recorded with."""

from __future__ import annotations

from typing import Annotated

from synthink.settings import Between, Settings


class Device(Settings):
    """A digitiser. rate_hz: points a second; jitter: the greatest shift of a point's time, as a share of the interval;
    clock_ms: times are rounded to it; noise: deviation of x and y, in x-heights.

    The default is a good tablet. `WHITEBOARD` has the figures of the recorder behind IAM-OnDB: intervals of 10 and
    20 ms with a mean of 15.1, and 2 % of a line's height of residual above 10 Hz.
    """

    rate_hz: Annotated[float, Between(50, 1000)] = 100.0
    jitter: Annotated[float, Between(0, 0.4)] = 0.0
    clock_ms: Annotated[float, Between(0.01, 10)] = 0.1
    noise: Annotated[float, Between(0, 0.2)] = 0.004


TABLET = Device()
WHITEBOARD = Device(rate_hz=66.2, jitter=0.1, clock_ms=10.0, noise=0.005)
