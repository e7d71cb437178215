"""Several segments on their way at once: sender and centre work at the same time, and nothing hangs on their order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import outbox
from storage.journal import Journal
from sync.client import Result, SyncClient
from sync.flight import BEHIND, Flight
from sync.pace import CEILING
from sync.post import Post, Unreachable
from tests.sync.centres import DEADLINE_S, centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, serve_visits
from tests.sync.trust import DEVICE_KEY

VISITS = 700
"""3,500 facts: 850 until segments are as large as they get, then five and a rest."""
Send = Callable[..., bytes]


@pytest.fixture
def sender(device: Journal, open_centre: Opener) -> Iterator[SyncClient]:
    serve_visits(device, VISITS)
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(device.database.where)), url, DEVICE_KEY)
        yield client
        client.close()


def nothing(_number: int) -> None: ...


class Line:
    """What is on the line: how many at once at most. ``before`` is asked before each segment goes out, ``after`` when its
    answer is there.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        before: Callable[[int], None] = nothing,
        after: Callable[[int], None] = nothing,
    ) -> None:
        self._before, self._after = before, after
        self._lock = threading.Lock()
        self.sent = self.now = self.most = 0
        for name in ("send", "send_told"):
            monkeypatch.setattr(Post, name, self._watched(getattr(Post, name)))

    def _watched(self, send: Send) -> Send:
        return lambda *arguments: self._through(send, *arguments)

    def _through(self, send: Send, *arguments: object) -> bytes:
        with self._lock:
            self.sent, self.now = self.sent + 1, self.now + 1
            self.most, number = max(self.most, self.now), self.sent
        try:
            self._before(number)
            packed = send(*arguments)
            self._after(number)
            return packed
        finally:
            with self._lock:
                self.now -= 1


def drained(client: SyncClient, device: Journal) -> list[Result]:
    results: list[Result] = []
    while outbox.standing(device).waiting:
        assert len(results) < VISITS
        results.append(client.step(at(len(results))).result)
    return results


def test_a_backlog_keeps_several_segments_on_their_way(
    sender: SyncClient, device: Journal, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = threading.Event()

    def answer_late(number: int) -> None:
        """Once segments are large the first answers come late, so that those behind are seen to be on their way."""
        if number in (6, 7):
            assert third.wait(DEADLINE_S)
        if number == 8:
            third.set()

    line = Line(monkeypatch, after=answer_late)
    results = drained(sender, device)
    assert (line.most, line.sent) == (1 + BEHIND, len(results))
    assert set(results) == {Result.STORED}
    assert_same_facts(device, centre)


def test_what_is_behind_a_segment_that_was_lost_is_sent_again(
    sender: SyncClient, device: Journal, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(number: int) -> None:
        if number == 7:
            raise Unreachable("cut")  # the answer, not the segment

    line = Line(monkeypatch, after=lose)
    results = drained(sender, device)
    assert results.count(Result.UNREACHABLE) == 1
    assert line.sent > len(results)
    assert_same_facts(device, centre)
    assert len(outbox.logs(device)) == 1


def test_a_segment_that_overtakes_the_one_before_it_is_sent_again(
    sender: SyncClient, device: Journal, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The centre says that lines are missing, and nothing else follows from it: no fork, no step back."""
    eighth = threading.Event()

    def overtaken(number: int) -> None:
        if number == 7:
            assert eighth.wait(DEADLINE_S)

    def overtakes(number: int) -> None:
        if number == 8:
            eighth.set()

    monkeypatch.setattr(Flight, "has_left", lambda _flight: True)
    Line(monkeypatch, overtaken, overtakes)
    results = drained(sender, device)
    assert set(results) == {Result.STORED}
    assert_same_facts(device, centre)
    assert len(outbox.logs(device)) == 1


def test_a_short_queue_is_sent_one_by_one(
    device: Journal, open_centre: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(monkeypatch)
    serve_visits(device, CEILING // 5)
    with centre_in_thread(open_centre) as url:
        client = SyncClient(lambda: Journal.open(Path(device.database.where)), url, DEVICE_KEY)
        drained(client, device)
        client.close()
    assert line.most == 1
