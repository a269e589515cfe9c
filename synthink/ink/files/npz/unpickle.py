"""The object arrays of .npz files, read as data: nothing that a pickle names is imported or called.

numpy saves an array of arrays as a pickle: a small program for a stack machine. The machine here knows the
instructions that numpy's own writer emits (protocols 2 to 4, https://docs.python.org/3/library/pickletools.html) and
four names, and it builds numpy arrays from their type, shape and bytes itself. Everything else is refused, and memory
stays in proportion to the pickle's length.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from synthink.errors import quoted
from synthink.ink.files.npz.pickled_arrays import BadPickle, PickledArray, PickledType


class UnpickleError(Exception):
    """A pickle that is no array of arrays: what is wrong, and at which byte of the pickle."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason, self.offset = reason, offset


_RECONSTRUCT, _ARRAY, _TYPE, _ENCODE = "array of", "numpy.ndarray", "numpy.dtype", "encode"
_NAMES: Final = {
    "numpy.ndarray": _ARRAY,
    "numpy.dtype": _TYPE,
    "numpy.core.multiarray._reconstruct": _RECONSTRUCT,
    "numpy._core.multiarray._reconstruct": _RECONSTRUCT,
    "_codecs.encode": _ENCODE,
}
_FIXED: Final = {  # opcodes followed by one little-endian number, which they push
    b"J"[0]: "<i",
    b"K"[0]: "<B",
    b"M"[0]: "<H",
    b"G"[0]: ">d",
}
_COUNTED: Final = {  # opcodes followed by a length and so many bytes: how the length is stored, whether they are text
    b"X"[0]: ("<I", True),
    b"\x8c"[0]: ("<B", True),
    b"\x8d"[0]: ("<Q", True),
    b"B"[0]: ("<I", False),
    b"C"[0]: ("<B", False),
    b"\x8e"[0]: ("<Q", False),
    b"T"[0]: ("<i", False),
    b"U"[0]: ("<B", False),
}
_CONSTANTS: Final[dict[int, Any]] = {b"N"[0]: None, b"\x88"[0]: True, b"\x89"[0]: False}
_PUT: Final = {b"q"[0]: "<B", b"r"[0]: "<I"}
_GET: Final = {b"h"[0]: "<B", b"j"[0]: "<I"}
_TUPLES: Final = {b"\x85"[0]: 1, b"\x86"[0]: 2, b"\x87"[0]: 3}
_MARK = object()


class _Name(str):
    """One of the four names."""


class _Machine:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.encoded = 2 * len(data) + 1024  # bytes of text that may still be encoded: a memo makes repeating cheap

    def run(self) -> Any:
        step = self.step
        while self.data[self.at] != 46:  # `.` stops
            step(self.data[self.at])
        return self.pop()

    def step(self, code: int) -> None:
        """Carry out the instruction at `at`."""
        self.at += 1
        push = self.stack.append
        if code in _COUNTED:
            form, is_text = _COUNTED[code]
            raw = self.take(self.number(form))
            push(raw.decode("utf-8", "surrogatepass") if is_text else raw)
        elif code in _PUT:
            self.memo[self.number(_PUT[code])] = self.stack[-1]
        elif code in _GET:
            push(self.memo[self.number(_GET[code])])
        elif code in _FIXED:
            push(self.number(_FIXED[code]))
        elif code in _CONSTANTS:
            push(_CONSTANTS[code])
        elif code in _TUPLES:
            count = _TUPLES[code]
            items = tuple(self.pop() for _ in range(count))
            push(items[::-1])
        else:
            self.other(code)

    def other(self, code: int) -> None:  # noqa: C901 - an instruction of the pickle format a branch
        """The rarer instructions."""
        match code:
            case 0x28:  # MARK
                self.stack.append(_MARK)
            case 0x74:  # TUPLE
                self.stack.append(tuple(self.to_mark()))
            case 0x29:  # EMPTY_TUPLE
                self.stack.append(())
            case 0x5D:  # EMPTY_LIST
                self.stack.append([])
            case 0x61 | 0x65:  # APPEND, APPENDS
                items = self.to_mark() if code == 0x65 else [self.pop()]
                self.top(list).extend(items)
            case 0x94:  # MEMOIZE
                self.memo[len(self.memo)] = self.stack[-1]
            case 0x8A:  # LONG1
                self.stack.append(int.from_bytes(self.take(self.number("<B")), "little", signed=True))
            case 0x63 | 0x93:  # GLOBAL, STACK_GLOBAL
                self.stack.append(self.name(code))
            case 0x52:  # REDUCE
                self.reduce()
            case 0x62:  # BUILD
                state = self.pop()
                self.top((PickledArray, PickledType)).build(state)
            case 0x80:  # PROTO
                self.take(1)
            case 0x95:  # FRAME
                self.take(8)
            case _:
                raise BadPickle(f"asks for instruction {code:#04x}, which no array needs")

    def name(self, code: int) -> _Name:
        if code == 0x63:
            line_ends = [self.data.index(b"\n", self.at)]
            line_ends.append(self.data.index(b"\n", line_ends[0] + 1))
            module = self.data[self.at : line_ends[0]].decode("latin1")
            name = self.data[line_ends[0] + 1 : line_ends[1]].decode("latin1")
            self.at = line_ends[1] + 1
        else:
            name, module = self.pop(), self.pop()
        known = _NAMES.get(f"{module}.{name}")
        if known is None:
            raise BadPickle(f"asks for {quoted(f'{module}.{name}')}, which is not allowed")
        return _Name(known)

    def reduce(self) -> None:
        """A call of one of the three names that may be called."""
        arguments, name = self.pop(), self.pop()
        match name, arguments:
            case (_Name("array of"), (_Name("numpy.ndarray"), *_)):
                self.stack.append(PickledArray())
            case (_Name("numpy.dtype"), (code, *_)):
                self.stack.append(PickledType(code))
            case (_Name("encode"), (str(text), "latin1" | "latin-1")):
                self.encoded -= len(text)
                if self.encoded < 0:
                    raise BadPickle("encodes more text than it holds")
                self.stack.append(text.encode("latin1"))
            case _:
                raise BadPickle("calls what is not allowed")

    def number(self, form: str) -> Any:
        value = struct.unpack_from(form, self.data, self.at)[0]
        self.at += struct.calcsize(form)
        return value

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.data) - self.at:
            raise BadPickle(f"is cut off: {count} more bytes were announced")
        self.at += count
        return self.data[self.at - count : self.at]

    def pop(self) -> Any:
        return self.stack.pop()

    def top(self, kind: Any) -> Any:
        if not isinstance(self.stack[-1], kind):
            raise BadPickle("changes something that is no array")
        return self.stack[-1]

    def to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self.stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]


def object_array(data: bytes) -> list[Any]:
    """The objects of a one-dimensional numpy object array that was pickled: arrays, text, numbers, None.

    Raises `UnpickleError` for anything else, whatever the bytes are.
    """
    machine = _Machine(data)
    try:
        array = machine.run()
    except BadPickle as error:
        raise UnpickleError(str(error), machine.at) from None
    except (IndexError, KeyError, ValueError, struct.error, RecursionError) as error:
        raise UnpickleError(f"is no pickle that can be read: {type(error).__name__}", machine.at) from None
    if not isinstance(array, PickledArray) or not isinstance(array.value, list):
        raise UnpickleError("is no array of objects", machine.at)
    return array.value
