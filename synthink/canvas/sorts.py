"""What a writer can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Sort = Literal["gesture", "text", "letter"]
FOLDERS: Mapping[Sort, str] = {"gesture": "gestures", "text": "texts", "letter": "letters"}
"""Each sort, and the folder of its ink, so that each folder can be named to a generator as it is."""
