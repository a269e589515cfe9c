"""What a model is asked: prompts, of which a row draws one, and the words that are put into them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from synthink.errors import ConfigError, check_kind
from synthink.settings import Condition, Settings, field_types


class Prompts(Settings):
    """Prompts by task: subclass it with a field for each task, `task: tuple[str, ...]`."""

    placeholders: ClassVar[dict[str, str]] = {}
    """Task -> the placeholder that every prompt of it must hold and no other prompt may hold, such as `{word}`."""

    def check(self) -> None:
        for task in field_types(type(self)):
            prompts = getattr(self, task)
            if not prompts:
                raise ConfigError(task, prompts, "must not be empty")
            wanted = self.placeholders.get(task)
            for i, prompt in enumerate(prompts):
                if wanted and wanted not in prompt:
                    raise ConfigError(f"{task}[{i}]", prompt, f"must hold {wanted}")
                odd = next((name for name in self.placeholders.values() if name != wanted and name in prompt), None)
                if odd or not prompt.strip():
                    raise ConfigError(f"{task}[{i}]", prompt, f"must be text without {odd}" if odd else "is empty")


@dataclass(frozen=True)
class PromptWith(Condition):
    """The condition on a prompt that it is text in which only one placeholder may stand: `PromptWith("{colour}")`."""

    placeholder: str

    def refuse(self, value: Any) -> str | None:
        if "{" in value.replace(self.placeholder, "") or not value.strip():
            return f"must be text in which only {self.placeholder} stands in braces"
        return None


def fill_prompt(prompt: str, placeholder: str, word: str) -> str:
    """The prompt with a word in place of its placeholder; "a" before it becomes "an" where the word wants that. Raises
    `ArgumentError` for what is no text."""
    for name, value in (("prompt", prompt), ("placeholder", placeholder), ("word", word)):
        check_kind(name, value, str, "text")
    if word.startswith(("a", "e", "i", "o", "u")):
        prompt = re.sub(rf"\b([Aa]) {re.escape(placeholder)}", rf"\1n {placeholder}", prompt)
    return prompt.replace(placeholder, word)
