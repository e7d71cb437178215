"""Signing on: number and password, then (where they are needed) a new password and a free window."""

from __future__ import annotations

from enum import Enum
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import ScreenResume
from textual.message import Message

from devices.wedge import ScanKind
from hallterm import locale
from hallterm.actions import SLOTS, Slot
from hallterm.locale import _
from hallterm.rules.day import local
from hallterm.screens.sign_on_base import AskingScreen, seat
from hallterm.screens.sign_on_words import day_lines, window_lines
from hallterm.widgets.cells import fit, width
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Lines
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.sign_on import (
    TOO_EARLY,
    SignedOn,
    Welcome,
    change_password,
    free_windows,
    is_a_number,
    sign_on,
    take_window,
    welcome,
)
from storage.facts import Moment
from storage.views import WindowRow

LATER = (Slot.F4, Slot.F5, Slot.F6, Slot.F8, Slot.F9, Slot.INSERT)
LIST_ROWS = 9


class Step(Enum):
    """What the page asks now."""

    WHO = "who"
    NEW_PASSWORD = "new_password"
    WINDOW = "window"


class SignOnLook:
    """What the page shows, read again whenever somebody changed something: a terminal stands here all night."""

    def __init__(self, window: str = "") -> None:
        self._window = window

    def __call__(self, desk: Desk, now: Moment) -> Welcome:
        return welcome(seat(desk, window=self._window), now)


class SignOnScreen(AskingScreen):
    """The first screen of a terminal. ``window``: the code this terminal has, or empty to choose one."""

    DEFAULT_CSS = """
    SignOnScreen #top { height: 3; } SignOnScreen .line { height: 1; } SignOnScreen #below { height: 1fr; }
    """

    class Entered(Message):
        """Somebody is signed on; the app seats the store and shows the screen of the roles."""

        def __init__(self, signed: SignedOn) -> None:
            super().__init__()
            self.signed = signed

    def __init__(self, window: str = "") -> None:
        super().__init__(id="sign-on")
        self.window = window
        self.step = Step.WHO
        self.number = Field(16, longest=12, id="number")
        self.number.submits = True  # a badge with the number on it leads on to the password
        self.password = Field(16, secret=True, longest=64, id="password")
        self.seen: Welcome | None = None
        self._signed: SignedOn | None = None
        self._given = ""
        self._too_early = False
        self._free: list[WindowRow] = []
        self._foreseen = ""

    def compose_body(self) -> ComposeResult:
        yield Lines(id="top")
        with Horizontal(classes="line"):
            yield self.number
            yield Lines(id="number-note", classes="line")
        with Horizontal(classes="line"):
            yield self.password
            yield Lines(id="password-note", classes="line")
        yield Lines(id="below")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self._ask_who()
        self.ask_store(SignOnLook(self.window), self.show_welcome, writes=False)

    def _ask_who(self) -> None:
        self.step, self._signed, self._given = Step.WHO, None, ""
        self.number.secret = False
        self.number.takes = frozenset({ScanKind.CODE})
        self.number.value, self.password.value = "", ""
        self.open_field(self.number)

    def show_view(self, view: Any) -> None:
        if isinstance(view, Welcome) and self.is_current:
            self.show_welcome(view)

    def show_welcome(self, seen: Welcome) -> None:
        """What is known of this window and its last day."""
        first, self.seen = self.seen is None, seen
        if first and not self.number.value and seen.staff:
            self.number.value = self._foreseen = seen.staff
            self.open_field(self.password)
        self.repaint()

    # drawing

    def paint(self) -> None:
        seen, now_t = self.seen, self.host.now().t
        hall = seen.hall.name if seen and seen.hall else ""
        place = _("Window {number}").format(number=seen.window) if seen and seen.window else ""
        self.set_title(hall, place, _("Sign on"))
        if seen:
            row = health_row(seen.health, now_t, self.size.width)
            self.set_health(row if seen.hall else " " + _("Centre here"))
        self.query_one("#top", Lines).show(("", "     " + _("hallterm  counter of a tax service hall")))
        self._draw_fields()
        self.query_one("#below", Lines).show(self._below(now_t))
        self.set_reasons(_("Not now:") + " " + _("calling needs somebody signed on"))
        other = self.slot(Slot.F7, _("Engl.") if locale.language() == "zh_CN" else "Chin.")
        later = [self.slot(slot, _(SLOTS[slot].label), "") for slot in LATER]
        self.set_keys([*later, other, self.slot(Slot.CTRL_P, _("Menu"))])

    def _draw_fields(self) -> None:
        who = self.step is not Step.NEW_PASSWORD
        labels = (_("Staff no."), _("Password")) if who else (_("New password"), _("Once more"))
        cells = max(width(label) for label in labels) + 2
        for field, label in zip((self.number, self.password), labels, strict=True):
            field.relabel("     " + fit(label, cells))
        notes = (_("type the number, or scan the card"), _("Enter signs on")) if who else (_("at least 8"), "")
        for name, note in zip(("#number-note", "#password-note"), notes, strict=True):
            self.query_one(name, Lines).show((f"    {note}",))

    def _below(self, now_t: int) -> list[str]:
        return window_lines(self._free[:LIST_ROWS]) if self.step is Step.WINDOW else day_lines(self.seen, local(now_t))

    # keys

    def act(self, action: str) -> None:
        if action in (self.slot_action(Slot.F7), "language"):
            locale.use("en" if locale.language() == "zh_CN" else "zh_CN")
            self.say("")
            self.repaint()
        elif action == "back":
            self._back()
        elif action in [self.slot_action(slot) for slot in LATER]:
            self.say(_("This key works once somebody is signed on"), ATTENTION)
        elif action in ("menu", "help"):
            self.say(_("The menu opens after signing on. F7 language, Ctrl-Q twice leaves"))
        else:
            super().act(action)

    def _back(self) -> None:
        if self.step is Step.WHO and self.field is self.password:
            self._to_number()

    def _to_number(self) -> None:
        """Who goes back from a number that the program put there is somebody else: it is gone."""
        if self.number.value == self._foreseen and not self.password.value:
            self.number.value = ""
        self._foreseen = ""
        self.open_field(self.number)

    def arrow(self, key: str) -> None:
        if key in ("up", "down") and self.step is not Step.WINDOW:
            self._to_number() if key == "up" else self.open_field(self.password)

    def field_entered(self, field: Field) -> None:
        if field is self.number:
            self.open_field(self.password)
        elif self.step is Step.NEW_PASSWORD:
            self._change_password()
        elif self.number.value.strip():
            self._sign_on()
        else:
            self.open_field(self.number)

    def digit(self, digit: int) -> None:
        if self.step is Step.WINDOW and digit <= len(self._free[:LIST_ROWS]):
            if digit == 0:
                self._enter()
            else:
                self._take_window(self._free[digit - 1].code)

    # work

    def _sign_on(self) -> None:
        if self.asking:
            return
        number, password, vault = self.number.value, self.password.value, self.page_store.vault
        foreseen = number == self._foreseen
        self.password.value, self._given = "", password
        self.say(_("Checking .."))

        def work(desk: Desk, now: Moment) -> SignedOn | None:
            if foreseen and is_a_number(desk, vault, number, password):
                return None
            try:
                return sign_on(seat(desk, window=self.window), vault, number, password, now)
            except Refused as refused:
                self._too_early = refused.reason.msgid == TOO_EARLY
                raise

        self.ask_store(work, self._answered, refused=self._not_known)

    def _answered(self, signed: SignedOn | None) -> None:
        """None: somebody else typed his number where the cursor was, behind the number the program put there."""
        if signed is not None:
            self._signed_on(signed)
            return
        self.number.value, self._given, self._foreseen = self._given.strip(), "", ""
        self.say(_("{staff} is a staff number and stands above now: type its password").format(staff=self.number.value))

    def _not_known(self, sentence: str) -> None:
        """A wrong password is gone, one that came too early stays in its field."""
        if self._too_early and not self.password.value:
            self.password.value = self._given
        self._given = ""
        self.say(sentence, ATTENTION)

    def _signed_on(self, signed: SignedOn) -> None:
        self._signed = signed
        if signed.must_change:
            self.step = Step.NEW_PASSWORD
            self.number.value, self.password.value, self.number.secret = "", "", True
            self.number.takes = frozenset()
            self.open_field(self.number)
            self.say(_("This password was given to you: choose your own now"), ATTENTION)
            self.repaint()
            return
        self._choose_window()

    def _change_password(self) -> None:
        signed, vault, old = self._signed, self.page_store.vault, self._given
        new, again = self.number.value, self.password.value
        if signed is None or self.asking:
            return
        self.number.value, self.password.value = "", ""
        self.open_field(self.number)
        staff = signed.staff.number
        self.ask_store(
            lambda desk, now: change_password(seat(desk, staff=staff), vault, old, new, again, now),
            lambda _done: self._choose_window(),
        )

    def _choose_window(self) -> None:
        self._given = ""
        signed = self._signed
        if signed is None or signed.window or not signed.may_serve or self.window:
            self._enter()
            return
        self.ask_store(lambda desk, _now: free_windows(desk), self._show_windows, writes=False)

    def _show_windows(self, free: list[WindowRow]) -> None:
        self._free = free
        if not free:
            self._enter()
            return
        self.step = Step.WINDOW
        self.close_field()
        self.say("")
        self.repaint()

    def _take_window(self, code: str) -> None:
        signed, vault = self._signed, self.page_store.vault
        if signed is None:
            return
        staff = signed.staff.number
        self.ask_store(
            lambda desk, now: take_window(seat(desk, staff=staff), vault, code, now),
            self._seated,
            refused=self._window_gone,
        )

    def _window_gone(self, sentence: str) -> None:
        self.say(sentence, NOT_DONE)
        self.ask_store(lambda desk, _now: free_windows(desk), self._show_windows_again, writes=False)

    def _show_windows_again(self, free: list[WindowRow]) -> None:
        self._free = free
        self.repaint()

    def _seated(self, signed: SignedOn) -> None:
        self._signed = signed
        self._enter()

    def _enter(self) -> None:
        signed = self._signed
        if signed is not None:
            self.step = Step.WHO  # a digit pressed before the next screen is there chooses nothing any more
            self.close_field()
            self.say("")
            self.post_message(self.Entered(signed))
