"""Words: sources, filters, cases, groups, and the faults of lists and files."""

from __future__ import annotations

import codecs
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink.assets.words.slurs import is_slur
from synthink.assets.words.words import REASONS, Words
from synthink.errors import AssetError, ConfigError, SynthinkError
from synthink.streams import StreamKey

KEY = StreamKey("words", 0)
SLUR = codecs.decode("shpx", "rot13")
CASES = ("as_is", "lower", "upper", "title", "mixed")


def draws(count: int = 200, belongs: object = None, **fields: object) -> list[str]:
    pool = Words(**fields).open().pool(None, belongs)
    return [pool.draw(KEY.stream(index, "words")) for index in range(count)]


def test_builtin_is_large_plain_and_clean() -> None:
    words = Words().open().words
    assert len(words) >= 20_000
    assert list(words) == sorted(set(words))
    assert all(3 <= len(word) <= 15 and word.isascii() and word.isalpha() and word.islower() for word in words)
    assert not [word for word in words if is_slur(word)]
    assert {"apple", "children", "computer", "running", "happiness", "yellow"} <= set(words)


def test_builtin_golden() -> None:
    opened = Words().open()
    assert opened.record() == {
        "fingerprint": "90b894cb8a59292375ba6ac63e5b3311c4c30c0d963e8c48e45504105e701c48",
        "source": "builtin",
        "count": 29_933,
        "licences": ["CC0-1.0"],
    }
    assert draws(4) == ["facade", "inadvertently", "dupe", "markup"]


@pytest.mark.parametrize(
    "fields",
    [
        {"length": (4, 9)},
        {"alphabet": "abcdefghijklmnopqrstuvwxy"},
        {"case": "upper"},
        {"case": ("as_is", "lower")},
        {"source": ("apple",)},
        {"source": "random"},
        {"source": "random", "drop_slurs": False},
        {"source": "random", "length": (2, 9)},
        {"source": "random", "exclude": ["fig"]},
        {"exclude": ["apple"]},
    ],
)
def test_every_setting_reaches_the_fingerprint(fields: dict[str, object]) -> None:
    others = [Words(), Words(source="random", alphabet="xyz"), Words(source=["apples"])]
    own = Words(**fields).open().record()["fingerprint"]
    assert own not in [other.open().record()["fingerprint"] for other in others]


def test_excluded_words_are_never_drawn(tmp_path: Path) -> None:
    listed = Words(source=["Fig", "figs", "pear"], exclude=["FIG", "plum"]).open()
    assert listed.words == ("figs", "pear") and listed.left_out.counts[REASONS["exclude"]] == 1
    benchmark = tmp_path / "benchmark.txt"
    benchmark.write_text("# words of a benchmark\nMarkup\nfacade\n")
    spec = Words(exclude=str(benchmark))
    words = spec.open().words
    assert len(words) == 29_931 and {"markup", "facade"}.isdisjoint(words) and "dupe" in words
    benchmark.write_text("dupe\n")
    assert "dupe" not in spec.open().words  # a file may change
    assert spec.outside() == [str(benchmark)]
    pool = Words(source="random", alphabet="ab", length=(2, 2), exclude=["AB", "ba"]).open().pool(None, None)
    stream = StreamKey("x").stream(0, "y")
    assert {pool.draw(stream) for _ in range(60)} == {"aa", "bb"}


def test_a_list_in_any_order_is_the_same_list() -> None:
    one, two = Words(source=["pear", "fig", "pear"]).open(), Words(source=("fig", "pear")).open()
    assert str(one.left_out) == "1 word given twice ('pear')" and not two.left_out
    assert one.words == two.words == ("fig", "pear")
    assert one.record() == two.record()
    assert one.record()["licences"] == ["unknown"]
    assert Words(source={"pear", "fig"}) == Words(source=["fig", "pear"])


@given(
    words=st.lists(st.text("abAB éßıſΣ'-", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=8),
    length=st.none() | st.tuples(st.integers(1, 5), st.integers(5, 64)),
    alphabet=st.sampled_from(["abAB", "abABéßıſΣ'-", "a"]),
    case=st.sampled_from(CASES) | st.lists(st.sampled_from(CASES), min_size=1).map(tuple),
)
def test_filters_and_cases(
    words: list[str], length: tuple[int, int] | None, alphabet: str, case: str | tuple[str, ...]
) -> None:
    spec = Words(source=words, length=length, alphabet=alphabet, case=case, drop_slurs=False)
    stripped = {word.strip() for word in words}
    low, high = length or (1, 64)
    wanted = {word for word in stripped if low <= len(word) <= high and set(word) <= set(alphabet)}
    if not wanted:
        with pytest.raises(ConfigError, match=r"no word is left of \d+: "):
            spec.open()
        return
    opened = spec.open()
    twice = opened.left_out.counts["words given twice"]
    assert opened.left_out.counts.total() - twice == len(stripped) - len(wanted)
    assert opened.groups() == sorted({word.casefold() for word in wanted})
    pool = opened.pool(None, None)
    for index in range(5):
        word = pool.draw(KEY.stream(index, "words"))
        assert word.casefold() in {each.casefold() for each in wanted}
        assert low <= len(word) <= high and set(word) <= pool.letters


def test_each_case() -> None:
    word = ["Straße"]
    one = {case: draws(60, source=word, alphabet="Straße", case=case) for case in CASES}
    assert [set(one[case]) for case in CASES[:4]] == [{"Straße"}, {"straße"}, {"STRAßE"}, {"Straße"}]
    assert len(set(one["mixed"])) > 20
    assert {each.casefold() for each in one["mixed"]} == {"strasse"}
    assert set(draws(60, source=word, alphabet="Straße", case=["lower", "upper"])) == {"straße", "STRAßE"}
    assert Words(source=["Fig", "fig", "FIG"], case="lower").open().pool(None, None).words == ("fig",)


def test_pools_divide_words_by_their_folded_form() -> None:
    opened = Words(source=["Polish", "polish", "fig", "Pear"]).open()
    assert opened.groups() == ["fig", "pear", "polish"]
    assert opened.pool(frozenset({"polish"}), None).words == ("Polish", "polish")
    assert opened.pool(None, lambda group: group != "polish").words == ("Pear", "fig")
    assert opened.pool(None, None).words == opened.words
    with pytest.raises(ConfigError, match="this split has no words"):
        opened.pool(frozenset(), None).draw(KEY.stream(0, "words"))
    assert pickle.loads(pickle.dumps(opened.pool(None, None))).words == opened.words


def test_random_letters() -> None:
    words = draws(300, source="random", length=(20, 20))
    assert len(set(words)) == 300
    assert {len(word) for word in words} == {20}
    assert any(word not in (word.lower(), word.upper()) for word in words)
    assert {len(word) for word in draws(300, source="random")} == set(range(3, 16))
    assert set("".join(draws(50, source="random", alphabet="ab", case="upper"))) == {"A", "B"}
    belongs = draws(100, lambda group: group[0] == "q", source="random")
    assert {word[0] for word in belongs} == {"q", "Q"}


def test_random_letters_that_cannot_be() -> None:
    opened = Words(source="random", alphabet="ab", length=(1, 1)).open()
    assert opened.groups() is None and opened.record()["count"] is None
    with pytest.raises(ConfigError, match=r"alphabet='ab': of 10,000 words .* none belongs to this split"):
        opened.pool(None, lambda group: False).draw(KEY.stream(0, "words"))
    with pytest.raises(ConfigError, match="source='random': random words can't be listed"):
        _ = opened.pool(None, None).words


def test_slurs_are_dropped_counted_and_can_be_kept() -> None:
    given_words = ["apple", SLUR, SLUR.title() + "ing", "titter", "spices", "cocktail"]
    opened = Words(source=given_words).open()
    assert opened.words == ("apple", "cocktail", "spices", "titter")
    assert opened.left_out.record() == {"skipped": {REASONS["drop_slurs"]: 2}}, "nobody wants to read them"
    assert len(Words(source=given_words, drop_slurs=False).open().words) == 6
    with pytest.raises(ConfigError, match="drop_slurs=True: no word is left of 1"):
        Words(source=[SLUR]).open()
    letters = {"source": "random", "alphabet": SLUR, "length": (4, 4), "case": "mixed"}
    assert SLUR in {word.lower() for word in draws(3000, drop_slurs=False, **letters)}
    assert SLUR not in {word.lower() for word in draws(3000, **letters)}


def test_a_file_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    text = "\ufeff# fruit\r\n\r\n  pear \r\nnai\u0308ve\rfig\nfig\n\tplum\u00a0\n"
    path.write_bytes(text.encode())
    for source in (path, str(path)):
        opened = Words(source=source, alphabet="aefgilmnprtuvï").open()
        assert opened.words == ("fig", "naïve", "pear", "plum")
        assert opened.record()["source"] == str(path)
    assert Words(source=path).open().words == ("fig", "naïve", "pear", "plum")
    assert str(Words(source=path).open().left_out) == "1 word given twice (line 6 'fig')"


BAD_FILES: dict[str, tuple[bytes, str, str | None]] = {
    "latin1": (
        "fig\ncafé\n".encode("latin-1"),
        r":2: is not UTF-8 at byte 3 of the line \(0xE9\); save",
        "not in UTF-8",
    ),
    "marked": (b"\xef\xbb\xbffig\n\xff", r":2: is not UTF-8 at byte 0 of the line \(0xFF\)", "not in UTF-8"),
    "utf16": ("fig\n".encode("utf-16"), r":1: is not UTF-8 at byte 0 of the line \(0xFF\)", None),
    "utf16_unmarked": ("fig\n".encode("utf-16-le"), r":1: 'f.*' holds the control character U\+0000", "control char"),
    "surrogate": (b"fig\r\n\r\n\xed\xa0\x80\n", r":3: is not UTF-8 at byte 0 of", "not in UTF-8"),
    "nul": (b"fig\npe\0ar\n", r":2: 'pe\\x00ar' holds the control character U\+0000", "control character"),
    "tab": (b"fig\npear\tplum\n", r":2: .*U\+0009", "control character"),
    "escape": (b"# note\nfig\n\x1b[31mfig\n", r":3: .*U\+001B", "control character"),
    "line_separator": ("fig\nfig\u2028pear\n".encode(), r":2: .*U\+2028", "control character"),
    "long": (
        b"fig\n" + b"a" * 10_000,
        r":2: 'a{30,40}… has 10,000 letters; at most 64; strict=false",
        "more than 64 letters",
    ),
    "very_long": (b"fig\n" + b"a" * 10_000_000, r":2: 'a{30,40}… has 10,000,000 letters", "more than 64 letters"),
    "curly": (
        "fig\n“fig”\n".encode(),
        "'“' .U.201C., '”' .U.201D. is no letter; name it in alphabet",
        "are not allowed",
    ),
    "empty": (b"", ": holds no words", None),
    "blank": (b"\n  \n# fig\n", ": holds no words", None),
    "many_lines": (b"\n" * 5_000_001, r": has 5,000,002 lines; .* at most 5,000,000", None),
}
"""Bytes, the error where `strict`, and why the line is left out else; None where the file is refused all the same."""


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_line_costs_itself_and_a_strict_list_names_it(tmp_path: Path, name: str) -> None:
    data, message, reason = BAD_FILES[name]
    path = tmp_path / "words.txt"
    path.write_bytes(data)
    with pytest.raises(SynthinkError, match=message) as caught:
        Words(source=str(path), strict=True).open()
    line = str(caught.value)
    assert "\n" not in line and len(line) < len(str(path)) + 260 and (str(path) in line or "line 2" in line)
    if reason is None or "utf16" in name:
        with pytest.raises(SynthinkError, match=message if reason is None else "no word is left of 2: "):
            Words(source=str(path)).open()
        return
    assert "strict=false" in line
    opened = Words(source=str(path)).open()
    assert opened.words == ("fig",) and reason in str(opened.left_out)
    fine = (b"fig", b"", b"# note", b"\xef\xbb\xbffig")
    number = next(number for number, line in enumerate(data.split(b"\n"), 1) if line.strip() not in fine)
    assert f"(line {number}" in str(opened.left_out)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="is a folder"):
        Words(source=str(tmp_path)).open()
    with pytest.raises(AssetError, match=r"absent\.txt: the word list cannot be read: No such file"):
        Words(source=str(tmp_path / "absent.txt")).open()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AssetError, match="not a regular file"):
        Words(source=str(tmp_path / "pipe")).open()
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate((64 << 20) + 1)
    with pytest.raises(AssetError, match=r"huge.txt: is 67,108,865 bytes long"):
        Words(source=str(tmp_path / "huge.txt")).open()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"source": "nltkk"}, "source='nltkk': is no file, .*did you mean nltk?"),
        ({"source": "qqq"}, "source='qqq': .*known: builtin, nltk, random"),
        ({"source": []}, "the list holds no words"),
        ({"exclude": ["a\tb"]}, r"exclude\[0\]=.*U\+0009"),
        ({"exclude": "absent.txt"}, r"absent\.txt: the word list cannot be read"),
        ({"source": ["fig"], "exclude": ["Fig"]}, "exclude=.*no word is left of 1"),
        ({"source": ["fig", " "], "strict": True}, r"source\[1\]=' ': is empty"),
        ({"source": ["fig", ""], "strict": True}, r"source\[1\]='': is empty"),
        ({"source": ["a\0b"], "strict": True}, r"source\[0\]='a\\x00b': holds the control character U\+0000"),
        ({"source": ["a\tb"], "strict": True}, r"source\[0\]=.*U\+0009"),
        ({"source": ["\ud800"], "strict": True}, r"source\[0\]=.*U\+D800"),
        ({"source": ["a" * 10_000], "strict": True}, r"source\[0\]='a+…: has 10,000 letters; at most 64"),
        ({"source": ["a\tb"]}, r"source=.*no word is left of 1: 1 word with a control character"),
        ({"source": [7]}, r"source\[0\]=7: must be text"),
        ({"source": "builtin", "length": (16, 20)}, r"length=\(16, 20\): no word is left of 29,\d+"),
        (
            {"source": ["été"], "alphabet": "abc"},
            "alphabet='abc': no word is left of 1: 1 word with characters that are not allowed",
        ),
        ({"length": (9, 3)}, r"length=.*backwards; write \[3, 9\]"),
        ({"length": (0, 3)}, "length=.*between 1 and 64"),
        ({"alphabet": ""}, "alphabet='': holds no letters"),
        ({"alphabet": "a b"}, r"alphabet='a b': ' ' \(U\+0020\) can't be drawn"),
        ({"case": "uper"}, "case='uper': .*did you mean upper"),
        ({"case": ["lower", "uper"]}, r"case\[1\]='uper'"),
        ({"case": []}, r"case=\(\): must name at least one case"),
    ],
)
def test_bad_settings_are_named(fields: dict[str, object], message: str) -> None:
    with pytest.raises(SynthinkError, match=message) as caught:
        Words(**fields).open()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250
