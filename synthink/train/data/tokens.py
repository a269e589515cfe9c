"""PaliGemma's texts as tokens: a sentencepiece file, and what stands around question and answer.

    <bos> question "\\n" | answer <eos>

The question sees all of itself; the answer is read from left to right, and alone has a loss. Case is kept.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from synthink.errors import ModelError
from synthink.files import write_atomically
from synthink.train.learner import Encoded

LOCATIONS = tuple(f"<loc{bin:04d}>" for bin in range(1024))
SEGMENTS = tuple(f"<seg{code:03d}>" for code in range(128))
LARGEST_BYTES = 64 << 20
OTHERS = 2000
"""The number of characters, besides the printable ones of ASCII, that get a token: the commonest ones."""
INSTALL = "pip install 'synthink[train]'"
_ASCII = "".join(chr(code) for code in range(32, 127))


class Tokens:
    """A tokenizer in PaliGemma's form. `ModelError` for a file that is none, or one without location tokens."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path, self.limit = path, limit
        self._model = _processor(path)
        missing = [piece for piece in LOCATIONS if not self.is_single(piece)]
        if missing:
            raise ModelError(f"{path}: {missing[0]} is not one token; PaliGemma's tokenizer has all 1,024 of them")
        self.size = int(self._model.vocab_size())
        self.bos, self.eos = int(self._model.bos_id()), int(self._model.eos_id())
        if min(self.bos, self.eos) < 0:
            raise ModelError(f"{path}: has no tokens for begin and end of a text")

    def is_single(self, piece: str) -> bool:
        """Whether a text is one token."""
        ids = self._model.encode(piece)
        return len(ids) == 1 and ids[0] != self._model.unk_id()

    def question(self, prefix: str) -> list[int]:
        """Tokens up to where the answer starts."""
        return [self.bos, *self._model.encode(prefix), *self._model.encode("\n")]

    def answer(self, suffix: str) -> list[int]:
        """Tokens of the answer and its end."""
        return [*self._model.encode(suffix), self.eos]

    def encoded(self, prefix: str, suffix: str) -> Encoded:
        return Encoded(len(self.question(prefix)), len(self.answer(suffix)))

    def decoded(self, text: str) -> str:
        return str(self._model.decode(self._model.encode(text)))

    def text(self, ids: Sequence[int]) -> str:
        """The text of the tokens that a model has written, up to the end of the answer."""
        ids = [int(token) for token in ids]
        ids = ids[: ids.index(self.eos)] if self.eos in ids else ids
        return str(self._model.decode([token for token in ids if 0 <= token < self.size]))


def _processor(path: Path) -> Any:
    try:
        import sentencepiece
    except ImportError:
        raise ModelError(f"the tokenizer needs sentencepiece: {INSTALL}") from None
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ModelError(f"{path}: larger than {LARGEST_BYTES >> 20} MiB; not a tokenizer")
        content = path.read_bytes()
        if not content:
            raise ModelError(f"{path}: not a sentencepiece model: the file is empty")
        return sentencepiece.SentencePieceProcessor(model_proto=content)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (RuntimeError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: not a sentencepiece model: {str(error).splitlines()[0]}") from None


def make_tokenizer(path: Path, texts: Iterable[str]) -> None:
    """Write a small tokenizer in PaliGemma's form: its special pieces, the printable letters, and parts of `texts`.

    The same texts give the same file. Any other character is written as bytes.
    """
    try:
        import sentencepiece
    except ImportError:
        raise ModelError(f"the tokenizer needs sentencepiece: {INSTALL}") from None
    special = ["\n", "\n\n", "\n\n\n", *LOCATIONS, *SEGMENTS]
    lines = sorted({line for text in texts for line in text.split("\n") if line.strip() and len(line) < 4000})
    others = Counter(letter for line in lines for letter in line if letter not in _ASCII)
    common = sorted(others, key=lambda letter: (-others[letter], letter))[:OTHERS]
    rare = str.maketrans(dict.fromkeys(others.keys() - {*common}))
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*(line.translate(rare) for line in lines), _ASCII]),
        model_writer=model,
        model_type="bpe",
        vocab_size=4 + len(special) + 256 + len(_ASCII) + 160 + len(common),
        hard_vocab_limit=False,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        unk_piece="<unk>",
        byte_fallback=True,
        split_digits=True,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        normalization_rule_name="identity",
        allow_whitespace_only_pieces=True,
        user_defined_symbols=special,
        required_chars=_ASCII.strip(),
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    write_atomically(path, model.getvalue())
