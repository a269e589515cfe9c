"""Answers in every label format."""

from __future__ import annotations

from synthink.verify.oracles.gestures.answer import means, read_answer


def test_answers_in_every_format() -> None:
    told = {
        "paligemma": "select <loc0045><loc0022><loc0092><loc0068> a b",
        "plain": "select 20 10 41 30 a b",
        "gemini": "select 45 22 90 67 a b",
        "florence2": "select<loc_22><loc_44><loc_66><loc_90> a b",
        "qwen": '{"bbox_2d": [10, 20, 30, 41], "label": "select", "text": "a b"}',
    }
    for form, suffix in told.items():
        answer = read_answer(suffix, form)
        assert answer is not None and (answer.gesture, answer.text) == ("select", "a b")
        assert means(answer, form, (10.0, 20.0, 30.0, 40.5), (448, 448))
        assert not means(answer, form, (20.0, 10.0, 40.5, 30.0), (448, 448))
        assert not means(answer, form, (10.0, 20.0, 30.0, 44.0), (448, 448))
    for form in told:
        assert [read_answer(text, form) for text in ("", "select", "1 2 3", "<loc0001>", "{}", "[1]")] == [None] * 6
