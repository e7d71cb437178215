"""What follows a rating, as screens, workflows and reports read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from storage import facts as f
from storage.database import Database
from storage.facts import Scale
from storage.views.reading import columns, one, structs

SHOWN_STEPS = 200


class CaseRow(Struct, frozen=True):
    """A bad rating's case as far as it has come; times ms UTC, 0: not yet. Texts of sets as their facts wrote them."""

    id: str
    hall: str
    number: str
    rating: str
    service: str
    visit: str
    window: str
    staff: str
    code: str
    day: str
    level: int
    scale: Scale
    real_name: bool
    options: str
    contact_by_t: int
    measure_by_t: int
    opened_provisional: bool
    opened_t: int
    contact: str
    contacted_t: int
    contact_in_time: bool
    cls: str
    cause: str
    due_t: int
    due_provisional: bool
    measure: str
    plan_day: str
    measured_t: int
    result: str
    closed_in_time: bool
    told: bool
    closed_t: int
    again_level: int
    again_text: str
    again_t: int
    text: str

    @property
    def correct_by_t(self) -> int:
        """When it must be corrected, as its class has it."""
        return self.due_t or self.measure_by_t


class StepRow(Struct, frozen=True):
    """A line of a case's course: the kind of the fact, one word of its content, a note."""

    id: str
    kind: str
    word: str
    note: str
    by: str
    at_t: int
    after_steps: str = ""


class AppealRow(Struct, frozen=True):
    """An appeal; ``decision`` empty: not decided, ``withdrawn_t`` 0: it stands."""

    id: str
    case_id: str
    rating: str
    staff: str
    text: str
    evidence: str
    decide_by_t: int
    filed_t: int
    withdrawn_t: int
    forwarded_t: int
    forwarded_by: str
    forward_note: str
    decision: str
    reason: str
    decided_by: str
    decided_t: int

    @property
    def open(self) -> bool:
        """Filed, and neither decided nor withdrawn."""
        return not self.decision and not self.withdrawn_t


class CardRow(Struct, frozen=True):
    """A rating that was entered from paper."""

    id: str
    service: str
    staff: str
    code: str
    day: str
    level: int
    scale: Scale
    card: str
    late: bool
    frozen: bool
    by: str
    at_t: int


class DraftRow(Struct, frozen=True):
    """What an assessor proposes to say of a week, newer than what was said."""

    staff: str
    draft: str
    draft_by: str
    draft_t: int


class CommentRow(Struct, frozen=True):
    """The word on a clerk's week."""

    hall: str
    staff: str
    week: str
    text: str
    by: str
    at_t: int


class RewardRow(Struct, frozen=True):
    """A reward or penalty; ``published_t`` and ``withdrawn_t`` ms UTC, 0: not."""

    id: str
    hall: str
    staff: str
    month: str
    reward: str
    ground: str
    amount_fen: int
    text: str
    by: str
    given_t: int
    published_t: int
    withdrawn_t: int
    withdrawn_reason: str


_SAID = '(SELECT {} FROM rating_reason r WHERE r."rating" = rating_case."rating" LIMIT 1)'
_CODES = f"""coalesce(nullif("options", ''), {_SAID.format('r."codes"')}, '') AS options"""
_TEXT = f"""coalesce({_SAID.format('r."text"')}, '') AS text"""
HANDLING: Final = (f.CaseContacted.kind, f.CaseClassified.kind, f.CaseMeasured.kind)
"""The steps that a closing must have seen."""
_UNSEEN = (
    "(after_steps <> '' AND EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = rating_case.\"id\" "
    f"AND s.kind IN ({', '.join(map(repr, HANDLING))}) "
    "AND replace(' ' || rating_case.after_steps || ' ', ' ' || s.\"id\" || ' ', '') "
    "= ' ' || rating_case.after_steps || ' '))"
)
_RESULT = f"""CASE WHEN {_UNSEEN} THEN '' ELSE "result" END"""
_COLUMNS = (
    columns(CaseRow).replace('"options"', _CODES).replace('"text"', _TEXT).replace('"result"', f"{_RESULT} AS result")
)
_CASE = f"SELECT {_COLUMNS} FROM rating_case WHERE"
_APPEAL = f"SELECT {columns(AppealRow)} FROM appeal WHERE"


def case(db: Database, id: str) -> CaseRow | None:
    return one(db, CaseRow, f'{_CASE} "id" = ? AND "rating" <> \'\'', (id,))


def case_of_rating(db: Database, rating: str) -> CaseRow | None:
    return one(db, CaseRow, f'{_CASE} "rating" = ? ORDER BY "opened_t", "id"', (rating,))


def cases_between(db: Database, halls: Sequence[str], first: str, last: str) -> list[CaseRow]:
    """Cases of ratings of some days, in the order they were opened."""
    if not halls:
        return []
    marks = ", ".join("?" * len(halls))
    sql = f'{_CASE} "hall" IN ({marks}) AND "day" BETWEEN ? AND ? AND "rating" <> \'\' ORDER BY "opened_t", "id"'
    return structs(db, CaseRow, sql, (*halls, first, last))


def open_cases(db: Database, hall: str) -> list[CaseRow]:
    """What is not closed, or appealed against, of whatever day."""
    appealed = 'SELECT "case_id" FROM appeal WHERE "decision" = \'\' AND "withdrawn_t" = 0 AND "rating" <> \'\''
    sql = f'{_CASE} "hall" = ? AND "rating" <> \'\' AND ({_RESULT} = \'\' OR "id" IN ({appealed})) ORDER BY "opened_t", "id"'
    return structs(db, CaseRow, sql, (hall,))


def cases_of(db: Database, hall: str, staff: str, first: str, last: str) -> list[CaseRow]:
    """The cases about a clerk, newest first."""
    sql = (
        f'{_CASE} "hall" = ? AND "staff" = ? AND "day" BETWEEN ? AND ? AND "rating" <> \'\' '
        'ORDER BY "opened_t" DESC, "id"'
    )
    return structs(db, CaseRow, sql, (hall, staff, first, last))


def numbers_of_month(db: Database, hall: str, month: str) -> list[str]:
    """The numbers that cases of a month have."""
    sql = 'SELECT "number" FROM rating_case WHERE "hall" = ? AND "number" LIKE ?'
    return [str(number) for (number,) in db.rows(sql, (hall, f"{month.replace('-', '')}-%"))]


def steps(db: Database, case_id: str) -> list[StepRow]:
    """The course of a case, oldest first."""
    sql = f'SELECT {columns(StepRow)} FROM case_step WHERE "case_id" = ? ORDER BY "step_ord" LIMIT {SHOWN_STEPS}'
    return structs(db, StepRow, sql, (case_id,))


def handling(db: Database, case_id: str) -> tuple[str, ...]:
    """The steps of handling that are known of a case, for its closing to name."""
    marks = ", ".join("?" * len(HANDLING))
    sql = f'SELECT "id" FROM case_step WHERE "case_id" = ? AND "kind" IN ({marks}) ORDER BY "id"'
    return tuple(str(id) for (id,) in db.rows(sql, (case_id, *HANDLING)))


def unseen(course: Sequence[StepRow]) -> dict[str, int]:
    """By closing the place (from 1) of the first step of handling that it had not seen.

    The first is one that ran beside it: what was done once the case was open again comes after that in the course.
    """
    found: dict[str, int] = {}
    for closing in filter(lambda step: step.after_steps, course):
        seen = closing.after_steps.split()
        places = (n for n, step in enumerate(course, 1) if step.kind in HANDLING and step.id not in seen)
        first = next(places, 0)
        found |= {closing.id: first} if first else {}
    return found


def appeal(db: Database, case_id: str) -> AppealRow | None:
    """The newest appeal in a case."""
    return one(db, AppealRow, f'{_APPEAL} "case_id" = ? AND "rating" <> \'\' ORDER BY "filed_ord" DESC', (case_id,))


def appeals_of(db: Database, case_ids: Sequence[str]) -> dict[str, AppealRow]:
    """By case its newest appeal."""
    if not case_ids:
        return {}
    marks = ", ".join("?" * len(case_ids))
    sql = f'{_APPEAL} "case_id" IN ({marks}) AND "rating" <> \'\' ORDER BY "filed_ord"'
    return {row.case_id: row for row in structs(db, AppealRow, sql, tuple(case_ids))}


def is_revoked(db: Database, rating: str) -> bool:
    """Whether a rating counts no more."""
    return bool(db.value('SELECT count(*) FROM revoked_rating WHERE "rating" = ?', (rating,)))


def in_no_figure(db: Database, rating: str) -> bool:
    """Whether a rating is a card of a month that was frozen when it came."""
    return bool(db.value('SELECT count(*) FROM rating_card WHERE "id" = ? AND "frozen" = 1', (rating,)))


def cards(db: Database, hall: str, first: str, last: str) -> list[CardRow]:
    """Ratings entered from paper for services of some days."""
    sql = f'SELECT {columns(CardRow)} FROM rating_card WHERE "hall" = ? AND "day" BETWEEN ? AND ? ORDER BY "at_t", "id"'
    return structs(db, CardRow, sql, (hall, first, last))


def card_used(db: Database, hall: str, card: str) -> bool:
    """Whether a paper with this number was entered already."""
    return bool(db.value('SELECT count(*) FROM rating_card WHERE "hall" = ? AND "card" = ?', (hall, card)))


def comments(db: Database, halls: Sequence[str], week: str) -> list[CommentRow]:
    """The comments of an ISO week, by staff number."""
    if not halls:
        return []
    marks = ", ".join("?" * len(halls))
    sql = (
        f'SELECT {columns(CommentRow)} FROM weekly_comment WHERE "hall" IN ({marks}) AND "week" = ? '
        'AND "text" <> \'\' ORDER BY "hall", "staff"'
    )
    return structs(db, CommentRow, sql, (*halls, week))


def drafts(db: Database, hall: str, week: str) -> list[DraftRow]:
    """Drafts for a week that no leader has written anything upon, by staff number."""
    sql = (
        f'SELECT {columns(DraftRow)} FROM weekly_comment WHERE "hall" = ? AND "week" = ? '
        'AND "draft_t" > "at_t" ORDER BY "staff"'
    )
    return structs(db, DraftRow, sql, (hall, week))


def own_comments(db: Database, hall: str, staff: str, most: int) -> list[CommentRow]:
    """What was said to a clerk, the newest week first."""
    sql = (
        f'SELECT {columns(CommentRow)} FROM weekly_comment WHERE "hall" = ? AND "staff" = ? AND "text" <> \'\' '
        f'ORDER BY "week" DESC LIMIT {int(most)}'
    )
    return structs(db, CommentRow, sql, (hall, staff))


_REWARD = f"SELECT {columns(RewardRow)} FROM reward WHERE \"ground\" <> '' AND"


def reward(db: Database, id: str) -> RewardRow | None:
    return one(db, RewardRow, f'{_REWARD} "id" = ?', (id,))


def rewards(db: Database, halls: Sequence[str], first: str, last: str) -> list[RewardRow]:
    """Rewards and penalties of some months (``YYYY-MM``), those withdrawn too."""
    if not halls:
        return []
    marks = ", ".join("?" * len(halls))
    sql = (
        f'{_REWARD} "hall" IN ({marks}) AND "month" BETWEEN ? AND ? ORDER BY "month", "hall", "staff", "given_t", "id"'
    )
    return structs(db, RewardRow, sql, (*halls, first, last))
