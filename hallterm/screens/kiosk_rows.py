"""Rows of the ticket machine: the list of groups, the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from hallterm.locale import _, language
from hallterm.rules.day import local
from hallterm.widgets.cells import fit, right
from hallterm.widgets.glyphs import big_pieces, big_rows, point_cells_for
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.ticketing import GROUPS, GroupEstimate, Issued, KioskView, explanation, group_name

DIGITS: Mapping[int, str] = dict(zip(range(1, 9), "ABCDEFGH", strict=True)) | {0: "L"}
RARE: tuple[str, ...] = ("J", "K")
OTHER_DIGIT = 9
BIG_CELLS = 66
LIST_ROWS = 20


class Line(Struct, frozen=True):
    """One choice: its digit, name, examples, people waiting and words for the time."""

    digit: int
    name: str
    examples: str
    waiting: int
    wait: str


def list_lines(view: KioskView) -> list[Line]:
    """The first list: common groups by their fixed digits, the rare ones behind 9."""
    by_prefix = {group.prefix: group for group in view.groups}
    lines = [_line(digit, by_prefix[prefix]) for digit, prefix in DIGITS.items() if digit and prefix in by_prefix]
    rare = [by_prefix[prefix] for prefix in RARE if prefix in by_prefix]
    if rare:
        examples = _("more groups (press again)")
        estimates = [group.estimate_min for group in rare if group.estimate_min is not None]
        wait = _minutes(max(estimates)) if estimates else _("no window")
        lines.append(Line(OTHER_DIGIT, _("Others"), examples, sum(group.waiting for group in rare), wait))
    if DIGITS[0] in by_prefix:
        lines.append(_line(0, by_prefix[DIGITS[0]]))
    return lines


def rare_lines(view: KioskView) -> list[Line]:
    """The second list."""
    by_prefix = {group.prefix: group for group in view.groups}
    return [_line(digit, by_prefix[prefix]) for digit, prefix in enumerate(RARE, 1) if prefix in by_prefix]


def _line(digit: int, group: GroupEstimate) -> Line:
    wait = _("no window") if group.estimate_min is None else _minutes(group.estimate_min)
    return Line(digit, group_name(group.prefix), _(GROUPS[group.prefix][1]), group.waiting, wait)


def _minutes(minutes: int) -> str:
    return _("{minutes} min").format(minutes=minutes) if minutes else _("no wait")


def group_rows(lines: Sequence[Line], cells: int) -> list[Row]:
    """The list with its header, a blank row between the first ones, the last two close together."""
    waiting, about = _("Waiting"), _("About")
    head = f"  {fit(_('Press a digit'), 42)}{right(waiting, 10)}{right(about, 25)}"
    rows: list[Row] = [fit(head, cells)]
    close = [line for line in lines if line.digit in (OTHER_DIGIT, 0)]
    for line in lines:
        if line not in close[1:] or len(close) < 2:
            rows.append("")
        rows.append(_row(line, cells))
    return rows


def _row(line: Line, cells: int) -> Row:
    people = _("{count} p.").format(count=line.waiting)
    names = 16 if language() == "zh_CN" else 19
    start = fit(f"   {line.digit}    {line.name}", names)
    return fit(f"{start}{fit(line.examples, 48 - names)}{right(people, 6)}{right(line.wait, 25)}", cells)


def number_rows(issued: Issued, now_t: int, printer: str) -> list[Row]:
    """The number big, how many are before it, and how the estimate came about."""
    points = point_cells_for(issued.number, BIG_CELLS)
    rows: list[Row] = ["  " + _("Your number"), ""]
    rows += [(((" " * 10), Ink.PLAIN), *big_pieces(row)) for row in big_rows(issued.number, points)]
    about = _("no window is open yet")
    if issued.estimate_min is not None:
        about = _("about {minutes} min").format(minutes=issued.estimate_min) if issued.estimate_min else _("no wait")
    figures = (
        group_name(issued.prefix),
        _("{count} before you").format(count=issued.ahead),
        about,
        _("now {time}").format(time=f"{local(now_t):%H:%M}"),
    )
    rows += ["", "  " + "   ".join(figures), "  " + explanation(issued.estimate).text()]
    rows.append("  " + _("Take the slip; go to the window when your number is called or shown"))
    rows.append("  " + _("If you must leave, tell the guide: it can be taken up again for 30 min"))
    if printer != "ready":
        words = _("! No slip is printed: note {number} down, or ask at the guide's desk. It is valid")
        rows.append((("  " + words.format(number=issued.number), Ink.YELLOW),))
    return rows
