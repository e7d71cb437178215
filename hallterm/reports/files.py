"""Reports as files: by the name of a format, into the data folder or where somebody wants them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path

from hallterm.reports.model import Report
from hallterm.reports.writing import file_name, write_whole

FOLDER = "reports"


class FileFormat(StrEnum):
    """What a report can be saved as by this room; the page for a printer is drawn with the screens' widths."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


ENCODERS: Mapping[FileFormat, str] = {
    FileFormat.XLSX: "hallterm.reports.xlsx_file",
    FileFormat.CSV: "hallterm.reports.csv_file",
    FileFormat.JSON: "hallterm.reports.model",
}


def encoded(report: Report, form: FileFormat, step: Callable[[int], None] | None = None) -> bytes:
    """The content of the file; the writer is imported when it is needed. ``step`` is told how many lines are written, by
    those that take long.
    """
    encode: Callable[..., bytes] = import_module(ENCODERS[form]).encode
    return encode(report, step) if form is FileFormat.XLSX else encode(report)


def export(report: Report, form: FileFormat, data_folder: Path) -> Path:
    """Save into ``reports/`` of the data folder; returns the file. Raises OSError."""
    path = data_folder / FOLDER / file_name(report, form.value)
    write_whole(path, encoded(report, form))
    return path
