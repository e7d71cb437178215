"""A report that was made, on its way to the person: as a file in the data folder, or to the printer of this PC."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hallterm.locale import N_
from hallterm.reports.files import FOLDER, FileFormat, encoded
from hallterm.reports.model import Report
from hallterm.reports.writing import file_name, title, write_whole
from hallterm.rules.words import Reason, Value
from hallterm.workflows.desk import Refused

TEXT: Final = "txt"
PRINTERS: Final = (("lp", "-t"), ("lpr", "-T"))
"""The programs of CUPS and of its elders, and how each takes the title."""
WAITS_S: Final = 30
NOT_SAVED = N_("nothing is saved in {folder} ({why}): ask the administrator for the right to write there, or for room")
SAVED = N_("Saved {file}, {rows} lines, in {folder}")
SAVED_AFAR = N_("Saved {file}, {rows} lines, at the hall in {folder}: fetch it with sftp or a USB stick")
NO_PRINTER = Reason(
    N_("no printer is set up on this PC (there is no lp): save it as text, or read it page by page with 5")
)
NOT_PRINTED = N_("the printer took nothing ({why}): see to the printer, or save it as text")
PRINTED = N_("{file} is with the printer of the hall's PC, {pages} pages")
Step = Callable[[int], None]
"""Told how many lines are written."""


def save(report: Report, form: str, folder: Path, *, remote: bool = False, step: Step | None = None) -> Reason:
    """Write the file into ``reports/`` of the data folder and say where it is; raises Refused where it cannot be."""
    path = folder / FOLDER / file_name(report, form)
    try:
        write_whole(path, content(report, form, step))
    except OSError as error:
        raise Refused(Reason(NOT_SAVED, {"folder": str(path.parent), "why": error.strerror or ""})) from error
    said: dict[str, Value] = {"file": path.name, "rows": len(report.rows), "folder": str(path.parent)}
    return Reason(SAVED_AFAR if remote else SAVED, said)


def content(report: Report, form: str, step: Step | None = None) -> bytes:
    """The bytes of the file."""
    if form != TEXT:
        return encoded(report, FileFormat(form), step)
    from hallterm.widgets.report_page import text_page

    return text_page(report).encode("utf-8")


def print_out(report: Report) -> Reason:
    """Give the pages to the system's printer; raises Refused."""
    found = next(((path, flag) for name, flag in PRINTERS if (path := shutil.which(name))), None)
    if found is None:
        raise Refused(NO_PRINTER)
    pages = content(report, TEXT)
    try:
        done = subprocess.run([found[0], found[1], title(report)], input=pages, capture_output=True, timeout=WAITS_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        why = getattr(error, "strerror", "") or f"{WAITS_S} s"
        raise Refused(Reason(NOT_PRINTED, {"why": why})) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [str(done.returncode)]
        raise Refused(Reason(NOT_PRINTED, {"why": said[0][:60]}))
    return Reason(PRINTED, {"file": file_name(report, TEXT), "pages": pages.count(b"\f") + 1})
