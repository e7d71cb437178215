"""What a counter shows besides where the terminal has room: the queue, the estimates, the last services of the clerk.

Read on the storage thread, and only there where it is shown.
"""

from __future__ import annotations

from msgspec import Struct, structs

from hallterm.rules.queue import score
from hallterm.workflows.case import groups_of, queue_of
from hallterm.workflows.desk import Desk
from hallterm.workflows.look import look
from hallterm.workflows.seen import CounterView
from hallterm.workflows.ticketing import GroupEstimate, queue_groups
from storage import views
from storage.facts import Moment, TicketClass
from storage.views import DoneRow

TICKETS_SHOWN = 10
SERVICES_SHOWN = 12


class TicketLine(Struct, frozen=True):
    """A waiting ticket in the order of this window; ``points`` are those that make the order."""

    number: str
    cls: TicketClass
    prefix: str
    issued_t: int
    points: int


class WideView(CounterView, frozen=True, kw_only=True):
    """A counter's view with more of the hall; ``estimates`` are for a person who would take a ticket now."""

    queue: tuple[TicketLine, ...]
    estimates: tuple[GroupEstimate, ...]
    done: tuple[DoneRow, ...]


class _More(Struct, frozen=True):
    queue: tuple[TicketLine, ...]
    estimates: tuple[GroupEstimate, ...]
    done: tuple[DoneRow, ...]


class WideLook:
    """Reads the view of one counter. Points and estimates are those of the last change: with the clock alone they
    would change each minute, and be painted each minute, in an idle hall."""

    def __init__(self) -> None:
        self._of: tuple[int, tuple[str, ...]] = (-1, ())
        self._more = _More((), (), ())

    def __call__(self, desk: Desk, now: Moment) -> WideView:
        view = look(desk, now)
        db = desk.journal.database
        waiting = tuple(views.waiting(db, desk.hall, view.day))
        ordered = queue_of(view.window, waiting, now.t)[:TICKETS_SHOWN]
        of = (view.pos, tuple(one.ticket for one in ordered))
        if of != self._of:
            groups = groups_of(view.window)
            queue = (
                TicketLine(one.number, one.cls, one.prefix, one.issued_t, score(one, groups, now.t)) for one in ordered
            )
            estimates = queue_groups(db, desk.hall, view.day, now)
            done = views.finished_last(db, desk.hall, desk.staff, view.day, SERVICES_SHOWN)
            self._of, self._more = of, _More(tuple(queue), tuple(estimates), tuple(done))
        return WideView(**structs.asdict(view), **structs.asdict(self._more))
