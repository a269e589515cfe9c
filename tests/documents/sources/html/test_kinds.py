"""Kinds of print on web pages: each is read as it is shown, or left out and counted. One page has them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFilter

from synthink.documents.sources.html.files import WebPage
from synthink.documents.sources.html.seen import BUSY
from synthink.documents.sources.html.words import Word, count_absent, prove
from tests.documents.sources.html.reading import needs_browser, read

pytestmark = pytest.mark.heavy
pytest.importorskip("playwright")

LARGE = "float: left; font-size: 48px; line-height: 1; padding-right: 6px"
UNDER, PANE = "<div style='position: relative'>under words", "position: absolute; inset: 0"
FONT = (
    "<style>@font-face {{font-family: {0}; src: local('DejaVu Sans'); {1}}}</style>"
    "<p style='font-family: {0}'>fjord large</p>"
)
KINDS = {
    "open shadow tree": (
        "<x-a><template shadowrootmode=open><p>before <slot name=a></slot> after <slot>own</slot></p><x-b><template "
        "shadowrootmode=open><i>deep</i> <slot></slot></template>light</x-b></template><b slot=a>named</b></x-a>",
        "before named after own deep light",
    ),
    "capitals around a shadow tree": (
        "<div style='text-transform: uppercase'><template shadowrootmode=open>loud</template></div>",
        "LOUD",
    ),
    "closed shadow tree": ("<div><template shadowrootmode=closed>closed words</template></div>", ""),
    "what has no slot": ("<div><template shadowrootmode=open>shown</template>unslotted</div>", "shown"),
    "ligature signs": ("oﬃce ﬁnds ﬂuent e\u0301clair zero\u200bwidth", "office finds fluent éclair zerowidth"),
    "ruby": ("see <ruby>Tokyo<rt>capital</rt></ruby> pre<ruby>ab<rt>x</rt></ruby>post end", "see end"),
    "small capitals": ("<p style='font-variant: small-caps'>Hello USA 12</p>", "USA 12"),
    "all small capitals": ("<p style='font-variant-caps: all-small-caps'>Hello ABC</p>", "ABC"),
    "small capitals by feature": ("<p style='font-feature-settings: \"smcp\"'>hello</p>", ""),
    "fractions": ("<p style='font-variant-numeric: diagonal-fractions'>1/2</p>", ""),
    "text over text": (
        "<div style='position: relative; height: 40px'><p style='position: absolute; margin: 0'>first text</p>"
        "<p style='position: absolute; top: 3px; left: 5px; margin: 0'>other words</p></div>",
        "",
    ),
    "a card over text": (
        "<div style='position: relative; height: 40px'><p style='margin: 0'>under it</p>"
        "<p style='position: absolute; top: 0; margin: 0; background: white'>over this</p></div>",
        "over this",
    ),
    "a link over a card": (
        "<div style='position: relative'>card words<a href=x style='position: absolute; inset: 0'></a></div>",
        "card words",
    ),
    "a cell that runs over the next": (
        "<div style='display: grid; grid-template-columns: 60px 60px'><div>overflowing</div><div>next</div></div>",
        "",
    ),
    "lines over lines": ("<p style='line-height: .4; width: 100px'>one two three four five six</p>", ""),
    "white on white in a frame": ("<p style='color: white; border: 1px solid'>white</p>", ""),
    "white on white, underlined": ("<p style='color: white; text-decoration: underline red'>lined</p>", ""),
    "half of it white on white": ("<p>vis<span style='color: white'>ible</span> words</p>", "words"),
    "a sharp shadow": ("<p style='text-shadow: 8px 0 black'>doubled</p>", ""),
    "a second shadow": ("<p style='text-shadow: 0 0 1px white, 12px 0 black'>doubled</p>", ""),
    "a power of ten": ("<p>10<sup>6</sup> people of H<sub>2</sub>O</p>", "people of H2O"),
    "letters of two alphabets": ("<p>p\u0430ypal and paypal</p>", "and paypal"),
    "marks that turn nothing round": ("<p>call \u2066+49\u2069 now</p>", "call +49 now"),
    "marks that turn letters round": ("<p>call \u202e+49\u202c now</p>", ""),
    "a soft shadow": ("<p style='text-shadow: 1px 1px 2px gray'>soft</p>", "soft"),
    "a stroke that fills letters": ("<p style='-webkit-text-stroke: 6px black'>blot</p>", ""),
    "a bar through letters": ("<p style='text-decoration: line-through black 12px'>barred</p>", ""),
    "a bar under letters": ("<p style='text-decoration: underline black 3px'>lined</p>", "lined"),
    "half opaque": ("<p style='opacity: .5'>half</p><p style='opacity: 0'>none</p>", "half"),
    "not to be selected": ("<p style='user-select: none'>unselected</p>", "unselected"),
    "a soft hyphen that shows": ("<p style='width: 60px'>inter&shy;nation&shy;al co&shy;op</p>", "coop"),
    "hyphens by style": (
        "<p lang=en style='width: 60px; hyphens: auto'>internationalisation</p>",
        "internationalisation",
    ),
    "a drop cap by style": (
        "<style>.d::first-letter {font-size: 48px; float: left; line-height: 1}</style>"
        "<p class=d style='height: 60px'>Once upon a time</p>",
        "upon a time",
    ),
    "a drop cap": (
        f"<p style='height: 60px'><b style='{LARGE}'>O</b>nce upon</p>",
        "upon",
    ),
    "a drop cap that is a word": (
        f"<p style='height: 60px'><b style='{LARGE}'>A</b> man</p>",
        "A man",
    ),
    "an initial letter": (
        "<style>.i::first-letter {initial-letter: 3}</style><p class=i style='height: 80px'>Once upon a time</p>",
        "upon a time",
    ),
    "an initial letter that stands up": (
        "<style>.u::first-letter {initial-letter: 2 1}</style><p class=u>Once upon a time</p>",
        "upon a time",
    ),
    "accents after their letters": ("man\u0303ana n\u0303 u\u0308ber", "mañana ñ über"),
    "a larger first letter": ("<style>.f::first-letter {font-size: 150%}</style><p class=f>Once upon</p>", "Once upon"),
    "a first letter twice as large": (
        "<style>.t::first-letter {font-size: 200%}</style><p class=t>Once upon</p>",
        "Once upon",
    ),
    "one word over two columns": (
        "<div style='columns: 2; width: 150px; column-gap: 20px; overflow-wrap: anywhere'>abcdefghijklmnopq</div>",
        "",
    ),
    "no gap": ("<p style='display: flex'><b>Home</b><b>About</b></p>", ""),
    "a little gap": ("<p style='display: flex; gap: 4px'><b>Home</b><b>About</b></p>", "Home About"),
    "no gap between blocks in a line": ("<b style='display: inline-block'>in</b><b>line</b>", "inline"),
    "letters over letters": ("<p style='letter-spacing: -6px'>squeezed</p>", ""),
    "dots of letters": ("<p style='font-size: 4px'>tiny</p>", ""),
    "blanks that are letters": ("10&nbsp;km a\u2800b x\u200cy", "10 km xy"),
    "field, frame, alternative": (
        "<input value='typed in'> <select><option>one<option>two</select> <iframe srcdoc='<p>framed'></iframe>"
        "<img src=none.png alt='instead of it'> <svg width=90 height=20><text y=15>drawn</text></svg>",
        "",
    ),
    "generated": (
        "<style>.g::before {content: 'two words '}</style><p class=g>after</p><ol><li>item</ol>",
        "after item",
    ),
    "an element that a script would fill": ("<y-a></y-a>", ""),
    "a pane that inverts": (f"{UNDER}<div style='{PANE}; backdrop-filter: invert(1)'></div></div>", "under words"),
    "a pane that tints": (
        f"{UNDER}<div style='{PANE}; background: #ffd; mix-blend-mode: multiply'></div></div>",
        "under words",
    ),
    "a pane that blackens": (
        f"{UNDER}<div style='{PANE}; background: #000; mix-blend-mode: multiply'></div></div>",
        "",
    ),
    "blended away": ("<p style='background: white'><b style='mix-blend-mode: screen'>gone</b></p>", ""),
    "blended over a colour": ("<p style='background: #ddd'><b style='mix-blend-mode: multiply'>stays</b></p>", "stays"),
    "letters filled by a background": (
        "<p style='background: linear-gradient(red, blue); background-clip: text; color: transparent'>gradient</p>",
        "gradient",
    ),
    "a ground of stripes": (
        "<p style='background: repeating-linear-gradient(45deg, #000 0 2px, #fff 2px 4px)'>on stripes</p>",
        "",
    ),
    "a first letter of no size": (
        "<style>.n::first-letter {font-size: 0}</style><p class=n>first letters</p>",
        "letters",
    ),
    "a first letter that is not seen": (
        "<style>.w::first-letter {color: white}</style><p class=w>first letters</p>",
        "letters",
    ),
    "a mirror below": ("<p style='-webkit-box-reflect: below 0; height: 40px'>mirrored</p>", "mirrored"),
    "dots over letters": ("<p style='text-emphasis: dot'>dotted</p>", ""),
    "a font twice its size": (FONT.format("double", "size-adjust: 200%"), "fjord large"),
    "a font that is lower than its letters": (
        FONT.format("low", "ascent-override: 20%; descent-override: 0%"),
        "fjord large",
    ),
    "a font of high lines": (FONT.format("high", "ascent-override: 300%; descent-override: 200%"), "fjord large"),
    "narrowed": ("<p style='transform: scale(.7, 1); transform-origin: 0 0'>narrow words</p>", "narrow words"),
    "a list to choose from": ("<select multiple size=3><option>one<option>two<option>three</select>", ""),
}


@needs_browser
@pytest.mark.whole
def test_each_kind_is_read_as_it_is_shown_or_left_out(stored: Callable[..., WebPage]) -> None:
    sections = "".join(
        f"<section style='margin: 24px'><p>§{number}</p>{body}</section>"
        for number, (body, _) in enumerate(KINDS.values())
    )
    skipped = Counter[str]()
    pages = read(
        stored(f"<!doctype html><meta charset=utf-8><style>body {{font: 18px serif}}</style>{sections}"),
        skipped=skipped,
    )
    text = " ".join(word for page in pages for word in page.words)
    parts = [part.partition(" ")[2].strip() for part in text.split("§")[1:]]
    assert dict(zip(KINDS, parts, strict=True)) == {kind: words for kind, (_, words) in KINDS.items()}
    assert {reason: count for reason, count in skipped.items() if count} == {
        "elements that scripts fill, which are off": 1,
        "frames whose words are not read": 1,
        "words begun by a large letter": 4,
        "words blurred, masked or doubled": 4,
        "words broken over lines": 3,
        "words covered": 2,
        "words hidden": 1,
        "words of digits on several lines": 1,
        "words of letters from several alphabets": 1,
        "words written from right to left": 3,
        "words in drawings or forms": 10,
        "words of doubtful capitals": 4,
        "words printed over each other": 10,
        "words that a style sheet or a list prints": 5,
        "words cut off": 1,
        "words on a ground as strong as they are": 2,
        "words that cannot be seen": 7,
        "words too small to be read": 1,
        "words with blanks or control characters": 1,
        "words with small letters over them (ruby)": 5,
        "words without a gap between them": 5,
    }


@needs_browser
@pytest.mark.whole
def test_letters_that_no_font_draws_are_left_out_by_script(stored: Callable[..., WebPage]) -> None:
    """Code points that stand for no letter are drawn by no font of any machine."""
    skipped = Counter[str]()
    body = "<p>seen a\u0378\u0379 café — “αβγ” жук end</p><pre>\u0378 b</pre><b style='font-family: sans-serif'>\u0378"
    (page,) = read(stored(f"<meta charset=utf-8>{body}"), skipped=skipped)
    assert page.words == ("seen", "café", "—", "“αβγ”", "жук", "end", "b")
    assert len(page.unread) == 3
    ((told, count),) = ((reason, count) for reason, count in skipped.items() if count)
    assert told.startswith("words that no font here draws (signs: install fonts-noto-color-emoji") and count == 3


@pytest.mark.parametrize(
    ("letters", "told"),
    [
        ("漢", "Chinese, Japanese or Korean: install fonts-noto-cjk"),
        ("ひ", "Chinese, Japanese or Korean: install fonts-noto-cjk"),
        ("한", "Chinese, Japanese or Korean: install fonts-noto-cjk"),
        ("ไท", "Thai: install fonts-noto-core"),
        ("ि", "Devanagari: install fonts-noto-core"),
        ("😀", "signs: install fonts-noto-color-emoji or fonts-symbola"),
        ("\U000183ff", "unknown: install fonts-noto-core"),
    ],
)
def test_the_missing_script_and_its_fonts_are_named(letters: str, told: str) -> None:
    skipped = Counter[str]()
    count_absent([letters, letters], skipped)
    assert skipped == {f"words that no font here draws ({told}, as Debian calls them)": 2}


@pytest.mark.parametrize(
    ("ink", "is_seen"),
    [((0, 60), True), ((0, 20), False), ((0, 40), False), ((20, 60), False), ((25, 35), False), ((0, 0), False)],
)
def test_a_word_is_seen_where_letters_stand_at_both_ends(ink: tuple[int, int], is_seen: bool) -> None:
    bare = np.full((40, 100, 3), 255, dtype=np.uint8)
    pixels = bare.copy()
    pixels[12:28, 20 + ink[0] : 20 + ink[1] : 2] = 0
    box = np.array((20.0, 10.0, 80.0, 30.0))
    word = Word("letters", box, 0, 25.0, True, box.copy(), True)
    skipped = Counter[str]()
    prove([word], pixels, bare, 1.0, skipped)
    assert word.is_complete == is_seen and skipped == ({} if is_seen else {"words that cannot be seen": 1})


@pytest.mark.parametrize(
    ("blur_px", "stripes", "reason"),
    [(0, 0, None), (0.6, 0, None), (2.5, 0, "words blurred, masked or doubled"), (0, 60, None), (0, 200, BUSY)],
)
def test_letters_are_sharp_and_stronger_than_their_ground(blur_px: float, stripes: int, reason: str | None) -> None:
    bare = np.full((40, 100, 3), 255, dtype=np.uint8)
    bare[:, ::4] -= np.uint8(stripes)
    letters = Image.new("L", (100, 40))
    for left in range(22, 78, 8):
        letters.paste(255, (left, 12, left + 3, 28))
    ink = np.asarray(letters.filter(ImageFilter.GaussianBlur(blur_px)))[..., None]
    box = np.array((20.0, 10.0, 80.0, 30.0))
    word = Word("letters", box, 0, 25.0, True, box.copy(), True)
    skipped = Counter[str]()
    prove([word], np.minimum(bare, 255 - ink), bare, 1.0, skipped)
    assert skipped == ({reason: 1} if reason else {})
