"""What the half-days of people are made of: plans, punches, corrections, notes of leaders, and leave. Days ``YYYY-MM-DD``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from storage.database import Database
from storage.facts import DaySlot, Duty, Half, LeaveState, LeaveType, PunchKind
from storage.views.reading import columns, one, structs

S = TypeVar("S", bound=Struct)


class PlanRow(Struct, frozen=True):
    """What somebody is planned for; ``by`` planned it at ``at_t`` (ms UTC)."""

    staff: str
    day: str
    slot: DaySlot
    hall: str
    duty: Duty
    window: str
    duty_rota: bool
    by: str
    at_t: int


class PunchRow(Struct, frozen=True):
    """A sign-on or sign-off, ms UTC."""

    id: str
    hall: str
    staff: str
    day: str
    kind: PunchKind
    at_t: int


class CorrectionRow(Struct, frozen=True):
    """See :class:`storage.facts.AttendanceCorrected`; ``made_t`` is when it was said, by whom."""

    id: str
    hall: str
    staff: str
    day: str
    half: Half
    what: PunchKind
    at_t: int
    reason: str
    of: str
    withdrawn: bool
    by: str
    made_t: int


class OffPostRow(Struct, frozen=True):
    """Somebody was seen away from the post, ms UTC."""

    id: str
    hall: str
    staff: str
    day: str
    half: Half
    from_t: int
    to_t: int
    window: str
    note: str
    by: str
    made_t: int


class LeaveRow(Struct, frozen=True):
    """A request, its state, who decided when (ms UTC), and its papers; ``contested``: two nodes decided otherwise."""

    id: str
    hall: str
    staff: str
    leave_type: LeaveType
    from_day: str
    from_half: Half
    to_day: str
    to_half: Half
    half_days: int
    provisional: bool
    reason: str
    certificate: bool
    afterwards: bool
    explain_by_t: int
    certify_by_t: int
    asked_t: int
    asked_ord: str
    state: LeaveState
    by: str
    decided_t: int
    note: str
    explanation: str
    explained_in_time: bool
    explained_t: int
    certified_t: int
    certificate_note: str
    contested: bool = False


SIGNS: Mapping[str, PunchKind] = {one.value: one for one in (PunchKind.SIGN_ON, PunchKind.SIGN_OFF)}
SLOTS: Mapping[str, DaySlot] = {one.value: one for one in DaySlot}
DUTIES: Mapping[str, Duty] = {one.value: one for one in Duty}
WHERE = '"hall" IN ({halls}) AND "day" BETWEEN ? AND ?'
STANDING = (
    'SELECT d."leave", d."id", d."decision", d."by", d."at_t" '
    'FROM leave_decision d JOIN leave_request r ON r."id" = d."leave" '
    'WHERE d."undone" = 0 AND d."decided_ord" > r."asked_ord" AND d."leave" IN ({ids}) ORDER BY d."decided_ord"'
)
DECIDED = (LeaveState.APPROVED, LeaveState.REJECTED)


class _Decision(Struct, frozen=True):
    leave: str
    id: str
    decision: LeaveState
    by: str
    at_t: int


def _of_days(
    db: Database, kind: type[S], table: str, halls: Sequence[str], span: tuple[str, str], staff: str
) -> list[S]:
    where = WHERE.format(halls=_marks(halls)) + (' AND "staff" = ?' if staff else "")
    sql = f'SELECT {columns(kind)} FROM "{table}" WHERE {where}'
    return structs(db, kind, sql, (*halls, *span, *([staff] if staff else [])))


def plans(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[PlanRow]:
    """What was planned in these halls."""
    where = WHERE.format(halls=_marks(halls)) + (' AND "staff" = ?' if staff else "")
    found = db.rows(
        f"SELECT {columns(PlanRow)} FROM schedule_slot WHERE {where}",
        (*halls, first, last, *([staff] if staff else [])),
    )
    return [
        PlanRow(who, day, SLOTS[slot], hall, DUTIES[duty], window, bool(rota), by, at_t)
        for who, day, slot, hall, duty, window, rota, by, at_t in found
        if slot in SLOTS and duty in DUTIES
    ]


def punches(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[PunchRow]:
    """Sign-ons and sign-offs."""
    where = WHERE.format(halls=_marks(halls)) + (' AND "staff" = ?' if staff else "")
    sql = f'SELECT "id", "hall", "staff", "day", "kind", "at_t" FROM punch WHERE {where}'
    found = db.rows(sql, (*halls, first, last, *([staff] if staff else [])))
    return [
        PunchRow(id, hall, who, day, SIGNS[kind], at_t) for id, hall, who, day, kind, at_t in found if kind in SIGNS
    ]


def corrections(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[CorrectionRow]:
    """What somebody who may has corrected, oldest first."""
    found = _of_days(db, CorrectionRow, "attendance_correction", halls, (first, last), staff)
    return sorted(found, key=lambda row: (row.made_t, row.id))


def off_posts(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[OffPostRow]:
    """What leaders saw."""
    return _of_days(db, OffPostRow, "off_post", halls, (first, last), staff)


def leaves(db: Database, halls: Sequence[str], first: str, last: str, staff: str = "") -> list[LeaveRow]:
    """Requests that touch these days, in every state; the oldest first."""
    where = f'"hall" IN ({_marks(halls)}) AND "to_day" >= ? AND "from_day" <= ?' + (' AND "staff" = ?' if staff else "")
    return _leaves(db, where, (*halls, first, last, *([staff] if staff else [])))


def leaves_of(db: Database, staff: Sequence[str], first: str, last: str) -> list[LeaveRow]:
    """The requests of some people that touch these days, wherever they were asked for; the oldest first."""
    where = f'"staff" IN ({_marks(staff)}) AND "to_day" >= ? AND "from_day" <= ?'
    return _leaves(db, where, (*staff, first, last)) if staff else []


def own_people(db: Database, halls: Sequence[str]) -> set[str]:
    """Whose hall is one of these."""
    return {
        str(number) for (number,) in db.rows(f'SELECT "number" FROM staff WHERE "hall" IN ({_marks(halls)})', halls)
    }


def leave(db: Database, id: str) -> LeaveRow | None:
    """One request, known by its first submission."""
    found = _leaves(db, '"id" = ? AND "asked_t" > 0', (id,))
    return found[0] if found else None


def leaves_waiting(db: Database, hall: str) -> list[LeaveRow]:
    """What waits for a decision, the earliest leave first."""
    waiting = (LeaveState.SUBMITTED.value, LeaveState.RESUBMITTED.value)
    found = _leaves(db, '"hall" = ? AND "state" IN (?, ?)', (hall, *waiting))
    return sorted(found, key=lambda row: (row.from_day, row.from_half, row.asked_t, row.id))


def _leaves(db: Database, where: str, params: Sequence[object]) -> list[LeaveRow]:
    names = ", ".join(f'"{name}"' for name in LeaveRow.__struct_fields__[:-1])
    sql = f'SELECT {names}, 0 FROM leave_request WHERE {where} ORDER BY "asked_t", "id"'
    found = structs(db, LeaveRow, sql, params)
    if not found:
        return found
    standing: dict[str, list[_Decision]] = defaultdict(list)
    for decision in structs(db, _Decision, STANDING.format(ids=_marks(found)), [row.id for row in found]):
        standing[decision.leave].append(decision)
    return [_agreed(row, standing[row.id]) for row in found]


def _agreed(row: LeaveRow, standing: Sequence[_Decision]) -> LeaveRow:
    """Two that could not know of each other: the one taken above the hall holds, else the first; both stay."""
    if len({one.decision for one in standing}) < len(DECIDED):
        return row
    holds = next((one for one in standing if not one.id.startswith(f"{row.hall}-")), standing[0])
    if row.state not in DECIDED:
        return replace(row, contested=True)
    note = row.note if holds.decision is row.state else ""
    return replace(row, state=holds.decision, by=holds.by, decided_t=holds.at_t, note=note, contested=True)


def last_decision(db: Database, leave: str) -> str:
    """The id of the decision that stands; empty without one."""
    sql = 'SELECT "id" FROM leave_decision WHERE "leave" = ? AND "undone" = 0 ORDER BY "decided_ord" DESC LIMIT 1'
    return str(db.value(sql, (leave,)) or "")


def plan(db: Database, staff: str, day: str, slot: DaySlot) -> PlanRow | None:
    """What somebody is planned for on one slot."""
    sql = f'SELECT {columns(PlanRow)} FROM schedule_slot WHERE "staff" = ? AND "day" = ? AND "slot" = ?'
    return one(db, PlanRow, sql, (staff, day, slot.value))


def service_times(db: Database, hall: str, first: str, last: str, staff: str = "") -> list[tuple[str, str, int, int]]:
    """``(staff, day, start, end)`` of finished services at windows, ms UTC; back-entries have no true times."""
    sql = (
        'SELECT "staff", "day", "start_t", "end_t" FROM service WHERE "hall" = ? AND "day" BETWEEN ? AND ? '
        'AND "state" = \'finished\' AND "entry_mode" <> \'back_entry\' AND "end_t" > 0'
        + (' AND "staff" = ?' if staff else "")
    )
    rows = db.rows(sql, (hall, first, last, *([staff] if staff else [])))
    return [(str(who), str(day), int(start), int(end)) for who, day, start, end in rows]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
