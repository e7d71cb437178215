"""The queue of a window: who comes next and why, how long it takes, when to call again. Business rules 7.2 and 12."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import TicketClass

SECONDARY_MALUS = 15
CALL_GAP_S = 20
MAX_CALLS = 3
REINSTATE_WITHIN_S = 30 * 60
SLOT_EARLY_MS = 5 * 60_000
SLOT_LATE_MS = 10 * 60_000
MS_PER_MILLIMINUTE = 60


class ClassRule(Struct, frozen=True):
    """One ticket class: the points it starts with."""

    cls: TicketClass
    base: int
    label: str


CLASS_RULES: tuple[ClassRule, ...] = (
    ClassRule(TicketClass.RETURNED, 60, N_("returned")),
    ClassRule(TicketClass.OUTAGE_CARD, 45, N_("outage card")),
    ClassRule(TicketClass.SPECIAL, 30, N_("special")),
    ClassRule(TicketClass.APPOINTMENT, 20, N_("appointment")),
    ClassRule(TicketClass.CREDIT_A, 10, N_("credit A")),
    ClassRule(TicketClass.NORMAL, 0, N_("normal")),
    ClassRule(TicketClass.REINSTATED, -20, N_("re-instated")),
)
"""Highest first; a ticket has the highest class that applies."""

_BY_CLASS: Mapping[TicketClass, ClassRule] = {rule.cls: rule for rule in CLASS_RULES}

OWN_GROUP = Reason(N_("own group"))
SECOND_GROUP = Reason(N_("second group"))
WAITED_LONGEST = Reason(N_("waited longest"))
WAITED = N_("waited {minutes} min")
CLASS_WAITED = N_("{class_label}, waited {minutes} min")
FIRST = N_("1st: {group}, {cause}")
FIRST_THEN = N_("1st: {group}, {cause} (then {next}, {next_group})")


def class_rule(cls: TicketClass) -> ClassRule:
    """The row of one class."""
    return _BY_CLASS[cls]


class WindowGroups(Struct, frozen=True):
    """The ticket prefixes a window calls."""

    primary: tuple[str, ...]
    secondary: tuple[str, ...] = ()

    def serves(self, prefix: str) -> bool:
        """Whether the window calls this group at all."""
        return prefix in self.primary or prefix in self.secondary


class QueuedTicket(Struct, frozen=True):
    """A waiting ticket; times in ms UTC. ``waiting_since_t`` is its issue, check-in, return or re-instatement.

    ``slot_*_t`` are 0 when no slot is known; the appointment then holds as it was checked in.
    """

    ticket: str
    number: str
    prefix: str
    cls: TicketClass
    issued_t: int
    waiting_since_t: int
    slot_start_t: int = 0
    slot_end_t: int = 0


def class_now(ticket: QueuedTicket, now_t: int) -> TicketClass:
    """Its class now: an appointment counts from 5 min before its slot to 10 min after it, outside as normal."""
    if ticket.cls is not TicketClass.APPOINTMENT or not ticket.slot_end_t:
        return ticket.cls
    in_time = ticket.slot_start_t - SLOT_EARLY_MS <= now_t <= ticket.slot_end_t + SLOT_LATE_MS
    return TicketClass.APPOINTMENT if in_time else TicketClass.NORMAL


def wait_s(ticket: QueuedTicket, now_t: int) -> int:
    """Whole seconds waited, never below 0; an appointment waits from its slot's start or its check-in, the later."""
    since_t = ticket.waiting_since_t
    if ticket.cls is TicketClass.APPOINTMENT:
        since_t = max(since_t, ticket.slot_start_t)
    return max(0, now_t - since_t) // 1000


def score(ticket: QueuedTicket, groups: WindowGroups, now_t: int) -> int:
    """Points of a ticket at a window: those of its class, one a minute waited, less for a secondary group."""
    malus = 0 if ticket.prefix in groups.primary else SECONDARY_MALUS
    return class_rule(class_now(ticket, now_t)).base + wait_s(ticket, now_t) // 60 - malus


def order(tickets: Iterable[QueuedTicket], groups: WindowGroups, now_t: int) -> list[QueuedTicket]:
    """The tickets of the window's groups as it calls them; the order is total."""

    def place(ticket: QueuedTicket) -> tuple[int, bool, int, int, str, str]:
        secondary = ticket.prefix not in groups.primary
        number = (len(ticket.number), ticket.number)
        return (-score(ticket, groups, now_t), secondary, ticket.issued_t, *number, ticket.ticket)

    return sorted((ticket for ticket in tickets if groups.serves(ticket.prefix)), key=place)


def why_first(ordered: Sequence[QueuedTicket], groups: WindowGroups, now_t: int) -> Reason | None:
    """Why the first of ``ordered`` is first; None when nobody waits."""
    if not ordered:
        return None
    values = {"group": _group(ordered[0], groups), "cause": _cause(ordered, now_t)}
    if len(ordered) == 1:
        return Reason(FIRST, values)
    then = ordered[1]
    return Reason(FIRST_THEN, {**values, "next": then.number, "next_group": _group(then, groups)})


def _group(ticket: QueuedTicket, groups: WindowGroups) -> Reason:
    return OWN_GROUP if ticket.prefix in groups.primary else SECOND_GROUP


def _cause(ordered: Sequence[QueuedTicket], now_t: int) -> Reason:
    first = ordered[0]
    waited = wait_s(first, now_t)
    cls = class_now(first, now_t)
    if cls is not TicketClass.NORMAL:
        return Reason(CLASS_WAITED, {"class_label": Reason(class_rule(cls).label), "minutes": waited // 60})
    if waited >= max(wait_s(ticket, now_t) for ticket in ordered):
        return WAITED_LONGEST
    return Reason(WAITED, {"minutes": waited // 60})


class Handling(Struct, frozen=True):
    """A service in progress: its standard time, and for how long it has been going on."""

    std_milliminutes: int
    elapsed_ms: int


class Estimate(Struct, frozen=True):
    """A waiting time with the figures it is made of, in whole minutes: (ahead + in service) / windows.

    ``minutes`` is None when no window of the group is open. The figures shown add up and divide exactly as shown.
    """

    ahead: int
    ahead_min: int
    in_service_min: int
    windows: int
    minutes: int | None

    @property
    def total_min(self) -> int:
        """All the work in front of the ticket."""
        return self.ahead_min + self.in_service_min


def estimate(ahead_milliminutes: Sequence[int], in_service: Iterable[Handling], open_windows: int) -> Estimate:
    """From the standard times of the tickets ahead in the group, and of the services at its open windows.

    Whole minutes are rounded up; rounding the sum before the division does not change the result.
    """
    ahead_ms = sum(ahead_milliminutes) * MS_PER_MILLIMINUTE
    left_ms = sum(max(0, one.std_milliminutes * MS_PER_MILLIMINUTE - one.elapsed_ms) for one in in_service)
    ahead_min = _up(ahead_ms, 60_000)
    total_min = _up(ahead_ms + left_ms, 60_000)
    return Estimate(
        ahead=len(ahead_milliminutes),
        ahead_min=ahead_min,
        in_service_min=total_min - ahead_min,
        windows=open_windows,
        minutes=_up(total_min, open_windows) if open_windows else None,
    )


def _up(whole: int, part: int) -> int:
    return -(-whole // part)


def recall_allowed(calls: int, s_since_last_call: int) -> bool:
    """At least 20 s after the last call, at most 3 calls in all."""
    return calls < MAX_CALLS and s_since_last_call >= CALL_GAP_S


def no_show_allowed(calls: int, s_since_last_call: int) -> bool:
    """After 3 calls, and at least 20 s after the last one."""
    return calls >= MAX_CALLS and s_since_last_call >= CALL_GAP_S


def reinstate_allowed(s_since_no_show: int, reinstated_before: bool) -> bool:
    """Within 30 minutes of the no-show, and once."""
    return not reinstated_before and 0 <= s_since_no_show <= REINSTATE_WITHIN_S
