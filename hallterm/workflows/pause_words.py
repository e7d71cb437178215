"""What becomes of fault pauses: confirmed by a leader, refused, or lapsed; those that count are counted by the station.

Business rule 7.4. A pause is said about once; what a leader said first holds.
"""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import business_day, clock_text, day_clock_text
from hallterm.rules.outages import FAULT_REASONS, Times, recount
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.of_a_hall import day_at, is_of_hall
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.workdays import confirm_until_t
from storage import views
from storage.access import Action
from storage.claims import is_here
from storage.database import Database
from storage.facts import Moment, PauseConfirmed, PauseRefused, ServiceRecounted
from storage.journal import Journal, Write
from storage.views.outages import FaultPause, OutageRow, fault_pauses_since, outage, outages

CONFIRMED = N_("the pause of {staff} at {time} is confirmed: it stays excluded")
REFUSED = N_("the pause of {staff} at {time} is refused: it counts")
NO_PAUSE = Reason(N_("this pause waits for no word any more"))
STILL_OPEN = Reason(N_("this pause still goes on"))
LAPSED = N_("the term was until {until}: it counts by now")
OWN_PAUSE = Reason(N_("another leader confirms your own pause"))
SAY_WHY = Reason(N_("say in a few words why"))
LOOK_BACK_MS = 40 * 86_400_000
NOT_CONFIRMED = "not_confirmed"
WITHDRAWN = "outage_withdrawn"
REFUSED_BY_LEADER = "refused"


def waiting_pauses(db: Database, hall: str, now_t: int) -> list[FaultPause]:
    """Pauses that wait for a leader's word, oldest first."""
    rows = fault_pauses_since(db, hall, now_t - LOOK_BACK_MS, FAULT_REASONS)
    return [one for one in rows if one.needs and not one.said]


def confirm_pauses_of(tx: Write, row: OutageRow, *, here: bool = False) -> None:
    """A confirmed fault confirms all fault pauses of its windows that it overlaps, also those clerks began themselves;
    ``here``: only those of windows of this PC.
    """
    day = business_day(tx.now.t)
    for one in fault_pauses_since(tx.database, row.hall, row.from_t - LOOK_BACK_MS, FAULT_REASONS):
        mine = not here or is_here(tx.database, tx.identity.node, one.window)
        if mine and not one.said and _meets(row, one, tx.now.t):
            tx.record(PauseConfirmed(one.id, one.service, one.staff, day, row.id))


def follow_confirmed(journal: Journal, now: Moment) -> None:
    """By the station: a fault that was confirmed elsewhere confirms its pauses here. Repeating it changes nothing."""
    db, own = journal.database, journal.identity
    first = business_day(now.t - LOOK_BACK_MS)
    waiting = [one for one in waiting_pauses(db, own.hall, now.t) if is_here(db, own.node, one.window)]
    if not waiting:
        return
    found = [
        one for one in outages(db, (own.hall, first, business_day(now.t))) if one.confirmed_t and not one.withdrawn_t
    ]
    if not any(_meets(row, one, now.t) for row in found for one in waiting):
        return
    with journal.write("-", now) as tx:
        for row in found:
            confirm_pauses_of(tx, row, here=True)


def _meets(row: OutageRow, one: FaultPause, now_t: int) -> bool:
    ends_t = one.from_t + one.length_ms if one.length_ms else now_t
    overlaps = one.from_t <= (row.to_t or now_t) and ends_t >= row.from_t
    return one.outage == row.id or (overlaps and row.concerns(one.window))


def confirm_pause(desk: Desk, now: Moment, pause: str, note: str = "") -> Done:
    """The duty leader confirms a fault pause that a clerk declared; raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        row = _waits(tx, desk, pause)
        tx.record(PauseConfirmed(row.id, row.service, row.staff, day_at(tx, desk), row.outage, note.strip()[:200]))
    return Done(Reason(CONFIRMED, {"staff": row.staff, "time": clock_text(row.from_t)}))


def refuse_pause(desk: Desk, now: Moment, pause: str, reason: str) -> Done:
    """It was no fault: the pause counts; raises Refused."""
    if not reason.strip():
        raise Refused(SAY_WHY)
    with desk.journal.write(desk.staff, now) as tx:
        row = _waits(tx, desk, pause)
        tx.record(PauseRefused(row.id, row.service, row.staff, day_at(tx, desk), reason.strip()[:200]))
        if is_of_hall(desk):
            _count_again(tx)
    return Done(Reason(REFUSED, {"staff": row.staff, "time": clock_text(row.from_t)}))


def _waits(tx: Write, desk: Desk, pause: str) -> FaultPause:
    refuse_unless_allowed(tx.database, desk, Action.CONFIRM_FAULT)
    row = next((one for one in waiting_pauses(tx.database, desk.hall, tx.now.t) if one.id == pause), None)
    if row is None:
        raise Refused(NO_PAUSE)
    if row.staff == desk.staff:
        raise Refused(OWN_PAUSE)
    if not row.length_ms:
        raise Refused(STILL_OPEN)
    until_t = pause_until_t(tx.database, desk.hall, row)
    if until_t < tx.now.t:
        raise Refused(Reason(LAPSED, {"until": day_clock_text(until_t)}))
    return row


def pause_until_t(db: Database, hall: str, row: FaultPause) -> int:
    """Until when a leader may say something of it, ms UTC."""
    found = views.hall(db, hall)
    return confirm_until_t(db, found, business_day(row.from_t)) if found is not None else row.from_t


# counted again


def count_again(journal: Journal, now: Moment) -> int:
    """By the station: pauses that lapsed, were refused, or of a fault that was none. How many; repeating changes nothing."""
    if not _to_count(journal.database, journal.identity.hall, journal.identity.node, now.t):
        return 0
    with journal.write("-", now) as tx:
        return _count_again(tx)


def _count_again(tx: Write) -> int:
    found = _to_count(tx.database, tx.identity.hall, tx.identity.node, tx.now.t)
    for one, reason in found:
        tx.record(_recounted(tx, one, reason))
    return len(found)


def _to_count(db: Database, hall: str, node: str, now_t: int) -> list[tuple[FaultPause, str]]:
    """Of services that are finished, at windows of this PC: one log counts them, so each once."""
    rows = fault_pauses_since(db, hall, now_t - LOOK_BACK_MS, FAULT_REASONS)
    here = [one for one in rows if one.state == "finished" and is_here(db, node, one.window)]
    reasons = ((one, _why(db, hall, one, now_t)) for one in here)
    return [(one, reason) for one, reason in reasons if reason]


def _why(db: Database, hall: str, one: FaultPause, now_t: int) -> str:
    caused = outage(db, one.outage) if one.outage else None
    if caused is not None and caused.withdrawn_t:
        return WITHDRAWN
    if one.said:
        return "" if one.confirmed else REFUSED_BY_LEADER
    return NOT_CONFIRMED if one.needs and pause_until_t(db, hall, one) < now_t else ""


def _recounted(tx: Write, one: FaultPause, reason: str) -> ServiceRecounted:
    service = views.service(tx.database, one.service)
    if service is None:
        raise Refused(NO_PAUSE)
    sql = (
        'SELECT "length_ms" FROM service_interval WHERE "hall" = ? AND "service" = ? AND "undone" = 0 '
        'AND ("recounted" = 1 OR "id" = ?)'
    )
    lengths = [int(length) for (length,) in tx.database.rows(sql, (service.hall, service.id, one.id))]
    times = Times(
        counted_ms=service.counted_ms,
        excluded_ms=service.excluded_ms,
        excluded_s=service.excluded_s,
        counted_s=service.counted_s,
        overtime=service.overtime,
        limit_s=service.limit_s,
    )
    now = recount(times, lengths)
    suspicious = tx.database.value('SELECT "suspicious" FROM service WHERE "id" = ?', (service.id,))
    return ServiceRecounted(
        service=service.id,
        pause=one.id,
        staff=service.staff,
        window=service.window,
        code=service.code,
        hall=service.hall,
        day=service.day,
        excluded_s=now.excluded_s,
        counted_s=now.counted_s,
        overtime=now.overtime,
        excluded_change_s=now.excluded_change_s,
        counted_change_s=now.counted_change_s,
        overtime_change=now.overtime_change,
        suspicious=bool(suspicious),
        reason=reason,
    )
