"""`synthink publish`: a dataset's folder, or a run's model, goes to the Hugging Face hub."""

from __future__ import annotations

from typing import Annotated

from synthink.build import manifest as manifests
from synthink.build.licence import Licence
from synthink.cli.verb import Call, Folder, Verb, VerbResult, assets_of, existing_folder
from synthink.cli.verbs.evaluate import existing_checkpoint
from synthink.errors import ConfigError
from synthink.progress import Progress, size_text, stages
from synthink.publish.content import Content
from synthink.publish.destination import MAIN, Check, Destination, RepoName
from synthink.publish.folder import README, DatasetContent
from synthink.publish.model import ModelContent, publish_model
from synthink.publish.publication import Publication, check_dataset, planned, publish

CARD_LINES = 12


class Publish(Verb):
    """Publish a dataset, or the model of a run, on the Hugging Face hub.

    What is there already is not sent again; running the command again goes on where it stopped. The token is the one
    that `hf auth login` has stored, or HF_TOKEN."""

    name = "publish"
    summary = "send a dataset or a model to the Hugging Face hub, in one commit that readers see whole or not at all"
    positional = "dataset"

    dataset: Folder | None = None
    """The dataset's folder, such as data/circled_letters."""
    checkpoint: Folder | None = None
    """The folder of a finished run, whose model is published with its reports as card, in place of a dataset."""
    repo: Annotated[str, RepoName()]
    """The repository, OWNER/NAME; it is made where it is not there."""
    private: bool = False
    """Whether a repository that is made is private; one that is there stays as it is."""
    revision: str = MAIN
    """The branch; it is made where it is not there."""
    create_pr: bool = False
    """Whether a pull request is opened, for others to merge, in place of a commit."""
    collection: Annotated[str, RepoName()] | None = None
    """The collection that the repository is put into, OWNER/TITLE-ID."""
    overwrite: bool = False
    """Whether something else that is in the repository is replaced."""
    contact: str | None = None
    """Whom readers may ask, a name or an address, for a dataset's card; null: the owner, in the discussions."""
    verify: Check = "proved"
    """The state a dataset must be in: proved by every check; faultless, where some are open; skip: any."""
    trained_on: tuple[Annotated[str, RepoName()], ...] = ()
    """With `checkpoint`: the repositories of the datasets that it learned from, which the card links."""
    licence: Annotated[str, Licence()] | None = None
    """With `checkpoint`: the licence of the weights, an SPDX name or an address."""
    dry_run: bool = False
    """Whether it is only said what would be sent; nothing is asked of the hub."""

    def check(self) -> None:
        if (self.dataset is None) == (self.checkpoint is None):
            raise ConfigError("dataset", self.dataset, "name a dataset's folder, or a run's: checkpoint=RUN")
        if self.create_pr and self.revision != MAIN:
            raise ConfigError("revision", self.revision, "a pull request is one to main: leave it out")
        for key in ("trained_on", "licence") if self.checkpoint is None else ():
            if getattr(self, key):
                raise ConfigError(key, getattr(self, key), "goes with checkpoint=RUN; a dataset's card says it itself")
        if self.contact and self.checkpoint is not None:
            raise ConfigError("contact", self.contact, "is of a dataset's card; write it into the model's")

    def run(self, call: Call) -> VerbResult:
        switches = self.private, self.revision, self.create_pr, self.overwrite, self.collection
        to = Destination(self.repo, *switches, self.contact or "")
        with stages("rows") as progress:
            lines = self._dry_lines(progress) if self.dry_run else _lines(self._published(to, progress))
        if self.dataset is not None and self.verify == "skip":
            lines.append("its labels were not verified: verify=skip")
        folder = None if self.dataset is None else existing_folder(self.dataset)
        return VerbResult(assets=assets_of({"": folder} if folder else {}), lines=lines)

    def _published(self, to: Destination, progress: Progress) -> Publication:
        if self.checkpoint is not None:
            run = existing_checkpoint("checkpoint", self.checkpoint)
            return publish_model(run, to, self.trained_on, self.licence, progress)
        return publish(existing_folder(str(self.dataset)), to, self.verify, progress)

    def _dry_lines(self, progress: Progress) -> list[str]:
        content: Content
        if self.checkpoint is not None:
            run = existing_checkpoint("checkpoint", self.checkpoint)
            content = ModelContent(run, self.repo, self.trained_on, self.licence)
            licence = self.licence or "none; licence=NAME names that of the weights"
        else:
            folder = existing_folder(str(self.dataset))
            manifest = manifests.load(folder)
            content = DatasetContent(manifest, self.repo, self.contact or "")
            licence = str(manifest.identity["licence"])
            check_dataset(folder, self.verify, progress)
        publication = planned(content, self.repo, {})
        card = content.files[README].text.splitlines()
        front_matter_ends = card.index("---", 1) if "---" in card[1:] else 0
        return [
            f"{publication.repo} would get at most {len(publication.files):,} files, {size_text(publication.bytes)}",
            f"licence: {licence}; tag: {publication.tag}",
            "the card begins:",
            *(f"  {line}" for line in card[front_matter_ends + 1 :][:CARD_LINES]),
        ]


def _lines(publication: Publication) -> list[str]:
    files = publication.missing
    sent = f"{len(files):,} files, {size_text(publication.bytes)}, sent" if files else "all was there already"
    removed = f"; {len(publication.removed):,} older ones removed" if publication.removed else ""
    return [f"{publication.address}: {sent}{removed}", publication.load_line]
