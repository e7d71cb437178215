"""A terminal line that may stall or vanish: its writers never wait."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Final

# About one whole screen in colours and a few small frames. What is older than that is better painted anew.
BACKLOG_BYTES: Final = 32 * 1024


class Line(Thread):
    """Writes frames to a terminal in a thread of its own, whole or not at all.

    When more than ``BACKLOG_BYTES`` wait, frames are dropped until everything accepted before is out; then
    ``on_drained`` is called, to repaint the whole screen. ``on_gone`` is called once if the terminal refuses data for
    good (a hang-up). Both are called in this thread.
    """

    def __init__(
        self, fileno: int, encoding: str, *, on_drained: Callable[[], None], on_gone: Callable[[], None]
    ) -> None:
        super().__init__(name="hallterm-line", daemon=True)
        self.frames_dropped = 0
        self._fileno = fileno
        self._encoding = encoding
        self._on_drained = on_drained
        self._on_gone = on_gone
        self._frames: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._stalled = False
        self._gone = False
        self._stopping = False
        self._changed = Condition()

    @property
    def stalled(self) -> bool:
        """Frames are being dropped."""
        return self._stalled

    def write(self, text: str) -> None:
        """Accept a frame, or drop it; never waits for the terminal."""
        frame = text.encode(self._encoding, "replace")
        if not frame:
            return
        with self._changed:
            if self._gone:
                return
            if self._backlog_bytes and self._backlog_bytes + len(frame) > BACKLOG_BYTES:
                self._stalled = True
            if self._stalled:
                self.frames_dropped += 1
                return
            self._frames.append(frame)
            self._backlog_bytes += len(frame)
            self._changed.notify_all()

    def forget_frames(self) -> None:
        """Give up what waits and accept again: restoring sequences are about to come."""
        with self._changed:
            self._stalled = False
            self._backlog_bytes -= sum(map(len, self._frames))
            self._frames.clear()

    def stop(self, limit_s: float) -> None:
        """End the thread once all is written, or give it up after ``limit_s``."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self.is_alive():
            self.join(limit_s)

    def run(self) -> None:
        """Write what comes until stopped."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._stopping)
                if not self._frames:
                    return
                frame = self._frames.popleft()
            try:
                self._write_all(frame)
            except OSError:
                with self._changed:
                    self._gone = True
                    self._frames.clear()
                self._on_gone()
                return
            with self._changed:
                self._backlog_bytes -= len(frame)
                drained = self._stalled and not self._frames
                if drained:
                    self._stalled = False
            if drained:
                self._on_drained()

    def _write_all(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._fileno, rest) :]
            except BlockingIOError:  # whoever shares the terminal made it non-blocking
                select.select([], [self._fileno], [])
