"""The cells of a screen as the terminal holds them."""

from __future__ import annotations

from wcwidth import wcswidth, wcwidth

from tests.end_to_end.terminal import Terminal


def grid(terminal: Terminal, columns: int, rows: int) -> list[list[str]]:
    """The cells as the terminal holds them; the second half of a wide character is empty."""
    return [[terminal.cell(row, column).data for column in range(1, columns + 1)] for row in range(1, rows + 1)]


def broken_rows(cells: list[list[str]]) -> list[int]:
    """Rows in which half of a wide character stands alone, or that have not exactly their cells."""
    return [number for number, row in enumerate(cells, 1) if not _is_whole(row)]


def _is_whole(row: list[str]) -> bool:
    halves = [column for column, sign in enumerate(row) if sign == ""]
    wide = [column + 1 for column, sign in enumerate(row) if sign and wcwidth(sign[0]) == 2]
    return halves == wide and wcswidth("".join(row)) == len(row)


def lines_between_panes(cells: list[list[str]]) -> set[int]:
    """Columns (from 1) of the line between the panes, over all rows of the body."""
    body = cells[3:-3]
    return {row.index("|") + 1 for row in body if "|" in row} | ({0} if any("|" not in row for row in body) else set())
