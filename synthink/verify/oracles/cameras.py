"""What the settings of a generator's camera say of its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synthink.verify.oracle import Finding

FAR_BENT = "the camera bends or blurs the page more than was measured"

MOST_TILT_DEG, MOST_PERSPECTIVE, MOST_BLUR_PX, MOST_DOWNSCALE = 10.0, 0.06, 1.0, 1.7  # somewhat more than of `photo`


@dataclass(frozen=True)
class CameraFacts:
    """The most that a camera does to pages.

    is_on: it changes pixels; bends: it moves places; is_measured: it bends and blurs no more than the photographs that
    the limits of the oracles come from.
    """

    is_on: bool = False
    bends: bool = False
    is_measured: bool = True

    @classmethod
    def of(cls, generator: Any) -> CameraFacts:
        """The facts about a generator's camera; one without any takes no photographs."""
        camera = getattr(generator, "camera", None)
        if camera is None or camera.is_off:
            return cls()
        tilt, perspective = max(map(abs, camera.tilt_deg)), max(camera.perspective)
        is_sharp = max(camera.blur_px) <= MOST_BLUR_PX and max(camera.downscale) <= MOST_DOWNSCALE
        return cls(
            is_on=True,
            bends=bool(tilt or perspective),
            is_measured=is_sharp and tilt <= MOST_TILT_DEG and perspective <= MOST_PERSPECTIVE,
        )

    def measured(self, finding: Finding | None) -> Finding | None:
        """A finding about places as far as it counts: nothing is wrong where a camera does more than was measured."""
        return finding if finding is None or self.is_measured else Finding("unsure", FAR_BENT)
