"""The mirror of a window, on a second screen with keys of its own: the person sees what is done, and rates by a digit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.events import ScreenResume

from hallterm.locale import _
from hallterm.screens.mirror_rows import NOT_RECORDED, last_row, mirror_rows, ticks
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.bars import is_roomy
from hallterm.widgets.frame import ATTENTION, NOT_DONE, Kind, message_row
from hallterm.widgets.lines import Lines
from hallterm.widgets.seconds import SECOND_S
from hallterm.workflows.desk import Desk
from hallterm.workflows.mirror import LEVELS, MirrorLook, MirrorView, at_window, rate, say_there
from storage.facts import Moment, WindowState

BEAT_S = 4.0
"""How often it says that it is there; each time what another process changed is looked at as well."""


class MirrorScreen(AskingScreen):
    """Blank but for row 1 while nobody is served at ``window`` (its code). No key but the digits of a rating does anything.

    Ctrl+Q twice leaves.
    """

    COMPLETE = False
    DEFAULT_CSS = "MirrorScreen #mirror { height: 1fr; }"

    def __init__(self, window: str) -> None:
        super().__init__(id="window-mirror")
        self.window = window
        self.view: MirrorView | None = None
        self._beaten_m: int | None = None
        self._pressed = False

    def compose_body(self) -> ComposeResult:
        yield Lines(id="mirror")

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self.ask_store(MirrorLook(self.window), self.show_view, writes=False, refused=self._not_shown)
        self._beat()

    def show_view(self, view: Any) -> None:
        """News of the window, told by the store."""
        if isinstance(view, MirrorView):
            if self.view is None or view.window != self.view.window:
                self.message = ""
            self.view = view
            self._seconds.awake()
            self.repaint()

    def _not_shown(self, sentence: str) -> None:
        self.say(sentence, NOT_DONE)

    # drawing

    def paint(self) -> None:
        view = self.view
        if view is None:
            return
        clerk = " " + _("Clerk {name} {staff}").format(name=view.name, staff=view.staff) if view.staff else ""
        self.set_title(_("Window {number}").format(number=view.number), clerk)
        self._draw_body(view)

    def repaint(self) -> None:
        super().repaint()
        if self.view is not None:
            self._line("keys", message_row(self.message, NOT_DONE) if self.message else last_row(self.view))

    def _draw_body(self, view: MirrorView) -> None:
        rows = mirror_rows(view, self.host.now(), self.size.width, roomy=is_roomy(*self.size))
        self.query_one("#mirror", Lines).show(rows)

    def say(self, text: str, kind: Kind = ATTENTION) -> None:
        """There is no row for sentences here but the last one."""
        self.message = text
        if text:
            self._line("keys", message_row(text, kind))
        elif self.view is not None:
            self._line("keys", last_row(self.view))

    def tell(self, sentence: str, kind: Kind) -> None:
        """A rating that could not be kept is all that a person here can do something about."""
        if kind == NOT_DONE and not self.asking and self._pressed:
            self._pressed = False
            self.say(_(NOT_RECORDED), NOT_DONE)

    # time

    def second(self) -> None:
        if self.view is not None:
            self._draw_body(self.view)
        now_m = self.host.now().m
        if self._beaten_m is None or now_m - self._beaten_m >= BEAT_S * 1000:
            self._beat()

    def rest_s(self, now: Moment) -> float:
        return SECOND_S if self.view is not None and ticks(self.view, now) else BEAT_S

    def _beat(self) -> None:
        self._beaten_m = self.host.now().m
        self.ask_store(self._here(say_there), lambda _done: None, writes=False)

    def _here(self, work: Callable[[Desk, Moment], None]) -> Callable[[Desk, Moment], None]:
        """The work at this screen's window."""
        return lambda desk, now: work(at_window(desk, self.window), now)

    # keys

    def digit(self, digit: int) -> None:
        """The first one counts, as on a pad; while it is being kept no other is heard."""
        view = self.view
        waits = view is not None and view.window.state is WindowState.AWAITING_RATING and view.rates
        if not waits or self.asking or digit not in (0, *LEVELS):
            return
        self._pressed = True
        self.say("")
        self.ask_store(self._here(partial(rate, digit=digit)), self._kept, refused=self._too_late)

    def _kept(self, _done: None) -> None:
        self._pressed = False

    def _too_late(self, sentence: str) -> None:
        self._pressed = False
        self.say(sentence, NOT_DONE)
