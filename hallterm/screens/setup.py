"""The first page of a new machine: one page, no wizard. Nothing is made before F8."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import ScreenResume
from textual.message import Message
from textual.widget import Widget

from hallterm import locale
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.machine_files import write_machine_file
from hallterm.screens.setup_form import (
    FORM,
    PURPOSES,
    Entry,
    Form,
    Purpose,
    centre_run_of,
    joining_of,
    joins,
    problems_of,
    run_of,
)
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.cells import fit, width
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Ink, Lines, Row
from hallterm.workflows.centre_setup import found_centre
from hallterm.workflows.hub_joining import join_hall
from hallterm.workflows.setup import first_run

SYNC_FILE = "sync.toml"
LABEL_COLUMN, FIELD_COLUMN = 8, 18


class Where(Enum):
    """The choice at the top, before the fields."""

    PURPOSE = 0


class SetupScreen(AskingScreen):
    """Hall, windows, hours and the first administrator. ``machine_folder``: where the number host is written to."""

    DEFAULT_CSS = """
    SetupScreen .line { height: 1; } SetupScreen .label { height: 1; width: auto; } SetupScreen #rest { height: 1fr; }
    SetupScreen #head { height: 2; }
    """

    fixed = False
    """The purpose is settled: no digit changes it."""

    class Founded(Message):
        """The hall is there; the app seats the store anew and goes on with this machine's purpose."""

        def __init__(self, purpose: Purpose) -> None:
            super().__init__()
            self.purpose = purpose

    def __init__(self, machine_folder: Path | None = None) -> None:
        super().__init__(id="setup")
        self.machine_folder = machine_folder
        self.purpose = Purpose.COUNTER
        self.fields = {
            entry: Field(
                entry.cells, secret=entry.secret, longest=entry.longest, id=entry.name.lower().replace("_", "-")
            )
            for row in FORM
            for entry in row
        }
        self.fields[Entry.HOURS].value = "08:30-12:00 14:00-18:00"
        self.fields[Entry.WINDOWS].value = "01"
        self.at: Entry | Where = Where.PURPOSE
        self._seen: set[Entry] = set()

    def compose_body(self) -> ComposeResult:
        yield Lines(id="head")
        for number, row in enumerate(FORM):
            with Horizontal(classes="line"):
                widgets: list[Widget] = [self.fields[entry] for entry in row]
                yield from widgets
                yield Lines(id=f"note-{number}", classes="line")
        yield Lines(id="rest")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self._go(self.at)

    # drawing

    def paint(self) -> None:
        self.set_title("hallterm", "", _("First start"))
        self._draw_head()
        for number, row in enumerate(FORM):
            before = 0
            for entry in row:
                start = _row_start(row[0], first=entry is row[0])
                label = start if entry is row[0] else f"   {_(entry.label)}  "
                self.fields[entry].relabel(label)
                before += width(label) + entry.cells + 2
            self.query_one(f"#note-{number}", Lines).show((self._note(row, 80 - before),))
        rest = (
            " " + fit(_("Centre"), 7) + _("no code, no network: nothing to do now, it is added later"),
            " " + _("Will be made: hall.db, backup, 73 matters, working days as published"),
            " " + _("Enter or Down: next field   Up: the one before   Ctrl-Q: leave, make nothing"),
        )
        self.query_one("#rest", Lines).show(rest)
        self._draw_state()

    def _draw_head(self) -> None:
        names = "  ".join(f"{number} {_(name)}" for number, name in enumerate(PURPOSES.values(), 1))
        chosen = list(PURPOSES).index(self.purpose) + 1
        ink = Ink.REVERSE if self.at is Where.PURPOSE else Ink.PLAIN
        start = f" {fit(_('PC'), 7)}{fit(_('Purpose'), FIELD_COLUMN - LABEL_COLUMN)}"
        gap = " " * max(1, min(8, 78 - width(start) - width(names)))
        choice: Row = ((f"{start}{names}{gap}", Ink.PLAIN), (f">{chosen}", ink))
        self.query_one("#head", Lines).show((" " + _("First start: this machine and the first administrator"), choice))

    def _note(self, row: tuple[Entry, ...], room: int) -> Row:
        wrong = [entry for entry in row if entry in self._seen and entry in self._problems()]
        if wrong:
            mark = f"  X {_(wrong[0].label)}"
            return ((mark if width(mark) <= room else "  X", Ink.RED),)
        centre = self.purpose is Purpose.CENTRE
        note = _("6 digits") if centre and row[-1] is Entry.HALL_CODE else _(row[-1].note)
        return f"   {note}" if note else ""

    def _draw_state(self) -> None:
        found = self._problems()
        refused = None
        if found:
            names = _(", ").join(_(entry.label) for entry in found)
            refused = _("to be corrected: {names}").format(names=names)
            self.set_reasons(f"{_('Not now:')} {self.key_of(self.slot_action(Slot.F8))} {refused}")
        else:
            self.set_reasons("")
        other = _("Engl.") if locale.language() == "zh_CN" else "Chin."
        self.set_keys(
            [self.slot(Slot.F7, other), self.slot(Slot.F8, _("Make"), refused), self.slot(Slot.CTRL_P, _("Menu"))]
        )

    def _problems(self) -> dict[Entry, str]:
        return problems_of(self._form())

    def _form(self) -> Form:
        return Form(self.purpose, {entry: field.value for entry, field in self.fields.items()})

    # keys

    def _go(self, place: Entry | Where) -> None:
        if isinstance(self.at, Entry):
            self._left(self.at)
        self.at = place
        if isinstance(place, Entry):
            self.open_field(self.fields[place])
        else:
            self.close_field()
        self.repaint()

    def _left(self, entry: Entry) -> None:
        """A field that was left with a fault says so on row 22; what is empty may still come."""
        field = self.fields[entry]
        if not field.value:
            return
        self._seen.add(entry)
        sentence = self._problems().get(entry)
        self.say(sentence or "", NOT_DONE)

    def _step(self, by: int) -> None:
        entries = [entry for row in FORM for entry in row if entry is not Entry.CODE or joins(self._form())]
        order: list[Entry | Where] = [Where.PURPOSE, *entries]
        place = order.index(self.at) + by
        if 0 <= place < len(order):
            self._go(order[place])

    def field_entered(self, field: Field) -> None:
        self._step(1)

    def enter(self) -> None:
        self._step(1)

    def field_changed(self, field: Field) -> None:
        self._draw_state()

    def arrow(self, key: str) -> None:
        if key in ("up", "down"):
            self._step(1 if key == "down" else -1)

    def digit(self, digit: int) -> None:
        purposes = list(PURPOSES)
        if self.at is Where.PURPOSE and not self.fixed and 1 <= digit <= len(purposes):
            self.purpose = purposes[digit - 1]
            self.repaint()

    def act(self, action: str) -> None:
        if action in (self.slot_action(Slot.F7), "language"):
            locale.use("en" if locale.language() == "zh_CN" else "zh_CN")
            self.say("")
            self.repaint()
        elif action == self.slot_action(Slot.F8):
            self._found()
        elif action in ("menu", "help"):
            self.say(_("The menu opens once the hall is there"), ATTENTION)
        else:
            super().act(action)

    def _found(self) -> None:
        found = self._problems()
        if found:
            self._seen |= set(found)
            entry = next(iter(found))
            self._go(entry)
            self._seen.add(entry)
            self.say(found[entry], NOT_DONE)
            return
        form, vault, host = self._form(), self.page_store.vault, self.fields[Entry.HOST].value.strip()
        self.say(_("Making the hall .."))

        def done(_nothing: None) -> None:
            if host and self.machine_folder is not None:
                write_machine_file(self.machine_folder, SYNC_FILE, {"sync": {"upstream": host}})
            self.fields[Entry.PASSWORD].value = self.fields[Entry.AGAIN].value = ""
            self.post_message(self.Founded(self.purpose))

        if joins(form):
            self.ask_store(lambda desk, now: join_hall(desk, joining_of(form), locale.language()), done)
        elif form.purpose is Purpose.CENTRE:
            self.ask_store(lambda desk, now: found_centre(desk, vault, centre_run_of(form), now), done)
        else:
            self.ask_store(lambda desk, now: first_run(desk.journal, vault, run_of(form), now), done)


def _row_start(entry: Entry, *, first: bool) -> str:
    """The beginning of a row: the name of the group where one begins, and the label of its first field."""
    group = _("Admin") if first and entry is Entry.NUMBER else ""
    return f" {fit(group, LABEL_COLUMN - 1)}{fit(_(entry.label), FIELD_COLUMN - LABEL_COLUMN)}"
