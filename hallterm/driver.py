"""The Textual driver for real lines: stalled, slow, vanished, killed.

Stock Textual 8.2 freezes when nobody reads the terminal, spins for ever after a hang-up, dies of SIGTERM without
unmounting and holds Esc back for 100 ms. This driver cures the four, asks less of the terminal, and is held to all of
it by tests in a pseudo-terminal. It touches private parts of Textual, which is therefore pinned to the minor version.
"""

from __future__ import annotations

import codecs
import errno
import os
import re
import select
import signal
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

from hallterm.line import Line

if TYPE_CHECKING:
    from textual.app import App

LEAVING_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
HUNG_UP: Final = 128 + signal.SIGHUP

# A loop that does not answer in this time is blocked and will not answer at all; one that is leaving gets longer, so
# that a slow machine still unmounts. A line that takes no data may keep us this long for the restoring bytes.
LOOP_ANSWERS_S: Final = 0.9
LOOP_LEAVES_S: Final = 5.0
LINE_DRAINS_S: Final = 2.0
STALLED_LINE_DRAINS_S: Final = 0.3

# A slow line may deliver Esc alone and the rest of its sequence after Esc has been told: the rest is a key all the same,
# and never the digits in it.
LATE_REST: Final = re.compile(r"\[|O[A-Z]")
LATE_REST_S: Final = 1.0

READ_BYTES: Final = 4096

# What stock Textual asks of every terminal, and what is asked instead. Of the kitty protocol "disambiguate" only:
# "report all keys" loses Chinese composed by an input method on several terminals. No focus reports: each repaints.
# No resize reports in band: SIGWINCH is enough, and old consoles print a part of the question.
ASKED_INSTEAD: Final = {
    "\x1b[>25u": "\x1b[>1u",
    "\x1b[?1004h": "",
    "\x1b[?1004l": "",
    "\x1b[?2048$p": "",
}
RESTORE: Final = b"\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
CONSOLES_THAT_PRINT_QUESTIONS: Final = ("linux", "vt", "ansi", "cons")


class Ending(Event):
    """An event that also wakes a ``select``: an idle terminal need not look ten times a second whether it shall end."""

    def __init__(self) -> None:
        super().__init__()
        self.reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def set(self) -> None:
        """Wake whoever selects on ``reader``."""
        super().set()
        with suppress(BlockingIOError):
            os.write(self._writer, b".")

    def clear(self) -> None:
        """Make it wait again."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self.reader, READ_BYTES)

    def close(self) -> None:
        """Give both ends back."""
        os.close(self.reader)
        os.close(self._writer)


class HalltermDriver(LinuxDriver):
    """A driver that neither blocks, spins nor dies with its line; give it to an app as ``driver_class``.

    Whoever is told to leave (SIGHUP, SIGTERM, SIGINT, end of file) leaves through ``App.exit`` with the return code
    128 + signal, so that screens unmount and the terminal is restored. Call ``App.run(mouse=False)`` unless the user
    asked for the mouse.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.exit_event: Ending = Ending()
        # Errors may be redirected to a file; the screen is where standard output goes, if that is a terminal.
        file = sys.__stdout__ if sys.__stdout__ is not None and sys.__stdout__.isatty() else sys.__stderr__
        if file is None:
            raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
        self._file = file
        self._out_fileno = file.fileno()
        self._out_encoding = file.encoding or "utf-8"
        self._departure: SimpleQueue[int | None] = SimpleQueue()
        self._leaving = Event()
        self._left = Event()
        self._handlers: dict[signal.Signals, Any] = {}
        self._line = self._new_line()

    @property
    def frames_dropped(self) -> int:
        """Frames that were not painted because the line took no data."""
        return self._line.frames_dropped

    def leave(self, code: int) -> None:
        """Make the app exit with this return code; from any thread, also inside a signal handler."""
        self._departure.put(code)

    # The line out

    def _new_line(self) -> Line:
        def loop_call(method: Callable[[], object]) -> None:
            with suppress(RuntimeError):  # the loop has been closed
                self._loop.call_soon_threadsafe(method)

        return Line(
            self._out_fileno,
            self._out_encoding,
            on_drained=lambda: loop_call(self._repaint),
            on_gone=lambda: self.leave(HUNG_UP),
        )

    def write(self, data: str) -> None:
        """Hand the line a frame or a control sequence; never waits."""
        self._line.write(ASKED_INSTEAD.get(data, data))

    def _repaint(self) -> None:
        if self._app.is_running and self._app.screen_stack:
            self._app.refresh()

    def _request_terminal_sync_mode_support(self) -> None:
        if not os.environ.get("TERM", "").startswith(CONSOLES_THAT_PRINT_QUESTIONS):
            super()._request_terminal_sync_mode_support()

    def _get_terminal_size(self) -> tuple[int, int]:
        for fileno in (self._out_fileno, self.fileno):
            with suppress(OSError):
                size = os.get_terminal_size(fileno)
                return size.columns or 80, size.lines or 24
        return 80, 24

    # Coming and going

    def start_application_mode(self) -> None:
        """Take the terminal, and from now on leave in good order when told to."""
        self._departure, self._leaving, self._left = SimpleQueue(), Event(), Event()
        Thread(target=self._watch_departure, name="hallterm-departure", daemon=True).start()
        for number in LEAVING_SIGNALS:
            # Who ignores SIGHUP (nohup) goes on ignoring it; the end of file is noticed all the same.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, lambda got, _frame: self.leave(128 + got))
        self._line = self._new_line()
        self._line.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Restore the terminal; frames that wait for a screen that is being left are given up."""
        if self._line.stalled or self._leaving.is_set():
            with suppress(termios.error):
                termios.tcflush(self._out_fileno, termios.TCOFLUSH)  # room for the restoring sequences
        self._line.forget_frames()
        super().stop_application_mode()

    def close(self) -> None:
        """Give the terminal back; called once everything is unmounted."""
        super().close()
        leaving_in_haste = self._leaving.is_set() or self._line.stalled
        self._line.stop(STALLED_LINE_DRAINS_S if leaving_in_haste else LINE_DRAINS_S)
        self.exit_event.close()
        self._left.set()
        self._departure.put(None)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()

    def _sigcont_application(self, *_: object) -> None:
        # A stray SIGCONT must not start a second input thread beside the first.
        if self._must_signal_resume:
            super()._sigcont_application()
        else:
            self._loop.call_soon_threadsafe(self._repaint)

    def _watch_departure(self) -> None:
        code = self._departure.get()
        if code is None:
            return
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(self._exit_app, code)
        if not self._leaving.wait(LOOP_ANSWERS_S) or not self._left.wait(LOOP_LEAVES_S):
            self._last_resort(code)

    def _exit_app(self, code: int) -> None:
        self._leaving.set()
        self._app.exit(return_code=code)

    def _last_resort(self, code: int) -> None:
        def restore() -> None:
            if self.attrs_before is not None:
                with suppress(termios.error):
                    termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            with suppress(OSError):
                os.write(self._out_fileno, RESTORE)

        restorer = Thread(target=restore, daemon=True)  # the line may take no data
        restorer.start()
        restorer.join(0.05)
        os._exit(code)

    # The line in

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:
            with suppress(RuntimeError):  # the loop has been closed
                self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Turn bytes into events until told to end; the end of file ends the app."""
        parser = XTermParser(False)  # its debug mode would write every key to a file
        encoding = (sys.__stdin__.encoding if sys.__stdin__ else None) or "utf-8"
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        escape_told_at = -LATE_REST_S
        while not self.exit_event.is_set():
            pending_until = parser._timeout_time
            wait_s = None if pending_until is None else max(0.0, pending_until - get_time())
            if self.fileno in select.select([self.fileno, self.exit_event.reader], [], [], wait_s)[0]:
                received = self._read()
                if not received:
                    self.leave(HUNG_UP)
                    return
                arrived_at = get_time()
                # An empty text would tell the parser that its input has ended.
                if text := decoder.decode(received):
                    if LATE_REST.match(text) and get_time() - escape_told_at < LATE_REST_S:
                        text = f"\x1b{text}"
                    escape_told_at = -LATE_REST_S
                    for event in parser.feed(text):
                        event.time = arrived_at  # how fast a reader types is told by the line, not by this thread
                        self.process_message(event)
                received[:] = bytes(len(received))  # it may hold a card
                text = ""
            for event in parser.tick():
                if isinstance(event, Key) and event.key == "escape":
                    escape_told_at = get_time()
                self.process_message(event)

    def _read(self) -> bytearray:
        received = bytearray(READ_BYTES)
        try:
            del received[os.readv(self.fileno, [received]) :]
        except OSError:  # EIO: the other end of the terminal is gone
            received.clear()
        return received


class AsciiDriver(HalltermDriver):
    """For a terminal of another character set: what it cannot show are question marks, a cell each."""

    def write(self, data: str) -> None:
        """Each column stays where it is."""
        super().write(data if data.isascii() else "".join(map(_in_ascii, data)))


def _in_ascii(sign: str) -> str:
    return sign if sign.isascii() else "?" * cell_len(sign)
