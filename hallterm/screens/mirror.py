"""The mirror of a window, on a second screen with keys of its own: the person sees what is done, and rates by a digit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.events import ScreenResume

from hallterm.locale import _
from hallterm.screens.mirror_check import PRESS_AGAIN, RIGHT_KEY, WRONG_KEY, waits
from hallterm.screens.mirror_reasons import NOT_NOTED, Reasons
from hallterm.screens.mirror_rows import NOT_RECORDED, last_row, mirror_rows, ticks
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.widgets.bars import is_roomy
from hallterm.widgets.frame import ATTENTION, NOT_DONE, Kind, message_row
from hallterm.widgets.lines import Lines
from hallterm.widgets.seconds import SECOND_S
from hallterm.workflows.desk import Desk
from hallterm.workflows.mirror import (
    RUNS,
    MirrorLook,
    MirrorView,
    at_window,
    digits,
    rate,
    say_checked,
    say_there,
    say_why,
)
from storage.facts import Moment, WindowState

BEAT_S = 4.0
"""How often it says that it is there; each time what another process changed is looked at as well."""


class MirrorScreen(AskingScreen):
    """Blank but for row 1 while nobody is served at ``window`` (its code). No key but a digit that is asked for does anything.

    Ctrl+Q twice leaves.
    """

    COMPLETE = False
    DEFAULT_CSS = "MirrorScreen #mirror { height: 1fr; }"

    def __init__(self, window: str) -> None:
        super().__init__(id="window-mirror")
        self.window = window
        self.view: MirrorView | None = None
        self._beaten_m: int | None = None
        self.reasons = Reasons()
        self._failure = ""

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
            self.reasons.see(view.why, self.host.now())
            self._seconds.awake()
            self.repaint()
            self._keep()

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
            self._line("keys", message_row(self.message, NOT_DONE) if self.message else self._last_row(self.view))

    def _draw_body(self, view: MirrorView) -> None:
        now, cells, roomy = self.host.now(), self.size.width, is_roomy(*self.size)
        rows = self.reasons.rows(now, cells, roomy=roomy) or mirror_rows(view, now, cells, roomy=roomy)
        self.query_one("#mirror", Lines).show(rows)

    def _last_row(self, view: MirrorView) -> str:
        return self.reasons.last_row(self.host.now()) or last_row(view)

    def say(self, text: str, kind: Kind = ATTENTION) -> None:
        """There is no row for sentences here but the last one."""
        self.message = text
        if text:
            self._line("keys", message_row(text, kind))
        elif self.view is not None:
            self._line("keys", self._last_row(self.view))

    def tell(self, sentence: str, kind: Kind) -> None:
        """What he said could not be kept: that is all that a person here can do something about."""
        if kind == NOT_DONE and not self.asking:
            failure, self._failure = self._failure, ""
            self.reasons.failed()
            if failure:
                self.say(_(failure), NOT_DONE)

    # time

    def second(self) -> None:
        asked = self.reasons.asked(self.host.now())
        self.reasons.second(self.host.now())
        if self.view is not None:
            self._draw_body(self.view)
        if asked is not None or self.reasons.to_keep is not None:
            self.repaint()
            self._keep()
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
        """While one is being kept no other is heard; without a keyboard of its own none is."""
        view = self.view
        if view is None or self.asking or not view.rates:
            return
        if view.window.state is WindowState.AWAITING_RATING:
            self._rate(view, digit)
        elif view.window.state in RUNS:
            self._check(view, digit)
        else:
            self._why(digit)

    def _rate(self, view: MirrorView, digit: int) -> None:
        """The first one counts, as on a pad."""
        if digit in (0, *digits(view.scale)):
            self._write(partial(rate, digit=digit), NOT_RECORDED)

    def _check(self, view: MirrorView, digit: int) -> None:
        shown = view.shown
        if shown is not None and waits(view) and digit in (RIGHT_KEY, WRONG_KEY):
            self._write(partial(say_checked, shown=shown.id, right=digit == RIGHT_KEY), PRESS_AGAIN)

    def _why(self, digit: int) -> None:
        now = self.host.now()
        if self.reasons.asked(now) is not None:
            self.say("")
            self.reasons.digit(digit, now)
            self.repaint()
            self._keep(NOT_NOTED)

    def _keep(self, failure: str = "") -> None:
        """Record what was said of a level, as soon as nothing else is being kept."""
        ready = self.reasons.to_keep
        if ready is not None and not self.asking:
            self._write(partial(say_why, rating_id=ready.rating, codes=ready.codes), failure)

    def _write(self, work: Callable[[Desk, Moment], None], failure: str) -> None:
        """``failure``: what the person can do when it could not be kept; empty when he has not just pressed."""
        self._failure = failure
        if failure:
            self.say("")
        self.ask_store(self._here(work), self._kept, refused=self._refused)

    def _kept(self, _done: None) -> None:
        self._failure = ""
        self.reasons.kept()

    def _refused(self, sentence: str) -> None:
        pressed, self._failure = self._failure, ""
        self.reasons.kept()
        if pressed:
            self.say(sentence, NOT_DONE)
