"""The list of the editor: which row is chosen, and which rows are seen."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.screens.editor_page import Item, Page
from hallterm.widgets.lines import Ink, Row


class RowList:
    """The cursor in a list of which so many rows are seen at once."""

    def __init__(self) -> None:
        self.cursor = 0
        self._top = 0

    def begin(self) -> None:
        """Another list: its first row."""
        self.cursor = self._top = 0

    def chosen(self, items: Sequence[Item]) -> Item | None:
        """The row under the cursor."""
        return items[min(self.cursor, len(items) - 1)] if items else None

    def move(self, key: str, count: int, seen: int) -> None:
        """An arrow, a page or an end."""
        by = {"up": -1, "down": 1, "pageup": -seen, "pagedown": seen}.get(key, 0)
        self.cursor = {"home": 0, "end": count - 1}.get(key, max(0, min(count - 1, self.cursor + by)))

    def rows(self, page: Page, items: Sequence[Item], seen: int, cells: int) -> list[Row]:
        """The header and the rows that are seen, the chosen one among them."""
        self.cursor = max(0, min(self.cursor, len(items) - 1))
        self._top = min(max(self._top, self.cursor - seen + 1), self.cursor)
        rows: list[Row] = [page.header(cells)]
        for place, item in enumerate(items[self._top : self._top + seen], self._top):
            row = page.row(item, cells)
            if place == self.cursor:
                rows.append(((f">{row}", Ink.REVERSE),))
            else:
                rows.append(((f" {row}", Ink.PLAIN if item.active else Ink.DIM),))
        return rows

    def where(self, count: int, seen: int) -> str:
        """``1-12/73``: what is seen of how many."""
        return f"{self._top + 1}-{min(self._top + seen, count)}/{count}" if count else "--"
