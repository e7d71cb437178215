"""Keys of a terminal whose keyboard is shared with a reader: swipes and scans are caught before any binding sees them.

Only installed at windows with a reader that types; elsewhere no key comes by here. ``App.on_event`` is where Textual
hands over a key first; that is not documented, so the tests in a pseudo-terminal guard it.
"""

from __future__ import annotations

from asyncio import get_running_loop, to_thread
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from textual._time import get_time
from textual.app import App
from textual.events import Event, Key, Paste

from devices.card_data import is_resident_id
from devices.wedge import Card, Decision, Habits, Pass, Scan, ScanKind, Wedge, Withdraw
from hallterm.locale import N_, _
from hallterm.reader_settings import TypingReader
from hallterm.station.cards import take_scans
from hallterm.widgets.field import Field
from hallterm.widgets.frame import ATTENTION, FrameScreen

CARD_READ = N_("A bank card was read here: nothing was kept")
NOT_ASKED = {
    ScanKind.RESIDENT_ID: N_("An ID card was read, but nothing here asks for it: not kept"),
    ScanKind.CODE: N_("A code was read, but nothing here asks for it"),
}


class Swipes:
    """The filter of one app, in its thread; ``install`` puts it in."""

    def __init__(self, app: App[Any], reader: TypingReader) -> None:
        self._app = app
        self._wedge: Wedge[Key]
        self.use(reader)
        self._pass_on = app.on_event
        self._waiting = False
        self._before: tuple[Field, int] | None = None

    def use(self, reader: TypingReader) -> None:
        """The reader has these habits from now on."""
        self._wedge = Wedge(Habits(reader.gap_ms, reader.average_ms, reader.header_ms, reader.patterns))

    def install(self) -> None:
        """From now on each key comes here first."""
        self._app.on_event = self.on_event  # type: ignore[method-assign]  # no cost where there is no reader

    async def on_event(self, event: Event) -> None:
        """In place of ``App.on_event``."""
        if isinstance(event, Key) and not event.is_forwarded and not self._learning():
            at_ms = event.time * 1000
            decisions = self._wedge.key(event, event.key, event.character, at_ms, self._collects())
            await self._carry_out(decisions)
            self._wait()
            return
        if isinstance(event, Paste) and not event.is_forwarded:
            await self._carry_out(self._wedge.release())
        await self._pass_on(event)

    def _wait(self) -> None:
        """Be called when silence decides. Later keys only move the moment; it is asked again then."""
        due_ms = self._wedge.due_ms
        if due_ms is not None and not self._waiting:
            # Not a timer of Textual's: that one skips what is late already.
            self._waiting = True
            get_running_loop().call_later(max(0.0, due_ms / 1000 - get_time()), self._look)

    def _look(self) -> None:
        # Keys that wait in the queue since before the silence must be seen first.
        self._app.call_later(self._tick)

    async def _tick(self) -> None:
        self._waiting = False
        await self._carry_out(self._wedge.tick(get_time() * 1000))
        self._wait()

    def _screen(self) -> FrameScreen | None:
        screen = self._app.screen if self._app.screen_stack else None
        return screen if isinstance(screen, FrameScreen) else None

    def _learning(self) -> bool:
        screen = self._screen()
        return screen is not None and screen.raw_keys

    def _collects(self) -> bool:
        """A field is open that does nothing with a key but show it."""
        screen = self._screen()
        return screen is not None and screen.field is not None and not screen.field.picks

    async def _carry_out(self, decisions: Iterable[Decision[Key]]) -> None:
        """What concerns a field goes through the queue of the screen, in order with the keys before and after it."""
        for decision in decisions:
            screen = self._screen()
            if isinstance(decision, Pass):
                if decision.begins and screen is not None:
                    screen.call_later(self._remember, screen)
                await self._pass_on(decision.key)
            elif screen is not None and isinstance(decision, Withdraw):
                screen.call_later(self._take_back, screen)
            elif screen is not None and isinstance(decision, Card):
                screen.call_later(screen.say, _(CARD_READ), ATTENTION)
            elif screen is not None and isinstance(decision, Scan):
                screen.call_later(fill, screen, decision)

    def _remember(self, screen: FrameScreen) -> None:
        field = screen.field
        self._before = None if field is None else (field, len(field.value))

    def _take_back(self, screen: FrameScreen) -> None:
        before, self._before = self._before, None
        if before is not None and before[0] is screen.field:
            field, characters = before
            field.value = field.value[:characters]
            screen.field_changed(field)


def as_scan(text: str) -> Scan:
    """A line of a scanner on a port of its own; what looks like card data never comes here."""
    plain = text.strip().upper()
    return Scan(ScanKind.RESIDENT_ID, plain) if is_resident_id(plain) else Scan(ScanKind.CODE, text)


async def fill_waiting(app: App[Any], folder: Path, window: str) -> None:
    """Fetch what the scanner of a window read, beside the thread that draws, and treat it as if it had been typed."""
    for text in await to_thread(take_scans, folder, window):
        screen = app.screen if app.screen_stack else None
        if isinstance(screen, FrameScreen):
            screen.call_later(fill, screen, as_scan(text))


def fill(screen: FrameScreen, scan: Scan) -> None:
    """A scan fills the open field that asks for it; it is Enter only where the field says so, and never another key."""
    field = screen.field
    if field is not None and scan.kind in field.takes:
        field.value = scan.text
        screen.field_changed(field)
        if field.submits:
            screen.field_entered(field)
    elif field is not None and scan.kind is ScanKind.CODE and not (field.picks or field.secret):
        field.paste(scan.text)
        screen.field_changed(field)
    else:
        screen.say(_(NOT_ASKED[scan.kind]), ATTENTION)
