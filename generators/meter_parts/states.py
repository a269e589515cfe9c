"""The state of a meter's mechanism, and the reading that follows from it by the field's rules. Nothing is drawn here.

Wheels: the last one turns all the time; each other one turns while the next goes from 9 to 0, some from 6 on. Its
figure counts until the next wheel has passed 0. Dials: neighbours turn against each other, and of two numbers the lower
one counts; a pointer on a number has reached it only when the dial to its right has passed 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from synthink import Stream

CERTAIN = 0.88  # share of a turn of the last wheel up to which its lower figure counts beyond doubt
CLEAR = 0.12  # of the way between two figures: a dial's last pointer is on neither of them
NEAREST = 0.36  # of the way between two ticks: a gauge's pointer is nearer to one of them beyond doubt
PLAY = 0.03  # of a figure's way: wheels stand a little off


@dataclass(frozen=True)
class State:
    """The state of a mechanism, and how it is read.

    figures: the figures that count, from the left, blanks included; decimals: how many of them stand behind the decimal
    mark. positions: of each wheel or pointer, in figures, 0 <= position < 10; of a gauge the value at its pointer.
    text: the reading as it is answered. low, high: what a careful person may read.
    """

    figures: str
    decimals: int
    positions: tuple[float, ...]
    text: str
    low: float
    high: float
    is_rolling: bool = False
    """Whether a wheel other than the last stands between two figures."""

    @property
    def value(self) -> str:
        """The reading without zeros before it."""
        return f"{Decimal(self.text):f}"


@dataclass(frozen=True)
class Scale:
    """The scale of a gauge: from `low` to `high`, with a figure at each `major` and `minors` parts between two of
    them. A logarithmic one goes by powers of ten, with ticks at 1 to 9 times each of them."""

    unit: str
    low: float
    high: float
    major: float
    minors: int
    is_log: bool = False

    @property
    def minor(self) -> float:
        """The step from one tick to the next, of a scale that is not logarithmic."""
        return self.major / self.minors

    @property
    def decimals(self) -> int:
        """The decimals that it takes to name each tick."""
        step = self.low if self.is_log else self.minor
        return max(0, -int(Decimal(f"{step:.6g}").normalize().as_tuple().exponent))

    def ticks(self) -> list[float]:
        """The values of all ticks."""
        if self.is_log:
            powers = range(round(math.log10(self.high / self.low)))
            return [self.low * 10**power * step for power in powers for step in range(1, 10)] + [self.high]
        return [self.low + number * self.minor for number in range(round((self.high - self.low) / self.minor) + 1)]

    def figures(self) -> list[float]:
        """The values that are printed."""
        if self.is_log:
            return [self.low * 10**power for power in range(round(math.log10(self.high / self.low)) + 1)]
        return [self.low + number * self.major for number in range(round((self.high - self.low) / self.major) + 1)]

    def share(self, value: float) -> float:
        """The place of a value on the scale, 0..1."""
        if self.is_log:
            return math.log10(value / self.low) / math.log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The value at a place on the scale."""
        return self.low * (self.high / self.low) ** share if self.is_log else self.low + share * (self.high - self.low)

    def written(self, value: float) -> str:
        """A tick's value as it is read."""
        text = f"{value:.{self.decimals}f}"
        return text.lstrip("-") if not float(text) else text


def number_text(figures: str, decimals: int, zeros: bool) -> str:
    """Figures as a number, with a point before the last `decimals` of them; zeros: whether it keeps those that stand
    before it."""
    units, rest = figures[: len(figures) - decimals], figures[len(figures) - decimals :]
    units = units.strip() if zeros else units.strip().lstrip("0") or "0"
    return f"{units}.{rest}" if decimals else units


def wheel_state(
    stream: Stream,
    places: int,
    decimals: int,
    carry_from: float,
    hang: float,
    steps: bool,
    undecided: bool,
    zeros: bool,
) -> State:
    """A counter of so many wheels.

    carry_from: the position of a wheel from which on it takes the one before along. hang: how far the last whole wheel
    stays behind, at most. steps: whether the last wheel stops at figures only. undecided: whether it may stand where a
    careful person could take either figure.
    """
    count = stream.integers(0, 10**places)
    part = 0.0 if steps else stream.uniform(0.0, 1.0 if undecided else CERTAIN)
    figures = f"{count:0{places}}"
    positions = [0.0] * places
    positions[-1] = int(figures[-1]) + part
    for place in range(places - 2, -1, -1):
        turn = max(0.0, (positions[place + 1] - carry_from) / (10.0 - carry_from))
        positions[place] = int(figures[place]) + turn
    is_rolling = any(0.1 < position % 1 < 0.9 for position in positions[:-1])
    lagging = places - 1 - decimals
    for place in range(places - 1):
        off = stream.uniform(-PLAY, PLAY) - (stream.uniform(0.0, hang) if place == lagging and decimals else 0.0)
        positions[place] = (positions[place] + off) % 10
    unit = 10.0**-decimals
    low = count * unit
    high = low + unit * (1.0 if part > CERTAIN else math.ceil(part * 10) / 10)
    text = number_text(figures, decimals, zeros)
    return State(figures, decimals, tuple(positions), text, round(low, 6), round(high, 6), is_rolling)


def pointer_positions(state: State) -> list[tuple[str, float]]:
    """The pointers below a water meter's wheels: what each counts, and its position. They go on where the last wheel
    ends, down to 0.0001, and turn clockwise. A last wheel that stops at figures has none."""
    turn = state.positions[-1] % 1
    pointers = []
    for place in range(state.decimals, 4 if turn else 0):
        turn = 10 * (turn % 1)
        pointers.append((f"x0.{'0' * place}1", turn))
    return pointers


def segment_state(stream: Stream, places: int, decimals: int, blanks: bool, zeros: bool) -> State:
    """A display of so many digits; blanks: whether those before the number stay dark."""
    count = stream.integers(decimals + 1, places + 1) if blanks else places
    first = stream.integers(1, 10) if blanks and count > decimals + 1 else stream.integers(0, 10)
    digits = str(first) + "".join(str(stream.integers(0, 10)) for _ in range(count - 1))
    figures = digits.rjust(places)
    text = number_text(figures, decimals, zeros)
    positions = tuple(float(figure) if figure != " " else 0.0 for figure in figures)
    return State(figures, decimals, positions, text, float(text), float(text))


def dial_state(stream: Stream, places: int, misalignment: tuple[float, float], undecided: bool, zeros: bool) -> State:
    """Dials from the left; misalignment: how far pointers stand beside where they should, in figures."""
    count = stream.integers(0, 10**places)
    part = stream.uniform() if undecided else stream.uniform(CLEAR, 1.0 - CLEAR)
    figures = f"{count:0{places}}"
    positions = [0.0] * places
    fraction = part
    for place in range(places - 1, -1, -1):
        exact = int(figures[place]) + fraction
        fraction = exact / 10
        off = stream.within(misalignment) * (1 if stream.chance(0.5) else -1) if place < places - 1 else 0.0
        positions[place] = (exact + off) % 10
    low = float(count - 1 if part < CLEAR and count else count)
    high = count + (1.0 if part > 1.0 - CLEAR else math.ceil(part * 10) / 10)
    return State(figures, 0, tuple(positions), number_text(figures, 0, zeros), low, high)


def gauge_state(stream: Stream, scale: Scale, undecided: bool) -> State:
    """A pointer somewhere on a scale; its reading is the nearest tick."""
    ticks = scale.ticks()
    places = [scale.share(tick) for tick in ticks]
    index = stream.integers(0, len(ticks))
    off = stream.uniform(-0.5, 0.5) if undecided else stream.uniform(-NEAREST, NEAREST)
    neighbour = min(max(index + (1 if off > 0 else -1), 0), len(ticks) - 1)
    place = places[index] + abs(off) * (places[neighbour] - places[index])
    value = scale.value(place)
    text = scale.written(ticks[index])
    before, after = ticks[max(index - 1, 0)], ticks[min(index + 1, len(ticks) - 1)]
    low, high = (ticks[index] + before) / 2, (ticks[index] + after) / 2
    return State("", scale.decimals, (value,), text, round(low, 6), round(high, 6))
