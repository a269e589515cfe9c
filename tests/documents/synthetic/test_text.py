"""The text of synthetic pages: a wide vocabulary, no frame that stands out, figures that add up."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest

from synthink.assets.fonts.fonts import Fonts
from synthink.assets.texts.definitions import definitions
from synthink.assets.texts.prose import REGISTERS, Prose, grammar, lexicon
from synthink.assets.words.sources import builtin_words
from synthink.documents.synthetic.layout_text import PageText
from synthink.documents.synthetic.synthetic import synthetic_page
from synthink.streams import Stream, StreamKey

LITERALS = {
    word
    for frames in grammar().values()
    for frame in frames
    for text in (*(part.before for part in frame.parts), frame.end)
    for word in re.findall("[a-z]+", text.lower())
}


def stream(number: int) -> Stream:
    return StreamKey("text", 1, 0, "test").stream(number, "text")


def page_words(count: int) -> Counter[str]:
    """The words of so many pages in lower case, without punctuation and figures."""
    faces = Fonts().open().faces
    words = Counter[str]()
    for number in range(count):
        page = synthetic_page(f"synthetic-0-{number:06}", fonts=faces)
        plain = (word.strip(".,;:!?\"()'").lower() for word in page.words)
        words.update(word for word in plain if re.fullmatch("[a-z][a-z'-]*", word))
    return words


def commonest(words: Counter[str], count: int) -> float:
    """The share of running words that so many of the commonest words make up."""
    return sum(number for _, number in words.most_common(count)) / words.total()


def test_a_few_pages_have_many_words() -> None:
    words = page_words(12)
    assert len(words) >= 0.35 * words.total()  # of the words before this grammar: 0.17
    assert commonest(words, 100) < 0.55


@pytest.mark.slow
def test_four_hundred_pages_have_nine_thousand_words() -> None:
    words = page_words(400)
    assert len(words) >= 9000
    assert commonest(words, 1000) < 0.75


def skeleton(sentence: str) -> str:
    """The sentence without the words that fill its frame."""
    words = re.findall(r"[A-Za-z']+", sentence.lower())
    return re.sub("(_ )+", "_ ", "".join(f"{word} " if word in LITERALS else "_ " for word in words))


def test_no_frame_stands_out() -> None:
    texts = [PageText(stream(number)) for number in range(60)]
    skeletons = Counter(skeleton(text.sentence()) for text in texts for _ in range(20))
    assert {text.register for text in texts} == set(REGISTERS)
    assert skeletons.most_common(1)[0][1] < 0.03 * skeletons.total()


def test_frames_name_only_what_there_is() -> None:
    for symbol in grammar():
        for number in range(40):
            text = Prose(stream(number)).text(symbol)
            assert text and not re.search(r"[{}\[\]_/]|  ", text), symbol
    for words in lexicon().values():
        assert words and all(word.isascii() and word == word.strip() for word in words)


@pytest.mark.parametrize("symbol", REGISTERS)
def test_articles_go_with_the_sound_of_the_next_word(symbol: str) -> None:
    text = " ".join(Prose(stream(number)).text(symbol) for number in range(300))
    assert not re.search(r"\b[Aa] (hour|[aei])(?!u)[a-z]", text) and not re.search(r"\b[Aa]n (uni|[bcdfg])", text)


def test_bills_add_up() -> None:
    for number in range(20):
        bill = PageText(stream(number)).bill(6)
        cents = [[round(float(cell.replace(",", "")) * 100) for cell in row[1:]] for row in bill.rows]
        assert all(count * price == 100 * amount for count, price, amount in cents)
        subtotal, tax, total = (round(float(amount.replace(",", "")) * 100) for _, amount in bill.sums)
        assert subtotal == sum(row[2] for row in cents) and total == subtotal + tax and tax > 0


def test_trains_arrive_later_at_later_places() -> None:
    rows = PageText(stream(0)).journeys(9, 4)
    for column in range(1, 5):
        minutes = [datetime.strptime(row[column], "%H:%M").hour * 60 + int(row[column][3:]) for row in rows]
        assert all(0 < (later - earlier) % 1440 < 60 for earlier, later in pairwise(minutes))


def test_definitions_are_those_of_builtin_words() -> None:
    words = frozenset(builtin_words())
    meanings = definitions()
    assert len(meanings) > 4000 and words.issuperset(meanings) and list(meanings) == sorted(meanings)
    assert meanings["boldness"] == "the state of being bold" and meanings["happiest"] == "superlative of happy"
    assert meanings["acorns"] == "plural of acorn" and "forest" not in meanings
