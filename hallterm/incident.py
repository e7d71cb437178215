"""When the program stops: a record for the technician that holds no personal data, and nothing on the screen.

The screen for the user is in ``hallterm.plain_screens``. The record holds the types of the errors, where they arose
and the ids of facts they carry; never a local variable, never the text of an exception, never a source line: any of
them may hold a name or an identity number. Nothing here loads Textual.
"""

from __future__ import annotations

import errno
import logging
import os
import platform
import re
import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.app import App

    AppBase = App[Any]
else:
    AppBase = object

# Without letters and digits that are mistaken for each other on the telephone.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
NUMBER: Final = re.compile(r"incident-([2-9A-HJ-NP-Z]{3})-(\d{4})\.log")
RECORD_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}/\d+/\d+(/[0-9a-f]{8})?")
RECORDS_KEPT: Final = 100
FRAMES_SHOWN: Final = 40
ERRORS_SHOWN: Final = 10


def record_incident(error: BaseException, log_folder: Path, now: datetime) -> str:
    """Write ``incident-<number>.log`` and return the number, such as ``7K3-0412``; never raises.

    The three characters are drawn once per log folder, the four digits count. An error may carry ``record_ids``
    (strings such as ``node/epoch/seq/h8``). If nothing can be written (a full disk), the number is made of the time.
    """
    try:
        log_folder.mkdir(parents=True, exist_ok=True)
        number, fileno = _next_record(log_folder)
        with open(fileno, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(_record_lines(number, error, now)) + "\n")
        _forget_old_records(log_folder)
    except OSError:
        return f"{_drawn_prefix()}-{now:%H%M}"
    return number


def _next_record(log_folder: Path) -> tuple[str, int]:
    """The next free number and its file, opened; exclusive creation settles who is first."""
    used = sorted(match.groups() for path in log_folder.iterdir() if (match := NUMBER.fullmatch(path.name)))
    prefix, digits = used[-1] if used else (_drawn_prefix(), "0")
    count = int(digits)
    while True:
        count = count % 9999 + 1
        path = log_folder / f"incident-{prefix}-{count:04}.log"
        with suppress(FileExistsError):
            return f"{prefix}-{count:04}", os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)


def _drawn_prefix() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(3))


def _forget_old_records(log_folder: Path) -> None:
    records = sorted(log_folder.glob("incident-*.log"), key=lambda path: path.stat().st_mtime_ns)
    for path in records[:-RECORDS_KEPT]:
        path.unlink(missing_ok=True)


def _record_lines(number: str, error: BaseException, now: datetime) -> Iterator[str]:
    yield f"incident {number}"
    yield f"time {now.isoformat(timespec='seconds')}"
    yield f"hallterm {_version()}, Python {platform.python_version()}, {platform.system()}"
    for depth, (relation, link) in enumerate(_chain(error)):
        if depth == ERRORS_SHOWN:
            yield "further errors are left out"
            return
        yield f"{relation} {type(link).__module__}.{type(link).__qualname__}{_safe_code(link)}"
        ids = [one for one in getattr(link, "record_ids", ()) if isinstance(one, str) and RECORD_ID.fullmatch(one)]
        if ids:
            yield f"  records {' '.join(ids)}"
        yield from _places(link.__traceback__)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("hallterm")
    except PackageNotFoundError:
        return "(not installed)"


def _chain(error: BaseException) -> Iterator[tuple[str, BaseException]]:
    """The error and what led to it, the outermost first, each once."""
    waiting: list[tuple[str, BaseException]] = [("error", error)]
    seen: set[int] = set()
    while waiting:
        relation, link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield relation, link
        if isinstance(link, BaseExceptionGroup):
            waiting += [("one of its errors", one) for one in link.exceptions]
        # A failed worker of Textual keeps its error in an attribute.
        if isinstance(inner := getattr(link, "error", None), BaseException):
            waiting.append(("the worker's error", inner))
        if link.__cause__ is not None:
            waiting.append(("caused by", link.__cause__))
        elif link.__context__ is not None and not link.__suppress_context__:
            waiting.append(("while handling", link.__context__))


def _safe_code(error: BaseException) -> str:
    """Codes of the system and of SQLite: they name a fault and hold no data."""
    if isinstance(error, OSError) and error.errno is not None:
        return f" {errno.errorcode.get(error.errno, error.errno)}"
    name = getattr(error, "sqlite_errorname", "")
    return f" {name}" if isinstance(name, str) and re.fullmatch(r"SQLITE_[A-Z_]+", name) else ""


def _places(traceback: TracebackType | None) -> Iterator[str]:
    frames: list[tuple[FrameType, int]] = []
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    left_out = len(frames) - FRAMES_SHOWN
    for frame, line in frames[-FRAMES_SHOWN:]:
        yield f"  {_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_qualname}"
    if left_out > 0:
        yield f"  {left_out} outer places are left out"


def _short(filename: str) -> str:
    """The path below the folder it was imported from: the rest may hold the name of a user."""
    path = Path(filename)
    for folder in sorted(map(Path, filter(None, sys.path)), key=lambda one: len(one.parts), reverse=True):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name


class RecordsIncidents(AppBase):
    """Mix in before ``App``: a crash is recorded and ends the app with return code 1; Textual prints nothing.

    After ``run()``, ``incident_number`` and ``incident_at`` say whether and when it crashed. Set ``log_folder``.
    """

    log_folder: Path
    incident_number: str = ""
    incident_at: datetime | None = None

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        # Only the first error tells something; the others come from tearing the screens down.
        if self._exception is None:
            self.incident_at = datetime.now().astimezone()
            self.incident_number = record_incident(error, self.log_folder, self.incident_at)
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End without printing: what Textual would print may show values."""
        self._handle_exception(RuntimeError("panic"))


class IncidentHandler(logging.Handler):
    """Records an error that comes with a log entry instead of writing its text."""

    def __init__(self, log_folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._log_folder = log_folder

    def emit(self, record: logging.LogRecord) -> None:
        """Only errors count; what asyncio says about slow callbacks is not kept."""
        if record.exc_info and record.exc_info[1] is not None:
            record_incident(record.exc_info[1], self._log_folder, datetime.now().astimezone())


def record_what_escapes(log_folder: Path) -> None:
    """Record errors that nobody caught, in any thread or task, instead of printing their texts."""

    def record(error: BaseException | None) -> str:
        if error is None or isinstance(error, SystemExit):
            return ""
        return record_incident(error, log_folder, datetime.now().astimezone())

    def from_main(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
        number = record(error)
        with suppress(OSError, ValueError):
            if sys.__stderr__ is not None:
                sys.__stderr__.write(f"hallterm: incident {number}\n")

    def from_hook(hook: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
        record(hook.exc_value)

    sys.excepthook = from_main
    threading.excepthook = from_hook
    sys.unraisablehook = from_hook
    tasks = logging.getLogger("asyncio")
    tasks.addHandler(IncidentHandler(log_folder))
    tasks.propagate = False
