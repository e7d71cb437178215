"""A mirror beside the pad: one of the two counts, and nobody is exempt for a pad that is gone while a mirror asks."""

from __future__ import annotations

from hallterm.workflows import counter
from hallterm.workflows.mirror import rate, say_there
from hallterm.workflows.pads import pad_ready
from storage import clock, views
from storage.facts import SettingSet, WindowState
from tests.hallterm.station.line import HALL, Line, StationThread, wait_until


def test_what_is_pressed_on_the_mirror_closes_the_pad_and_counts_once(line: Line, station: StationThread) -> None:
    service, wid, _ = line.finish()
    rate(line.desk, clock.now(), 4)
    line.await_idle()
    wait_until(lambda: line.pad.window is None, "the closed pad")
    line.bench.press("1", 5)
    wait_until(lambda: line.refused(), "the refusal")
    assert line.ratings() == [(service, 4)]
    given = line.facts("rating.given")[0]
    assert (given["pad"], given["wid"], given["key"], given["weak"]) == ("mirror", wid, 4, True)


def test_no_rating_on_the_mirror_closes_the_pad_too(line: Line, station: StationThread) -> None:
    service, _, _ = line.finish()
    rate(line.desk, clock.now(), 0)
    line.await_idle()
    wait_until(lambda: line.pad.window is None, "the closed pad")
    row = views.unrated(line.db, service)
    assert row is not None
    assert (row.reason, row.exempt) == ("refused", False)


def test_a_mirror_is_asked_where_the_pad_is_gone_and_silence_there_is_not_exempt(
    line: Line, station: StationThread
) -> None:
    now = clock.now()
    with line.journal.write("0001", now) as tx:
        tx.record(SettingSet("rating_timeout_s", "2", HALL, views.last_day(tx.database, HALL)))
    line.bench.unplug("pad", "1")
    line.await_pad("lost")
    assert not pad_ready(line.desk, clock.now())
    say_there(line.desk, clock.now())
    assert pad_ready(line.desk, clock.now())
    service = line.serve()
    line.do(counter.finish)
    assert line.window().state is WindowState.AWAITING_RATING
    line.await_idle()
    row = views.unrated(line.db, service)
    assert row is not None
    assert (row.reason, row.exempt) == ("no_response", False)
