"""Devices over days and how people press, read from facts; the later word on a day holds."""

from __future__ import annotations

from storage import facts as f
from storage.journal import Journal
from storage.rebuild import compare
from storage.views import devices as device_views
from storage.views.devices import PressPattern
from tests.storage.conftest import DAY, HALL, NOW, W1

PAD = "rating_device"


def rate(journal: Journal, staff: str, keys: str, *, fast: bool = False, t_ms: int = 2000, day: str = DAY) -> None:
    """One rating a key, in order."""
    for key in keys:
        number = int(journal.database.value("SELECT count(*) FROM rating")) + 1
        given = f.RatingGiven(
            service=f"s{number}", visit="v", window=W1, staff=staff, code="B02", day=day, wid=number, pad="P1",
            key=int(key), level=6 - int(key), scale=f.Scale.FIVE_SEED, t_ms=t_ms, held_ms=100, map_hash="0", ask="",
            suspect="fast" if fast else "",
        )  # fmt: skip
        with journal.write("-", f.Moment(NOW.t + number, NOW.m + number, NOW.boot)) as tx:
            tx.record(given)


def test_the_last_word_on_a_day_holds_and_is_not_added(journal: Journal) -> None:
    for boots in (2, 5):
        with journal.write("-", NOW) as tx:
            tx.record(f.DeviceDaily(day=DAY, role=PAD, window=W1, counters={"boots": boots, "link_ok": 90, "new": 1}))
    (row,) = device_views.device_days(journal.database, DAY)
    assert (row.hall, row.role, row.window, row.boots, row.link_ok, row.link_bad) == (HALL, PAD, W1, 5, 90, 0)
    assert device_views.device_days(journal.database, DAY, "elsewhere") == []
    assert device_views.device_days(journal.database, "9999-01-01") == []
    assert device_views.day_recorded(journal.database, HALL, row.node, DAY)
    assert compare(journal.database) == []


def test_a_tampered_pad_is_locked_until_a_release_whatever_else_it_reports(journal: Journal) -> None:
    def changed(state: str, reason: str, actor: str = "-") -> None:
        with journal.write(actor, NOW) as tx:
            tx.record(f.DeviceChanged(role=PAD, window=W1, state=state, reason=reason))

    changed("quarantined", "tamper")
    changed("lost", "gone")
    changed("ready", "")
    assert [(row.window, row.reason) for row in device_views.locked(journal.database, HALL)] == [(W1, "tamper")]
    changed("ready", "released", "T017")
    assert device_views.locked(journal.database, HALL) == []


def test_how_people_press_is_summed_by_clerk_for_supervisors(journal: Journal) -> None:
    rate(journal, "0317", "1121115")
    rate(journal, "0318", "11111", fast=True, t_ms=200)
    rate(journal, "0318", "1", t_ms=1400)
    rate(journal, "0319", "5", day="2020-01-01")
    patterns = device_views.press_patterns(journal.database, HALL, DAY, DAY)
    assert patterns == [
        PressPattern("0317", rated=7, fast=0, reach=0, best=5, longest_run=3, fast_days=0),
        PressPattern("0318", rated=6, fast=5, reach=6, best=6, longest_run=6, fast_days=0),
    ]
    rate(journal, "0320", "12345", fast=True, t_ms=200)
    last = device_views.press_patterns(journal.database, HALL, DAY, DAY)[-1]
    assert (last.staff, last.fast_days, last.longest_run) == ("0320", 1, 1)
