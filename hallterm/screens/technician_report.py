"""Page 8: the report of this visit; F8 signs and saves it below the data folder, with a page of text to print."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from devices.technician.report import Report, ReportDevice, Saved, cleaned, digest, dump, save
from devices.technician.results import Outcome
from hallterm.actions import Slot
from hallterm.device_names import role_name
from hallterm.device_report import report_page
from hallterm.locale import N_, _
from hallterm.os_words import why as system_words
from hallterm.screens.technician_page import Key, Page, rule
from hallterm.screens.technician_words import LIGHTS, place_text
from hallterm.widgets.cells import fit, tail
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

FOLDER = "reports"
FINGERPRINT = 8


class ReportPage(Page):
    """F7 shows the whole text, F8 signs and saves, Ctrl-R adds an open point."""

    title = N_("8Report")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self.full = False
        self._top = 0
        self._saving = False
        self._last: Saved | None = None

    @property
    def report(self) -> Report | None:
        """As it would be saved now."""
        mode = self.mode
        if mode.look is None:
            return None
        window = mode.place.window.rpartition("-")[2].lstrip("0")
        return cleaned(mode.visit.report(mode.look, mode.ports, window, mode.host.now(), signed_by=mode.look.staff))

    def rows(self, cells: int, height: int) -> list[Row]:
        report = self.report
        if report is None:
            return []
        if self.full:
            lines = report_page(report).splitlines()
            self._top = max(0, min(self._top, len(lines) - height))
            return [f" {line}" for line in lines[self._top : self._top + height]]
        rows: list[Row] = [f" {_summary(report)}", rule(cells)]
        for device in report.device:
            word, ink = LIGHTS[device.light] if device.test else (N_("not tried"), Ink.YELLOW)
            rows.append(((f" {fit(device_name(device), 22)}{fit(_(word), 20)}{_counts(device)}", ink),))
        for part in report.replaced:
            text = _("Replaced: {part}, old {old}, new {new}")
            values = {"part": role_name(part.part), "old": tail(part.old, 20), "new": tail(part.new, 20)}
            rows.append(" " + text.format(**values))
        if report.report.reason:
            rows.append(f" {_('Reason of the visit')}  {report.report.reason}")
        rows += [f" {_('Open point')}  {point}" for point in report.report.open_points]
        if self._last is not None:
            digits = self._last.sha256.upper()
            rows += ["", f" {_('Saved')}  {FOLDER}/{self._last.path.name}", f" {_('Fingerprint')}  {digits}"]
        rows += ["", " " + _("Not in the report: card numbers, ID numbers, names of visitors, passwords")]
        return rows

    # keys

    def bar(self) -> list[Key]:
        none = "" if self.mode.ports.bindings or self.mode.visit.points else _("there is nothing to report yet")
        return [
            Key(Slot.F4, _("Why"), self._ask_reason),
            Key(Slot.F7, _("Brief") if self.full else _("Full"), self._view),
            Key(Slot.F8, _("Sign"), self._save, none),
            Key(Slot.CTRL_R, _("Jot"), self._note),
        ]

    def hint(self) -> str:
        return _("F8 signs with your number and saves; nothing is sent anywhere")

    def arrow(self, key: str) -> None:
        if self.full:
            self._top += {"up": -1, "down": 1, "pageup": -15, "pagedown": 15}.get(key, 0)

    def _view(self) -> None:
        self.full, self._top = not self.full, 0

    def _note(self) -> None:
        hint = _(" stays open after this visit; long numbers are blotted out")
        self.mode.open_text(f" {_('Open point')} ", hint, 30, self._noted)

    def _ask_reason(self) -> None:
        hint = _(" why somebody came; long numbers are blotted out")
        self.mode.open_text(f" {_('Reason of the visit')} ", hint, 24, self._reasoned, self.mode.visit.reason)

    def _reasoned(self, text: str) -> None:
        self.mode.visit.reason = text.strip()

    def _noted(self, text: str) -> None:
        if text.strip():
            self.mode.visit.points.append(text.strip())

    def _save(self) -> None:
        report = self.report
        if report is None or self._saving:
            return
        self._saving = True
        folder, page = self.mode.place.data / FOLDER, report_page(report, digest(dump(report)))

        async def work() -> None:
            try:
                saved = await asyncio.to_thread(save, report, folder, page)
            except OSError as error:
                reason = system_words(error)
                words = _("The report cannot be saved ({reason}): make room or mend the folder {folder}, then F8 again")
                self.mode.say(words.format(reason=reason, folder=FOLDER), NOT_DONE)
            else:
                self._last = saved
                self.mode.say(_saved(saved))
                self.mode.draw()
            finally:
                self._saving = False

        self.mode.run_worker(work(), exit_on_error=True)


def _saved(saved: Saved) -> str:
    text = _("Signed, saved in {folder}: {name}  {fingerprint}")
    return text.format(folder=FOLDER, name=saved.path.name, fingerprint=saved.sha256[:FINGERPRINT].upper())


def _summary(report: Report) -> str:
    head = report.report
    word = LIGHTS[report.light][0]
    text = _("Window {window}  {technician}  {start} to {end}   {result}   open points {points}")
    return text.format(
         window=head.window or "--", technician=head.technician, start=f"{head.started:%m-%d %H:%M}",
        end=f"{head.ended:%H:%M}", result=_(word), points=len(head.open_points),
    )  # fmt: skip


def device_name(device: ReportDevice) -> str:
    """Its role, and what it is."""
    return f"{place_text(str(device.role), '')} {device.serial or device.model}".strip()


def _counts(device: ReportDevice) -> str:
    passed = sum(test.outcome is Outcome.PASS for test in device.test)
    text = _("{passed} of {count} passed") if device.test else "--"
    return text.format(passed=passed, count=len(device.test))
