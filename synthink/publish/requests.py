"""Requests to the hub, and to storage: each is tried again where that can help, and each refusal is one line that says
what to do; a token is in none of them."""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from synthink.errors import HubError, quoted, shortened

TRIES = 6
LONGEST_WAIT_S = 300.0
_T = TypeVar("_T")
_REMEDIES = {
    401: "the hub does not know the token; `hf auth login` stores one, or HF_TOKEN names one",
    403: "the token may not write here; it needs the role write, and you rights to the repository",
    404: "there is no such repository, or the token may not see it",
    409: "somebody else is changing the repository; run the command again",
    412: "somebody else has changed the repository meanwhile; run the command again",
    413: "the hub takes no request of this size",
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Refused(HubError):
    """A request that failed. can_pass: whether another try may do better; wait_s: when the hub asks for it."""

    def __init__(self, text: str, can_pass: bool = False, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.can_pass, self.wait_s = can_pass, wait_s


def answer_to(request: Callable[[], _T], repo: str, token: str, tries: int = TRIES) -> _T:
    """The answer to a request to the hub, as `tried_again` gives it. repo, token: the repository that errors name, and
    what they leave out."""

    def quiet() -> _T:
        with _without_bars():
            return request()

    return tried_again(quiet, lambda: _clear_errors(repo, token), tries)


def tried_again(request: Callable[[], _T], clear: Callable[[], AbstractContextManager[None]], tries: int = TRIES) -> _T:
    """The answer to a request, which is made again where who answers is busy or cannot be reached.

    clear: makes a block that turns its errors into `Refused`, or into an error that no other try can mend.
    """
    for number in range(1, tries + 1):
        try:
            with clear():
                return request()
        except Refused as error:
            if number == tries or not error.can_pass:
                raise
            time.sleep(min(LONGEST_WAIT_S, error.wait_s if error.wait_s is not None else 2.0 ** (number - 1)))
    raise AssertionError("unreachable")


@contextmanager
def _clear_errors(repo: str, token: str) -> Iterator[None]:
    """Whatever a request to the hub raises becomes one error of ours."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    transport = HfHubHTTPError.__mro__[1]  # the base of all errors of the HTTP library that huggingface_hub uses
    try:
        yield
    except HFValidationError:
        raise HubError(f"repo={quoted(repo)}: the hub takes no such name") from None
    except OfflineModeIsEnabled:
        raise HubError(f"{repo}: HF_HUB_OFFLINE is set, so that nothing can be published") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        message = shortened(_without(token, error.server_message or f"status {status}"))
        text = "; ".join(filter(None, [f"{repo}: the hub says: {message}", _REMEDIES.get(status, "")]))
        raise Refused(text, status == 429 or status >= 500, _seconds(error.response.headers)) from error
    except ValueError as error:  # what the hub says of a card's metadata
        raise HubError(f"{repo}: {shortened(_without(token, str(error)))}") from None
    except (transport, OSError, RuntimeError) as error:  # RuntimeError: an upload that the library gave up
        reason = shortened(_without(token, str(error) or type(error).__name__))
        if getattr(error, "errno", None) in _FULL:
            raise HubError(f"{reason}: make room and run the command again") from None
        raise Refused(f"{repo}: the hub cannot be reached: {reason}", can_pass=True) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """The library's own bars are not shown: progress is ours."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    had_bars = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if had_bars:
            enable_progress_bars()


def _without(token: str, text: str) -> str:
    return text.replace(token, "***") if token else text


def _seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds after which the hub wants to be asked again, by Retry-After or by RateLimit; a date is not waited
    for."""
    wait = headers.get("Retry-After") or ""
    if wait.isascii() and wait.isdigit():
        return float(wait)
    reset = re.search(r";\s*t=(\d{1,9})\b", headers.get("RateLimit") or "", re.ASCII)
    return float(reset[1]) if reset else None
