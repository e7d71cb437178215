"""Page 4: does the line carry bytes. A plug that joins TX and RX, speed by speed, or a device that says back what it hears."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from devices.bindings import Binding
from devices.errors import LineSettings
from devices.technician.loopback import FRAMES, LoopFigures, loop_test, plug_test
from devices.technician.modem import ModemLines, modem_lines
from devices.technician.rig import rigged
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.screens.technician_page import Key, Page, rule, told
from hallterm.screens.technician_pins import NONE, pin_rows
from hallterm.screens.technician_words import port_name
from hallterm.widgets.cells import fit, right
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.visit import at

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

COUNTS = (100, FRAMES)
PLUG_BAUDS = (9600, 19200, 38400, 57600, 115200)
HEADERS = (N_("frames"), N_("errors"), N_("bit errors"), N_("lost"), N_("trip 50 %"), N_("trip 95 %"))


class LoopPage(Page):
    """F6 asks the device, F8 tests a plug at every speed; a digit would change the page, so F7 chooses how many frames."""

    title = N_("4Loop")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self._frames = COUNTS[0]
        self._kind = ""
        self._done: tuple[LoopFigures, ...] = ()
        self._now: LoopFigures | None = None
        self._pins: ModemLines | None = None

    def rows(self, cells: int, height: int) -> list[Row]:
        rows: list[Row] = [" " + (self.mode.jobs.line() or self._head()), rule(cells)]
        if self._pins is not None:
            return [*rows, *pin_rows(self._pins, cells)]
        if self._done:
            names = "".join(right(_(name), 12) for name in HEADERS)
            rows.append(f" {fit(_('speed'), 7)}{names}")
        for one in self._done:
            ink = Ink.RED if one.errors else Ink.GREEN
            rows.append(((_figures(one), ink),))
        if self._done and all(one.nothing_came for one in self._done):
            rows += ["", " " + _("Nothing came back: no plug, TX and RX not joined, or the device is off")]
        elif any(one.errors for one in self._done):
            rows += ["", " " + _("Damaged frames: check cable and plugs, or try a lower speed")]
        if not self._done and self.mode.jobs.now is None:
            text = _(
                "F6 asks the device {frames} times what it hears.  F8 tests a TX-RX plug: take the device off first."
            )
            rows += told(text.format(frames=self._frames), cells)
        return rows

    def _head(self) -> str:
        row = self.row
        if row is None:
            return _("there is no port")
        return _("{port}   {frames} frames").format(port=port_name(row), frames=self._frames)

    def second(self) -> None:
        """How far it is, in the one line that changes."""
        job, now = self.mode.jobs.now, self._now
        if job is not None and now is not None:
            text = _("{baud}   frame {frames} of {asked}, errors {errors}")
            job.stage = text.format(baud=now.baud, frames=now.frames, asked=now.asked, errors=now.errors)

    # keys

    def bar(self) -> list[Key]:
        device = self.device
        speaks = device is not None and device.driver.endswith("_htp1")
        no_loop = "" if speaks else _("only HTP/1 devices say back what they hear; F8 tests the line")
        return [
            Key(Slot.F5, _("Pins"), self._ask_pins, self.port_refused()),
            Key(Slot.F6, _("Test"), self._device, self.device_refused() or no_loop),
            Key(Slot.F7, _("Count"), self._count),
            Key(Slot.F8, _("Plug"), self._ask_plug, self.port_refused()),
        ]

    def hint(self) -> str:
        return _("F7 changes between {few} and {many} frames; Esc stops a test").format(few=COUNTS[0], many=COUNTS[1])

    def _count(self) -> None:
        self._frames = COUNTS[(COUNTS.index(self._frames) + 1) % len(COUNTS)]

    def _told(self, figures: LoopFigures) -> None:
        self._now = figures

    def _device(self) -> None:
        binding, row = self.device, self.row
        if binding is None or row is None:
            return
        frames, told, port = self._frames, self._told, row.name
        shared = len(row.bound) > 1
        self._begin("loop")

        async def work() -> tuple[LoopFigures, ...]:
            async with rigged(binding, port, shared=shared) as rig:
                await rig.identify()
                return (await loop_test(rig, frames=frames, progress=told),)

        self.mode.jobs.start(
            _("Loop {device}").format(device=self.subject()), work, lambda found: self._over(found, binding), row=row
        )

    def _ask_plug(self) -> None:
        question = _("Sends at {count} speeds, only with a TX-RX plug! {key} again within 3 s")
        self.mode.ask_again(Slot.F8, question, self._plug, count=len(PLUG_BAUDS))

    def _plug(self) -> None:
        row, frames, told = self.row, self._frames, self._told
        if row is None:
            return
        self._begin("plug")
        port, device = row.name, self.device

        async def work() -> tuple[LoopFigures, ...]:
            found = []
            for baud in PLUG_BAUDS:
                figures = await plug_test(port, line=LineSettings(baud), frames=frames, progress=told)
                found.append(figures)
                if figures.nothing_came:  # no plug: the other speeds need not be waited for
                    break
            return tuple(found)

        name = _("Plug loop {port}").format(port=port_name(row))
        self.mode.jobs.start(name, work, lambda found: self._over(found, device), row=row)

    def _begin(self, kind: str) -> None:
        self._kind, self._done, self._now, self._pins = kind, (), None, None

    def _ask_pins(self) -> None:
        question = _("DTR and RTS are switched; a device that they start will start anew. {key} again within 3 s")
        self.mode.ask_again(Slot.F5, question, self._toggle)

    def _toggle(self) -> None:
        row, device = self.row, self.device
        if row is None:
            return
        self._begin("pins")
        port = row.name

        async def work() -> ModemLines:
            return await asyncio.to_thread(modem_lines, port)

        name = _("Modem lines of {port}").format(port=port_name(row))
        self.mode.jobs.start(name, work, lambda lines: self._toggled(lines, device), row=row)

    def _toggled(self, lines: ModemLines, binding: Binding | None) -> None:
        self._pins = lines
        if binding is not None:
            self.mode.visit.tried(at(binding), [lines.tried()])
        if lines.there:
            self.mode.say(_("Modem lines read; both of ours are off again"))
        else:
            self.mode.say(_(NONE))

    def back(self) -> bool:
        """From the lines to the figures."""
        shown, self._pins = self._pins is not None, None
        return shown

    def arrow(self, key: str) -> None:
        self._pins = None
        super().arrow(key)

    def _over(self, found: tuple[LoopFigures, ...], binding: Binding | None) -> None:
        self._done, mode = found, self.mode
        tests = [one.tried(f"{self._kind}_{one.baud}") for one in found]
        if binding is not None:
            mode.visit.tried(at(binding), tests)
        bad = sum(one.errors for one in found)
        frames = sum(one.frames for one in found)
        text = _("{frames} frames, {bad} damaged or lost").format(frames=frames, bad=bad)
        if bad:
            mode.say(text, NOT_DONE)
        else:
            mode.say(text)


def _figures(one: LoopFigures) -> str:
    texts = (
        str(one.frames), str(one.errors), f"{one.ber:.2e}", str(one.lost_bytes), f"{one.rtt_ms_p50:.1f} ms",
        f"{one.rtt_ms_p95:.1f} ms",
    )  # fmt: skip
    return f" {one.baud:<7}" + "".join(right(text, 12) for text in texts)
