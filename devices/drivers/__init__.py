"""Drivers by the name a binding gives them."""

from typing import Final

from devices.drivers.base import Driver
from devices.drivers.idcard_sam import IdcardSam
from devices.drivers.lamp_htp1 import LampHtp1
from devices.drivers.lamp_lcus import LampLcus
from devices.drivers.null import NullDriver
from devices.drivers.pad_ff68 import PadFf68
from devices.drivers.pad_htp1 import PadHtp1
from devices.drivers.printer_escpos import PrinterEscpos
from devices.drivers.scanner_line import ScannerLine
from devices.drivers.voice_command import VoiceCommand
from devices.drivers.voice_syn import VoiceSyn
from devices.drivers.window_aabb import WindowAabb
from devices.drivers.window_ff68 import WindowFf68
from devices.drivers.window_htp1 import WindowHtp1

DRIVERS: Final[dict[str, type[Driver]]] = {
    "pad_htp1": PadHtp1,
    "window_htp1": WindowHtp1,
    "printer_escpos": PrinterEscpos,
    "voice_syn": VoiceSyn,
    "voice_command": VoiceCommand,
    "lamp_lcus": LampLcus,
    "lamp_htp1": LampHtp1,
    "idcard_sam": IdcardSam,
    "scanner_line": ScannerLine,
    "pad_ff68": PadFf68,
    "window_ff68": WindowFf68,
    "window_aabb": WindowAabb,
    "null": NullDriver,
}
PORTLESS: Final = frozenset(name for name, driver in DRIVERS.items() if getattr(driver, "portless", False))
"""Drivers that need no port."""
