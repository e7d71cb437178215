"""Work that was done by hand in an outage, entered afterwards and confirmed by another person (T28, business rule 16.3)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.back_entry import (
    TOLERANCE_MS,
    Entry,
    Outage,
    Stretch,
    confirmer_refusal,
    entry_due,
    entry_refusal,
    without,
)
from hallterm.rules.day import business_day, local
from hallterm.rules.deadlines import Due, Hours
from hallterm.rules.numbers import window_number
from hallterm.rules.timers import std_milliminutes
from hallterm.rules.words import Reason
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.own_records import refuse_unless_own
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.serving import matter_of, pieces
from hallterm.workflows.workdays import term_hours
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import BackEntryConfirmed, BackEntryMade, BackEntryRefused, Moment
from storage.journal import Write
from storage.views.outages import (
    BackEntryRow,
    OutageRow,
    back_entry,
    open_outages,
    outages,
    slips_entered,
    stood_still,
    worked,
)

MADE = N_("slip {slip}, {code}, {time}-{until}: entered; it counts once another person confirms it")
CONFIRMED = N_("slip {slip}, {code} of {staff}: confirmed, it counts from now on")
ENTRY_REFUSED = N_("slip {slip}, {code} of {staff}: refused; it may be entered again")
NO_OUTAGE = Reason(N_("no power failure or fault is on record that this could belong to"))
ANSWERED = Reason(N_("this entry was confirmed or refused already"))
NO_WINDOW = N_("there is no window {window}")
SAY_WHY = Reason(N_("say in a few words why"))
FIRST_DAY = "0000-00-00"


class Slip(Struct, frozen=True):
    """What stands on the paper slip; times in ms UTC. ``staff`` and ``window`` empty: who enters it, where he sits."""

    number: str
    code: str
    from_t: int
    to_t: int
    quantity: int = 1
    staff: str = ""
    window: str = ""
    note: str = ""


def hours_of(db: Database, hall: str, day: str) -> Hours:
    """Working days and closing time of a hall, as deadlines are counted with them."""
    row = views.hall(db, hall)
    if row is None:
        raise Refused(NO_OUTAGE)
    return term_hours(db, row, day)


def entry_until(db: Database, row: OutageRow) -> Due | None:
    """K19 of an outage; None while it goes on."""
    return entry_due(Outage(row.from_t, row.to_t), hours_of(db, row.hall, row.day))


def enterable(db: Database, hall: str, now_t: int) -> list[OutageRow]:
    """Outages that work may still be entered for, newest first. One that nobody confirmed is none."""
    found = {one.id: one for one in open_outages(db, hall)}
    found |= {one.id: one for one in outages(db, (hall, FIRST_DAY, business_day(now_t)))}
    known = [one for one in found.values() if one.confirmed_t and not one.withdrawn_t]
    in_time = [one for one in known if (until := entry_until(db, one)) is None or now_t <= until.t]
    return sorted(in_time, key=lambda one: -one.from_t)


def outage_of(db: Database, hall: str, now_t: int, slip: Slip) -> OutageRow:
    """The outage a slip belongs to by its times, else the newest; raises Refused where there is none."""
    found = enterable(db, hall, now_t)
    if not found:
        raise Refused(NO_OUTAGE)
    return next((one for one in found if _meets(one, slip)), found[0])


def _meets(row: OutageRow, slip: Slip) -> bool:
    until = (row.to_t or slip.to_t) + TOLERANCE_MS
    return row.from_t - TOLERANCE_MS <= slip.from_t and slip.to_t <= until


def enter(desk: Desk, now: Moment, slip: Slip) -> Done:
    """T28: a matter from a slip; it waits for another person. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        ensure_day(tx)
        staff, window = slip.staff or desk.staff, slip.window or desk.window
        if staff == desk.staff:
            refuse_unless_own(db, desk, Action.BACK_ENTER)
        else:
            refuse_unless_allowed(db, desk, Action.BACK_ENTER)
        matter = matter_of(tx, desk, slip.code.strip().upper(), business_day(slip.from_t))
        quantity = pieces(matter, slip.quantity)
        row = outage_of(db, desk.hall, now.t, slip)
        _check(tx, desk, row, slip, staff)
        made = BackEntryMade(
            outage=row.id,
            slip=slip.number.strip().upper(),
            window=window,
            staff=staff,
            code=matter.code,
            number=matter.number,
            quantity=quantity,
            day=business_day(slip.from_t),
            from_t=slip.from_t,
            to_t=slip.to_t,
            std_milliminutes=std_milliminutes(matter.limit_min, quantity, matter.batchable),
            note=slip.note.strip()[:200],
        )
        tx.record(made)
    times = {"time": f"{local(made.from_t):%H:%M}", "until": f"{local(made.to_t):%H:%M}"}
    return Done(Reason(MADE, {"slip": made.slip, "code": made.code, **times}))


def enter_at(desk: Desk, now: Moment, slip: Slip, window: str) -> Done:
    """The same with the painted number of the window, where who enters it sits at none. Raises Refused."""
    if not window:
        return enter(desk, now, slip)
    found = [one for one in views.windows(desk.journal.database, desk.hall) if str(window_number(one.code)) == window]
    if not found:
        raise Refused(Reason(NO_WINDOW, {"window": window[:8]}))
    return enter(desk, now, replace(slip, window=found[0].code))


def _check(tx: Write, desk: Desk, row: OutageRow, slip: Slip, staff: str) -> None:
    db = tx.database
    others = _busy(tx, desk.hall, staff, slip)
    entry = Entry(slip.number.strip().upper(), Stretch(slip.from_t, slip.to_t), tx.now.t)
    hours = hours_of(db, desk.hall, row.day)
    known = slips_entered(db, desk.hall, row.id)
    reason = entry_refusal(entry, Outage(row.from_t, row.to_t), hours, others, known)
    if reason is not None:
        raise Refused(reason)


def _busy(tx: Write, hall: str, staff: str, slip: Slip) -> Iterator[Stretch]:
    """When the clerk worked on something else; a matter that the outage had paused leaves his hands free."""
    for id, start, end in worked(tx.database, hall, staff, slip.from_t, slip.to_t):
        gaps = (Stretch(at, at + length if length else tx.now.t) for at, length in stood_still(tx.database, hall, id))
        yield from without(Stretch(start, end or tx.now.t), gaps)


def confirm_entry(desk: Desk, now: Moment, entry: str) -> Done:
    """Another person confirms it: from now on it is a finished service. Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        ensure_day(tx)
        row = _waits(tx, desk, entry)
        refused = confirmer_refusal(row.made_by, row.staff, desk.staff)
        if refused is not None:
            raise Refused(refused)
        tx.record(BackEntryConfirmed(entry, _made(row), row.hall))
    return Done(Reason(CONFIRMED, {"slip": row.slip, "code": row.code, "staff": row.staff}))


def refuse_entry(desk: Desk, now: Moment, entry: str, reason: str) -> Done:
    """It is not believed: it never counts, and its slip may be entered again. Raises Refused."""
    if not reason.strip():
        raise Refused(SAY_WHY)
    with desk.journal.write(desk.staff, now) as tx:
        ensure_day(tx)
        row = _waits(tx, desk, entry)
        tx.record(BackEntryRefused(entry, reason.strip()[:200]))
    return Done(Reason(ENTRY_REFUSED, {"slip": row.slip, "code": row.code, "staff": row.staff}))


def _waits(tx: Write, desk: Desk, entry: str) -> BackEntryRow:
    refuse_unless_allowed(tx.database, desk, Action.CONFIRM_BACK_ENTRY)
    row = back_entry(tx.database, entry)
    if row is None or row.hall != desk.hall or not row.made_t or row.confirmed_t or row.refused_t:
        raise Refused(ANSWERED)
    return row


def _made(row: BackEntryRow) -> BackEntryMade:
    names = BackEntryMade.__struct_fields__
    return BackEntryMade(**{name: getattr(row, name) for name in names})
