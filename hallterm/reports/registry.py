"""The reports there are, as data: name, who may, of what time and place, what a row is, who builds it. Business rule 17.

A builder is ``module:function`` below :mod:`hallterm.reports`, imported when the report is made; so is a detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hallterm.locale import N_
from hallterm.reports.model import By
from hallterm.rules.periods import PeriodKind
from storage.access import Action

DAYS = (PeriodKind.DAY, PeriodKind.WEEK)
MONTHS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR)
ANY_TIME = (*DAYS, *MONTHS, PeriodKind.FREE)
DAY_OR_MONTH = (PeriodKind.DAY, PeriodKind.MONTH)
LISTED = (*DAYS, PeriodKind.MONTH)


class Spec(Struct, frozen=True, kw_only=True):
    """One report. ``rows`` are what a row may stand for; ``one_hall``: it is made for one hall, not for several;
    ``own``: it is made for one person; ``detail``: what opens a line that only this report can open;
    ``of_work``: it shows work, so the share that the tax software verified stands at its head.
    """

    id: str
    name: str
    builder: str
    periods: tuple[PeriodKind, ...]
    rows: tuple[By, ...] = ()
    one_hall: bool = False
    own: bool = False
    detail: str = ""
    of_work: bool = False
    action: Action = Action.SEE_FIGURES


_ROWS = (
    Spec(
        id="R01",
        name=N_("Satisfaction"),
        builder="satisfaction:build",
        periods=(*MONTHS, PeriodKind.FREE),
        rows=(By.HALL, By.CLERK),
    ),
    Spec(
        id="R02",
        name=N_("Assessment"),
        builder="assessment:build",
        of_work=True,
        periods=(*MONTHS, PeriodKind.FREE),
        rows=(By.HALL, By.CLERK),
    ),
    Spec(
        id="R03",
        name=N_("Workload"),
        builder="workload:build",
        of_work=True,
        periods=ANY_TIME,
        rows=(By.HALL, By.CLERK, By.MATTER),
    ),
    Spec(
        id="R04",
        name=N_("Efficiency"),
        builder="efficiency:build",
        of_work=True,
        periods=ANY_TIME,
        rows=(By.HALL, By.CLERK, By.MATTER),
    ),
    Spec(
        id="R05",
        name=N_("Queue"),
        builder="queue:build",
        periods=LISTED,
        rows=(By.GROUP, By.HOUR),
        one_hall=True,
        detail="details:tickets",
    ),
    Spec(
        id="R06",
        name=N_("Hours of the day"),
        builder="hours:build",
        periods=LISTED,
        one_hall=True,
        detail="details:hour_services",
    ),
    Spec(id="R07", name=N_("Overtime list"), builder="lists:build_overtime", periods=LISTED, one_hall=True),
    Spec(id="R08", name=N_("Unrated list"), builder="lists:build_unrated", periods=LISTED, one_hall=True),
    Spec(
        id="R09",
        name=N_("Bad ratings and their cases"),
        builder="bad_ratings:build",
        periods=(*MONTHS, PeriodKind.FREE),
        action=Action.SEE_RANKING,
    ),
    Spec(
        id="R10",
        name=N_("Attendance table"),
        builder="attendance_table:build",
        periods=(*MONTHS, PeriodKind.FREE),
        rows=(By.HALL, By.CLERK),
        detail="details:half_days",
        action=Action.SEE_ATTENDANCE,
    ),
    Spec(
        id="R11",
        name=N_("Pauses and excluded time"),
        builder="excluded:build",
        periods=LISTED,
        one_hall=True,
        detail="pauses:pauses",
    ),
    Spec(id="R12", name=N_("Faults and back-entries"), builder="outages:build", periods=LISTED, one_hall=True),
    Spec(
        id="R15",
        name=N_("Warnings"),
        builder="warned:build",
        periods=LISTED,
        one_hall=True,
        action=Action.SEE_RANKING,
    ),
    Spec(
        id="R16",
        name=N_("Weekly comments"),
        builder="comments:build_comments",
        periods=(PeriodKind.WEEK, PeriodKind.MONTH),
        one_hall=True,
        action=Action.READ_COMMENTS,
    ),
    Spec(
        id="R17",
        name=N_("Rewards and penalties"),
        builder="comments:build_rewards",
        periods=(*MONTHS, PeriodKind.FREE),
        action=Action.READ_COMMENTS,
    ),
    Spec(
        id="R19",
        name=N_("Beyond the hours"),
        builder="beyond_hours:build",
        periods=(*DAYS, *MONTHS),
        one_hall=True,
        detail="details:beyond_services",
        action=Action.SEE_ATTENDANCE,
    ),
    Spec(
        id="R20",
        name=N_("Use of service points"),
        builder="points:build",
        periods=(PeriodKind.WEEK, PeriodKind.MONTH),
    ),
    Spec(
        id="R26",
        name=N_("Adjustments of frozen months"),
        builder="adjustments:build",
        periods=(*MONTHS, PeriodKind.FREE),
        action=Action.SEE_SCORES,
    ),
    Spec(
        id="R29",
        name=N_("My figures"),
        builder="own:build",
        of_work=True,
        periods=LISTED,
        own=True,
        action=Action.SEE_OWN_FIGURES,
    ),
    Spec(
        id="R30",
        name=N_("Quality of the data"),
        builder="quality:build",
        of_work=True,
        periods=ANY_TIME,
    ),
    Spec(id="R31", name=N_("Audit log"), builder="audit:build", periods=LISTED, action=Action.VIEW_AUDIT),
)
REPORTS: Final[Mapping[str, Spec]] = {one.id: one for one in _ROWS}
