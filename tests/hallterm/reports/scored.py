"""One clerk of one hall in facts: ratings, services, half-days, leave, errors, as the vectors of the assessment need them."""

from __future__ import annotations

from collections.abc import Mapping

from storage import facts as f
from storage.facts import DaySlot, Duty, EntryMode, LeaveType, Scale, UnratedReason
from tests.hallterm.reports.city import Log, opens_t

HALL, STAFF, WINDOW = "360600001", "0317", "360600001-01"
DAY, MONTH = "2026-10-08", "2026-10"


class Facts(Log):
    """Facts of one clerk of one hall."""

    def __init__(self) -> None:
        super().__init__("n1", HALL)
        self.wid = 0
        self.add(f.HallSet(HALL, "市办税厅"), opens_t("2026-01-01"))
        self.add(f.StaffSet(STAFF, "张晓梅", HALL), opens_t("2026-01-01"))

    def ratings(self, counts: Mapping[str, int], unrated: int, day: str = DAY) -> None:
        who = ("s", "v", WINDOW, STAFF, "B01", day)
        for level, count in counts.items():
            for _n in range(count):
                self.wid += 1
                given = f.RatingGiven(
                    *who,
                    wid=self.wid,
                    pad="p",
                    key=1,
                    level=int(level),
                    scale=Scale.FIVE_SEED,
                    t_ms=900,
                    held_ms=120,
                    map_hash="00",
                    ask="",
                )
                self.add(given, opens_t(day))
        for n in range(unrated):
            self.add(f.RatingMissing(f"u{day}{n}", *who[1:], UnratedReason.NO_RESPONSE, False), opens_t(day))

    def services(
        self,
        count: int,
        std_milli: int,
        counted_s: int,
        limit_s: int = 600,
        day: str = DAY,
        mode: EntryMode = EntryMode.LIVE,
    ) -> None:
        for n in range(count):
            done = f.ServiceFinished(
                *(f"{std_milli}-{day}-{n}", "v", WINDOW, STAFF, day, "B01", 1, 1, counted_s, 0, counted_s, limit_s),
                counted_s > limit_s,
                std_milli,
                entry_mode=mode,
            )
            self.add(done, opens_t(day))

    def half_days(self, days: int, month: str = MONTH, first: int = 1) -> None:
        """Whole days at the window, on time."""
        for n in range(first, first + days):
            self.day(f"{month}-{n:02d}")

    def day(self, day: str, on: int = -10, off: int = 570) -> None:
        """Planned for both half-days; minutes after the opening of the morning."""
        for slot in (DaySlot.AM, DaySlot.PM):
            self.add(f.ScheduleSet(STAFF, day, slot, Duty.WINDOW), opens_t(day))
        self.add(f.SignOnDone(STAFF, day, WINDOW, punch=True), opens_t(day) + on * 60_000)
        self.add(f.SignOffDone(STAFF, day, WINDOW), opens_t(day) + off * 60_000)

    def error(self, day: str = DAY) -> None:
        self.add(f.ErrorRecorded(STAFF, day, "B01", "wrong form"), opens_t(day))


def leave(facts: Facts, leave_type: LeaveType, day: str) -> None:
    """The morning off, approved; the afternoon is not planned."""
    t = opens_t("2026-10-01")
    facts.add(f.ScheduleSet(STAFF, day, DaySlot.AM, Duty.WINDOW), t)
    span = f.LeaveSpan(day, f.Half.AM, day, f.Half.AM, 1)
    id = facts.add(f.LeaveSubmitted(STAFF, leave_type, span), t, STAFF)
    facts.add(f.LeaveApproved(id, STAFF, leave_type, span), t + 1, "0301")
    if leave_type is LeaveType.SICK:
        facts.add(f.LeaveCertified(id, STAFF), t + 2, "0301")
