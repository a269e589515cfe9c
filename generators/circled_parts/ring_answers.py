"""How answers about the rings of `circled_letters` are read and scored: one ring, none, or several."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from synthink import Box, Sample
from synthink.draw import Points
from synthink.labels import (
    NONE,
    alike,
    centre_distance,
    intersection_over_union,
    is_box,
    letter_score,
    named_letters,
    named_numbers,
    readings,
    says_nothing_there,
)

from .questions import parse_boxes
from .ring_questions import RingQuestions


class RingAnswers(RingQuestions):
    """The answers to questions about rings."""

    def read(self, sample: Sample, answer: str) -> tuple[Sample, str]:
        bare, text = super().read(sample, answer)
        if self.unmarked and self.has_sentences and sample.task not in ("word", "count"):
            says_none = answer.strip() == self.unmarked_answer
            text = self.unmarked_answer if says_none else "" if text == self.unmarked_answer else text
        return bare, text

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        """`correct` and, by question: `correct_ignoring_case` of letters, `letters` (the share of several that is
        named), `overlap` of boxes (correct where each shares at least half with its own). `correct_lenient` takes the
        answer out of whatever sentence it stands in."""
        if self._is_plain(sample):
            return super().score(sample, answer)
        return self.both(sample, answer, self._score, self._says_truth)

    def answer_class(self, sample: Sample, answer: str) -> str | None:  # type: ignore[override]
        """The letter, position or number that is named; None where several may be, or words or boxes."""
        if self._is_plain(sample):
            return super().answer_class(sample, answer)
        text = self.read(sample, answer)[1].strip()
        if sample.task in ("word", "box") or (sample.task != "count" and self.mark_count[1] > 1):
            return None
        return text if self._is_answer(sample, text) else NONE

    def in_domain(self, sample: Sample, answer: str) -> bool:
        """Whether an answer names letters of the word, positions in it, a number, boxes or text, as is asked."""
        return self._is_answer(sample, self.read(sample, answer)[1].strip())

    def chance(self, sample: Sample) -> float:
        """The share of rows in which the best guess without the rings is right: the word's commonest letter, one of
        its positions, any set of them alike where several may be circled, or none where that comes more often. Which
        letters are never circled is not told apart. A word is read without rings, so that its chance is 1."""
        word = sample.annotations["word"]
        if sample.task == "word":
            return 1.0
        low, high = self.mark_count
        sizes = range(low, high + 1)
        if sample.task == "count":
            share = 1 / len(sizes)
        elif self.balance_letters:
            share = sample.annotations["best_guess"]
        else:
            commonest = 1 if sample.task in ("position", "box") else max(Counter(word).values())
            single = commonest / len(word)
            share = max(single if size == 1 else 1 / math.comb(max(len(word), size), size) for size in sizes)
            share /= len(sizes)
        return max(self.unmarked, (1 - self.unmarked) * share)

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        """`distance_px` between the middles of boxes, on average: the picture's diagonal for another number of them."""
        if sample.task != "box" or sample.suffix == self.unmarked_answer:
            return {}
        true, boxes = parse_boxes(sample.suffix, self.size_px) or [], parse_boxes(answer.strip(), self.size_px)
        if boxes is None or len(boxes) != len(true):
            return {"distance_px": math.hypot(*self.size_px)}
        far = [centre_distance(one, other, self.size_px) for one, other in zip(true, boxes, strict=True)]
        return {"distance_px": sum(far) / len(far)}

    def answer_shapes(self, sample: Sample, answer: str) -> list[Points]:
        """The letters that an answer names, or the boxes that it gives."""
        if self._is_plain(sample):
            return super().answer_shapes(sample, answer)
        bare, text = self.read(sample, answer)
        text, glyphs = text.strip(), [Box(*box) for box in sample.annotations["glyph_boxes"]]
        if sample.task in ("word", "count") or not self._is_answer(sample, text) or text == self.unmarked_answer:
            return []
        if sample.task == "box":
            return [box.outline() for box in parse_boxes(text, self.size_px) or []]
        if sample.task == "position":
            return [glyphs[int(part) - 1].outline() for part in text.split(", ")]
        if text == bare.suffix:
            return [glyphs[index].outline() for index in _indices(sample.annotations)]
        letters = zip(sample.annotations["word"], glyphs, strict=True)
        return [box.outline() for letter, box in letters if letter in text.split(", ")]

    def _is_plain(self, sample: Sample) -> bool:
        """Whether the row asks for the letter in its one ring."""
        return sample.task in ("", self.name) and not self.has_lists

    def _score(self, sample: Sample, answer: str) -> dict[str, float]:
        """The scores of an answer without a sentence."""
        text = answer.strip()
        same = float(text == sample.suffix)
        if sample.task == "box":
            true, boxes = parse_boxes(sample.suffix, self.size_px), parse_boxes(text, self.size_px)
            if true is None or boxes is None or len(true) != len(boxes):
                return {"correct": same, "overlap": same}
            shares = [intersection_over_union(one, other) for one, other in zip(true, boxes, strict=True)]
            return {"correct": float(min(shares) >= 0.5), "overlap": sum(shares) / len(shares)}
        if sample.task not in ("", self.name):
            return {"correct": same}
        scores = letter_score(sample.suffix, text)
        if self.mark_count[1] > 1:
            true_letters, letters = Counter(sample.suffix.split(", ")), Counter(text.split(", "))
            most = max(true_letters.total(), letters.total())
            scores["letters"] = (true_letters & letters).total() / most
        return scores

    def _says_truth(self, sample: Sample, answer: str) -> bool:
        """Whether a sentence says the truth."""
        word, indices = sample.annotations["word"], _indices(sample.annotations)
        if sample.task == "word":
            return any(alike(sample.suffix, reading) for reading in readings(answer, self.templates("word")))
        if sample.task == "count":
            return named_numbers(answer) == [len(indices)] or (not indices and says_nothing_there(answer))
        if not indices:
            return says_nothing_there(answer) or alike(self.unmarked_answer, answer)
        if sample.task == "position":
            return named_numbers(answer) == [index + 1 for index in indices]
        if sample.task == "box":
            return any(self._score(sample, reading)["correct"] for reading in readings(answer))
        letters = named_letters(answer)
        true_letters = [word[index] for index in indices]
        cased = [letter if letter in word else letter.swapcase() for letter in letters]
        return cased == true_letters or (len(true_letters) == 1 and set(cased) == set(true_letters))

    def _is_answer(self, sample: Sample, text: str) -> bool:
        """Whether a text without its sentence has the form of an answer."""
        word, parts = sample.annotations["word"], text.split(", ")
        if sample.task == "word":
            return bool(text)
        if sample.task == "count":
            return text.isdecimal() and int(text[:9]) <= len(word)
        if self.unmarked and text == self.unmarked_answer:
            return True
        if sample.task == "box":
            boxes = parse_boxes(text, self.size_px)
            return boxes is not None and all(map(is_box, boxes))
        if sample.task == "position":
            return all(part.isdecimal() and 1 <= int(part[:9]) <= len(word) for part in parts)
        return all(len(part) == 1 and part in word for part in parts) and (len(parts) == 1 or self.mark_count[1] > 1)


def _indices(annotations: Mapping[str, Any]) -> list[int]:
    """The numbers of the circled letters."""
    if "letter_indices" in annotations:
        return list(annotations["letter_indices"])
    return [annotations["letter_index"]]
