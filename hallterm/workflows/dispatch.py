"""Dispatch: what a leader does with the windows of the hall. Each step is recorded with its reason. Business rule 12.

A window that belongs to another PC of the hall gets its order by the facts; its state is only changed where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.day import local
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason, Value
from hallterm.workflows.calling import close_visit
from hallterm.workflows.case import read_case
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch_rights import leads
from hallterm.workflows.dispatch_words import GROUP_TEXT, PLAN, REASONS, groups_text, step_text
from hallterm.workflows.hall_state import able_to_serve
from hallterm.workflows.warning_settings import crowding_plan_on
from storage import claims, views
from storage.database import Database
from storage.facts import (
    BreakEnded,
    BreakPlanned,
    BreakReason,
    BreakStarted,
    DispatchDone,
    DispatchKind,
    DispatchReason,
    Moment,
    ProposalKind,
    Reopened,
    SubstitutionBegan,
    SubstitutionReason,
    TicketState,
    WindowState,
)
from storage.journal import Write
from storage.views import WindowRow
from storage.views.dispatch import DispatchRow, dispatches
from storage.views.posts import posts

NO_WINDOW = Reason(N_("choose a window first"))
CHANGED_MEANWHILE = N_("window {window} was changed by {name} at {time}: now {groups}. Look at it, then press again")
SAY_WHY = Reason(N_("say in a few words why"))
NO_GROUP = Reason(N_("choose at least one group"))
NOBODY_THERE = Reason(N_("nobody is at this window"))
ON_BREAK_NOW = Reason(N_("this window is on a break already"))
CLOSED_NOW = Reason(N_("this window takes no more tickets already"))
NOT_CLOSED = Reason(N_("this window is open"))
NOT_AWAY = Reason(N_("this window is neither on a break nor closed by a leader"))
IN_THE_WAY = Reason(N_("this window serves somebody now: finish first"))
CANNOT_SERVE = N_("{staff} may not serve at a window")
BUSY_ELSEWHERE = N_("{staff} serves at window {window} now")
NOT_WAITING = Reason(N_("this ticket does not wait any more"))
NOWHERE = Reason(N_("no window of this hall would call it there"))
SAME_PLACE = Reason(N_("it waits there already"))
HOST_MOVES = Reason(N_("another PC gives out the numbers of this hall: move the ticket there"))
NO_SUCH_STEP = N_("{step} is no step of the hall's list any more: choose again")
PLAN_DONE = N_("{name} did this at {time}")
LONGEST_NOTE = 200
LONGEST_BREAK_MIN = 120

WITH_WHY = N_("{done}, because: {why}")
DONE: Mapping[DispatchKind, str] = {
    DispatchKind.GROUPS: N_("{time} window {window} {name}: {groups} now"),
    DispatchKind.BREAK: N_("{time} window {window} {name}: break until {until}"),
    DispatchKind.CLOSE: N_("{time} window {window} {name} takes no more tickets"),
    DispatchKind.OPEN_RESERVE: N_("{time} window {window} is to be opened for {groups}"),
    DispatchKind.SUBSTITUTE: N_("{time} window {window}: {name} stands in"),
    DispatchKind.MOVE_TICKET: N_("{time} {number} waits for {to} now"),
    DispatchKind.CALL_BACK: N_("{time} window {window} {name} is called back"),
    DispatchKind.CROWDING: N_("{time} full hall: {step}"),
}


class Order(Struct, frozen=True, kw_only=True):
    """What a leader wants. ``prefixes`` are groups added or taken away, ``minutes`` the length of a break, ``seen`` the last
    step at this window that he saw.
    """

    dispatch: DispatchKind
    reason: DispatchReason
    note: str = ""
    window: str = ""
    prefixes: tuple[str, ...] = ()
    staff: str = ""
    minutes: int = 0
    ticket: str = ""
    to: str = ""
    proposal: ProposalKind | None = None
    seen: str = ""


class Dispatched(Struct, frozen=True):
    """What was done, in words, and the step that can be taken back for ten seconds; ``before``: the tickets it ended."""

    words: Reason
    step: str = ""
    at: Moment | None = None
    before: tuple[Reopened, ...] = ()


class Scene(Struct, frozen=True):
    """Everything a step looks at."""

    tx: Write
    desk: Desk
    order: Order
    row: WindowRow
    day: str
    now: Moment

    @property
    def here(self) -> bool:
        """The window's terminal is at this PC."""
        return claims.is_here(self.tx.database, self.desk.journal.identity.node, self.row.code)


def dispatch(desk: Desk, now: Moment, order: Order) -> Dispatched:
    """One step; raises Refused."""
    if order.reason is DispatchReason.OTHER and not order.note.strip():
        raise Refused(SAY_WHY)
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        return carry_out(tx, desk, now, order)


def carry_out(tx: Write, desk: Desk, now: Moment, order: Order) -> Dispatched:
    """The same inside a transaction of somebody who may."""
    day = ensure_day(tx)
    if order.dispatch is DispatchKind.MOVE_TICKET:
        made, values = _move(tx, desk, order, day)
    elif order.dispatch is DispatchKind.CROWDING:
        made, values = _plan(tx, desk, order, day)
    else:
        row = next((one for one in views.windows(tx.database, desk.hall) if one.code == order.window), None)
        if row is None:
            raise Refused(NO_WINDOW)
        _not_changed_meanwhile(tx, desk, order, row, day)
        made = STEPS[order.dispatch](Scene(tx, desk, order, row, day, now))
        values = _values(tx, row, made)
    step = tx.record(made)
    words = Reason(DONE[order.dispatch], {"time": f"{local(now.t):%H:%M}", **values})
    if order.proposal is None and order.dispatch is not DispatchKind.CROWDING:
        words = Reason(WITH_WHY, {"done": words, "why": made.note or Reason(REASONS[order.reason])})
    return Dispatched(words, step, now)


def last_steps(rows: list[DispatchRow]) -> dict[str, DispatchRow]:
    """The last step at each window that was not taken back."""
    return {one.window: one for one in rows if one.window and not one.undone_t}


def _not_changed_meanwhile(tx: Write, desk: Desk, order: Order, row: WindowRow, day: str) -> None:
    last = last_steps(dispatches(tx.database, desk.hall, day)).get(row.code)
    if last is None or last.id == order.seen or last.by == desk.staff:
        return
    values: dict[str, Value] = {
        "window": window_number(row.code),
        "name": _name(tx, last.by),
        "time": f"{local(last.at_t):%H:%M}",
        "groups": groups_text(row.primary_groups, row.secondary_groups),
    }
    raise Refused(Reason(CHANGED_MEANWHILE, values))


def _name(tx: Write, staff: str) -> str:
    found = views.staff(tx.database, staff)
    return found.name if found else staff


def _values(tx: Write, row: WindowRow, made: DispatchDone) -> dict[str, Value]:
    staff = made.staff or row.staff
    return {
        "window": window_number(row.code),
        "name": _name(tx, staff) if staff else "",
        "groups": groups_text(made.primary, made.secondary),
        "until": f"{local(made.until_t):%H:%M}",
    }


# one function a step


def _made(scene: Scene, primary: tuple[str, ...], secondary: tuple[str, ...]) -> DispatchDone:
    row, order = scene.row, scene.order
    return DispatchDone(
        dispatch=order.dispatch,
        day=scene.day,
        reason=order.reason,
        note=" ".join(order.note.split())[:LONGEST_NOTE],
        window=row.code,
        staff=row.staff,
        primary=primary,
        secondary=secondary,
        primary_before=row.primary_groups,
        secondary_before=row.secondary_groups,
        proposal=order.proposal,
    )


def _as_it_is(scene: Scene) -> DispatchDone:
    return _made(scene, scene.row.primary_groups, scene.row.secondary_groups)


def toggled(
    primary: tuple[str, ...], secondary: tuple[str, ...], prefixes: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Groups the window has are taken away, others come as secondary ones; the first one of all is a primary one."""
    for prefix in prefixes:
        if prefix in primary or prefix in secondary:
            primary = tuple(one for one in primary if one != prefix)
            secondary = tuple(one for one in secondary if one != prefix)
        elif primary:
            secondary = (*secondary, prefix)
        else:
            primary = (prefix,)
    if secondary and not primary:
        primary, secondary = secondary[:1], secondary[1:]
    return primary, secondary


def _groups(scene: Scene) -> DispatchDone:
    if not scene.order.prefixes:
        raise Refused(NO_GROUP)
    primary, secondary = toggled(scene.row.primary_groups, scene.row.secondary_groups, scene.order.prefixes)
    if not primary:
        raise Refused(NO_GROUP)
    return _made(scene, primary, secondary)


def _break(scene: Scene) -> DispatchDone:
    row, now = scene.row, scene.now
    if not row.staff or row.state is WindowState.CLOSED:
        raise Refused(NOBODY_THERE)
    if row.state is WindowState.BREAK:
        raise Refused(ON_BREAK_NOW)
    until_t = now.t + max(1, min(scene.order.minutes, LONGEST_BREAK_MIN)) * 60_000
    scene.tx.record(BreakPlanned(row.code, row.staff, scene.day, BreakReason.ROTATE, now.t, until_t))
    if row.state is WindowState.IDLE and scene.here:
        close_visit(scene.tx, read_case(scene.tx.database, at_window(scene.desk, row.code), scene.day))
        scene.tx.record(BreakStarted(window=row.code, staff=row.staff, reason=BreakReason.ROTATE))
    return replace(_as_it_is(scene), until_t=until_t)


def at_window(desk: Desk, window: str) -> Desk:
    """The desk as if its person sat at a window."""
    return replace(desk, window=window)


def _close(scene: Scene) -> DispatchDone:
    if not (scene.row.primary or scene.row.secondary):
        raise Refused(CLOSED_NOW)
    return _made(scene, (), ())


def _open_reserve(scene: Scene) -> DispatchDone:
    row = scene.row
    if row.state is not WindowState.CLOSED and row.primary:
        raise Refused(NOT_CLOSED)
    primary, secondary = _own_groups(scene)
    if scene.order.prefixes:
        primary, secondary = scene.order.prefixes[:1], scene.order.prefixes[1:]
    if not primary:
        raise Refused(NO_GROUP)
    return replace(_made(scene, primary, secondary), staff=scene.order.staff)


def _own_groups(scene: Scene) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = views.standing_windows(scene.tx.database, scene.desk.hall)
    own = next(one for one in rows if one.code == scene.row.code)
    return own.primary_groups, own.secondary_groups


def _substitute(scene: Scene) -> DispatchDone:
    row, staff, db = scene.row, scene.order.staff, scene.tx.database
    if row.state not in (WindowState.CLOSED, WindowState.BREAK, WindowState.IDLE, WindowState.SUBSTITUTED):
        raise Refused(IN_THE_WAY)
    if staff not in able_to_serve(db, scene.desk.hall, row.code):
        raise Refused(Reason(CANNOT_SERVE, {"staff": staff}))
    free = (WindowState.CLOSED, WindowState.IDLE, WindowState.BREAK)
    for other in views.windows(db, scene.desk.hall):
        if other.staff == staff and other.code != row.code and other.state not in free:
            raise Refused(Reason(BUSY_ELSEWHERE, {"staff": staff, "window": window_number(other.code)}))
    post = next((one for one in posts(db, scene.desk.hall, scene.day) if one.window == row.code), None)
    staff_a = post.staff_a if post is not None and post.staff_a != staff else row.staff
    began = SubstitutionBegan(row.code, staff_a, staff, scene.day, SubstitutionReason.ABSENCE, scene.order.note[:200])
    scene.tx.record(began)
    return replace(_as_it_is(scene), staff=staff)


def _call_back(scene: Scene) -> DispatchDone:
    row = scene.row
    closed_by_leader = not row.primary and row.state is not WindowState.CLOSED
    if row.state is not WindowState.BREAK and not closed_by_leader:
        raise Refused(NOT_AWAY)
    if row.state is WindowState.BREAK:
        scene.tx.record(BreakPlanned(row.code, row.staff, scene.day, BreakReason.ROTATE, 0, 0))
        if scene.here:
            scene.tx.record(BreakEnded(window=row.code, staff=row.staff))
    return _made(scene, *_own_groups(scene)) if closed_by_leader else _as_it_is(scene)


STEPS: Mapping[DispatchKind, Callable[[Scene], DispatchDone]] = {
    DispatchKind.GROUPS: _groups,
    DispatchKind.BREAK: _break,
    DispatchKind.CLOSE: _close,
    DispatchKind.OPEN_RESERVE: _open_reserve,
    DispatchKind.SUBSTITUTE: _substitute,
    DispatchKind.CALL_BACK: _call_back,
}


def _plan(tx: Write, desk: Desk, order: Order, day: str) -> tuple[DispatchDone, dict[str, Value]]:
    """A step of the checklist of a full hall was done; each once a day."""
    step = order.to
    if step not in plan_of(tx.database, desk.hall, day):
        raise Refused(Reason(NO_SUCH_STEP, {"step": step[:40]}))
    for one in plan_steps(dispatches(tx.database, desk.hall, day)):
        if one.to == step:
            raise Refused(Reason(PLAN_DONE, {"time": f"{local(one.at_t):%H:%M}", "name": _name(tx, one.by)}))
    note = " ".join(order.note.split())[:LONGEST_NOTE]
    made = DispatchDone(dispatch=order.dispatch, day=day, reason=order.reason, note=note, to=step)
    return made, {"step": step_text(step)}


def plan_of(db: Database, hall: str, day: str) -> tuple[str, ...]:
    """The steps of a hall's checklist: its own, or the usual ones."""
    return crowding_plan_on(db, hall, day) or tuple(step.value for step in PLAN)


def plan_steps(rows: Iterable[DispatchRow]) -> list[DispatchRow]:
    """What was done of the checklist and not taken back."""
    return [one for one in rows if one.dispatch is DispatchKind.CROWDING and not one.undone_t]


def _move(tx: Write, desk: Desk, order: Order, day: str) -> tuple[DispatchDone, dict[str, Value]]:
    """A waiting ticket waits elsewhere: for a window, or in another group. It keeps its place in time."""
    if claims.number_host(tx.database, desk.hall):
        raise Refused(HOST_MOVES)
    row = views.ticket(tx.database, order.ticket)
    if row is None or row.hall != desk.hall or row.state is not TicketState.WAITING:
        raise Refused(NOT_WAITING)
    windows = views.windows(tx.database, desk.hall)
    target = next((one for one in windows if one.code == order.to and one.state is not WindowState.CLOSED), None)
    if target is None and not any(order.to in (*one.primary_groups, *one.secondary_groups) for one in windows):
        raise Refused(NOWHERE)
    if order.to == (row.target or row.prefix):
        raise Refused(SAME_PLACE)
    made = DispatchDone(
        dispatch=order.dispatch,
        day=day,
        reason=order.reason,
        note=" ".join(order.note.split())[:LONGEST_NOTE],
        ticket=row.id,
        to=order.to,
        to_before=row.target,
    )
    to: Value = target.name if target else Reason(GROUP_TEXT, {"group": order.to})
    return made, {"number": row.number, "to": to}
