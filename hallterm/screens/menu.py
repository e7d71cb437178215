"""The menu and the help card, as rows of the body: what a person may do, its number, letter and key, and why not now.

A number has two digits and is never used again, a letter is one key; what may not be opened is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from hallterm.actions import ACTIONS, ALWAYS, MENU, Action
from hallterm.keys import KeyMap, key_name
from hallterm.locale import _
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.lines import Ink, Piece, Row

SPLIT = 42
TITLE = 12
TITLE_RIGHT = 22
SECOND_COLUMN_FROM = 21
ROWS = 13


class Entry(Struct, frozen=True):
    """One line of the menu; ``reason`` says why it cannot be done now."""

    action: Action
    title: str
    key: str
    reason: str = ""


def entries(
    key_map: KeyMap, allowed: Callable[[Action], bool], reason: Callable[[Action], str], labels: Mapping[str, str]
) -> list[Entry]:
    """The menu of a person; ``labels`` are the words that keys have now, shown where a title is too long."""
    found = []
    for action in MENU:
        if not allowed(action):
            continue
        title, label = _(action.title), labels.get(action.id, "")
        key = key_map.key_of(action.id)
        shown = label if label and width(title) > TITLE else title
        found.append(Entry(action, shown, _spelled(key), reason(action)))
    return found


def _spelled(key: str) -> str:
    return key_name(key).replace("^", "Ctrl-") if key else ""


class MenuPage:
    """The menu while it is open: its entries, the cursor, and the digits typed so far."""

    def __init__(self, listed: Sequence[Entry]) -> None:
        self.entries = list(listed)
        self.cursor: int | None = None
        self._typed = ""

    def digit(self, digit: int) -> Entry | None:
        """Two digits are a number; None until then, and for a number that is not listed."""
        self._typed += str(digit)
        if len(self._typed) < 2:
            return None
        number, self._typed = int(self._typed), ""
        return next((entry for entry in self.entries if entry.action.number == number), None)

    @property
    def half_typed(self) -> bool:
        """One digit stands, the second is awaited."""
        return bool(self._typed)

    def letter(self, letter: str) -> Entry | None:
        """The entry with this letter."""
        self._typed = ""
        return next((entry for entry in self.entries if entry.action.letter == letter.upper()), None)

    def move(self, key: str) -> None:
        """The cursor up or down, from one column to the next at its end."""
        steps = {"up": -1, "down": 1}
        if key not in steps or not self.entries:
            return
        here = self.cursor if self.cursor is not None else (-1 if key == "down" else 0)
        self.cursor = (here + steps[key]) % len(self.entries)

    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        return None if self.cursor is None else self.entries[self.cursor]

    def rows(self, height: int, cells: int) -> list[Row]:
        """Two columns, numbers below 21 at the left, and what the menu accepts below them."""
        left: list[Entry | None] = [one for one in self.entries if one.action.number < SECOND_COLUMN_FROM]
        other: list[Entry | None] = [one for one in self.entries if one.action.number >= SECOND_COLUMN_FROM]
        rooms = height - 1
        if len(other) > rooms:  # the first of them go below the left ones
            over = len(other) - rooms
            gap: list[Entry | None] = [None] if len(left) + over < rooms else []
            left, other = [*left, *gap, *other[:over]], other[over:]
        rows: list[Row] = []
        for place in range(max(ROWS, len(left), len(other))):
            pieces = self._cell(left, place, SPLIT, TITLE, 7) + self._cell(other, place, cells - SPLIT, TITLE_RIGHT, 10)
            rows.append(tuple(pieces))
        rows += [""] * (height - 2 - len(rows))
        rows.append(" " + _("Type two digits or one letter; Esc goes back"))
        return rows[:height]

    def _cell(self, column: Sequence[Entry | None], place: int, cells: int, title: int, key: int) -> list[Piece]:
        entry = column[place] if place < len(column) else None
        if entry is None:
            return [(" " * cells, Ink.PLAIN)]
        at_cursor = entry is self.chosen()
        mark = ">" if at_cursor else "-" if entry.reason else " "
        text = f"{mark}{entry.action.number:02} {entry.action.letter or ' '} {_columns(entry, title, key, cells - 6)}"
        ink = Ink.REVERSE if at_cursor else Ink.DIM if entry.reason else Ink.PLAIN
        return [(fit(text, cells), ink)]


def _columns(entry: Entry, title: int, key: int, cells: int) -> str:
    """Title, key and reason; a long title takes the room that the others leave."""
    if entry.key and width(entry.title) <= title:
        return fit(entry.title, title) + fit(entry.key, key) + entry.reason
    if not entry.key and width(entry.title) < title + key:
        return fit(entry.title, title + key) + entry.reason
    after = "  ".join(part for part in (entry.key, entry.reason) if part)
    room = cells - (width(after) + 3 if after else 1)
    return fit(entry.title, room) + ("  " + after if after else "")


class CardLine(Struct, frozen=True):
    """One key of the help card: its name, what it does now, and why it does not."""

    key: str
    label: str
    help: str
    reason: str = ""


def card_rows(lines: Iterable[CardLine], key_map: KeyMap, height: int, cells: int) -> list[Row]:
    """The card of a screen: its slots, then the keys that every screen has."""
    rows: list[Row] = [_card_row(line, cells) for line in lines]
    for action in ALWAYS:
        if action.slot is None and (key := key_map.key_of(action.id)):
            rows.append(_card_row(CardLine(_spelled(key), "", f"{_(action.title)}: {_(action.help)}"), cells))
    return (rows + [""] * height)[:height]


def _card_row(line: CardLine, cells: int) -> Row:
    mark = "-" if line.reason else " "
    start = f"{mark}{fit(line.key, 10)}{fit(line.label, 8)}"
    end = f"  ({line.reason})" if line.reason else ""
    text = start + cut(line.help, max(0, cells - 1 - width(start) - width(end))) + end
    return ((text, Ink.DIM if line.reason else Ink.PLAIN),)


def slot_card(labels: Mapping[str, str], key_map: KeyMap, reason: Callable[[str], str]) -> list[CardLine]:
    """The lines of the bar, by action id and the label it has now."""
    return [
        CardLine(_spelled(key_map.key_of(action)) or _("menu"), label, _(ACTIONS[action].help), reason(action))
        for action, label in labels.items()
    ]
