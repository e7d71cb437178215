"""R16 and R17: the week of each clerk with the leader's word, and the rewards and penalties that were published."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hallterm.locale import N_, _
from hallterm.rating_scales import bad_count, sums_by_scale
from hallterm.reports.asked import Asked
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.reports.period import sum_keys
from hallterm.reports.satisfaction import WANTED as RATED
from hallterm.rules.calendar import days
from hallterm.rules.day import local
from hallterm.rules.periods import week_of
from hallterm.rules.words import Reason
from storage.facts import RewardKind
from storage.views.assessment import clerks
from storage.views.cases import CommentRow, RewardRow, comments, rewards
from storage.views.figures import Sums, added

WANTED = ("services", "quantity", "overtime", "rated", "unrated")
COMMENT_COLUMNS = (
    Column("staff", N_("Number"), Kind.TEXT, widest=6),
    Column("staff_name", N_("Name"), Kind.TEXT, widest=8),
    Column("services", N_("Services"), Kind.COUNT),
    Column("quantity", N_("Quantity"), Kind.COUNT),
    Column("overtime", N_("Overtime"), Kind.COUNT),
    Column("rated", N_("Rated"), Kind.COUNT),
    Column("unrated", N_("Unrated"), Kind.COUNT),
    Column("bad", N_("Bad"), Kind.COUNT),
    Column("comment", N_("Comment"), Kind.TEXT, widest=40),
    Column("by", N_("Written by"), Kind.TEXT, widest=8),
)
REWARD_COLUMNS = (
    Column("staff", N_("Number"), Kind.TEXT, widest=6),
    Column("staff_name", N_("Name"), Kind.TEXT, widest=8),
    Column("month", N_("Month"), Kind.TEXT),
    Column("reward", N_("Reward or penalty"), Kind.TEXT),
    Column("ground", N_("For what"), Kind.TEXT, widest=30),
    Column("amount", N_("Yuan"), Kind.SCORE),
    Column("text", N_("In words"), Kind.TEXT, widest=20),
    Column("published", N_("Published"), Kind.DAY),
)
KINDS = {RewardKind.REWARD: N_("reward"), RewardKind.PENALTY: N_("penalty")}
SAID = N_("{done} of {all} clerks have a comment")
NOT_YET = N_("{count} entries are not published and not shown; {withdrawn} were withdrawn")


def build_comments(asked: Asked) -> Table:
    """One line a clerk of the hall, with or without a comment."""
    hall = asked.scope.halls[0]
    figures = {one.staff: one for one in asked.sums("staff", wanted=WANTED) if one.staff}
    said, bad = _said(asked, hall), _bad(asked)
    people = sorted({staff for staff, _hall in clerks(asked.db, [hall])} | set(figures) | set(said))
    people = [staff for staff in people if asked.scope.staff in ("", staff)]
    rows = tuple(
        Row(_week(asked, staff, figures.get(staff), bad[staff], said.get(staff, [])), Drill(hall=hall, staff=staff))
        for staff in people
    )
    total = Row(("", "", *_counts(added(figures.values()) if figures else None, bad.total()), None, None))
    note = Reason(SAID, {"done": sum(staff in said for staff in people), "all": len(people)})
    return Table(COMMENT_COLUMNS, rows, total, (note,), "services", ("staff_name",))


def _said(asked: Asked, hall: str) -> dict[str, list[CommentRow]]:
    """By clerk the comments of the weeks that begin in the period, the first week first."""
    found: dict[str, list[CommentRow]] = {}
    weeks = [week_of(day) for day in days(asked.period.first, asked.period.last)]
    for code in dict.fromkeys(one.code for one in weeks if asked.period.holds(one.first)):
        for one in comments(asked.db, [hall], code):
            found.setdefault(one.staff, []).append(one)
    return found


def _bad(asked: Asked) -> Counter[str]:
    """Bad ratings by clerk."""
    keys, scope = sum_keys(asked.period), asked.scope
    found: Counter[str] = Counter()
    for scale, one in sums_by_scale(asked.db, keys, scope.halls, ("staff",), RATED, scope.staff):
        found[one.staff] += bad_count(scale, one) if one.staff else 0
    return found


def _counts(found: Sums | None, bad: int) -> tuple[Cell, ...]:
    if found is None:
        return (None,) * 6
    return (found.services, found.quantity, found.overtime, found.rated, found.unrated, bad)


def _week(asked: Asked, staff: str, found: Sums | None, bad: int, said: list[CommentRow]) -> tuple[Cell, ...]:
    name = asked.name_of(By.CLERK, staff)
    names = dict.fromkeys(asked.name_of(By.CLERK, one.by) for one in said)
    words = ("; ".join(one.text for one in said), _(", ").join(names)) if said else (None, None)
    return (staff, name, *_counts(found, bad), *words)


def build_rewards(asked: Asked) -> Table:
    """What was published and stands; the sum is of rewards less penalties."""
    months = asked.period.months
    found = rewards(asked.db, asked.scope.halls, months[0], months[-1])
    found = [one for one in found if asked.scope.staff in ("", one.staff)]
    shown = [one for one in found if one.published_t and not one.withdrawn_t]
    rows = tuple(Row(_reward(asked, one), Drill(hall=one.hall, staff=one.staff)) for one in shown)
    money = sum(-one.amount_fen if one.reward == RewardKind.PENALTY else one.amount_fen for one in shown)
    total = Row(("", "", "", "", "", yuan(money) if shown else None, "", None))
    withdrawn = sum(bool(one.withdrawn_t) for one in found)
    note = Reason(NOT_YET, {"count": len(found) - len(shown) - withdrawn, "withdrawn": withdrawn})
    return Table(REWARD_COLUMNS, rows, total, (note,), "amount", ("staff_name",))


def yuan(fen: int) -> Decimal:
    """Money in yuan, exact."""
    return Decimal(fen) / 100


def _reward(asked: Asked, one: RewardRow) -> tuple[Cell, ...]:
    return (
        one.staff,
        asked.name_of(By.CLERK, one.staff),
        one.month,
        _(KINDS[RewardKind(one.reward)]),
        one.ground,
        (-yuan(one.amount_fen) if one.reward == RewardKind.PENALTY else yuan(one.amount_fen))
        if one.amount_fen
        else None,
        one.text,
        local(one.published_t).date().isoformat(),
    )
