"""The ticket machine: a digit is a ticket. No sign-on, no letters, no Enter; the F-keys are the guide's."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Key, ScreenResume

from hallterm import locale
from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.kiosk_guide import AWAKE_S, Guide
from hallterm.screens.kiosk_rows import DIGITS, OTHER_DIGIT, RARE, group_rows, list_lines, number_rows, rare_lines
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.bars import IS_ON, SlotView, key_row
from hallterm.widgets.cells import fit, width
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, Kind
from hallterm.widgets.lines import Ink, Lines, Row
from hallterm.workflows.ticketing import Issued, KioskView, issue, kiosk_view
from storage.facts import TicketClass

SHOWN_S = 12
AGAIN_AFTER_S = 5


class KioskScreen(AskingScreen):
    """Groups by digits; after a digit the number, for 12 s or until the next digit."""

    COMPLETE: ClassVar[bool] = False
    DEFAULT_CSS = """
    KioskScreen #list { height: 1fr; } KioskScreen #foot { height: 1; } KioskScreen .line { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="kiosk")
        self.view: KioskView | None = None
        self.issued: Issued | None = None
        self.rare = False
        self.guide = Guide(self)
        self._issued_m = 0
        self._told: Row = ""
        self._told_m = 0
        self._home_language = ""
        self._key_m = 0

    def compose_body(self) -> ComposeResult:
        yield Lines(id="list")
        with Horizontal(id="foot"):
            yield self.guide.field
            yield Lines(id="note", classes="line")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self._home_language = locale.language()
        self.guide.field.display = False
        self.look()

    def look(self) -> None:
        """Read the groups again."""
        self.ask_store(kiosk_view, self.show_view, writes=False)

    def show_view(self, view: Any) -> None:
        """New figures; also told by the store when another process changed the hall."""
        if isinstance(view, KioskView):
            self.view = view
            self.repaint()

    # drawing

    def paint(self) -> None:
        view, cells = self.view, self.size.width
        if view is None:
            return
        self.set_title(view.hall, "", _("Take a number"), column=width(view.hall) + 4)
        if self.issued is not None:
            rows = number_rows(self.issued, self.host.now().t, view.printer)
        else:
            rows = group_rows(rare_lines(view) if self.rare else list_lines(view), cells)
        self.query_one("#list", Lines).show(rows)
        self._draw_note()
        self.set_keys(self.guide.slots())

    def _draw_note(self) -> None:
        note = self._told
        if not note and self.issued is None:
            note = " " + _("65+, pregnant, with baby, disabled, in service, ill: ask the guide   Booked: +")
            if self.rare:
                note = " " + _("- goes back to the first list")
        self.query_one("#note", Lines).show((note,))

    def set_keys(self, slots: Any) -> None:
        super().set_keys(slots)
        self._draw_star()

    def repaint(self) -> None:
        super().repaint()
        self._draw_star()

    def _draw_star(self) -> None:
        """Row 24 keeps the place of two slots nobody needs here for the other language."""
        other = "* English" if locale.language() == "zh_CN" else "* Chinese"
        pieces = list(key_row(self._slots, self.size.width))
        places = list(Slot)
        at, end = places.index(Slot.CTRL_Y), places.index(Slot.CTRL_O)
        room = sum(width(str(pieces[n][0])) for n in (at, end))
        pieces[at : end + 1] = [(fit(f"  {other}", room), Ink.PLAIN)]
        self._line("keys", tuple(p for p in pieces if isinstance(p, tuple)))

    def tell(self, sentence: str, kind: Kind) -> None:
        self._told = ((f" {kind} {sentence}", Ink.YELLOW if kind == ATTENTION else Ink.ALARM),)
        self._told_m = self.host.now().m
        self._draw_note()

    def say(self, text: str, kind: Kind = ATTENTION) -> None:
        """Questions of the frame stand on the last row here."""
        if text:
            self.tell(text, kind)
        else:
            self._told = ""
            self._draw_note()

    def second(self) -> None:
        now_m = self.host.now().m
        shown_long = now_m - self._issued_m >= SHOWN_S * 1000
        nobody_here = now_m - self._key_m >= AWAKE_S * 1000
        if self._told and now_m - self._told_m >= SHOWN_S * 1000 and self.field is None:
            self._told = ""
            self._draw_note()
        if (self.issued is not None and shown_long) or (self._strayed() and nobody_here):
            self._home()
        self.guide.second(now_m)

    def _strayed(self) -> bool:
        """Somebody left the second list or the other language behind."""
        return self.issued is None and (self.rare or locale.language() != self._home_language)

    def _home(self) -> None:
        self.issued, self.rare = None, False
        locale.use(self._home_language)
        self.repaint()

    # keys

    async def _on_key(self, event: Key) -> None:
        self._key_m = self.host.now().m
        self.guide.pressed(self._key_m)

    def digit(self, digit: int) -> None:
        prefix = self._chosen(digit)
        if prefix == "":
            self.rare, self.issued, self._told = True, None, ""
            self.repaint()
        elif prefix is not None:
            self._take(prefix)

    def _chosen(self, digit: int) -> str | None:
        """The group of a digit; empty for the second list, None for a digit without a group."""
        view = self.view
        if view is None:
            return None
        prefixes = [group.prefix for group in view.groups]
        if self.rare and self.issued is None:
            prefix = RARE[digit - 1] if 1 <= digit <= len(RARE) else None
        elif digit == OTHER_DIGIT:
            prefix = "" if set(RARE) & set(prefixes) else None
        else:
            prefix = DIGITS.get(digit)
        return prefix if prefix in ("", *prefixes) else None

    def _take(self, prefix: str) -> None:
        since_s = (self.host.now().m - self._issued_m) / 1000
        if self.issued is not None and since_s < AGAIN_AFTER_S:
            words = _("You have {number}. For another one wait {seconds} s")
            self.tell(words.format(number=self.issued.number, seconds=AGAIN_AFTER_S), ATTENTION)
            return
        cls = TicketClass.SPECIAL if self.guide.green else TicketClass.NORMAL
        self.ask_store(lambda desk, now: issue(self.guide.seat(desk), now, prefix, cls), self._taken)

    def _taken(self, issued: Issued) -> None:
        self.issued, self._issued_m, self.rare = issued, self.host.now().m, False
        self._told = ""
        self.guide.green = False
        self.repaint()
        self.look()

    def letter(self, letter: str) -> None:
        if letter == "*":
            locale.use("en" if locale.language() == "zh_CN" else "zh_CN")
            self.repaint()
        elif letter == "-" and (self.rare or self.issued is not None):
            self._home()
        elif letter == "+":
            self.tell(_("Appointments: please show yours to the guide"), ATTENTION)

    def act(self, action: str) -> None:
        if not self.guide.act(action):
            super().act(action)

    def field_entered(self, field: Field) -> None:
        self.guide.entered(field)

    def guide_slot(self, slot: Slot, label: str, refused: str | None = None, *, on: bool = False) -> SlotView:
        """A slot of the guide's, marked while it is on."""
        return self.slot(slot, label, refused, IS_ON if on else " ")
