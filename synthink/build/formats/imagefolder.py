"""Picture files with a `metadata.jsonl` beside them: what `load_dataset("imagefolder", ...)` and the hub show.

`datasets` takes the types of the columns from the first lines of each split and wants the same in all. So a line has
what has one type in every row: texts, numbers, and boxes that no row lacks. A gap in a text is an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthink.build.formats.picture_folder import PictureFolderFormat
from synthink.core.columns import stored
from synthink.draw.geometry import Box, Quad

if TYPE_CHECKING:
    from synthink.build.plan import Shard


class ImageFolderFormat(PictureFolderFormat):
    """A folder a split, and in it a folder of at most 10,000 files a shard.

    `datasets` gives the shards of a split in any order. With the folder's name alone it goes by the splits' names, and
    takes `test_photo` for more of `test`; by the card, as `load_dataset(folder)` and the hub do, it knows them apart.
    """

    name = "imagefolder"
    holds = "texts, numbers, and boxes that no row lacks"
    most_shard_rows = 9_999
    loader_keeps_order = False
    lines_name = "metadata.jsonl"
    picture_field = "file_name"

    def shard_name(self, shard: Shard) -> str:
        return f"{shard.split}/{shard.number:05d}-of-{shard.count:05d}"

    def fields(self, columns: Mapping[str, Any]) -> list[str]:
        stable = [
            name for name, kind in columns.items() if stored(kind) is str or kind in (int, float, bool, Box, Quad)
        ]
        return ["file_name", "id", "task", "prefix", "suffix", *stable]

    def data_files(self, split: str) -> str:
        return f"{split}/**"
