"""The walk as a table: what is pressed, what must be on the screen then, and what a reader is told about it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from hallterm.locale import N_
from hallterm.screens.hall_words import STATES
from storage.facts import WindowState

IDLE, CALLED, SERVING = WindowState.IDLE, WindowState.CALLED, WindowState.SERVING
PAUSED, AWAITING = WindowState.PAUSED, WindowState.AWAITING_RATING


class Until(Enum):
    """What a step waits for besides a state of the window."""

    BODY = "body"
    """Something in the body differs."""
    RATED = "rated"
    """The citizen pressed, and the window is free."""


class Step(Struct, frozen=True):
    """``keys`` are pressed one after another, ``typed`` is typed, once the key bar shows that ``works`` does.

    Without a ``name`` no screen is kept; ``page`` is that of another program of the hall (``hallterm <page>``); ``shows``
    is waited for too, in the language of the walk.
    """

    until: WindowState | Until
    keys: tuple[str, ...] = ()
    typed: str = ""
    works: str = ""
    page: str = ""
    name: str = ""
    says: str = ""
    shows: str = ""


COUNTER = (
    Step(
        CALLED,
        ("f5",),
        name="called",
        says="F5 calls the next ticket; the window display shows it. F6 starts the matter the ticket names; a digit "
        "starts another one.",
    ),
    Step(
        CALLED,
        page="board",
        says="The hall's TV at that moment: who is called to which window, in figures that are read across a hall.",
    ),
    Step(
        SERVING,
        ("f6",),
        name="serving",
        says="The matter runs against its limit: lamp, clock, bar. At the right the queue and the clerk's own day.",
    ),
    Step(
        Until.BODY,
        ("f4",),
        name="pause-list",
        says="F4 asks why the clock is to stop; a digit picks and acts at once. A reason that cannot be true now is "
        "dimmed.",
    ),
    Step(PAUSED, ("1",), name="paused", says="The clock of the matter stands, the pause is timed by itself."),
    Step(SERVING, ("f4",)),
    Step(
        AWAITING,
        ("f8",),
        name="awaiting-rating",
        says="F8 finishes: the clock stopped at the press, and the pad asks the citizen by itself. Below, for after ten "
        "seconds, why there is no rating.",
    ),
    Step(
        Until.RATED,
        name="rated",
        says="The citizen pressed; the window is free at once. The clerk sees that there is a rating, not which.",
    ),
    Step(
        Until.BODY,
        ("f6",),
        name="another-matter",
        says="F6 takes up another matter of the same person: a list, and a field for code, pinyin initials or Chinese.",
    ),
    Step(Until.BODY, typed="fp", name="matter-by-initials", says="Two initials of the name leave a few matters."),
    Step(Until.BODY, ("backspace", "backspace")),
    Step(Until.BODY, typed="B0", name="matter-by-code", says="Two signs of the code; the third one starts the matter."),
    Step(SERVING, typed="7", name="second-matter", says="The second matter of the visit, with a clock of its own."),
    Step(
        Until.BODY,
        ("ctrl+y",),
        name="transfer-list",
        says="Ctrl+Y sends the ticket to another window or group; it keeps the time at which it was issued.",
    ),
    Step(Until.BODY, ("escape",)),
    Step(Until.BODY, ("ctrl+o",), name="hold-list", says="Ctrl+O puts the ticket aside, with a reason."),
    Step(IDLE, ("1",), name="held", says="The window is free for the next ticket; the held one is on the list."),
    Step(Until.BODY, ("ctrl+o",), name="held-list", says="Between tickets Ctrl+O lists what is held."),
    Step(SERVING, ("1",), name="taken-back", says="A digit takes it back, and its clock goes on where it stood."),
    Step(AWAITING, ("f8",)),
    Step(Until.RATED),
    Step(Until.BODY, ("insert",), name="walk-up", says="Insert serves somebody without a ticket."),
    Step(SERVING, ("1",), name="walk-up-serving", says="No ticket, but a clock, a limit and a rating like any other."),
    Step(AWAITING, ("f8",)),
    Step(Until.RATED),
    Step(CALLED, ("f5",)),
    Step(Until.BODY, ("f7",), works="F7", name="called-again", says="F7 calls again, after twenty seconds."),
    Step(Until.BODY, ("f7",), works="F7"),
    Step(
        Until.BODY,
        ("f9",),
        works="F9",
        name="no-show-question",
        says="Nobody came after three calls: F9 asks in row 22, F9 again within three seconds is the answer.",
    ),
    Step(IDLE, ("f9",), name="no-show", says="The ticket is gone; Backspace would still take that back."),
    Step(CALLED, ("f5",)),
    Step(IDLE, ("backspace",), name="undone", says="Backspace within ten seconds takes back one's own last action."),
    Step(Until.BODY, ("f4",), name="break-list", says="F4 between tickets begins a break."),
    Step(Until.BODY, ("escape",)),
    Step(
        Until.BODY,
        ("ctrl+p",),
        name="menu",
        says="Ctrl+P lists everything: two digits or one letter. It is the net under every lost key.",
    ),
    Step(Until.BODY, ("escape",)),
    Step(Until.BODY, ("f1",), name="help", says="F1 says what each key does now, and why one does not work."),
    Step(Until.BODY, ("escape",)),
    Step(Until.BODY, ("ctrl+p",)),
    Step(Until.BODY, ("1", "2"), name="lock", says="Locked: nothing of anybody's case is on the screen."),
    Step(
        Until.BODY,
        page="kiosk",
        says="The ticket machine: a digit for the kind of matter, and the ticket is printed.",
    ),
)
"""From an idle window to a locked one."""

SIGN_ON_SAYS = "Staff number and password; signing on is also the attendance punch."
IDLE_SAYS = "The free window: who is next and why, the queue by groups, the clerk's own figures."

OFFICE: dict[str, tuple[Step, ...]] = {
    "0302": (
        Step(
            Until.BODY,
            name="hall-board",
            shows=STATES[SERVING],
            says="The director signs on without a window: the hall at a glance, the pages of row 1 by their digits.",
        ),
        Step(
            Until.BODY,
            ("f6",),
            name="dispatch",
            shows=N_("reason and your name are kept"),
            says="F6 dispatches: what, to whom, and always why.",
        ),
        Step(Until.BODY, ("escape",)),
        Step(
            Until.BODY,
            ("2",),
            name="leave-requests",
            shows=N_("no objection"),
            says="Leave in half-days, each request with its checks in words.",
        ),
        Step(
            Until.BODY,
            ("f7",),
            name="attendance",
            shows=N_("Points"),
            says="F7 turns to the month: days planned and attended, and why not.",
        ),
        Step(
            Until.BODY,
            ("3",),
            name="assessment",
            shows=N_("Hall mean"),
            says="Four parts of 100 points; the month that is not over is marked.",
        ),
        Step(
            Until.BODY,
            ("enter",),
            name="points",
            shows=N_("Weight"),
            says="Enter opens the points of a person, down to the rows behind.",
        ),
        Step(
            Until.BODY,
            ("5",),
            name="cases",
            shows="-000",
            says="Bad ratings with their terms; each opens to its steps.",
        ),
        Step(Until.BODY, ("escape",), shows="46"),
        Step(Until.BODY, ("4", "6"), shows="R05"),
        Step(
            Until.BODY,
            ("1",),
            name="report",
            shows=N_("Sum"),
            says="A report: its place, time and settings in the head, one line of sums.",
        ),
        Step(Until.BODY, ("f7",)),
        Step(
            Until.BODY,
            ("0",),
            name="report-chart",
            shows="####",
            says="The same as bars, in signs that every terminal has.",
        ),
    ),
    "0901": (
        Step(
            Until.BODY,
            name="technician",
            shows="HT25A",
            says="What a technician sees first: the devices of the hall.",
        ),
    ),
}
"""Who works without a window, by staff number; the other windows are at work meanwhile."""
