"""F8 of a report: how it reaches the person. A digit, and it is done; row 22 says where it lies and how to fetch it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hallterm.locale import N_, _
from hallterm.report_saving import TEXT, print_out, save
from hallterm.reports.files import FileFormat
from hallterm.reports.model import Report
from hallterm.rules.words import Reason
from hallterm.screens.sync_choice import Choice, Option
from hallterm.widgets.frame import ATTENTION, NOT_DONE, FrameScreen
from hallterm.widgets.remote import is_remote
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Refused

if TYPE_CHECKING:
    from hallterm.screens.report_pane import ReportPane
    from hallterm.screens.reports import ReportsScreen
    from hallterm.widgets.frame import Kind

FORMS = (
    (N_("XLSX"), FileFormat.XLSX.value),
    (N_("CSV (Excel and WPS open it)"), FileFormat.CSV.value),
    (N_("Text, for a printer"), TEXT),
)
WORKING = N_("Saving {id}, line {line} of {count} .. you may leave, this row will tell")


def choose_way(pane: ReportPane) -> None:
    """The ways that there are; from afar the printer is named as the one of the hall."""
    report, screen = pane.shown, pane.screen
    options = [Option(_(label), partial(_save, screen, report, form)) for label, form in FORMS]
    printer = _("Print, at the hall") if is_remote() else _("Print")
    options.append(Option(printer, partial(_start, screen, partial(print_out, report))))
    options.append(Option(_("Page by page on this screen"), partial(_pages, pane, report)))
    screen.choice = Choice(_("Save this report as"), options)


def _pages(pane: ReportPane, report: Report) -> None:
    from hallterm.screens.report_inside import PagesPane

    pane.screen.turn_to(PagesPane(pane.screen, pane, report))


def _save(screen: ReportsScreen, report: Report, form: str) -> None:
    loop, folder = asyncio.get_running_loop(), screen.settings.data.path

    def step(line: int) -> None:
        words = _(WORKING).format(id=report.id, line=line, count=len(report.rows))
        loop.call_soon_threadsafe(_tell, screen, words, ATTENTION)

    _start(screen, partial(save, report, form, folder, remote=is_remote(), step=step))


def _start(screen: ReportsScreen, work: Callable[[], Reason]) -> None:
    """On a thread of its own: neither the keys nor the store wait for it, and it goes on when the page is left."""

    async def done() -> None:
        try:
            words = await asyncio.to_thread(work)
        except Refused as no:
            _tell(screen, reason_text(screen, no.reason), NOT_DONE)
        else:
            _tell(screen, reason_text(screen, words))

    screen.app.run_worker(done(), exit_on_error=True)


def _tell(screen: ReportsScreen, sentence: str, kind: Kind | None = None) -> None:
    """Row 22 of whatever page is open by now."""
    shown = screen.app.screen
    if isinstance(shown, FrameScreen):
        shown.say(sentence, kind) if kind else shown.say(sentence)
