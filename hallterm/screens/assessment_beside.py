"""Beside the parts of a person's page: comments, rewards, the running month, and the last months as table and line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hallterm.locale import _
from hallterm.own_history import Beside, MonthPoints
from hallterm.reports.assessment import TOTAL
from hallterm.rules.day import local
from hallterm.rules.exact import half_up
from hallterm.screens.assessment_words import PART_NAMES, points
from hallterm.screens.cases_rewards import yuan
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.lines import Row
from hallterm.widgets.report_bars import Point, trend
from hallterm.workflows.comments import REWARD_WORDS
from storage.facts import Part, RewardKind
from storage.views.cases import RewardRow

LABEL_CELLS = 11
MOST_COMMENTS = 4
TREND_ROWS = 8
NONE = "--"


def beside_rows(found: Beside, clock: str, cells: int, height: int) -> list[Row]:
    """As many comments as there is room for, one at least; the rest is on page 26."""
    below = [_rewards(found)]
    if found.so_far is not None:
        below.append(so_far_text(found.so_far, clock))
    room = max(1, min(MOST_COMMENTS, height - len(below)))
    said = [
        _("{day} week {week}: {text}   {by}").format(
            day=f"{local(one.at_t):%m-%d}",
            week=int(one.week[-2:]),
            text=one.text,
            by=found.names.get(one.by, one.by),
        )
        for one in found.comments[:room]
    ] or [NONE]
    comments = [f" {fit(_('Comments') if not place else '', LABEL_CELLS)}{text}" for place, text in enumerate(said)]
    rows: list[Row] = [cut(text, cells) for text in (*comments, *below)]
    return rows


def _rewards(found: Beside) -> str:
    texts = [_reward(one) for one in found.rewards]
    return f" {fit(_('Rewards'), LABEL_CELLS)}{'   '.join(texts) or NONE}"


def _reward(one: RewardRow) -> str:
    what = _("{yuan} yuan").format(yuan=yuan(one.amount_fen)) if one.amount_fen else one.text
    return f"{one.month} {_(REWARD_WORDS[RewardKind(one.reward)])} {what} {one.ground}".rstrip()


def so_far_text(one: MonthPoints, clock: str) -> str:
    """The running month, whatever time is looked at."""
    text = _("this month so far {total}~ (ratings up to yesterday, the rest up to {time})")
    return " " + text.format(total=points(one.total), time=clock)


def trend_rows(months: Sequence[MonthPoints], cells: int, height: int) -> list[Row]:
    """The points of each month, and the totals as a line of points."""
    heads = [_(PART_NAMES[part]) for part in Part]
    head = f" {fit(_('Month'), 9)}" + "".join(right(name, 13) for name in heads) + right(_("Total"), 10)
    rows: list[Row] = [head]
    for one in months:
        mark = "~" if one.running else " "
        parts = "".join(right(points(one.parts[part]), 13) for part in Part)
        rows.append(f" {fit(one.month, 9)}{parts}{right(points(one.total), 10)}{mark}")
    drawn = [Point(one.month, _decimal(one.total)) for one in months]
    lines = max(3, min(TREND_ROWS, height - len(rows) - 3))
    return [*rows, "", *trend(drawn, TOTAL, lines, cells)]


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else half_up(value)
