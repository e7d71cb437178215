"""What stands where the terminal has room: the queue beside the held tickets, the last services, the groups in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hallterm.locale import _, language
from hallterm.rules.labels import HOLD_WORDS
from hallterm.rules.queue import class_rule
from hallterm.rules.ratings import unrated_rule
from hallterm.rules.slots import Slot
from hallterm.screens.counter_case import advice_rows, call_to_action, group_name
from hallterm.screens.counter_panel import Panel, padded
from hallterm.screens.counter_side import figures, head, ruled
from hallterm.screens.counter_wide import SERVICES_SHOWN, TICKETS_SHOWN, TicketLine, WideView
from hallterm.screens.counter_words import ABSENT, hh_mm, used
from hallterm.widgets.cells import fit, folded, middle, right, spread, width
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.seen import GroupLine, HeldLine
from hallterm.workflows.ticketing import GroupEstimate
from storage.facts import HoldReason, UnratedReason, WindowState
from storage.views import DoneRow

Keys = Mapping[Slot, str]

QUEUE_CELLS = 42
DONE_FROM = 12
"""Rows of the lower area that belong to a list, or to queue and held tickets; the services stand below."""
OVER_MARK: Piece = ("[R] ", Ink.RED)
NO_MARK: Piece = ("    ", Ink.PLAIN)


def roomy_rows(view: WideView, keys: Keys, cells: int, height: int) -> list[Row]:
    """The lower area while no list is open."""
    idle = view.window.state is WindowState.IDLE
    first = call_to_action(view, keys) if idle else " " + "-" * (cells - 2)
    queue = padded(_queue(view), DONE_FROM - 1)
    held = padded(_held(view, cells - QUEUE_CELLS), DONE_FROM - 1)
    beside: list[Row] = [fit(str(left), QUEUE_CELLS) + str(end) for left, end in zip(queue, held, strict=True)]
    return with_done([first, *beside], view, cells, height)


def with_done(rows: Sequence[Row], view: WideView, cells: int, height: int) -> list[Row]:
    """A list, and below it the last services of the day."""
    kept = padded(rows, max(len(rows), DONE_FROM))
    return padded([*kept, *_done(view, cells)], height)


def _queue(view: WideView) -> list[str]:
    """The tickets in the order in which this window calls them."""
    if not view.queue:
        return [" " + _("nobody is waiting")]
    title = _("Next {count}").format(count=len(view.queue))
    header = _ticket_row(title, _("Class"), _("Group"), _("Issued"), _("Pts"))
    return [header, *(_ticket(line) for line in view.queue[:TICKETS_SHOWN])]


def _ticket(line: TicketLine) -> str:
    label = _(class_rule(line.cls).label)
    return _ticket_row(f" {line.number}", label, group_name(line.prefix), hh_mm(line.issued_t), str(line.points))


def _ticket_row(number: str, cls: str, group: str, since: str, points: str) -> str:
    return f" {fit(number, 9)}{fit(cls, 12)}{fit(group, 10)}{right(since, 6)}{right(points, 4)}"


def _held(view: WideView, cells: int) -> list[str]:
    """All held tickets that fit, longest held first."""
    header = spread(" " + _("Held {count}").format(count=len(view.held)), _("Held since") + " ", cells)
    return [header, *(_held_row(line, cells) for line in view.held)] if view.held else [""]


def _held_row(line: HeldLine, cells: int) -> str:
    code = line.matter.code if line.matter else ABSENT
    word = _(HOLD_WORDS[HoldReason(line.reason)])
    return spread(f"  {fit(line.number, 8)}{fit(word, 11)}{code}", f"{hh_mm(line.held_t)} ", cells)


def _done(view: WideView, cells: int) -> list[Row]:
    """The services this clerk finished last, newest first."""
    if not view.done:
        return []
    title = _("Done last, {shown} of {count}").format(shown=len(view.done), count=view.today.services)
    rated_cells = 18 if language() == "en" else 16
    header = _done_cells(f" {title}", "", _("(min:s)"), NO_MARK, _("Rating"), cells - rated_cells)
    return [header, *(_done_row(one, cells - rated_cells) for one in view.done[:SERVICES_SHOWN])]


def _done_row(one: DoneRow, cells: int) -> Row:
    start = f"  {hh_mm(one.end_t)}  {fit(one.number or ABSENT, 8)}{one.code} "
    name = one.name_en if language() == "en" and one.name_en else one.name_zh
    return _done_cells(start, name, used(one.counted_s), OVER_MARK if one.overtime else NO_MARK, _rated(one), cells)


def _done_cells(start: str, name: str, taken: str, mark: Piece, rated: str, cells: int) -> Row:
    room = cells - width(start) - 8 - 1 - 4
    text = start + fit(middle(name, room), room) + right(taken, 8) + " "
    return ((text, Ink.PLAIN), mark, (rated, Ink.PLAIN))


def _rated(one: DoneRow) -> str:
    """Rated, never how; or why not."""
    if one.rating == "unrated" and one.unrated_reason in tuple(UnratedReason):
        return _(unrated_rule(UnratedReason(one.unrated_reason)).label)
    return {"rated": _("rated"), "unrated": _("unrated")}.get(one.rating, "")


def noted(panel: Panel, cells: int) -> list[Row]:
    """The rows of a list, with the notes in them: there is room, and the column at the right keeps its own."""
    return [
        _noted(row, panel.notes[place], cells) if place in panel.notes else row for place, row in enumerate(panel.rows)
    ]


def _noted(row: Row, note: str, cells: int) -> Row:
    text = row if isinstance(row, str) else "".join(piece for piece, _ink in row)
    label, _gap, end = text.rstrip().rpartition(" " * 4)
    start, end = (label.rstrip(), end.strip()) if label else (text.rstrip(), "")
    return ((spread(f"{start}   ({note})", f"{end}  ", cells), Ink.DIM),)


def roomy_side(view: WideView, keys: Keys, cells: int, height: int) -> list[Row]:
    """The column at the right: each group with its open windows and what a new ticket would wait; figures; advice."""
    room = cells - 2
    estimates = {one.prefix: one for one in view.estimates}
    ranks = {one.prefix: one for one in view.groups}
    prefixes = [*ranks, *(prefix for prefix in estimates if prefix not in ranks)]
    rows = [head(view), _group_cells(room, _("Group"), "", _("Nr"), _("Since"), _("Open"), _("About"))]
    rows += [_group(prefix, ranks.get(prefix), estimates.get(prefix), room) for prefix in prefixes]
    rows += ["-" * room, *figures(view)]
    advice = [line for row in advice_rows(view, keys) if row for line in _advice(str(row), room)]
    if advice:
        rows += ["-" * room, *advice]
    rows = [*rows[:height], *[""] * (height - len(rows))]
    return [ruled(text) for text in rows]


def _advice(text: str, room: int) -> list[str]:
    first, *others = folded(text.strip(), room - 2)
    return [first, *(f"  {line}" for line in others)]


def _group(prefix: str, line: GroupLine | None, estimate: GroupEstimate | None, room: int) -> str:
    rank = line.rank if line else 2
    minutes = estimate.estimate_min if estimate else None
    return _group_cells(
        room,
        group_name(prefix),
        (_("own"), _("also"), "")[rank],
        str(line.count if line else 0),
        hh_mm(line.oldest_t if line else 0),
        str(estimate.windows) if estimate else ABSENT,
        ABSENT if minutes is None else _("{minutes} min").format(minutes=minutes),
    )


def _group_cells(room: int, name: str, own: str, count: str, since: str, windows: str, about: str) -> str:
    start = fit(name, 13) + fit(own, 5)
    return start + right(count, 4) + right(since, 7) + right(windows, 6) + right(about, room - 36) + " "
