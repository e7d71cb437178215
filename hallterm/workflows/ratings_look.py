"""What the other views of page 5 show: services without a rating, the week's comments, the month's rewards; and a clerk's own.

A clerk sees his bad ratings one working day late, so that no citizen can be told from a rating that has just come.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.assessing_settings import duty_pct_at
from hallterm.rating_scales import level_counts, scale_at
from hallterm.rules.bad_rating import appeal_due, appeal_refusal
from hallterm.rules.calendar import days, later
from hallterm.rules.day import business_day
from hallterm.rules.lamp import Lamp
from hallterm.rules.periods import period, week_of
from hallterm.rules.ratings import Satisfaction, satisfaction
from hallterm.rules.words import Reason
from hallterm.workflows.bad_ratings import hours_of, refuse_at, refused_at, state_of
from hallterm.workflows.cases_look import lamp_of
from hallterm.workflows.comments import week_days
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.matter_words import matter_name
from storage import views
from storage.access import Action
from storage.database import Database
from storage.facts import Moment, Scale
from storage.views import assessment
from storage.views import cases as rows
from storage.views.cases import AppealRow, CaseRow, CommentRow, DraftRow, RewardRow
from storage.views.figures import Sums, added, sums
from storage.views.reporting_rows import UnratedLine, unrated_lines

OWN_DAYS = 62
OWN_COMMENTS = 4


class Page(Struct, frozen=True):
    """What every view has: the hall, the person, the business day."""

    hall_name: str
    staff: str
    today: str


class UnratedLook(Struct, frozen=True):
    """The unrated services of a day and the evaluation rate of day and month; why the person may not change a line."""

    page: Page
    day: str
    lines: tuple[UnratedLine, ...]
    names: dict[str, str]
    matters: dict[str, str]
    of_day: Satisfaction
    of_month: Satisfaction
    correct_refused: Reason | None
    card_refused: Reason | None
    scale: Scale
    duty_pct: int


class CommentLine(Struct, frozen=True):
    """One clerk: the figures of his week, and what was said."""

    staff: str
    name: str
    sums: Sums
    bad: int
    comment: CommentRow | None
    draft: DraftRow | None = None


class CommentsLook(Struct, frozen=True):
    page: Page
    week: str
    lines: tuple[CommentLine, ...]
    write_refused: Reason | None
    draft_refused: Reason | None
    names: dict[str, str]


class RewardsLook(Struct, frozen=True):
    """The rewards of a month; ``people`` are who may get one. What is not published is seen by directors and who drafted it.

    ``own_drafts``: what the person may take back himself.
    """

    page: Page
    month: str
    lines: tuple[RewardRow, ...]
    names: dict[str, str]
    people: tuple[tuple[str, str], ...]
    give_refused: Reason | None
    draft_refused: Reason | None
    own_drafts: frozenset[str]


class OwnCase(Struct, frozen=True):
    """One's own bad rating, without the rater; until when one may appeal (ms UTC), and why not."""

    row: CaseRow
    appeal: AppealRow | None
    appeal_by_t: int
    refusal: Reason | None
    lamp: Lamp | None


class OwnLook(Struct, frozen=True):
    """A clerk's own page; ``hidden`` ratings came so late that they are shown on the next working day."""

    page: Page
    lines: tuple[OwnCase, ...]
    hidden: int
    matters: dict[str, str]
    comments: tuple[CommentRow, ...]
    rewards: tuple[RewardRow, ...]


def _page(desk: Desk, now: Moment) -> Page:
    db = desk.journal.database
    hall, person = views.hall(db, desk.hall), views.staff(db, desk.staff)
    return Page(
        hall.name if hall else desk.hall,
        person.name if person else desk.staff,
        business_day(now.t, views.last_day(db, desk.hall)),
    )


def _name(db: Database, number: str) -> str:
    row = views.staff(db, number)
    return row.name if row else number


def _matters(db: Database, hall: str, codes: set[str]) -> dict[str, str]:
    return {code: matter_name(views.matter(db, hall, code)) for code in codes}


def _satisfaction(db: Database, hall: str, key: str, duty_pct: int) -> Satisfaction:
    total = added(sums(db, [key], [hall], ("staff",)))
    scale = scale_at(db, hall, key)
    return satisfaction(scale, level_counts(scale, total), total.unrated, total.exempt, duty_pct=duty_pct)


def unrated_look(desk: Desk, now: Moment, day: str = "") -> UnratedLook:
    """The day's services without a rating; raises Refused for who may neither correct nor enter a card."""
    db, hall = desk.journal.database, desk.hall
    correct = refused_at(db, desk, Action.NOTE_UNRATED, hall)
    card = refused_at(db, desk, Action.ENTER_CARD, hall)
    if correct is not None and card is not None:
        raise Refused(correct)
    page = _page(desk, now)
    day = day or page.today
    found = tuple(reversed(unrated_lines(db, (hall, day, day))))
    duty_pct = duty_pct_at(db, hall, day)
    return UnratedLook(
        page=page,
        day=day,
        lines=found,
        names={one.staff: _name(db, one.staff) for one in found},
        matters=_matters(db, hall, {one.code for one in found}),
        of_day=_satisfaction(db, hall, day, duty_pct),
        of_month=_satisfaction(db, hall, day[:7], duty_pct),
        duty_pct=duty_pct,
        correct_refused=correct,
        card_refused=card,
        scale=scale_at(db, hall, day),
    )


def comments_look(desk: Desk, now: Moment, week: str = "") -> CommentsLook:
    """A week's figures and comments by clerk; raises Refused for who may not read them."""
    db, hall = desk.journal.database, desk.hall
    refuse_at(db, desk, Action.READ_COMMENTS, hall)
    page = _page(desk, now)
    span = week_days(week) if week else week_of(page.today)
    found = {one.staff: one for one in sums(db, list(days(span.first, span.last)), [hall], ("staff",))}
    said = {one.staff: one for one in rows.comments(db, [hall], span.code)}
    bad: dict[str, int] = {}
    for row in rows.cases_between(db, [hall], span.first, span.last):
        bad[row.staff] = bad.get(row.staff, 0) + (row.result != "revoked")
    drafts = {one.staff: one for one in rows.drafts(db, hall, span.code)}
    people = sorted({staff for staff, _hall in assessment.clerks(db, [hall])} | {*said, *drafts})
    return CommentsLook(
        page=page,
        week=span.code,
        lines=tuple(
            CommentLine(
                *(staff, _name(db, staff), found.get(staff, Sums()), bad.get(staff, 0)),
                said.get(staff),
                drafts.get(staff),
            )
            for staff in people
        ),
        write_refused=refused_at(db, desk, Action.WRITE_COMMENT, hall),
        draft_refused=refused_at(db, desk, Action.DRAFT_COMMENT, hall),
        names={one.draft_by: _name(db, one.draft_by) for one in drafts.values()},
    )


def rewards_look(desk: Desk, now: Moment, month: str = "") -> RewardsLook:
    """The rewards of a month; what is not published is seen by who gives it only. Raises Refused."""
    db, hall = desk.journal.database, desk.hall
    refuse_at(db, desk, Action.READ_COMMENTS, hall)
    page = _page(desk, now)
    month = month or page.today[:7]
    asked = period(month)
    if isinstance(asked, Reason):
        raise Refused(asked)
    refused = refused_at(db, desk, Action.GIVE_REWARD, hall)
    drafting = refused_at(db, desk, Action.DRAFT_REWARD, hall)
    given = rows.rewards(db, [hall], month, month)
    own = frozenset(one.id for one in given if one.by == desk.staff and not one.published_t)
    found = tuple(one for one in given if one.published_t or refused is None or one.by == desk.staff)
    people = tuple((staff, _name(db, staff)) for staff, _hall in assessment.clerks(db, [hall]) if staff != desk.staff)
    return RewardsLook(
        page, month, found, {one.staff: _name(db, one.staff) for one in found}, people, refused, drafting, own
    )


def own_look(desk: Desk, now: Moment) -> OwnLook:
    """One's own bad ratings, comments and published rewards. Raises Refused."""
    db, hall = desk.journal.database, desk.hall
    refuse_at(db, desk, Action.SEE_LEVELS, hall, own=True)
    page = _page(desk, now)
    first = later(page.today, -OWN_DAYS)
    found = rows.cases_of(db, hall, desk.staff, first, page.today)
    shown = [row for row in found if row.day < page.today]
    appeals = rows.appeals_of(db, [row.id for row in shown])
    given = rows.rewards(db, [hall], first[:7], page.today[:7])
    return OwnLook(
        page=page,
        lines=tuple(_own(desk, row, appeals.get(row.id), now) for row in shown),
        hidden=len(found) - len(shown),
        matters=_matters(db, hall, {row.code for row in shown}),
        comments=tuple(rows.own_comments(db, hall, desk.staff, OWN_COMMENTS)),
        rewards=tuple(one for one in given if one.staff == desk.staff and one.published_t and not one.withdrawn_t),
    )


def _own(desk: Desk, row: CaseRow, appeal: AppealRow | None, now: Moment) -> OwnCase:
    db = desk.journal.database
    until = appeal_due(row.opened_t, hours_of(db, row.hall, row.opened_t))
    refused = refused_at(db, desk, Action.APPEAL, row.hall, own=True)
    refused = refused or appeal_refusal(state_of(row, appeal), desk.staff, now.t, until)
    lamp = lamp_of(row.opened_t, until.t, now.t) if refused is None else None
    return OwnCase(row, appeal, until.t, refused, lamp)
