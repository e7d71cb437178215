"""A fault of the hall: declared, confirmed, withdrawn, ended. Business rules 7.4 and 16.2.

It pauses the windows of this PC at once; those of other PCs of the hall are paused by their stations, from the facts.
"""

from __future__ import annotations

from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.day import business_day, clock_text, local
from hallterm.rules.outages import FAULTS, PAUSES
from hallterm.rules.words import Reason
from hallterm.workflows.case import read_case
from hallterm.workflows.clocks import resumed_fact
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.of_a_hall import day_at, is_of_hall
from hallterm.workflows.own_records import refuse_unless_own
from hallterm.workflows.pause_words import confirm_pauses_of
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from hallterm.workflows.serving import pause_fact
from storage import views
from storage.access import Action
from storage.claims import is_here
from storage.facts import (
    FaultKind,
    Moment,
    OutageConfirmed,
    OutageDeclared,
    OutageEnded,
    OutageWithdrawn,
    ServiceState,
    WindowState,
)
from storage.journal import Write
from storage.views import ServiceRow, WindowRow
from storage.views.outages import OutageRow, open_outages, outage

DECLARED = N_("{time} {fault}: reported. A leader confirms it; {count} windows are paused")
DECLARED_CONFIRMED = N_("{time} {fault}: confirmed. {count} windows are paused")
CONFIRMED = N_("{fault}, since {time}: confirmed, with its pauses. {count} more windows are paused")
WITHDRAWN = N_("{fault}, since {time}: withdrawn. Its pauses count again")
ENDED = N_("{fault}, {time} to {until}: over. {count} windows go on")
DECLARED_ABOVE = N_("{time} {fault}: confirmed. The hall pauses with its next exchange")
EXPECTED = N_("{fault}, since {time}: expected back at {back}")
CONFIRMED_ABOVE = N_("{fault}, since {time}: confirmed. The hall pauses with its next exchange")
ENDED_ABOVE = N_("{fault}, {time} to {until}: over. The hall goes on with its next exchange")
ALREADY = N_("{fault} is reported already, since {time}: a leader confirms it or ends it")
NO_OUTAGE = Reason(N_("this fault is not known here"))
OVER = Reason(N_("this fault is over already"))
GONE = Reason(N_("this fault was withdrawn already"))
NOT_YET = Reason(N_("a fault begins today, and not in the future"))
BACK_BEFORE = Reason(N_("the recovery is expected before now"))
SAY_WHY = Reason(N_("say in a few words why"))
NOT_YOURS = Reason(N_("a leader, or who reported this fault, ends it"))
LONGEST_NOTE = 200


def declare(desk: Desk, now: Moment, fault: FaultKind, *, from_t: int = 0, expected_t: int = 0, note: str = "") -> Done:
    """A clerk's declaration stops his own window until a leader confirms it; that of others stops the whole hall."""
    with desk.journal.write(desk.staff, now) as tx:
        db, day = tx.database, day_at(tx, desk)
        refuse_unless_own(db, desk, Action.DECLARE_FAULT)
        hall_wide = is_allowed(db, desk.staff, Action.DECLARE_FAULT, desk.hall)
        begin_t = from_t or now.t
        if begin_t > now.t or business_day(begin_t) != business_day(now.t):
            raise Refused(NOT_YET)
        if expected_t and expected_t <= now.t:
            raise Refused(BACK_BEFORE)
        windows = () if hall_wide else (desk.window,)
        _refuse_a_second(tx, desk, fault, windows)
        made = OutageDeclared(fault, day, begin_t, windows, expected_t, _clean(note))
        id = tx.record(made)
        confirmed = is_allowed(db, desk.staff, Action.CONFIRM_FAULT, desk.hall)
        if confirmed:
            tx.record(OutageConfirmed(id, day, expected_t=expected_t))
        count = pause_windows(tx, desk, _known(tx, desk, id), now)
        if confirmed:
            confirm_pauses_of(tx, _known(tx, desk, id))
    words = DECLARED if not confirmed else DECLARED_CONFIRMED if is_of_hall(desk) else DECLARED_ABOVE
    return Done(Reason(words, {"time": clock_text(now.t), "fault": Reason(FAULTS[fault]), "count": count}))


def _refuse_a_second(tx: Write, desk: Desk, fault: FaultKind, windows: tuple[str, ...]) -> None:
    """The same fault is reported once; a clerk's own does not keep a leader from declaring it for the hall."""
    for one in open_outages(tx.database, desk.hall):
        same_width = not windows and (one.whole or not one.windows)
        if one.fault is fault and (same_width or (windows and one.concerns(windows[0]))):
            raise Refused(Reason(ALREADY, _values(one)))


def _clean(note: str) -> str:
    return " ".join(note.split())[:LONGEST_NOTE]


def _values(row: OutageRow) -> dict[str, str | int | Reason]:
    return {"fault": Reason(FAULTS[row.fault]), "time": f"{local(row.from_t):%H:%M}"}


def _known(tx: Write, desk: Desk, id: str) -> OutageRow:
    row = outage(tx.database, id)
    if row is None or row.hall != desk.hall or not row.declared_t:
        raise Refused(NO_OUTAGE)
    return row


def _open(tx: Write, desk: Desk, id: str) -> OutageRow:
    row = _known(tx, desk, id)
    if row.withdrawn_t:
        raise Refused(GONE)
    if row.to_t:
        raise Refused(OVER)
    return row


def confirm(desk: Desk, now: Moment, id: str, *, expected_t: int = 0, note: str = "") -> Done:
    """A leader confirms it for the whole hall, also when it is over; said again, it tells when recovery is expected."""
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed(tx.database, desk, Action.CONFIRM_FAULT)
        day, row = day_at(tx, desk), _known(tx, desk, id)
        if row.withdrawn_t:
            raise Refused(GONE)
        if expected_t and expected_t <= now.t:
            raise Refused(BACK_BEFORE)
        whole = not row.to_t
        tx.record(OutageConfirmed(id, day, _clean(note), whole=whole, expected_t=expected_t or row.back_t))
        row = _known(tx, desk, id)
        count = pause_windows(tx, desk, row, now) if row.is_open else 0
        confirm_pauses_of(tx, row)
    if expected_t:
        return Done(Reason(EXPECTED, {**_values(row), "back": clock_text(expected_t)[:5]}))
    words = CONFIRMED if is_of_hall(desk) or not row.is_open else CONFIRMED_ABOVE
    return Done(Reason(words, {**_values(row), "count": count}))


def withdraw(desk: Desk, now: Moment, id: str, reason: str) -> Done:
    """There was none: who is paused by it goes on, and the station counts its pauses again."""
    if not reason.strip():
        raise Refused(SAY_WHY)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed(tx.database, desk, Action.CONFIRM_FAULT)
        day, row = day_at(tx, desk), _known(tx, desk, id)
        if row.withdrawn_t:
            raise Refused(GONE)
        tx.record(OutageWithdrawn(id, day, _clean(reason)))
        resume_windows(tx, desk, id, now)
    return Done(Reason(WITHDRAWN, _values(row)))


def end(desk: Desk, now: Moment, id: str, note: str = "") -> Done:
    """It is over: the windows it paused go on, the last services are asked for. By a leader or who declared it."""
    with desk.journal.write(desk.staff, now) as tx:
        db, day, row = tx.database, day_at(tx, desk), _open(tx, desk, id)
        refuse_unless_own(db, desk, Action.DECLARE_FAULT)
        leads = is_allowed(db, desk.staff, Action.CONFIRM_FAULT, desk.hall)
        if not leads and (row.declared_by != desk.staff or row.confirmed_t):
            raise Refused(NOT_YOURS)
        tx.record(OutageEnded(id, day, now.t, _clean(note)))
        count = resume_windows(tx, desk, id, now)
        ended = _known(tx, desk, id)
        if ended.confirmed_t:
            confirm_pauses_of(tx, ended)
    words = ENDED if is_of_hall(desk) else ENDED_ABOVE
    return Done(Reason(words, {**_values(row), "until": clock_text(now.t), "count": count}))


# what the station repeats for the windows of its own PC


def follow(tx: Write, desk: Desk, now: Moment) -> int:
    """What facts of another PC of the hall ask of the windows here; how many changed. Repeating it changes nothing."""
    changed = 0
    for row in open_outages(tx.database, desk.hall):
        changed += pause_windows(tx, desk, row, now)
        if changed and row.confirmed_t:
            confirm_pauses_of(tx, row)
    for window, service, id in _paused_here(tx, desk):
        row_of = outage(tx.database, id)
        if row_of is not None and not row_of.is_open:
            _resume(tx, window, service, now)
            changed += 1
    return changed


def needs_following(desk: Desk) -> bool:
    """Whether :func:`follow` has something to do; read without a transaction."""
    db = desk.journal.database
    found = open_outages(db, desk.hall)
    windows = [one for one in views.windows(db, desk.hall) if one.service]
    if any(_to_pause(desk, row, window) is not None for row in found for window in windows):
        return True
    open_ids = {one.id for one in found}
    return any(
        (service := views.service(db, window.service)) is not None
        and (id := _outage_of(desk, service.pause_id))
        and id not in open_ids
        and is_here(db, desk.journal.identity.node, window.code)
        for window in windows
        if window.state is WindowState.PAUSED
    )


def pause_windows(tx: Write, desk: Desk, row: OutageRow, now: Moment) -> int:
    """Pause what is being served at windows of this PC since before the fault was declared; how many."""
    count = 0
    for window in views.windows(tx.database, desk.hall):
        service = _to_pause(desk, row, window)
        if service is None:
            continue
        at = replace(desk, window=window.code, staff=window.staff)
        if service.pause_boot:
            tx.record(resumed_fact(tx.database, service, window.code, window.staff, service.day, now))
            service = views.service(tx.database, service.id) or service
        case = read_case(tx.database, at, views.last_day(tx.database, desk.hall))
        paused = pause_fact(case, service, at, PAUSES[row.fault], now)
        tx.record(replace(paused, outage=row.id))
        count += 1
    return count


def _to_pause(desk: Desk, row: OutageRow, window: WindowRow) -> ServiceRow | None:
    """The running service of a window that the fault stops; one that it stopped before and that goes on is left alone."""
    db = desk.journal.database
    if (
        not is_of_hall(desk)
        or not window.service
        or not row.concerns(window.code)
        or not is_here(db, desk.journal.identity.node, window.code)
    ):
        return None
    service = views.service(db, window.service)
    if service is None or service.start_t > max(row.declared_t, row.confirmed_t):
        return None
    counting = service.state is ServiceState.SERVING or (
        service.state is ServiceState.PAUSED and not service.pause_excluded
    )
    sql = 'SELECT 1 FROM service_interval WHERE "hall" = ? AND "service" = ? AND "outage" = ? AND "undone" = 0'
    if not counting or db.value(sql, (desk.hall, service.id, row.id)) is not None:
        return None
    return service


def resume_windows(tx: Write, desk: Desk, id: str, now: Moment) -> int:
    """What the fault paused here goes on; how many."""
    count = 0
    for window, service, of in _paused_here(tx, desk):
        if of == id:
            _resume(tx, window, service, now)
            count += 1
    return count


def _paused_here(tx: Write, desk: Desk) -> list[tuple[WindowRow, ServiceRow, str]]:
    """Windows of this PC whose open pause a fault of the hall began, with that fault."""
    db, found = tx.database, []
    for window in views.windows(db, desk.hall) if is_of_hall(desk) else ():
        here = window.state is WindowState.PAUSED and is_here(db, tx.identity.node, window.code)
        service = views.service(db, window.service) if here else None
        id = _outage_of(desk, service.pause_id) if service is not None else ""
        if service is not None and id:
            found.append((window, service, id))
    return found


def _outage_of(desk: Desk, pause: str) -> str:
    sql = 'SELECT "outage" FROM service_interval WHERE "hall" = ? AND "id" = ?'
    return str(desk.journal.database.value(sql, (desk.hall, pause)) or "") if pause else ""


def _resume(tx: Write, window: WindowRow, service: ServiceRow, now: Moment) -> None:
    tx.record(resumed_fact(tx.database, service, window.code, window.staff, service.day, now))
