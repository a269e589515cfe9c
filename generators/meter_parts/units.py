"""The units of meters, how they are spelled, and the scales of gauges."""

from __future__ import annotations

from .states import Scale

UNITS = {
    "drum": ("kWh", "m³", "kWh", "m³", "MWh", "ft³"),
    "lcd": ("kWh", "m³", "kWh", "MWh", "GJ", "kW"),
    "led": ("V", "A", "kW", "Hz", "°C", "bar"),
    "dials": ("kWh", "kWh", "m³", "ft³"),
}
"""The units that are usual for a kind of display; one that is named twice is drawn twice as often."""

SCALES = (
    *(Scale("bar", 0, 4, 1, 10), Scale("bar", 0, 6, 1, 5), Scale("bar", 0, 10, 2, 10), Scale("bar", 0, 16, 4, 8)),
    *(
        Scale("bar", -1, 5, 1, 5),
        Scale("psi", 0, 100, 20, 10),
        Scale("psi", 0, 160, 40, 8),
        Scale("kPa", 0, 250, 50, 5),
    ),
    *(
        Scale("°C", 0, 120, 20, 10),
        Scale("°C", -20, 60, 20, 10),
        Scale("°C", -40, 40, 10, 5),
        Scale("°C", 0, 200, 50, 10),
    ),
    *(Scale("V", 0, 300, 50, 5), Scale("V", 0, 15, 3, 6), Scale("V", 0, 500, 100, 10), Scale("A", 0, 5, 1, 10)),
    *(Scale("A", 0, 50, 10, 10), Scale("A", -30, 30, 10, 5), Scale("MPa", 0, 1.6, 0.4, 8), Scale("MPa", 0, 1, 0.2, 10)),
    *(Scale("Pa", 1, 1000, 1, 9, is_log=True), Scale("Hz", 1, 100, 1, 9, is_log=True)),
)
"""The scales that gauges have."""

SPELLINGS = {
    **{"kWh": ("kilowatt hours", "kilowatt-hours"), "MWh": ("megawatt hours", "megawatt-hours")},
    **{"m³": ("m3", "m^3", "cubic metres", "cubic meters"), "ft³": ("ft3", "ft^3", "cubic feet")},
    **{"GJ": ("gigajoules",), "kW": ("kilowatts",), "V": ("volts",), "A": ("amperes", "amps"), "Hz": ("hertz",)},
    **{"°C": ("degrees Celsius", "C"), "bar": ("bars",), "psi": ("PSI",), "kPa": ("kilopascals",)},
    **{"MPa": ("megapascals",), "Pa": ("pascals",)},
}


def spellings(unit: str) -> list[str]:
    """The spellings of a unit that count as right, as it is printed first."""
    return [unit, *SPELLINGS[unit]]
