"""A serial port with two threads; the only module that touches pyserial.

The reader opens, reads and closes; the writer empties a bounded queue. What happens is told to one sink, from these
threads: first Up or Down; after Up any number of Received and Written; Down last and once. Errors: devices.errors.
"""

import contextlib
import errno
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import serial

from devices import platform
from devices.errors import LineSettings, PortAbsent, PortBusy, PortDenied, PortError, PortGone, PortRefused, PortStuck

READ_TIMEOUT_S: Final = 0.5
"""How often an idle reader wakes; a stop interrupts it, and where it cannot, closing still takes less than a second."""
WRITE_TIMEOUT_S: Final = 1.0
CLOSE_LIMIT_S: Final = 0.8
QUEUE_WRITES: Final = 64
URL_MARK: Final = "://"
LINE_ERRORS: Final = (serial.SerialException, OSError, ValueError, *platform.RAW_ERRORS)


class Up(msgspec.Struct, frozen=True):
    """The port is open."""


class Received(msgspec.Struct, frozen=True):
    """Bytes came in."""

    data: bytes


class Written(msgspec.Struct, frozen=True):
    """One queued write was taken by the line."""

    size_bytes: int


class Down(msgspec.Struct, frozen=True):
    """The port is closed; no error if we closed it."""

    error: PortError | None


PortEvent = Up | Received | Written | Down
Sink = Callable[[PortEvent], None]


class SerialPort:
    """One opening of one port; made anew for each connection."""

    def __init__(self, port: str, line: LineSettings) -> None:
        self.port = port
        self._line = line
        self._serial: serial.Serial | None = None
        self._writes: queue.Queue[bytes | None] = queue.Queue(QUEUE_WRITES)
        self._unsent_bytes = 0
        self._stopping = threading.Event()
        self._write_error: PortError | None = None
        self._reader: threading.Thread | None = None

    def start(self, sink: Sink) -> None:
        """Opens in the background; the sink must be quick and must not raise."""
        self._reader = threading.Thread(target=self._run, args=(sink,), name=f"read {self.port}", daemon=True)
        self._reader.start()

    def write(self, data: bytes) -> None:
        """Queues the bytes; PortStuck if the queue is full, PortGone if the port is closing."""
        if self._stopping.is_set():
            raise self._write_error or PortGone(self.port)
        try:
            self._writes.put_nowait(data)
        except queue.Full:
            raise PortStuck(self.port, sum(map(len, filter(None, list(self._writes.queue))))) from None

    def stop(self) -> None:
        """Asks both threads to end and returns at once; Down follows."""
        self._stopping.set()
        opened = self._serial
        if opened is not None:
            with contextlib.suppress(*LINE_ERRORS, AttributeError, TypeError):
                opened.cancel_read()
                opened.cancel_write()

    def close(self) -> None:
        """Stops and waits for the threads, less than a second, whatever they are blocked in."""
        self.stop()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join(CLOSE_LIMIT_S)

    def _run(self, sink: Sink) -> None:
        try:
            opened = self._open()
        except PortError as refusal:
            sink(Down(refusal))
            return
        self._serial = opened
        writer = threading.Thread(
            target=self._write_queued, args=(opened, sink), name=f"write {self.port}", daemon=True
        )
        error: PortError | None = None
        sink(Up())
        writer.start()
        try:
            self._read(opened, sink)
        except LINE_ERRORS as raw:
            if not self._stopping.is_set():
                error = PortGone(self.port, getattr(raw, "errno", None) or 0)
        self._stopping.set()
        with contextlib.suppress(queue.Full):
            self._writes.put_nowait(None)
        writer.join(WRITE_TIMEOUT_S + READ_TIMEOUT_S)
        self._shut(opened)
        sink(Down(error or self._write_error))

    def _read(self, opened: serial.Serial, sink: Sink) -> None:
        while not self._stopping.is_set():
            data = opened.read(1)
            if data:
                waiting = opened.in_waiting
                sink(Received(data + opened.read(waiting) if waiting else data))

    def _write_queued(self, opened: serial.Serial, sink: Sink) -> None:
        try:
            while not self._stopping.is_set():
                data = self._writes.get()
                if data is None:
                    return
                opened.write(data)
                sink(Written(len(data)))
        except serial.SerialTimeoutException:
            self._write_error = PortStuck(self.port, len(data or b"") + self._queued_bytes())
        except LINE_ERRORS as raw:
            if not self._stopping.is_set():
                self._write_error = PortGone(self.port, getattr(raw, "errno", None) or 0)
        self.stop()

    def _queued_bytes(self) -> int:
        return sum(len(data) for data in list(self._writes.queue) if data)

    def _open(self) -> serial.Serial:
        opened = serial.serial_for_url(self.port, do_not_open=True)
        opened.timeout, opened.write_timeout = READ_TIMEOUT_S, WRITE_TIMEOUT_S
        opened.dtr, opened.rts = self._line.dtr, self._line.rts
        opened.exclusive = True
        try:
            opened.baudrate = self._line.baud
            opened.bytesize, opened.parity = int(self._line.format[0]), self._line.format[1]
            opened.stopbits = float(self._line.format[2:])
            opened.open()
            if not self._is_url:
                platform.take_exclusive(opened.fileno())
        except LINE_ERRORS as raw:
            with contextlib.suppress(*LINE_ERRORS):
                opened.close()
            raise self._opening_error(raw) from raw
        return opened

    @property
    def _is_url(self) -> bool:
        """Such as `socket://host:port`: a line behind a network adapter, or a simulator where there is no pty."""
        return URL_MARK in self.port

    def _opening_error(self, raw: Exception) -> PortError:
        number = getattr(raw, "errno", None) or (raw.args[0] if raw.args and isinstance(raw.args[0], int) else 0)
        if number in (errno.EACCES, errno.EPERM):
            return platform.denied(self.port)
        if number in (errno.EAGAIN, errno.EBUSY):
            return platform.busy(self.port)
        if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or self._is_url:  # nobody listens there
            return PortAbsent(self.port)
        if number == errno.EINVAL or (isinstance(raw, ValueError) and not isinstance(raw, OSError)):
            return PortRefused(self.port, self._line.baud, self._line.format)
        return PortGone(self.port, number)

    def _shut(self, opened: serial.Serial) -> None:
        with contextlib.suppress(*LINE_ERRORS):
            opened.reset_output_buffer()  # a real line may wait 30 s at close for bytes nobody takes
        with contextlib.suppress(*LINE_ERRORS):
            if not self._is_url:
                platform.give_back(opened.fileno())
        with contextlib.suppress(*LINE_ERRORS):
            opened.close()


@contextlib.contextmanager
def modem_pins(port: str) -> Iterator[serial.Serial]:
    """The port for its modem lines alone, without threads; the PortError it failed with."""
    opening = SerialPort(port, LineSettings())
    opened = opening._open()
    try:
        yield opened
    finally:
        opening._shut(opened)


__all__ = [
    "Down", "LineSettings", "PortAbsent", "PortBusy", "PortDenied", "PortError", "PortEvent", "PortGone",
    "PortRefused", "PortStuck", "Received", "SerialPort", "Up", "Written", "modem_pins",
]  # fmt: skip
