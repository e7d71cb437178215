"""Bad-rating cases: opened with the rating that causes them, called back, classified, corrected, closed. Business rule 14.

Every step is checked against the case as it stands inside the transaction; nobody handles a case about himself. Terms run
by the calendar of the hall (K15, K16).
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.bad_rating import (
    CLASS_RULES,
    CONTACT_WORDS,
    RESULT_WORDS,
    Case,
    case_refusal,
    contact_due,
    handler_refusal,
    measure_due,
    result_of,
)
from hallterm.rules.calendar import EVERY_DAY
from hallterm.rules.day import business_day
from hallterm.rules.deadlines import Due, Hours
from hallterm.rules.ratings import SCALES, level_of
from hallterm.rules.words import Reason, Value
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.workdays import term_hours
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import (
    BadRatingClass,
    CaseAction,
    CaseClassified,
    CaseClosed,
    CaseContacted,
    CaseMeasured,
    CaseOpened,
    CaseRatedAgain,
    CaseResult,
    ContactResult,
    Moment,
    Scale,
)
from storage.journal import Write
from storage.views import cases as rows
from storage.views.cases import AppealRow, CaseRow
from storage.views.identities import identified

CONTACTED = N_("D-{number} call-back: {result}")
CLASSIFIED = N_("D-{number} is {cls}, due {day}")
MEASURED = N_("D-{number} the measure is written")
CLOSED = N_("D-{number} closed: {result}")
RATED_AGAIN = N_("D-{number} second rating: {level}; it stands beside the first")
NO_SUCH_CASE = Reason(N_("this case is not known here"))
WRITE_SOMETHING = Reason(N_("say it in a few words"))
TELL_FIRST = Reason(N_("a real-name rater who was reached is told the outcome first"))
AFTER_CORRECTION = Reason(N_("a second rating comes after the correction"))
LONGEST = 200


class CaseDone(Struct, frozen=True):
    """What was recorded, in words, and in which case."""

    words: Reason
    case: str


class RatedBadly(Struct, frozen=True):
    """What a case is opened for: a rating by its id, of a service."""

    rating: str
    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    level: int
    scale: Scale
    ticket: str = ""
    options: tuple[str, ...] = ()


def plain(text: str) -> str:
    """One line of what somebody typed."""
    return " ".join(text.split())[:LONGEST]


def hours_of(db: Database, hall: str, now_t: int) -> Hours:
    """The calendar and the closing time of a hall; a hall that nobody described works every day."""
    row = views.hall(db, hall)
    if row is None:
        return Hours(EVERY_DAY)
    return term_hours(db, row, business_day(now_t))


def refuse_at(db: Database, desk: Desk, action: Action, hall: str, *, own: bool = False) -> None:
    """Whether the person at the desk may do it in this hall, which need not be that of the PC; raises Refused."""
    refuse_unless_allowed(db, replace(desk, hall=hall), action, own=own)


def refused_at(db: Database, desk: Desk, action: Action, hall: str, *, own: bool = False) -> Reason | None:
    """The same as an answer."""
    try:
        refuse_at(db, desk, action, hall, own=own)
    except Refused as no:
        return no.reason
    return None


def _until(db: Database, hall: str, rated_t: int, due: Callable[[int, Hours], Due]) -> Due:
    """A term in the calendar of the hall; one that is closed for months has the term of a hall that never is."""
    hours = hours_of(db, hall, rated_t)
    try:
        return due(rated_t, hours)
    except ValueError:
        return due(rated_t, replace(hours, calendar=EVERY_DAY))


def _is_bad(rated: RatedBadly) -> bool:
    """A level that the scale does not have must not stop the rating from being kept."""
    return any(one.level == rated.level and one.bad for one in SCALES[rated.scale])


def open_case(tx: Write, rated: RatedBadly, now: Moment) -> str | None:
    """The case of a rating, in the transaction that records it; None for one that is not bad, or has its case already."""
    db, hall = tx.database, tx.identity.hall
    if not _is_bad(rated) or rows.case_of_rating(db, rated.rating) is not None:
        return None
    real_name = bool(identified(db, rated.ticket, rated.visit).ref)
    contact_by = _until(db, hall, now.t, contact_due)
    measure_by = _until(db, hall, now.t, measure_due)
    month = rated.day[:7]
    used = [int(number[-4:]) for number in rows.numbers_of_month(db, hall, month)]
    return tx.record(
        CaseOpened(
            number=f"{month.replace('-', '')}-{max(used, default=0) + 1:04d}",
            rating=rated.rating,
            service=rated.service,
            visit=rated.visit,
            window=rated.window,
            staff=rated.staff,
            code=rated.code,
            day=rated.day,
            level=rated.level,
            scale=rated.scale,
            real_name=real_name,
            contact_by_t=contact_by.t if real_name else 0,
            measure_by_t=measure_by.t,
            options=rated.options,
            provisional=contact_by.provisional or measure_by.provisional,
        )
    )


def state_of(row: CaseRow, appeal: AppealRow | None) -> Case:
    """The case as the rules take it."""
    return Case(
        staff=row.staff,
        real_name=row.real_name,
        contact=ContactResult(row.contact) if row.contact else None,
        cls=BadRatingClass(row.cls) if row.cls else None,
        measured=bool(row.measured_t),
        appeal_open=appeal is not None and appeal.open,
        appeal_decided=appeal is not None and bool(appeal.decision),
        result=CaseResult(row.result) if row.result else None,
    )


def read(db: Database, case_id: str) -> tuple[CaseRow, AppealRow | None]:
    """A case with its newest appeal; raises Refused."""
    row = rows.case(db, case_id)
    if row is None:
        raise Refused(NO_SUCH_CASE)
    return row, rows.appeal(db, case_id)


def _to_handle(tx: Write, desk: Desk, case_id: str, action: CaseAction) -> tuple[CaseRow, Case]:
    row, appeal = read(tx.database, case_id)
    refuse_at(tx.database, desk, Action.HANDLE_CASES, row.hall)
    state = state_of(row, appeal)
    refused = handler_refusal(state, desk.staff) or case_refusal(state, action)
    if refused is not None:
        raise Refused(refused)
    return row, state


def contact(desk: Desk, now: Moment, case_id: str, result: ContactResult, note: str = "") -> CaseDone:
    """One call-back and how it went; a later one stands beside it."""
    with desk.journal.write(desk.staff, now) as tx:
        row, _state = _to_handle(tx, desk, case_id, CaseAction.CONTACT)
        tx.record(CaseContacted(row.id, result, now.t <= row.contact_by_t, plain(note)))
    return CaseDone(Reason(CONTACTED, {"number": row.number, "result": Reason(CONTACT_WORDS[result])}), row.id)


def classify(desk: Desk, now: Moment, case_id: str, cls: BadRatingClass, cause: str = "") -> CaseDone:
    """What the rating turned out to be; the term follows from it, counted from the rating."""
    with desk.journal.write(desk.staff, now) as tx:
        row, _state = _to_handle(tx, desk, case_id, CaseAction.CLASSIFY)
        until = _until(tx.database, row.hall, row.opened_t, lambda t, hours: measure_due(t, hours, cls))
        tx.record(CaseClassified(row.id, cls, until.t, plain(cause), until.provisional))
    values: dict[str, Value] = {"number": row.number, "cls": Reason(CLASS_RULES[cls].label), "day": until.day}
    return CaseDone(Reason(CLASSIFIED, values), row.id)


def measure(desk: Desk, now: Moment, case_id: str, text: str, plan_day: str = "") -> CaseDone:
    """What is done about it."""
    if not plain(text):
        raise Refused(WRITE_SOMETHING)
    with desk.journal.write(desk.staff, now) as tx:
        row, _state = _to_handle(tx, desk, case_id, CaseAction.MEASURE)
        tx.record(CaseMeasured(row.id, plain(text), plan_day))
    return CaseDone(Reason(MEASURED, {"number": row.number}), row.id)


def close(desk: Desk, now: Moment, case_id: str, *, told: bool, note: str = "") -> CaseDone:
    """The case ends as its class has it; ``told``: the rater knows the outcome."""
    with desk.journal.write(desk.staff, now) as tx:
        row, state = _to_handle(tx, desk, case_id, CaseAction.CLOSE)
        result = result_of(state)
        if result is None:
            raise Refused(NO_SUCH_CASE)
        if state.real_name and state.contact is ContactResult.REACHED and not told:
            raise Refused(TELL_FIRST)
        seen = rows.handling(tx.database, row.id)
        tx.record(CaseClosed(row.id, result, now.t <= row.correct_by_t, told, plain(note), seen))
    return CaseDone(Reason(CLOSED, {"number": row.number, "result": Reason(RESULT_WORDS[result])}), row.id)


def rate_again(desk: Desk, now: Moment, case_id: str, level: int, text: str = "") -> CaseDone:
    """What the rater says after the correction: beside the first rating, in no figure."""
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = read(tx.database, case_id)
        refuse_at(tx.database, desk, Action.HANDLE_CASES, row.hall)
        state = state_of(row, appeal)
        if (refused := handler_refusal(state, desk.staff)) is not None:
            raise Refused(refused)
        if state.contact is not ContactResult.REACHED or not (state.measured or state.result):
            raise Refused(AFTER_CORRECTION)
        label = level_of(row.scale, level).label
        tx.record(CaseRatedAgain(row.id, level, row.scale, plain(text)))
    return CaseDone(Reason(RATED_AGAIN, {"number": row.number, "level": Reason(label)}), row.id)
