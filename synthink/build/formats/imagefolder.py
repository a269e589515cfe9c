"""Picture files with a `metadata.jsonl` beside them: what `load_dataset("imagefolder", ...)` and the hub show.

`datasets` takes the types of the columns from the first lines of each split and wants the same in all. So what has one
type in every row is a field of a line: texts, numbers, and boxes that no row lacks. A gap in a text is an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthink.build.formats.picture_folder import PictureFolderFormat
from synthink.core.columns import OTHER_COLUMNS, card_features, stored
from synthink.draw.geometry import Box, Quad

if TYPE_CHECKING:
    from synthink.build.plan import Shard


class ImageFolderFormat(PictureFolderFormat):
    """A folder a split, and in it a folder of at most 10,000 files a shard.

    `datasets` gives the shards of a split in any order. With the folder's name alone it goes by the splits' names, and
    takes `test_photo` for more of `test`; by the card, as `load_dataset(folder)` and the hub do, it knows them apart.
    """

    name = "imagefolder"
    most_shard_rows = 9_999
    loader_keeps_order = False
    lines_name = "metadata.jsonl"
    picture_field = "file_name"
    row_fields = ("file_name", "id", "task", "prefix", "suffix")

    def shard_name(self, shard: Shard) -> str:
        return f"{shard.split}/{shard.number:05d}-of-{shard.count:05d}"

    def has_field(self, kind: Any) -> bool:
        return stored(kind) is str or kind in (int, float, bool, Box, Quad)

    def card_features(self, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The types that `datasets` finds out by itself, whatever a card says."""
        own = {name: list[float] if kind in (Box, Quad) else kind for name, kind in self.own_columns(columns).items()}
        others = {OTHER_COLUMNS: str} if self.other_columns(columns) else {}
        texts = [column for column in card_features({**own, **others}) if column["name"] != "image"]
        return [{"name": "image", "dtype": "image"}, *texts]

    def data_files(self, split: str) -> str:
        return f"{split}/**"
