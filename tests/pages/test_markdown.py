"""Templates of Markdown: what comes from outside is never markup, however it gets into them."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from synthink.pages.markdown import Markdown, code_span, listed, render_markdown


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "x.md.jinja"
    path.write_text("# {{ title }}\n{% for item in items %}\n* {{ item }}\n{% endfor %}\n", encoding="utf-8")
    return path


def test_what_a_template_shows_is_text_unless_it_says_that_it_is_markdown(template: Path) -> None:
    text = render_markdown(template, title="a <b> | *c*\n# d", items=[Markdown("*yes*"), 3, "[x](y)"])
    assert text == "# a &#60;b&#62; &#124; &#42;c&#42; # d\n* *yes*\n* 3\n* &#91;x&#93;(y)\n"


def test_a_value_that_is_missing_is_an_error(template: Path) -> None:
    with pytest.raises(UndefinedError):
        render_markdown(template, title="x")


@pytest.mark.parametrize(("text", "span"), [("a_b.c", "`a_b.c`"), ("a`b", "a&#96;b"), ("<i>", "&#60;i&#62;")])
def test_a_name_cannot_end_its_code(text: str, span: str) -> None:
    assert code_span(text) == span


@pytest.mark.parametrize(("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a or b"), ("abc", "a, b or c")])
def test_items_are_listed_in_a_sentence(items: list[str], text: str) -> None:
    assert listed(items, "or") == text
