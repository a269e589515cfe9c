"""What formats share that store a shard as a folder: a file a picture, and a file of JSON lines about them."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from synthink.build.formats.base import Format, Row, field_faults, name_faults
from synthink.confined import file_inside, read_inside
from synthink.core.columns import OTHER_COLUMNS, columns_text, is_of_strokes, stored, with_other_columns
from synthink.draw.geometry import Box, Quad
from synthink.tables.bounds import LARGEST_VALUE
from synthink.tables.json_lines import lines, read_json, read_json_lines


class PictureFolderFormat(Format):
    """A folder a shard, with pictures named by their rows' ids, and a line for each in the row's order.

    A line has fields for columns of some types; the others are one field, `other_columns`, a text that is their JSON.
    Points of strokes are left out: their text would be longer than many a picture's file.
    """

    holds = "all columns but points of strokes"
    lines_name: ClassVar[str]
    """The name of the file of lines."""
    picture_field: ClassVar[str]
    """The field of a line that names the picture's file."""

    row_fields: ClassVar[tuple[str, ...]]
    """The fields of a line that every row has, in order, `picture_field` among them."""

    @abstractmethod
    def has_field(self, kind: Any) -> bool:
        """Whether a column of that type is a field by itself."""

    def own_columns(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The generator's columns that are fields by themselves."""
        return {name: kind for name, kind in columns.items() if self.has_field(kind)}

    def other_columns(self, columns: Mapping[str, Any]) -> list[str]:
        """The generator's columns that `other_columns` holds."""
        return [name for name, kind in columns.items() if not self.has_field(kind) and not is_of_strokes(kind)]

    def fields(self, columns: Mapping[str, Any]) -> list[str]:
        """The fields of a line, in order."""
        others = [OTHER_COLUMNS] if self.other_columns(columns) else []
        return [*self.row_fields, *self.own_columns(columns), *others]

    def columns_left_out(self, columns: Mapping[str, Any]) -> list[str]:
        return [name for name, kind in columns.items() if is_of_strokes(kind)]

    def write(self, path: Path, columns: Mapping[str, Any], rows: Iterable[Row]) -> None:
        path.mkdir()
        fields, others = self.fields(columns), self.other_columns(columns)
        kinds = {name: stored(kind) for name, kind in columns.items()}
        with (path / self.lines_name).open("w", encoding="utf-8", newline="\n") as lines:
            for row in rows:
                data, suffix = row["image"].encode()
                name = f"{row['id']}.{suffix}"
                (path / name).write_bytes(data)
                values = {**row, self.picture_field: name, OTHER_COLUMNS: columns_text(row, others)}
                line = {field: _plain(kinds.get(field), values[field]) for field in fields}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        with file_inside(path, self.lines_name) as file:
            for row in read_json_lines(file, str(path / self.lines_name)):
                image = row.pop(self.picture_field, None)
                yield {
                    **with_other_columns(row),
                    "image": read_inside(path, image, LARGEST_VALUE) if isinstance(image, str) else image,
                }

    def layout_faults(self, path: Path, columns: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        names, line = {self.lines_name}, b""
        with file_inside(path, self.lines_name) as file:
            for line in lines(file, str(path / self.lines_name)):
                row = read_json(line, str(path / self.lines_name))
                image = row.get(self.picture_field)
                if not isinstance(image, str):
                    yield "image that names no file", str(row.get("id"))
                    continue
                names.add(image)
                with file_inside(path, image) as picture:
                    yield from name_faults(row["id"], image, picture.read(8))
                yield from field_faults(row, self.fields(columns), line.removesuffix(b"\n"), row["id"])
                text = str(row.get(OTHER_COLUMNS, "{}")).encode("utf-8", "surrogatepass")
                others = read_json(text, f"{path / self.lines_name}: {OTHER_COLUMNS}")
                yield from field_faults(others, self.other_columns(columns), text, row["id"])
            if not line.endswith(b"\n"):
                yield "last line without an end", path.name
        for name in {file.name for file in path.iterdir()} - names:
            yield "a file that no row names", f"{path.name}/{name}"


def _plain(kind: Any, value: Any) -> Any:
    """A value in the JSON type that all values of its column have: a gap in a text is an empty one, a float has a
    point."""
    if kind is str:
        return value or ""
    if kind in (Box, Quad):
        return [float(number) for number in value]
    return kind(value) if kind in (int, float, bool) else value
