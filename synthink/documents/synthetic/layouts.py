"""All layouts of synthetic pages by name. A layout is one function that opens a sheet and writes on it."""

from __future__ import annotations

from collections.abc import Callable

from synthink.documents.synthetic.layout_office import departures, letterhead, memo, price_list, receipt
from synthink.documents.synthetic.layout_prose import (
    article_one,
    article_three,
    article_two,
    book_index,
    encyclopedia,
    glossary,
    letter,
    minutes,
    newspaper,
    novel,
    textbook,
)
from synthink.documents.synthetic.layout_science import draft, listing, paper
from synthink.documents.synthetic.layout_screens import bulletin, dashboard, window
from synthink.documents.synthetic.layout_sheets import (
    agenda,
    checklist,
    form,
    invoice,
    poster,
    recipe,
    report,
    slide,
    timetable,
)
from synthink.documents.synthetic.sheet import Sheet

LAYOUTS: dict[str, Callable[[Sheet], None]] = {
    layout.__name__: layout
    for layout in (
        *(
            article_one,
            article_two,
            article_three,
            newspaper,
            letter,
            encyclopedia,
            textbook,
            novel,
            glossary,
            book_index,
        ),
        *(paper, draft, listing, letterhead, memo, receipt, price_list, departures, window, dashboard, bulletin),
        *(minutes, report, recipe, agenda, checklist, form, invoice, timetable, slide, poster),
    )
}
"""Add a layout here (and raise `synthetic.VERSION`)."""
ALL = tuple(LAYOUTS)
