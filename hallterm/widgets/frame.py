"""The frame that every screen has: 24 rows whose jobs never change.

Row 1 title with the clock, 2 health, 3 rule, 4-21 body, 22 message, 23 reasons, 24 key bar; a screen for citizens
(``COMPLETE = False``) has title, rule, body and key bar only. A screen is made like this::

    class LeaveScreen(FrameScreen):
        def compose_body(self) -> ComposeResult:
            yield Lines(id="list")

        def paint(self) -> None:  # everything again: after mounting, a new size or another language
            self.set_title(_("City Hall"), "0317", _("Leave"))
            self.query_one("#list", Lines).show(rows_of(self.requests))
            self.set_keys([self.slot(Slot.F8, _("Send"), None if self.ready else NOT_READY)])

        def act(self, action: str) -> None:  # page.done is on F8, whatever key that is here
            if action == self.slot_action(Slot.F8):
                ...
            else:
                super().act(action)

        def digit(self, digit: int) -> None:
            ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, Literal, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key, Mount, Paste, Resize, ScreenResume, ScreenSuspend
from textual.geometry import Region, Size
from textual.screen import Screen

from hallterm.actions import SLOTS, Slot
from hallterm.keys import key_name
from hallterm.locale import _, language
from hallterm.rules.day import local
from hallterm.widgets.bars import NOT_NOW, ROOMY_FROM, WIDE_FROM, WORKS, Mark, SlotView, key_row, slot_key
from hallterm.widgets.cells import fit, folded, width
from hallterm.widgets.field import Field
from hallterm.widgets.host import Host
from hallterm.widgets.lines import Ink, Lines, Row
from hallterm.widgets.seconds import SECOND_S, Seconds
from hallterm.workflows.seen import CounterView
from storage.facts import Moment

Kind = Literal[" ", "!", "X"]
RESULT: Kind = " "
ATTENTION: Kind = "!"
NOT_DONE: Kind = "X"

SAME_KEY_MS = 300
CONFIRM_MS = 3_000
TITLE_COLUMN = 36
PAGES_COLUMN = 19

_WEEKDAYS = {
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_KIND_INK = {RESULT: Ink.PLAIN, ATTENTION: Ink.YELLOW, NOT_DONE: Ink.ALARM}
_ARROWS = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end"})


def date_text(t: int) -> str:
    """``11-24 周二`` or ``Tue 11-24`` of a wall time in ms UTC."""
    at = local(t)
    weekday = _WEEKDAYS[language()][at.weekday()]
    return f"{weekday} {at:%m-%d}" if language() == "en" else f"{at:%m-%d} {weekday}"


def title_text(parts: tuple[str, str, str, str, int], now_t: int, cells: int) -> str:
    """Row 1 up to the clock: place, person, screen from a column on, hall and date at the right."""
    place, person, screen, hall, column = parts
    start = f" {place}  {person}" if column == TITLE_COLUMN else f" {place} {person}"
    end = f"{hall} {date_text(now_t)} " if hall else f" {date_text(now_t)} "
    room = cells - width(end)
    text = fit(start, min(column, room) - 1) + " " + screen if width(start) < column else f"{start}  {screen}"
    return fit(text, room) + end


def message_row(text: str, kind: Kind) -> Row:
    """Row 22: a result plain, ``!`` something needs a person, ``X`` not done."""
    return ((f" {text}" if kind == RESULT else f" {kind} {text}", _KIND_INK[kind]),)


class Question:
    """A confirmation that waits for its key a second time: too early it is the same press, too late it asks anew."""

    def __init__(self, action: str, then: Callable[[], None]) -> None:
        self.action = action
        self.then = then
        self.painted_m: int | None = None

    def is_early(self, now_m: int) -> bool:
        return self.painted_m is None or now_m - self.painted_m < SAME_KEY_MS

    def is_late(self, now_m: int) -> bool:
        return self.painted_m is not None and now_m - self.painted_m > CONFIRM_MS


class Hooks:
    """What a screen makes of its frame: each of these does nothing until a screen says otherwise."""

    def compose_body(self) -> ComposeResult:
        """The widgets of rows 4-21."""
        yield from ()

    def paint(self) -> None:
        """Draw everything from the screen's state."""

    def second(self) -> None:
        """Once a second, or when :meth:`rest_s` is over, while this screen is shown; the clock of row 1 is drawn."""

    def rest_s(self, now: Moment) -> float:
        """For how long :meth:`second` has nothing to do unless a key comes: a program that sleeps costs nothing."""
        return SECOND_S

    def show_view(self, view: CounterView) -> None:
        """A new view of the counter came; screens that show it draw it."""

    def digit(self, digit: int) -> None:
        """A digit, when no field is open."""

    def letter(self, letter: str) -> None:
        """Another printable character, when no field is open."""

    def arrow(self, key: str) -> None:
        """up, down, left, right, pageup, pagedown, home or end."""

    def enter(self) -> None:
        """Enter, when no field is open. It never confirms: readers send it."""

    def field_changed(self, field: Field) -> None:
        """A key changed the open field."""

    def field_entered(self, field: Field) -> None:
        """Enter in the open field."""


class FrameScreen(Hooks, Screen[None], inherit_bindings=False):
    """A screen of the house. Subclasses fill the body, draw in :meth:`paint`, and answer keys by the :class:`Hooks`."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    ALLOW_SELECT = False
    COMPLETE: ClassVar[bool] = True
    raw_keys = False
    """Keys are being learnt here: nothing may take them for a swipe on their way."""
    DEFAULT_CSS = """
    FrameScreen { layout: vertical; overflow: hidden; }
    FrameScreen #title-row { height: 1; }
    FrameScreen #clock { width: 6; }
    FrameScreen .one { height: 1; }
    FrameScreen #body { height: 1fr; overflow: hidden; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.field: Field | None = None
        self.message = ""
        self._title_parts = ("", "", "", "", TITLE_COLUMN)
        self._slots: tuple[SlotView, ...] = ()
        self._question: Question | None = None
        self._last_key: tuple[str, int] = ("", -SAME_KEY_MS)
        self.last_key_m = 0
        self._rows: dict[str, Lines] = {}
        self._seconds = Seconds(self)
        self._drawn_for = Size()

    @property
    def host(self) -> Host:
        """The app, typed."""
        return cast(Host, self.app)

    def compose(self) -> ComposeResult:
        with Horizontal(id="title-row"):
            yield Lines(id="title")
            yield Lines(id="clock")
        if self.COMPLETE:
            yield Lines(id="health", classes="one")
        yield Lines(id="rule", classes="one")
        with Vertical(id="body"):
            yield from self.compose_body()
        if self.COMPLETE:
            yield Lines(id="message", classes="one")
            yield Lines(id="reasons", classes="one")
        yield Lines(id="keys", classes="one")

    def on_mount(self, _event: Mount) -> None:
        self.last_key_m = self.host.now().m
        if self.is_current:
            self._seconds.go_on()

    def on_resize(self, event: Resize) -> None:
        # Before Textual lays out: by its own breakpoints it would lay out and paint in the old dress first.
        self.set_class(event.size.width >= WIDE_FROM, "-wide")
        self.set_class(event.size.height >= ROOMY_FROM, "-tall")
        if event.size != self._drawn_for:
            self.repaint()

    def on_screen_suspend(self, _event: ScreenSuspend) -> None:
        self._seconds.stop()

    def on_screen_resume(self, _event: ScreenResume) -> None:
        self.last_key_m = self.host.now().m
        self._seconds.go_on()
        self.repaint()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> FrameScreen:
        """Never a part of a screen: Textual then forgets what its widgets have still to paint, and a page below that was
        left a moment ago asks for its own rows this way. Who signed on next saw the counter of who signed off.
        """
        return super().refresh(repaint=repaint, layout=layout, recompose=recompose)

    def repaint(self) -> None:
        """Draw all of it again: a new size, another language."""
        self._drawn_for = self.size
        self._line("rule", "-" * self.size.width)
        self.paint()
        self._draw_title()
        self._line("keys", key_row(self._slots, self.size.width))

    def _line(self, name: str, *rows: Row) -> None:
        lines = self._rows.get(name)
        if lines is None:
            found = list(self.query(f"#{name}").results(Lines))
            if not found:
                return
            lines = self._rows[name] = found[0]
        lines.show(rows)

    # What is drawn around the body

    def set_title(
        self, place: str, person: str = "", screen: str = "", hall: str = "", column: int = TITLE_COLUMN
    ) -> None:
        """Row 1: place, person, screen (or, at ``PAGES_COLUMN``, the numbered pages of a mode), hall."""
        self._title_parts = (place, person, screen, hall, column)
        self._draw_title()

    def _draw_title(self) -> None:
        text = title_text(self._title_parts, self.host.now().t, self.size.width - 6)
        self._line("title", text)
        self.draw_clock()

    def draw_clock(self) -> None:
        """The minute of row 1."""
        self._line("clock", f"{local(self.host.now().t):%H:%M}")

    def set_health(self, health: str | Row) -> None:
        """Row 2, made by :func:`hallterm.widgets.health.health_row` or by the screen itself."""
        self._line("health", health)

    def say(self, text: str, kind: Kind = RESULT) -> None:
        """Row 22: one sentence, in place of the one before. Empty clears it."""
        self.message = text
        self._line("message", message_row(text, kind) if text else "")

    def set_reasons(self, text: str) -> None:
        """Row 23: why each marked key does not work (``bars.reasons_text``), or what the open field takes."""
        lines = folded(text, self.size.width - 1, self.reasons_height()) if text else []
        self._line("reasons", *(f" {line}" for line in lines))

    def reasons_height(self) -> int:
        """Rows of the reasons; a screen that has room gives them two."""
        return 1

    def set_keys(self, slots: Iterable[SlotView]) -> None:
        """Row 24; slots that are left out are blank."""
        self._slots = tuple(slots)
        self._line("keys", key_row(self._slots, self.size.width))

    def slot(self, slot: Slot, label: str, refused: str | None = None, mark: Mark = WORKS) -> SlotView:
        """A slot with its key at this window; ``refused`` (a reason) marks it as not working now."""
        return SlotView(slot, slot_key(self.host.key_map, slot), label, mark if refused is None else NOT_NOW)

    @staticmethod
    def slot_action(slot: Slot) -> str:
        """The action id that :meth:`act` gets for a slot of the bar."""
        return SLOTS[slot].id

    # Keys

    def on_key(self, event: Key) -> None:
        """Fields first, then the key map, then digits, letters and arrows."""
        event.stop()
        event.prevent_default()
        self.last_key_m = self.host.now().m
        self._seconds.awake()
        action = self.host.key_map.action_of(event.key)
        if self.field is not None and self._field_key(self.field, event):
            self._question = None
        elif action:
            self._action_key(action, event.key)
        else:
            self._question = None
            self._last_key = ("", -SAME_KEY_MS)  # another key lay between: what comes next is no bounce
            self._plain_key(event)

    def _field_key(self, field: Field, event: Key) -> bool:
        if event.key == "enter":
            self.field_entered(field)
            return True
        if event.key == "backspace" or (event.is_printable and event.character):
            if field.take(event):
                self.field_changed(field)
            return True
        return False

    def _action_key(self, action: str, key: str) -> None:
        now_m = self.host.now().m
        last_key, last_m = self._last_key
        self._last_key = (key, now_m)
        question = self._question
        if question is not None and question.action == action:
            if not question.is_early(now_m):
                self._question = None
                again = partial(self.act, action)
                (again if question.is_late(now_m) else question.then)()
            return
        if key == last_key and 0 <= now_m - last_m < SAME_KEY_MS:
            return
        if question is not None:
            self._question = None
            self.say("")
        self.act(action)

    def _plain_key(self, event: Key) -> None:
        if event.key in _ARROWS:
            self.arrow(event.key)
        elif event.key == "enter":
            self.enter()
        elif event.character and event.character in "0123456789":
            self.digit(int(event.character))
        elif event.is_printable and event.character:
            self.letter(event.character)

    def on_paste(self, event: Paste) -> None:
        event.stop()
        if self.field is not None:
            self.field.paste(event.text)
            self.field_changed(self.field)

    def ask(self, action: str, question: str, then: Callable[[], None]) -> None:
        """Ask on row 22; ``then`` runs when the key of ``action`` comes again 0.3-3 s after the paint."""
        waiting = self._question = Question(action, then)
        self.say(question, ATTENTION)

        def painted() -> None:
            waiting.painted_m = self.host.now().m

        self.call_after_refresh(painted)

    def open_field(self, field: Field) -> None:
        """Keys go to this field until it is closed or another one is opened."""
        if self.field is not None and self.field is not field:
            self.field.set_open(False)
        self.field = field
        field.set_open(True)

    def close_field(self) -> None:
        """No field is open; what was typed stays in it."""
        if self.field is not None:
            self.field.set_open(False)
        self.field = None

    # What every screen does

    def act(self, action: str) -> None:
        """An action by its id: those of every screen are done here, a screen's own before ``super().act``."""
        if action == "redraw":
            self.app.refresh()
        elif action == "quit":
            again = _("Leave hallterm? Press {key} again within 3 seconds").format(key=self.key_of("quit"))
            self.ask("quit", again, self.app.exit)

    def key_of(self, action: str) -> str:
        """The name of an action's key at this window, for sentences."""
        key = self.host.key_map.key_of(action)
        return key_name(key) if key else _("menu")
