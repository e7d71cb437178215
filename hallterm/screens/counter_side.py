"""Rows 4-21 at the right: who waits in which group, and the clerk's own figures of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hallterm.locale import _
from hallterm.screens.counter_case import group_name
from hallterm.screens.counter_words import ABSENT, hh_mm
from hallterm.widgets.cells import cut, fit, right, width
from hallterm.widgets.lines import Row
from hallterm.workflows.seen import CounterView, GroupLine
from hallterm.workflows.ticketing import GROUPS

CELLS = 28
GROUPS_SHOWN = 4
FIGURES_AT = 8
VALUE_EDGE = 25


def side_rows(view: CounterView, cells: int, height: int, notes: Mapping[int, str]) -> list[Row]:
    """The column with its ``|``; ``notes`` (by row) stand in place of a figure, beside the list they belong to."""
    room = height - FIGURES_AT - 10
    shown = GROUPS_SHOWN + max(0, room)
    queue = [head(view), _columns(cells), *_groups(view.groups, shown, cells)]
    queue += [""] * (2 + shown + 1 - len(queue))
    rows = [*queue, "-" * (cells - 2), *figures(view)]
    rows += [""] * (height - len(rows))
    return [beside(notes[place], cells) if place in notes else ruled(text) for place, text in enumerate(rows)]


def beside(note: str, cells: int) -> str:
    """A note at the list it belongs to; a long one stands closer."""
    return f"|  {note}" if width(note) <= cells - 3 else f"| {note}"


def ruled(text: str) -> str:
    """A row behind the ``|`` of the column."""
    return f"|{text}" if text.startswith("---") else f"| {text}"


def head(view: CounterView) -> str:
    """How many wait, and the groups of this window."""
    window = view.window
    text = _("Waiting {count}").format(count=view.waiting_all)
    gap = "   " if len(window.primary_groups) + len(window.secondary_groups) < 4 else "  "
    own = _("own {groups}").format(groups=" ".join(window.primary_groups) or ABSENT)
    text += f"{gap}{own}"
    if window.secondary_groups:
        text += "  " + _("also {groups}").format(groups=" ".join(window.secondary_groups))
    return text


def _columns(cells: int) -> str:
    extra = " " * (cells - CELLS)
    return fit(_("Group"), 11) + extra + right(_("Nr"), 4) + right(_("Since"), 8)


def _group_row(name: str, count: int, oldest_t: int, cells: int) -> str:
    return fit(name, 11 + cells - CELLS) + right(str(count), 4) + right(hh_mm(oldest_t), 8)


def _groups(groups: Sequence[GroupLine], shown: int, cells: int) -> list[str]:
    rows = [_group_row(group_name(one.prefix), one.count, one.oldest_t, cells) for one in groups[:shown]]
    rest = groups[shown:]
    others = len(GROUPS) - len(rows)
    if others > 0:
        oldest = min((one.oldest_t for one in rest if one.oldest_t), default=0)
        name = _("{count} others").format(count=others)
        rows.append(_group_row(name, sum(one.count for one in rest), oldest, cells))
    return rows


def figures(view: CounterView) -> list[str]:
    """The clerk's own figures of today."""
    today = view.today
    credit = f"{today.std_milliminutes // 1000}.{today.std_milliminutes % 1000 // 100}"
    rate = ABSENT if view.evaluation_rate is None else f"{view.evaluation_rate} %"
    figures = (
        (_("Finished"), str(today.services)),
        (_("Overtime"), str(today.overtime)),
        (_("Rated"), str(today.rated)),
        (_("Unrated"), str(today.unrated)),
        (_("Evaluation rate"), rate),
        (_("Standard minutes"), credit),
        (_("Signed on"), hh_mm(view.punch_t)),
        (_("Last break"), hh_mm(view.break_t)),
    )
    return [_named(_("Today"), view.staff.name), *(_figure(name, value) for name, value in figures)]


def _figure(name: str, value: str) -> str:
    return name + right(value, max(width(value) + 1, VALUE_EDGE - 2 - width(name)))


def _named(word: str, name: str) -> str:
    name = cut(name, CELLS - 3 - width(word))
    return word + " " * max(1, VALUE_EDGE - 3 - width(word) - width(name)) + name
