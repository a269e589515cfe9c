"""A generator that keeps every promise, and one for each promise that is broken: the contract must tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from synthink import Box, Camera, DrawContext, Generator, Quad, Sample
from synthink.assets import Words
from synthink.draw import Layer, PictureSize, Scene, disc, picture_size, rectangle
from synthink.draw.picture import RgbPicture, as_picture

PROMPT = "Where is the dot?"


class RightDot(Generator):
    """In which quarter of the picture is the dot?"""

    columns: ClassVar[dict[str, Any]] = {"mark_box": Box, "mark_quad": Quad, "word": str}
    split_columns: ClassVar[dict[str, str]] = {"words": "word"}

    picture_px: PictureSize = 48
    words: Words = Words()

    def draw(self, ctx: DrawContext) -> Sample:
        width, height = picture_size(self.picture_px)
        place, word = ctx.stream("place"), ctx.pool(self.words).draw(ctx.stream("word"))
        right, down = place.integers(0, 2), place.integers(0, 2)
        x, y = (0.25 + right / 2) * width + place.uniform(-4, 4), (0.25 + down / 2) * height + place.uniform(-4, 4)
        paper = Layer(rectangle((0, 0, width, height)), (230, 255 - len(word), 255 - ord(word[0]) % 64))
        dot = Layer(disc((x, y), width / 10), "black", label="dot", signal=True)
        photo = ctx.photograph(Scene((width, height), "white", [paper, *self.others(ctx), dot]), Camera())
        labels = {"mark_box": photo.box("dot"), "mark_quad": photo.quad("dot"), "word": word}
        answer = ("upper" if down == 0 else "lower") + (" left" if right == 0 else " right")
        return Sample(photo.picture, PROMPT, answer, labels)

    def others(self, ctx: DrawContext) -> Sequence[Layer]:
        """What else is in the picture."""
        return ()


def changed(sample: Sample, **annotations: Any) -> Sample:
    """The sample with other annotations."""
    return Sample(sample.image, sample.prefix, sample.suffix, {**sample.annotations, **annotations})


class CountsItsRows(RightDot):
    """Draws another row each time that it is asked."""

    drawn: ClassVar[list[int]] = []

    def others(self, ctx: DrawContext) -> Sequence[Layer]:
        self.drawn.append(ctx.index)
        return [Layer(rectangle((0, 0, len(self.drawn) % 48, 1)), "red")]


class AsksTheInterpreter(RightDot):
    """Draws what depends on the hash seed of the process."""

    def others(self, ctx: DrawContext) -> Sequence[Layer]:
        return [Layer(rectangle((0, 0, hash(f"row {ctx.index}") % 47 + 1, 1)), "red")]


class AsksTheInterpreterOnce(RightDot):
    """Draws what depends on the hash seed of the process in its first row."""

    def others(self, ctx: DrawContext) -> Sequence[Layer]:
        width = 1 if ctx.index else hash("first row") % 47 + 1
        return [Layer(rectangle((0, 0, width, 1)), "red")]


class ControlShowsTheMark(RightDot):
    """Draws the control with its mark."""

    def draw(self, ctx: DrawContext) -> Sample:
        return super().draw(ctx.split.context(ctx.index))


class ControlHasAnotherAnswer(RightDot):
    """Forgets the labels of the control."""

    def draw(self, ctx: DrawContext) -> Sample:
        sample = super().draw(ctx)
        return sample if ctx.signal else changed(sample, word="nothing")


class ControlChangesElsewhere(RightDot):
    """Leaves out more than the mark."""

    def others(self, ctx: DrawContext) -> Sequence[Layer]:
        return [Layer(rectangle((23, 0, 25, 2)), "red")] if ctx.signal else []


class BoxLeavesThePicture(RightDot):
    """Gives a box beyond the picture."""

    def draw(self, ctx: DrawContext) -> Sample:
        sample = super().draw(ctx)
        return changed(sample, mark_box=Box(*sample.annotations["mark_box"][:3], 99.0))


class QuadLiesElsewhere(RightDot):
    """Gives a quad that is not where its box is."""

    def draw(self, ctx: DrawContext) -> Sample:
        return changed(super().draw(ctx), mark_quad=Quad(*[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]))


class ColumnOfAnotherType(RightDot):
    """Gives a number where text was promised."""

    def draw(self, ctx: DrawContext) -> Sample:
        return changed(super().draw(ctx), word=7)


class NoQuestion(RightDot):
    """Asks nothing."""

    def draw(self, ctx: DrawContext) -> Sample:
        sample = super().draw(ctx)
        return Sample(sample.image, " ", sample.suffix, sample.annotations)


class EmptyPicture(RightDot):
    """Shows nothing."""

    def draw(self, ctx: DrawContext) -> Sample:
        sample = super().draw(ctx)
        return Sample(np.full((48, 48, 3), 7, np.uint8), sample.prefix, sample.suffix, sample.annotations)


class OwnChecksum(RightDot):
    """Has pictures whose checksum nobody finds again in their files."""

    def draw(self, ctx: DrawContext) -> Sample:
        class Signed(RgbPicture):
            def checksum(self) -> int:
                return super().checksum() ^ 1

        sample = super().draw(ctx)
        picture = Signed(as_picture(sample.image).array())
        return Sample(picture, sample.prefix, sample.suffix, sample.annotations)


class WordsOfAllSplits(RightDot):
    """Draws the same words in every split and says that it does not."""

    def draw(self, ctx: DrawContext) -> Sample:
        return changed(super().draw(ctx), word="always")


class SplitsAlike(RightDot):
    """Draws every split from the same numbers."""

    split_columns: ClassVar[dict[str, str]] = {}

    def draw(self, ctx: DrawContext) -> Sample:
        picture = np.full((48, 48, 3), 200 + ctx.index, np.uint8)
        picture[20:24, 20:24] = 0 if ctx.signal else 1
        quad = Quad(20.0, 20.0, 24.0, 20.0, 24.0, 24.0, 20.0, 24.0)
        labels = {"mark_box": Box(20.0, 20.0, 24.0, 24.0), "mark_quad": quad, "word": "x"}
        return Sample(picture, PROMPT, "upper left", labels)


class TruthIsWrong(RightDot):
    """Does not take the truth for right."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": 0.5}


class AllIsRight(RightDot):
    """Takes every answer for right."""

    def score(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"correct": 1.0}


class SilenceIsAnAnswer(RightDot):
    """Takes an empty answer for one that has the right form."""

    def in_domain(self, sample: Sample, answer: str) -> bool:
        return True


class TruthHasErrors(RightDot):
    """Finds the truth to be off."""

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"distance_px": 3.0}


class GarbageIsNear(RightDot):
    """Finds no error in an answer that says nothing."""

    def errors(self, sample: Sample, answer: str) -> dict[str, float]:
        return {"distance_px": 0.0}


class ManifestForgets(RightDot):
    """Leaves a field out of the manifest."""

    def plain(self) -> dict[str, Any]:
        return {name: value for name, value in super().plain().items() if name != "picture_px"}
