"""What takes the counter's body for a moment: the menu, the help card, the lock. The counter's keys go on working."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from hallterm.actions import ACTIONS, Action
from hallterm.locale import _
from hallterm.rules.day import clock_text
from hallterm.rules.key_bar import meaning
from hallterm.rules.slots import Slot
from hallterm.screens.counter_keys import refusal_of
from hallterm.screens.menu import CardLine, Entry, MenuPage, card_rows, entries, slot_card
from hallterm.widgets.lines import Lines
from hallterm.widgets.seconds import LONGEST_REST_S
from hallterm.widgets.writing import FAILURES, NOT_SAVED, reason_text
from hallterm.workflows import counter as work
from hallterm.workflows.desk import Refused
from storage.errors import StorageError
from storage.facts import CounterAction, Moment

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

IDENTIFY = "visit.identify"
CHECK = "visit.check"
BY_STATE = {
    "lock": CounterAction.LOCK,
    "sign_off": CounterAction.SIGN_OFF,
    IDENTIFY: CounterAction.IDENTIFY,
    CHECK: CounterAction.SHOW_ENTRY,
}
"""Actions without a key that the state of the window allows or refuses."""
HERE = frozenset({*(slot.value for slot in Slot), "undo", "help", "language", *BY_STATE})
"""Actions of the menu that the counter does itself; the others are pages of the app."""


class Pages:
    """Menu, help and lock of one counter screen."""

    def __init__(self, screen: CounterScreen) -> None:
        self._screen = screen
        self.menu: MenuPage | None = None
        self.help = False
        self.locked = False
        self._locked_t = 0
        self._checking = False

    def title(self) -> str:
        """The word in the middle of row 1."""
        return _("Menu") if self.menu is not None else _("Help") if self.help else _("Counter")

    def paint(self) -> None:
        """Show or hide the body they take."""
        screen, view = self._screen, self._screen.view
        if view is None:
            return
        screen.set_class(self.menu is not None or self.help, "page")
        screen.set_class(self.locked, "locked")
        page, height, cells = screen.query_one("#page", Lines), screen.size.height - 6, screen.size.width
        if self.menu is not None:
            page.show(self.menu.rows(height, cells))
        elif self.help:
            page.show(card_rows(self._card(), screen.host.key_map, height, cells))
        if self.locked:
            screen.lock_pane.show(view, self._locked_t, screen.keys[Slot.NO_SHOW])

    def close(self) -> None:
        """Back to the case; the lock stays."""
        self.menu, self.help = None, False

    def second(self) -> None:
        """The lock falls by itself after idle time, never while somebody is served."""
        screen = self._screen
        if self.locked or screen.view is None or not screen.view.lock_after_s:
            return
        idle_ms = screen.host.now().m - screen.last_key_m
        if idle_ms >= screen.view.lock_after_s * 1000 and screen.view.refusals.get(CounterAction.LOCK) is None:
            self.lock()

    def rest_s(self, now: Moment) -> float:
        """How long until the lock may fall."""
        screen = self._screen
        if self.locked or screen.view is None or not screen.view.lock_after_s:
            return LONGEST_REST_S
        if screen.view.refusals.get(CounterAction.LOCK) is not None:
            return LONGEST_REST_S
        return screen.view.lock_after_s - (now.m - screen.last_key_m) / 1000

    def act(self, action: str) -> None:
        """The menu key, the help key, or an action that only the menu has."""
        if action == "menu":
            self.menu = None if self.menu is not None else self._new_menu()
            self.help = False
        elif action == "help":
            self.help, self.menu = not self.help, None
        else:
            self._do(ACTIONS[action])
            return
        self._screen.close_lists()
        self._screen.paint()
        if self.menu is not None:
            self._screen.say(self._case_text())

    def _case_text(self) -> str:
        """Row 22 under the menu: the case goes on."""
        view = self._screen.seen
        if view.service is None or not view.service.run_boot:
            return ""
        text = _("{subject} is being served since {time}; the clock goes on")
        return text.format(subject=self._screen.subject, time=clock_text(view.service.start_t))

    # The menu

    def _labels(self) -> Mapping[str, str]:
        state = self._screen.seen.window.state
        return {slot.value: _(meaning(state, slot).label) for slot in Slot}

    def _new_menu(self) -> MenuPage:
        pages = self._screen.host.pages
        listed = entries(
            self._screen.host.key_map, lambda one: one.id in HERE or one.id in pages, self._reason, self._labels()
        )
        return MenuPage(listed)

    def _reason(self, action: Action) -> str:
        screen = self._screen
        if action.id in tuple(Slot):
            return refusal_of(screen.seen, Slot(action.id), screen.keys)
        if action.id in BY_STATE:
            reason = screen.seen.refusals.get(BY_STATE[action.id])
            return reason_text(screen, reason) if reason else ""
        return ""

    def _card(self) -> list[CardLine]:
        return slot_card(self._labels(), self._screen.host.key_map, lambda one: self._reason(ACTIONS[one]))

    def digit(self, digit: int) -> None:
        """Two digits pick."""
        if self.menu is not None:
            self._picked(self.menu.digit(digit), missing=not self.menu.half_typed)

    def letter(self, letter: str) -> None:
        """One letter picks."""
        if self.menu is not None:
            self._picked(self.menu.letter(letter), missing=True)

    def arrow(self, key: str) -> None:
        """The cursor."""
        if self.menu is not None:
            self.menu.move(key)
            self.paint()

    def enter(self) -> None:
        """The entry under the cursor."""
        if self.menu is not None:
            self._picked(self.menu.chosen(), missing=False)

    def _picked(self, entry: Entry | None, missing: bool) -> None:
        screen = self._screen
        if entry is None:
            if missing:
                screen.say(_("That is not in the menu"), "X")
            return
        reason = self._reason(entry.action)
        if reason:
            screen.say(f"{entry.title}  {reason}", "X")
            return
        self.close()
        screen.paint()
        screen.say("")
        screen.act(entry.action.id)

    def _do(self, action: Action) -> None:
        screen = self._screen
        reason = self._reason(action)
        if reason:
            screen.say(f"{_(action.title)}  {reason}", "X")
        elif action.id == "lock":
            self.lock()
        elif action.id == "sign_off":
            self._ask_sign_off()
        elif action.id in (IDENTIFY, CHECK):
            screen.close_lists()
            (screen.identity if action.id == IDENTIFY else screen.check).open()
        elif action.id == "language":
            screen.host.change_language()
        elif action.id in screen.host.pages:
            screen.host.pages[action.id]()

    def _ask_sign_off(self) -> None:
        screen = self._screen
        text = _("Sign {number} off? Press {key} within 3 seconds")
        question = text.format(number=screen.seen.staff.number, key=screen.keys[Slot.NO_SHOW])
        screen.ask(Slot.NO_SHOW.value, question, self._sign_off)

    def _sign_off(self) -> None:
        screen = self._screen
        screen.writer.write(
            _("the sign-off"), partial(work.sign_off), screen.host.now(), lambda done: screen.host.signed_off()
        )

    # The lock

    def lock(self) -> None:
        """Hide everything until the password is given."""
        screen = self._screen
        self.close()
        screen.close_lists()
        self.locked, self._locked_t = True, screen.host.now().t
        screen.lock_pane.field.value = ""
        screen.open_field(screen.lock_pane.field)
        screen.say("")
        screen.set_reasons("")
        screen.paint()

    def act_locked(self, action: str, others: Callable[[str], None]) -> None:
        """Of all keys only redraw and quit work, and the no key twice without a password signs off."""
        screen = self._screen
        if action == Slot.NO_SHOW.value and not screen.lock_pane.field.value:
            refused = screen.seen.refusals.get(CounterAction.SIGN_OFF)
            if refused is None:
                self._ask_sign_off()
            else:
                screen.say(reason_text(screen, refused), "X")
        elif action in ("redraw", "quit"):
            others(action)
        else:
            screen.say(_("Locked: password and Enter"), "X")

    def unlock(self) -> None:
        """Enter in the password field."""
        screen = self._screen
        password = screen.lock_pane.field.value
        if password and not self._checking:
            self._checking = True
            screen.say(_("Checking the password .."))
            screen.run_worker(self._unlock(password))

    async def _unlock(self, password: str) -> None:
        screen = self._screen
        try:
            await screen.host.unlock(password)
        except Refused as refused:
            screen.say(reason_text(screen, refused.reason), "X")
        except StorageError as error:
            screen.say(_(FAILURES.get(type(error), NOT_SAVED)), "X")
        else:
            self.locked = False
            screen.close_field()
            screen.say("")
            screen.paint()
        finally:
            self._checking = False
            field = screen.lock_pane.field
            field.value = field.value.removeprefix(password)  # what was typed meanwhile stays
