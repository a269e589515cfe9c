"""The verbs. A new one is a file here and a line in this table: help, completion and Hydra read everything off it."""

from __future__ import annotations

from synthink.cli.verb import Verb
from synthink.cli.verbs.canvas import OpenCanvas
from synthink.cli.verbs.completion import Completion
from synthink.cli.verbs.evaluate import Evaluate
from synthink.cli.verbs.export import Export
from synthink.cli.verbs.generate import Generate
from synthink.cli.verbs.list import List
from synthink.cli.verbs.preview import Preview
from synthink.cli.verbs.publish import Publish
from synthink.cli.verbs.train import Train
from synthink.cli.verbs.validate import Validate
from synthink.cli.verbs.verify import Verify

VERBS: dict[str, type[Verb]] = {
    verb.name: verb
    for verb in (Generate, List, Preview, Verify, Publish, Export, Train, Evaluate, Validate, OpenCanvas, Completion)
}
"""Every verb by its name, in the order in which `synthink --help` lists them."""
