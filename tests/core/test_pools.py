"""Pools: what a split draws from, found by the generator's field."""

from __future__ import annotations

import pytest

from synthink import ConfigError, DrawContext, Fonts, Generator, Mixture, Part, Sample, Words
from synthink.core.source import Source

LISTED = Words(source=("ash", "elm", "fir", "oak", "yew", "bay"))


class TwoLists(Generator):
    """Which tree is taller?"""

    columns = {"one": str, "other": str}  # noqa: RUF012 - never changed

    words: Words = LISTED
    others: Words = Words(source=("pea", "leek", "beet", "chard", "kale", "cress"))
    fonts: Fonts = Fonts()

    def draw(self, ctx: DrawContext) -> Sample:
        stream = ctx.stream("words")
        one, other = ctx.pool(self.words).draw(stream), ctx.pool(self.others).draw(stream)
        raise AssertionError(f"{one} {other}")


def test_a_pool_is_found_by_its_field_and_holds_what_its_split_owns() -> None:
    generator = TwoLists()
    splits = [Source(generator).split(name) for name in ("train", "validation", "test")]
    for field in ("words", "others"):
        spec: Words = getattr(generator, field)
        pools = [split.pool(spec).words for split in splits]
        assert sorted(sum(pools, ())) == sorted(spec.source)
        assert [split.context(0).pool(spec).words for split in splits] == pools
    assert splits[0].pool(generator.fonts).faces


def test_an_equal_spec_finds_the_same_pool() -> None:
    split = Source(TwoLists()).split("train")
    assert split.pool(Words(source=LISTED.source)) is split.pool(TwoLists().words)


def test_settings_that_are_no_field_of_the_generator_are_refused() -> None:
    split = Source(TwoLists()).split("train")
    with pytest.raises(ConfigError, match=r"Words.*is the value of no asset field of this generator"):
        split.pool(Words(source=("rose", "tulip")))


def test_a_part_of_a_mixture_finds_its_own_pools() -> None:
    small = TwoLists(words=Words(source=("rose", "tulip", "aster", "daisy", "lily", "iris")))
    mixture = Mixture(parts=(Part.of(TwoLists()), Part.of(small)))
    split = Source(mixture).split("train")
    for i, generator in enumerate(mixture.generators):
        assert isinstance(generator, TwoLists)
        view = mixture._view(split, i)
        assert set(view.pool(generator.words).words) <= set(generator.words.source)


@pytest.mark.parametrize("control", [False, True])
def test_signal_is_the_opposite_of_control(control: bool) -> None:
    ctx = Source(TwoLists()).split("train").context(3, control=control)
    assert (ctx.control, ctx.signal, ctx.index, ctx.split.name) == (control, not control, 3, "train")
