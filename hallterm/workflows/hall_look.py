"""Reading the hall board: one pass over the tables on the storage thread, answered as one frozen value."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rating_scales import bad_count, scale_at
from hallterm.rules.day import business_day
from hallterm.rules.lamp import USUAL as USUAL_LAMPS
from hallterm.rules.lamp import LampShares
from hallterm.rules.proposals import Proposal
from hallterm.rules.queue import QueuedTicket, WindowGroups, order
from hallterm.rules.warnings import RISING
from hallterm.rules.words import Reason
from hallterm.workflows.case import group_of, groups_of
from hallterm.workflows.day_end import is_over
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import last_steps, plan_of, plan_steps
from hallterm.workflows.hall_state import HallState, able_to_serve, waiting_by_group
from hallterm.workflows.look import health
from hallterm.workflows.rights import is_allowed, refuse_unless_allowed
from hallterm.workflows.seen import Health
from hallterm.workflows.ticketing import Hall
from hallterm.workflows.warning_settings import lamp_shares_on
from storage import views
from storage.access import Action
from storage.facts import DispatchKind, LeaveType, Moment, TicketClass, WarningKind, WarningLevel, WindowState
from storage.views import HallRow, Matter, ServiceRow, WindowRow
from storage.views import attendance as attended
from storage.views import dispatch as seen
from storage.views.dispatch import DispatchRow, WarningRow
from storage.views.figures import Sums, added, sums
from storage.views.posts import stand_ins
from storage.views.reporting_rows import OvertimeRow, overtime

SILENT_MS = 30_000
"""A window whose terminal said nothing for so long is lost."""
EVENTS = 10
CROWDED = (WarningKind.WINDOW_SATURATION, WarningKind.HALL_SATURATION)
NO_HALL = Reason(N_("this hall is not known here"))


class PersonAt(Struct, frozen=True):
    """One of the two people of a post, and why he is not there."""

    name: str
    leave: LeaveType | None
    here: bool = False


class WindowLine(Struct, frozen=True):
    """One window. ``service`` is what its clock is made of; times are ms UTC, 0: none.

    ``until_t``: the end of a break by rota; ``ordered``: what a leader wants of it that has not happened yet; ``silent_t``:
    since when its terminal says nothing; ``post``: the two people of an empty post; ``step`` its last step of dispatch.
    """

    row: WindowRow
    staff_name: str
    number: str = ""
    matter: Matter | None = None
    service: ServiceRow | None = None
    break_t: int = 0
    long_work: bool = False
    until_t: int = 0
    ordered: DispatchKind | None = None
    silent_t: int = 0
    post: tuple[PersonAt, ...] = ()
    stands_in: bool = False
    step: str = ""
    lamps: LampShares = USUAL_LAMPS


class GroupLine(Struct, frozen=True):
    """People waiting in a group: how many, since when the longest (0: nobody), open windows, minutes for a newcomer."""

    prefix: str
    waiting: int
    oldest_t: int
    windows: int
    estimate_min: int | None


class WaitingTicket(Struct, frozen=True):
    """A ticket in the order in which it will be called, somewhere."""

    id: str
    number: str
    prefix: str
    cls: TicketClass
    issued_t: int
    windows: tuple[str, ...]
    to: str = ""


class WarningLine(Struct, frozen=True):
    """A warning with what it is about, in words: a number, a window or a name; ``issued_t`` of a ticket."""

    row: WarningRow
    subject: str = ""
    issued_t: int = 0
    by: str = ""


class AskLine(Struct, frozen=True):
    """A clerk asks for a break."""

    id: str
    window: str
    name: str
    reason: str
    waiting: int
    asked_t: int


class EventLine(Struct, frozen=True):
    """A step of a leader; ``subject`` the person or the ticket."""

    row: DispatchRow
    by: str
    subject: str


class LongestOver(Struct, frozen=True):
    """The overtime that was longest today."""

    over_s: int
    window: str
    code: str
    end_t: int


class HallBoard(Struct, frozen=True):
    """Everything the board draws. ``may_lead``: the person may dispatch here; ``able`` may serve.

    ``waits`` are the tickets in order, ``held`` those put aside at a window; ``is_over``: the hours of the day are over;
    ``crowded``: too many people, red; ``plan``: what was done of the checklist against it,
    whose ``steps`` these are; ``bad``: ratings of today; ``again_min``: a warning comes again after so many minutes.
    """

    day: str
    hall: HallRow
    staff: str
    windows: tuple[WindowLine, ...]
    groups: tuple[GroupLine, ...]
    waits: tuple[WaitingTicket, ...]
    warnings: tuple[WarningLine, ...]
    handled: tuple[WarningLine, ...]
    asks: tuple[AskLine, ...]
    proposals: tuple[Proposal, ...]
    events: tuple[EventLine, ...]
    today: Sums
    longest: LongestOver | None
    overtimes: tuple[OvertimeRow, ...]
    leaves: int
    missing: int
    matters: dict[str, Matter]
    names: dict[str, str]
    able: tuple[str, ...]
    health: Health
    may_lead: bool
    pos: int = 0
    held: tuple[WaitingTicket, ...] = ()
    is_over: bool = False
    plan: tuple[DispatchRow, ...] = ()
    steps: tuple[str, ...] = ()
    bad: int = 0
    again_min: int = 15
    crowded: bool = False

    @property
    def undecided(self) -> tuple[WaitingTicket, ...]:
        """Tickets that still wait or are held."""
        return (*self.waits, *self.held)

    @property
    def open_windows(self) -> int:
        away = (WindowState.CLOSED, WindowState.SUBSTITUTED, WindowState.BREAK)
        return sum(one.row.state not in away for one in self.windows)

    def level_count(self, level: WarningLevel) -> int:
        """How many warnings of a level nobody has answered for."""
        return sum(one.row.level is level for one in self.warnings)


def hall_board(desk: Desk, now: Moment) -> HallBoard:
    """Read the board of the desk's hall; raises Refused for who may not see it."""
    db = desk.journal.database
    hall = views.hall(db, desk.hall)
    refuse_unless_allowed(db, desk, Action.SEE_RANKING)
    if hall is None:
        raise Refused(NO_HALL)
    day = business_day(now.t, views.last_day(db, desk.hall))
    return Reading(desk, HallState(db, hall, day, now)).board(_may_lead(desk))


def _may_lead(desk: Desk) -> bool:
    """He may, and this is the hall: a centre only looks."""
    here = desk.journal.identity.hall == desk.hall
    return here and is_allowed(desk.journal.database, desk.staff, Action.DISPATCH, desk.hall)


class Reading:
    """One reading of the board."""

    def __init__(self, desk: Desk, state: HallState) -> None:
        self.desk, self.state = desk, state
        self.db, self.hall, self.day, self.now = state.db, state.hall, state.day, state.now
        self.names = {one.number: one.name for one in views.all_staff(self.db)}
        self.steps = seen.dispatches(self.db, self.hall.code, self.day)
        self.plans = {(one.window, one.staff): one for one in seen.break_plans(self.db, self.hall.code, self.day)}

    def name(self, staff: str) -> str:
        return self.names.get(staff, staff)

    def board(self, may_lead: bool) -> HallBoard:
        span = (self.hall.code, self.day, self.day)
        over = overtime(self.db, span)
        raised = [self._warning(one) for one in seen.warnings(self.db, self.hall.code, self.day)]
        figures = sums(self.db, [self.day], [self.hall.code], ("hall",))
        return HallBoard(
            day=self.day,
            hall=self.hall,
            staff=self.name(self.desk.staff),
            windows=self._windows(),
            groups=self._groups(),
            waits=self._waits(),
            warnings=newest([one for one in raised if not one.row.ended_t]),
            handled=tuple(one for one in raised if one.row.acknowledged_t),
            asks=self._asks(),
            proposals=self.state.proposals() if may_lead else (),
            events=self._events(),
            today=added(figures) if figures else Sums(),
            longest=_longest(over),
            overtimes=tuple(over),
            leaves=len(attended.leaves_waiting(self.db, self.hall.code)),
            missing=len(self.state.missing),
            matters=self._matters({one.code for one in over}),
            names=self.names,
            able=tuple(able_to_serve(self.db, self.hall.code, f"{self.hall.code}-01")) if may_lead else (),
            health=health(self.desk, self.now, self.desk.window),
            may_lead=may_lead,
            pos=self.desk.journal.last_pos(),
            held=self._held(),
            is_over=is_over(self.hall, self.day, self.now),
            plan=tuple(plan_steps(self.steps)),
            steps=plan_of(self.db, self.hall.code, self.day),
            bad=sum(bad_count(scale_at(self.db, self.hall.code, self.day), one) for one in figures),
            again_min=self.state.thresholds.again_min,
            crowded=any(
                one.row.warning in CROWDED and one.row.level is WarningLevel.RED and not one.row.ended_t
                for one in raised
            ),
        )

    def _matters(self, codes: set[str]) -> dict[str, Matter]:
        found = {code: views.matter(self.db, self.hall.code, code) for code in codes}
        return {code: one for code, one in found.items() if one is not None}

    # windows

    def _windows(self) -> tuple[WindowLine, ...]:
        empty = {one.window: one for one in self.state.missing}
        standing = {one.window: one.staff for one in stand_ins(self.db, self.hall.code, self.day) if not one.ended_t}
        last, lamps = last_steps(self.steps), lamp_shares_on(self.db, self.hall.code, self.day)
        lines = []
        for row in self.state.windows:
            line = replace(self._window(row, last.get(row.code)), lamps=lamps)
            if row.code in empty:
                one = empty[row.code]
                people, leave = ((one.staff_a, False), (one.staff_b, one.b_here)), self.state.on_leave
                post = tuple(PersonAt(self.name(who), leave.get(who), here) for who, here in people if who)
                line = replace(line, post=post)
            if row.staff and standing.get(row.code) == row.staff:
                line = replace(line, stands_in=True)
            lines.append(line)
        return tuple(lines)

    def _window(self, row: WindowRow, step: DispatchRow | None) -> WindowLine:
        service = views.service(self.db, row.service) if row.service else None
        ticket = views.ticket(self.db, row.ticket) if row.ticket else None
        code = service.code if service else ticket.service_code if ticket else ""
        stretch = self.state.breaks.get(row.staff)
        plan = self.plans.get((row.code, row.staff))
        return WindowLine(
            row=row,
            staff_name=self.name(row.staff) if row.staff else "",
            number=ticket.number if ticket else "",
            matter=views.matter(self.db, self.hall.code, code, service.version if service else None) if code else None,
            service=service,
            break_t=stretch.began_t if stretch and row.staff else 0,
            long_work=bool(row.staff) and self.state.works_long(row.staff),
            until_t=plan.to_t if plan and plan.to_t > self.now.t else 0,
            ordered=_ordered(row, step, stretch.began_t if stretch else 0),
            silent_t=self._silent_t(row),
            step=step.id if step else "",
        )

    def _silent_t(self, row: WindowRow) -> int:
        if row.state is WindowState.CLOSED:
            return 0
        beat = self.desk.board.last_beat(row.code)
        return beat.t if beat is not None and self.now.t - beat.t > SILENT_MS else 0

    # people who wait

    def _groups(self) -> tuple[GroupLine, ...]:
        queue = Hall(self.db, self.hall.code, self.day, self.now)
        waiting = waiting_by_group(self.state.waiting, self.state.windows)
        lines = []
        for prefix in sorted({*queue.prefixes(), *waiting}):
            rows, seen_now = waiting.get(prefix, []), queue.group(prefix)
            oldest = min((one.waiting_since_t or one.issued_t for one in rows), default=0)
            lines.append(GroupLine(prefix, len(rows), oldest, seen_now.windows, seen_now.estimate_min))
        return tuple(lines)

    def _waits(self) -> tuple[WaitingTicket, ...]:
        """By what somebody who calls everything as his own would call first; behind it the windows that may."""
        by_code = {row.code: row for row in self.state.windows}
        found = []
        for row in self.state.waiting:
            target = by_code.get(row.target)
            prefix = group_of(row, target) or row.prefix
            may_call = [target] if target else [w for w in self.state.open_windows if groups_of(w).serves(prefix)]
            codes = tuple(one.code for one in may_call)
            one = WaitingTicket(row.id, row.number, prefix, row.cls, row.issued_t, codes, row.target)
            found.append((row.waiting_since_t or row.issued_t, one))
        return _in_order(found, self.now.t)

    def _held(self) -> tuple[WaitingTicket, ...]:
        rows = views.held_in_hall(self.db, self.hall.code, self.day)
        return tuple(
            WaitingTicket(one.id, one.number, one.prefix, one.cls, one.issued_t, (one.window,)) for one in rows
        )

    def _asks(self) -> tuple[AskLine, ...]:
        return tuple(
            AskLine(one.id, one.window, self.name(one.staff), one.reason, one.waiting, one.asked_t)
            for one in seen.break_asks(self.db, self.hall.code, self.day)
            if not one.answered_t
        )

    # what happened

    def _warning(self, row: WarningRow) -> WarningLine:
        by = self.name(row.acknowledged_by) if row.acknowledged_by else ""
        if row.warning is WarningKind.SINGLE_WAIT:
            ticket = views.ticket(self.db, row.about)
            return WarningLine(row, ticket.number if ticket else "", ticket.issued_t if ticket else 0, by)
        if row.warning in (WarningKind.NO_BREAK, WarningKind.BAD_RATINGS):
            return WarningLine(row, self.name(row.about), 0, by)
        return WarningLine(row, row.about, 0, by)

    def _events(self) -> tuple[EventLine, ...]:
        lines = []
        for row in reversed(self.steps[-EVENTS:]):
            ticket = views.ticket(self.db, row.ticket) if row.ticket else None
            lines.append(EventLine(row, self.name(row.by), ticket.number if ticket else self.name(row.staff)))
        return tuple(lines)


def newest(lines: list[WarningLine]) -> tuple[WarningLine, ...]:
    """One line a subject, those nobody answered for, the worst first, then the oldest."""
    by_subject = {(one.row.warning, one.row.about): one for one in lines}
    left = [one for one in by_subject.values() if not one.row.acknowledged_t]
    return tuple(sorted(left, key=lambda one: (-RISING.index(one.row.level), one.row.since_t, one.row.id)))


def _in_order(rows: list[tuple[int, WaitingTicket]], now_t: int) -> tuple[WaitingTicket, ...]:
    by_id = {one.id: one for _since, one in rows}
    tickets = [QueuedTicket(one.id, one.number, one.prefix, one.cls, one.issued_t, since) for since, one in rows]
    every = WindowGroups(tuple({one.prefix for one in by_id.values()}))
    return tuple(by_id[one.ticket] for one in order(tickets, every, now_t))


def _longest(rows: list[OvertimeRow]) -> LongestOver | None:
    if not rows:
        return None
    first = rows[0]
    return LongestOver(first.counted_s - first.limit_s, first.window, first.code, first.end_t)


def _ordered(row: WindowRow, step: DispatchRow | None, break_t: int) -> DispatchKind | None:
    """What a leader ordered and the window has not done yet; ``break_t`` is when its last break began."""
    if step is None:
        return None
    closed = row.state is WindowState.CLOSED
    waits = {
        DispatchKind.OPEN_RESERVE: closed,
        DispatchKind.SUBSTITUTE: closed,
        DispatchKind.CLOSE: not closed,
        DispatchKind.BREAK: not closed and row.state is not WindowState.BREAK and break_t < step.at_t,
    }
    return step.dispatch if waits.get(step.dispatch, False) else None
