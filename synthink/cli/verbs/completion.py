"""`synthink completion bash|zsh|fish`: the text by which a shell learns to complete our words."""

from __future__ import annotations

import sys
from typing import Literal

from synthink.cli.verb import Call, Verb, VerbResult

_BASH = """\
_synthink() {
    local IFS=$'\\n'
    COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}
    COMPREPLY=($(synthink _complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${COMPREPLY[0]} == *= || ${COMPREPLY[0]} == *. || ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -F _synthink synthink
"""
_ZSH = "autoload -U +X bashcompinit && bashcompinit\n" + _BASH
_FISH = """\
complete -c synthink -f -a '(synthink _complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


class Completion(Verb):
    """Print the tab completion of a shell."""

    name = "completion"
    summary = "print the tab completion of a shell: bash, zsh or fish"
    positional = "shell"

    shell: Literal["bash", "zsh", "fish"]
    """The shell that is to complete: `eval "$(synthink completion bash)"`."""

    def run(self, call: Call) -> VerbResult:
        sys.stdout.write(_SCRIPTS[self.shell])
        return VerbResult()
