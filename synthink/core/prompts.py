"""What a model is asked: for each task one or more prompts, of which a row draws one."""

from __future__ import annotations

from typing import ClassVar

from synthink.errors import ConfigError
from synthink.settings import Settings, field_types


class Prompts(Settings):
    """Subclass it with a field a task, `task: tuple[str, ...]`."""

    holders: ClassVar[dict[str, str]] = {}
    """Task -> what every prompt of it must hold, and no other prompt may: `{word}`."""

    def check(self) -> None:
        for task in field_types(type(self)):
            prompts = getattr(self, task)
            if not prompts:
                raise ConfigError(task, prompts, "must not be empty")
            wanted = self.holders.get(task)
            for i, prompt in enumerate(prompts):
                if wanted and wanted not in prompt:
                    raise ConfigError(f"{task}[{i}]", prompt, f"must hold {wanted}")
                odd = next((name for name in self.holders.values() if name != wanted and name in prompt), None)
                if odd or not prompt.strip():
                    raise ConfigError(f"{task}[{i}]", prompt, f"must be text without {odd}" if odd else "is empty")
