"""The simulated HTP/1 window display: keeps what it shows."""

from devices.codecs.htp1 import Frame
from devices.codecs.htp1_messages import DeviceClass, Message, NakCode, ReplyCode, Text, TextReply
from devices.sim.htp1_model import HEART_S, Htp1Model


class SimWindowDisplay(Htp1Model):
    """`shown` is the text now, `history` all texts since power-on."""

    device_class = DeviceClass.WINDOW_DISPLAY
    model = "CP2-A"

    def __init__(self, serial: str, address: int = 0x13, *, boot: int = 0x0A01, heart_s: float = HEART_S) -> None:
        super().__init__(serial, address, boot, heart_s)
        self.shown = ""
        self.history: list[str] = []

    def reset(self) -> None:
        super().reset()
        self.shown = ""

    def handle(self, message: Message, frame: Frame, now_ms: int) -> Message | NakCode | None:
        if not isinstance(message, Text):
            return NakCode.UNKNOWN
        self.shown = message.text
        self.history.append(message.text)
        return TextReply(ReplyCode.OK)
