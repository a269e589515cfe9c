"""Numbers, dates and addresses as people write them down."""

from __future__ import annotations

import datetime

from synthink.assets.texts.sentences import vocabulary
from synthink.streams import Stream

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENDINGS = ("com", "com", "org", "net", "edu", "co.uk", "de", "fr", "it", "eu", "info", "io")
_FIRST, _LAST = datetime.date(1850, 1, 1).toordinal(), datetime.date(2060, 1, 1).toordinal()


def number(stream: Stream) -> str:
    """A count, amount, share, measure, fraction or telephone number."""
    digits = stream.integers(1, 9)
    value = stream.integers(10 ** (digits - 1) if digits > 1 else 0, 10**digits)
    cents = stream.integers(0, 100)
    form = stream.integers(0, 12)
    if form < 3:
        return str(value)
    if form == 3:
        return f"{value:,}"
    if form == 4:
        return f"{value % 10_000}.{cents:02}"
    if form == 5:
        return f"{stream.choice(('-', '+'))}{value % 1000}"
    if form == 6:
        return f"{value % 101}{stream.choice(('%', ' %', '.5%'))}"
    if form == 7:
        return f"{stream.choice(('$', '$', 'USD ', 'EUR '))}{value % 100_000:,}.{cents:02}"
    if form == 8:
        return f"{value % 20 + 1}/{stream.choice((2, 3, 4, 5, 8, 10, 16))}"
    if form == 9:
        return f"{value % 500} {stream.choice(('kg', 'g', 'm', 'km', 'cm', 'ml', 'lb', 'min', 'kWh'))}"
    if form == 10:
        return f"({stream.integers(200, 1000)}) 555-{stream.integers(0, 10_000):04}"
    return f"{value % 1000} {stream.choice('+-=')} {stream.integers(0, 1000)}"


def date(stream: Stream) -> str:
    """A date between 1850 and 2059, a day or a time of day, in one of the usual forms."""
    day = datetime.date.fromordinal(stream.integers(_FIRST, _LAST))
    month, number, year = _MONTHS[day.month - 1], day.day, day.year
    hour, minute = stream.integers(0, 24), stream.integers(0, 60)
    forms = (
        f"{number} {month} {year}",
        f"{month} {number}, {year}",
        f"{number} {month[:3]} {year}",
        f"{month[:3]} {number}, {year}",
        f"{number:02}/{day.month:02}/{year % 100:02}",
        f"{day.month}/{number}/{year}",
        f"{number}.{day.month}.{year}",
        f"{year}-{day.month:02}-{number:02}",
        f"{_DAYS[day.weekday()]}, {number} {month}",
        f"{_DAYS[day.weekday()][:3]} {number}{_ordinal(number)} {month}",
        f"{month} {year}",
        f"{number:02}/{day.month:02} {hour:02}:{minute:02}",
        f"{hour:02}:{minute:02}",
        f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}",
    )
    return stream.choice(forms)


def email(stream: Stream) -> str:
    """An address that looks like one of electronic mail; the host is made of common words."""
    words = vocabulary()
    first, last = (stream.choice(words["names"]).lower() for _ in range(2))
    figure = str(stream.integers(1, 100)) if stream.chance(0.3) else ""
    host = stream.choice(words["nouns"]) + stream.choice(("", "", f"-{stream.choice(words['nouns'])}", "mail"))
    user = stream.choice((f"{first}.{last}", f"{first}_{last}", f"{first[0]}{last}", f"{first}{figure}", first))
    return f"{user}{figure if user != first + figure else ''}@{host}.{stream.choice(_ENDINGS)}"


def _ordinal(number: int) -> str:
    return "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
