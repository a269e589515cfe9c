"""Writers: what stays the same in all that one person writes, drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthink.errors import ConfigError, check_kind
from synthink.ink.handwriting.letters import repertoire
from synthink.ink.handwriting.pen_font import pen_font, pen_font_names
from synthink.streams import Stream, StreamKey

HANDSTROKES = 4.0  # of a letter, in a hand that is written at the usual tempo
WRITER_MODEL = 2  # raised when the same name would become another writer
PENS = ("ballpoint", "felt_tip", "fountain", "pencil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One person's way of writing. Lengths are in x-heights, times in seconds.

    name; hand: the pen font; habits: the key of what is fixed by habit for each letter, its preferred shape and how its
    targets are off the font's; shape_fidelity: how often the preferred shape is taken.
    ascenders, descenders: how much longer than the font's; roundness: of bows, a factor; haste: the share by which
    arches and the ways between them are flattened; join_height: where the pen leaves for the next letter.
    slant_deg: of the downstrokes, positive leans right; width: of letters, a factor; letter_gap: room added between
    letters; word_gap; baseline_slope_deg: positive runs downhill; baseline_drift: amplitude of its slow waves;
    connectedness: how often the pen stays down where both letters allow it.
    tempo: the time of a handstroke of one x-height; isochrony: the power with which time grows with length;
    sigma, reach: of the lognormal speed (`motion`), reach is exp(mu) / tempo: the more, the more handstrokes overlap;
    care: the share of this overlap's rounding that the hand makes up for; pause: of the usual rest between strokes;
    sloppiness: the deviation of a letter's targets from one time to the next; tremor: deviation at usual
    speed, 5 to 12 Hz.
    size_mm: the x-height; pressure: mean, 0..1; pressure_gain: how much it follows speed and direction; pen and its
    width factor; left_handed: draws bars from right to left.
    """

    name: str
    hand: str
    habits: int = 0
    shape_fidelity: float = 0.9
    ascenders: float = 1.0
    descenders: float = 1.0
    roundness: float = 1.0
    haste: float = 0.0
    join_height: float = 0.0
    slant_deg: float = 0.0
    width: float = 1.0
    letter_gap: float = 0.0
    word_gap: float = 0.7
    baseline_slope_deg: float = 0.0
    baseline_drift: float = 0.0
    connectedness: float = 1.0
    tempo: float = 0.108
    isochrony: float = 0.12
    sigma: float = 0.21
    reach: float = 1.55
    care: float = 1.0
    pause: float = 1.0
    sloppiness: float = 0.03
    tremor: float = 0.003
    size_mm: float = 2.4
    pressure: float = 0.55
    pressure_gain: float = 1.0
    pen: str = "ballpoint"
    pen_width: float = 1.0
    left_handed: bool = False

    @classmethod
    def named(cls, name: str, hands: Sequence[str] = ()) -> Writer:
        """The writer of that name: the same one everywhere, as long as the hands to choose from are the same.

        hands: names of hands (all that come with synthink when none are named). Raises `ConfigError` for one that is
        none.
        """
        check_kind("name", name, str, "a name")
        check_kind("hands", hands, list | tuple, "a list of names of hands")
        for hand in hands:
            pen_font(hand)
        return cls.draw(name, StreamKey("writer", WRITER_MODEL, name).stream(0, "writer"), hands)

    @classmethod
    def draw(cls, name: str, stream: Stream, hands: Sequence[str] = ()) -> Writer:
        """A writer with one of the `hands` (all that come with synthink when none are named).

        Raises `ConfigError` for a hand that is none. Distributions: INK figures of IAM-OnDB where known.
        """
        chosen = stream.choice(tuple(hands) or pen_font_names())
        letters = repertoire(pen_font(chosen))
        own = letters.slant_deg  # a joined, leaning hand stays one, less than in the specimen
        # Joined hands have more handstrokes a letter, but real ones do not take longer for it.
        pace = (HANDSTROKES / max(letters.handstrokes, 1.0)) ** 0.5
        left = stream.chance(0.1)
        return cls(
            name=name,
            hand=chosen,
            habits=stream.integers(0, 2**62),
            shape_fidelity=stream.uniform(0.85, 0.95),
            ascenders=_around(stream, 0.97, 0.15, (0.7, 1.35)),
            descenders=_around(stream, 0.95, 0.2, (0.6, 1.4)),
            roundness=stream.uniform(0.75, 1.12),
            haste=stream.uniform(0.0, 0.3),
            join_height=stream.uniform(0.0, 0.35),
            # Real lines: median -1.8, quartiles -7 and 5, 5 to 95 % -14 to 21 degrees, skewed to the right.
            slant_deg=_skewed(stream, -1.8 + 0.3 * own - (4.0 if left else 0.0), 7.0, 9.0, (-20.0, 30.0)),
            # Width, word gap, reach, pause: fitted to 300 lines of IAM-OnDB, for the least AUC of realism.py.
            width=_around(stream, 1.09, 0.2, (0.8, 1.7)),
            letter_gap=max(-0.05, stream.normal(0.08, 0.1)),
            word_gap=max(0.63, stream.normal(1.15, 0.23)),
            baseline_slope_deg=stream.normal(-1.0, 2.0),  # real lines: median -1.1, quartiles -2.5 and 0.4
            # Wide, for the bottoms of real strokes are spread over 0.55 of a line's height (10 to 90 %).
            baseline_drift=stream.uniform(0.06, 0.18),
            connectedness=_share(stream),
            tempo=_around(stream, 0.102 * pace, 0.15, (0.066, 0.2)),
            isochrony=stream.uniform(0.02, 0.16),
            sigma=min(max(stream.normal(0.22, 0.03), 0.15), 0.32),
            reach=min(max(stream.normal(1.5, 0.14) / pace**0.5, 1.1), 2.0),
            care=stream.uniform(0.85, 1.0),
            pause=_around(stream, 1.2, 0.5, (0.35, 4.8)),
            sloppiness=_around(stream, 0.035, 0.3, (0.015, 0.06)),
            tremor=_around(stream, 0.003, 0.5, (0.001, 0.012)),
            size_mm=_around(stream, 2.4, 0.18, (1.5, 4.0)),
            pressure=stream.uniform(0.4, 0.7),
            pressure_gain=_around(stream, 1.0, 0.25, (0.5, 1.6)),
            pen=stream.choice(PENS, (0.5, 0.2, 0.15, 0.15)),
            pen_width=_around(stream, 1.0, 0.2, (0.6, 1.6)),
            left_handed=left,
        )

    def __post_init__(self) -> None:
        for field, low, high in _BOUNDS:
            value = getattr(self, field)
            if not low <= value <= high:
                raise ConfigError(field, value, f"must be between {low:g} and {high:g}")
        if self.pen not in PENS:
            raise ConfigError("pen", self.pen, f"must be one of {', '.join(PENS)}")


_BOUNDS = (
    ("shape_fidelity", 0, 1),
    ("ascenders", 0.3, 2),
    ("descenders", 0.3, 2),
    ("roundness", 0, 2),
    ("haste", 0, 1),
    ("join_height", 0, 1),
    ("slant_deg", -45, 45),
    ("width", 0.3, 3),
    ("letter_gap", -0.3, 3),
    ("word_gap", 0.2, 5),
    ("baseline_slope_deg", -30, 30),
    ("baseline_drift", 0, 0.5),
    ("connectedness", 0, 1),
    ("tempo", 0.06, 1),
    ("isochrony", 0, 1),
    ("sigma", 0.1, 0.5),
    ("reach", 0.5, 2.5),
    ("care", 0, 1),
    ("pause", 0, 20),
    ("sloppiness", 0, 0.2),
    ("tremor", 0, 0.1),
    ("size_mm", 0.2, 100),
    ("pressure", 0, 1),
    ("pressure_gain", 0, 5),
    ("pen_width", 0.1, 10),
)


def _around(stream: Stream, middle: float, spread: float, bounds: tuple[float, float]) -> float:
    """A number whose ratio to `middle` deviates by about `spread` to either side, within bounds."""
    deviation = stream.normal(0.0, spread)
    ratio = 1 + deviation if deviation > 0 else 1 / (1 - deviation)
    return min(max(middle * ratio, bounds[0]), bounds[1])


def _skewed(stream: Stream, middle: float, left: float, right: float, bounds: tuple[float, float]) -> float:
    """A number around its median with another deviation to either side, within bounds."""
    deviation = stream.normal()
    return min(max(middle + deviation * (right if deviation > 0 else left), bounds[0]), bounds[1])


def _share(stream: Stream) -> float:
    """Most people join most of what their hand allows; some hardly any."""
    low, high = sorted((stream.uniform(), stream.uniform()))
    return 0.35 + 0.65 * (high if stream.chance(0.7) else low)
