"""The simulated HTP/1 window display: keeps what it shows."""

from typing import Final

from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import Colour, DeviceClass, Message, NakCode, ReplyCode, Text, TextMode, TextReply
from devices.sim.htp1_model import HEART_S, Htp1Model

LINES_MOST: Final = 4
SPEED_MOST: Final = 9


class SimWindowDisplay(Htp1Model):
    """`shown` is the text told last, `lines` what each line shows, `history` all texts since power-on."""

    device_class = DeviceClass.WINDOW_DISPLAY
    model = "CP2-A"

    def __init__(self, serial: str, address: int = 0x13, *, boot: int = 0x0A01, heart_s: float = HEART_S) -> None:
        super().__init__(serial, address, boot, heart_s)
        self.shown = ""
        self.lines: dict[int, str] = {}
        self.history: list[str] = []

    def reset(self) -> None:
        super().reset()
        self.shown = ""
        self.lines.clear()

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        if not isinstance(message, Text):
            return NakCode.UNKNOWN
        modes = message.colour in tuple(Colour) and message.mode in tuple(TextMode)
        if not (1 <= message.line <= LINES_MOST and message.speed <= SPEED_MOST and modes):
            return NakCode.RANGE
        self.shown = self.lines[message.line] = message.text
        self.history.append(message.text)
        return TextReply(ReplyCode.OK)


class SimHallBoard(SimWindowDisplay):
    """The same over a whole hall."""

    device_class = DeviceClass.BOARD
    model = "HB4-A"
