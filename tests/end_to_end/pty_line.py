"""A program in a pseudo-terminal, as a line: bytes in, bytes out, signals, stalls, hang-ups."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Condition, Event, RLock, Thread
from types import TracebackType
from typing import Any, Self

from tests.end_to_end.pty_screen import PtyScreen, PtyStream

PROJECT = Path(__file__).parents[2]
RAW_BYTES_KEPT = 4 << 20

# The child makes the pseudo-terminal its controlling terminal, so that a hang-up reaches it, then becomes the program.
# Tests may themselves run in the background or under nohup, where signals are ignored by inheritance.
BECOME = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
for number in filter(None, sys.argv[1].split(",")):
    signal.signal(int(number), signal.SIG_IGN)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class PtyLine:
    """The line of a ``Terminal``, which see; everything here is safe to call from the test's thread.

    ``piece_bytes`` are read at once, at most.
    """

    piece_bytes = 65536

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str | None] | None = None,
        size: tuple[int, int] = (80, 24),
        *,
        cwd: Path | None = None,
        utf8: bool = True,
        answers: bool = True,
        ignored: Sequence[signal.Signals] = (),
    ) -> None:
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._answers = answers
        self._screen = PtyScreen(*size, answer=self._answer)
        self._stream = PtyStream(self._screen, utf8=utf8)
        self._reading = Event()
        self._reading.set()
        self._ended = False
        self._last_byte_at = time.monotonic()
        self.raw = bytearray()
        self.bytes_seen = 0
        self._master, slave = os.openpty()
        self._set_size(*size)
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", BECOME, ",".join(str(int(one)) for one in ignored), *command],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=environment(env or {}),
                cwd=cwd or PROJECT,
                start_new_session=True,
            )
        finally:
            os.close(slave)
        self._reader = Thread(target=self._read, name="pty-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are, such as a swipe of a card."""
        while data:
            data = data[os.write(self._master, data) :]

    @property
    def echoes(self) -> bool:
        """The line is in its ordinary state: it echoes and edits lines, as a shell expects it."""
        flags = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """The program has not ended."""
        return self._child.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._child.send_signal(number)

    def stop_reading(self) -> None:
        """Stall the line: nobody reads what the program writes. Nothing is read once this has returned."""
        with self._lock:
            self._reading.clear()

    def resume_reading(self) -> None:
        """The line takes data again."""
        self._reading.set()

    @property
    def unread_bytes(self) -> int:
        """Bytes the program has written that this end has not read yet; they wait in the kernel."""
        count = fcntl.ioctl(self._master, termios.FIONREAD, b"\0\0\0\0")
        return int.from_bytes(count, sys.byteorder)

    def hang_up(self) -> None:
        """Close the terminal, as a vanished SSH line does."""
        with self._lock:
            if self._master >= 0:
                os.close(self._master)
                self._master = -1
        self._reading.set()

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the program gets SIGWINCH."""
        with self._lock:
            self._screen.resize(rows, columns)
            self._set_size(columns, rows)

    def close(self) -> None:
        """End the program if it still runs, then the terminal."""
        if self.is_running:
            self.resume_reading()
            self._child.terminate()
            try:
                self._child.wait(120)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self.hang_up()
        self._reader.join(120)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _answer(self, data: bytes) -> None:
        if self._answers and self._master >= 0:
            os.write(self._master, data)

    def _read(self) -> None:
        while self._reading.wait():
            with self._lock:
                master = self._master
            if master < 0:
                break
            try:
                ready, _, _ = select.select([master], [], [], 0.05)
                data = self._read_now() if ready else None
            except (OSError, ValueError):
                break
            if data == b"":
                break
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_now(self) -> bytes | None:
        """Read and show what is there; None if reading was stopped meanwhile, empty at the end."""
        with self._changed:
            if not self._reading.is_set() or self._master < 0:
                return None
            try:
                data = os.read(self._master, self.piece_bytes)
            except OSError as error:
                if error.errno == errno.EIO:  # the program's end of the line is closed
                    return b""
                raise
            self.bytes_seen += len(data)
            self.raw += data
            del self.raw[:-RAW_BYTES_KEPT]
            self._last_byte_at = time.monotonic()
            self._stream.feed(data)
            self._changed.notify_all()
            return data


def environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    """A small clean environment with these changes; ``None`` removes a name."""
    base: dict[str, Any] = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    base.update(changes)
    return {name: value for name, value in base.items() if value is not None}
