"""A simulated device behind TCP on loopback: `socket://127.0.0.1:PORT` for pyserial, where there are no pseudo-terminals.

It has no speed and no exclusive lock; the cable is pulled by ending the connection and listening no more.
"""

import socket
from pathlib import Path

from devices.sim.device import READ_BYTES, Model, SimDevice

LOOPBACK = "127.0.0.1"


class SocketSimDevice(SimDevice):
    """Keeps its port number over unplugging, as an adapter keeps its name; one host at a time."""

    def __init__(self, name: str, model: Model, link: Path, baud: int = 0) -> None:
        super().__init__(name, model, link)
        self._number = 0
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None

    @property
    def port(self) -> str:
        return f"socket://{LOOPBACK}:{self._number}"

    @property
    def plugged(self) -> bool:
        return self._listener is not None

    def plug(self) -> None:
        with self.lock:
            if self._listener is not None:
                return
            self._listener = socket.create_server((LOOPBACK, self._number))
            self._listener.setblocking(False)
            self._number = self._listener.getsockname()[1]
            self._outbox.clear()
        self.wake()

    def unplug(self) -> None:
        with self.lock:
            for end in (self._host, self._listener):
                if end is not None:
                    end.close()
            self._host = self._listener = None
            self._hung_up = True
        self.wake()

    def _sources(self) -> tuple[socket.socket, ...]:
        """The host, or whoever comes."""
        source = self._host or self._listener
        return () if source is None else (source,)

    def _read(self) -> None:
        try:
            if self._host is None and self._listener is not None:
                self._host, _address = self._listener.accept()
                self._host.setblocking(False)
                self._hung_up = False
            data = self._host.recv(READ_BYTES) if self._host is not None else b""
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._heard(data)
        else:
            self._host_left()

    def _host_left(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host, self._hung_up = None, True

    def _write(self, data: bytes) -> None:
        if self._host is not None:
            self._host.sendall(data)
