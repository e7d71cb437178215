"""The simulated bar code scanner: says what it was held over."""

from devices.codecs.line import Frame, encode


class SimScanner:
    """Speaks only; `end` is what it was set up to send after a code."""

    def __init__(self, end: bytes = b"\r") -> None:
        self._end = end
        self._out = bytearray()

    def scan(self, text: str, aim: str = "") -> None:
        """Somebody held a code under it; wake the device afterwards."""
        self.send(encode(Frame(text, aim))[:-1] + self._end)

    def send(self, data: bytes) -> None:
        """Any bytes, as a card reader in the same case would send them."""
        self._out += data

    def received(self, data: bytes, now_ms: int) -> bytes:
        return b""

    def tick(self, now_ms: int) -> bytes:
        out, self._out = bytes(self._out), bytearray()
        return out

    def next_ms(self) -> int | None:
        return None
