"""The people of a hall with their roles, their plans and punches, on the real files of a shift."""

from __future__ import annotations

from collections.abc import Iterable

from hallterm.workflows.desk import Desk
from storage import facts as f
from storage.facts import DaySlot, Duty, Role
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI

LEADER, DIRECTOR, ASSESSOR, BUREAU = "0301", "0302", "0303", "0304"
CITY = "360600"
ROLES = (
    (MEI, "张晓梅", Role.CLERK, HALL),
    (WEI, "李伟", Role.CLERK, HALL),
    (FANG, "陈芳", Role.CLERK, HALL),
    (LEADER, "周磊", Role.DUTY_LEADER, HALL),
    (DIRECTOR, "王建", Role.HALL_DIRECTOR, HALL),
    (ASSESSOR, "赵敏", Role.ASSESSOR, HALL),
    (BUREAU, "陈局", Role.BUREAU_LEADER, CITY),
)
DAY = "2026-11-24"


def crew(stores: Stores) -> None:
    """Everybody of :data:`ROLES`, with one role each."""
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        for number, name, role, node in ROLES:
            tx.record(f.StaffSet(number, name, HALL))
            tx.record(f.GrantSet(number, role, node))


def desk_of(stores: Stores, staff: str, window: int = 0) -> Desk:
    return stores.desk(window, staff)


def planned(stores: Stores, staff: str, *days: str, slots: Iterable[DaySlot] = (DaySlot.AM, DaySlot.PM)) -> None:
    """Window duty on these days."""
    with stores.journal.write(LEADER, at("08:07")) as tx:
        for day in days or (DAY,):
            for slot in slots:
                duty = Duty.LUNCH if slot is DaySlot.NOON else Duty.WINDOW
                tx.record(f.ScheduleSet(staff, day, slot, duty))


def punched(stores: Stores, staff: str, on: str, off: str = "", day: str = DAY, window: int = 1) -> None:
    """Signed on at ``HH:MM``, and off."""
    code = f"{HALL}-{window:02d}"
    with stores.journal.write(staff, at(on, day)) as tx:
        tx.record(f.SignOnDone(staff, day, code, punch=True))
    if off:
        with stores.journal.write(staff, at(off, day)) as tx:
            tx.record(f.SignOffDone(staff, day, code))
