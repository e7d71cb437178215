"""Watching a port that is in use: monitors hear what goes over it, whoever opened it; nobody's work is disturbed.

`Taps.transport` takes the place of SerialPort where ports are opened. While nobody watches, a transfer costs one look
into an empty table; nothing is kept.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from devices.errors import LineSettings
from devices.link import Transport, TransportFactory
from devices.port import PortEvent, Received, SerialPort, Sink
from devices.technician.monitor import Monitor


class Taps:
    """The ports of a running station; `watching` may be called from any thread."""

    def __init__(self, transport: TransportFactory = SerialPort) -> None:
        self._inner = transport
        self._lock = threading.Lock()
        self._monitors: dict[str, tuple[Monitor, ...]] = {}

    def transport(self, port: str, line: LineSettings) -> Transport:
        """The port, with an ear on it."""
        return _Tapped(self, port, self._inner(port, line))

    def of(self, port: str) -> tuple[Monitor, ...]:
        """Who watches this port now."""
        return self._monitors.get(port, ()) if self._monitors else ()

    @contextmanager
    def watching(self, port: str, monitor: Monitor) -> Iterator[None]:
        """The monitor hears this port (by the name it is opened with) meanwhile."""
        with self._lock:
            self._monitors[port] = (*self._monitors.get(port, ()), monitor)
        try:
            yield
        finally:
            with self._lock:
                left = tuple(one for one in self._monitors[port] if one is not monitor)
                if left:
                    self._monitors[port] = left
                else:
                    del self._monitors[port]


class _Tapped:
    def __init__(self, taps: Taps, port: str, inner: Transport) -> None:
        self._taps, self._port, self._inner = taps, port, inner

    def start(self, sink: Sink) -> None:
        def heard(event: PortEvent) -> None:
            if isinstance(event, Received):
                for monitor in self._taps.of(self._port):
                    monitor.received(event.data)
            sink(event)

        self._inner.start(heard)

    def write(self, data: bytes) -> None:
        for monitor in self._taps.of(self._port):
            monitor.sent(data)  # before it is: the answer may be here at once
        self._inner.write(data)

    def stop(self) -> None:
        self._inner.stop()

    def close(self) -> None:
        self._inner.close()
