"""A real terminal for tests: a program in a pseudo-terminal, its screen as a person sees it, its keys as bytes.

    with Terminal([sys.executable, "-m", "hallterm", "demo"], env={"LANG": "zh_CN.UTF-8"}) as terminal:
        terminal.wait_for("叫号")                      # waits until the text is on the screen
        terminal.press("f5", "ctrl+p", "escape")       # the bytes xterm sends
        terminal.type("增值税")
        terminal.wait_for(lambda rows: rows[7].startswith(" A001"))
        terminal.resize(80, 24)
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 143

Rules: nothing here asserts a time; every wait has a generous deadline and fails with the screen in its message; what is
looked at without a wait (``row``, ``text``, ``screen``) is looked at when the program rests, never half painted. After
``escape`` wait for what it does before the next key, or the two are one sequence. Rows and columns count from 1, as in
the design of the screens, except in the list ``screen()`` returns. What a stimulus costs: ``before = t.bytes_seen;
t.press("f5"); t.wait_quiet(); t.bytes_seen - before``. Only the child started here is ever ended, by its id.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pyte.screens import Char

from tests.end_to_end.keys import key_bytes
from tests.end_to_end.pty_line import PtyLine
from tests.end_to_end.pty_screen import ALTERNATE_SCREEN
from tests.end_to_end.resting import wait_until_at_rest

DEADLINE_S = 120.0


class Terminal(PtyLine):
    """A program in a pseudo-terminal; a context manager.

    ``env`` is laid over a small clean environment (``None`` removes a name): TERM=xterm-256color, LANG=C.UTF-8, no
    COLORTERM. ``size`` is (columns, rows). ``utf8=False`` is a terminal that shows one ``?`` a byte; ``answers=False``
    one that answers no question (cursor position, device attributes). ``ignored`` signals are ignored by the program
    from its start, as under nohup. ``raw`` holds the bytes written by the program, the last 4 MB.
    """

    _is_waiting = False

    # Keys

    def press(self, *keys: str) -> None:
        """Press keys by name (``f5``, ``ctrl+p``, ``escape``, ``insert``, ``alt+x``, ``a``), each a write of its own."""
        for key in keys:
            self.send(key_bytes(key))

    def type(self, text: str) -> None:
        """Type a text, also Chinese, in one write, as an input method commits it."""
        self.send(text.encode())

    def paste(self, text: str) -> None:
        """Paste a text, bracketed as terminals do when asked."""
        self.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")

    # The screen

    def screen(self) -> list[str]:
        """The rows once the program rests, each padded to the width; a Chinese character stands once for its two cells."""
        if not self._is_waiting:
            self.wait_at_rest()
        with self._lock:
            return self._screen.rows()

    def text(self) -> str:
        """The screen as text, without trailing spaces."""
        return "\n".join(row.rstrip() for row in self.screen())

    def row(self, number: int) -> str:
        """One row, counted from 1."""
        return self.screen()[number - 1]

    def cell(self, row: int, column: int) -> Char:
        """One cell with its colours (``data fg bg bold reverse ...``), counted from 1."""
        with self._lock:
            return self._screen.buffer[row - 1][column - 1]

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the terminal's own cursor, from 1."""
        with self._lock:
            return self._screen.cursor.y + 1, self._screen.cursor.x + 1

    @property
    def private_modes(self) -> set[int]:
        """Private modes that are on (7 wrap, 25 cursor, 1049 alternate screen, 1000-1006 mouse, 1004 focus)."""
        with self._lock:
            return self._screen.private_modes

    @property
    def modes_ever_set(self) -> set[int]:
        """Private modes the program has ever switched on."""
        with self._lock:
            return set(self._screen.modes_ever_set)

    @property
    def in_alternate_screen(self) -> bool:
        """The program paints full screen and has not restored the terminal."""
        return ALTERNATE_SCREEN in self.private_modes

    @property
    def kitty_flags(self) -> list[int]:
        """Flags of the kitty keyboard protocol the program has ever asked for."""
        with self._lock:
            return list(self._stream.kitty_flags_ever)

    # Waiting

    def wait_for(self, wanted: str | Callable[[list[str]], bool], deadline_s: float = DEADLINE_S) -> list[str]:
        """Wait until the text is on the screen, or the predicate of its rows is true; returns the rows."""
        rows: list[str] = []

        def seen() -> bool:
            nonlocal rows
            rows = self._screen.rows()
            return wanted in "\n".join(rows) if isinstance(wanted, str) else wanted(rows)

        self._wait(seen, deadline_s, f"the screen never showed {wanted!r}")
        return rows

    def wait_until(self, condition: Callable[[], object], deadline_s: float = DEADLINE_S, what: str = "") -> None:
        """Wait for any state outside the screen, such as a file that another process writes."""
        self._wait(lambda: bool(condition()), deadline_s, what or "the state never came", of_program=False)

    def wait_bytes(self, wanted: bytes, deadline_s: float = DEADLINE_S) -> None:
        """Wait until the program has written these bytes."""
        self._wait(lambda: wanted in self.raw, deadline_s, f"the program never wrote {wanted!r}")

    def wait_quiet(self, quiet_s: float = 0.3, deadline_s: float = DEADLINE_S) -> None:
        """Wait until the program has written nothing for so long."""
        self._wait(lambda: time.monotonic() - self._last_byte_at >= quiet_s, deadline_s, "the line never fell quiet")

    def wait_at_rest(self) -> None:
        """Wait until the program has dealt with all it was sent: its threads sleep, what it wrote is read."""
        if self._reading.is_set() and self.is_running:
            wait_until_at_rest(self.pid, lambda: self._ended or self._master < 0 or not self.unread_bytes)

    def wait_exit(self, deadline_s: float = DEADLINE_S) -> int:
        """Wait for the program's end; its exit code, negative if a signal killed it."""
        try:
            code = self._child.wait(deadline_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end in {deadline_s} s\n{self.text()}") from None
        if self._reading.is_set():
            self._reader.join(1.0)  # what it wrote last; its own children may hold the line open
        return code

    def _wait(self, condition: Callable[[], bool], deadline_s: float, failure: str, *, of_program: bool = True) -> None:
        until = time.monotonic() + deadline_s
        with self._changed, self._looking():
            while not condition():
                left_s = until - time.monotonic()
                if left_s <= 0 or (of_program and self._ended and not self.is_running):
                    ended = "" if self.is_running else f" (it ended with code {self._child.poll()})"
                    raise AssertionError(f"{failure}{ended}; the screen was\n{self.text()}")
                self._changed.wait(min(left_s, 0.05))

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """A condition sees the screen as it is; it is asked again anyway."""
        self._is_waiting, before = True, self._is_waiting
        try:
            yield
        finally:
            self._is_waiting = before
