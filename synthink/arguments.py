"""Wrong arguments of public functions: whatever goes wrong inside a function for that, the error names the argument."""

from __future__ import annotations

import inspect
import math
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import fields, is_dataclass
from functools import _lru_cache_wrapper, wraps
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from synthink.errors import ArgumentError

_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What functions raise that were given something else than they take."""
_KINDS: Mapping[Any, tuple[Any, str]] = {
    str: (str, "text"),
    bool: (bool | np.bool_, "true or false"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
}


def guard(namespace: MutableMapping[str, Any]) -> None:
    """Have the functions of a public module, by their names in `__all__`, name the argument that they cannot take.

    Only their errors are looked into: nothing is checked before, so that code that draws thousands of shapes pays
    nothing. Editors see the functions as they were written.
    """
    for name in namespace["__all__"]:
        if isinstance(namespace[name], types.FunctionType | _lru_cache_wrapper):
            namespace[name] = guarded(namespace[name])
            namespace[name].__module__ = namespace["__name__"]


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, raising `ArgumentError` in place of an error that a wrong argument explains."""

    @wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except _FAULTS:
            explained = _explained(function, arguments, named)
            if explained is None:
                raise
        raise explained

    return call


def _explained(
    function: Callable[..., Any], arguments: Sequence[Any], named: Mapping[str, Any]
) -> ArgumentError | None:
    """The error about the first argument that is not of its type, or else the first that is empty or has no rows; None
    where all are as they should be, so that the fault lies elsewhere."""
    try:
        bound = inspect.signature(function).bind(*arguments, **named).arguments
        hints = typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError):  # too many arguments, or too few: Python says so
        return None
    values = {
        (name, i): (value, hints.get(name, Any))
        for name, argument in bound.items()
        for i, value in enumerate(argument if _takes_any_number(function, name) else (argument,))
    }
    for (name, i), (value, hint) in values.items():
        place = f"{name}[{i}]" if _takes_any_number(function, name) else name
        if misfit := _misfit(place, hint, value):
            return misfit
    for (name, _), (value, _) in values.items():
        if isinstance(value, str | list | tuple | np.ndarray) and len(value) == 0:
            return ArgumentError(name, value, "must not be empty")
    for (name, _), (value, hint) in values.items():
        if _is_array_like(hint) and np.ndim(value) < 2:
            return ArgumentError(name, value, f"must be a list of points or boxes, and has the shape {np.shape(value)}")
    return None


def _misfit(place: str, hint: Any, value: Any) -> ArgumentError | None:
    """The error about a value that is not of its type, or about what lies in it: a scene's field, an item of a list."""
    if not fits(hint, value):
        return ArgumentError(place, value, f"must be {described(hint)}")
    inner: list[tuple[str, Any, Any]] = []
    if is_dataclass(value) and not isinstance(value, type):
        hints = typing.get_type_hints(type(value), include_extras=True)
        inner = [(f"{place}.{item.name}", hints[item.name], getattr(value, item.name)) for item in fields(value)]
    elif isinstance(value, list | tuple) and (kinds := typing.get_args(hint)):
        inner = [(f"{place}[{i}]", kinds[0] if len(kinds) == 1 else Any, item) for i, item in enumerate(value)]
    return next(filter(None, (_misfit(*part) for part in inner)), None)


def _takes_any_number(function: Callable[..., Any], name: str) -> bool:
    return inspect.signature(function).parameters[name].kind is inspect.Parameter.VAR_POSITIONAL


def fits(hint: Any, value: Any) -> bool:
    """Whether a value is of an annotated type; numbers must be finite. Types that are not known here fit anything."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if _is_array_like(hint):
        return (value is None and type(None) in inner) or _is_numeric(value)
    if hint is Any:
        return True
    if hint in _KINDS:
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        return isinstance(value, _KINDS[hint][0]) and (hint in (str, bool) or (is_number and math.isfinite(value)))
    if origin is typing.Annotated:
        return fits(inner[0], value)
    if origin in (typing.Union, types.UnionType):
        return any(fits(option, value) for option in inner)
    if hint is None or hint is type(None):
        return value is None
    if origin is Literal:
        return any(type(value) is type(option) and value == option for option in inner)
    if origin is np.ndarray:
        return isinstance(value, np.ndarray) and value.dtype.kind in "uifb"
    if origin is tuple and Ellipsis not in inner:
        return isinstance(value, Iterable) and _all_fit(inner, list(value))
    if isinstance(origin, type) and issubclass(origin, Iterable) and not issubclass(origin, Mapping):
        kinds = (Sequence, np.ndarray) if origin is Sequence else Iterable
        is_text = isinstance(value, str) and not isinstance(
            inner[0], typing.TypeVar
        )  # a list of anything may be a text
        is_list = isinstance(value, kinds) and not is_text and not isinstance(value, bytes | Mapping)
        if not is_list or not isinstance(value, Collection):
            return is_list
        return all(fits(inner[0], item) for item in value)
    return isinstance(value, origin or hint) if isinstance(origin or hint, type) else True


def _is_array_like(hint: Any) -> bool:
    """Whether a type is numpy's `ArrayLike`, or that or nothing."""
    return {*typing.get_args(npt.ArrayLike)} <= {*typing.get_args(hint)}


def _is_numeric(value: Any) -> bool:
    """Whether numpy makes an array of numbers of a value."""
    try:
        return np.asarray(value).dtype.kind in "uifb"
    except (TypeError, ValueError):  # lists of different lengths
        return False


def _all_fit(hints: Sequence[Any], values: Sequence[Any]) -> bool:
    return len(hints) == len(values) and all(map(fits, hints, values))


def described(hint: Any) -> str:
    """An annotated type in words, as the end of "must be"."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if _is_array_like(hint):
        return "an array of numbers"
    if hint in _KINDS:
        return _KINDS[hint][1]
    if origin is typing.Annotated:
        return described(inner[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(described(option) for option in inner))
    if origin is Literal:
        return f"one of {', '.join(map(str, inner))}"
    if origin is np.ndarray:
        return "a numpy array of numbers"
    if origin is tuple and Ellipsis not in inner:
        kinds = " and ".join(dict.fromkeys(described(kind) for kind in inner))
        return f"{len(inner)} values, each {kinds}"
    if isinstance(origin, type) and issubclass(origin, Iterable):
        if issubclass(origin, Mapping) or isinstance(inner[0], typing.TypeVar):
            return "a mapping" if issubclass(origin, Mapping) else "a list"
        return f"a list, each item {described(inner[0])}"
    name = "nothing" if hint in (None, type(None)) else str(getattr(origin or hint, "__name__", hint))
    return name if name == "nothing" else f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
