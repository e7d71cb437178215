"""A relay on loopback that keeps all it carried, unpacked too."""

from __future__ import annotations

import socket
import zlib
from contextlib import suppress
from threading import Thread

READ_BYTES = 65536
GZIP = b"\x1f\x8b\x08"


class Relay:
    """Listens at :attr:`port` until closed and passes everything on to an address, both ways."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._carried: list[bytearray] = []
        self.port = self._listening.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def carried(self) -> bytes:
        """Every byte of every connection, and what was packed in them."""
        raw = [bytes(one) for one in self._carried]
        return b"\n".join([*raw, *(unpacked(one) for one in raw)])

    def close(self) -> None:
        """Cut all connections."""
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                self._open.append(near)
                try:
                    far = socket.create_connection(self._to)
                except OSError:
                    near.close()
                    raise
                self._open.append(far)
                for source, target in ((near, far), (far, near)):
                    kept = bytearray()
                    self._carried.append(kept)
                    Thread(target=self._carry, args=(source, target, kept), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        with suppress(OSError):
            while data := source.recv(READ_BYTES):
                kept += data
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def unpacked(data: bytes) -> bytes:
    """Whatever of it is gzip, opened."""
    found = []
    for part in data.split(GZIP)[1:]:
        with suppress(zlib.error):
            found.append(zlib.decompressobj(wbits=31).decompress(GZIP + part))
    return b"\n".join(found)
