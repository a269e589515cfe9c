"""numpy's arrays and types while a pickle puts them together, each step checked against the bytes that are there."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from synthink.errors import quoted

_TYPE = re.compile("[biufUO][0-9]{1,11}")


class BadPickle(Exception):
    """A pickle that cannot be read; the text says what is wrong with it, and the machine knows where."""


class PickledType:
    """A numpy type that is being put together."""

    def __init__(self, code: Any) -> None:
        code = code.decode("latin1") if isinstance(code, bytes) else code
        if not isinstance(code, str) or not _TYPE.fullmatch(code):
            raise BadPickle(f"has an array of type {quoted(str(code))}, which no ink has")
        self.code, self.order = code, "|"

    def build(self, state: Any) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        order = order.decode("latin1") if isinstance(order, bytes) else order
        if order not in ("<", ">", "|", "="):
            raise BadPickle("has a type of unknown byte order")
        self.order = order

    def dtype(self) -> np.dtype[Any]:
        try:
            return np.dtype(self.order + self.code)
        except (TypeError, ValueError):
            raise BadPickle(f"has an array of type {quoted(self.code)}, which numpy does not know") from None


class PickledArray:
    """A numpy array that is being put together: `value` is an array, or a list when it holds objects."""

    def __init__(self) -> None:
        self.value: npt.NDArray[Any] | list[Any] | None = None

    def build(self, state: Any) -> None:
        match state:
            case (int(), tuple(shape), PickledType() as kind, bool(fortran), bytes() | list() as data):
                if not all(isinstance(size, int) and 0 <= size < 2**31 for size in shape) or len(shape) > 4:
                    raise BadPickle(f"has an array of shape {str(shape)[:40]}")
                self.value = self._value(shape, kind, fortran, data)
            case _:
                raise BadPickle("has an array whose state cannot be read")

    def _value(self, shape: tuple[int, ...], kind: PickledType, fortran: bool, data: bytes | list[Any]) -> Any:
        count = math.prod(shape)
        if isinstance(data, list):
            if kind.code[0] != "O" or count != len(data):
                raise BadPickle(f"has {len(data)} objects in an array {kind.code} of shape {shape}")
            return [item.value if isinstance(item, PickledArray) else item for item in data]
        dtype = kind.dtype()
        if dtype.hasobject or count * dtype.itemsize != len(data):
            raise BadPickle(f"has {len(data)} bytes of data in an array {dtype} of shape {shape}")
        if not data:
            return np.zeros(shape if 0 in shape else 0, dtype)
        array = np.frombuffer(data, dtype)
        return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
