"""`synthink publish`: a dataset's folder goes to the Hugging Face hub."""

from __future__ import annotations

from synthink.build import manifest as manifests
from synthink.cli.verb import Call, Folder, Verb, VerbResult, assets_of, existing_folder
from synthink.progress import size_text, stages
from synthink.publish.folder import README, local_files
from synthink.publish.hub import MAIN
from synthink.publish.publication import Check, Destination, Publication, check_dataset, planned, publish

CARD_LINES = 12


class Publish(Verb):
    """Publish a dataset on the Hugging Face hub.

    What is there already is not sent again; running the command again goes on where it stopped. The token is the one
    that `hf auth login` has stored, or HF_TOKEN."""

    name = "publish"
    summary = "send a dataset to the Hugging Face hub, in one commit that readers see whole or not at all"
    positional = "dataset"

    dataset: Folder
    """The dataset's folder, such as data/circled_letters."""
    repo: str
    """The repository, OWNER/NAME; it is made where it is not there."""
    private: bool = False
    """Whether a repository that is made is private; one that is there stays as it is."""
    revision: str = MAIN
    """The branch; it is made where it is not there."""
    collection: str | None = None
    """The collection that the repository is put into, OWNER/TITLE-ID."""
    overwrite: bool = False
    """Whether something else that is in the repository is replaced."""
    verify: Check = "proved"
    """The state the dataset must be in: proved by every check; faultless, where some are open; skip: any."""
    dry_run: bool = False
    """Whether it is only said what would be sent; nothing is asked of the hub."""

    def run(self, call: Call) -> VerbResult:
        folder = existing_folder(self.dataset)
        to = Destination(self.repo, self.private, self.revision, self.overwrite, self.collection)
        with stages("bytes") as progress:
            if self.dry_run:
                manifest = manifests.load(folder)
                publication = planned(manifest, local_files(manifest), self.repo, {})
                check_dataset(folder, self.verify, progress)
                lines = _dry_lines(publication, str(manifest.identity["licence"]))
            else:
                publication = publish(folder, to, self.verify, progress)
                lines = _lines(publication)
        return VerbResult(assets=assets_of({"": folder}), lines=lines)


def _lines(publication: Publication) -> list[str]:
    files = publication.missing
    sent = f"{len(files):,} files, {size_text(publication.bytes)}, sent" if files else "all was there already"
    removed = f"; {len(publication.removed):,} older ones removed" if publication.removed else ""
    return [f"{publication.address}: {sent}{removed}", publication.load_line]


def _dry_lines(publication: Publication, licence: str) -> list[str]:
    card = publication.files[README].path.read_text(encoding="utf-8", errors="replace").splitlines()
    front_matter_ends = card.index("---", 1) if "---" in card[1:] else 0
    return [
        f"{publication.repo} would get at most {len(publication.files):,} files, {size_text(publication.bytes)}",
        f"licence: {licence}; tag: {publication.tag}",
        "the card begins:",
        *(f"  {line}" for line in card[front_matter_ends + 1 :][:CARD_LINES]),
    ]
