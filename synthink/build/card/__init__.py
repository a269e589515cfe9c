"""A dataset's card, README.md with YAML in front of it, its picture, and its description in Croissant."""

from synthink.build.card.blocks import is_untouched, proof_block, renewed
from synthink.build.card.card import NAMES, files
from synthink.build.card.citation import Place, citation_blocks
from synthink.build.card.croissant import NAME as CROISSANT
from synthink.build.card.croissant import description, json_bytes
from synthink.build.card.front_matter import front_matter, yaml_text

__all__ = [
    "CROISSANT",
    "NAMES",
    "Place",
    "citation_blocks",
    "description",
    "files",
    "front_matter",
    "is_untouched",
    "json_bytes",
    "proof_block",
    "renewed",
    "yaml_text",
]
