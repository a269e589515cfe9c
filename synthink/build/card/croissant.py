"""A dataset's description in Croissant 1.1 (JSON-LD), for archives and search engines, with the fields of its extension
for responsible AI that can be filled truthfully."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from synthink.build.card import sentences
from synthink.build.card.citation import entries
from synthink.build.card.columns import FIXED_MEANINGS
from synthink.build.card.front_matter import title
from synthink.build.formats import find_format
from synthink.build.licence import card_fields
from synthink.build.plan import Plan
from synthink.core.columns import stored
from synthink.core.mixture import Mixture
from synthink.draw.geometry import Box, InkPoint, Quad
from synthink.pages.text import visible
from synthink.version import VERSION

NAME = "croissant.json"
LONGEST_TEXT = 2000
_TYPES = {str: "sc:Text", int: "sc:Integer", float: "sc:Float", bool: "sc:Boolean"}
_LENGTHS = {Box: "4", Quad: "8", InkPoint: "4"}
_OWN_TERMS = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty"),
    *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("separator", "source", "subField", "transform"),
)
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _OWN_TERMS},
}


def croissant(plan: Plan, languages: Sequence[str]) -> bytes:
    """The content of `croissant.json`."""
    return json_bytes(description(plan, languages))


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """The text of a description in Croissant."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace")


def description(plan: Plan, languages: Sequence[str] = ()) -> dict[str, Any]:
    """A dataset in Croissant; record by record it can be read where the format is Parquet.

    The plan's assets need not be there.
    """
    generator = plan.generator
    form = find_format(plan.format)
    leaves = generator.leaves if isinstance(generator, Mixture) else ()
    names = dict.fromkeys((generator.name, *(leaf.name for leaf in leaves)))
    patterns = [pattern for split in plan.sizes if (pattern := form.data_files(split))]
    maker = f"synthink {VERSION}, generator {generator.name} version {generator.version}"
    # Of `plan.identity` what a citation says: the rest would open the assets.
    origin = {"generator": generator.name, "generator_version": generator.version, "synthink": VERSION}
    origin |= {"seed": plan.source.seed, "splits": plan.sizes}
    content: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": generator.name,
        "description": visible(generator.describe(), LONGEST_TEXT),
        "license": _licence(plan.licence),
        "version": f"{generator.version}.0.0",
        "keywords": ["synthetic", "synthink", *names],
        **({"inLanguage": list(languages)} if languages else {}),
        "citeAs": entries(title(plan), origin),
        "isLiveDataset": False,
        **_responsible(plan, maker),
    }
    if patterns:
        content["distribution"] = [
            {"@type": "cr:FileSet", "@id": "files", "name": "files", "encodingFormat": form.media_type}
            | {"includes": patterns if len(patterns) > 1 else patterns[0]}
        ]
    if patterns and plan.format == "parquet":
        content["recordSet"] = [
            _splits(plan),
            {"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "key": {"@id": "rows/id"}, "field": _fields(plan)},
        ]
    return content


def _licence(licence: str) -> str:
    fields = card_fields(licence)
    known = (
        "license_link" not in fields and "license_name" not in fields and fields["license"] not in ("other", "unknown")
    )
    return f"https://spdx.org/licenses/{licence}" if known else licence


def _splits(plan: Plan) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}],
        "data": [{"splits/name": split} for split in plan.sizes],
    }


def _fields(plan: Plan) -> list[dict[str, Any]]:
    """A field for each column, and one for the split, which the names of files tell."""
    meanings = {**plan.generator.column_meanings, **FIXED_MEANINGS}
    image = {"dataType": "sc:ImageObject", "source": _source({"column": "image"}, {"jsonPath": "bytes"})}
    split = _source({"fileProperty": "fullpath"}, {"regex": r"(?:data/)?(\w+?)(?:-\d{5}-of-\d{5}\.parquet)?$"})
    kinds = {"id": str, "task": str, "image": None, "prefix": str, "suffix": str, **plan.generator.columns}
    fields = [_field("split", "the split", {"dataType": "sc:Text", "source": split, "references": _reference()})]
    for name, kind in kinds.items():
        about = image if kind is None else {**_data_type(kind), "source": _source({"column": name})}
        fields.append(_field(name, meanings.get(name, ""), about))
    return fields


def _field(name: str, meaning: str, about: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": meaning} if meaning else {}
    return {"@type": "cr:Field", "@id": f"rows/{name}", "name": name, **described, **about}


def _reference() -> dict[str, Any]:
    return {"field": {"@id": "splits/name"}}


def _source(extract: Mapping[str, str], transform: Mapping[str, str] | None = None) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": "files"}, "extract": dict(extract)}
    return {**source, "transform": dict(transform)} if transform else source


def _data_type(kind: Any) -> dict[str, Any]:
    """A column's type in Croissant: numbers of a box, or of lists, are an array of a shape."""
    shape: list[str] = []
    kind = stored(kind)
    while typing.get_origin(kind) is list:
        shape.append("-1")
        kind = stored(typing.get_args(kind)[0])
    if kind in _LENGTHS:
        shape.append(_LENGTHS[kind])
        kind = float
    array = {"isArray": True, "arrayShape": ",".join(shape)} if shape else {}
    return {"dataType": _TYPES[kind], **array}


def _responsible(plan: Plan, maker: str) -> dict[str, Any]:
    """The fields of the extension for responsible AI."""
    generator = plan.generator
    brought = [place for spec in generator.asset_fields().values() for place in spec.outside()]
    source = "files of those who made it, which synthink.json names, and " if brought else ""
    return {
        "rai:dataCollection": f"Synthetic: drawn, with its labels, from {source}assets of a program ({maker}).",
        "rai:dataCollectionType": ["Others"],
        "rai:dataAnnotationProtocol": [
            "No label was written by hand: the program that drew a picture says what it drew."
        ],
        "rai:annotationsPerItem": "1",
        "rai:machineAnnotationTools": [f"synthink {VERSION}"],
        "rai:dataUseCases": ["To train vision-language models, and to measure what they can read."],
        "rai:personalSensitiveInformation": [sentences.people(plan)],
        "rai:dataLimitations": ["Synthetic: real pictures differ.", *generator.known_limits],
    }
