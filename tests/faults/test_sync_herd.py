"""T14: a centre that was away comes back, and all logs want to be sent at once: all drained, no fault but 503.

``HALLTERM_HERD`` says how many logs (40), ``HALLTERM_SEED`` replays. Times are printed, never asserted. Mutant: a centre
that has no room and says so with another fault.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from storage.journal import Journal
from sync import server
from sync.keys import key_path
from sync.problem import Problem
from tests.bench.figure import percentile
from tests.faults.herd import Herd, come_back, prepare
from tests.sync.centres import CentreProcess, centre_in_thread
from tests.sync.trust import CENTRE_KEY

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
LOGS = int(os.environ.get("HALLTERM_HERD", "40"))
PARTS, EVENTS = 2, 10
ROOM = 8
"""Few may wait, so that even a small herd is told to come again."""


@contextmanager
def small(path: Path, room: int) -> Iterator[str]:
    """A centre where few may wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "MAX_WAITING", room)
        with centre_in_thread(lambda: Journal.open(path)) as url:
            yield url


@contextmanager
def process(folder: Path) -> Iterator[str]:
    """A centre as it is, in a process of its own: those who come do not share its processor time."""
    CENTRE_KEY.save(key_path(folder))
    centre = CentreProcess(folder)
    try:
        centre.start()
        yield centre.url
    finally:
        centre.stop()


def came_back(folder: Path, room: int) -> Herd:
    print(f"HALLTERM_SEED={SEED} HALLTERM_HERD={LOGS}")
    path, logs = prepare(folder, LOGS, PARTS, EVENTS)
    with small(path, room) if room == ROOM else process(folder) as url:
        herd = come_back(int(url.rpartition(":")[2]), logs, SEED, 0.05 if room == ROOM else 1.0)
    print(
        f"{LOGS} logs: answers {dict(herd.statuses)}, p99 {percentile(herd.answers_s, 0.99):.2f} s, "
        f"last drained after {max(herd.drained_s):.1f} s"
    )
    centre = Journal.open(path)
    have = centre.database.rows("SELECT node, have FROM log WHERE node <> 'centre-1'")
    counted = centre.database.value("SELECT sum(tickets) FROM figure WHERE code = 'B' AND length(period) = 10")
    centre.close()
    assert sorted({count for _node, count in have}) == [PARTS * EVENTS]
    assert len(have) == LOGS
    assert counted == LOGS * PARTS * EVENTS
    return herd


def only_busy(herd: Herd) -> bool:
    return {status for status in herd.statuses if status >= 500} <= {503}


@pytest.mark.parametrize("room", [ROOM, server.MAX_WAITING])
def test_all_are_drained_and_nothing_but_patience_is_asked(room: int, tmp_path: Path) -> None:
    herd = came_back(tmp_path, room)
    assert only_busy(herd)
    assert herd.statuses[200] >= LOGS * PARTS
    assert herd.statuses[503] if room == ROOM else True


def test_the_comparison_can_fail_a_centre_that_breaks_when_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(intake: server.Intake, size: int) -> Problem | None:
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault") if intake.waiting > ROOM else None

    monkeypatch.setattr(server.Intake, "_room", broken)
    assert not only_busy(came_back(tmp_path, ROOM))
