"""A hall with a month behind it, drawn by a seed on real files: services, ratings, plans and punches of three clerks."""

from __future__ import annotations

from collections.abc import Iterable

from storage import facts as f
from storage.facts import DaySlot, Duty, EntryMode, Fact, Scale, UnratedReason
from storage.journal import Write
from tests.hallterm.workflows.crew import LEADER, crew
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI

MONTH = "2026-10"
DAYS = ("2026-10-08", "2026-10-09", "2026-10-12", "2026-10-13")
MATTERS = (("B01", 8), ("C01", 2), ("D01", 3), ("B02", 2))
LEVELS = (5, 5, 4, 5, 3, 5, 5, 4)


def month(stores: Stores) -> None:
    """Everybody's October; the roles are those of the crew."""
    crew(stores)
    with stores.journal.write(ADMIN, at("08:10")) as tx:
        for day in DAYS:
            tx.record(f.DayOpened(day))
    for n, staff in enumerate((MEI, WEI, FANG)):
        plan(stores, staff, DAYS)
        for day in DAYS:
            attend(stores, staff, day, "08:45" if (n, day) == (1, DAYS[0]) else "08:20")
            serve(stores, staff, day, 6 + n)


def plan(stores: Stores, staff: str, days: Iterable[str]) -> None:
    with stores.journal.write(LEADER, at("08:07", "2026-10-01")) as tx:
        for day in days:
            for slot in (DaySlot.AM, DaySlot.PM):
                tx.record(f.ScheduleSet(staff, day, slot, Duty.WINDOW))


def attend(stores: Stores, staff: str, day: str, on: str) -> None:
    window = f"{HALL}-01"
    with stores.journal.write(staff, at(on, day)) as tx:
        tx.record(f.SignOnDone(staff, day, window, punch=True))
    with stores.journal.write(staff, at("18:00", day)) as tx:
        tx.record(f.SignOffDone(staff, day, window))


def serve(stores: Stores, staff: str, day: str, count: int) -> None:
    """So many services, one every half hour; one in seven is overtime, one in eight unrated."""
    with stores.journal.write(staff, at("17:30", day)) as tx:
        for n in range(count):
            code, limit_min = MATTERS[(n + len(staff)) % len(MATTERS)]
            record(tx, staff, day, f"{9 + n // 2:02d}:{n % 2 * 30:02d}", code, limit_min, n)


def service(stores: Stores, staff: str, day: str, start: str, code: str, limit_min: int) -> str:
    """One finished service with its rating; its id."""
    with stores.journal.write(staff, at(start, day)) as tx:
        return record(tx, staff, day, start, code, limit_min, 0)


def record(tx: Write, staff: str, day: str, start: str, code: str, limit_min: int, nth: int) -> str:
    window, limit_s = f"{HALL}-01", limit_min * 60
    counted_s = int(limit_s * (1.2 if nth % 7 == 3 else 0.7))
    id = tx.record(f.ServiceStarted(window, staff, day, code, 1, limit_s, 1, entry_mode=EntryMode.WALK_UP))
    finished = f.ServiceFinished(
        *(id, id, window, staff, day, code, 1, 1, counted_s, 0, counted_s, limit_s, counted_s > limit_s),
        600 * limit_min,
        entry_mode=EntryMode.WALK_UP,
        suspicious=counted_s < 15,
        counted_ms=counted_s * 1000,
        end_t=at(start, day).t + counted_s * 1000,
    )
    tx.record(finished)
    tx.record(rating(id, staff, day, code, nth))
    return id


def rating(id: str, staff: str, day: str, code: str, nth: int) -> Fact:
    who = (id, id, f"{HALL}-01", staff, code, day)
    if nth % 8 == 7:
        return f.RatingMissing(*who, UnratedReason.NO_RESPONSE, False)
    level = LEVELS[nth % len(LEVELS)]
    wid = int(id.rpartition("/")[2], 16)
    return f.RatingGiven(
        *who,
        wid=wid,
        pad="pad",
        key=6 - level,
        level=level,
        scale=Scale.FIVE_SEED,
        t_ms=900,
        held_ms=120,
        map_hash="00",
        ask="",
    )
