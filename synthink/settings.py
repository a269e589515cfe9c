"""Settings: frozen keyword-only dataclasses that check themselves.

A generator's fields are its configuration. They are written once, as annotated fields with defaults; from that one
place come the checks below, Hydra's structured config (`synthink.cli.structured`) and the manifest.
"""

from __future__ import annotations

import math
import operator
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal, Self, dataclass_transform

from synthink.errors import ConfigError, check_kind, did_you_mean, quoted


@dataclass(frozen=True)
class Between:
    """Bounds of a number, both allowed, for `Annotated[float, Between(0, 90)]`.

    On a pair, `Annotated[tuple[float, float], Between(0, 90)]`, it also demands a range: (low, high) in this order.
    """

    low: float = -math.inf
    high: float = math.inf


class Condition:
    """A condition on a field's value: `Annotated[str, condition]`. Subclasses say what they refuse, and why."""

    def refuse(self, value: Any) -> str | None:
        """The reason why a value of the field's type is refused, as the end of an error message; None where it is
        accepted."""
        raise NotImplementedError


class NotEmpty(Condition):
    """Refuses text and lists without anything in them."""

    def refuse(self, value: Any) -> str | None:
        return None if value else "must not be empty"


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Settings:
    """Base of everything that is configured. Subclasses become frozen keyword-only dataclasses by themselves.

    Values are checked and brought to their annotated type when the object is made: lists become tuples, whole numbers
    become floats where a float is wanted, mappings become nested settings. Where a list is wanted a single value stands
    for a list of it, and for a range that is fixed: 20 for (20, 20). Anything else raises `ConfigError`. Type checkers
    know the annotated types alone: to them `camera="photo"` is `camera=Camera(preset="photo")`.
    """

    shorthand: ClassVar[str | None] = None
    """The field that a bare value stands for: `words="nltk"` is `words=Words(source="nltk")`."""
    free_names: ClassVar[str | None] = None
    """The field, a mapping, that takes values under names that are no fields; in plain mappings it does not show."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True, repr=False)(cls)

    def __post_init__(self) -> None:
        for name, hint in field_types(type(self)).items():
            object.__setattr__(self, name, coerce(hint, getattr(self, name), name))
        self.check()

    def __repr__(self) -> str:
        changed = []
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            usual = item.default if item.default_factory is MISSING else item.default_factory()
            changed += [] if value == usual else [f"{item.name}=" + repr(value)]
        return f"{type(self).__name__}({', '.join(changed)})"

    def check(self) -> None:
        """Override for conditions over several fields; raise `ConfigError`."""

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """Make the settings from a plain mapping (YAML, JSON, keywords); unknown names are refused. An empty mapping in
        place of nested settings changes nothing of their default."""
        check_kind(cls.__name__, values, Mapping, "a mapping of its fields")
        known = field_types(cls)
        if cls.free_names is not None:
            free = {name: value for name, value in values.items() if name not in known or name == cls.free_names}
            values = {name: value for name, value in values.items() if name not in free} | {cls.free_names: free}
        for name in values:
            if name not in known:
                raise ConfigError(str(name), values[name], f"no such field; {did_you_mean(str(name), known)}")
        for item in fields(cls):  # type: ignore[arg-type]
            if item.name not in values and item.default is MISSING and item.default_factory is MISSING:
                raise ConfigError(item.name, None, "must be given")
        nested = {item.name for item in fields(cls) if isinstance(item.default, Settings)}  # type: ignore[arg-type]
        empty = {name for name in nested & values.keys() if isinstance(values[name], Mapping) and not values[name]}
        return cls(**{name: value for name, value in values.items() if name not in empty})

    @classmethod
    def standing_for(cls, value: Any) -> Mapping[str, Any] | None:
        """The fields that a value stands for which is no mapping of them; None where it stands for none."""
        return None if cls.shorthand is None else {cls.shorthand: value}

    def plain(self) -> dict[str, Any]:
        """The fields as JSON types, for the manifest; `build` reads them back."""
        values = {name: _plain(getattr(self, name)) for name in field_types(type(self))}
        return values if self.free_names is None else values | values.pop(self.free_names)


_field_types: dict[type[Any], dict[str, Any]] = {}


def field_types(cls: type[Any]) -> dict[str, Any]:
    """Field name -> annotation (with `Annotated` kept) of a dataclass."""
    if cls not in _field_types:
        hints = typing.get_type_hints(cls, include_extras=True)
        _field_types[cls] = {item.name: hints[item.name] for item in fields(cls)}
    return _field_types[cls]


def coerce(hint: Any, value: Any, name: str) -> Any:
    """`value` as the annotated type, or `ConfigError` naming the field and the value."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        is_list = Ellipsis in typing.get_args(arguments[0])  # of any length, so that two values are no range
        return _bounded(arguments[1:], coerce(arguments[0], value, name), name, is_list)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments, value, name)
    if origin is Literal:
        if any(type(value) is type(option) and value == option for option in arguments):
            return value
        hint_text = did_you_mean(str(value), map(str, arguments))
        raise ConfigError(name, value, f"must be one of {', '.join(map(str, arguments))}; {hint_text}")
    if origin is tuple:
        return _tuple(arguments, value, name)
    if origin is dict:
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {key: coerce(arguments[1], item, f"{name}.{key}") for key, item in value.items()}
        raise ConfigError(name, value, "must be a mapping")
    if isinstance(hint, type) and issubclass(hint, Settings):
        return _nested(hint, value, name)
    return _scalar(hint, value, name)


def _union(options: tuple[Any, ...], value: Any, name: str) -> Any:
    if value is None and type(None) in options:
        return None
    failures = []
    for option in options:
        if option is not type(None):
            try:
                return coerce(option, value, name)
            except ConfigError as error:
                failures.append(error)
    # The most telling failure is the one that got past the kind of value: a list's element, a bound.
    raise max(failures, key=lambda error: (len(error.field), "must be" not in error.reason))


def _tuple(arguments: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    is_open = len(arguments) == 2 and arguments[1] is Ellipsis
    if isinstance(value, bytes | Mapping) or value is None:
        raise ConfigError(name, value, "must be a list")
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return (_single(arguments, value, name),) * (1 if is_open else len(arguments))
    items = list(value)
    if is_open:
        return tuple(coerce(arguments[0], item, f"{name}[{i}]") for i, item in enumerate(items))
    if len(items) != len(arguments):
        raise ConfigError(name, value, f"must have {len(arguments)} values, has {len(items)}")
    return tuple(
        coerce(kind, item, f"{name}[{i}]") for i, (kind, item) in enumerate(zip(arguments, items, strict=True))
    )


def _single(arguments: tuple[Any, ...], value: Any, name: str) -> Any:
    """A value that stands where a list is wanted, as one of its items."""
    kinds = [kind for kind in arguments if kind is not Ellipsis]
    if any(kind != kinds[0] for kind in kinds):
        raise ConfigError(name, value, "must be a list")
    try:
        return coerce(kinds[0], value, name)
    except ConfigError as error:
        more = "" if "; " in error.reason else " (or a list)"
        raise ConfigError(error.field, error.value, f"{error.reason}{more}") from None


def _nested(hint: type[Settings], value: Any, name: str) -> Settings:
    if isinstance(value, hint):
        return value
    values = value if isinstance(value, Mapping) else hint.standing_for(value)
    try:
        if values is not None:
            return hint.build(values)
    except ConfigError as error:
        raise error.under(name) from None
    raise ConfigError(name, value, f"must be {hint.__name__} or a mapping of its fields")


def _scalar(hint: Any, value: Any, name: str) -> Any:
    if hint is bool:
        if isinstance(value, bool):
            return value
        raise ConfigError(name, value, "must be true or false")
    if hint is int:
        return _integer(value, name)
    if hint is float:
        return _number(value, name)
    if hint is str:
        if isinstance(value, str):
            return str(value)
        in_quotes = " in quotes" if isinstance(value, bool | int | float) else ""
        raise ConfigError(name, value, f"must be text{in_quotes}")
    if hint is Any or isinstance(value, hint):
        return value
    raise ConfigError(name, value, f"must be {getattr(hint, '__name__', hint)}, is {type(value).__name__}")


def _integer(value: Any, name: str) -> int:
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise ConfigError(name, value, "must be a whole number")


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__"):
        raise ConfigError(name, value, "must be a number")
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigError(name, value, f"must be a number: {error}") from None
    if not math.isfinite(number):
        raise ConfigError(name, value, "must be finite")
    return number


def _bounded(limits: tuple[Any, ...], value: Any, name: str, is_list: bool) -> Any:
    for limit in limits:
        if isinstance(limit, Condition) and value is not None:
            reason = limit.refuse(value)
            if reason is not None:
                raise ConfigError(name, value, reason)
        if isinstance(limit, Between) and value is not None:
            numbers = value if isinstance(value, tuple) else (value,)
            for number in numbers:
                if isinstance(number, int | float) and not limit.low <= number <= limit.high:
                    raise ConfigError(name, value, f"must be {_bounds_text(limit)}")
            if isinstance(value, tuple) and not is_list and len(value) == 2 and value[0] > value[1]:
                raise ConfigError(name, value, f"is a range written backwards; write [{value[1]}, {value[0]}]")
    return value


def _bounds_text(limit: Between) -> str:
    if limit.high == math.inf:
        return f"at least {limit.low:g}"
    if limit.low == -math.inf:
        return f"at most {limit.high:g}"
    return f"between {limit.low:g} and {limit.high:g}"


def whole_number(name: str, value: Any, least: int | None = None, what: str = "a whole number") -> int:
    """`value` when it is an int (no bool) of at least `least`; `ConfigError` naming it otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
        raise ConfigError(name, value, f"must be {what}" + (f", {least} or more" if least is not None else ""))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        return value.plain()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ConfigError("value", value, f"cannot be stored in the manifest: {quoted(type(value))}")
