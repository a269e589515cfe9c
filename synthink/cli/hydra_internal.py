"""The one thing that is taken from inside Hydra, which has no public name for it: its parser of command-line flags.

`synthink generate -m --config-dir FOLDER seed=1,2` mixes Hydra's flags with overrides, and only Hydra's own parser
knows which flags there are and which of them are followed by a value. Hydra 1.3 and 1.4 have it in the same place.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from hydra._internal.utils import get_args_parser


def parse_flags(arguments: Sequence[str]) -> Namespace:
    """Hydra's flags by name (`multirun`, `config_dir`, ...), and everything else in `overrides`."""
    parsed: Namespace = get_args_parser().parse_args(arguments)
    return parsed
