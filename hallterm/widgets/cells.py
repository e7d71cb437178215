"""Text in terminal cells: made harmless, measured, cut and aligned. A Chinese character is two cells.

Names and numbers of people are hostile until they went through :func:`literal`; every other function here, and
:class:`hallterm.widgets.lines.Lines`, does that by itself. Nothing here ever reads markup.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

CUT = ".."
# Controls, formats (among them joiners and direction marks), unassigned, private, surrogates, line ends, combining.
_DROPPED = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Me", "Mn")


def literal(text: str) -> str:
    """The text without what a terminal would obey or draw over its neighbours; all other characters stay."""
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if ch in "\t\n\r" else ch for ch in text if ch in "\t\n\r" or unicodedata.category(ch) not in _DROPPED)
    return "".join(kept)


def width(text: str) -> int:
    """Cells the text takes on the terminal."""
    return cell_len(literal(text))


def cut(text: str, cells: int) -> str:
    """At most so many cells; what does not fit ends with ``..``."""
    text = literal(text)
    if cell_len(text) <= cells:
        return text
    return head(text, cells - len(CUT)) + CUT if cells > len(CUT) else head(text, cells)


def head(text: str, cells: int) -> str:
    """As many whole characters from the left as fit."""
    kept, used = [], 0
    for ch in literal(text):
        used += cell_len(ch)
        if used > cells:
            break
        kept.append(ch)
    return "".join(kept)


def tail(text: str, cells: int) -> str:
    """As many whole characters from the right as fit."""
    return head(literal(text)[::-1], cells)[::-1]


def middle(text: str, cells: int) -> str:
    """At most so many cells; cut in the middle, for names of matters that differ in their last words."""
    text = literal(text)
    if cell_len(text) <= cells:
        return text
    room = cells - len(CUT)
    if room <= 0:
        return head(text, cells)
    end = tail(text, room // 2)
    return head(text, room - cell_len(end)) + CUT + end


def folded(text: str, cells: int, rows: int = 9) -> list[str]:
    """The text on so many rows at most: broken between parts, which stand two spaces apart, else between words."""
    gap = "  " if "  " in text else " "
    lines = [""]
    for part in text.split(gap):
        longer = f"{lines[-1]}{gap}{part}" if lines[-1] else part
        if width(longer) <= cells or not lines[-1] or len(lines) == rows:
            lines[-1] = longer
        else:
            lines.append(part)
    return [cut(line, cells) for line in lines]


def fit(text: str, cells: int) -> str:
    """Exactly so many cells, from the left."""
    return set_cell_size(cut(text, cells), cells)


def right(text: str, cells: int) -> str:
    """Exactly so many cells, to the right edge."""
    text = cut(text, cells)
    return " " * (cells - cell_len(text)) + text


def spread(left: str, end: str, cells: int) -> str:
    """One text at each edge; the left one is cut one blank before they would meet."""
    end = cut(end, cells)
    room = cells - cell_len(end)
    if end and width(left) > room:
        left = cut(left, room - 1)
    return fit(left, room) + end
