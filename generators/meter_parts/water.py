"""The red pointers below a water meter's wheels, which go on where the last wheel ends, in hundredths of its width.

They turn clockwise, 0 stands above. A reading is that of the wheels; the pointers have labels, `pointer: x0.1`.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthink.draw import Face, Group, Layer, Transform, disc, joined, polygon, printed, ring, tick_fan

from .displays import figure_outlines

RADIUS, AWAY = 6.5, 27.0  # of a pointer's dial, and of its middle from the middle of the meter
FIRST_DEG, STEP_DEG = 18.0, 48.0  # where they stand around the middle, from the right clockwise
UP_DEG = -90.0  # where 0 stands
RED = "#b3201c"


def water_pointers(
    face: Face, pointers: Sequence[tuple[str, float]], ink: str
) -> tuple[list[Layer | Group], list[tuple[str, str]]]:
    """The pointers with their dials around (50, 50), and kind and text of what is printed below each.

    pointers: what each counts, and its position.
    """
    layers: list[Layer | Group] = []
    extras = []
    figures = [
        outline.moved(Transform.moving(0.72 * up.a * RADIUS, 0.72 * up.c * RADIUS))
        for number, outline in enumerate(figure_outlines(face, 0.24 * RADIUS, 0.2 * RADIUS))
        for up in (Transform.rotation(UP_DEG + 36.0 * number),)
    ]
    scale = joined(
        [
            joined(figures, in_one=True),
            ring((0, 0), RADIUS - 0.25, RADIUS),
            tick_fan((0, 0), 5.5, 6.3, range(-90, 270, 36), 0.3),
        ]
    )
    needle = polygon([(-0.8, -1.5), (0.62 * RADIUS, 0.0), (-0.8, 1.5)])
    for number, (text, position) in enumerate(pointers):
        way = Transform.rotation(FIRST_DEG + STEP_DEG * number)
        x, y = 50 + AWAY * way.a, 50 + AWAY * way.c
        dial = Group((Layer(disc((0, 0), RADIUS), "#f7f6f2"), Layer(scale, ink)), label=f"pointer: {text}").move(x, y)
        turned = Group((Layer(needle, RED), Layer(disc((0, 0), 1.7), RED))).rotate(UP_DEG + 36.0 * position)
        name = printed(face, text, 2.4, (x, y + RADIUS + 2))
        layers += [dial, turned.move(x, y), Layer(name, ink)]
        extras.append(("pointer", text))
    return layers, extras
