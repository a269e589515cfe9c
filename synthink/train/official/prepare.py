"""All that big_vision's trainer reads, laid out in one folder: rows, pictures, tokenizer, configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from synthink.errors import ConfigError, OutputError
from synthink.files import write_whole
from synthink.train.learner import Example, TrainError
from synthink.train.official import recipe
from synthink.train.official.settings import BigVisionOfficial
from synthink.train.official.write import write_split
from synthink.train.preflight import check_length
from synthink.train.settings import Model
from synthink.train.tokens import Tokens


def prepare(
    folder: Path,
    train: Iterable[Example],
    validation: Iterable[Example],
    model: Model,
    trainer: BigVisionOfficial,
    tokenizer: Path,
    image_px: int,
    seed: int,
    weights_file: Path | None,
) -> list[str]:
    """Write rows, tokenizer and `config.py` into the folder; the ids of the validation rows.

    Raises `TrainError` for a row that is too long for the model: big_vision would cut it off without a word.
    """
    tokens = Tokens(tokenizer, model.text_tokens)
    vocab = model.vocab_size or tokens.size
    if tokens.size > vocab:
        raise ConfigError("model.vocab_size", vocab, f"is less than the {tokens.size} pieces of {tokenizer}")
    if weights_file is not None and ":" in str(weights_file.resolve()):
        raise TrainError(f"{weights_file}: big_vision takes a colon in a path for something else; move the file")
    make_folder(folder)
    longest = _Longest(tokens)
    learnt = write_split(folder, "train", longest.through(train))
    if learnt.rows < trainer.batch_size:
        raise ConfigError("trainer.batch_size", trainer.batch_size, f"is more than the {learnt.rows} rows to train on")
    asked = write_split(folder, "validation", longest.through(validation))
    write_whole(folder / recipe.TOKENIZER, tokenizer.read_bytes())
    values = recipe.constants(
        model,
        trainer,
        image_px=image_px,
        seed=seed,
        vocab_size=vocab,
        answer_tokens=longest.answer,
        rows=learnt.rows,
        image_bytes=learnt.bytes,
        weights=str(weights_file.resolve()) if weights_file else None,
    )
    recipe.write_config(folder, values)
    return sorted(asked.ids)


def make_folder(folder: Path) -> None:
    """`OutputError` where there can be none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror or error}") from None


class _Longest:
    """Looks at rows as they pass: none is too long, and how many tokens the longest answer takes."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.answer = tokens, 1

    def through(self, examples: Iterable[Example]) -> Iterator[Example]:
        for example in examples:
            encoded = self.tokens.encoded(example.prefix, example.suffix)
            check_length(example, encoded, self.tokens.limit)
            self.answer = max(self.answer, encoded.suffix)
            yield example
