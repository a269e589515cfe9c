"""What people write beside their marks: questions and instructions, put together from short lists; lower case."""

from __future__ import annotations

from functools import cache
from itertools import product

from synthink.assets.texts.sentences import vocabulary


def _listed(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


def _mix(*parts: str) -> list[str]:
    """Every combination of one phrase of each list, with blanks between; `-` stands for nothing."""
    return [" ".join(word for word in words if word != "-") for words in product(*map(_listed, parts))]


@cache
def questions() -> tuple[str, ...]:
    """Sorted, each once; some without their question mark, as people leave it out."""
    words = vocabulary()
    short = [
        *_mix("why, who, when, where, how, really, sure, true, correct, relevant, needed, typo, since when, says who"),
        *_mix("source, meaning, proof, example, reference, citation, evidence, context, author, year, unit, purpose"),
        *_mix("better word, which one, how so, what for, still true, too strong, too vague, already said, so what"),
    ]
    long = [
        *_mix("what is, what was, who is, where is, whose is", "this, that, it"),
        *_mix("what does", "this, that, it", "mean, refer to, show, stand for, add, say"),
        *_mix("meaning, source, proof, origin, reason, definition, purpose, cause, date, history", "of this, of that"),
        *_mix("is", "this, that, it", "true, right, correct, wrong, needed, relevant, new, legal, a quote, a typo"),
        *_mix("is this", "up to date, in scope, certain, final, proven, important, official, public, safe, fair"),
        *_mix("which, what", "year, author, book, case, chapter, country, date, edition, event, figure, law, method"),
        *_mix("which, what", "model, number, page, part, period, person, place, study, term, unit, version, war"),
        *_mix("who", "wrote, said, found, built, made, checked, approved, proved, ordered, paid for", "this, that"),
        *_mix("how", "much, many, long, old, big, far, often, common, certain, large, late, early, reliable, new"),
        *_mix("why", "here, now, not, so late, so few, so many, only one, both, again, two, never, always, first"),
        *_mix("does", "this, that, it", "matter, hold, help, apply, belong here, make sense, follow, fit, still hold"),
        *_mix("any, more", "proof, data, details, examples, sources, figures, evidence, context"),
        *_mix("can we", "check, prove, drop, cite, move, shorten, say, use, trust, keep, verify, merge", "this, it"),
        *_mix("should we, can you", "explain, keep, define, rephrase, date, show, source, test", "this, that"),
        *_mix("according to", "whom, what, which study, which law, which source"),
        *(f"which {noun}" for noun in words["nouns"][::6]),
        *(f"meaning of {noun}" for noun in words["nouns"][1::6]),
        *(f"why {word}" for word in (*words["nouns"][2::6], *words["adjectives"][::3])),
        *(f"is it {adjective}" for adjective in words["adjectives"][1::3]),
        *(f"who is {name}" for name in words["names"][::3]),
    ]
    return tuple(sorted({*short, *(f"{text}?" for text in (*short, *long))}))


@cache
def text_instructions() -> tuple[str, ...]:
    """The instructions about words; sorted, each once."""
    return _instructions(
        *_mix(
            "make, make it, make this",
            "bold, italic, bigger, smaller, shorter, longer, clearer, simpler, formal, friendlier, a list, a table,"
            "a heading, a link, a quote, a footnote, upper case, lower case, plural, singular, red, blue, precise,"
            "neutral, stronger, softer, more concise, more polite, less formal, less wordy, one sentence, past tense",
        ),
        *_mix(
            "translate to, in, say it in",
            "French, German, Spanish, Italian, Dutch, Polish, Turkish, Latin, Greek, Danish, Swedish, Finnish, Czech,"
            "Welsh, Hindi, Swahili, Korean, Japanese, Arabic, Basque, English, plain English",
        ),
        *_mix(
            "shorten to, cut to, condense to, expand to",
            "one line, two lines, three lines, one sentence, two sentences, 10 words, 20 words, 50 words, one page",
        ),
        *_mix(
            "use, -, please use",
            "past tense, present tense, active voice, passive voice, plain words, a synonym, bullet points, full name,"
            "initials, figures, single quotes, brackets, title case, capitals, small caps, metric units, US spelling,"
            "UK spelling, first person, third person, shorter words, a stronger verb, one font, two columns",
        ),
        *_mix(
            "fix, check, correct, wrong, fix the, check the",
            "grammar, spelling, punctuation, spacing, style, tone, tense, word order, date, name, indent,"
            "hyphen, comma, capitals, link, units, font, alignment, references, numbering, line break",
        ),
        *_mix("fix, check, correct, mind", "-, the, this", "typo"),
        *_mix(
            "add, please add, needs, insert",
            "a comma, a source, a link, an example, a footnote, a heading, a definition, a date, details, context,"
            "units, a reference, page number, a summary, the year, quotes, a hyphen, full stop, a transition",
        ),
        *_mix(
            "remove, drop, delete",
            "-, the",
            "brackets, repetition, jargon, underline, extra space, first word, last sentence, second half, italics,"
            "quotes, dots, dash, colon, full stop, numbers, examples, names, dates, last line, abbreviation",
        ),
        *_mix("remove, drop, delete, avoid", "-, the, this", "hyphen, comma, link, footnote, adverb, cliche, pun"),
        *_mix(
            "shorten, simplify, rephrase, rewrite, summarise, translate, expand, explain, clarify, paraphrase, indent,"
            "centre, capitalise, hyphenate, justify, highlight, cite, define, proofread, sort,"
            "reword, condense, restructure",
            "-, this, it, please, all of this",
        ),
        *_mix("tidy up, spell out, split in two, merge with next, new paragraph, align left", "-, please"),
        *_mix("move", "up, down, to the end, to the top, to page 2, to intro, to appendix, to footnote, after this"),
    )


@cache
def image_instructions() -> tuple[str, ...]:
    """The instructions about a picture; sorted, each once."""
    return _instructions(
        *_mix(
            "make, make it, make this",
            "brighter, darker, bigger, smaller, sharper, warmer, cooler, b&w, black and white, grey, sepia, square,"
            "round, wider, taller, transparent, lighter, blurry, more colourful, vintage, a sketch, a cartoon,"
            "a thumbnail, full width, half size, less red, a drawing, landscape, portrait",
        ),
        *_mix(
            "more, less, increase, reduce",
            "contrast, brightness, saturation, noise, blur, grain, sharpness, exposure, warmth, margin, glare, colour",
        ),
        *_mix(
            "remove, delete, hide, blur, cut out",
            "-, the",
            "background, people, text, watermark, logo, shadow, border, sky, car, tree, faces, number plate, red eyes,"
            "scratches, dust, person on left, person on right, cables, sign, reflection",
        ),
        *_mix(
            "rotate, turn, rotate by, please rotate",
            "5 degrees, 10 degrees, 15 degrees, 30 degrees, 45 degrees, 60 degrees, 90 degrees, 180 degrees",
        ),
        *_mix("rotate, turn, rotate it, turn it, please turn", "left, right, clockwise, a bit, upright"),
        *_mix(
            "move, shift, move it, please move",
            "left, right, up, down, to the top, to the bottom, to page 2, to the margin, below the text, to the end",
        ),
        *_mix(
            "add, please add, needs",
            "a caption, a border, alt text, a title, a frame, a shadow, arrows, labels, a scale bar, source, credit,"
            "a legend, the date, a logo, a grid, colour, a filter, round corners, axis labels, more space",
        ),
        *_mix("change background to, background, paint it", "white, black, blue, grey, green, red, yellow, beige"),
        *_mix(
            "replace, update, translate, enlarge, fix",
            "-, the",
            "caption, title, legend, labels, text, credit",
        ),
        *_mix("scale to, resize to", "10%, 20%, 25%, 30%, 40%, 50%, 60%, 75%, 80%, 120%, 150%, 200%, full page"),
        *_mix("align", "left, right, top, bottom, with text, with column, with caption, with title"),
        *_mix(
            "centre, mirror, flip, trace, replace, restore, colourise, redraw, recolour, print, compress, frame",
            "-, this, it, please",
        ),
        *_mix(
            "sharpen, brighten, darken, straighten, enlarge, shrink, retouch, soften, lighten",
            "-, this, it, please, a bit",
        ),
        *_mix("zoom in, zoom out, invert colours, adjust levels, swap with next, wrap text around", "-, please"),
        *_mix("caption?, credit?, alt text?, too dark, too small, too blurry, wrong picture, better photo, bad crop"),
    )


def _instructions(*texts: str) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))
