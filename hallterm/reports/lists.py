"""R07 and R08: the services over their limit, and those without a rating, one line each."""

from __future__ import annotations

from hallterm.assessing_settings import duty_pct_at
from hallterm.locale import N_, _
from hallterm.reports.asked import Asked
from hallterm.reports.efficiency import SECONDS
from hallterm.reports.model import By, Cell, Column, Drill, Kind, Row, Table
from hallterm.rules.exact import percent
from hallterm.rules.numbers import window_number
from hallterm.rules.ratings import evaluation_rate, unrated_rule
from hallterm.rules.words import Reason, Value
from storage.facts import UnratedReason
from storage.views.reporting_rows import OvertimeRow, UnratedLine, overtime, unrated_lines

DAY = Column("day", N_("Day"), Kind.DAY)
TIME = Column("time", N_("Time"), Kind.TIME)
WINDOW = Column("window", N_("Win"), Kind.COUNT)
NAME = Column("staff_name", N_("Name"), Kind.TEXT, widest=8)
MATTER = Column("matter", N_("Matter"), Kind.TEXT, widest=26)
STAFF = Column("staff", N_("Number"), Kind.TEXT, widest=6)
OVERTIME_COLUMNS = (
    *(DAY, TIME, WINDOW, NAME, MATTER),
    Column("quantity", N_("Quantity"), Kind.COUNT),
    Column("limit", N_("Limit"), Kind.SECONDS, SECONDS),
    Column("counted", N_("Used"), Kind.SECONDS, SECONDS),
    Column("over_by", N_("Over by"), Kind.SECONDS, SECONDS),
    Column("excluded", N_("Excluded"), Kind.SECONDS, SECONDS),
    STAFF,
)
UNRATED_COLUMNS = (
    *(DAY, TIME, NAME, MATTER),
    Column("reason", N_("Reason"), Kind.TEXT, widest=20),
    Column("changed_from", N_("Before"), Kind.TEXT, widest=20),
    Column("exempt", N_("Exempt"), Kind.TEXT),
    Column("skipped", N_("Skipped"), Kind.TEXT),
    STAFF,
)
OF_TIMED = N_("{count} of {timed} timed services, {share} %")
OF_DUTY = N_("{rated} of {due} rated, {rate} %; {duty} % have to be")
OF_UNRATED = N_("{count} unrated, {exempt} of them exempt, {skipped} noted by the clerk himself")


def build_overtime(asked: Asked) -> Table:
    """Skips nothing: each service over its limit is one line, the longest over first."""
    found = overtime(asked.db, asked.span, asked.scope.staff)
    timed = sum(one.timed for one in asked.sums("hall", wanted=("timed",)))
    rows = tuple(Row(_overtime(asked, one), Drill(service=one.service)) for one in found)
    over = sum(one.counted_s - one.limit_s for one in found)
    sums = (sum(one.quantity for one in found), None, None, over, sum(one.excluded_s for one in found), None)
    values: dict[str, Value] = {"count": len(found), "timed": timed, "share": str(percent(len(found), timed) or "--")}
    total = Row((*(None,) * (len(OVERTIME_COLUMNS) - len(sums)), *sums))
    return Table(OVERTIME_COLUMNS, rows, total, (Reason(OF_TIMED, values),), "over_by", ("staff_name", "matter"))


def _overtime(asked: Asked, one: OvertimeRow) -> tuple[Cell, ...]:
    who = (one.day, one.end_t, window_number(one.window), asked.name_of(By.CLERK, one.staff))
    times = (one.limit_s, one.counted_s, one.counted_s - one.limit_s, one.excluded_s)
    return (*who, matter_text(asked, one.code), one.quantity, *times, one.staff)


def matter_text(asked: Asked, code: str) -> str:
    """Its code and its name."""
    return f"{code} {asked.name_of(By.MATTER, code)}"


def build_unrated(asked: Asked) -> Table:
    """``skipped``: the clerk noted the reason himself, the time to rate had not run out."""
    found = unrated_lines(asked.db, asked.span, asked.scope.staff)
    rows = tuple(Row(_unrated(asked, one), Drill(service=one.service)) for one in found)
    values: dict[str, Value] = {
        "count": len(found),
        "exempt": sum(one.exempt for one in found),
        "skipped": sum(_is_skipped(one) for one in found),
    }
    sums = (str(len(found)), None, str(values["exempt"]), str(values["skipped"]), None)
    total = Row((*(None,) * (len(UNRATED_COLUMNS) - len(sums)), *sums))
    return Table(UNRATED_COLUMNS, rows, total, (Reason(OF_UNRATED, values), _of_duty(asked)), "reason", ("reason",))


def _of_duty(asked: Asked) -> Reason:
    """The evaluation rate, and what it has to be."""
    found = asked.sums("hall", wanted=("rated", "unrated", "exempt"))
    rated = sum(one.rated for one in found)
    due = rated + sum(one.unrated - one.exempt for one in found)
    duty_pct = duty_pct_at(asked.db, asked.scope.halls[0], min(asked.period.last, asked.today))
    rate = evaluation_rate(rated, due)
    return Reason(OF_DUTY, {"rated": rated, "due": due, "rate": str(rate or "--"), "duty": duty_pct})


def _is_skipped(one: UnratedLine) -> bool:
    return bool(one.by) and one.by == one.staff


def _unrated(asked: Asked, one: UnratedLine) -> tuple[Cell, ...]:
    before = "" if one.first_reason == one.reason else reason_words(one.first_reason)
    who = (one.day, one.at_t, asked.name_of(By.CLERK, one.staff), matter_text(asked, one.code))
    flags = (_("yes") if one.exempt else "", _("yes") if _is_skipped(one) else "")
    return (*who, reason_words(one.reason), before, *flags, one.staff)


def reason_words(reason: str) -> str:
    """The words of a reason; what a newer program wrote stands as it is."""
    known = reason in UnratedReason.__members__.values()
    return _(unrated_rule(UnratedReason(reason)).label) if known else reason
