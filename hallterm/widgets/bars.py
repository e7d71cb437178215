"""The key bar and the row of reasons above it. Eleven slots, the same columns on every screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from hallterm.actions import Slot
from hallterm.keys import KeyMap, key_name
from hallterm.locale import _, language
from hallterm.widgets.cells import cut, fit, head, width
from hallterm.widgets.lines import Ink, Piece, Row

Mark = Literal[" ", "-", ">"]
WORKS: Mark = " "
NOT_NOW: Mark = "-"
IS_ON: Mark = ">"

WIDE_FROM = 100
ROOMY_FROM = 34
"""Rows; from here on a wide screen has room for lists below its lists, and for two rows of reasons."""
_SPELLED = "Ctrl-"
# Cells of key and label together, the mark before them not counted. English labels have at most five letters.
_CELLS: Mapping[str, tuple[int, ...]] = {
    "zh_CN": (6, 6, 6, 6, 6, 6, 7, 6, 6, 6, 6),
    "en": (7, 6, 7, 7, 6, 6, 7, 6, 6, 5, 6),
}


def is_roomy(cells: int, rows: int) -> bool:
    """Whether a screen shows more than the 80x24 that every terminal has."""
    return cells >= WIDE_FROM and rows >= ROOMY_FROM


def reasons_rows(cells: int, rows: int) -> int:
    """Rows that the reasons above the key bar take on a counter."""
    return 2 if is_roomy(cells, rows) else 1


class SlotView(Struct, frozen=True):
    """One place of the bar: the shown key (see :func:`slot_key`), a translated label, and whether it works."""

    slot: Slot
    key: str
    label: str
    mark: Mark = WORKS


def slot_key(key_map: KeyMap, slot: Slot) -> str:
    """The key of a slot as the 80 column bar spells it; a moved key has its new name; empty: in the menu only."""
    key = key_map.slot_key(slot)
    name = key_name(key) if key else ""
    return name if width(name) <= (3 if slot is Slot.INSERT else 2) else key_name(key, short=True)


def key_row(slots: Iterable[SlotView], cells: int) -> Row:
    """Row 24. A slot that is not given is blank; from 100 columns on Ctrl is spelled and slots stand wider."""
    given = {view.slot: view for view in slots}
    wide = cells >= WIDE_FROM
    pieces: list[Piece] = []
    spelled = [4 if wide and slot.value.startswith("ctrl+") else 0 for slot in Slot]
    used = sum(_CELLS[language()]) + sum(spelled) + len(Slot)
    gap = " " if wide and cells >= used + len(Slot) else ""
    for place, slot in enumerate(Slot):
        room = _CELLS[language()][place] + spelled[place]
        view = given.get(slot)
        if view is None:
            pieces.append((" " * (room + 1) + gap, Ink.PLAIN))
            continue
        key = view.key.replace("^", _SPELLED) if spelled[place] else view.key
        text = view.mark + key + cut_label(view.label, room - width(key))
        pieces.append((fit(text, room + 1) + gap, Ink.DIM if view.mark == NOT_NOW else Ink.PLAIN))
    return tuple(pieces)


def cut_label(label: str, cells: int) -> str:
    """A label never ends with dots: its first letters tell more."""
    return head(label, max(0, cells))


def reasons_text(reasons: Sequence[tuple[str, str]], cells: int, first: Sequence[str] = ()) -> str:
    """``灰键: F5 Ins 先办结本件  ^R 办结后可用``, from (key name, reason) in the order of the bar.

    Keys with the same reason stand together; keys in ``first`` are told first. Where room ends, whole reasons are left
    out and ``..`` stands: the key itself tells its reason when it is pressed.
    """
    groups: dict[str, list[str]] = {}
    for key, reason in sorted(reasons, key=lambda one: one[0] not in first):
        groups.setdefault(reason, []).append(key)
    text = _("Not now:")
    gap = " "
    for reason, keys in groups.items():
        part = f"{gap}{' '.join(keys)} {reason}"
        if width(text) + width(part) > cells - 3:
            return f"{text} .." if groups and gap == "  " else cut(text + part, cells)
        text, gap = text + part, "  "
    return text if groups else ""
