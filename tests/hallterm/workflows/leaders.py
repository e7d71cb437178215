"""Leaders of the founded hall, beside its three clerks."""

from __future__ import annotations

from hallterm.workflows.desk import Desk
from storage import facts as f
from storage.facts import Role
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

LEADER, DIRECTOR = "0201", "0101"
DAY = "2026-11-24"


def led(shift: Shift) -> Desk:
    """The duty leader's desk; a director is there too, and the clerks may serve."""
    with shift.stores.journal.write(ADMIN, at("08:06")) as tx:
        for number, name, role in ((LEADER, "周磊", Role.DUTY_LEADER), (DIRECTOR, "王建国", Role.HALL_DIRECTOR)):
            tx.record(f.StaffSet(number, name, HALL))
            tx.record(f.GrantSet(number, role, HALL))
        for number in (MEI, WEI, FANG):
            tx.record(f.GrantSet(number, Role.CLERK, HALL))
    return shift.stores.desk(staff=LEADER)


def signed_on(shift: Shift, window: int, staff: str) -> Desk:
    """Somebody signs on at a window, with the punch."""
    with shift.stores.journal.write(staff, shift.clock()) as tx:
        tx.record(f.SignOnDone(staff, DAY, f"{HALL}-{window:02d}", punch=True))
    return shift.open(window, staff)
