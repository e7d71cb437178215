"""What a leader's keys do on the hall board: the next thing that waits, answers to it, dispatch, tickets.

Over SSH each write is asked for twice; no and put-off are asked for twice everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.hall_below import Item, What, explained, items
from hallterm.screens.hall_dispatch import DispatchForm
from hallterm.screens.hall_hours import hours_today
from hallterm.screens.hall_orders import Orders
from hallterm.screens.hall_views import View
from hallterm.screens.hall_writes import Work, Writes
from hallterm.screens.technician_page import Key
from hallterm.widgets.frame import NOT_DONE
from hallterm.workflows import proposing
from hallterm.workflows.desk import Desk, Done
from hallterm.workflows.dispatch import Dispatched
from hallterm.workflows.hall_look import HallBoard
from hallterm.workflows.warnings import acknowledge
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.hall_board import HallBoardScreen

OPENS: Mapping[What, Callable[[Orders], None]] = {What.DAY_END: Orders.day_end, What.PLAN: Orders.plan}
"""What F8 opens a form for."""
DID_CELLS = 48
PUT_OFF_MIN = 15


class Deeds:
    """The keys of the board. ``items`` are the things that wait, ``place`` the marked one, ``form`` an open dispatch."""

    def __init__(self, screen: HallBoardScreen) -> None:
        self.screen = screen
        self.items: list[Item] = []
        self._key = ""
        self._later: dict[str, int] = {}
        self._writing: Item | None = None
        self.writes = Writes(screen)
        self.orders = Orders(screen, self.writes)

    @property
    def form(self) -> DispatchForm | None:
        """The open form."""
        return self.orders.form

    def forget(self) -> None:
        """Somebody else comes to this screen."""
        self.items, self._key, self._later = [], "", {}
        self.orders.form = None
        self.writes.forget()
        self._end_writing()

    def seen(self, board: HallBoard) -> None:
        """A new view: what was put off stays away until its time is over, the form looks at what is true now."""
        now_t = self.screen.host.now().t
        self._later = {key: until for key, until in self._later.items() if until > now_t}
        self.items = [one for one in items(board) if one.key not in self._later]
        if self.form is not None:
            self.form.board = board

    # what is marked

    @property
    def place(self) -> int:
        """Where the mark is; -1: nothing waits."""
        places = [place for place, one in enumerate(self.items) if one.key == self._key]
        return places[0] if places else 0 if self.items else -1

    @property
    def item(self) -> Item | None:
        return self.items[self.place] if self.items else None

    @property
    def ends(self) -> str:
        """What the keys do with the marked thing, in a word each."""
        item, name = self.item, self._name
        if item is None:
            return ""
        if item.what is What.WARNING:
            return _("{yes} write what you did").format(yes=name(Slot.F8))
        if item.what in OPENS:
            return _("{yes} decide").format(yes=name(Slot.F8))
        words = _("{yes} allow  {no} no") if item.what is What.ASK else _("{yes} do it  {no} no")
        return words.format(yes=name(Slot.F8), no=name(Slot.F9))

    def _name(self, slot: Slot) -> str:
        return self.screen.key_of(self.screen.slot_action(slot))

    # the bar

    def bar(self) -> list[Key]:
        """The keys as they are now, with why one does not work."""
        board, item = self.screen.board, self.item
        lead = "" if board is not None and board.may_lead else _("only leaders of this hall")
        form = self.form
        busy = _("first end the dispatch") if form is not None else ""
        nothing = "" if item is not None else _("nothing waits")
        waits = bool(board is not None and board.waits)
        yes = (lead or form.missing()) if form is not None else lead or nothing
        declines = item is not None and item.what in (What.ASK, What.PROPOSAL)
        no = busy or lead or nothing or ("" if declines else _("this is no proposal"))
        return [
            Key(Slot.F4, _("Scope"), self.screen.leave_hall, busy or self.screen.only_hall()),
            Key(Slot.F5, _("Next"), self._next, busy or nothing),
            Key(Slot.F6, _("Order"), self._dispatch, lead or busy),
            Key(Slot.F7, _("View"), self._turn, busy),
            Key(Slot.F8, self._yes_label, self._yes, "" if self.screen.field is not None else yes),
            Key(Slot.F9, _("Deny"), self._no, no),
            Key(Slot.INSERT, _("Tkt+"), self._issue, busy or lead),
            Key(Slot.CTRL_Y, _("Jump"), self._move, busy or lead or ("" if waits else _("nobody waits"))),
            Key(Slot.CTRL_O, _("Park"), self._put_off, busy or nothing),
            Key(Slot.CTRL_R, _("Why"), self._why, busy or nothing),
        ]

    @property
    def _yes_label(self) -> str:
        item = self.item
        warns = self.form is None and item is not None and item.what is What.WARNING
        return _("Tell") if warns else _("Do")

    def _why(self) -> None:
        item, board = self.item, self.screen.board
        if item is not None and board is not None:
            self.screen.say(explained(item, board, self._name(Slot.F8)))

    # forms

    def _dispatch(self) -> None:
        self._end_writing()
        self.orders.open()

    def _move(self) -> None:
        self._end_writing()
        self.orders.move()

    def _issue(self) -> None:
        self._end_writing()
        self.orders.issue()

    # moving

    def _next(self) -> None:
        self._end_writing()
        if self.items:
            item = self.items[(self.place + 1) % len(self.items)] if self._key else self.items[0]
            self._key = item.key
            self.screen.choose(item.window)

    def _turn(self) -> None:
        self.screen.turn()
        if self.screen.view is View.HOURS:
            self.screen.ask_store(hours_today, self.screen.show_hours, writes=False)

    def _put_off(self) -> None:
        item = self.item
        if item is not None:
            now_t = self.screen.host.now().t
            self._later[item.key] = now_t + PUT_OFF_MIN * 60_000
            self.items.remove(item)
            self.screen.say(_("Put off for {minutes} minutes, on this screen only").format(minutes=PUT_OFF_MIN))

    def back(self) -> bool:
        """Esc: out of the field, an answer back, or out of the form."""
        if self._writing is not None or self.screen.field is not None:
            self._end_writing()
            self.orders.leave_text()
            return True
        return self.orders.back()

    def up(self) -> bool:
        """Up in the form is Esc there, but never leaves it."""
        form = self.form
        if form is None or self.screen.field is not None:
            return False
        if form.answers:
            self.orders.back()
        return True

    def digit(self, digit: int) -> bool:
        """A digit of the form; False: none is open."""
        return self.orders.digit(digit)

    def _end_writing(self) -> None:
        self._writing = None
        self.screen.end_text()

    # answers

    def _yes(self) -> None:
        item = self.item
        if self.form is not None:
            self.orders.send()
        elif self._writing is not None:
            self._answer_warning(self._writing)
        elif item is not None and item.what is What.WARNING:
            self._writing = item
            self.screen.ask_text(_("Done:"), "", DID_CELLS)
        elif item is not None and item.what in OPENS:
            OPENS[item.what](self.orders)
        elif item is not None:
            self.writes.confirmed(Slot.F8, self._question(item), self._answer(item, yes=True))

    def _question(self, item: Item) -> str:
        return (
            _("Do it? {key} again within 3 seconds") if item.proposal else _("Allow it? {key} again within 3 seconds")
        )

    def _answer(self, item: Item, *, yes: bool) -> Work:
        if item.ask is not None:
            return partial(proposing.answer_break, ask=item.ask.id, allowed=yes)
        assert item.proposal is not None
        key = proposing.key_of(item.proposal)
        return partial(proposing.accept if yes else proposing.decline, key=key)

    def _no(self) -> None:
        item = self.item
        if item is not None:
            question = _("Decline it? {key} again within 3 seconds")
            self.writes.asked(Slot.F9, question, partial(self.writes.write, self._answer(item, yes=False)))

    def _answer_warning(self, item: Item) -> None:
        text = self.screen.input.value
        if not text.strip():
            self.screen.say(_("say in a few words what you did"), NOT_DONE)
            return
        self._end_writing()
        warning = item.warning
        assert warning is not None
        work = partial(_acknowledge, id=warning.row.id, did=text)
        self.writes.confirmed(Slot.F8, _("Save it? {key} again within 3 seconds"), work)


def _acknowledge(desk: Desk, now: Moment, id: str, did: str) -> Dispatched:
    done: Done = acknowledge(desk, now, id, did)
    return Dispatched(done.words)
