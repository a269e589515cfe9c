"""The YAML in front of a card, by which the hub finds a dataset and `load_dataset` reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from synthink.build.card.changed_fields import changed_fields
from synthink.build.formats import find_format
from synthink.build.licence import card_fields
from synthink.build.plan import Plan
from synthink.build.shard import ShardRecord
from synthink.core.generator import Generator
from synthink.core.mixture import Mixture
from synthink.pages.markdown import listed

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
_TEXTS = re.compile(r"prompts|answer")
"""In the names of fields with which questions and answers are worded."""


def front_matter(plan: Plan, shards: Sequence[ShardRecord]) -> dict[str, Any]:
    """The card's data for the hub and `load_dataset`. The plan's assets need not be there."""
    splits = plan.sizes
    size = {split: sum(shard.bytes for shard in shards if shard.split == split) for split in splits}
    form = find_format(plan.format)
    patterns = [{"split": split, "path": form.data_files(split)} for split in splits]
    rows = sum(splits.values())
    names = dict.fromkeys((plan.generator.name, *(leaf.name for leaf in _leaves(plan))))
    front: dict[str, Any] = {
        **card_fields(plan.licence),
        "pretty_name": title(plan),
        "task_categories": ["visual-question-answering", "image-to-text"],
        "tags": ["synthetic", "synthink", *names],
        "size_categories": [next((label for limit, label in _SIZES if rows < limit), "n>10M")],
    }
    if all(pattern["path"] for pattern in patterns):
        front["configs"] = [{"config_name": "default", "data_files": patterns}]
    if "configs" in front:
        front["dataset_info"] = {
            "features": form.card_features(plan.generator.columns),
            "splits": [{"name": split, "num_bytes": size[split], "num_examples": splits[split]} for split in splits],
            "download_size": sum(size.values()),
            "dataset_size": sum(size.values()),
        }
    return front


def languages(plan: Plan) -> list[str]:
    """The languages of questions, answers and what is drawn, as ISO codes; empty where one of them is not known."""
    leaves = _leaves(plan)
    spoken = {leaf.prompt_language for leaf in leaves}
    drawn = [opened.languages for opened in plan.source.assets.values()]
    own_words = any(_TEXTS.search(name) for leaf in leaves for name in changed_fields(leaf))
    if "" in spoken or own_words or any(codes is None for codes in drawn):
        return []
    return sorted(spoken.union(*(codes for codes in drawn if codes)))


def _leaves(plan: Plan) -> tuple[Generator, ...]:
    """The generators that draw the rows."""
    return plan.generator.leaves if isinstance(plan.generator, Mixture) else (plan.generator,)


def title(plan: Plan) -> str:
    """The dataset's name for people."""
    names = [leaf.name.replace("_", " ") for leaf in _leaves(plan)]
    text = f"mixture of {listed(dict.fromkeys(names))}" if isinstance(plan.generator, Mixture) else names[0]
    return text[:1].upper() + text[1:]


def yaml_text(front: Mapping[str, Any]) -> str:
    """The front matter of a card as YAML."""
    import yaml

    return str(yaml.safe_dump(front, sort_keys=False, allow_unicode=True))
