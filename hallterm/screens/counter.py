"""The counter: one matter, three keys. Draws the view it is given and turns keys into workflow calls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.events import Mount

from hallterm.actions import MENU_ONLY
from hallterm.locale import N_, _
from hallterm.rules.counter import NOTHING_TO_UNDO
from hallterm.rules.slots import Slot
from hallterm.screens.counter_body import CounterBody, case_panel
from hallterm.screens.counter_check import CheckEntry
from hallterm.screens.counter_clock import CaseClock
from hallterm.screens.counter_does import does
from hallterm.screens.counter_entry import Entry
from hallterm.screens.counter_identity import READ_KEY, IdentityEntry
from hallterm.screens.counter_keys import action_of, reasons, refusal_of, slot_views
from hallterm.screens.counter_lock import LockPane
from hallterm.screens.counter_news import counter_news
from hallterm.screens.counter_pages import Pages
from hallterm.screens.counter_panel import Choice, Kind, Panel, Work
from hallterm.screens.counter_words import subject
from hallterm.widgets.bars import reasons_rows
from hallterm.widgets.cells import cut
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, RESULT, FrameScreen
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Lines
from hallterm.widgets.writing import Writer, reason_text, slot_names
from hallterm.workflows import counter as work
from hallterm.workflows.seen import CounterView
from storage.facts import CounterAction, Moment, WindowState

STEP = {"up": 1, "down": -1}

NOT_YET = N_("the data is being read")
KEYS_OF_THE_CASE = frozenset({*(slot.value for slot in Slot), "menu", "help", "undo", *(one.id for one in MENU_ONLY)})
"""What a key can mean before the first view is there: it says so and does nothing."""


class CounterScreen(FrameScreen):
    """States, lists and keys of a window. The app hands it each new view by :meth:`show_view`."""

    CSS_PATH = "counter.tcss"

    def __init__(self) -> None:
        super().__init__(id="counter")
        self.view: CounterView | None = None
        self.panel: Panel | None = None
        self.body = CounterBody()
        self.lock_pane = LockPane()
        self.writer = Writer(self)
        self.entry = Entry(self)
        self.identity = IdentityEntry(self)
        self.check = CheckEntry(self)
        self.pages = Pages(self)
        self.case_clock = CaseClock(self)
        self._keys_shown: Mapping[Slot, str] = {}
        self._does = does(self)

    def compose_body(self) -> ComposeResult:
        yield self.body
        yield Lines(id="page")
        yield self.lock_pane

    def on_mount(self, _event: Mount) -> None:
        self._keys_shown = slot_names(self)

    @property
    def seen(self) -> CounterView:
        """The view; keys do nothing before the first one is there."""
        assert self.view is not None
        return self.view

    @property
    def keys(self) -> Mapping[Slot, str]:
        """Names of the counter's keys at this window."""
        return self._keys_shown or slot_names(self)

    @property
    def subject(self) -> str:
        return subject(self.seen)

    # Drawing

    def show_view(self, view: Any) -> None:
        """Another state closes lists and fields; a queue that moved does not. What was read for the page before is not ours."""
        if not isinstance(view, CounterView):
            return
        before, self.view = self.view, view
        if before is None and self.message == _(NOT_YET):
            self.say("")
        if before is not None and before.staff.number != view.staff.number:  # what was said was said to somebody else
            self.say("")
            self.writer.withdraw()
        moved = before is None or (before.window.state, before.window.service, before.window.ticket) != (
            view.window.state,
            view.window.service,
            view.window.ticket,
        )
        if moved and not self.pages.locked:
            self.close_lists()
        goes_on = view.window.state is WindowState.SERVING  # the next matter of the visit, with an undo of its own
        if before is not None and before.window.state is WindowState.AWAITING_RATING and moved and not goes_on:
            self.writer.withdraw()
        self.writer.seen(view.seq)
        if self.is_current:
            self.paint()
            self.entry.view_came()
            self._tell_news(before)

    def _tell_news(self, before: CounterView | None) -> None:
        """What has just become so, unless a result stands there."""
        if self.writer.busy or self.pages.locked:
            return
        news, attention = counter_news(before, self.seen, self.host.now().t)
        if news:
            self.say(news, ATTENTION if attention else RESULT)

    def paint(self) -> None:
        view = self.view
        if view is None:
            return
        now = self.host.case_now()
        self._keys_shown = slot_names(self)
        name = cut(view.staff.name, 18)
        self.set_title(
            cut(view.window.name, 14), f"{name} {view.staff.number}", self.pages.title(), cut(view.hall.name, 16)
        )
        self.set_health(health_row(view.health, now.t, self.size.width))
        self.set_keys(slot_views(view, self.host.key_map, self.pages.menu is not None, self.pages.locked))
        self.paint_case(now)
        self.pages.paint()
        if self.field is None:
            room = (self.size.width - 1) * self.reasons_height()
            self.set_reasons("" if self.pages.locked else reasons(view, self.keys, room))
        self.case_clock.run(now)

    def reasons_height(self) -> int:
        return reasons_rows(*self.size)

    def paint_case(self, now: Moment) -> None:
        """Rows 4-21, below an open field only what the field found."""
        self.body.show(self.seen, now, self.keys, self.panel)
        self.entry.paint()
        self.identity.paint()
        self.check.paint()

    def second(self) -> None:
        self.writer.second(self.host.now())
        self.pages.second()

    def rest_s(self, now: Moment) -> float:
        return self.pages.rest_s(now) if self.writer.is_calm else super().rest_s(now)

    # Keys

    def act(self, action: str) -> None:
        if self.view is None:
            if action in KEYS_OF_THE_CASE:
                self.say(_(NOT_YET), "X")
            super().act(action)
        elif self.pages.locked:
            self.pages.act_locked(action, super().act)
        elif action in tuple(Slot):
            self._slot(Slot(action), self.host.now())
        elif action == "undo":
            self._undo(self.host.now())
        elif action == "back":
            self.close_lists()
            self.pages.close()
            self.paint()
        elif action in ("menu", "help") or action in {one.id for one in MENU_ONLY}:
            self.pages.act(action)
        else:
            super().act(action)

    def _slot(self, slot: Slot, now: Moment) -> None:
        """A key of the bar: it acts through an open list, field or page and closes it, or says why it does not."""
        if self.busy():
            return
        if slot is READ_KEY and self.identity.reads_cards:
            self.identity.read_card()
            return
        refused = refusal_of(self.seen, slot, self.keys)
        if refused:
            self.say(f"{self.keys[slot]}  {refused}", "X")
            return
        self.close_lists()
        self.pages.close()
        self.paint()
        self._does[action_of(self.seen, slot)](now)

    def busy(self) -> bool:
        """Whether a write is in flight; says so."""
        return self.writer.busy_said()

    def write(self, what: str, task: Work, pressed: Moment) -> None:
        """One write; the screen changes when its view comes."""
        if self.writer.write(what, task, pressed):
            self.close_lists()
            self.paint()

    def _undo(self, now: Moment) -> None:
        if self.busy():
            return
        last = self.writer.undoable(now)
        if last is None:
            self.say(reason_text(self, NOTHING_TO_UNDO), "X")
        else:
            self.write(_("the undo"), partial(work.undo, last=last), now)

    def open_panel(self, panel: Panel) -> None:
        """A list in rows 11-21, in place of what stood there."""
        self.panel = panel
        self.paint()

    def close_lists(self) -> None:
        """No list and no field; what was typed is gone with the case it was for."""
        self.panel = None
        self.entry.close()
        self.identity.close()
        self.check.close()

    def digit(self, digit: int) -> None:
        if self.view is None or self.pages.locked:
            return
        if self.pages.menu is not None:
            self.pages.digit(digit)
        elif self.panel is not None or self.view.window.state is WindowState.CALLED:
            panel = self.panel or case_panel(self.view, self.keys, self.body.cells)
            choice = panel.choices.get(digit) if panel else None
            self._choose(panel, choice, digit)
        else:
            self.entry.digit(digit)

    def _choose(self, panel: Panel | None, choice: Choice | None, digit: int) -> None:
        if self.busy() or panel is None:
            return
        if choice is None:
            self.say(_("There is no row {digit} in the list").format(digit=digit), "X")
        elif choice.refused:
            self.say(f"{digit}  {choice.refused}", "X")
        elif choice.field:
            walk_up = panel.kind is Kind.WALK_UP
            self.entry.open_matters(CounterAction.WALK_UP if walk_up else CounterAction.START)
        elif choice.noted is not None:
            self.entry.open_note(choice, panel.pressed)
        elif choice.work is not None:
            self.write(choice.what, choice.work, panel.pressed or self.host.now())

    def letter(self, letter: str) -> None:
        if self.pages.menu is not None:
            self.pages.letter(letter)
        elif self.view is not None:
            self.entry.letter(letter)

    def arrow(self, key: str) -> None:
        if self.pages.menu is not None:
            self.pages.arrow(key)
        elif self.view is not None and key in STEP and self.view.service is not None and not self.pages.locked:
            self.set_quantity(self.view.service.quantity + STEP[key])

    def set_quantity(self, quantity: int) -> None:
        """Up and Down, or a digit after ``*``; only matters that are done in batches."""
        refused = self.seen.refusals.get(CounterAction.QUANTITY)
        if refused is not None:
            self.say(reason_text(self, refused), "X")
        elif quantity >= 1 and not self.busy():
            self.write(_("the quantity"), partial(work.set_quantity, quantity=quantity), self.host.now())

    def enter(self) -> None:
        self.pages.enter()

    def field_changed(self, field: Field) -> None:
        if field is self.body.field:
            self.entry.changed()

    def field_entered(self, field: Field) -> None:
        if field is self.body.field:
            next(one for one in (self.identity, self.check, self.entry) if one.is_open or one is self.entry).entered()
        else:
            self.pages.unlock()
