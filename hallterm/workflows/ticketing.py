"""Handing out tickets: at the kiosk, by a guide, at the counter. Business rules 7.2 (T1) and 12."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from devices.ticket import Align, TicketDoc, TicketLine
from hallterm.locale import N_, _
from hallterm.rules import queue
from hallterm.rules.counter import HALL_CLOSED
from hallterm.rules.day import Opening, business_day, local
from hallterm.rules.numbers import parse_number
from hallterm.rules.queue import Estimate, Handling, QueuedTicket, WindowGroups
from hallterm.rules.timers import running_counted_ms, std_milliminutes
from hallterm.rules.words import Reason
from hallterm.workflows.case import group_of
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.number_host import HOST_AWAY, Answer, ask, has_host
from hallterm.workflows.numbering import next_number, own_number
from hallterm.workflows.pads import station_alive
from hallterm.workflows.workdays import hall_opening
from storage import claims, views
from storage.database import Database
from storage.facts import (
    Got,
    Moment,
    TicketCancelled,
    TicketClass,
    TicketIssued,
    TicketKind,
    TicketState,
    Want,
    WindowState,
)
from storage.journal import Write
from storage.views import HallRow, Matter, TicketRow, WindowRow

GROUPS: Mapping[str, tuple[str, str]] = {
    "A": (N_("Registry"), N_("open, change, suspend, resume")),
    "B": (N_("Invoices"), N_("draw, approve, check")),
    "C": (N_("Filing"), N_("all taxes, paying, late ones")),
    "D": (N_("Agency"), N_("invoices issued for you")),
    "E": (N_("Proof"), N_("tax paid, relief, credit")),
    "F": (N_("Social"), N_("social insurance, other fees")),
    "G": (N_("Vehicle"), N_("purchase tax, vehicle tax")),
    "H": (N_("Housing"), N_("resale, new homes, rent")),
    "J": (N_("Deregister"), N_("cancelling a registration")),
    "K": (N_("Refund"), N_("refunds, matters abroad")),
    "L": (N_("Advice"), N_("do not know which? press 0")),
}
"""Ticket prefixes with the name and the examples that citizens read."""

PRINTER_ROLES = ("printer", "ticket_printer")
NOT_OPEN_STATES = (WindowState.CLOSED, WindowState.BREAK)

NO_GROUP = N_("{group} is not handled here. Press 0 and ask")
NO_MATTER = N_("{code} is no matter of group {prefix}")
NO_TICKET = N_("there is no ticket {number} today; look at the slip again")
NOT_WAITING = N_("{number} does not wait any more: it can neither be cancelled nor printed")
HOW = N_(
    "How: {ahead} before you ({ahead_min} min), being served ({in_service_min} min), {windows} windows: "
    "{total_min} / {windows} = {minutes}"
)
HOW_WITHOUT_WINDOW = Reason(N_("No window of this group is open now; the number stays valid today"))
NOT_A_NUMBER = N_("{text} is no ticket number; numbers look like B007 or VB07")


class GroupEstimate(Struct, frozen=True):
    """One group for a person who would take a ticket now; ``windows`` are those open, ``serving`` all that ever may."""

    prefix: str
    waiting: int
    estimate: Estimate
    windows: int
    serving: int

    @property
    def estimate_min(self) -> int | None:
        """Whole minutes; None while no window of the group is open."""
        return self.estimate.minutes


class Issued(Struct, frozen=True):
    """A ticket handed out, with the figures behind its estimate."""

    ticket: str
    number: str
    prefix: str
    cls: TicketClass
    issued_t: int
    estimate: Estimate

    @property
    def ahead(self) -> int:
        """Tickets of the group that come before it."""
        return self.estimate.ahead

    @property
    def estimate_min(self) -> int | None:
        """Whole minutes; None while no window of the group is open."""
        return self.estimate.minutes


def queued(rows: Iterable[TicketRow]) -> list[QueuedTicket]:
    """Waiting tickets as the rules of the queue read them."""
    return [
        QueuedTicket(row.id, row.number, group_of(row), row.cls, row.issued_t, row.waiting_since_t or row.issued_t)
        for row in rows
    ]


class Hall:
    """One reading of a hall's queue: what waits, which windows are open, what is in progress."""

    def __init__(self, db: Database, hall: str, day: str, now: Moment) -> None:
        self.now = now
        self.matters = [matter for matter in views.matters(db, hall, day) if not matter.hidden]
        self.windows = views.windows(db, hall)
        self.waiting = views.waiting(db, hall, day)
        self._by_code = {matter.code: matter for matter in self.matters}
        self._handling = {
            one.window: self._handled(views.matter(db, hall, one.code, one.version), one)
            for one in views.open_services(db, hall)
        }

    def _handled(self, matter: Matter | None, service: views.ServiceRow) -> Handling:
        std = 0 if matter is None else std_milliminutes(matter.limit_min, service.quantity, matter.batchable)
        return Handling(std, running_counted_ms(service, self.now))

    def prefixes(self) -> list[str]:
        """Groups with at least one matter that is not hidden."""
        return sorted({matter.ticket_prefix for matter in self.matters})

    def serving(self, prefix: str) -> list[WindowRow]:
        """Windows that call this group, open or not."""
        return [one for one in self.windows if WindowGroups(one.primary_groups, one.secondary_groups).serves(prefix)]

    def std(self, prefix: str, code: str = "") -> int:
        """Standard time of a ticket: its matter's, else the mean of its group, in thousandths of a minute."""
        matter = self._by_code.get(code)
        if matter is not None:
            return std_milliminutes(matter.limit_min, 1, matter.batchable)
        each = [
            std_milliminutes(one.limit_min, 1, one.batchable) for one in self.matters if one.ticket_prefix == prefix
        ]
        return round(sum(each) / len(each)) if each else 0

    def estimate(self, prefix: str, cls: TicketClass = TicketClass.NORMAL) -> Estimate:
        """For a ticket of this class taken now."""
        return self._until(QueuedTicket("~", "~", prefix, cls, self.now.t + 1, self.now.t), self.waiting)

    def before(self, row: TicketRow) -> Estimate:
        """For a ticket that waits already."""
        others = [one for one in self.waiting if one.id != row.id]
        return self._until(queued([row])[0], others)

    def _until(self, mine: QueuedTicket, others: Sequence[TicketRow]) -> Estimate:
        prefix = mine.prefix
        codes = {row.id: row.service_code for row in others}
        ordered = queue.order([*queued(others), mine], WindowGroups((prefix,)), self.now.t)
        ahead = [self.std(prefix, codes[one.ticket]) for one in ordered[: ordered.index(mine)]]
        open_windows = [one for one in self.serving(prefix) if one.state not in NOT_OPEN_STATES]
        busy = [self._handling[one.code] for one in open_windows if one.code in self._handling]
        return queue.estimate(ahead, busy, len(open_windows))

    def group(self, prefix: str) -> GroupEstimate:
        """One row of the kiosk or the hall TV."""
        waiting = sum(1 for row in self.waiting if group_of(row) == prefix)
        estimate = self.estimate(prefix)
        return GroupEstimate(prefix, waiting, estimate, estimate.windows, len(self.serving(prefix)))


def queue_groups(db: Database, hall: str, day: str, now: Moment) -> list[GroupEstimate]:
    """All groups of the hall in the order of their letters, for a person who would come now."""
    seen = Hall(db, hall, day, now)
    return [seen.group(prefix) for prefix in seen.prefixes()]


def issue(
    desk: Desk,
    now: Moment,
    prefix: str,
    cls: TicketClass = TicketClass.NORMAL,
    service_code: str = "",
    kind: TicketKind = TicketKind.ONSITE,
    also: Callable[[Write, str, str], None] | None = None,
) -> Issued:
    """Hand out the next number of a group; raises Refused when the hall is closed or has no such group.

    The number is the number host's to give; without an answer of it, it is one with the digit of this PC. ``also``
    records more in the same transaction, of that day and ticket; what it raises leaves no ticket.
    """
    given = _asked_number(desk, now, prefix, cls, service_code) if has_host(desk) else None
    with desk.journal.write(desk.staff or "-", now) as tx:
        db, hall = tx.database, desk.hall
        _may_issue(db, views.hall(db, hall), now)
        day = ensure_day(tx)
        seen = Hall(db, hall, day, now)
        _has_group(seen, prefix, service_code)
        number = _number(tx, day, prefix, cls, given)
        estimate = seen.estimate(prefix, cls)
        ticket = tx.record(TicketIssued(day, number, prefix, cls=cls, ticket_kind=kind, service_code=service_code))
        if also is not None:
            also(tx, day, ticket)
    return Issued(ticket, number, prefix, cls, now.t, estimate)


def _asked_number(desk: Desk, now: Moment, prefix: str, cls: TicketClass, service_code: str) -> Answer:
    """What the number host gives; it is not asked for what is refused here."""
    db, hall = desk.journal.database, desk.hall
    _may_issue(db, views.hall(db, hall), now)
    _has_group(Hall(db, hall, views.last_day(db, hall), now), prefix, service_code)
    return ask(desk, Want.NUMBER, prefix=prefix, cls=cls)


def _number(tx: Write, day: str, prefix: str, cls: TicketClass, given: Answer | None) -> str:
    db, hall, node = tx.database, tx.identity.hall, tx.identity.node
    if given is None:
        return next_number(db, hall, day, prefix, cls, node)
    if given.got is not Got.GIVEN or views.ticket_by_number(db, hall, day, given.number) is not None:
        return own_number(db, hall, day, prefix, cls, node)
    tx.follow(given.order)
    return given.number


def _may_issue(db: Database, hall: HallRow | None, now: Moment) -> None:
    if hall is None or not hall_opening(db, hall, now).may_issue:
        raise Refused(HALL_CLOSED)


def _has_group(seen: Hall, prefix: str, service_code: str) -> None:
    if prefix not in seen.prefixes() or not seen.serving(prefix):
        name = Reason(GROUPS[prefix][0]) if prefix in GROUPS else prefix
        raise Refused(Reason(NO_GROUP, {"group": name}))
    if service_code and service_code not in [one.code for one in seen.matters if one.ticket_prefix == prefix]:
        raise Refused(Reason(NO_MATTER, {"code": service_code, "prefix": prefix}))


def find_ticket(db: Database, hall: str, now: Moment, text: str) -> TicketRow:
    """Today's ticket with a number as people type it; raises Refused."""
    if parse_number(text) is None:
        raise Refused(Reason(NOT_A_NUMBER, {"text": text[:12]}))
    number = text.strip().upper()
    row = views.ticket_by_number(db, hall, business_day(now.t, views.last_day(db, hall)), number)
    if row is None:
        raise Refused(Reason(NO_TICKET, {"number": number}))
    return row


def cancel(desk: Desk, now: Moment, text: str) -> str:
    """Take a waiting ticket out of the queue; returns its number. Those of the number host are its to take out."""
    if has_host(desk):
        row = _waiting(find_ticket(desk.journal.database, desk.hall, now, text))
        if row.id not in claims.unhanded(desk.journal.database, desk.journal.identity.node):
            return _cancelled_there(desk, row)
    with desk.journal.write(desk.staff or "-", now) as tx:
        row = _waiting(find_ticket(tx.database, desk.hall, now, text))
        tx.record(TicketCancelled(row.id))
    return row.number


def _cancelled_there(desk: Desk, row: TicketRow) -> str:
    answer = ask(desk, Want.CANCEL, ticket=row.id)
    if answer.got is Got.GIVEN:
        return row.number
    raise Refused(Reason(NOT_WAITING, {"number": row.number}) if answer.got is Got.NO else HOST_AWAY)


def reprint(desk: Desk, now: Moment, text: str) -> str:
    """Ask the station to print a waiting ticket once more, marked as a copy; returns its number."""
    row = _waiting(find_ticket(desk.journal.database, desk.hall, now, text))
    desk.board.request("print", {"ticket": row.id, "reprint": True}, now)
    return row.number


def _waiting(row: TicketRow) -> TicketRow:
    if row.state is not TicketState.WAITING:
        raise Refused(Reason(NOT_WAITING, {"number": row.number}))
    return row


def explanation(estimate: Estimate) -> Reason:
    """How the estimate came about, with its own figures."""
    if not estimate.windows:
        return HOW_WITHOUT_WINDOW
    return Reason(
        HOW,
        {
            "ahead": estimate.ahead,
            "ahead_min": estimate.ahead_min,
            "in_service_min": estimate.in_service_min,
            "windows": estimate.windows,
            "total_min": estimate.total_min,
            "minutes": estimate.minutes or 0,
        },
    )


def group_name(prefix: str) -> str:
    """A group as citizens read it, in the language in use."""
    return _(GROUPS[prefix][0]) if prefix in GROUPS else prefix


def slip(db: Database, ticket: str, now: Moment, *, reprint: bool = False) -> TicketDoc | None:
    """The paper for a ticket, composed by the station when it is issued or asked for again; None: no such ticket."""
    row = views.ticket(db, ticket)
    if row is None:
        return None
    hall = views.hall(db, row.hall)
    estimate = Hall(db, row.hall, row.day, now).before(row)
    about = (
        _("about {minutes} min").format(minutes=estimate.minutes) if estimate.windows else _("no window is open yet")
    )
    lines = [
        TicketLine(hall.name if hall else row.hall, align=Align.CENTER),
        TicketLine(row.number, size=3, bold=True, align=Align.CENTER),
        TicketLine(group_name(row.prefix), size=2, align=Align.CENTER),
        TicketLine(_("{count} before you, {about}").format(count=estimate.ahead, about=about)),
        TicketLine(_("Taken {time}").format(time=local(row.issued_t).strftime("%Y-%m-%d %H:%M"))),
        TicketLine(_("Go to the window when you hear your number or see it on the screen.")),
    ]
    if reprint:
        lines.append(TicketLine(_("Printed again"), bold=True, align=Align.CENTER))
    return TicketDoc(tuple(lines))


class KioskView(Struct, frozen=True):
    """Everything the ticket machine draws; ``printer`` is the state of the hall's ticket printer, ``none`` without one or
    without a station that prints.
    """

    hall: str
    opening: Opening
    groups: tuple[GroupEstimate, ...]
    printer: str


def kiosk_view(desk: Desk, now: Moment) -> KioskView:
    """Read what the ticket machine shows; raises Refused before the hall is set up."""
    db = desk.journal.database
    hall = views.hall(db, desk.hall)
    if hall is None:
        raise Refused(HALL_CLOSED)
    day = business_day(now.t, views.last_day(db, desk.hall))
    printers = [one.state for one in desk.board.devices() if one.role in PRINTER_ROLES]
    return KioskView(
        hall=hall.name,
        opening=hall_opening(db, hall, now),
        groups=tuple(queue_groups(db, desk.hall, day, now)),
        printer=printers[0] if printers and station_alive(desk, now) else "none",
    )


def place_of(desk: Desk, now: Moment, text: str) -> tuple[str, TicketState, Estimate]:
    """Where a ticket of today stands: its number, its state and what is before it; raises Refused."""
    db = desk.journal.database
    row = find_ticket(db, desk.hall, now, text)
    return row.number, row.state, Hall(db, desk.hall, row.day, now).before(row)
