"""Page 3: what goes over the line of the chosen port, one line a paint; what came too fast to be read is counted.

The next line takes the next row, from the top again when the page is full: nothing scrolls, so a line costs its own row.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.timer import Timer

from devices.bindings import BAUDS, Binding
from devices.drivers import PORTLESS
from devices.errors import LineSettings
from devices.technician.line import opened
from devices.technician.listing import PortRow
from devices.technician.monitor import LINES, Direction, Filter, Monitor, MonitorLine
from devices.technician.rig import monitor_for, rigged
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.rules.day import local
from hallterm.screens.technician_page import Key, Page, rule, told
from hallterm.screens.technician_sending import Sending
from hallterm.screens.technician_words import port_name
from hallterm.station.watching import watch
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.frame import ATTENTION, NOT_DONE, RESULT
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

PAINT_S = 0.1
"""At most ten lines a second."""
BYTES_S = 1_300
"""What the page may cost a second; the rest of 1.5 kB is for the clock and the counter of skipped lines."""
ROW_OVERHEAD = 40
"""Bytes of cursor and colours around a row."""
BACKLOG = 12
SHOWN_BYTES, WIDE_BYTES = 12, 24
LOOK_S = 0.2
OPENS = N_("F6 opens the port and shows what goes over it.  Card and ID content is hidden and kept nowhere.")
SERVED = N_("F6 shows what the station says and hears; it serves on.  Card and ID content is hidden and kept nowhere.")
DIRECTIONS = (None, Direction.RECEIVED, Direction.SENT)


class MonitorPage(Page):
    """F6 shows and ends, F7 stands still, F4 filters, F8 saves what is kept.

    A bound device is watched while the station serves it; Ctrl-Y borrows its port instead, so that bytes can be sent.
    """

    title = N_("3Watch")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self.monitor = Monitor()
        self.port = ""
        self.skipped = 0
        self._cursor = 0
        self._waiting: deque[MonitorLine] = deque()
        self._rows: list[Row] = []
        self._place = 0
        self._tokens = float(BYTES_S)
        self._still = False
        self._filter = Filter()
        self._baud = 9600
        self._timer: Timer | None = None
        self._heading = ""
        self._borrows = False
        self.sending = Sending(self)

    @property
    def running(self) -> bool:
        """The port is open for looking."""
        job = self.mode.jobs.now
        return job is not None and job.stage == "monitor"

    @property
    def tapping(self) -> bool:
        """The station keeps the port and tells what it hears and says."""
        look, device = self.mode.look, self.device
        served = look is not None and look.station and device is not None and device.driver not in PORTLESS
        return served and not self._borrows

    # the line

    def _start(self) -> None:
        row, device, mode = self.row, self.device, self.mode
        if row is None:
            return
        self.monitor = monitor_for(device) if device is not None else Monitor(line=LineSettings(self._baud))
        self._cursor, self.skipped, self._place, self._rows = 0, 0, 0, []
        self._waiting.clear()
        self.port, monitor, outbox = row.name, self.monitor, self.sending.begin()
        name = _("Watching {port}").format(port=port_name(row))
        settings = LineSettings(self._baud)
        if self.tapping and device is not None:
            role, window, folder = str(device.role), device.window, mode.place.data
            job = mode.jobs.start(name, lambda: watch(folder, role, window, monitor), self._ended, row=None)
        else:
            work = partial(_watch, device, row, settings, monitor, outbox)
            job = mode.jobs.start(name, work, lambda _none: None, row=row)
        if job is not None:
            job.stage = "monitor"
            self._timer = mode.set_interval(PAINT_S, self._paint)

    def back(self) -> bool:
        """What was typed to be sent goes first."""
        return self.sending.forget()

    def _ended(self, _none: None) -> None:
        self.mode.say(_("The station ended it: the binding changed, or the station did"), ATTENTION)

    def leave(self) -> None:
        self._end_timer()
        if self.running:
            self.mode.jobs.stop()

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _paint(self) -> None:
        """Ten times a second: one line at most, and only as many bytes as the budget allows."""
        if not self.running:
            self._end_timer()
            return
        page = self.monitor.since(self._cursor, most=BACKLOG, wanted=self._filter)
        self._cursor = page.cursor
        if self._still:
            return
        self.skipped += page.skipped
        self._waiting.extend(page.lines)
        while len(self._waiting) > BACKLOG:
            self._waiting.popleft()
            self.skipped += 1
        self._tokens = min(float(BYTES_S), self._tokens + BYTES_S * PAINT_S)
        if not self._waiting:
            return
        row = self._line(self._waiting[0], self.mode.size.width)
        cost = ROW_OVERHEAD + sum(len(text.encode()) for text, _ink in row) + self.mode.size.width - _cells(row)
        if cost <= self._tokens:
            self._tokens -= cost
            self._waiting.popleft()
            first = not self._rows
            self._put(row)
            if first:
                self.mode.draw()
            else:
                self.mode.draw_page()

    def _put(self, row: Row) -> None:
        room = max(1, self.mode.size.height - 9)
        if len(self._rows) < room:
            self._rows.append(row)
            self._place = len(self._rows) % room
        else:
            self._rows[self._place % room] = row
            self._place = (self._place + 1) % room

    # drawing

    def rows(self, cells: int, height: int) -> list[Row]:
        if not self.running:
            self._heading = self._head()
        if not self._rows and not self.running:
            text = _(SERVED) if self.tapping else _(OPENS)
            return [" " + self._heading, rule(cells), *told(text, cells)]
        return [" " + self._heading, rule(cells), *self._rows]

    def second(self) -> None:
        """The figures of the heading: once a second."""
        self._heading = self._head()

    def _head(self) -> str:
        row = self.row
        if row is None:
            return _("there is no port")
        device = self.device
        line = device.line if device is not None else LineSettings(self._baud)
        if not self.running:
            return f"{port_name(row)}  {line.baud} {line.format}  {self.subject() if device is not None else ''}"
        text = _(
            "{port}  {baud} {format}  R in T out  filter {filter}  skipped {skipped}  dropped {dropped} B  {count}/{most}"
        )
        return text.format(
            port=port_name(row), baud=line.baud, format=line.format, filter=self._filter_text(), skipped=self.skipped,
            dropped=self.monitor.dropped_bytes, count=min(self._cursor, LINES), most=LINES,
        )  # fmt: skip

    def _filter_text(self) -> str:
        parts = [str(self._filter.direction or ""), self._filter.text]
        return " ".join(part for part in parts if part) or _("all")

    def _line(self, line: MonitorLine, cells: int) -> tuple[tuple[str, Ink], ...]:
        most = WIDE_BYTES if cells >= WIDE_FROM else SHOWN_BYTES
        shown = line.hex.split(" ")
        hexed = " ".join(shown[:most]) + (" .." if len(shown) > most else "")
        at = local(line.at_ms)
        time = f" {at:%H:%M:%S}.{line.at_ms % 1000:03} {min(line.gap_ms, 9_999_999) / 1000:+.3f} "
        meaning = _("content hidden, not kept") if line.hidden and not line.notes else line.meaning or line.text
        ink = Ink.GREEN if line.direction is Direction.RECEIVED else Ink.YELLOW
        rest = fit(f" {hexed}", 3 * most + 4)
        return (
            (time, Ink.PLAIN),
            (str(line.direction), ink),
            (cut(rest + meaning, cells - width(time) - 2), Ink.PLAIN),
        )

    # keys

    def bar(self) -> list[Key]:
        stopped = "" if self.running else _("first open the port with F6")
        kept = "" if self._cursor else _("nothing was seen yet")
        key = self.mode.key_of(self.mode.slot_action(Slot.CTRL_Y))
        send = _("the station has the port: {key} borrows it").format(key=key) if self.tapping else stopped
        typed = Key(Slot.F8, _("Send"), self.sending.confirm, send)
        return [
            Key(Slot.F4, _("Only"), self._next_filter),
            Key(Slot.F5, _("Baud"), self._next_baud, self._baud_refused()),
            Key(
                Slot.F6,
                _("Stop") if self.running else _("Watch"),
                self._toggle,
                "" if self.running else self.port_refused(),
            ),
            Key(Slot.F7, _("Go on") if self._still else _("Still"), self._stand_still, stopped),
            typed if self.sending.typed else Key(Slot.F8, _("Save"), self._save, kept),
            Key(Slot.INSERT, _("Hex"), self.sending.ask, send),
            Key(Slot.CTRL_Y, _("Both") if self._borrows else _("Lend"), self._borrow, self._borrow_refused()),
            Key(Slot.CTRL_R, _("Txt"), self._ask_text),
        ]

    def hint(self) -> str:
        if self.tapping:
            return _("F6 looks, the station serves on; Ctrl-Y borrows the port to send bytes. Esc stops")
        return _("F6 looks; Ins enters bytes to send; a bound device is served meanwhile. Esc stops")

    def _borrow_refused(self) -> str:
        if self.running:
            return _("first close the port with F6")
        look = self.mode.look
        return "" if self.device is not None and look is not None and look.station else _("no station has this port")

    def _borrow(self) -> None:
        self._borrows = not self._borrows
        text = _("F6 will borrow the port: the device is off at its window meanwhile")
        self.mode.say(text if self._borrows else _("F6 will leave the port with the station"))

    def _toggle(self) -> None:
        if self.running:
            self._keep_frames()
            self.mode.jobs.stop()
        else:
            self._start()

    def _keep_frames(self) -> None:
        self.mode.visit.frames = self.monitor.tail(200)

    def _stand_still(self) -> None:
        self._still = not self._still

    def _next_filter(self) -> None:
        here = DIRECTIONS.index(self._filter.direction)
        self._filter = Filter(DIRECTIONS[(here + 1) % len(DIRECTIONS)], self._filter.text)
        self.mode.say(_("Shown: {filter}").format(filter=self._filter_text()))

    def _ask_text(self) -> None:
        hint = _(" hex, text or the name of a frame; empty is everything")
        self.mode.open_text(f" {_('Filter')} ", hint, 20, self._filter_by, self._filter.text)

    def _filter_by(self, text: str) -> None:
        self._filter = Filter(self._filter.direction, text.strip())

    def _baud_refused(self) -> str:
        if self.running:
            return _("first close the port with F6")
        return _("the binding has the speed") if self.device is not None else ""

    def _next_baud(self) -> None:
        self._baud = BAUDS[(BAUDS.index(self._baud) + 1) % len(BAUDS)]

    def _save(self) -> None:
        self.mode.run_worker(_keep(self.mode, self.monitor, self.port), exit_on_error=True)


async def _keep(mode: TechnicianScreen, monitor: Monitor, port: str) -> None:
    name = f"{local(mode.host.now().t):%Y-%m-%d_%H%M%S}_{Path(port).name[-24:]}.log"
    try:
        count = await asyncio.to_thread(_saved, monitor, mode.place.data / "reports" / name)
    except OSError as error:
        mode.say(_("Not done: {reason}").format(reason=system_words(error)), NOT_DONE)
    else:
        mode.say(_("{count} lines saved in reports/{name}").format(count=count, name=name), RESULT)


def _saved(monitor: Monitor, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return monitor.save(path)


def _cells(row: tuple[tuple[str, Ink], ...]) -> int:
    return sum(width(text) for text, _ink in row)


async def _watch(
    device: Binding | None, row: PortRow, line: LineSettings, monitor: Monitor, outbox: deque[bytes]
) -> None:  # fmt: skip
    """Until it is cancelled; a bound device is served by the house's own driver, else only listened to."""
    if device is None:
        async with opened(row.name, line, monitor=monitor) as open_line:
            while not open_line.link.over:
                await open_line.listen(LOOK_S)
                open_line.forget()
                while outbox:
                    await open_line.send(outbox.popleft())
        return
    async with rigged(device, row.name, monitor=monitor, shared=len(row.bound) > 1) as rig:
        while not rig.link.over:
            if await rig.identify() is not None:
                await rig.work()
                while rig.working:
                    await asyncio.sleep(LOOK_S)
                    while outbox:
                        async with rig.link.turn:
                            rig.link.send(outbox.popleft())
                            await rig.link.flush()
                await rig.rest()
            else:
                await asyncio.sleep(1.0)
        error = await rig.link.ended()
        if error is not None:
            raise error
