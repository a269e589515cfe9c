"""What is checked before the first step, and the tokenizer that is made for a run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from synthink.errors import ModelError
from synthink.evaluate.answerer import Example
from synthink.evaluate.data.rows import DrawnRows
from synthink.train.data.preflight import DRAWN_ROWS, Digests, check_length, check_pictures, check_texts
from synthink.train.data.tokens import LOCATIONS, SEGMENTS, Tokens, make_tokenizer
from synthink.train.learner import Encoded, Lengths
from tests.support import python

TEXTS = ["Which letter is circled?", "A", "detect the line", "<loc0001><loc1023> line"]


class Listed:
    """Rows from a list."""

    name = "listed"

    def __init__(self, *pairs: tuple[str, str], pictures: Sequence[bytes] = ()) -> None:
        self.examples = [
            Example(picture, *pair, f"listed-{number}")
            for number, (pair, picture) in enumerate(zip(pairs, pictures or [b""] * len(pairs), strict=True))
        ]

    def __len__(self) -> int:
        return len(self.examples)

    def example(self, index: int) -> Example:
        return self.examples[index]

    def row(self, index: int) -> dict[str, str]:
        raise AssertionError("whole rows are not looked at")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokens") / "tokenizer.model"
    make_tokenizer(path, TEXTS)
    return path


@pytest.fixture(scope="module")
def tokens(made: Path) -> Tokens:
    return Tokens(made, 24)


def checked(tokens: Tokens, *pairs: tuple[str, str]) -> Lengths:
    seen: list[int] = []
    lengths = check_texts(tokens, [Listed(*pairs)], seen.append)
    assert sum(seen) == len(pairs)
    return lengths


# --- texts ------------------------------------------------------------------------------------------------------------


def test_the_longest_question_answer_and_row_are_told_apart(tokens: Tokens) -> None:
    """Twelve and five tokens, but never in one row."""
    short, long = "?", "0123456789"
    assert tokens.encoded(short, short) == Encoded(3, 2)
    assert tokens.encoded(long, short) == Encoded(12, 2)
    assert checked(tokens, (long, short), (short, "9876")) == Lengths(12, 5, 14)


def test_a_row_that_is_too_long_is_named(tokens: Tokens) -> None:
    fits, over = "0" * 21, "0" * 22
    assert tokens.encoded(fits, "1") == Encoded(23, 2)
    with pytest.raises(ModelError) as caught:
        checked(tokens, ("?", "A"), (over, "1"))
    told = str(caught.value)
    assert told.startswith("listed-1: 26 tokens (24 of the question, 2 of the answer)")
    assert "model.text_tokens=24" in told


def test_a_row_of_just_the_limit_fits() -> None:
    check_length(Example(b"", "", ""), Encoded(20, 4), 24)
    with pytest.raises(ModelError, match="25 tokens"):
        check_length(Example(b"", "", ""), Encoded(20, 5), 24)


@pytest.mark.parametrize("suffix", ["", "   ", "\n"])
def test_an_empty_answer_is_refused(tokens: Tokens, suffix: str) -> None:
    with pytest.raises(ModelError, match=r"listed-1: the answer \(suffix\) is empty"):
        checked(tokens, ("?", "A"), ("?", suffix))


class Lowered(Tokens):
    """A tokenizer that loses case, as some do."""

    def decoded(self, text: str) -> str:
        return super().decoded(text.lower())


@pytest.mark.parametrize(("pair", "told"), [(("?", "Ab"), "suffix 'Ab'"), (("Which", "a"), "prefix 'Which'")])
def test_lost_case_is_told(made: Path, pair: tuple[str, str], told: str) -> None:
    checked(Tokens(made, 24), pair)
    with pytest.raises(ModelError, match=f"listed-1: {told} comes back from its tokens as"):
        checked(Lowered(made, 24), ("?", "a"), pair)


def test_of_a_generator_without_end_some_rows_are_looked_at(tokens: Tokens) -> None:
    from synthink.core.source import Source
    from tests.train.patches import Patches

    class Counted(DrawnRows):
        asked = 0

        def example(self, index: int) -> Example:
            type(self).asked += 1
            return super().example(index)

    rows = Counted(Source(Patches()), "train", 1 << 60, "patches")
    assert check_texts(tokens, [rows], lambda advance: None).suffix >= 2
    assert Counted.asked == DRAWN_ROWS


# --- pictures in two splits -------------------------------------------------------------------------------------------


def png(grey: int) -> bytes:
    file = io.BytesIO()
    picture = Image.new("L", (4, 4), grey)
    picture.putpixel((1, 1), 255)
    picture.save(file, "PNG")
    return file.getvalue()


def split(*greys: int) -> Listed:
    return Listed(*[("?", "A")] * len(greys), pictures=[png(grey) for grey in greys])


def test_a_picture_in_two_splits_names_both_rows() -> None:
    splits = {"train": split(1, 2, 3), "test": split(4, 5, 6, 2)}
    with pytest.raises(ModelError) as caught:
        check_pictures(splits, lambda advance: None)
    assert str(caught.value) == "listed-3 (test) shows the same picture as listed-1 (train)"


def test_a_picture_may_stand_in_two_splits_that_have_the_same_content_on_purpose() -> None:
    splits = {"train": split(1, 2), "test": split(3, 4), "test_short": split(3, 4)}
    likes = {"test_short": "test"}
    check_pictures(splits, lambda advance: None, content_of=lambda name: likes.get(name, name))
    with pytest.raises(ModelError, match=r"shows the same picture as listed-0 \(test\)"):
        check_pictures(splits, lambda advance: None)


def test_a_picture_may_come_twice_in_one_split() -> None:
    seen: list[int] = []
    check_pictures({"train": split(1, 1, 2), "test": split(3, 3)}, seen.append)
    assert sum(seen) == 5


# --- the tokenizer ----------------------------------------------------------------------------------------------------


def test_special_pieces_are_one_token_each(tokens: Tokens) -> None:
    assert all(tokens.is_single(piece) for piece in (*LOCATIONS, *SEGMENTS, "\n", "A", "z", "~", " "))
    assert not tokens.is_single("<loc1024>")
    assert not tokens.is_single("é")
    assert tokens.encoded("", "<loc0001><loc0002><loc0003><loc0004>").suffix == 5


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u2581"), max_size=40))
def test_any_text_comes_back(tokens: Tokens, text: str) -> None:
    """By way of bytes where a character is not known; but for the sign that stands for a space."""
    assert tokens.decoded(text) == text


def test_characters_that_no_text_had_come_back(tokens: Tokens) -> None:
    text = "Größe 日本 🎉\t  two"
    assert tokens.decoded(text) == text
    assert tokens.text([*tokens.answer(text), *tokens.answer("more")]) == text, "up to the end of the answer"
    assert tokens.text([tokens.size, *tokens.answer("A")]) == "A", "what is no token is left out"


def test_the_sign_for_a_space_is_refused(tokens: Tokens) -> None:
    with pytest.raises(ModelError, match="comes back"):
        checked(tokens, ("a\u2581b", "A"))


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "empty"), (b"hello", "not a sentencepiece model"), (bytes(200), "not a sentencepiece model")],
)
def test_a_file_that_is_no_tokenizer(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "none.model"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=told) as caught:
        Tokens(path, 10)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_tokenizer_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.model", tmp_path):
        with pytest.raises(ModelError, match="cannot be read"):
            Tokens(path, 10)


def plain_model(**options: object) -> bytes:
    """A tokenizer as anybody trains one."""
    import sentencepiece

    usual = {"vocab_size": 1200, "hard_vocab_limit": False, "add_dummy_prefix": False, "minloglevel": 2}
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(TEXTS), model_writer=made, **{**usual, **options})
    return made.getvalue()


def test_a_tokenizer_without_location_tokens(tmp_path: Path) -> None:
    (tmp_path / "plain.model").write_bytes(plain_model())
    with pytest.raises(ModelError, match="<loc0000> is not one token"):
        Tokens(tmp_path / "plain.model", 10)
    (tmp_path / "some.model").write_bytes(plain_model(user_defined_symbols=list(LOCATIONS[:-1])))
    with pytest.raises(ModelError, match="<loc1023> is not one token"):
        Tokens(tmp_path / "some.model", 10)


def test_a_tokenizer_without_begin_and_end(tmp_path: Path) -> None:
    (tmp_path / "endless.model").write_bytes(plain_model(user_defined_symbols=list(LOCATIONS), eos_id=-1))
    with pytest.raises(ModelError, match="begin and end"):
        Tokens(tmp_path / "endless.model", 10)


@pytest.mark.heavy
def test_the_same_texts_give_the_same_file_in_another_process(tmp_path: Path, made: Path) -> None:
    make_tokenizer(tmp_path / "other.model", [*reversed(TEXTS), *TEXTS])
    assert (tmp_path / "other.model").read_bytes() == made.read_bytes(), "order and number of texts do not count"
    for seed in ("1", "2"):
        code = "import sys; from pathlib import Path; from synthink.train.data.tokens import make_tokenizer; "
        code += f"make_tokenizer(Path(sys.argv[1]), {TEXTS!r})"
        answer = python("-c", code, str(tmp_path / f"{seed}.model"), env={"PYTHONHASHSEED": seed})
        assert answer.returncode == 0, answer.stderr
        assert (tmp_path / f"{seed}.model").read_bytes() == made.read_bytes()


@pytest.mark.parametrize("texts", [[], ["a"], ["  ", "\n"], ["x" * 5000]], ids=["none", "one", "blank", "too long"])
def test_few_texts_make_a_tokenizer_too(tmp_path: Path, texts: list[str]) -> None:
    make_tokenizer(tmp_path / "tokenizer.model", texts)
    assert Tokens(tmp_path / "tokenizer.model", 10).decoded("Any Text, 1") == "Any Text, 1"


def test_texts_of_many_different_characters(tmp_path: Path) -> None:
    texts = ["".join(map(chr, range(first, first + 10))) for first in range(0x4E00, 0x4E00 + 5000, 10)]
    make_tokenizer(tmp_path / "tokenizer.model", [*texts, *["\u4e00\u4e01"] * 3])
    tokens = Tokens(tmp_path / "tokenizer.model", 99)
    assert all(tokens.decoded(text) == text for text in texts)
    assert tokens.is_single("\u4e00"), "common"
    assert not tokens.is_single(texts[-1][-1]), "beyond the number that get a token"


def test_a_picture_in_splits_of_two_datasets() -> None:
    seen: Digests = {}
    check_pictures({"train": split(1, 2)}, lambda advance: None, seen)
    with pytest.raises(ModelError, match="same picture"):
        check_pictures({"test": split(3, 2)}, lambda advance: None, seen)
    check_pictures({"train": split(1)}, lambda advance: None, seen)  # the same split of another dataset may share it


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "TIFF"])
def test_pictures_of_one_colour_are_refused_by_name(form: str) -> None:
    """White ink on a transparent ground is one of them: it is seen on white."""
    file = io.BytesIO()
    picture = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (10, 10, 20, 20))
    picture.save(file, form, **({"lossless": True} if form == "WEBP" else {}))
    rows = Listed(*[("?", "A")] * 7, pictures=[png(1), *[file.getvalue()] * 6])
    with pytest.raises(ModelError) as caught:
        check_pictures({"train": rows}, lambda advance: None)
    assert str(caught.value).startswith("6 of 7 pictures are of one colour, so that nothing can be seen on them: rows ")
    assert "rows listed-1 (train), listed-2 (train)" in str(caught.value)
    assert "listed-5 (train) and 1 more" in str(caught.value)


def test_what_is_no_picture_is_found_before_the_first_step() -> None:
    rows = Listed(("?", "A"), pictures=[b"not a picture"])
    with pytest.raises(ModelError, match="is in no format that is read"):
        check_pictures({"train": rows}, lambda advance: None)
