"""The dataset's card: what its front matter tells `load_dataset` to read must be what the manifest says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from synthink.build import card
from synthink.build.formats import find_format
from synthink.build.manifest import Manifest
from synthink.build.plan import Plan
from synthink.confined import read_inside
from synthink.errors import AssetError, quoted
from synthink.tables.card import LARGEST_CARD, front_matter
from synthink.tables.json_lines import read_json
from synthink.verify.faults import Faults

CARD = "README.md"
TRUE_KEYS = ("license", "distribution", "recordSet")
"""What a description in Croissant says of licence, files and columns; the rest, and all words, people may change."""
FilesBySplit = dict[str, set[str]]


def card_faults(folder: Path, manifest: Manifest, plan: Plan) -> Faults:
    """The faults of the card. People may write into it what they like, as long as readers are told the truth."""
    faults = Faults()
    _check_description(folder, plan, faults)
    ours = card.front_matter(plan, manifest.shards)
    try:
        front = front_matter(read_inside(folder, CARD, LARGEST_CARD), CARD)
    except FileNotFoundError:
        faults.add("missing file", CARD)
        return faults
    except (AssetError, OSError) as error:
        faults.add("unreadable", str(error))
        return faults
    if not isinstance(front, Mapping):
        front = {}
    for key in ("license", "dataset_info"):
        if key in ours and front.get(key, ours[key] if key == "dataset_info" else None) != ours[key]:
            faults.add(f"{key} of the card is not the manifest's", CARD)
    if front.get("configs") != ours.get("configs"):
        _compare_configs(folder, front.get("configs"), _files_by_split(plan, manifest), faults)
    return faults


def _check_description(folder: Path, plan: Plan, faults: Faults) -> None:
    """Look at the description in Croissant, where there is one."""
    try:
        theirs = read_json(read_inside(folder, card.CROISSANT, LARGEST_CARD), card.CROISSANT)
    except FileNotFoundError:
        return
    except (AssetError, OSError) as error:
        faults.add("unreadable", str(error))
        return
    ours = card.description(plan)
    for key in TRUE_KEYS:
        if _without_words(theirs.get(key)) != _without_words(ours.get(key)):
            faults.add(f"{key} of {card.CROISSANT} is not the manifest's", card.CROISSANT)


def _without_words(value: Any) -> Any:
    """A part of a description without what is written for people, which the next release may word otherwise."""
    if isinstance(value, Mapping):
        return {name: _without_words(item) for name, item in value.items() if name != "description"}
    return [_without_words(item) for item in value] if isinstance(value, list) else value


def _files_by_split(plan: Plan, manifest: Manifest) -> FilesBySplit:
    """The files that `load_dataset` reads for each split; none when it does not read the format."""
    form = find_format(plan.format)
    names = [*(shard.file for shard in manifest.shards), *form.extra_names(plan.sizes)]
    return {
        split: {name for name in names if fnmatch(name, pattern)}
        for split in plan.sizes
        if (pattern := form.data_files(split)) is not None
    }


def _compare_configs(folder: Path, configs: Any, wanted: FilesBySplit, faults: Faults) -> None:
    """Configurations that somebody wrote: each split of each may be of that split's files alone, and the default has
    all of them."""
    if not isinstance(configs, list) or not configs:
        if wanted or configs:
            faults.add("the card does not say which files belong to which split (configs)", CARD)
        return
    for place, config in enumerate(configs):
        name = f"configs[{place}]"
        try:
            read = _by_shard(_resolved(folder, config), {name for names in wanted.values() for name in names})
        except (AssetError, OSError, ValueError, TypeError, AttributeError) as error:
            faults.add("configs of the card cannot be resolved", f"{name}: {' '.join(str(error).split())}")
            continue
        is_default = len(configs) == 1 or config.get("default") or config.get("config_name") == "default"
        for split in sorted({*read, *wanted}):
            others = read.get(split, set()) - wanted.get(split, set())
            if others:
                faults.add(f"the card has readers take {split} from other files", f"{name}: {sorted(others)[0]}")
            missing = wanted.get(split, set()) - read.get(split, set())
            if missing and is_default:
                faults.add(f"the card keeps files of {split} from readers", f"{name}: {sorted(missing)[0]}")


def _by_shard(files_by_split: FilesBySplit, shards: Collection[str]) -> FilesBySplit:
    """The files with the name of their shard in place of theirs where that is a folder."""
    parents = {name: name.rpartition("/")[0] for names in files_by_split.values() for name in names}
    return {
        split: {parents[name] if parents[name] in shards else name for name in names}
        for split, names in files_by_split.items()
    }


def _resolved(folder: Path, config: Any) -> FilesBySplit:
    """The files of each split, as `datasets` finds them. `AssetError` for what leads elsewhere or reads otherwise."""
    from datasets.data_files import resolve_pattern, sanitize_patterns

    others = sorted(map(str, set(config) - {"config_name", "data_files", "default", "description"}))
    if others:
        raise AssetError(f"{others[0]} changes what readers are given")
    patterns_by_split = sanitize_patterns(config.get("data_files"))
    for pattern in (pattern for patterns in patterns_by_split.values() for pattern in patterns):
        if "://" in pattern or "::" in pattern or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise AssetError(f"{quoted(pattern)} leads out of the folder")
    return {
        str(split): {
            Path(path).relative_to(folder.resolve()).as_posix()
            for pattern in patterns
            for path in resolve_pattern(pattern, str(folder.resolve()))
        }
        for split, patterns in patterns_by_split.items()
    }
