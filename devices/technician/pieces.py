"""One thing a device can show, print, say or read, tried by itself: what page 5 offers for everything but keys."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from devices.bindings import Binding
from devices.card import CardCode
from devices.events import LampPattern, Role, Scanned
from devices.technician.decoding import protocol_of
from devices.technician.outputs import (
    Sample,
    blink,
    display_samples,
    light,
    print_slip,
    read_card,
    self_ticket,
    show_sample,
    speak,
)
from devices.technician.results import Figure
from devices.technician.rig import Rig
from devices.technician.showing import Texts
from devices.ticket import PrintCode

LIT_S: Final = 3.0
SCAN_S: Final = 20.0
DISPLAY: Final = "display_"
"""Before the name of a sample."""
VARIANT: Final = "variant"
"""Which of two checks a strip goes by: not tried on a rig but by `devices.technician.audible.scan_strip`."""


class Shown(msgspec.Struct, frozen=True):
    """Whether the device took it, and if not why; `seen`: a person must say whether it could be seen or heard."""

    taken: bool
    code: str = ""
    figures: Mapping[str, Figure] = {}
    seen: bool = True


async def _slip(rig: Rig, texts: Texts) -> Shown:
    result = await print_slip(rig, self_ticket(texts.slip, texts.qr))
    printed = result.code is PrintCode.PRINTED
    return Shown(printed, "" if printed else str(result.code))


async def _sentence(rig: Rig, texts: Texts) -> Shown:
    return _taken(await speak(rig, texts.sentence))


async def _lamp(rig: Rig, texts: Texts) -> Shown:
    await light(rig, LampPattern.ON, LIT_S)
    return Shown(True)


async def _lamp_blink(rig: Rig, texts: Texts) -> Shown:
    await light(rig, LampPattern.BLINKING, LIT_S)
    return Shown(True)


async def _pad(rig: Rig, texts: Texts) -> Shown:
    return _taken(await blink(rig))


async def _card(rig: Rig, texts: Texts) -> Shown:
    """The card lies on the reader; nothing of it is kept."""
    code = await read_card(rig)
    return Shown(code is CardCode.READ, "" if code is CardCode.READ else str(code), seen=False)


async def _scan(rig: Rig, texts: Texts) -> Shown:
    """Only how many characters came."""
    await rig.work()
    try:
        event = await rig.event(Scanned, SCAN_S)
    finally:
        await rig.rest()
    return Shown(False, "silent") if event is None else Shown(True, figures={"characters": len(event.text)}, seen=False)


def _taken(taken: bool) -> Shown:
    return Shown(taken, "" if taken else "refused")


Try = Callable[[Rig, Texts], Awaitable[Shown]]
PIECES: Final[Mapping[Role, Mapping[str, Try]]] = {
    Role.TICKET_PRINTER: {"slip": _slip},
    Role.VOICE: {"sentence": _sentence},
    Role.OVERTIME_LAMP: {"lamp": _lamp, "lamp_blink": _lamp_blink},
    Role.ID_CARD_READER: {"card": _card},
    Role.SCANNER: {"scan": _scan},
    Role.RATING_DEVICE: {"blink": _pad},
}


def pieces_of(binding: Binding) -> tuple[str, ...]:
    """What can be tried on this device, in order."""
    protocol = protocol_of(binding.driver)
    if binding.role in (Role.WINDOW_DISPLAY, Role.HALL_BOARD):
        samples = tuple(f"{DISPLAY}{sample}" for sample in display_samples(binding.driver))
        return (*samples, VARIANT) if protocol == "aabb" else samples
    if binding.role is Role.RATING_DEVICE and protocol != "htp1":
        return ()
    return tuple(PIECES.get(binding.role, {}))


async def try_piece(rig: Rig, name: str, texts: Texts) -> Shown:
    """One of `pieces_of`, but VARIANT; the device must have been identified. PortError if the line breaks."""
    if name.startswith(DISPLAY):
        return _taken(await show_sample(rig, Sample(name.removeprefix(DISPLAY))))
    return await PIECES[rig.binding.role][name](rig, texts)
