"""The lower half of the hall board: people waiting by group, what waits for the leader, today; wide also what happened."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import _
from hallterm.rules.exact import percent
from hallterm.rules.numbers import window_number
from hallterm.rules.proposals import Proposal
from hallterm.screens.counter_words import used
from hallterm.screens.hall_words import (
    ABSENT,
    LEVEL_INKS,
    LEVEL_MARKS,
    ask_text,
    event_text,
    hh_mm,
    proposal_text,
    warning_pieces,
    warning_text,
)
from hallterm.widgets.cells import cut, fit, right, spread, width
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.dispatch_words import step_text
from hallterm.workflows.hall_look import AskLine, GroupLine, HallBoard, WarningLine
from hallterm.workflows.proposing import key_of
from hallterm.workflows.ticketing import group_name
from storage.views.dispatch import DispatchRow

GROUP_CELLS = 6
TOTAL_CELLS = 8
HEAD_CELLS = 5


class What(StrEnum):
    """What can wait for a leader."""

    WARNING = "warning"
    ASK = "ask"
    PROPOSAL = "proposal"
    DAY_END = "day_end"
    PLAN = "plan"


class Item(Struct, frozen=True):
    """One thing that waits; ``key`` stays the same as long as it is the same thing."""

    what: What
    key: str
    warning: WarningLine | None = None
    ask: AskLine | None = None
    proposal: Proposal | None = None
    window: str = ""


def items(board: HallBoard) -> list[Item]:
    """What is left when the hall closed, the checklist of a full hall, warnings by level, what people ask for, proposals."""
    by_staff = {one.row.staff: one.row.code for one in board.windows if one.row.staff}
    found = [Item(What.DAY_END, What.DAY_END.value)] if board.is_over and board.undecided else []
    if board.crowded and len(done_of(board)) < len(board.steps):
        found.append(Item(What.PLAN, What.PLAN.value))
    found += [
        Item(What.WARNING, one.row.id, warning=one, window=by_staff.get(one.row.about, one.row.about))
        for one in board.warnings
    ]
    found += [Item(What.ASK, one.id, ask=one, window=one.window) for one in board.asks]
    return found + [
        Item(What.PROPOSAL, "/".join(key_of(one)), proposal=one, window=one.window) for one in board.proposals
    ]


class Room(Struct, frozen=True):
    """So many rows of so many cells."""

    rows: int
    cells: int


def item_rows(found: Sequence[Item], at: int, board: HallBoard, ends: str, room: Room) -> list[Row]:
    """The things that wait, the marked one among them."""
    if not found:
        return [" " + _("Nothing waits for you")]
    first = max(0, min(at - room.rows + 1, len(found) - room.rows))
    shown = list(enumerate(found))[first : first + room.rows]
    return [item_row(one, board, room.cells, ends, chosen=place == at) for place, one in shown]


def item_row(item: Item, board: HallBoard, cells: int, ends: str, *, chosen: bool) -> Row:
    """One line; the chosen one is marked, says what its keys do, and is never hidden by colour."""
    mark = ">" if chosen else " "
    if item.warning is not None:
        pieces = warning_pieces(item.warning, mark)
    elif item.ask is not None:
        pieces = [(f"{mark}{_('Asks')} {ask_text(item.ask)}", Ink.PLAIN)]
    elif item.proposal is not None:
        pieces = [(f"{mark}{_('Hint')} {proposal_text(item.proposal, board.names)}", Ink.PLAIN)]
    elif item.what is What.PLAN:
        pieces = [(f"{mark}{_('Crowd')} {plan_text(board)}", Ink.RED)]
    else:
        left = _("the hours are over, {count} tickets are left").format(count=len(board.undecided))
        pieces = [(f"{mark}{_('Close')} {left}", Ink.YELLOW)]
    return _with_end(pieces, f" {ends} " if ends and chosen else "", cells)


def done_of(board: HallBoard) -> dict[str, DispatchRow]:
    """What was done of the steps that the checklist has now, in its order."""
    done = {one.to: one for one in board.plan}
    return {step: done[step] for step in board.steps if step in done}


def plan_text(board: HallBoard) -> str:
    """``1/4  10:44 more guides``; what is still to be done comes after it."""
    done = done_of(board)
    said = [f"{hh_mm(one.at_t)} {step_text(step)}" for step, one in done.items()]
    to_do = [step_text(step) for step in board.steps if step not in done]
    sentence = _("{done}/{all}  {said}  to do: {to_do}")
    return sentence.format(done=len(done), all=len(board.steps), said="  ".join(said), to_do=", ".join(to_do))


def explained(item: Item, board: HallBoard, yes: str) -> str:
    """Why it is there, whole, and what happens without an answer."""
    if item.warning is not None:
        return _("{what}. It comes again every {minutes} minutes until {yes}").format(
            what=warning_text(item.warning), minutes=board.again_min, yes=yes
        )
    if item.ask is not None:
        return _("{what}. More than three wait: a leader allows it").format(what=ask_text(item.ask))
    if item.proposal is not None:
        return _("{what} Nothing happens without {yes}").format(what=proposal_text(item.proposal, board.names), yes=yes)
    if item.what is What.PLAN:
        return _("The list of a full hall stays until each thing on it is done: {what}").format(what=plan_text(board))
    return _("What is left without a decision is given up when the day is closed")


def _with_end(pieces: Sequence[Piece], end: str, cells: int) -> Row:
    room = cells - width(end)
    kept: list[Piece] = []
    for text, ink in pieces:
        shown = cut(text, room - sum(width(one) for one, _ink in kept))
        kept.append((shown, ink))
    gap = room - sum(width(one) for one, _ink in kept)
    return (*kept, (" " * max(0, gap) + end, Ink.PLAIN))


# people waiting


def group_rows(board: HallBoard, cells: int) -> list[Row]:
    """Three rows, a column a group, and the sum."""
    shown = board.groups[: (cells - HEAD_CELLS - TOTAL_CELLS) // GROUP_CELLS]
    oldest = min((one.oldest_t for one in board.groups if one.oldest_t), default=0)
    lines = (
        (_("Grp"), [_label(one) for one in shown], _("All")),
        (_("Que."), [str(one.waiting) for one in shown], str(sum(one.waiting for one in board.groups))),
        (_("From"), [hh_mm(one.oldest_t) for one in shown], hh_mm(oldest)),
    )
    return [
        " " + fit(head, HEAD_CELLS - 1) + "".join(right(one, GROUP_CELLS) for one in values) + right(total, TOTAL_CELLS)
        for head, values, total in lines
    ]


def _label(group: GroupLine) -> str:
    name = group_name(group.prefix)
    return fit(f"{group.prefix}{name}", GROUP_CELLS - 1).rstrip() if width(name) <= 4 else f"{group.prefix}{name[:4]}"


def group_list(board: HallBoard, cells: int) -> list[Row]:
    """The same with a row a group: estimate and open windows; wide screens."""
    rows: list[Row] = [_group_line(_("Group"), _("Waiting"), _("Longest"), _("Windows"), _("Estimate"), cells)]
    for one in board.groups:
        estimate = ABSENT if one.estimate_min is None else _("{minutes} min").format(minutes=one.estimate_min)
        name = f"{one.prefix} {group_name(one.prefix)}"
        rows.append(_group_line(name, str(one.waiting), hh_mm(one.oldest_t), str(one.windows), estimate, cells))
    return rows


def _group_line(name: str, waiting: str, oldest: str, windows: str, estimate: str, cells: int) -> str:
    return fit(
        " " + fit(name, 14) + right(waiting, 8) + right(oldest, 9) + right(windows, 9) + right(estimate, 12), cells
    )


# today


def today_row(board: HallBoard) -> str:
    """Row 21."""
    today = board.today
    share = percent(today.overtime, today.timed)
    parts = [
        _("Today {services}").format(services=today.services),
        _("over {overtime} = {share} %").format(overtime=today.overtime, share=ABSENT if share is None else share),
    ]
    if board.longest is not None:
        one = board.longest
        values = {"over": used(one.over_s), "window": window_number(one.window), "code": one.code}
        parts.append(_("max +{over} W{window} {code} {time}").format(**values, time=hh_mm(one.end_t)))
    parts += [
        _("left {count}").format(count=today.no_shows),
        _("bad {count}").format(count=board.bad),
        _("unrated {count}").format(count=today.unrated),
    ]
    return " " + "  ".join(parts)


# wide: what happened


def history(board: HallBoard, height: int, cells: int) -> list[Row]:
    """The last steps of leaders, newest first."""
    rows: list[Row] = [" " + _("What leaders did last")]
    rows += [" " + event_text(one) for one in board.events] or [" " + _("nothing yet")]
    return [spread(str(row), "", cells) for row in rows[:height]]


def handled_rows(board: HallBoard, height: int, cells: int) -> list[Row]:
    """The warnings of the day that somebody answered for, newest first."""
    rows: list[Row] = []
    for one in reversed(board.handled):
        level = one.row.level
        did = _("{time} {by}: {did}").format(time=hh_mm(one.row.acknowledged_t), by=one.by, did=one.row.did)
        text = f" {LEVEL_MARKS[level]} {warning_text(one)}"
        rows.append(((fit(text, cells // 2), LEVEL_INKS[level]), (" " + did, Ink.PLAIN)))
    return rows[:height]


def beside(left: Sequence[Row], other: Sequence[Row], cells: int, height: int) -> list[Row]:
    """Two lists side by side with a line between."""
    rows: list[Row] = []
    for place in range(height):
        at_left = str(left[place]) if place < len(left) else ""
        at_right = str(other[place]) if place < len(other) else ""
        rows.append(fit(at_left, cells) + "|" + at_right)
    return rows


def waiting_beside_history(board: HallBoard, height: int, cells: int) -> list[Row]:
    """Groups at the left, what leaders did at the right."""
    half = cells // 2
    return beside(group_list(board, half), history(board, height, cells - half - 1), half, height)
