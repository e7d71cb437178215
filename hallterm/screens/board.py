"""The hall TV: three last calls in big digits, before that the last ten, and how long each group waits."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.events import ScreenResume

from hallterm import locale
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.frame import Kind
from hallterm.widgets.glyphs import big_pieces, big_rows, big_width, point_cells_for
from hallterm.widgets.lines import Ink, Lines, Piece, Row
from hallterm.workflows.desk import Desk
from hallterm.workflows.hall_tv import BIG_CALLS, BoardView, Call, board_view
from hallterm.workflows.number_host import host_state
from hallterm.workflows.ticketing import GroupEstimate, group_name
from storage.facts import Moment

NEW_FOR_S = 20
AWAY_FOR_MS = 30_000
BIG_CELLS = 48
WORDS_AT, WINDOW_AT, WINDOW_WORD_AT = 50, 57, 70


def read_board(desk: Desk, now: Moment) -> BoardView:
    """What the store watches for this screen."""
    view, host = board_view(desk.journal.database, desk.hall, now), host_state(desk)
    if host is None or host.online or now.t - host.since_t < AWAY_FOR_MS:
        return view
    return replace(view, host_away_t=host.since_t or now.t)


class BoardScreen(AskingScreen):
    """No names, no matters, no keys but the language; the digits stay when nothing new comes."""

    COMPLETE: ClassVar[bool] = False
    DEFAULT_CSS = "BoardScreen #board { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="hall-tv")
        self.view: BoardView | None = None
        self._new = False

    def compose_body(self) -> ComposeResult:
        yield Lines(id="board")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self.ask_store(read_board, self.show_view, writes=False)

    def show_view(self, view: Any) -> None:
        """New calls or figures, told by the store."""
        if isinstance(view, BoardView):
            self.view = view
            self.repaint()

    def tell(self, sentence: str, kind: Kind) -> None:
        """The board never shows an error text of its own."""

    def say(self, text: str, kind: Kind = " ") -> None:
        """There is no row for sentences here but the last one."""
        self._line("keys", f" {text}" if text else self._notice())

    def paint(self) -> None:
        view = self.view
        if view is None:
            return
        self.set_title(view.hall, "", _("Please go to the window"), column=width(view.hall) + 4)
        self._new = self._is_new(view)
        rows: list[Row] = [" >>>" if self._new else ""]
        for number in range(BIG_CALLS):
            rows += self._band(view.calls[number]) if number < len(view.calls) else [""] * 5
            rows.append("")
        before = "   ".join(f"{call.number} {call.window}" for call in view.before)
        waiting = "   ".join(_group(group) for group in view.groups if group.waiting)
        rows.append(" " + cut(f"{_('Before')}   {before}", 78))
        rows.append(" " + cut(f"{_('Waiting')}   {waiting or _('nobody')}", 78))
        self.query_one("#board", Lines).show(rows)

    def repaint(self) -> None:
        super().repaint()
        self._line("keys", self._notice())

    def _notice(self) -> str:
        if self.view is not None and self.view.host_away_t:
            since = f"{local(self.view.host_away_t):%H:%M}"
            return " " + _("Numbers away since {time}: please listen for the call at the windows").format(time=since)
        notice = self.view.notice if self.view else ""
        return f" {_('Notice')}   {notice}" if notice else ""

    def _is_new(self, view: BoardView) -> bool:
        """The newest call is marked for 20 s, so that people see what changed."""
        return bool(view.calls) and 0 <= self.host.now().t - view.calls[0].called_t < NEW_FOR_S * 1000

    def _band(self, call: Call) -> list[Row]:
        number = big_rows(call.number, point_cells_for(call.number, BIG_CELLS))
        window = str(call.window)
        digits = big_rows(window, 2 if len(window) == 1 else 1)
        words = (_("go to"), _("window")) if locale.language() == "zh_CN" else ("-> window", "")
        at = WORDS_AT if locale.language() == "zh_CN" else WORDS_AT - 3
        rows: list[Row] = []
        for row, points in enumerate(number):
            middle = row == len(number) // 2
            pieces: list[Piece] = [(" ", Ink.PLAIN), *big_pieces(points)]
            used = 1 + big_width(call.number, point_cells_for(call.number, BIG_CELLS))
            pieces.append((" " * max(0, at - used), Ink.PLAIN))
            pieces.append((fit(words[0] if middle else "", WINDOW_AT - at), Ink.PLAIN))
            pieces += big_pieces(digits[row])
            pieces.append((" " * (WINDOW_WORD_AT - WINDOW_AT - len(digits[row])), Ink.PLAIN))
            pieces.append((words[1] if middle else "", Ink.PLAIN))
            rows.append(tuple(pieces))
        return rows

    def second(self) -> None:
        if self.view is not None and self._new and not self._is_new(self.view):
            self.repaint()

    def act(self, action: str) -> None:
        if action in (self.slot_action(Slot.F7), "language"):
            locale.use("en" if locale.language() == "zh_CN" else "zh_CN")
            self.repaint()
        else:
            super().act(action)


def _group(group: GroupEstimate) -> str:
    minutes = group.estimate_min
    words = _("{name} {count} p.").format(name=group_name(group.prefix), count=group.waiting)
    return words if minutes is None else f"{words} " + _("{minutes} min").format(minutes=minutes)
