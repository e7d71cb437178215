"""One rating a visit on a real line: the prompt is cancelled, the next one asks, one press counts."""

from __future__ import annotations

from typing import Any

import pytest

from devices.codecs.htp1_messages import AckCode, Close, CloseReason, Rate
from hallterm.workflows import counter
from storage import clock, views
from storage.facts import SettingSet, WindowState
from storage.rebuild import compare
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until


def rate_visits(line: Line) -> None:
    now = clock.now()
    with line.journal.write("0001", now) as tx:
        tx.record(SettingSet("rating_unit", '"per_visit"', HALL))


@pytest.fixture
def closes(line: Line, monkeypatch: pytest.MonkeyPatch) -> list[Close]:
    """What the pad was told on its line about the end of its windows."""
    heard: list[Close] = []
    handle = line.pad.handle

    def listening(message: Any, *more: Any) -> Any:
        if isinstance(message, Close):
            heard.append(message)
        return handle(message, *more)

    monkeypatch.setattr(line.pad, "handle", listening)
    return heard


def test_two_matters_of_a_visit_get_one_rating(line: Line, closes: list[Close], station: StationThread) -> None:
    rate_visits(line)
    first, wid, _ = line.finish()
    line.do(counter.next_service, "B01")
    wait_until(lambda: line.pad.window is None, "the cancelled prompt")
    assert [(one.wid, one.reason) for one in closes] == [(wid, CloseReason.CANCELLED)]
    line.bench.device("pad", "1").do(lambda: line.pad.forge(Rate(wid, 1, 800, 180)))
    wait_until(lambda: line.refused(), "the refusal")
    assert line.ratings() == []
    second = line.window().service
    line.do(counter.finish)
    wait_until(lambda: line.pad.window is not None and line.pad.window.wid != wid, "the second prompt")
    line.bench.press("1", 2)
    line.await_idle()
    assert line.ratings() == [(second, 4)]
    assert [one.rating for one in views.services_of_visit(line.db, line.window().visit)] == ["with_visit", "rated"]
    line.do(counter.next_service, "B01")
    line.do(counter.finish)
    assert line.window().state is WindowState.IDLE
    assert line.ratings() == [(second, 4)]
    assert views.level(line.db, first) == 4
    assert compare(line.db) == []


def test_the_undo_of_the_next_matter_asks_anew(line: Line, station: StationThread) -> None:
    rate_visits(line)
    service, wid, _ = line.finish()
    done = line.do(counter.next_service, "B01")
    assert done.undo is not None
    line.undo(done.undo)
    wait_until(lambda: line.pad.window is not None and line.pad.window.wid != wid, "another prompt")
    line.bench.press("1", 1)
    line.await_idle()
    assert line.ratings() == [(service, 5)]
    wait_until(lambda: line.pad.acks[-1:] == [(line.wids(service)[-1], AckCode.COUNTED)], "the acknowledgement")
