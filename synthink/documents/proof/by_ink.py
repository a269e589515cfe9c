"""The words of a page of which only the boxes are known: each is judged by the ink in its box."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from synthink.documents.page.model import Page
from synthink.documents.proof.alphabet import Alphabet, alphabet_of
from synthink.documents.proof.ink import Grounds, grounds_in, ink_of
from synthink.documents.proof.letters import Letters, cut_letters
from synthink.documents.proof.likeness import LEGIBLE_PX, masked, mean_shapes, totals_by
from synthink.documents.proof.looks import Looks, are_accented, look_at
from synthink.documents.proof.readings import Table, letters_stand, read_strips, table_of
from synthink.documents.proof.reasons import BLANK, OFF_INK, OTHER_TEXT, SQUARES
from synthink.documents.proof.scale import TypeScale, type_scale, without_other_lines
from synthink.documents.proof.shapes import LIGATURES, drawn
from synthink.documents.proof.slips import read_slips
from synthink.documents.proof.strips import FINE, Strips, strips_of
from synthink.documents.proof.verdicts import same_pictures

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_TOGETHER = 6000  # letters that are looked at together: memory is bounded by them
_STRIPS = 8000  # columns of strips that are read together
_LEADER = re.compile(r"([^\w\s]|_)\1{3}")  # dots from a title to its page, a line to write on
_NEAR_PX = 1  # from the edge of a box to the reach of its line, where both are the same
_TALL = 1.5  # times what is usual on the page: a box so much higher than the type in it is beside it
# Words are read where there is as much doubt in all of their letters, or one is of so unusual a width (in logarithms),
# or the letters are so much more odd than usual ones:
_DOUBT, _WIDTH, _ODDNESS, _USUAL_ODDNESS = 0.2, 0.3, 1.0, 0.5
_BELIEVED, _BELIEVED_LETTER = 0.5, 0.7  # the doubt in a word and in one of its letters, for it to be a page's own shape
# How much more the text of a word may leave unexplained, in the ink of a letter: than the best reading does, and than
# one as a text that has two letters exchanged, a letter more, a letter less or another one;
_EXCESS, _EXCHANGED, _LONGER, _OTHER = 0.2, 0.03, 0.13, 0.1
_OF_FREE, _OF_FREE_BY_SLIP = 0.2, 0.1  # more, for each letter's ink that the best reading leaves unexplained itself
_ALLOWED = 0.12  # more, in any word, than the best reading does; of slips half of this and of what follows
_UNSUPPORTED = 0.2  # more, for the share of letters that the page does not have elsewhere
_SINGLE = 0.4  # more, for words of one letter
_JOINED = 0.3  # more, for words with letters that fonts may join: no shape of theirs is known
_BY_DOUBT, _DOUBTS = 0.2, (-0.5, 1.5)  # less, for the doubt in each of two letters in a row, within these bounds
_SMALL, _SMALL_PX = 0.05, 6.0  # more, for each pixel that an x-height is below this


def mark_by_ink(page: Page, reasons: list[str], *, recognised: bool = False) -> None:
    """Note the reason for which each word is left out. reasons: of all words, empty. recognised: as in `look_at`."""
    grounds = grounds_in(page.raster, page.word_boxes)
    for word in np.flatnonzero(grounds.are_plain).tolist():
        reasons[word] = BLANK
    for words in _portions(page.words, reasons):
        for word, reason in _judged(page, words, grounds, recognised).items():
            reasons[word] = reason


def _portions(texts: Sequence[str], reasons: Sequence[str]) -> Iterator[Indices]:
    """The words that are still to be judged, in portions of so many letters."""
    words: list[int] = []
    letters = 0
    for word, text in enumerate(texts):
        if reasons[word]:
            continue
        if words and letters + len(text) > _TOGETHER:
            yield np.array(words)
            words, letters = [], 0
        words.append(word)
        letters += len(text)
    if words:
        yield np.array(words)


def _judged(page: Page, words: Indices, page_grounds: Grounds, recognised: bool) -> dict[int, str]:
    """Those of some words that the picture does not show, each with the reason."""
    texts = [page.words[word] for word in words.tolist()]
    lines = np.unique(page.word_lines[words], return_inverse=True)[1]
    edges = page_grounds.edges[words]
    grounds = Grounds(page_grounds.pixels, edges, page_grounds.levels[words], page_grounds.contrasts[words])
    ink, crossed = ink_of(grounds, np.array([len(text) == 1 for text in texts]))
    inked = Grounds(ink, edges, np.zeros(len(words), dtype=np.int64), np.full(len(words), 255))
    letters = cut_letters(texts, ink, grounds)
    scale = type_scale(letters, lines)
    looks = look_at(letters, strips_of(inked, letters, scale))
    faces = looks.faces[looks.styles]
    inked = replace(inked, edges=without_other_lines(edges, letters, scale))
    letters = cut_letters(texts, ink, inked, faces)
    scale = type_scale(letters, lines, faces)
    strips = strips_of(inked, letters, scale)
    looks = look_at(letters, strips, recognised=recognised)
    # What an edge cuts that lies beyond the word's own line is of another line.
    crossed &= np.abs(inked.edges - edges)[:, 1::2] <= _NEAR_PX
    squares, off = _squares(letters, looks), crossed.any(axis=1) | _are_slivers(letters, edges, scale)
    accented = are_accented(letters, looks) if recognised else np.zeros(len(words), dtype=bool)
    reasons = {int(words[word]): OTHER_TEXT for word in np.flatnonzero(accented).tolist()}
    reasons |= {int(words[word]): OFF_INK for word in np.flatnonzero(off).tolist()}
    reasons |= {int(words[word]): SQUARES for word in np.flatnonzero(squares).tolist()}
    readable = ~squares & ~off & ~accented & _can_be_read(letters, texts) & (scale.x_heights >= LEGIBLE_PX)
    doubts = np.add.reduceat(np.maximum(looks.doubts, 0), letters.firsts)
    suspects = np.flatnonzero(readable & _are_suspect(letters, looks, doubts))
    if not len(suspects):
        return reasons
    trusted = (readable & (doubts < _BELIEVED))[letters.words] & (looks.doubts < _BELIEVED_LETTER)
    alphabet = _alphabet(letters, strips, looks, np.flatnonzero(trusted))
    allowed = _allowed(letters, looks, texts) + _SMALL * np.maximum(_SMALL_PX - strips.x_heights, 0)
    for portion in _in_portions(suspects, strips.lengths):
        false = _are_false(table_of(strips, alphabet, portion), alphabet, letters, portion, allowed[portion])
        for word in words[portion[false]].tolist():
            reasons[word] = OFF_INK if _is_cut(page_grounds, word) else OTHER_TEXT
    return reasons


def _are_false(table: Table, alphabet: Alphabet, letters: Letters, words: Indices, allowed: Array) -> Flags:
    """(S,) words whose text leaves clearly more ink unexplained than the best reading does, or more than a text that
    differs from it by one slip. allowed: (S,) how much more than such a text."""
    readings = read_strips(table, alphabet, letters, words)
    more = readings.claimed - readings.free
    result: Flags = more > _EXCESS + allowed + _OF_FREE * readings.free
    # No text leaves less unexplained than the best one, but for letters whose shape is not known.
    unknown = ~np.isin(letters.kinds, alphabet.kinds)
    has_unknown = np.add.reduceat(unknown.astype(np.int64), letters.firsts)[words] > 0
    doubtful = np.flatnonzero(~result & ((more > _EXCHANGED) | has_unknown))
    if len(doubtful):
        slips = read_slips(table.of(doubtful), alphabet, letters, words[doubtful], readings.totals[:, doubtful])
        claimed = readings.claimed[doubtful]
        by_doubt = allowed[doubtful] / 2 + _OF_FREE_BY_SLIP * readings.free[doubtful]
        result[doubtful] = claimed - slips.exchanged > _EXCHANGED
        result[doubtful] |= claimed - slips.longer > np.maximum(_LONGER, by_doubt)
        result[doubtful] |= claimed - slips.other > _OTHER + by_doubt
    return result


def _are_suspect(letters: Letters, looks: Looks, doubts: Array) -> Flags:
    """(W,) words whose letters do not all look like their characters, or as wide. doubts: (W,) in all letters."""
    oddness = np.add.reduceat(np.maximum(looks.oddness - _USUAL_ODDNESS, 0), letters.firsts)
    widest = np.maximum.reduceat(looks.widths, letters.firsts)
    result: Flags = (doubts > _DOUBT) | (widest > _WIDTH) | (oddness > _ODDNESS)
    return result


def _alphabet(letters: Letters, strips: Strips, looks: Looks, trusted: Indices) -> Alphabet:
    """The shapes to read a page's words with: first those of letters where they were cut; these tell where the letters
    of true words surely stand, and the shapes of letters there are the final ones."""
    alphabet = alphabet_of(letters, strips, looks, trusted)
    own = alphabet.first_kinds(len(letters.characters))
    shapes, boxes = looks.shapes.copy(), letters.boxes.copy()
    for portion in _in_portions(np.unique(letters.words[trusted]), strips.lengths):
        numbers, columns, halves = letters_stand(letters, strips, own, portion)
        words, widths = letters.words[numbers], 2 * FINE * halves.astype(np.float64)
        shapes[numbers] = masked(strips.shapes_at(words, columns), widths)
        middles = strips.lefts[words] + (columns + 0.5) * FINE * strips.x_heights[words]
        boxes[numbers, 0] = middles - widths / 2 * strips.x_heights[words]
        boxes[numbers, 2] = middles + widths / 2 * strips.x_heights[words]
    return alphabet_of(replace(letters, boxes=boxes), strips, replace(looks, shapes=shapes), trusted)


def _allowed(letters: Letters, looks: Looks, texts: Sequence[str]) -> Array:
    """(W,) how much more ink a word's text may leave unexplained than the best reading does."""
    supported = np.add.reduceat(looks.supported.astype(np.float64), letters.firsts) / letters.counts
    pairs = np.append(np.minimum(looks.doubts[:-1], looks.doubts[1:]), -np.inf)
    pairs[letters.firsts + letters.counts - 1] = np.where(letters.counts == 1, looks.doubts[letters.firsts], -np.inf)
    worst = np.maximum.reduceat(pairs, letters.firsts)
    joined = np.array([any(pair in text for pair in LIGATURES) for text in texts])
    allowed: Array = _ALLOWED + _UNSUPPORTED * (1 - supported) + _SINGLE * (letters.counts == 1)
    return allowed + _JOINED * joined - _BY_DOUBT * np.clip(worst, *_DOUBTS)


def _are_slivers(letters: Letters, edges: Indices, scale: TypeScale) -> Flags:
    """(W,) boxes whose ink is too low for letters, not because the page's type is so small, but because there is far
    less of it in the box than in others: parts of the lines above and below."""
    tall = (edges[:, 3] - edges[:, 1]) / scale.x_heights
    known = np.array([drawn(char).is_known for char in letters.characters])[letters.kinds]
    result: Flags = np.logical_and.reduceat(known, letters.firsts)
    return result & (scale.x_heights < LEGIBLE_PX) & (tall > _TALL * np.median(tall))


def _can_be_read(letters: Letters, texts: Sequence[str]) -> Flags:
    """(W,) words that can be read letter by letter: neither leaders nor glyphs whose share of the text is not known."""
    joined = np.array([len(char) > 1 and char not in LIGATURES for char in letters.characters])
    leaders = np.array([_LEADER.search(text) is not None for text in texts])
    result: Flags = ~leaders & (np.add.reduceat(joined[letters.kinds].astype(np.int64), letters.firsts) == 0)
    return result


def _in_portions(words: Indices, lengths: Indices) -> Iterator[Indices]:
    """Words by the lengths of their strips, in portions that fill so many columns when all are as long as the last."""
    ordered = words[np.argsort(lengths[words], kind="stable")]
    start = 0
    for stop in range(1, len(ordered) + 1):
        if stop == len(ordered) or (stop + 1 - start) * lengths[ordered[stop]] > _STRIPS:
            yield ordered[start:stop]
            start = stop


def _squares(letters: Letters, looks: Looks) -> Flags:
    """(W,) words with characters that no packaged font draws and whose picture is that of another such character: the
    square, or whatever stands for a missing glyph."""
    unknown = [kind for kind, char in enumerate(letters.characters) if not drawn(char).is_known]
    if len(unknown) < 2:
        return np.zeros(len(letters.firsts), dtype=bool)
    means = mean_shapes(*totals_by(looks.shapes, letters.kinds, len(letters.characters)))
    alike = same_pictures(means[unknown], unknown)
    result: Flags = np.add.reduceat(np.isin(letters.kinds, alike).astype(np.int64), letters.firsts) > 0
    return result


def _is_cut(grounds: Grounds, word: int) -> bool:
    """Whether the edges of a word's box cut through ink."""
    left, top, right, bottom = grounds.edges[word].tolist()
    height, width = grounds.pixels.shape
    bound = int(grounds.contrasts[word]) / 2
    ink = (
        grounds.pixels[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1].astype(np.int64)
        - grounds.levels[word]
    )
    inked = ink < bound if bound < 0 else ink > bound
    lines = [(inked[:, 0] & inked[:, 1], left > 0), (inked[:, -1] & inked[:, -2], right < width)]
    lines += [(inked[0] & inked[1], top > 0), (inked[-1] & inked[-2], bottom < height)]
    return any(inside and bool(line.any()) for line, inside in lines)
