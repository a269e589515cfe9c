"""Thrift's compact protocol, as far as the heads of Parquet files and pages are written in it."""

from __future__ import annotations

from typing import Any

DEEPEST = 16
MOST_VALUES = 4000  # of a list, such as the nodes of a schema
_TRUE, _FALSE, _BYTE, _INTEGERS, _DOUBLE, _BINARY, _LISTS, _STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, (9, 10), 12


class ThriftReader:
    """Values one after the other from `data`. Raises IndexError where that ends too early, ValueError for nonsense."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def struct(self, last: int | None = None, depth: int = 0) -> dict[int, Any]:
        """A struct's fields by their numbers; those behind the field `last` are not read."""
        if depth > DEEPEST:
            raise ValueError("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) and number != last:
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind == _STRUCT:
            return self.struct(depth=depth + 1)
        if kind in _INTEGERS:
            return self._zigzag()
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in _LISTS:
            head = self._byte()
            count = head >> 4 if head >> 4 != 15 else self._varint()
            if count > MOST_VALUES:
                raise ValueError(f"a list of {count:,} values; at most {MOST_VALUES:,} are read")
            return [self._value(head & 15, depth + 1) for _ in range(count)]
        if kind in (_TRUE, _FALSE, _BYTE):  # in a list
            return self._byte()
        if kind == _DOUBLE:
            return self._bytes(8)
        raise ValueError(f"type {kind}")

    def _byte(self) -> int:
        value = self.data[self.at]
        self.at += 1
        return value

    def _bytes(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise IndexError
        self.at += count
        return self.data[self.at - count : self.at]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError("a number of more than 64 bits")

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
