"""What keeps a month from being frozen, or is only named with it, as codes that facts carry and words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.words import Reason

RECEIPTS, BACK_ENTRIES, ATTENDANCE, PAUSES = "receipts", "back_entries", "attendance", "pauses"
OPEN_WORDS: Mapping[str, str] = {
    RECEIPTS: N_("receipts by hand not entered: {count}"),
    BACK_ENTRIES: N_("back entries not confirmed: {count}"),
    ATTENDANCE: N_("people whose leave or half-days may change: {count}"),
    PAUSES: N_("long pauses not confirmed: {count}"),
}
BLOCKING = frozenset({RECEIPTS})
"""The others are named with the proposal; what comes of them later is an adjustment."""


class StillOpen(Struct, frozen=True):
    """So many of one kind are not done."""

    what: str
    count: int

    @property
    def code(self) -> str:
        """As facts carry it."""
        return f"{self.what}:{self.count}"

    @property
    def blocks(self) -> bool:
        """Whether the month cannot be frozen before it is done."""
        return self.what in BLOCKING


def read_code(code: str) -> StillOpen:
    """What a fact carries; a newer program may name what this one does not know."""
    what, _colon, count = code.partition(":")
    return StillOpen(what, int(count) if count.isdigit() else 0)


def open_words(found: Iterable[StillOpen]) -> str:
    """All of them in one line."""
    return _(", ").join(_(OPEN_WORDS[one.what]).format(count=one.count) for one in found if one.what in OPEN_WORDS)


NOT_OVER = N_("{month} is not over: it can be frozen from {day} on")
IS_FROZEN = N_("{month} is frozen already, since {at}")
NOT_FROZEN = N_("{month} is not frozen")
BLOCKED = N_("{month} cannot be frozen yet: {open}")
NO_MONTH = N_("{month} is no month such as 2026-10")
NEEDS_REASON = Reason(N_("say why first"))
PROPOSED = N_("{month} proposed to be frozen; still open: {open}")
PROPOSED_CLEAN = N_("{month} proposed to be frozen; nothing is open")
FROZEN = N_("{month} frozen: {count} people, best clerk {best}")
REOPENED = N_("{month} is open again: {reason}")
ADJUSTED = N_("{count} adjustments noted for frozen months")
NOTHING_ADJUSTED = Reason(N_("nothing is otherwise in the frozen months"))
NO_HALL = Reason(N_("choose a hall: a month is frozen hall by hall"))
ERROR_NOTED = N_("error of {staff} on {day} recorded: {code}")
ERROR_TAKEN_BACK = N_("the error of {staff} on {day} is withdrawn")
NO_ERROR = Reason(N_("there is no such error"))
ERROR_GONE = Reason(N_("this error was withdrawn already"))
NOT_SERVED = N_("{staff} has not worked in this hall")
NO_DAY = N_("{day} is no past day such as 2026-11-24")
NEEDS_NOTE = Reason(N_("say what was wrong"))
