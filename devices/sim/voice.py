"""The simulated SYN6288: takes sentences, is busy as long as they are, and cuts off the one it speaks for a new one."""

from typing import Final

from devices.codecs.syn6288 import Command, Decoder, Frame, Reply

MS_PER_CHARACTER: Final = 20
"""Ten times as fast as a real one."""


class SimVoice:
    """`spoken` is what was begun, `cut_off` what was not heard to its end."""

    def __init__(self, ms_per_character: int = MS_PER_CHARACTER) -> None:
        self.spoken: list[str] = []
        self.cut_off: list[str] = []
        self.bad_frames = 0
        """So many frames to come arrive damaged."""
        self.refused = 0
        self.deaf_to_say = False
        """Speaks, but its answer to a sentence gets lost."""
        self._ms_per_character = ms_per_character
        self._until_ms: int | None = None
        self._decoder = Decoder()

    @property
    def speaking(self) -> bool:
        return self._until_ms is not None

    def received(self, data: bytes, now_ms: int) -> bytes:
        return b"".join(self._obey(frame, now_ms) for frame in self._decoder.feed(data))

    def tick(self, now_ms: int) -> bytes:
        if self._until_ms is None or now_ms < self._until_ms:
            return b""
        self._until_ms = None
        return bytes([Reply.IDLE])

    def next_ms(self) -> int | None:
        return self._until_ms

    def _obey(self, frame: Frame, now_ms: int) -> bytes:
        if self.bad_frames > 0 and frame.command is Command.SAY:
            self.bad_frames -= 1
            self.refused += 1
            return bytes([Reply.BAD_FRAME])
        if frame.command is Command.QUERY:
            return bytes([Reply.ACCEPTED, Reply.BUSY if self.speaking else Reply.IDLE])
        if self.speaking and frame.command in (Command.SAY, Command.STOP):
            self.cut_off.append(self.spoken[-1])
            self._until_ms = None
        if frame.command is Command.SAY:
            self.spoken.append(frame.text)
            self._until_ms = now_ms + self._ms_per_character * len(frame.text)
            if self.deaf_to_say:
                return b""
        return bytes([Reply.ACCEPTED])
