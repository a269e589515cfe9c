"""Faults of the hub and of the line at any request and any byte: readers see the dataset whole or not at all, errors
are one line without the token, and the next run finishes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from synthink.errors import HubError
from synthink.publish.destination import Destination
from synthink.publish.publication import publish
from tests.publish.faults import REQUESTS, first, forked, hanging_up, refusing, small_disk
from tests.publish.hub import TOKEN, Fault, Handler, Hub
from tests.publish.test_publish import TO, is_whole_or_empty, quick, whole

__all__ = ["quick"]  # the fixture


def deleting(hub: Hub) -> Callable[[Handler], str | None]:
    def act(handler: Handler) -> str | None:
        hub.repos.pop("me/letters", None)
        return None

    return act


FAULTS: dict[str, Callable[[Hub, int], Fault]] = {
    "busy": lambda hub, number: first(2, "/", refusing(429, {"Retry-After": "3"}), skipped=number),
    "broken": lambda hub, number: first(1, "/", refusing(500), skipped=number),
    "away": lambda hub, number: first(2, "/", refusing(503), skipped=number),
    "line cut": lambda hub, number: first(1, "/", hanging_up, skipped=number),
    "answer lost": lambda hub, number: first(1, "/", lambda handler: "mute", skipped=number),
    "token expired": lambda hub, number: first(99, "/", refusing(401), skipped=number),
    "rights gone": lambda hub, number: first(99, "/", refusing(403), skipped=number),
    "repository deleted": lambda hub, number: first(1, "/", deleting(hub), skipped=number),
}


def check_fault(hub: Hub, made: Path, fault: Fault) -> bool:
    """Publish while a fault is played, look at the hub and at the error, and publish again. Whether the first run came
    through."""
    hub.fault, came_through = fault, True
    try:
        publish(made, TO, "skip")
    except HubError as error:
        came_through = False
        assert TOKEN not in str(error) and "\n" not in str(error)
    assert is_whole_or_empty(hub, made) and (not came_through or whole(hub, made))
    hub.fault, hub.bytes_until_cut = lambda handler: None, None
    publish(made, TO, "skip")
    assert whole(hub, made)
    return came_through


@pytest.mark.parametrize(
    ("kind", "number"), [("answer lost", 6), ("token expired", 6), ("rights gone", 9), ("repository deleted", 6)]
)
def test_a_fault_leaves_no_half_and_the_next_run_finishes(hub: Hub, made: Path, kind: str, number: int) -> None:
    came_through = check_fault(hub, made, FAULTS[kind](hub, number))
    assert came_through is False or kind in ("answer lost", "repository deleted")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(100))
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_at_any_request(hub: Hub, made: Path, kind: str, number: int) -> None:
    if number >= REQUESTS:
        publish(made, Destination("me/letters"), "skip")
        hub.repos["me/letters"].commit("main", {".gitattributes": b"%d" % number})
    came_through = check_fault(hub, made, FAULTS[kind](hub, number % REQUESTS))
    assert came_through or kind not in ("busy", "away")


def check_cut(hub: Hub, made: Path, share: float) -> None:
    publish(made, Destination("me/measured"), "skip")
    hub.blobs.clear()
    hub.bytes_until_cut = round(hub.passed_bytes * share)
    check_fault(hub, made, lambda handler: None)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_line_that_is_cut_in_the_middle_of_a_body(hub: Hub, made: Path, share: float) -> None:
    check_cut(hub, made, share)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(100))
def test_a_line_that_is_cut_at_any_byte(hub: Hub, made: Path, number: int) -> None:
    check_cut(hub, made, (number + 0.5) / 100)


def two_at_once(hub: Hub, made: Path, tmp_path: Path, route: str) -> None:
    """Two processes publish, and wait for each other at a route."""
    meeting = threading.Barrier(2)

    def together(handler: Handler) -> str | None:
        if not meeting.broken and route in handler.route:
            with suppress(threading.BrokenBarrierError):
                meeting.wait(3)
            meeting.abort()
        return None

    def other(log: Path) -> None:
        try:
            publish(made, TO, "skip")
            log.write_text("done")
        except HubError as error:
            log.write_text(str(error))

    logs = [tmp_path / "a", tmp_path / "b"]
    publishers = [
        threading.Thread(target=forked, args=(hub, partial(other, log), lambda process: together)) for log in logs
    ]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    outcomes = [log.read_text() for log in logs]
    assert "done" in outcomes and whole(hub, made), outcomes
    assert all(text == "done" or "somebody else" in text or "has not arrived" in text for text in outcomes), outcomes
    hub.fault = lambda handler: None
    assert not publish(made, TO, "skip").missing


def test_two_publishers_at_once(hub: Hub, made: Path, tmp_path: Path) -> None:
    two_at_once(hub, made, tmp_path, "/commit/")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(100))
def test_two_publishers_who_meet_anywhere(hub: Hub, made: Path, tmp_path: Path, number: int) -> None:
    routes = ("/create", "/revision/", "/tree/", "/preupload/", "/batch", "/put/", "/commit/", "/tag/")
    two_at_once(hub, made, tmp_path, routes[number % len(routes)])


def test_a_full_disk_is_named_and_no_hub_is_blamed(hub: Hub, made: Path) -> None:
    publish(made, TO, "skip")
    with small_disk(100), pytest.raises(HubError, match=r"File too large.*: make room and run the command again"):
        publish(made, TO, "skip")
    publish(made, TO, "skip")
    assert whole(hub, made)


def test_a_hub_that_counts_requests_is_asked_when_it_says(hub: Hub, made: Path, quick: list[float]) -> None:
    hub.fault = first(1, "/tag/", refusing(429, {"RateLimit": '"api";r=0;t=55'}))
    publish(made, TO, "skip")
    assert quick == [55.0] and whole(hub, made)


def test_the_token_is_in_no_file(hub: Hub, made: Path, tmp_path: Path) -> None:
    publish(made, TO, "skip")
    publish(made, TO, "skip")
    files = [path for path in Path(os.environ["HF_HOME"]).rglob("*") if path.is_file()]
    assert files and not [path for path in files if TOKEN.encode() in path.read_bytes()]
    assert not [name for name, content in hub.files("me/letters").items() if TOKEN.encode() in content]


def test_a_pull_request_is_opened_once_and_found_again(hub: Hub, made: Path) -> None:
    request = Destination("me/letters", create_pr=True)
    with pytest.raises(HubError, match="create_pr=true needs a repository that is there"):
        publish(made, request, "skip")
    publish(made, TO, "skip")
    hub.repos["me/letters"].commit("main", {".gitattributes": b"", "README.md": b"# to come"})
    hub.fault = first(1, "/commit/", lambda handler: "mute")
    with pytest.raises(HubError, match="cannot be reached"):
        publish(made, request, "skip")
    hub.fault = lambda handler: None
    again = publish(made, request, "skip")
    repo = hub.repos["me/letters"]
    assert len(repo.pull_requests) == 1 and not again.missing, "the lost answer was that of the request"
    assert set(hub.files("me/letters")) == {".gitattributes", "README.md"} and "refs/pr/1" in again.load_line
    assert whole(hub, made, revision="refs/pr/1")
    hub.repos["me/letters"].commit("main", hub.files("me/letters", "refs/pr/1"))
    assert not publish(made, request, "skip").missing and len(repo.pull_requests) == 1


def test_a_repository_goes_into_a_collection(hub: Hub, made: Path) -> None:
    publish(made, Destination("me/letters", collection="me/ink-123"), "skip")
    assert hub.collections == {"me/ink-123": ["me/letters"]}
