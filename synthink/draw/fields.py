"""Types of a generator's fields: colours that exist, pictures of a size that can be drawn."""

from __future__ import annotations

from typing import Annotated, Any

from synthink.draw.colours import parse_colour
from synthink.errors import ConfigError
from synthink.settings import Between, Condition, NotEmpty


class _IsColour(Condition):
    """A name of a colour, or #rrggbb."""

    def refuse(self, value: Any) -> str | None:
        try:
            parse_colour(value)
        except ConfigError as error:
            return error.reason
        return None


Colour = Annotated[str, _IsColour()]
"""A field that holds a colour: a name or #rrggbb; anything else is a `ConfigError` that names the field."""
Colours = Annotated[tuple[Colour, ...], NotEmpty()]
"""A field that holds one colour or more; an error names the field and the place in it."""

Side = Annotated[int, Between(16, 4096)]
PictureSize = Side | tuple[Side, Side]
"""A field that holds a picture's size in pixels: the side of a square, or width and height."""


def picture_size(value: int | tuple[int, int]) -> tuple[int, int]:
    """Width and height of a `PictureSize`."""
    return (value, value) if isinstance(value, int) else value
