"""What page 5 shows: the cases of a month and all that are open, the nearest term first, with lamps worked out when read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.bad_rating import CLASS_RULES, Case, Loop, case_state, handler_refusal, loop_of
from hallterm.rules.day import business_day, local
from hallterm.rules.deadlines import Due, Hours
from hallterm.rules.identity_words import masked
from hallterm.rules.lamp import Lamp
from hallterm.rules.periods import period
from hallterm.rules.reminders import Reminder, due_lamp, reminders
from hallterm.rules.words import Reason
from hallterm.workflows.appeals import decision_refused, rater_refused
from hallterm.workflows.bad_ratings import hours_of, read, refused_at, state_of
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.matter_words import matter_name
from storage import views
from storage.access import Action
from storage.database import Database
from storage.errors import StorageError
from storage.facts import CaseState, Moment
from storage.views import cases as rows
from storage.views.cases import AppealRow, CaseRow, StepRow
from storage.views.identities import identified

TODO = {
    "call": N_("call the rater back"),
    "classify": N_("say what it is"),
    "measure": N_("write the measure"),
    "close": N_("tell and close"),
    "forward": N_("hand the appeal on"),
    "decide": N_("decide on the appeal"),
    "": N_("done"),
}
"""What a case waits for."""


class CaseLine(Struct, frozen=True):
    """A case in the list; ``due_t`` 0: nothing waits. ``todo`` is a key of :data:`TODO`."""

    row: CaseRow
    appeal: AppealRow | None
    state: CaseState
    todo: str
    due_t: int
    lamp: Lamp | None
    staff_name: str
    matter: str

    @property
    def is_open(self) -> bool:
        return bool(self.todo)


class Reminded(Struct, frozen=True):
    """A reminder of a case that has come."""

    number: str
    reminder: Reminder


class CasesLook(Struct, frozen=True):
    """The page of one hall and month."""

    hall_name: str
    staff: str
    month: str
    today: str
    lines: tuple[CaseLine, ...]
    loop: Loop
    in_time: int
    called: int
    reminded: tuple[Reminded, ...]

    @property
    def open(self) -> int:
        return sum(line.is_open for line in self.lines)

    @property
    def due_today(self) -> int:
        return sum(line.lamp is Lamp.YELLOW and _day(line.due_t) == self.today for line in self.lines)

    @property
    def overdue(self) -> int:
        return sum(line.lamp in (Lamp.RED, Lamp.ESCALATE) for line in self.lines)


class CaseDetail(Struct, frozen=True):
    """One case below the line: its service, its course, and why the person at the desk may not do a thing."""

    line: CaseLine
    steps: tuple[StepRow, ...]
    names: dict[str, str]
    counted_s: int
    limit_s: int
    rater: str
    handle_refused: Reason | None
    forward_refused: Reason | None
    decide_refused: Reason | None
    rater_refused: Reason | None


def _day(t: int) -> str:
    return local(t).date().isoformat()


def todo_of(state: Case, row: CaseRow, appeal: AppealRow | None) -> tuple[str, int]:
    """What a case waits for, and until when, ms UTC."""
    if appeal is not None and appeal.open:
        return ("decide" if appeal.forwarded_t else "forward"), appeal.decide_by_t
    if state.result is not None:
        return "", 0
    if state.real_name and state.contact is None:
        return "call", row.contact_by_t
    if state.cls is None:
        return "classify", row.correct_by_t
    needs_measure = CLASS_RULES[state.cls].measure and not state.measured
    return ("measure" if needs_measure else "close"), row.correct_by_t


def due_of(t: int) -> Due:
    """A recorded due moment as the rules take it."""
    return Due(t, _day(t))


def lamp_of(since_t: int, due_t: int, now_t: int) -> Lamp | None:
    """The letter of a term; None without one."""
    return due_lamp(since_t, due_of(due_t), now_t) if due_t else None


class _Names:
    """Names by number and code, each read once."""

    def __init__(self, db: Database, hall: str) -> None:
        self._db, self._hall = db, hall
        self._people: dict[str, str] = {}
        self._matters: dict[str, str] = {}

    def person(self, number: str) -> str:
        return self._found(self._people, number, self._person)

    def matter(self, code: str) -> str:
        return self._found(self._matters, code, self._matter)

    @staticmethod
    def _found(known: dict[str, str], key: str, look: Callable[[str], str]) -> str:
        if key not in known:
            known[key] = look(key)
        return known[key]

    def _person(self, number: str) -> str:
        row = views.staff(self._db, number)
        return row.name if row else number

    def _matter(self, code: str) -> str:
        return matter_name(views.matter(self._db, self._hall, code))


def _line(row: CaseRow, appeal: AppealRow | None, names: _Names, now_t: int) -> CaseLine:
    state = state_of(row, appeal)
    todo, due_t = todo_of(state, row, appeal)
    since_t = appeal.filed_t if appeal is not None and appeal.open else row.opened_t
    return CaseLine(
        row=row,
        appeal=appeal,
        state=case_state(state),
        todo=todo,
        due_t=due_t,
        lamp=lamp_of(since_t, due_t, now_t),
        staff_name=names.person(row.staff),
        matter=names.matter(row.code),
    )


def _worst_first(line: CaseLine) -> tuple[int, int, str]:
    return (0, line.due_t, line.row.number) if line.is_open else (1, -line.row.closed_t, line.row.number)


def cases_look(desk: Desk, now: Moment, month: str = "") -> CasesLook:
    """The cases of a month and everything open; raises Refused for who does not handle or decide."""
    db, hall = desk.journal.database, desk.hall
    refused = refused_at(db, desk, Action.HANDLE_CASES, hall)
    if refused is not None and refused_at(db, desk, Action.DECIDE_APPEAL, hall) is not None:
        raise Refused(refused)
    today = business_day(now.t, views.last_day(db, hall))
    month = month or today[:7]
    days = period(month)
    if isinstance(days, Reason):
        raise Refused(days)
    of_month = rows.cases_between(db, [hall], days.first, days.last)
    others = {row.id: row for row in (*of_month, *rows.open_cases(db, hall))}
    appeals = rows.appeals_of(db, list(others))
    names = _Names(db, hall)
    lines = [_line(row, appeals.get(id), names, now.t) for id, row in others.items()]
    place, person = views.hall(db, hall), views.staff(db, desk.staff)
    real = [row for row in of_month if row.real_name]
    return CasesLook(
        hall_name=place.name if place else hall,
        staff=person.name if person else desk.staff,
        month=month,
        today=today,
        lines=tuple(sorted(lines, key=_worst_first)),
        loop=loop_of(state_of(row, appeals.get(row.id)) for row in of_month),
        in_time=sum(row.contact_in_time for row in real),
        called=len(real),
        reminded=_reminded(lines, hours_of(db, hall, now.t), now.t),
    )


def _reminded(lines: list[CaseLine], hours: Hours, now_t: int) -> tuple[Reminded, ...]:
    """The newest reminder of everything that waits."""
    found = []
    for line in lines:
        if line.is_open and line.due_t:
            come = reminders(line.row.opened_t, due_of(line.due_t), hours, now_t)
            found += [Reminded(line.row.number, come[-1])] if come else []
    return tuple(sorted(found, key=lambda one: (one.reminder.at_t, one.number), reverse=True))


def case_detail(desk: Desk, now: Moment, case_id: str) -> CaseDetail:
    """All there is to one case; raises Refused as the list does."""
    db = desk.journal.database
    row, appeal = read(db, case_id)
    by_grants = refused_at(db, desk, Action.HANDLE_CASES, row.hall)
    decide = decision_refused(db, desk, row, appeal)
    if by_grants is not None and refused_at(db, desk, Action.DECIDE_APPEAL, row.hall) is not None:
        raise Refused(by_grants)
    names = _Names(db, row.hall)
    service = views.service(db, row.service)
    course = rows.steps(db, row.id)
    state = state_of(row, appeal)
    himself = handler_refusal(state, desk.staff)
    no_rater = rater_refused(db, desk, row, appeal)
    return CaseDetail(
        line=_line(row, appeal, names, now.t),
        steps=tuple(course),
        names={step.by: names.person(step.by) for step in course if step.by != "-"},
        counted_s=service.counted_s if service else 0,
        limit_s=int(db.value('SELECT "limit_s" FROM service WHERE "id" = ?', (row.service,)) or 0),
        rater="" if no_rater is not None else _masked(desk, row, now),
        handle_refused=himself or by_grants,
        forward_refused=himself or refused_at(db, desk, Action.FORWARD_APPEAL, row.hall),
        decide_refused=decide,
        rater_refused=no_rater,
    )


def _masked(desk: Desk, row: CaseRow, now: Moment) -> str:
    """The rater's number with stars; empty where this PC does not hold it."""
    db = desk.journal.database
    service = views.service(db, row.service)
    ref = identified(db, service.ticket if service else "", row.visit).ref
    with suppress(StorageError):
        code = desk.vault.reveal(ref) if desk.vault is not None and ref else None
        return masked(code, local(now.t).date()) if code else ""
    return ""
