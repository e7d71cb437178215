"""The hall board (page 1): windows with their clocks, who waits, what waits for the leader, and dispatch line by line.

Digits switch the pages of the mode; where a list of dispatch is open they answer it. Nothing is carried out by itself.
"""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import ScreenResume, ScreenSuspend

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.hall_below import Room, group_rows, handled_rows, item_rows, today_row, waiting_beside_history
from hallterm.screens.hall_clocks import Clocks
from hallterm.screens.hall_deeds import Deeds
from hallterm.screens.hall_hours import HourLine
from hallterm.screens.hall_rows import CLOCK_CELLS, RIGHT_CELLS, header, left_row, right_row
from hallterm.screens.hall_views import VIEWS, Shape, View, chosen_of, view_rows
from hallterm.screens.hall_words import row_2
from hallterm.screens.mode_screen import InMode
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.bars import is_roomy, reasons_text
from hallterm.widgets.field import Field, RowField
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Lines, Row
from hallterm.workflows.hall_look import HallBoard, WindowLine
from storage.facts import Moment

WINDOW_ROWS = 8
WIDE_WINDOW_ROWS = 12
WIDE_GROUP_ROWS = 12
AROUND = 6
STEPS = {"up": -1, "down": 1}


class HallBoardScreen(InMode, AskingScreen):
    """The board of the PC's hall. The chosen window keeps the cursor when rows come and go, the chosen item its mark."""

    in_mode = "hall_page"
    DEFAULT_CSS = """
    HallBoardScreen #head { height: 1; }
    HallBoardScreen #windows { height: 8; }
    HallBoardScreen.-wide.-tall #windows { height: 12; }
    HallBoardScreen #clocks { width: 10; }
    HallBoardScreen #groups { width: 16; }
    HallBoardScreen #full { height: 8; display: none; }
    HallBoardScreen.-wide.-tall #full { height: 12; }
    HallBoardScreen.-full #full { display: block; }
    HallBoardScreen.-full #windows { display: none; }
    HallBoardScreen #below { height: 1fr; }
    HallBoardScreen #last { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="hall-board")
        self.board: HallBoard | None = None
        self.deeds = Deeds(self)
        self.clocks = Clocks(self)
        self.view = View.WINDOWS
        self.input = RowField(id="last")
        self.at = 0
        self.hours: tuple[HourLine, ...] = ()
        self._window = ""
        self._top = 0

    def compose_body(self) -> ComposeResult:
        yield Lines(id="head")
        with Horizontal(id="windows"):
            yield Lines(id="left")
            yield Lines(id="clocks")
            yield Lines(id="groups")
        yield Lines(id="full")
        yield Lines(id="below")
        yield self.input

    # what is known

    def on_screen_resume(self, event: ScreenResume) -> None:
        self._forget()
        super().on_screen_resume(event)

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        self._forget()
        super().on_screen_suspend(event)

    def _forget(self) -> None:
        """Nothing of it stays for who comes next to this screen."""
        self.board, self.view, self.at, self._window, self._top = None, View.WINDOWS, 0, "", 0
        self.deeds.forget()
        self.say("")

    def show_view(self, view: Any) -> None:
        if isinstance(view, HallBoard):
            self.board = view
            self.deeds.seen(view)
            if self.is_current:
                self.repaint()

    @property
    def roomy(self) -> bool:
        return is_roomy(*self.size)

    @property
    def window_rows(self) -> int:
        """How many windows are seen at once."""
        return WIDE_WINDOW_ROWS if self.roomy else WINDOW_ROWS

    @property
    def chosen(self) -> WindowLine | None:
        """The window under the cursor."""
        lines = self.board.windows if self.board is not None else ()
        return next((one for one in lines if one.row.code == self._window), lines[0] if lines else None)

    def choose(self, window: str) -> None:
        """Move the cursor to a window."""
        if self.board is not None and any(one.row.code == window for one in self.board.windows):
            self._window = window

    def seen_windows(self) -> list[WindowLine]:
        """The windows on the screen, the chosen one among them."""
        board, chosen, room = self.board, self.chosen, self.window_rows
        if board is None or chosen is None:
            return []
        lines = list(board.windows)
        at = lines.index(chosen)
        self._top = max(0, min(max(self._top, at - room + 1), at, max(0, len(lines) - room)))
        return lines[self._top : self._top + room]

    # what is drawn

    def paint(self) -> None:
        board, cells = self.board, self.size.width
        self._draw_keys()
        self.set_class(self.view is not View.WINDOWS, "-full")
        if board is None:
            self.title_in_mode("", "", _("Hall board and dispatch"))
            return
        self.title_in_mode(board.hall.name, board.staff, _("Hall board and dispatch"))
        self.set_health(row_2(board, self.host.now().t, cells))
        self._draw_top(board, cells)
        room = max(1, self.size.height - AROUND - 2 - self.window_rows)
        form = self.deeds.form
        self._line("below", *(form.rows(cells, room) if form is not None else self._below(board, cells, room)))
        if not self.input.is_field:
            self.input.show(["" if form is not None else today_row(board)])

    def _draw_top(self, board: HallBoard, cells: int) -> None:
        if self.view is not View.WINDOWS:
            shape = Shape(self.window_rows, cells, self.host.now())
            rows = view_rows(self.view, board, self.hours, self.at, shape)
            self._line("head", rows[0])
            self._line("full", *rows[1:])
            return
        self._line("head", header(cells))
        seen, left = self.seen_windows(), cells - CLOCK_CELLS - RIGHT_CELLS
        doubtful = bool(board.health.host_away_t)
        rows_left = [left_row(one, left, chosen=one is self.chosen, doubtful=doubtful) for one in seen]
        self._line("left", *(rows_left or [" " + _("There is no window")]))
        self._line("groups", *(right_row(one) for one in seen))
        self.clocks.draw(seen)

    def _below(self, board: HallBoard, cells: int, room: int) -> list[Row]:
        """What stands under the windows: who waits, what waits, and, where there is room, what was done."""
        left_over = room - 2 - (WIDE_GROUP_ROWS if self.roomy else 3)
        listed = item_rows(self.deeds.items, self.deeds.place, board, self.deeds.ends, Room(left_over, cells))
        if self.roomy:
            listed += handled_rows(board, max(0, left_over - len(listed)), cells)
        middle = waiting_beside_history(board, WIDE_GROUP_ROWS, cells) if self.roomy else group_rows(board, cells)
        return [self._rule(board, cells), *middle, "-" * cells, *listed]

    def _rule(self, board: HallBoard, cells: int) -> str:
        count, room = len(board.windows), self.window_rows
        if self.view is not View.WINDOWS or count <= room:
            return "-" * cells
        where = f"{self._top + 1}-{min(self._top + room, count)}/{count}"
        return "-" * (cells - len(where) - 2) + f" {where} "

    def _draw_keys(self) -> None:
        keys = self.deeds.bar()
        menu = self.slot(Slot.CTRL_P, _("Menu"))
        self.set_keys([*(self.slot(key.slot, key.label, key.refused or None) for key in keys), menu])
        if self.field is None:
            named = [(self.key_of(self.slot_action(key.slot)), key.refused) for key in keys if key.refused]
            self.set_reasons(reasons_text(named, self.size.width - 2))

    def second(self) -> None:
        self.clocks.tick()
        self.deeds.writes.second()

    def rest_s(self, now: Moment) -> float:
        return self.clocks.rest_s(now)

    # keys

    def act(self, action: str) -> None:
        keys = {self.slot_action(key.slot): key for key in self.deeds.bar()}
        if action == "back":
            self._back()
        elif action == "menu":
            self.post_message(InMode.Left())
        elif action == "undo":
            self.deeds.writes.take_back()
        elif action in keys:
            key = keys[action]
            if key.refused:
                self.say(f"{self.key_of(action)}  {key.refused}", NOT_DONE)
            else:
                key.do()
                self.repaint()
        else:
            super().act(action)

    def _back(self) -> None:
        if self.deeds.back():
            self.repaint()
        elif self.view is not View.WINDOWS:
            self.turn(View.WINDOWS)
        else:
            self.post_message(InMode.Left())

    def digit(self, digit: int) -> None:
        if self.deeds.digit(digit):
            self.repaint()
        else:
            super().digit(digit)

    def arrow(self, key: str) -> None:
        board = self.board
        if board is None or (key == "up" and self.deeds.up()):
            self.repaint()
            return
        if self.deeds.form is not None:
            return
        if self.view is not View.WINDOWS:
            last = max(0, len(chosen_of(self.view, board, self.hours)) - 1)
            self.at = max(0, min(last, self.at + self._step(key, last)))
        elif (chosen := self.chosen) is not None:
            last = len(board.windows) - 1
            place = max(0, min(last, board.windows.index(chosen) + self._step(key, last)))
            self._window = board.windows[place].row.code
        self.repaint()

    def _step(self, key: str, last: int) -> int:
        room = self.window_rows
        return {**STEPS, "pageup": -room, "pagedown": room, "home": -last, "end": last}.get(key, 0)

    def turn(self, view: View | None = None) -> None:
        """Another view: the next one, or a given one."""
        self.view = view if view is not None else VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self.at = 0
        self.repaint()

    def only_hall(self) -> str:
        """Why no other hall can be chosen here; empty: it can."""
        return _("this PC knows its own hall only")

    def leave_hall(self) -> None:
        """To the list of halls, where there is one."""

    def show_hours(self, hours: tuple[HourLine, ...]) -> None:
        """The hour profile was read."""
        self.hours = hours
        self.repaint()

    # the field of row 21

    def ask_text(self, label: str, hint: str, cells: int) -> None:
        """Open the field; what is typed is taken by F8."""
        self.input.begin(f" {label} ", f" {hint}", cells)
        self.open_field(self.input)
        self.set_reasons(_("{key} takes it over, Esc leaves it").format(key=self.key_of(self.slot_action(Slot.F8))))

    def end_text(self) -> None:
        """Close the field and show its row again."""
        if self.field is not None:
            self.close_field()
            self.input.end()

    def field_entered(self, field: Field) -> None:
        self.say(_("{key} takes it over").format(key=self.key_of(self.slot_action(Slot.F8))))
