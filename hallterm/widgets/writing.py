"""One write in flight: the echo at the press, what is slow after a second, the result or why nothing was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hallterm.keys import key_name
from hallterm.locale import N_, _
from hallterm.rules.slots import Slot
from hallterm.rules.undo import UNDO_WITHIN_MS
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Done, Refused, Undoable
from storage.errors import (
    FactTooLarge,
    NewerVersion,
    StorageBusy,
    StorageDamaged,
    StorageDenied,
    StorageError,
    StorageFull,
)
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.widgets.frame import FrameScreen

Work = Callable[[Desk, Moment], Done]
SLOW_AFTER_S = 1.0

FAILURES: Mapping[type[StorageError], str] = {
    StorageFull: N_("Disk full: not saved. This time does not count; try again or call the leader"),
    StorageBusy: N_("The data file is busy: not saved, nothing changed. Press the key again"),
    StorageDenied: N_("The data folder may not be written: not saved. Call the technician"),
    StorageDamaged: N_("Data file damaged: not saved. Call the technician; go on with paper forms"),
    NewerVersion: N_("A newer program changed the data: not saved. Leave hallterm and open it again"),
    FactTooLarge: N_("The text is too long: not saved. Make it shorter"),
}
RESERVE = N_("Disk full: not saved. Reserve space is free now: press again, close the day")
NOT_SAVED = N_("Not saved, nothing changed. Press the key again, or call the technician")


def failure(error: StorageError) -> str:
    """What row 22 says of a write that was not done."""
    return RESERVE if error.values.get("reserve") else FAILURES.get(type(error), NOT_SAVED)


def reason_text(screen: FrameScreen, reason: Reason) -> str:
    """A rule's sentence with the keys of this window."""
    return reason.text(slot_names(screen))


def slot_names(screen: FrameScreen) -> dict[Slot, str]:
    """The key name of each slot of the counter at this window."""
    names = {}
    for slot in Slot:
        key = screen.host.key_map.key_of(slot.value)
        names[slot] = key_name(key) if key else _("menu")
    return names


class Writer:
    """Writes of one screen, and what can still be taken back."""

    def __init__(self, screen: FrameScreen) -> None:
        self._screen = screen
        self._undo: Undoable | None = None
        self._offer = ""
        self._seq = 0
        self._seq_before = 0
        self._done = False
        self.saving = ""

    @property
    def busy(self) -> bool:
        """A write is under way, or its view has not come yet."""
        return bool(self.saving)

    @property
    def is_calm(self) -> bool:
        """Nothing is being saved and no offer stands on row 22: :meth:`second` has nothing to do."""
        return not self.saving and not self._offer

    def busy_said(self) -> bool:
        """Whether keys must wait for a write; says which."""
        if self.saving:
            self._screen.say(_("Still saving {what}: press the key again then").format(what=self.saving), "!")
        return bool(self.saving)

    def write(self, what: str, work: Work, pressed: Moment, then: Callable[[Done], None] | None = None) -> bool:
        """Start a write and say so at once; ``what`` is the thing being saved, in words. False while another runs."""
        if self.busy_said():
            return False
        self.saving, self._done, self._seq_before = what, False, self._seq
        self._undo, self._offer = None, ""
        self._screen.say(_("Saving {what} ..").format(what=what))
        self._screen.run_worker(self._run(work, pressed, then))
        return True

    async def _run(self, work: Work, pressed: Moment, then: Callable[[Done], None] | None) -> None:
        screen = self._screen
        slow = screen.set_timer(SLOW_AFTER_S, self._say_slow)
        try:
            done = await screen.host.store.do(work, pressed)
        except Refused as refused:
            self.saving = ""
            screen.say(reason_text(screen, refused.reason), "X")
        except StorageError as error:
            self.saving = ""
            screen.say(_(failure(error)), "X")
        else:
            self._done = True
            screen.say(reason_text(screen, done.words))
            self._undo, self._offer = done.undo, screen.message if done.undo is not None else ""
            self._settle()
            if then is not None:
                then(done)
        finally:
            slow.stop()

    def seen(self, seq: int) -> None:
        """A view of the journal up to ``seq`` is on the screen."""
        self._seq = seq
        self._settle()

    def _settle(self) -> None:
        """Keys work again once the view of the write is there: they are judged by it, not by the one before."""
        if self._done and self._seq > self._seq_before:
            self.saving = ""

    def _say_slow(self) -> None:
        if not self._done:
            text = _("Still saving {what}: the disk is slow. Over 1 second does not count")
            self._screen.say(text.format(what=self.saving), "!")

    def undoable(self, now: Moment) -> Undoable | None:
        """What Backspace would take back now."""
        undo = self._undo
        if undo is None or undo.boot != now.boot or now.m - undo.at_m > UNDO_WITHIN_MS:
            return None
        return undo

    def withdraw(self) -> None:
        """What was offered cannot be taken back any more: the rating has come, or its time is over."""
        if self._offer and self._screen.message == self._offer:
            self._screen.say("")
        self._undo, self._offer = None, ""

    def second(self, now: Moment) -> None:
        """The offer leaves row 22 once its time is over."""
        if self._offer and self.undoable(now) is None:
            if self._screen.message == self._offer:
                self._screen.say("")
            self._offer = ""
