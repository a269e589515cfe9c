"""Questions of the page and their replies, by whatever door they come: HTTP, or the messages of a notebook's widget."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from synthink.canvas.requests import BadRequest, read_json
from synthink.errors import SynthinkError, with_notes


@dataclass(frozen=True)
class Reply:
    """An answer: what JSON can hold, or the bytes of a file with their kind. location: where to go on instead."""

    content: Any
    kind: str = "application/json"
    status: int = 200
    location: str = ""

    def encoded(self) -> bytes:
        """The body of the answer."""
        if isinstance(self.content, bytes):
            return self.content
        return json.dumps(self.content, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


Handler = Callable[[Mapping[str, Any]], Reply]
"""A function of the request's object, empty for GET. Raises `BadRequest`, or another `SynthinkError`."""
Handlers = Mapping[tuple[str, str], Handler]
"""The handlers by method and path."""


def handle(handlers: Handlers, method: str, path: str, read_body: Callable[[], bytes]) -> Reply:
    """The reply of the handler of a path. read_body: is called for POST alone. Raises what the handler raises, and
    `BadRequest` where there is none."""
    handler = handlers.get((method, path))
    if handler is None:
        raise BadRequest("there is nothing at this address", 404)
    return handler(read_json(read_body()) if method == "POST" else {})


def answered(reply: Callable[[], Reply]) -> Reply:
    """The reply of a function; an error that it raises is a reply with the status of one."""
    try:
        return reply()
    except BadRequest as error:
        return Reply({"error": str(error)}, status=error.status)
    except SynthinkError as error:
        return Reply({"error": with_notes(error)}, status=400)
    except OSError as error:
        return Reply({"error": f"{error.filename or 'the disk'}: {error.strerror or error}"}, status=500)
    except Exception:  # noqa: BLE001 - the canvas outlives a fault of ours, and shows it where it was started
        traceback.print_exc()
        return Reply({"error": "a fault of synthink; see where the canvas was started"}, status=500)
