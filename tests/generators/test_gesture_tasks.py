"""Scores of gestures: the truth has 1 in every figure, half right has half, nonsense nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthink import ConfigError, Sample
from synthink.generators.gesture_tasks import TASKS, GesturePrompts, GestureTasks
from synthink.generators.gestures import Gestures
from synthink.labels.formats import LABEL_FORMATS, Label, format_box, format_label

SIZE = (448, 448)


class Swaps(Gestures):
    """A user's own gesture between two places."""

    pairs = frozenset({"swap"})


def score(sample: Sample, answer: str, label_format: str, kind: type[Gestures] = Gestures) -> dict[str, float]:
    return kind(label_format=label_format).score(sample, answer)


every_format = pytest.mark.parametrize("name", LABEL_FORMATS)
edges = st.tuples(*[st.integers(0, 448 * 64).map(lambda n: n / 64)] * 4).map(
    lambda four: (min(four[0], four[2]), min(four[1], four[3]), max(four[0], four[2]), max(four[1], four[3]))
)
notes = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=12)


def asked(task: str, suffix: str) -> Sample:
    return Sample(image=None, prefix="?", suffix=suffix, task=task)


def of(name: str, gesture: str, places: tuple[float, float, float, float], text: str = "") -> str:
    return format_label(Label(gesture, places, text), SIZE, name)


@every_format
@given(places=edges, gesture=st.sampled_from(["insert", "point"]), text=notes)
def test_the_truth_scores_one(name: str, places: tuple[float, float, float, float], gesture: str, text: str) -> None:
    truths = {"recognise_gesture": of(name, gesture, places, text), "detect_text": format_box(places, SIZE, name)}
    for task, truth in truths.items():
        sample = asked(task, truth)
        for answer in (truth, f" {truth}\n"):
            figures = score(sample, answer, name)
            assert "correct" in figures and set(figures.values()) == {1.0}
        for wrong in ("", " ", truth * 2, f"not {truth}", "0x", "\0", truth[:-1], text, "[" * 9999):
            figures = score(sample, wrong, name)
            assert all(0 <= figure <= 1 for figure in figures.values())
            # A text without its last letter, and a number without its last digit, may be another label.
            assert figures["correct"] < 1 or wrong == truth[:-1], wrong


@every_format
def test_the_parts_of_a_label_are_scored_by_themselves(name: str) -> None:
    box = (100.0, 100.0, 200.0, 200.0)
    sample = asked("recognise_gesture", of(name, "insert", box, "Four"))
    other = score(sample, of(name, "delete", box, "Four"), name)
    assert other == {"correct": 0, "correct_lenient": 0, "gesture": 0, "overlap": 1, "character_accuracy": 1}
    moved = score(sample, of(name, "insert", (100, 100, 200, 140), "fouR"), name)
    assert moved["correct"] == 0 and moved["overlap"] == pytest.approx(0.4, abs=0.02) and moved["gesture"] == 1
    near = score(sample, of(name, "insert", (100, 100, 200, 160), "four"), name)
    assert near["correct"] == 1 and near["overlap"] == pytest.approx(0.6, abs=0.02)
    label_ambiguity = score(sample, of(name, "insert", box, "foul"), name)
    assert label_ambiguity == {
        "correct": 0,
        "correct_lenient": 0,
        "gesture": 1,
        "overlap": 1,
        "character_accuracy": 0.75,
    }
    assert score(sample, of(name, "insert", (200, 200, 100, 100), "four"), name)["overlap"] == 0
    assert score(sample, of(name, "insert", box), name)["character_accuracy"] == 0
    assert set(score(sample, "no label", name).values()) == {0.0}
    bare = asked("recognise_gesture", of(name, "delete", box))
    assert score(bare, of(name, "delete", box, "text"), name)["character_accuracy"] == 0


@every_format
def test_ends_are_found_near_and_in_either_order(name: str) -> None:
    sample = asked("recognise_gesture", of(name, "point", (100, 100, 300, 200)))
    expected = [
        ((300, 200, 100, 100), 1),
        ((104, 96, 306, 200), 1),
        ((100, 100, 300, 222.4), 0.5),
        ((0, 0, 300, 200), 0),
    ]
    for places, graded in expected:
        found = score(sample, of(name, "point", places), name)["overlap"]
        assert found == pytest.approx(graded, abs=0.05)
    # Another class is scored by its box; a user's own pairs are named.
    box = asked("recognise_gesture", of(name, "swap", (100, 100, 300, 200)))
    answer = of(name, "swap", (300, 200, 100, 100))
    assert score(box, answer, name)["correct"] == 0
    assert score(box, answer, name, Swaps)["correct"] == 1


@pytest.mark.parametrize("task", ["transcribe", "edited_text"])
def test_texts_are_exact(task: str) -> None:
    sample = asked(task, "so many words")
    assert score(sample, "so many words\n", "plain") == {"correct": 1, "correct_lenient": 1, "character_accuracy": 1}
    assert score(sample, "So many Words", "plain") == {"correct": 1, "correct_lenient": 1, "character_accuracy": 1}
    assert score(sample, "to many words", "plain") == {
        "correct": 0,
        "correct_lenient": 0,
        "character_accuracy": 1 - 1 / 13,
    }
    assert score(sample, "", "plain") == {"correct": 0, "correct_lenient": 0, "character_accuracy": 0}
    assert score(sample, "x" * 99, "plain") == {"correct": 0, "correct_lenient": 0, "character_accuracy": 0}


@every_format
def test_answers_that_are_no_label_are_a_class(name: str) -> None:
    box = (1.0, 2.0, 3.0, 4.0)
    answers = [of(name, "Delete", box), "delete it", "", of(name, "insert", box, "a b")]
    sample = asked("recognise_gesture", answers[0])
    classes = [Gestures(label_format=name).answer_class(sample, answer) for answer in answers]
    assert classes == ["delete", "<none>", "<none>", "insert"]


def test_settings() -> None:
    assert GestureTasks().weights == [0.5, 0.5, 0, 0, 0, 0, 0]
    assert GesturePrompts().recognise_gesture == ("Recognize gesture",)
    with pytest.raises(ConfigError, match="at least one task"):
        GestureTasks(recognise_gesture=0, detect_text=0)
    for bad in ({"transcribe": -1}, {"transcribe": "much"}):
        with pytest.raises(ConfigError, match="transcribe"):
            GestureTasks.build(bad)
    for task in TASKS:
        with pytest.raises(ConfigError, match="must not be empty"):
            GesturePrompts.build({task: ()})
        wrong = "Where?" if task == "detect_text" else "Read {text}"
        for prompt in (wrong, " "):
            with pytest.raises(ConfigError, match=rf"{task}\[0\]"):
                GesturePrompts.build({task: (prompt,)})


def test_names_boxes_and_words_are_scored() -> None:
    generator, box = Gestures(), format_box((100, 100, 200, 200), SIZE, "paligemma")
    name, place, words = asked("name_gesture", "delete"), asked("locate_target", box), asked("read_target", "Ada's cat")
    for sample, answer in ((name, "Delete"), (place, box), (words, "ada's cat")):
        assert generator.score(sample, answer)["correct"] == 1 and generator.in_domain(sample, answer)
    assert generator.score(name, "This is a delete gesture.") == {"correct": 0, "correct_lenient": 1, "gesture": 0}
    assert generator.score(name, "It may be select or delete.")["correct_lenient"] == 0
    assert (generator.answer_class(name, "delete "), generator.answer_class(name, "erase")) == ("delete", "<none>")
    assert generator.errors(place, "")["distance_px"] > 600 and generator.errors(words, "ada's cat") == {"cer": 0.0}
    assert len(generator.answer_shapes(place, box)) == 1 and generator.answer_shapes(words, box) == []
