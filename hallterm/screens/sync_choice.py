"""A numbered list in the body: a digit takes a row at once, ``0`` something that is typed, PgDn the next nine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from hallterm.locale import _
from hallterm.widgets.lines import Row

A_PAGE = 9


class Option(Struct, frozen=True):
    """One row: what it says, and what is done when it is taken."""

    label: str
    take: Callable[[], None]


class Choice:
    """The list while it is open; ``other`` is what ``0`` does, with its label."""

    def __init__(self, title: str, options: Sequence[Option], other: Option | None = None) -> None:
        self.title = title
        self.options = tuple(options)
        self.other = other
        self._top = 0

    def rows(self) -> list[Row]:
        """The title, nine rows at most, the other way, and which of how many are seen."""
        seen = self.options[self._top : self._top + A_PAGE]
        rows: list[Row] = [f" {self.title}", ""]
        rows += [f"  {number}  {option.label}" for number, option in enumerate(seen, 1)]
        if not self.options:
            rows.append("     " + _("nothing to choose"))
        if self.other is not None:
            rows.append(f"  0  {self.other.label}")
        if len(self.options) > A_PAGE:
            where = f"{self._top + 1}-{self._top + len(seen)}/{len(self.options)}"
            rows += ["", f"     {where}   " + _("PgDn and PgUp show the others")]
        return rows

    def digit(self, digit: int) -> Option | None:
        """What a digit takes."""
        if digit == 0:
            return self.other
        seen = self.options[self._top : self._top + A_PAGE]
        return seen[digit - 1] if digit <= len(seen) else None

    def move(self, key: str) -> None:
        """The next nine, or those before."""
        by = {"pagedown": A_PAGE, "pageup": -A_PAGE, "down": A_PAGE, "up": -A_PAGE}.get(key, 0)
        if 0 <= self._top + by < max(1, len(self.options)):
            self._top += by
