"""Frames a technician may send by name: what is harmless or soon over, by protocol; everything else is typed as bytes."""

from collections.abc import Callable, Mapping
from typing import Final

from devices.codecs import aabb, ff68, htp1, lcus, sam, syn6288
from devices.codecs.aabb import Power, Probe, Show, Variant
from devices.codecs.htp1 import ACK_REQ, ADDR_ALONE
from devices.codecs.htp1_messages import Hello, Led, LedPattern, Message, Ping, Prompt, Text, Voice, pack
from devices.drivers.aabb_line import SAMPLE

SEQ: Final = 0xFE
"""Far from the numbers a driver is using at the moment."""
LIT_TENTHS: Final = 20

Make = Callable[[int], bytes]
"""Takes the address of the device, 0 where it has none."""


def names(protocol: str) -> tuple[str, ...]:
    """What can be sent by name on such a line; of an unknown one what HTP/1 knows."""
    return tuple(FORMS.get(protocol, FORMS["htp1"]))


def frame(protocol: str, name: str, address: int) -> bytes:
    """The bytes of a named frame; KeyError for a name that is none, ValueError for an address that cannot be."""
    return FORMS.get(protocol, FORMS["htp1"])[name.upper()](address)


def _htp1(message: Message) -> Make:
    kind, payload = pack(message)
    return lambda address: htp1.encode(htp1.Frame(address or ADDR_ALONE, kind, SEQ, payload, ACK_REQ))


def _show(variant: Variant) -> Make:
    return lambda address: aabb.encode(Show(address, SAMPLE), variant)


FORMS: Final[Mapping[str, Mapping[str, Make]]] = {
    "htp1": {
        "HELLO": _htp1(Hello()),
        "PING": _htp1(Ping()),
        "LED": _htp1(Led(0xFF, LedPattern.FAST, LIT_TENTHS)),
        "BEEP": _htp1(Prompt(Voice.BEEP)),
        "TEXT": _htp1(Text(1, SAMPLE.decode())),
    },
    "ff68": {
        "BEEP": lambda address: ff68.encode(ff68.beep(address)),
        "START": lambda address: ff68.encode(ff68.start_rating(address)),
    },
    "aabb": {
        "PROBE": lambda address: aabb.encode(Probe(address), Variant.XOR),
        "ON": lambda address: aabb.encode(Power(address, True), Variant.XOR),
        "OFF": lambda address: aabb.encode(Power(address, False), Variant.XOR),
        "XOR": _show(Variant.XOR),
        "SUM": _show(Variant.SUM),
    },
    "lcus": {
        "ON": lambda address: lcus.encode(lcus.Frame(address or 1, True)),
        "OFF": lambda address: lcus.encode(lcus.Frame(address or 1, False)),
    },
    "sam": {"STATUS": lambda address: sam.encode(sam.Frame(sam.Command.STATUS.value))},
    "syn": {
        "QUERY": lambda address: syn6288.encode(syn6288.Frame(syn6288.Command.QUERY)),
        "STOP": lambda address: syn6288.encode(syn6288.Frame(syn6288.Command.STOP)),
    },
    "escpos": {"STATUS": lambda address: b"\x10\x04\x01", "PAPER": lambda address: b"\x10\x04\x04"},
}
