"""``hallterm report``: a report from the command line, at a PC of a hall or at a centre.

Who may read the data folder may read what is in it, as with ``doctor`` and ``setting list``: the rights of the user of
the operating system decide. ``--centre`` reads at the centre instead, with number and password and the rights there.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from msgspec import Struct

from hallterm.cli_errors import OK
from hallterm.config import ConfigError, Settings
from hallterm.locale import N_, _
from hallterm.reports.files import FileFormat, encoded, export
from hallterm.reports.make import Unfit, make
from hallterm.reports.model import Missing, Report
from hallterm.reports.period import KIND_WORDS
from hallterm.reports.registry import REPORTS
from hallterm.reports.writing import file_name, write_whole
from storage import clock
from storage.database import Database

NO_HALL = N_("{folder} holds no hall: run hallterm setup first, or name the folder with --data")
SAVED = N_("{rows} lines saved: {file}")
TEXT, SCREEN, STANDARD_OUTPUT = "text", "screen", "-"
SCREEN_CELLS, WIDEST_CELLS = 80, 200


class ReportOptions(Struct, frozen=True):
    """What was given besides the id."""

    period: str = ""
    scope: str = ""
    by: str = ""
    form: str = SCREEN
    out: Path | None = None
    chart: bool = False
    database: str = ""
    centre: bool = False
    staff: str = ""
    password_stdin: bool = False


def list_reports(_settings: Settings) -> int:
    """Every report with the times it takes."""
    for one in REPORTS.values():
        times = ", ".join(_(KIND_WORDS[kind]) for kind in one.periods)
        click.echo(f"{one.id}  {_(one.name)}\n      {times}")
    return OK


def main(settings: Settings, id: str, options: ReportOptions) -> int:
    """Make it and show or save it; raises ConfigError with the sentence of what cannot be made."""
    with _database(settings, options.database) as database:
        report = _at_centre(settings, database, id, options) if options.centre else _here(database, id, options)
    if options.form == SCREEN:
        return _show(report, chart=options.chart)
    return _save(report, options, settings.data.path)


def _here(database: Database, id: str, options: ReportOptions) -> Report:
    try:
        return make(database, id, options.period, options.scope, clock.now(), by=options.by, coverage=_not_in)
    except Unfit as unfit:
        raise ConfigError(unfit.reason.text()) from unfit


def _at_centre(settings: Settings, database: Database, id: str, options: ReportOptions) -> Report:
    from hallterm.centre_report_command import from_centre

    place = (options.period, options.scope, options.by)
    return from_centre(settings, database, id, *place, options.staff, options.password_stdin)


def _not_in(database: Database, scope: str, upto: str) -> Iterator[Missing]:
    """The halls whose days are not all here, as the page of the nodes tells them."""
    from hallterm.workflows.coverage import missing_halls

    for gap in missing_halls(database, scope, upto):
        yield Missing(gap.hall, gap.name, gap.since)


def _show(report: Report, *, chart: bool) -> int:
    from hallterm.widgets.report_bars import bars
    from hallterm.widgets.report_page import screen_page

    cells = SCREEN_CELLS
    if sys.stdout.isatty():
        cells = max(SCREEN_CELLS, min(WIDEST_CELLS, shutil.get_terminal_size().columns))
    rows = bars(report, cells) if chart and report.chart else screen_page(report, cells)
    for row in rows:
        click.echo(row.rstrip())
    return OK


def _save(report: Report, options: ReportOptions, folder: Path) -> int:
    content = _content(report, options.form)
    if str(options.out) == STANDARD_OUTPUT or (options.out is None and options.form == FileFormat.JSON):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return OK
    if options.out is not None:
        path = options.out
        write_whole(path, content)
    elif options.form == TEXT:
        path = folder / "reports" / file_name(report, "txt")
        write_whole(path, content)
    else:
        path = export(report, FileFormat(options.form), folder)
    click.echo(_(SAVED).format(rows=len(report.rows), file=path))
    return OK


def _content(report: Report, form: str) -> bytes:
    if form != TEXT:
        return encoded(report, FileFormat(form))
    from hallterm.widgets.report_page import text_page

    return text_page(report).encode("utf-8")


@contextmanager
def _database(settings: Settings, url: str) -> Iterator[Database]:
    """The tables of this PC or of a centre; raises ConfigError where there is neither."""
    from hallterm.setting_command import CENTRE_FILE

    folder = settings.data.path
    if url or (folder / CENTRE_FILE).exists():
        from hallterm.admin_command import centre_journal

        with centre_journal(settings, url) as journal:
            yield journal.database
        return
    if not (folder / "hall.db").exists():
        raise ConfigError(_(NO_HALL).format(folder=folder))
    from storage.journal import Journal

    journal = Journal.open(folder / "hall.db")
    try:
        if not journal.is_set_up:
            raise ConfigError(_(NO_HALL).format(folder=folder))
        yield journal.database
    finally:
        journal.close()
