"""Drivers by the name a binding gives them."""

from typing import Final

from devices.drivers.base import Driver
from devices.drivers.null import NullDriver
from devices.drivers.pad_htp1 import PadHtp1
from devices.drivers.printer_escpos import PrinterEscpos
from devices.drivers.window_htp1 import WindowHtp1

DRIVERS: Final[dict[str, type[Driver]]] = {
    "pad_htp1": PadHtp1,
    "window_htp1": WindowHtp1,
    "printer_escpos": PrinterEscpos,
    "null": NullDriver,
}
