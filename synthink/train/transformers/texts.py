"""Questions and answers as tokens, for both families.

    PaliGemma    <image> ... <bos> question "\\n" | answer <eos>
    Florence-2   <image> ... <bos> question <eos>  ->  <bos> answer <eos>

Texts stand as they are written: Florence-2's task words (`<OCR>`) are not replaced by sentences.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthink.errors import ModelError
from synthink.train.data.tokens import LOCATIONS, Tokens
from synthink.train.learner import Encoded

IMAGE = "<image>"
TOKENIZER = "tokenizer.model"
SAMPLE = "Which letter, Q or 7?"


class Pieces:
    """A vocabulary: text to ids and back. `special` gives pad, bos and eos by transformers' names."""

    name: str
    """The file or folder, for messages."""
    size: int
    special: dict[str, int]

    def encode(self, text: str) -> list[int]:
        """Tokens of the text alone."""
        raise NotImplementedError

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, without an end."""
        raise NotImplementedError

    def is_single(self, piece: str) -> bool:
        """Whether a text is one token."""
        raise NotImplementedError

    def for_hub(self) -> Any:
        """The vocabulary as a tokenizer of transformers, which knows `<image>`."""
        raise NotImplementedError


class SentencePieces(Pieces):
    """PaliGemma's sentencepiece file. `<image>` is the first id that the file does not use."""

    def __init__(self, path: Path) -> None:
        self._tokens = Tokens(path, 1 << 30)
        self.path, self.name, self.size = path, str(path), self._tokens.size
        self.special = {
            "pad_token_id": 0,
            "bos_token_id": self._tokens.bos,
            "eos_token_id": self._tokens.eos,
        }

    def encode(self, text: str) -> list[int]:
        return self._tokens.answer(text)[:-1]

    def decode(self, ids: Sequence[int]) -> str:
        return self._tokens.text(ids)

    def is_single(self, piece: str) -> bool:
        return self._tokens.is_single(piece)

    def for_hub(self) -> Any:
        from transformers import GemmaTokenizer

        with tempfile.TemporaryDirectory() as folder:
            # Read by name from a folder: GemmaTokenizer's constructor takes no sentencepiece file.
            shutil.copyfile(self.path, Path(folder, TOKENIZER))
            Path(folder, "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "GemmaTokenizer"}))
            try:
                tokenizer = GemmaTokenizer.from_pretrained(
                    folder, mask_token=None, extra_special_tokens={"image_token": IMAGE}, local_files_only=True
                )
            except (ImportError, OSError, ValueError) as error:
                raise ModelError(
                    f"{self.path}: transformers cannot read this tokenizer: {error}; check that protobuf is installed"
                ) from None
        if tokenizer.image_token_id != self.size:
            raise ModelError(
                f"{self.path}: transformers reads {tokenizer.image_token_id} pieces in it, not {self.size}"
            )
        tokenizer.add_bos_token = tokenizer.add_eos_token = False
        return tokenizer


class HubPieces(Pieces):
    """The tokenizer of a folder or of a name on the hub."""

    def __init__(self, name: str) -> None:
        from transformers import AutoTokenizer

        try:
            self._hub = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
            # Asked directly, since transformers' own way round it is not to be called by several threads at once.
            self._fast = self._hub.backend_tokenizer
            self._fast.no_truncation()
            self._fast.no_padding()
        except Exception as error:  # noqa: BLE001 - damaged files fail in every way there is
            reason = str(error).strip().partition("\n")[0]
            raise ModelError(f"{name}: no tokenizer that can be used: {type(error).__name__}: {reason}") from None
        self.name, self.size = name, len(self._hub)
        self.special = {f"{kind}_token_id": getattr(self._hub, f"{kind}_token_id") for kind in ("pad", "bos", "eos")}
        missing = [kind for kind, number in self.special.items() if number is None]
        if missing:
            raise ModelError(f"{name}: its tokenizer has no {missing[0].removesuffix('_id')}")
        # Without its files transformers makes a tokenizer of five tokens, and says nothing.
        if self.decode(self.encode(SAMPLE)) != SAMPLE:
            raise ModelError(f"{name}: its tokenizer loses text; check that none of its files is missing")

    def encode(self, text: str) -> list[int]:
        return list(self._fast.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._fast.decode([i for i in ids if i < self.size], skip_special_tokens=False))

    def is_single(self, piece: str) -> bool:
        ids = self.encode(piece)
        return len(ids) == 1 and ids[0] != self._hub.unk_token_id

    def for_hub(self) -> Any:
        return self._hub


class RowTexts:
    """The `TextCodec` of a model; the picture's tokens are not counted."""

    def __init__(self, pieces: Pieces, limit: int) -> None:
        self.pieces, self.limit = pieces, limit
        self.pad, self.bos, self.eos = (pieces.special[f"{kind}_token_id"] for kind in ("pad", "bos", "eos"))

    def question(self, prefix: str) -> list[int]:
        """Tokens after the picture's and before the answer's."""
        raise NotImplementedError

    def answer(self, suffix: str) -> list[int]:
        """Tokens that have a loss."""
        raise NotImplementedError

    def encoded(self, prefix: str, suffix: str) -> Encoded:
        return Encoded(len(self.question(prefix)), len(self.answer(suffix)))

    def is_single(self, piece: str) -> bool:
        return self.pieces.is_single(piece)

    def decoded(self, text: str) -> str:
        return self.pieces.decode(self.pieces.encode(text))

    def text(self, ids: Sequence[int]) -> str:
        """The text that a model has written, up to its end token."""
        ids = [int(token) for token in ids]
        ids = ids[: ids.index(self.eos)] if self.eos in ids else ids
        return self.pieces.decode([token for token in ids if token not in (self.pad, self.bos)])


class PaliGemmaTexts(RowTexts):
    """`ModelError` for a tokenizer without location tokens."""

    def __init__(self, pieces: Pieces, limit: int) -> None:
        super().__init__(pieces, limit)
        missing = [piece for piece in LOCATIONS if not pieces.is_single(piece)]
        if missing:
            raise ModelError(
                f"{pieces.name}: {missing[0]} is not one token; PaliGemma's tokenizer has all 1,024 of them"
            )
        self.line_end = pieces.encode("\n")

    def question(self, prefix: str) -> list[int]:
        return [self.bos, *self.pieces.encode(prefix), *self.line_end]

    def answer(self, suffix: str) -> list[int]:
        return [*self.pieces.encode(suffix), self.eos]


class FlorenceTexts(RowTexts):
    """Florence-2's encoder reads the question; its decoder writes the answer, which starts with `<bos>`."""

    def question(self, prefix: str) -> list[int]:
        return [self.bos, *self.pieces.encode(prefix), self.eos]

    def answer(self, suffix: str) -> list[int]:
        return [self.bos, *self.pieces.encode(suffix), self.eos]
