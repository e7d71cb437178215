"""The one table of actions: the key bar, the menu, the help card, the documents and ``hallterm keys`` are made of it.

Texts are English source strings; whoever shows one translates it with ``_()``. A label has at most five letters in
English and two characters in Chinese. A menu number is never used again for another action; a letter is one key for the
same, for when no input method is on. Keys are Textual's names.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_, _
from storage.facts.sets import CounterAction as Does


class Slot(StrEnum):
    """The eleven places of the key bar, from left to right, named by their default key."""

    F4 = "f4"
    F5 = "f5"
    F6 = "f6"
    F7 = "f7"
    F8 = "f8"
    F9 = "f9"
    INSERT = "insert"
    CTRL_Y = "ctrl+y"
    CTRL_O = "ctrl+o"
    CTRL_R = "ctrl+r"
    CTRL_P = "ctrl+p"


class Action(Struct, frozen=True):
    """Something a person can ask for.

    ``variants`` are the other labels of a key whose verb follows the state of the counter. ``number`` 0 and ``letter``
    empty: not in the menu. An action without ``keys`` but with a ``slot`` answers to the key of that slot.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...] = ()
    slot: Slot | None = None
    label: str = ""
    variants: dict[Does, str] = {}
    number: int = 0
    letter: str = ""


class Place(Struct, frozen=True):
    """Where something was set, for messages; ``line`` 0 = not known."""

    file: str
    line: int = 0

    def text(self) -> str:
        return _("{file} line {line}").format(file=self.file, line=self.line) if self.line else self.file


class Binding(Struct, frozen=True):
    """A key that somebody chose for an action, as written in a configuration file."""

    action: str
    key: str
    place: Place


class ReservedKey(Struct, frozen=True):
    """A key that a device or an input method sends at a window; ``window`` is a window code or ``*``."""

    window: str
    key: str
    device: str
    place: Place


COUNTER = (
    Action(
        "counter.call",
        N_("Call the next ticket"),
        N_("Calls the ticket that is first for this window."),
        ("f5",),
        Slot.F5,
        N_("Call"),
        {Does.CALL: N_("Call")},
        1,
        "J",
    ),
    Action(
        "counter.take_up",
        N_("Start, change or add a matter"),
        N_("Starts the matter of the called ticket; while serving changes the matter; after it takes up the next one."),
        ("f6",),
        Slot.F6,
        N_("Start"),
        {Does.START: N_("Start"), Does.CHANGE_SERVICE: N_("Item"), Does.NEXT_SERVICE: N_("More")},
        2,
        "K",
    ),
    Action(
        "counter.recall",
        N_("Call again"),
        N_("Calls the same ticket once more."),
        ("f7",),
        Slot.F7,
        N_("Again"),
        {Does.RECALL: N_("Again")},
        3,
        "C",
    ),
    Action(
        "counter.finish",
        N_("Finish the matter"),
        N_("Stops the clock; the pad asks for the rating by itself."),
        ("f8",),
        Slot.F8,
        N_("Done"),
        {Does.FINISH: N_("Done")},
        4,
        "B",
    ),
    Action(
        "counter.no_show",
        N_("No-show"),
        N_("Nobody came: press it twice within 3 seconds."),
        ("f9",),
        Slot.F9,
        N_("Gone"),
        {Does.NO_SHOW: N_("Gone")},
        5,
        "G",
    ),
    Action(
        "counter.pause",
        N_("Pause, go on, break"),
        N_("While serving stops and restarts the clock with a reason; between tickets begins and ends a break."),
        ("f4",),
        Slot.F4,
        N_("Pause"),
        {Does.PAUSE: N_("Pause"), Does.RESUME: N_("Go on"), Does.BREAK: N_("Break"), Does.BACK: N_("Duty")},
        6,
        "Z",
    ),
    Action(
        "counter.walk_up",
        N_("Serve without a ticket"),
        N_("Starts a matter for a person who has no ticket."),
        ("insert",),
        Slot.INSERT,
        N_("Walk"),
        {Does.WALK_UP: N_("Walk")},
        7,
        "W",
    ),
    Action(
        "counter.transfer",
        N_("Transfer to a window"),
        N_("Sends the ticket to another window or group; it keeps the time it was issued."),
        ("ctrl+y",),
        Slot.CTRL_Y,
        N_("Move"),
        {Does.TRANSFER: N_("Move")},
        8,
        "Y",
    ),
    Action(
        "counter.hold",
        N_("Hold, held tickets"),
        N_("Puts the ticket aside; between tickets lists the held ones to take one back."),
        ("ctrl+o",),
        Slot.CTRL_O,
        N_("Hold"),
        {Does.HOLD: N_("Hold"), Does.TAKE_BACK: N_("Hold")},
        9,
        "H",
    ),
    Action(
        "counter.unrated",
        N_("Why there is no rating"),
        N_("Gives the reason of a missing rating, or asks again; for a walk-up, why it has no number."),
        ("ctrl+r",),
        Slot.CTRL_R,
        N_("Why"),
        {Does.UNRATED: N_("Why"), Does.ASK_AGAIN: N_("Why"), Does.WALK_UP_REASON: N_("Why")},
        10,
        "R",
    ),
)

ALWAYS = (
    Action("menu", N_("Menu"), N_("Lists everything you may do."), ("ctrl+p",), Slot.CTRL_P, N_("Menu")),
    Action(
        "undo",
        N_("Take back the last action"),
        N_("Takes back your own last action within 10 seconds, when no field is open."),
        ("backspace",),
        number=11,
        letter="U",
    ),
    Action("back", N_("One step back"), N_("Closes a list or a field, or leaves the page."), ("escape", "ctrl+g")),
    Action("redraw", N_("Draw the screen again"), N_("Cures garbled lines."), ("ctrl+l",)),
    Action(
        "help",
        N_("Help and key card"),
        N_("Shows the keys of this screen, and why one does not work now."),
        ("f1",),
        number=25,
        letter="A",
    ),
    Action("quit", N_("Leave hallterm"), N_("Leaves the program: press it twice."), ("ctrl+q",)),
)

MENU_ONLY = (
    Action("lock", N_("Lock the screen"), N_("Hides the screen until your password is given."), number=12, letter="T"),
    Action("sign_off", N_("Sign off"), N_("Ends your work at this window."), number=13, letter="O"),
    Action(
        "visit.identify",
        N_("Who is served"),
        N_("Notes the ID card or taxpayer number: typed, scanned or read from the card; sealed, shown masked."),
        number=14,
        letter=".",
    ),
    Action(
        "visit.check",
        N_("Ask to check"),
        N_("Shows what you entered on the second screen; the taxpayer presses right or wrong, you read it here."),
        number=15,
    ),
    Action("my.assessment", N_("My assessment"), N_("Your score of the month."), number=21, letter="M"),
    Action("my.leave", N_("Leave"), N_("Asks for leave and shows what became of it."), number=22, letter="L"),
    Action("my.attendance", N_("My attendance"), N_("Your signing on and off."), number=23, letter="Q"),
    Action(
        "catalogue",
        N_("Matters, limits, papers to bring"),
        N_("The list of matters with limits and papers."),
        number=24,
        letter="S",
    ),
    Action(
        "my.opinions",
        N_("Opinions, bad ratings, my appeals"),
        N_("What people said, and your appeals."),
        number=26,
        letter="I",
    ),
    Action(
        "my.today",
        N_("My figures, my services"),
        N_("What you served, with time, credit and ratings; opened down to each service."),
        number=27,
        letter="V",
    ),
    Action("devices", N_("Devices"), N_("The state of every device of this PC."), number=31, letter="D"),
    Action(
        "fault.report",
        N_("Report a fault (power, network)"),
        N_("Tells the duty leader about a fault, so that its time is not yours."),
        number=32,
        letter="X",
    ),
    Action("back_entry", N_("Back entry"), N_("Enters what was handled on paper."), number=33, letter="P"),
    Action(
        "tickets.issue",
        N_("Issue or print tickets"),
        N_("Hands out a ticket or prints it again."),
        number=34,
        letter="F",
    ),
    Action("language", N_("Chinese or English"), N_("Changes the language of this screen."), number=35, letter="N"),
    Action(
        "presses",
        N_("Pads and presses"),
        N_("By window: its pad, how people press on it, and what its line needs. For supervisors."),
        number=38,
    ),
    Action(
        "sync",
        N_("Sync and centre"),
        N_("What has not arrived, since when, and what to do; codes for new PCs, data on a stick."),
        number=42,
    ),
    Action(
        "reference",
        N_("Halls, people, settings"),
        N_("What a centre decides for the places below it: halls, people, roles, matters, settings, days off."),
        number=43,
    ),
    Action(
        "hall",
        N_("Hall board and dispatch"),
        N_("Windows, people waiting, warnings and proposals of the hall; dispatch with a reason."),
        number=40,
    ),
    Action(
        "reconcile",
        N_("Comparison with the tax software"),
        N_("Takes in a list of the tax software, shows what matches, and records it: what is not found has no credit."),
        number=47,
    ),
    Action(
        "cases",
        N_("Bad ratings, comments, rewards"),
        N_("Cases with their terms, appeals, matters without a rating, the week's comments, the month's rewards."),
        number=45,
    ),
    Action(
        "reports",
        N_("Reports"),
        N_("Figures of halls, clerks and matters as table and chart, opened down to each service, saved as a file."),
        number=46,
    ),
    Action(
        "city",
        N_("Whole city, at the centre"),
        N_("The reports of the whole city, read at the centre with your password and your rights there."),
        number=48,
    ),
    Action("about", N_("About, version, diagnosis"), N_("Version and state of the program."), number=39, letter="E"),
    Action(
        "technician",
        N_("Technician: test, bind, report"),
        N_("Finds, names, tests and binds the devices of this PC, and writes the report."),
        number=41,
    ),
)

PAGE = (
    Action(
        "page.scope", N_("Scope and period"), N_("Where and when this page looks."), slot=Slot.F4, label=N_("Scope")
    ),
    Action(
        "page.next",
        N_("Next thing to do"),
        N_("The next thing that waits for you: a warning, a form, a case."),
        slot=Slot.F5,
        label=N_("Next"),
    ),
    Action(
        "page.take_up",
        N_("Take up"),
        N_("Takes up the chosen row, or marks all that pass."),
        slot=Slot.F6,
        label=N_("Take"),
    ),
    Action("page.view", N_("Another view"), N_("Another view: table, chart, order."), slot=Slot.F7, label=N_("View")),
    Action("page.done", N_("Approve, send or save"), N_("Approves, sends, saves."), slot=Slot.F8, label=N_("Yes")),
    Action(
        "page.no",
        N_("Reject or withdraw"),
        N_("Rejects, voids, withdraws: press it twice."),
        slot=Slot.F9,
        label=N_("No"),
    ),
    Action(
        "page.new",
        N_("New or mark"),
        N_("A new record, or marks a row of the list."),
        slot=Slot.INSERT,
        label=N_("New"),
    ),
    Action("page.move", N_("Move or forward"), N_("Moves it to another place."), slot=Slot.CTRL_Y, label=N_("Pass")),
    Action("page.later", N_("Put off"), N_("Puts it off until a time."), slot=Slot.CTRL_O, label=N_("Later")),
    Action("page.why", N_("Reason or remark"), N_("Adds a reason or a note."), slot=Slot.CTRL_R, label=N_("Why")),
)

ACTIONS: dict[str, Action] = {action.id: action for action in (*COUNTER, *ALWAYS, *MENU_ONLY, *PAGE)}
"""Every action by its id."""

SLOTS: dict[Slot, Action] = {action.slot: action for action in (*COUNTER, *ALWAYS) if action.slot}
"""The action whose key a slot of the bar carries; the pages' actions follow it."""

MENU: tuple[Action, ...] = tuple(sorted((a for a in ACTIONS.values() if a.number), key=lambda a: a.number))
"""The menu in the order of its numbers."""
