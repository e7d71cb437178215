"""The weekly word on a clerk's work, and the rewards and penalties of a month. Reports R16 and R17."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from hallterm.locale import N_
from hallterm.rules.periods import Period, PeriodKind, period
from hallterm.rules.words import Reason
from hallterm.workflows.bad_ratings import WRITE_SOMETHING, plain, refuse_at
from hallterm.workflows.desk import Desk, Refused
from storage import views
from storage.access import Action
from storage.facts import (
    CommentDrafted,
    CommentWritten,
    Moment,
    RewardGiven,
    RewardKind,
    RewardPublished,
    RewardWithdrawn,
)
from storage.journal import Write
from storage.views import cases as rows
from storage.views.cases import RewardRow

REWARD_WORDS = {RewardKind.REWARD: N_("reward"), RewardKind.PENALTY: N_("penalty")}
DRAFTED = N_("{week} draft on {staff} kept; a leader makes a comment of it")
WRITTEN = N_("{week} comment on {staff} written")
GIVEN = N_("{month} {reward} for {staff} noted; it is made known by publishing it")
PUBLISHED = N_("{month} {reward} for {staff} is published")
TAKEN_BACK = N_("{month} {reward} for {staff} is withdrawn")
NO_SUCH_PERSON = Reason(N_("this staff number is not known in this hall"))
NO_SUCH_REWARD = Reason(N_("this entry is not known here"))
NO_WEEK = Reason(N_("a week is written 2026-W48"))
NO_MONTH = Reason(N_("a month is written 2026-11"))
NOT_YET = Reason(N_("a week that has not begun has no comment"))
NOT_ONESELF = Reason(N_("nobody comments on himself or gives himself a reward"))
WITHDRAWN_ALREADY = Reason(N_("it is withdrawn"))
PUBLISHED_ALREADY = Reason(N_("it is published already"))
MONEY = Reason(N_("an amount is written in yuan, such as 200 or 200.50"))
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
MOST_FEN = 100_000_000


def week_days(week: str) -> Period:
    """The days of an ISO week, ``2026-W48``; raises Refused for what is none."""
    found = period(week)
    if isinstance(found, Reason) or found.kind is not PeriodKind.WEEK:
        raise Refused(NO_WEEK)
    return found


def fen(text: str) -> int:
    """Yuan as people write them, in fen; raises Refused."""
    try:
        amount = Decimal(text.strip()) * 100
    except InvalidOperation:
        raise Refused(MONEY) from None
    if not amount.is_finite() or amount != int(amount) or not 0 < amount <= MOST_FEN:
        raise Refused(MONEY)
    return int(amount)


def _person(tx: Write, desk: Desk, staff: str) -> None:
    found = views.staff(tx.database, staff)
    if found is None or found.hall != desk.hall:
        raise Refused(NO_SUCH_PERSON)
    if staff == desk.staff:
        raise Refused(NOT_ONESELF)


def write_comment(desk: Desk, now: Moment, staff: str, week: str, text: str) -> Reason:
    """The word of a leader on a week; a later one replaces it. Raises Refused."""
    if not plain(text):
        raise Refused(WRITE_SOMETHING)
    days = week_days(week)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_at(tx.database, desk, Action.WRITE_COMMENT, desk.hall)
        _person(tx, desk, staff)
        if days.first > views.last_day(tx.database, desk.hall):
            raise Refused(NOT_YET)
        tx.record(CommentWritten(staff, days.code, plain(text)))
    return Reason(WRITTEN, {"week": days.code, "staff": staff})


def draft_comment(desk: Desk, now: Moment, staff: str, week: str, text: str) -> Reason:
    """What an assessor proposes; a leader writes it or something else. Raises Refused."""
    if not plain(text):
        raise Refused(WRITE_SOMETHING)
    days = week_days(week)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_at(tx.database, desk, Action.DRAFT_COMMENT, desk.hall)
        _person(tx, desk, staff)
        if days.first > views.last_day(tx.database, desk.hall):
            raise Refused(NOT_YET)
        tx.record(CommentDrafted(staff, days.code, plain(text)))
    return Reason(DRAFTED, {"week": days.code, "staff": staff})


def give_reward(
    desk: Desk, now: Moment, staff: str, month: str, kind: RewardKind, ground: str, amount_fen: int = 0, text: str = ""
) -> Reason:
    """A reward or penalty, in money or in words; nobody sees it before the director publishes it. Raises Refused."""
    if not plain(ground) or not (amount_fen or plain(text)):
        raise Refused(WRITE_SOMETHING)
    if not MONTH.fullmatch(month):
        raise Refused(NO_MONTH)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_at(tx.database, desk, Action.DRAFT_REWARD, desk.hall)
        _person(tx, desk, staff)
        tx.record(RewardGiven(staff, month, kind, plain(ground), amount_fen, plain(text)))
    return Reason(GIVEN, {"month": month, "reward": Reason(REWARD_WORDS[kind]), "staff": staff})


def _entry(tx: Write, desk: Desk, reward: str, *, withdraws: bool = False) -> RewardRow:
    """The entry, if the person may do it: his own draft he may take back himself."""
    row = rows.reward(tx.database, reward)
    own = row is not None and row.by == desk.staff and not row.published_t
    refuse_at(tx.database, desk, Action.DRAFT_REWARD if own and withdraws else Action.GIVE_REWARD, desk.hall)
    if row is None or row.hall != desk.hall:
        raise Refused(NO_SUCH_REWARD)
    if row.withdrawn_t:
        raise Refused(WITHDRAWN_ALREADY)
    return row


def publish_reward(desk: Desk, now: Moment, reward: str) -> Reason:
    """Made known inside the hall (K23). Raises Refused."""
    with desk.journal.write(desk.staff, now) as tx:
        row = _entry(tx, desk, reward)
        if row.published_t:
            raise Refused(PUBLISHED_ALREADY)
        tx.record(RewardPublished(row.id, row.staff, row.month))
    return _said(PUBLISHED, row)


def withdraw_reward(desk: Desk, now: Moment, reward: str, reason: str) -> Reason:
    """Taken back with its reason; the row stays. Raises Refused."""
    if not plain(reason):
        raise Refused(WRITE_SOMETHING)
    with desk.journal.write(desk.staff, now) as tx:
        row = _entry(tx, desk, reward, withdraws=True)
        tx.record(RewardWithdrawn(row.id, row.staff, row.month, plain(reason)))
    return _said(TAKEN_BACK, row)


def _said(words: str, row: RewardRow) -> Reason:
    reward = Reason(REWARD_WORDS[RewardKind(row.reward)])
    return Reason(words, {"month": row.month, "reward": reward, "staff": row.staff})
