"""The guide at the ticket machine: known by number and password, for 60 s after the last key."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from devices.wedge import ScanKind
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.queue import Estimate
from hallterm.screens.sign_on_base import seat
from hallterm.widgets.bars import SlotView
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, NOT_DONE, RESULT, FrameScreen
from hallterm.workflows import outage_cards, ticketing
from hallterm.workflows.desk import Desk
from hallterm.workflows.sign_on import allowed_person
from storage.access import Action
from storage.facts import TicketState
from storage.views import StaffRow

if TYPE_CHECKING:
    from hallterm.screens.kiosk import KioskScreen

AWAKE_S = 60
STATES = {
    TicketState.WAITING: N_("waits"),
    TicketState.CALLED: N_("is called"),
    TicketState.SERVING: N_("is being served"),
    TicketState.PAUSED: N_("is being served"),
    TicketState.HELD: N_("is held at a window"),
    TicketState.AWAITING_RATING: N_("is finished"),
    TicketState.CLOSED: N_("is closed"),
}


class Asked(Enum):
    """What the field on the last row asks for."""

    NUMBER = N_("Guide: staff no. ")
    PASSWORD = N_("Guide: password ")
    FIND = N_("Find ticket ")
    REPRINT = N_("Print ticket again ")
    CANCEL = N_("Cancel ticket ")
    REINSTATE = N_("Did not come, is here now: ticket ")
    CARD = N_("Card: its number, or a group for a new one ")


CODES = frozenset({ScanKind.CODE})
SCANNED = frozenset({Asked.NUMBER, Asked.FIND, Asked.REPRINT, Asked.CANCEL})
"""Numbers that a badge or a ticket has too; a scan asks at once only where nothing is printed or cancelled."""


class Guide:
    """What the F-keys of the ticket machine do; ``green`` gives the next ticket the special class."""

    def __init__(self, screen: KioskScreen) -> None:
        self.screen = screen
        self.field = Field(16, longest=64, id="guide")
        self.staff = ""
        self.green = False
        self._asked: Asked | None = None
        self._number = ""
        self._last_m = 0

    @property
    def is_here(self) -> bool:
        """A guide is known at this machine."""
        return bool(self.staff)

    def seat(self, desk: Desk) -> Desk:
        """The guide's own tickets carry his number."""
        return seat(desk, staff=self.staff) if self.staff and self.green else desk

    def slots(self) -> list[SlotView]:
        """Row 24."""
        away = None if self.is_here else ""
        slot = self.screen.guide_slot
        return [
            slot(Slot.F4, _("Find"), away),
            slot(Slot.F6, _("Green"), away, on=self.green),
            slot(Slot.F7, _("Copy"), away),
            slot(Slot.F8, _("Redo"), away),
            slot(Slot.F9, _("Void"), away),
            slot(Slot.INSERT, _("Card"), away),
            slot(Slot.CTRL_P, _("Menu")),
        ]

    def pressed(self, now_m: int) -> None:
        """Somebody is at the keys."""
        self._last_m = now_m

    def second(self, now_m: int) -> None:
        """After 60 s without a key the guide is gone."""
        if (self.is_here or self._asked) and now_m - self._last_m >= AWAKE_S * 1000:
            self.staff, self.green = "", False
            self.close()
            self.screen.repaint()

    def act(self, action: str) -> bool:
        """A key of row 24; False if it is none of the guide's."""
        key = FrameScreen.slot_action
        if action == "back":
            self.close()
            self.screen.say("")
            return True
        if action == key(Slot.F4) and not self.is_here:
            self._ask(Asked.NUMBER)
            return True
        doing: dict[str, Callable[[], None]] = {
            key(Slot.F4): lambda: self._ask(Asked.FIND),
            key(Slot.F6): self._green,
            key(Slot.F7): lambda: self._ask(Asked.REPRINT),
            key(Slot.F8): lambda: self._ask(Asked.REINSTATE),
            key(Slot.F9): self._cancel,
            key(Slot.INSERT): lambda: self._ask(Asked.CARD),
            "menu": lambda: self.screen.say(_("The F-keys are all there is here; Ctrl-Q twice leaves"), ATTENTION),
        }
        if action not in doing:
            return False
        if self.is_here:
            doing[action]()
        else:
            self.screen.say(_("For the guide: F4, staff number, password"), ATTENTION)
        return True

    def _green(self) -> None:
        self.green = not self.green
        self.screen.repaint()

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        self.field.secret = asked is Asked.PASSWORD
        self.field.takes = CODES if asked in SCANNED else frozenset()
        self.field.submits = asked in (Asked.NUMBER, Asked.FIND)
        self.field.value = ""
        self.field.relabel(" " + _(asked.value))
        self.field.display = True
        self.screen.open_field(self.field)

    def close(self) -> None:
        """The last row is the citizens' again."""
        self._asked = None
        self.field.value = ""
        self.field.display = False
        self.screen.close_field()

    def entered(self, field: Field) -> None:
        """Enter in the field."""
        asked, text = self._asked, field.value.strip()
        if asked is Asked.NUMBER and text:
            self._number = text
            self._ask(Asked.PASSWORD)
        elif asked is Asked.PASSWORD:
            self._check(field.value)
        elif asked is Asked.CANCEL and text:
            self._ask_cancel(text)
        elif asked is not None and text:
            self._typed(asked, text)
        else:
            self.close()

    def _typed(self, asked: Asked, text: str) -> None:
        doing = {
            Asked.FIND: self._find,
            Asked.REPRINT: self._reprint,
            Asked.REINSTATE: self._reinstate,
            Asked.CARD: self._card,
        }
        doing[asked](text)

    def _reinstate(self, text: str) -> None:
        self.close()
        self._write(outage_cards.reinstate, text, _("{number} waits again; once only"))

    def _card(self, text: str) -> None:
        """A letter is a group: a new card of it; anything else the number of a card that is used now."""
        self.close()
        if len(text) == 1:
            self._write(outage_cards.new_card, text.upper(), _("Card {number} is printed: it goes first later, once"))
        else:
            self._write(outage_cards.ticket_for_card, text, _("{number} goes first; the card is used"))

    def _check(self, password: str) -> None:
        number, vault = self._number, self.screen.page_store.vault
        self.close()
        self.screen.ask_store(
            lambda desk, now: allowed_person(desk, vault, number, password, Action.CANCEL, now), self._known
        )

    def _known(self, person: StaffRow) -> None:
        self.staff = person.number
        self.screen.say(
            _("Guide {name}: the F-keys work; 60 s after the last key they stop").format(name=person.name), RESULT
        )
        self.screen.repaint()

    def _find(self, text: str) -> None:
        self.close()
        self.screen.ask_store(lambda desk, now: ticketing.place_of(desk, now, text), self._found, writes=False)

    def _found(self, place: tuple[str, TicketState, Estimate]) -> None:
        number, state, estimate = place
        words = _("{number} {state}").format(number=number, state=_(STATES[state]))
        if state is TicketState.WAITING:
            words += ", " + _("{count} before you").format(count=estimate.ahead)
        self.screen.say(words, RESULT)

    def _reprint(self, text: str) -> None:
        self.close()
        self._write(ticketing.reprint, text, _("{number} is printed again"))

    def _cancel(self) -> None:
        """F9 asks for the number; F9 again, twice, takes it out of the queue."""
        if self._asked is Asked.CANCEL and self.field.value.strip():
            self._ask_cancel(self.field.value.strip())
        else:
            self._ask(Asked.CANCEL)

    def _ask_cancel(self, text: str) -> None:
        self.close()
        action = FrameScreen.slot_action(Slot.F9)
        question = _("Cancel {number}? F9 again within 3 seconds").format(number=text.upper()[:8])
        self.screen.ask(action, question, lambda: self._write(ticketing.cancel, text, _("{number} is cancelled")))

    def _write(self, work: Callable[..., str], text: str, words: str) -> None:
        staff = self.staff

        def done(number: str) -> None:
            self.screen.say(words.format(number=number), RESULT)
            self.screen.look()

        self.screen.ask_store(
            lambda desk, now: work(seat(desk, staff=staff), now, text),
            done,
            refused=lambda sentence: self.screen.say(sentence, NOT_DONE),
        )
