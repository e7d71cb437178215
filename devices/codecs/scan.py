"""Frames out of a stream by looking at the front of a buffer; what the codecs without a byte of their own share."""

from abc import abstractmethod
from typing import Generic, TypeVar

import msgspec

FrameT = TypeVar("FrameT")


class CodecStats(msgspec.Struct):
    """What went through one decoder since it was made; `crc_errors` are wrong checks of any kind."""

    frames: int = 0
    crc_errors: int = 0
    length_errors: int = 0
    noise_bytes: int = 0

    @property
    def bad(self) -> int:
        return self.crc_errors + self.length_errors


class ScanDecoder(Generic[FrameT]):
    """Never raises; keeps at most one frame and overwrites what it let go of: a card may have been in it.

    A wrong frame costs its first byte only, so one inside it is found.
    """

    def __init__(self) -> None:
        self.stats = CodecStats()
        self._buffer = bytearray()

    @property
    def buffered_bytes(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> list[FrameT]:
        """The frames completed by these bytes, in order; byte by byte, so that no split can change them."""
        frames: list[FrameT] = []
        for byte in data:
            self._buffer.append(byte)
            self._scan(frames)
        return frames

    def idle(self) -> list[FrameT]:
        """The line went quiet: what looked like the head of a frame was none; a frame behind it comes out."""
        frames: list[FrameT] = []
        while self._buffer:
            self._drop(1)
            self._scan(frames)
        return frames

    @abstractmethod
    def _step(self) -> tuple[int, FrameT | None] | None:
        """What the front of the buffer is: a frame and its size, so many bytes of noise, or None for "not all here"."""

    def _scan(self, frames: list[FrameT]) -> None:
        while self._buffer and (taken := self._step()) is not None:
            size, frame = taken
            if frame is None:
                self._drop(size)
            else:
                self._wipe(size)
                self.stats.frames += 1
                frames.append(frame)

    def _drop(self, size: int) -> None:
        self._wipe(size)
        self.stats.noise_bytes += size

    def _wipe(self, size: int) -> None:
        self._buffer[:size] = bytes(size)
        del self._buffer[:size]

    def _wrong_length(self) -> tuple[int, None]:
        self.stats.length_errors += 1
        return 1, None

    def _wrong_check(self) -> tuple[int, None]:
        self.stats.crc_errors += 1
        return 1, None
