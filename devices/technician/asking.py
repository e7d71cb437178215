"""Single HTP/1 requests of a technician on a rig whose driver rests."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from devices.drivers.htp1_line import Htp1Line
from devices.technician.rig import Rig


@contextmanager
def asking(rig: Rig, *, retries: int | None = None) -> Iterator[Htp1Line]:
    """The line to the device that was identified (else to the bound address); the bytes go back to the driver at the end."""
    timing = rig.timing if retries is None else msgspec.structs.replace(rig.timing, retries=retries)
    address = rig.identity.address if rig.identity is not None else rig.binding.address
    context = msgspec.structs.replace(rig.context, timing=timing, address=address)
    line = Htp1Line(context, lambda frame, message: None)
    rig.take_over(line.received)
    try:
        yield line
    finally:
        rig.give_back()
