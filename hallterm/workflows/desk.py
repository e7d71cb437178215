"""Who works where, what a workflow answers, and how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from hallterm.rules.words import Reason
from storage.facts import CounterAction, Fact, Moment, RatingJoined, ServiceNow, TicketNow, WindowNow

if TYPE_CHECKING:
    from storage.journal import Journal
    from storage.local import Board
    from storage.vault import Vault


class Refused(Exception):
    """A rule says no; ``reason`` is the sentence for the person."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


class Desk(Struct, frozen=True):
    """One terminal at work: its stores, its hall, its window's code and the signed-on staff number.

    ``opened``: when this terminal began, for what takes a while to come up beside it; None where nothing does.
    """

    journal: Journal
    board: Board
    hall: str
    window: str = ""
    staff: str = ""
    opened: Moment | None = None
    vault: Vault | None = None


class Undoable(Struct, frozen=True):
    """What the last counter action changed, so that Backspace can take it back within 10 s."""

    action: CounterAction
    fact: str
    at_t: int
    at_m: int
    boot: str
    window_before: WindowNow
    ticket: str = ""
    ticket_before: TicketNow | None = None
    service: str = ""
    service_before: ServiceNow | None = None
    number: str = ""
    body: Fact | None = None
    joined: RatingJoined | None = None
    pause: str = ""


class Done(Struct, frozen=True):
    """What was recorded, in words, and whether it can be taken back."""

    words: Reason
    undo: Undoable | None = None
    ticket: str = ""
    number: str = ""
