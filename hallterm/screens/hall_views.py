"""The other views of the hall board (F7): overtime of today, the hour profile, the order of the next tickets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import _
from hallterm.rules.numbers import window_number
from hallterm.rules.queue import class_rule
from hallterm.screens.counter_words import matter_text, used
from hallterm.screens.hall_hours import HourLine
from hallterm.screens.hall_words import ABSENT, hh_mm, place_text
from hallterm.widgets.cells import fit, right
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.hall_look import HallBoard
from storage.facts import Moment, TicketClass


class View(StrEnum):
    """What the upper half shows."""

    WINDOWS = "windows"
    OVERTIME = "overtime"
    HOURS = "hours"
    ORDER = "order"


class Shape(Struct, frozen=True):
    """The room there is, and the moment."""

    height: int
    cells: int
    now: Moment


VIEWS = (View.WINDOWS, View.OVERTIME, View.HOURS, View.ORDER)
BAR_CELLS = 40


def chosen_of(view: View, board: HallBoard, hours: Sequence[HourLine]) -> Sequence[object]:
    """The things that its rows stand for."""
    listed: Mapping[View, Sequence[object]] = {
        View.WINDOWS: board.windows,
        View.OVERTIME: board.overtimes,
        View.HOURS: hours,
        View.ORDER: board.waits,
    }
    return listed[view]


def view_rows(view: View, board: HallBoard, hours: Sequence[HourLine], at: int, shape: Shape) -> list[Row]:
    """A header and the rows, the chosen one among them."""
    head, texts = _hours(hours) if view is View.HOURS else DRAWN[view](board, shape.now)
    height, cells = shape.height, shape.cells
    if not texts:
        return [head, " " + _("nothing yet")]
    top = max(0, min(at - height + 1, len(texts) - height)) if at >= height else 0
    rows: list[Row] = []
    for place, text in enumerate(texts[top : top + height], top):
        rows.append(((fit(f">{text}", cells), Ink.REVERSE),) if place == at else f" {text}")
    return [head, *rows]


def _overtime(board: HallBoard, _now: Moment) -> tuple[str, list[str]]:
    head = _columns(_("W"), _("Person"), _("Matter"), _("Done"), _("used"), _("limit"), _("over"))
    rows = []
    for one in board.overtimes:
        name = board.names.get(one.staff, one.staff)
        times = (hh_mm(one.end_t), used(one.counted_s), used(one.limit_s), used(one.counted_s - one.limit_s))
        matter = board.matters.get(one.code)
        text = matter_text(matter, 33) if matter is not None else one.code
        rows.append(_columns(str(window_number(one.window)), name, text, *times))
    return " " + head, rows


def _columns(window: str, name: str, matter: str, *times: str) -> str:
    return f"{right(window, 2)} {fit(name, 11)}{fit(matter, 34)}" + "".join(right(one, 7) for one in times)


def _hours(hours: Sequence[HourLine]) -> tuple[str, list[str]]:
    """Bars of characters that every terminal has; the figures stand before them."""
    head = f" {fit(_('Hour'), 7)}{right(_('Windows'), 8)}{right(_('Waiting'), 8)}{right(_('Served'), 8)}"
    most = max([one.waiting for one in hours], default=0) or 1
    rows = []
    for one in hours:
        bar = "#" * round(one.waiting * BAR_CELLS / most)
        figures = f"{right(str(one.windows), 8)}{right(str(one.waiting), 8)}{right(str(one.handled), 8)}"
        rows.append(f"{fit(one.hour, 7)}{figures}  {bar}")
    return head, rows


def _order(board: HallBoard, now: Moment) -> tuple[str, list[str]]:
    head = (
        f" {fit(_('Ticket'), 9)}{fit(_('Class'), 14)}{fit(_('Group'), 7)}{right(_('Taken'), 7)}{right(_('Waits'), 7)}"
    )
    rows = []
    for one in board.waits:
        cls = "" if one.cls is TicketClass.NORMAL else _(class_rule(one.cls).label)
        minutes = str(max(0, now.t - one.issued_t) // 60_000)
        may = " ".join(str(window_number(code)) for code in one.windows) or ABSENT
        to = place_text(one.to) if one.to else may
        text = (
            f"{fit(one.number, 9)}{fit(cls, 14)}{fit(one.prefix, 7)}{right(hh_mm(one.issued_t), 7)}{right(minutes, 7)}"
        )
        rows.append(f"{text}   {to}")
    return f"{head}   {_('Windows')}", rows


DRAWN: Mapping[View, Callable[[HallBoard, Moment], tuple[str, list[str]]]] = {
    View.OVERTIME: _overtime,
    View.ORDER: _order,
}
