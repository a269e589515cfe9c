"""The settings of `gestures` that a model was trained on: read from its run, so that nobody types them twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from synthink.build.manifest import MANIFEST
from synthink.build.manifest import load as load_manifest
from synthink.core.dataset import make_generator
from synthink.core.generator import Generator
from synthink.errors import AssetError, SynthinkError, with_notes
from synthink.gestures import PictureSettings
from synthink.train.run_folder import RUN, RunFolder

NEEDED = (
    *("picture_px", "view", "margin_px", "ink_position", "scale_range", "white"),
    *("ink_colours", "ink_width_px", "label_format", "prompts", "cased"),
)
"""The attributes by which a generator is known to draw gestures on pages."""


class NoGestures(AssetError):
    """A dataset or a run has no rows of gestures."""


def settings_for(dataset: Path | None, checkpoint: Path | None) -> PictureSettings:
    """The settings of a dataset of gestures, or else those of the run in a folder, or else the usual ones."""
    if dataset is not None and (dataset / MANIFEST).exists():
        try:
            return settings_of_dataset(dataset)
        except NoGestures:
            pass  # its rows can be asked about none the less
    if checkpoint is not None and (checkpoint / RUN).exists():
        return settings_of_run(checkpoint)
    return default_settings()


def default_settings() -> PictureSettings:
    """The settings of `gestures` where nobody changed any."""
    return _of_gestures([make_generator("gestures", {})], "gestures")


def settings_of_dataset(folder: Path) -> PictureSettings:
    """The settings that a dataset was drawn with. Raises `NoGestures` where it has none."""
    generator = load_manifest(folder).plan("refuse", "refuse").generator
    return _of_gestures([generator, *generator.drawing_generators()], str(folder))


def settings_of_run(folder: Path) -> PictureSettings:
    """The settings of the rows that a run learned from.

    Raises `AssetError` where none of its datasets is there any more and has gestures.
    """
    request = RunFolder(folder).request()
    reasons = []
    for dataset in request["datasets"]:
        try:
            return settings_of_dataset(Path(dataset["path"]))
        except SynthinkError as error:
            reasons.append(with_notes(error))
    for drawn in request["stream"].values():
        generator = make_generator(drawn["generator"], drawn["fields"])
        return _of_gestures([generator, *generator.drawing_generators()], str(folder / RUN))
    raise AssetError(
        f"{folder / RUN}: how its pictures were drawn cannot be read ({'; '.join(reasons) or 'it names no dataset'}); "
        f"name a dataset like them, dataset=FOLDER with {MANIFEST} in it"
    )


def _of_gestures(generators: Iterable[Generator], place: str) -> PictureSettings:
    """The first generator that draws gestures."""
    names: Sequence[str] = [generator.name for generator in generators if not _draws_gestures(generator)]
    for generator in generators:
        if _draws_gestures(generator):
            return cast(PictureSettings, generator)
    raise NoGestures(f"{place}: was drawn by {', '.join(dict.fromkeys(names))}; the canvas needs rows of gestures")


def _draws_gestures(generator: Generator) -> bool:
    return all(hasattr(generator, name) for name in NEEDED)
