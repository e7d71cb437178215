"""The lower area of the counter (rows 11-21): one numbered list at a time; a digit picks from it and acts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from msgspec import Struct

from hallterm.widgets.cells import spread
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.desk import Desk, Done
from storage.facts import Moment

Work = Callable[[Desk, Moment], Done]
LEFT_CELLS = 52


class Kind(Enum):
    """Which list it is."""

    MATTERS = "matters"
    WALK_UP = "walk_up"
    WALK_UP_REASON = "walk_up_reason"
    PAUSE = "pause"
    BREAK = "break"
    UNRATED = "unrated"
    HOLD = "hold"
    HELD = "held"
    TRANSFER = "transfer"


class Choice(Struct, frozen=True):
    """What a digit does: run ``work``; with ``noted`` first ask for words; or open the matter field.

    ``what`` is the thing being saved, in words; ``refused`` says why it cannot be chosen now.
    """

    what: str
    work: Work | None = None
    noted: Callable[[str], Work] | None = None
    refused: str = ""
    field: bool = False


class Panel(Struct, frozen=True):
    """One list: its rows from row 11 on, what stands beside them (by row of the panel), and its digits.

    ``pressed``: the moment its key was pressed, from which its choice counts; ``accepts``: row 23 while it is open.
    """

    kind: Kind
    rows: tuple[Row, ...]
    choices: Mapping[int, Choice]
    notes: Mapping[int, str] = {}
    pressed: Moment | None = None
    accepts: str = ""


def choice_row(digit: int | None, text: str, end: str, cells: int, refused: bool = False) -> Row:
    """``  1  text            end  ``; without a digit only listed; refused with ``-`` before the digit."""
    number = "   " if digit is None else f"{' -' if refused else '  '}{digit}"
    row = spread(f"{number}  {text}", f"{end}  ", cells) if end else f"{number}  {text}"
    return ((row, Ink.DIM),) if refused else row


def head_row(text: str, end: str, cells: int) -> Row:
    """The question above a list."""
    return spread(f"  {text}", f"{end}  ", cells)


def padded(rows: Sequence[Row], height: int) -> list[Row]:
    """The rows, filled up with empty ones."""
    return [*rows[:height], *[""] * (height - len(rows))]
