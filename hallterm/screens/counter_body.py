"""Rows 4-21 of the counter as widgets: what ticks stands alone, lists are one widget that repaints rows that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from hallterm.locale import _
from hallterm.rules.slots import Slot
from hallterm.screens.counter_case import advice_rows, call_to_action, last_row, row_ten, top_rows
from hallterm.screens.counter_lists import held_text, matters_panel, unrated_panel
from hallterm.screens.counter_panel import Panel, padded
from hallterm.screens.counter_roomy import noted, roomy_rows, roomy_side, with_done
from hallterm.screens.counter_side import side_rows
from hallterm.screens.counter_tick import bar_text, tick_row, tick_word
from hallterm.screens.counter_wide import WideView
from hallterm.screens.counter_words import TICKING, hh_mm
from hallterm.widgets.bars import WIDE_FROM, is_roomy, reasons_rows
from hallterm.widgets.cells import spread, width
from hallterm.widgets.field import RowField
from hallterm.widgets.lines import Lines, Row
from hallterm.workflows.seen import CounterView
from storage.facts import CounterAction, Moment, WindowState

HELD_SHOWN = 3
TICK_CELLS = 28


def case_panel(view: CounterView, keys: Mapping[Slot, str], cells: int) -> Panel | None:
    """The list that a state shows by itself: matters of a called ticket, reasons while the pad asks."""
    if view.window.state is WindowState.CALLED:
        return matters_panel(view, CounterAction.START, cells)
    if view.window.state is WindowState.AWAITING_RATING:
        return unrated_panel(view, keys, cells)
    return None


def resting_rows(view: CounterView, keys: Mapping[Slot, str], cells: int) -> list[Row]:
    """Rows 11-21 while no list is open."""
    between = view.window.state in (WindowState.IDLE, WindowState.BREAK, WindowState.SUBSTITUTED)
    idle = view.window.state is WindowState.IDLE
    rows: list[Row] = [call_to_action(view, keys) if idle else " " + "-" * (cells - 2)]
    held: list[Row] = [" " + _("Held {count}").format(count=len(view.held))] if view.held else [""]
    held += [
        spread(f"   {held_text(one, cells - 11)}", f"{hh_mm(one.held_t)}  ", cells) for one in view.held[:HELD_SHOWN]
    ]
    rows += padded(held, 1 + HELD_SHOWN)
    if not between:
        rows += [last_row(view.last, cells), "", *advice_rows(view, keys)]
    return rows


class CounterBody(Horizontal):
    """The case, the lower area and the column at the right."""

    def __init__(self) -> None:
        super().__init__(id="case")
        self.field = RowField(id="field")

    def compose(self) -> ComposeResult:
        with Vertical(id="left"):
            yield Lines(id="top")
            with Horizontal(classes="one"):
                yield Lines(id="tick")
                yield Lines(id="word")
            yield Lines(id="bar", classes="one")
            yield Lines(id="ten", classes="one")
            yield self.field
            yield Lines(id="lower")
        yield Lines(id="side")

    @property
    def cells(self) -> int:
        """The width of the left part."""
        return self.screen.size.width - self.side_cells

    @property
    def side_cells(self) -> int:
        return 47 if self.screen.size.width >= WIDE_FROM else 28

    @property
    def is_roomy(self) -> bool:
        """Whether there is room for more; a view for a larger screen may still come after the screen has shrunk."""
        return is_roomy(*self.screen.size)

    @property
    def lower_height(self) -> int:
        """Rows from 11 on."""
        return max(0, self.screen.size.height - 12 - reasons_rows(*self.screen.size))

    def _lines(self, name: str) -> Lines:
        return self.query_one(f"#{name}", Lines)

    def show(self, view: CounterView, now: Moment, keys: Mapping[Slot, str], panel: Panel | None) -> None:
        """The whole case, and the list that is open or belongs to the state."""
        rows = top_rows(view, keys, self.cells)
        self._lines("top").show(rows[:4])
        self._lines("ten").show((row_ten(view, keys),))
        if view.window.state in TICKING:
            self.tick(view, now)
            self.show_bar(view, now)
        else:
            self._show_tick(rows[4], self.cells)
            self._lines("word").show(())
            self._lines("bar").show((rows[5],))
        panel = panel or case_panel(view, keys, self.cells)
        height = self.lower_height + 7
        if not self.field.is_field:
            self.show_lower(self._lower_rows(view, keys, panel))
        if isinstance(view, WideView) and self.is_roomy:
            self._lines("side").show(roomy_side(view, keys, self.side_cells, height))
        else:
            notes = {place + 7: text for place, text in panel.notes.items()} if panel else {}
            self._lines("side").show(side_rows(view, self.side_cells, height, notes))

    def _lower_rows(self, view: CounterView, keys: Mapping[Slot, str], panel: Panel | None) -> Sequence[Row]:
        if not (isinstance(view, WideView) and self.is_roomy):
            return panel.rows if panel else resting_rows(view, keys, self.cells)
        if panel:
            return with_done(noted(panel, self.cells), view, self.cells, self.lower_height)
        return roomy_rows(view, keys, self.cells, self.lower_height)

    def show_lower(self, rows: Sequence[Row]) -> None:
        """Rows 11-21."""
        self.field.show(rows[:1])
        self._lines("lower").show(rows[1:])

    def show_found(self, rows: Sequence[Row], view: CounterView) -> None:
        """Rows 12-21, below an open field."""
        if isinstance(view, WideView) and self.is_roomy:
            rows = with_done(["", *rows], view, self.cells, self.lower_height)[1:]
        self._lines("lower").show(rows)

    def tick(self, view: CounterView, now: Moment) -> None:
        """Row 8; painted only where its text changes."""
        row = tick_row(view, now)
        text = row if isinstance(row, str) else "".join(piece for piece, _ink in row)
        self._show_tick(row, max(TICK_CELLS, width(text)))
        word = tick_word(view, now)
        self._lines("word").show((f"   {word}" if word else "",))

    def _show_tick(self, row: Row, cells: int) -> None:
        tick = self._lines("tick")
        wanted = tick.styles.width
        if wanted is None or wanted.value != cells:
            tick.styles.width = cells
        tick.show((row,))

    def show_bar(self, view: CounterView, now: Moment) -> None:
        """Row 9."""
        self._lines("bar").show((bar_text(view, now),))

    def open_entry(self, label: str, hint: str, cells: int) -> None:
        """Row 11 becomes a field."""
        self.field.begin(f"  {label}  ", f"  {hint}", cells)

    def close_entry(self) -> None:
        """Row 11 belongs to the list again."""
        self.field.end()
