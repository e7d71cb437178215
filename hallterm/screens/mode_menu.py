"""The menu of somebody who works without a window: the pages the person may open, by two digits, arrows and Enter."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import ScreenResume
from textual.message import Message

from hallterm.actions import SLOTS, Slot
from hallterm.locale import _
from hallterm.screens.menu import Entry, MenuPage, entries
from hallterm.widgets.bars import IS_ON
from hallterm.widgets.frame import NOT_DONE, FrameScreen
from hallterm.widgets.lines import Lines

HERE = frozenset({"language", "sign_off"})
ELSEWHERE = frozenset(action.id for action in SLOTS.values())
"""The keys of the bar belong to the page that was left, which is read anew when it comes back."""


class ModeMenuScreen(FrameScreen):
    """What may not be opened is absent; Esc goes back to the page that was left."""

    class Left(Message):
        """Back."""

    class SignedOff(Message):
        """The person leaves."""

    def __init__(self) -> None:
        super().__init__(id="mode-menu")
        self.menu = MenuPage([])

    def compose_body(self) -> ComposeResult:
        yield Lines(id="page")

    def on_screen_resume(self, event: ScreenResume) -> None:
        self._list()
        super().on_screen_resume(event)

    def _list(self) -> None:
        pages = self.host.pages
        self.menu = MenuPage(
            entries(self.host.key_map, lambda one: one.id in HERE or one.id in pages, lambda one: "", {})
        )

    def paint(self) -> None:
        self.set_title("", "", _("Menu"))
        self.query_one("#page", Lines).show(self.menu.rows(max(1, self.size.height - 6), self.size.width))
        self.set_keys([self.slot(Slot.CTRL_P, _("Menu"), mark=IS_ON)])

    def act(self, action: str) -> None:
        if action in ("back", "menu"):
            self.post_message(self.Left())
        elif action in ELSEWHERE:
            self.say(f"{self.key_of(action)}  {_('Esc leads back to the page it belongs to')}", NOT_DONE)
        else:
            super().act(action)

    def digit(self, digit: int) -> None:
        entry = self.menu.digit(digit)
        if entry is not None:
            self._pick(entry)
        elif not self.menu.half_typed:
            self.say(_("That is not in the menu"), NOT_DONE)

    def letter(self, letter: str) -> None:
        entry = self.menu.letter(letter)
        if entry is not None:
            self._pick(entry)
        else:
            self.say(_("That is not in the menu"), NOT_DONE)

    def arrow(self, key: str) -> None:
        self.menu.move(key)
        self.repaint()

    def enter(self) -> None:
        entry = self.menu.chosen()
        if entry is not None:
            self._pick(entry)

    def _pick(self, entry: Entry) -> None:
        self.say("")
        if entry.action.id == "language":
            self.host.change_language()
            self._list()
            self.repaint()
        elif entry.action.id == "sign_off":
            self.post_message(self.SignedOff())
        else:
            self.host.pages[entry.action.id]()
