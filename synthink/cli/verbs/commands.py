"""The verbs."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthink.cli.main import key_values
from synthink.errors import AssetError, ConfigError, SynthinkError, did_you_mean, with_notes
from synthink.settings import whole_number

if TYPE_CHECKING:
    from synthink.build.dataset_folder import Outcome
    from synthink.build.manifest import Manifest
    from synthink.draw.picture import Pixels


def generate_command(arguments: Sequence[str]) -> int:
    """`synthink generate`: one dataset, or with `-m` a folder a job and a summary table."""
    from synthink.cli.hydra_app import compose, multirun

    if any(argument.startswith("-") for argument in arguments):
        return multirun(list(arguments))
    return generate_from(compose(arguments))


def generate_from(config: Mapping[str, Any]) -> int:
    """Generate as a plain config asks, and say what was made. 1 when a manifest's pixels did not come out again."""
    from synthink import api
    from synthink.cli.overrides import request

    asked = request(config)
    started = time.monotonic()
    outcome = api.generate(**asked, progress=True)
    print(_told(outcome, asked["output"], time.monotonic() - started))
    if "source" in asked:
        told, same = _against(outcome, asked["source"])
        print(told)
        return 0 if same else 1
    return 0


def _against(outcome: Outcome, source: str) -> tuple[str, bool]:
    """How a dataset that was made again compares with the one that its manifest describes."""
    from synthink.build import manifest
    from synthink.build.plan import differences

    found = manifest.load(Path(source).expanduser())
    if [shard.sha256 for shard in outcome.shards] == [shard.sha256 for shard in found.shards]:
        return f"the same bytes as {source} describes", True
    changed = "; ".join(differences(found.identity, manifest.load(outcome.output).identity)) or "nothing on record"
    if [shard.pixels for shard in outcome.shards] == [shard.pixels for shard in found.shards]:
        return f"the same pixels as {source} describes, in other bytes (changed: {changed})", True
    return f"NOT the pixels that {source} describes (changed: {changed})", False


def _told(outcome: Outcome, output: str, seconds: float) -> str:
    splits: dict[str, int] = {}
    for shard in outcome.shards:
        splits[shard.split] = splits.get(shard.split, 0) + shard.rows
    rate = f" in {seconds:.1f} s ({outcome.made / seconds:,.0f} rows/s)" if outcome.made else ", all there already"
    kept = f", {outcome.kept:,} of them kept from before" if outcome.made and outcome.kept else ""
    return "\n".join(
        [
            f"{output}: {outcome.rows:,} rows{rate}{kept}, {_size(outcome.bytes)}",
            "  " + "  ".join(f"{split} {rows:,}" for split, rows in splits.items()),
            *_left_out(outcome.output),
            f"look at it:  synthink preview dataset={output}",
            f"check it:    synthink verify dataset={output}",
            f'load it:     datasets.load_dataset("{output}")',
        ]
    )


def _left_out(folder: Path) -> list[str]:
    """A line for each asset of which files were left out."""
    from synthink.build import manifest

    records = [record for record in manifest.load(folder).identity["assets"].values() if "left_out" in record]
    if not records:
        return []
    from synthink.documents.asset import left_out

    return list(dict.fromkeys(f"  {left_out(record)}" for record in records))


def _size(count: float) -> str:
    units = ["TB", "GB", "MB", "kB", "bytes"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop()
    return f"{count:,.0f} bytes" if units[-1] == "bytes" else f"{count:,.1f} {units[-1]}"


def list_command(arguments: Sequence[str]) -> int:
    """`synthink list [fonts [source=...] | gestures]`."""
    from synthink.core.registry import installed

    what = arguments[0] if arguments else "generators"
    if what == "fonts":
        from synthink.assets.fonts.fonts import Fonts, describe

        source = key_values(arguments[1:], {"source": "packaged"})["source"]
        print("\n".join(describe(Fonts(source=source).open())))
        return 0
    if what == "gestures":
        from synthink.gestures.kind import KINDS, load_kinds

        load_kinds()
        for kind in sorted(KINDS.values(), key=lambda kind: kind.name):
            print(f"{kind.name}: {(type(kind).__doc__ or '').strip().partition(chr(10))[0]}")
            print("  " + ", ".join(f"{each.name} {each.share:.2g}" for each in kind.variants.values()))
        return 0
    if what != "generators":
        known = ["generators", "fonts", "gestures"]
        raise SynthinkError(f"nothing to list called {what!r}; {did_you_mean(what, known)}")
    entries = installed()
    name, package = (max(len(getattr(entry, key)) for entry in entries) for key in ("name", "package"))
    for entry in entries:
        print(f"{entry.name:<{name}}  {entry.package:<{package}}  {entry.summary}")
    return 0


def preview_command(arguments: Sequence[str]) -> int:
    """`synthink preview dataset=PATH`: PATH-preview.png and PATH-preview.html, or below `output`."""
    from synthink.build import manifest
    from synthink.files import write_whole
    from synthink.preview.page import contact_sheet, page
    from synthink.verify.reading import rows_of

    options = key_values(arguments, {"dataset": None, "output": None, "rows": 24})
    folder, wanted = _dataset(options), options["rows"]
    whole_number("rows", wanted, 1)
    found = manifest.load(folder)
    columns = found.plan().generator.columns
    splits = {split: rows_of(folder, found, split, wanted) for split in found.identity["splits"]}
    try:
        beside = _illustrations(found, splits)
    except SynthinkError as error:
        beside = {}
        print(f"without illustrations: {with_notes(error)}", file=sys.stderr)
    target = Path(options["output"]) if options["output"] else folder.with_name(f"{folder.name}-preview")
    first = next(iter(splits.values()))
    _check_pictures(splits)
    html = page(f"{found.identity['generator']}: {folder.name}", columns, splits, beside)
    for path, content in (
        (target.with_name(f"{target.name}.png"), contact_sheet(columns, first)),
        (target.with_name(f"{target.name}.html"), html.encode()),
    ):
        try:
            write_whole(path, content)
        except OSError as error:
            raise AssetError(f"{path}: cannot be written: {error.strerror}") from None
        print(path)
    return 0


def _illustrations(
    found: Manifest, splits: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Mapping[str, Pixels]]:
    """Row id -> what its generator shows beside it; `SynthinkError` where the assets are gone or others."""
    from synthink.core.generator import Generator

    if type(found.plan().generator).illustrations is Generator.illustrations:
        return {}
    source = found.opened().source
    for field, opened in source.assets.items():
        if opened.record()["fingerprint"] != found.identity["assets"].get(field, {}).get("fingerprint"):
            raise AssetError(f"{field}: what is here is not what {found.file} was made from")
    return {
        row["id"]: source.generator.illustrations(source.split(split).context(index))
        for split, rows in splits.items()
        for index, row in enumerate(rows)
    }


def _check_pictures(splits: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    from synthink.draw.picture import decode

    for rows in splits.values():
        for row in rows:
            try:
                decode(row["image"])
            except (OSError, ValueError, SyntaxError) as error:
                raise AssetError(f"{row['id']}: the picture cannot be decoded: {error}") from None


def verify_command(arguments: Sequence[str]) -> int:
    """`synthink verify dataset=PATH`: 0 when every check passed, 1 when one found something."""
    from synthink.progress import bar
    from synthink.verify.verify import verify

    options = key_values(arguments, {"dataset": None, "rows": None, "remake": 100})
    for name in ("rows", "remake"):
        if options[name] is not None or name == "remake":
            whole_number(name, options[name], 0, "a whole number of rows")
    folder = _dataset(options)
    with bar(0, "rows", True) as advance:
        report = verify(folder, options["rows"], options["remake"], advance)
    print(report)
    return 0 if report.passed else 1


def train_command(arguments: Sequence[str]) -> int:
    """`synthink train dataset=PATH`: a folder with a model."""
    return _trained("train", arguments)


def evaluate_command(arguments: Sequence[str]) -> int:
    """`synthink evaluate dataset=PATH checkpoint=RUN`: a folder with predictions and a report."""
    return _trained("evaluate", arguments)


def validate_command(arguments: Sequence[str]) -> int:
    """`synthink validate generator=NAME`: dataset, run, control and report in one folder; with `-m` a sweep."""
    return _trained("validate", arguments)


def _trained(verb: str, arguments: Sequence[str]) -> int:
    from synthink.cli.hydra_app import compose, multirun
    from synthink.cli.train_verbs import RUN

    if any(argument.startswith("-") for argument in arguments):
        return multirun(list(arguments), verb)
    RUN[verb]({**compose(arguments, verb), "overrides": list(arguments)})
    return 0


def completion_command(arguments: Sequence[str]) -> int:
    """`synthink completion bash|zsh|fish`."""
    from synthink.cli.completion import script

    sys.stdout.write(script(arguments[0] if arguments else ""))
    return 0


def _dataset(options: Mapping[str, Any]) -> Path:
    if not options["dataset"]:
        raise ConfigError("dataset", None, "name a dataset folder: dataset=data/circled_letters")
    folder = Path(options["dataset"]).expanduser()
    if not folder.is_dir():
        raise AssetError(f"{folder}: no such folder")
    return folder.resolve()
