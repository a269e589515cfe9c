"""The one thing that is taken from inside Hydra, which has no public name for it: its parser of command-line flags.

`synthink generate -m --config-dir FOLDER seed=1,2` mixes Hydra's flags with overrides, and only Hydra's own parser
knows which flags there are and which of them are followed by a value. Hydra 1.3 and 1.4 have it in the same place.
"""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Sequence

from hydra._internal.utils import get_args_parser

# Hydra 1.4 tells of what 1.5 will refuse; pyproject.toml asks for an older one, and 1.3 has no other way.
warnings.filterwarnings("ignore", message=r"(?s).*Hydra 1\.5")


def parse_flags(arguments: Sequence[str]) -> Namespace:
    """Hydra's flags by name (`multirun`, `config_dir`, ...), and everything else in `overrides`."""
    parsed: Namespace = get_args_parser().parse_args(arguments)
    return parsed
