"""What goes over a line, as lines of hex, text and meaning: a ring of the last ones, read with a cursor.

Bytes arrive from the threads of a port, lines are read by whoever shows them; both at any time. Bytes above what the
line can carry are counted, not kept. Hidden bytes (`devices.technician.redaction`) are never stored.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from devices.codecs.aabb import Variant
from devices.errors import LineSettings
from devices.health import LineBudget
from devices.link import Transport, TransportFactory
from devices.platform import monotonic_ms
from devices.port import PortEvent, Received, SerialPort, Sink
from devices.technician.decoding import Note, readers
from devices.technician.redaction import Redactor

LINES: Final = 2_000
LINE_BYTES: Final = 64
TOGETHER_MS: Final = 20
"""Bytes closer than this stand on one line."""
HIDDEN: Final = "··"
HIDDEN_CHARACTER: Final = "·"
ZONE: Final = timezone(timedelta(hours=8))
"""Of the halls, whatever zone the machine has: a file must tell the times that the screen told."""


class Direction(StrEnum):
    """As the screens mark it, in letters, for those who see no colours."""

    RECEIVED = "R"
    SENT = "T"


class MonitorLine(msgspec.Struct, frozen=True):
    """`at_ms` is Unix time, `gap_ms` since the line before; `hidden` bytes are shown as `··` in `hex`, `·` in `text`."""

    number: int
    at_ms: int
    gap_ms: int
    direction: Direction
    hex: str
    text: str
    notes: tuple[Note, ...] = ()
    hidden: int = 0

    @property
    def meaning(self) -> str:
        return "; ".join(note.text for note in self.notes)

    def written(self) -> str:
        """The line in a file: time, direction, hex, meaning."""
        at = datetime.fromtimestamp(self.at_ms / 1000, ZONE).replace(tzinfo=None).isoformat(" ", "milliseconds")
        return f"{at} {self.direction} {self.hex} {self.meaning}".rstrip()


class Filter(msgspec.Struct, frozen=True):
    """What is shown: one direction, and lines that have this text in hex, text or meaning; empty is everything."""

    direction: Direction | None = None
    text: str = ""

    def wants(self, line: MonitorLine) -> bool:
        if self.direction is not None and line.direction is not self.direction:
            return False
        wanted = self.text.casefold()
        return not wanted or any(wanted in one.casefold() for one in (line.hex, line.text, line.meaning))


class Page(msgspec.Struct, frozen=True):
    """New lines, the cursor to ask with next, and how many lines were left out because there were too many."""

    lines: tuple[MonitorLine, ...]
    cursor: int
    skipped: int


class _Open(msgspec.Struct):
    """The line that is still growing."""

    at_ms: int
    gap_ms: int
    direction: Direction
    last_ms: int
    shown: list[int | None]
    notes: list[Note]


class Monitor:
    """The last lines of one port; `dropped_bytes` came over what the line can carry."""

    def __init__(
        self, protocol: str = "", *, variant: Variant = Variant.XOR, line: LineSettings = LineSettings(),  # noqa: B008
        lines: int = LINES, clock: Callable[[], int] = monotonic_ms, wall: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.protocol = protocol
        self._clock, self._wall = clock, wall
        self._lock = threading.Lock()
        self._ring: deque[MonitorLine] = deque(maxlen=lines)
        self._number = 0
        self._open: _Open | None = None
        self._last_ms = clock()
        self._budget = LineBudget(line.bytes_per_s, clock())
        self._dropped_elsewhere = 0
        self._redactor = Redactor(protocol)
        self._readers = dict(zip(Direction, readers(protocol, variant), strict=True))

    @property
    def dropped_bytes(self) -> int:
        return self._budget.dropped_bytes + self._dropped_elsewhere

    def relay(self, lines: Sequence[MonitorLine], skipped: int, dropped_bytes: int) -> None:
        """Lines of a monitor elsewhere that hears the port; `skipped` were too many before them, bytes are its total."""
        with self._lock:
            self._number += skipped
            self._dropped_elsewhere = dropped_bytes
            for line in lines:
                self._number += 1
                self._ring.append(msgspec.structs.replace(line, number=self._number))

    def received(self, data: bytes) -> None:
        """Bytes from the device."""
        with self._lock:
            if self._budget.admit(len(data), self._clock()):
                self._take(Direction.RECEIVED, data)

    def sent(self, data: bytes) -> None:
        """Bytes to the device."""
        with self._lock:
            self._take(Direction.SENT, data)

    def since(self, cursor: int = 0, *, most: int = LINES, wanted: Filter = Filter()) -> Page:  # noqa: B008
        """The lines behind `cursor` that the filter lets through, the newest `most` of them."""
        with self._lock:
            if self._open is not None and self._clock() - self._open.last_ms > TOGETHER_MS:
                self._close()
            lines = [line for line in self._ring if line.number > cursor]
            lost = self._number - cursor - len(lines)
            fitting = [line for line in lines if wanted.wants(line)]
            return Page(tuple(fitting[-most:] if most else ()), self._number, max(0, lost) + len(fitting[:-most]))

    def tail(self, count: int) -> tuple[str, ...]:
        """The last lines as they stand in a file."""
        with self._lock:
            self._close()
            return tuple(line.written() for line in list(self._ring)[-count:])

    def save(self, path: Path) -> int:
        """Writes everything that is kept; the number of lines. OSError if it cannot be written."""
        lines = self.tail(LINES)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return len(lines)

    def clear(self) -> None:
        """Empties the ring; cursors stay good."""
        with self._lock:
            self._close()
            self._ring.clear()

    def _take(self, direction: Direction, data: bytes) -> None:
        now_ms = self._clock()
        for start in range(0, len(data), LINE_BYTES):
            piece = data[start : start + LINE_BYTES]
            line = self._growing(direction, len(piece), now_ms)
            received = direction is Direction.RECEIVED
            line.shown += [byte if not received or self._redactor.shown(byte) else None for byte in piece]
            line.notes += self._readers[direction].notes(piece)
            line.last_ms = self._last_ms = now_ms

    def _growing(self, direction: Direction, size: int, now_ms: int) -> _Open:
        line = self._open
        if line is not None and (
            line.direction is not direction
            or now_ms - line.last_ms > TOGETHER_MS
            or len(line.shown) + size > LINE_BYTES
            or line.notes  # a frame is over: the next one begins a line of its own
        ):
            self._close()
        if self._open is None:
            gap_ms = now_ms - self._last_ms
            self._open = _Open(int(self._wall() * 1000), gap_ms, direction, now_ms, [], [])
        return self._open

    def _close(self) -> None:
        line, self._open = self._open, None
        if line is None:
            return
        self._number += 1
        text = "".join(HIDDEN_CHARACTER if byte is None else _character(byte) for byte in line.shown)
        shown = " ".join(HIDDEN if byte is None else f"{byte:02X}" for byte in line.shown)
        hidden = line.shown.count(None)
        self._ring.append(
            MonitorLine(self._number, line.at_ms, line.gap_ms, line.direction, shown, text, tuple(line.notes), hidden)
        )


def tapped(monitor: Monitor, transport: TransportFactory = SerialPort) -> TransportFactory:
    """The same transport, with everything that goes through it told to the monitor."""
    return lambda port, line: _Tap(monitor, transport(port, line))


class _Tap:
    def __init__(self, monitor: Monitor, inner: Transport) -> None:
        self._monitor, self._inner = monitor, inner

    def start(self, sink: Sink) -> None:
        def heard(event: PortEvent) -> None:
            if isinstance(event, Received):
                self._monitor.received(event.data)
            sink(event)

        self._inner.start(heard)

    def write(self, data: bytes) -> None:
        self._monitor.sent(data)  # before it is: the answer may be here at once
        self._inner.write(data)

    def stop(self) -> None:
        self._inner.stop()

    def close(self) -> None:
        self._inner.close()


def _character(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else "."
