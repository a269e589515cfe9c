"""Pages: what comes from outside is cut, made visible and escaped, also where a template says nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from synthink.pages import cut, image_url, render
from synthink.pages.text import LONG, as_yaml, for_markdown, visible

EVIL = "<script>alert(1)</script>\"' \u202e"


def page(tmp_path: Path, body: str, **values: object) -> str:
    template = tmp_path / f"{len(list(tmp_path.iterdir()))}.html.jinja"
    template.write_text('{% extends "page.html.jinja" %}{% block body %}' + body + "{% endblock %}")
    return render(template, title="A & B", **values)


def test_what_a_template_shows_is_escaped_visible_and_cut(tmp_path: Path) -> None:
    html = page(tmp_path, "<p title='{{ text }}'>{{ text }}</p>{{ long }}", text=EVIL, long="x" * 1000)
    safe = "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39; \\u202e"
    assert f"<p title='{safe}'>{safe}</p>" in html
    assert "x" * (LONG - 1) + "…" in html and "x" * LONG not in html
    assert "<title>A &amp; B</title>" in html and "<script" not in html


def test_a_longer_text_is_asked_for(tmp_path: Path) -> None:
    html = page(tmp_path, "{{ text|cut(2000) }}", text="<" * 1000)
    assert "&lt;" * 1000 in html
    assert cut("a<b", 2) == "a…"


def test_pictures_are_inside(tmp_path: Path) -> None:
    assert '<img src="data:image/png;base64,UE5H">' in page(
        tmp_path, '<img src="{{ image }}">', image=image_url(b"PNG")
    )
    assert image_url(b"x" * 3000).endswith("eHh4")


def test_nothing_is_left_out_in_silence(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="absent"):
        page(tmp_path, "{{ absent }}")


def test_characters_that_cannot_be_seen_are_escapes() -> None:
    assert visible("a\0b\u202ec\ud83d") == "a\\x00b\\u202ec\\ud83d"
    assert visible("x" * 10, 5) == "xxxx…" and visible("ä🙂\n") == "ä🙂\n"


def test_markdown_is_not_marked_by_what_it_shows() -> None:
    assert for_markdown("a|b\n*c* snake_case _d_ https://x www.y") == (
        "a&#124;b &#42;c&#42; snake_case &#95;d&#95; https&#58;//x www&#46;y"
    )


def test_a_configuration_of_any_values_is_yaml() -> None:
    assert as_yaml({"path": Path("a"), "pair": (1, 2.5), "none": None}) == "path: a\npair: [1, 2.5]\nnone: null\n"
