"""Facts of the hall board: warnings, dispatch, proposals and breaks by rota.

The station alone records ``warning.raised`` and ``warning.ended``, once for each (kind, subject, level, repetition).
"""

from __future__ import annotations

from msgspec import Struct

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import (
    DispatchKind,
    DispatchReason,
    ProposalAnswer,
    ProposalKind,
    WarningKind,
    WarningLevel,
)
from storage.facts.sets import BreakReason
from storage.facts.state import TicketNow

# warnings


@kind("warning.raised")
class WarningRaised(Fact, frozen=True):
    """A value went above a limit, or was still above it 15 minutes later (``nth`` counts from 1).

    ``about`` is what it concerns: a ticket, a window, a staff number, or "" for the hall. ``value_milli`` and
    ``above_milli`` are thousandths of the kind's unit (minutes, people a window, percent, count); None: no number.
    ``since_t`` is wall ms UTC.
    """

    day: str
    warning: WarningKind
    level: WarningLevel
    about: str = ""
    value_milli: int | None = None
    above_milli: int | None = None
    since_t: int = 0
    nth: int = 1


@kind("warning.ended")
class WarningEnded(Fact, frozen=True):
    """The value is no longer above the limit."""

    raised: str
    day: str
    warning: WarningKind
    about: str = ""


@kind("warning.acknowledged")
class WarningAcknowledged(Fact, frozen=True):
    """Somebody answers for it, and says what was done."""

    raised: str
    day: str
    warning: WarningKind
    about: str
    did: str


# dispatch


@kind("dispatch.done")
class DispatchDone(Fact, frozen=True, kw_only=True):
    """One step of a leader, by what it is: the window it concerns, what holds there now and what held before.

    ``primary``/``secondary`` are ticket prefixes (``groups``, ``open_reserve``); ``staff`` is who goes on a break, stands
    in or is called back; ``ticket`` goes to ``to`` (a window or a prefix), before it waited for ``to_before`` ("": its own
    prefix). ``until_t`` (wall ms UTC) 0: until somebody ends it, at the latest with the day. ``day_end``: ``to`` is the
    result, ``ticket`` the one that ended, "" where several did; each has its own ``ticket.ended``. ``crowding``: ``to`` is
    the step of the checklist that was done.
    """

    dispatch: DispatchKind
    day: str
    reason: DispatchReason
    note: str = ""
    window: str = ""
    staff: str = ""
    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    primary_before: tuple[str, ...] = ()
    secondary_before: tuple[str, ...] = ()
    ticket: str = ""
    to: str = ""
    to_before: str = ""
    until_t: int = 0
    proposal: ProposalKind | None = None


class Reopened(Struct, frozen=True):
    """A ticket that is open again."""

    ticket: str
    now: TicketNow


@kind("dispatch.undone")
class DispatchUndone(Fact, frozen=True):
    """Taken back within 10 s: ``dispatch`` is the step, and what held before it holds again.

    ``window`` with its groups, if they were changed; ``ticket`` with where it waited, if it was moved; ``reopened`` the
    tickets that a day's end had ended, as they were.
    """

    dispatch: str
    day: str
    window: str = ""
    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    ticket: str = ""
    to: str = ""
    reopened: tuple[Reopened, ...] = ()


@kind("proposal.answered")
class ProposalAnswered(Fact, frozen=True):
    """What a leader did with a proposal; a declined one is not made again for the same window and group that day."""

    proposal: ProposalKind
    answer: ProposalAnswer
    day: str
    window: str = ""
    prefix: str = ""
    reason: str = ""


# breaks


@kind("break.planned")
class BreakPlanned(Fact, frozen=True):
    """A break by rota, from ``from_t`` to ``to_t`` (wall ms UTC); with both 0 the planned one is withdrawn."""

    window: str
    staff: str
    day: str
    reason: BreakReason
    from_t: int
    to_t: int


@kind("break.asked")
class BreakAsked(Fact, frozen=True):
    """More than three wait in the window's groups: the duty leader is asked."""

    window: str
    staff: str
    day: str
    reason: BreakReason
    waiting: int


@kind("break.answered")
class BreakAnswered(Fact, frozen=True):
    ask: str
    window: str
    staff: str
    day: str
    allowed: bool
    note: str = ""
