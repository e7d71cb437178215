"""Big digits and letters of reversed spaces: no block character, so that every terminal shows them in the right width.

A glyph is 5 points high and 5 wide (the digit one and the hyphen too, so that numbers stand still when they change);
a point is two cells wide, or one where a long number would not fit.
"""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.widgets.lines import Ink, Piece

ROWS = 5
POINT = "#"

GLYPHS: Mapping[str, tuple[str, str, str, str, str]] = {
    "0": (" ### ", "#   #", "#   #", "#   #", " ### "),
    "1": ("  #  ", " ##  ", "  #  ", "  #  ", " ### "),
    "2": ("#### ", "    #", " ### ", "#    ", "#####"),
    "3": ("#### ", "    #", " ### ", "    #", "#### "),
    "4": ("#   #", "#   #", "#####", "    #", "    #"),
    "5": ("#####", "#    ", "#### ", "    #", "#### "),
    "6": (" ### ", "#    ", "#### ", "#   #", " ### "),
    "7": ("#####", "    #", "   # ", "  #  ", "  #  "),
    "8": (" ### ", "#   #", " ### ", "#   #", " ### "),
    "9": (" ### ", "#   #", " ####", "    #", " ### "),
    "A": (" ### ", "#   #", "#####", "#   #", "#   #"),
    "B": ("#### ", "#   #", "#### ", "#   #", "#### "),
    "C": (" ####", "#    ", "#    ", "#    ", " ####"),
    "D": ("#### ", "#   #", "#   #", "#   #", "#### "),
    "E": ("#####", "#    ", "#### ", "#    ", "#####"),
    "F": ("#####", "#    ", "#### ", "#    ", "#    "),
    "G": (" ####", "#    ", "#  ##", "#   #", " ####"),
    "H": ("#   #", "#   #", "#####", "#   #", "#   #"),
    "J": ("  ###", "    #", "    #", "#   #", " ### "),
    "K": ("#   #", "#  # ", "###  ", "#  # ", "#   #"),
    "L": ("#    ", "#    ", "#    ", "#    ", "#####"),
    "V": ("#   #", "#   #", "#   #", " # # ", "  #  "),
    "-": ("     ", "     ", " ### ", "     ", "     "),
    " ": ("     ", "     ", "     ", "     ", "     "),
}
_UNKNOWN = ("#####", "#   #", "#   #", "#   #", "#####")


def big_width(text: str, point_cells: int = 2) -> int:
    """Cells the big text takes."""
    return len(text) * 6 * point_cells - point_cells if text else 0


def point_cells_for(text: str, cells: int) -> int:
    """Two cells a point where the text fits, else one."""
    return 2 if big_width(text, 2) <= cells else 1


def big_rows(text: str, point_cells: int = 2) -> tuple[str, ...]:
    """Five rows of ``#`` and spaces, each exactly :func:`big_width` cells."""
    glyphs = [GLYPHS.get(character, _UNKNOWN) for character in text.upper()]
    gap = " " * point_cells
    return tuple(gap.join(_wide(glyph[row], point_cells) for glyph in glyphs) for row in range(ROWS))


def _wide(points: str, point_cells: int) -> str:
    return "".join(point * point_cells for point in points)


def big_pieces(row: str) -> tuple[Piece, ...]:
    """One row of :func:`big_rows` to draw: points become reversed spaces."""
    pieces: list[Piece] = []
    for point in row:
        ink = Ink.REVERSE if point == POINT else Ink.PLAIN
        if pieces and pieces[-1][1] is ink:
            pieces[-1] = (pieces[-1][0] + " ", ink)
        else:
            pieces.append((" ", ink))
    return tuple(pieces)
