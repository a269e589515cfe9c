"""The field to which a dotted key leads: through nested settings, into mappings with free keys, weights, and the parts
of a mixture."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from synthink.core.mixture import Part
from synthink.core.weights import Weights
from synthink.settings import Settings, field_types

PART_FIELDS = "fields"
"""The field of a mixture's part that holds the fields of its generator."""


@dataclass(frozen=True)
class FieldPlace:
    """The field that a dotted key leads to.

    path: the key in full. type: of the field. mapping: the path of the mapping on the way of which only what is written
    counts, one with free keys or weights. in_list: whether it lies in an item of a list, as a mixture's parts do.
    """

    path: str
    type: Any
    mapping: str = ""
    in_list: bool = False


class NoSuchField(Exception):
    """A name on the way that is no field. known: those that there are. is_top: whether it is the first of the key."""

    def __init__(self, name: str, known: Iterable[str], is_top: bool) -> None:
        super().__init__(name)
        self.name, self.known, self.is_top = name, list(known), is_top


def find_field(known: Mapping[str, Any], path: str) -> FieldPlace:
    """Follow a dotted path from fields and their types into nested settings; what lies below others is not checked.

    `parts.0.marks` is the field `marks` of a mixture's first generator: `parts.0.fields.marks` in full. Raises
    `NoSuchField`.
    """
    names = path.split(".")
    hint: Any = None
    for depth, name in enumerate(names):
        if name not in known:
            raise NoSuchField(name, known, depth == 0)
        hint, inner = known[name], names[depth + 1 :]
        if typing.get_origin(hint) is dict:
            return FieldPlace(path, hint, ".".join(names[: depth + 1]))
        if is_settings(hint) and issubclass(hint, Weights):
            if inner and (len(inner) > 1 or inner[0] not in field_types(hint)):
                raise NoSuchField(inner[-1], field_types(hint) if len(inner) == 1 else (), False)
            return FieldPlace(path, hint, ".".join(names[: depth + 1]))
        if inner and hint == tuple[Part, ...]:
            return _in_part(".".join(names[: depth + 1]), inner)
        if not is_settings(hint):
            if inner and hint is not Any:
                raise NoSuchField(inner[0], [], False)
            break
        known = field_types(hint)
    return FieldPlace(path, hint)


def _in_part(parts: str, inner: list[str]) -> FieldPlace:
    """The place in one of a mixture's parts. parts: the path of the list; inner: what stands behind it, a number first.
    Which fields a part's generator has is not known before its config is composed."""
    number, *names = inner
    if not number.isdecimal():
        raise NoSuchField(number, ["0", "1"], False)
    if names and names[0] not in field_types(Part):
        names.insert(0, PART_FIELDS)
    place = f"{parts}.{number}"
    if names[:2] == [PART_FIELDS, "parts"] and len(names) > 2:  # a mixture in a mixture
        return replace(_in_part(f"{place}.{PART_FIELDS}.parts", names[2:]), in_list=True)
    hint = Any if names[1:] or not names else field_types(Part)[names[0]]
    return FieldPlace(".".join([place, *names]), hint, in_list=True)


def is_settings(hint: Any) -> bool:
    """Whether a type is a class of settings."""
    return isinstance(hint, type) and issubclass(hint, Settings)
