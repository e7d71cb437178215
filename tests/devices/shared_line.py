"""Several simulated devices on one pair of wires: everyone hears everything, two that speak at once spoil it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from devices.bindings import Binding, ExpectedIdentity
from devices.codecs.htp1 import Decoder
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.bench import KEYS
from devices.sim.device import Model, SimDevice
from devices.sim.pad import SimPad


class SharedLine:
    """`absent` are devices without power; `echo` brings back what the host sends; `asked` are addresses, in order."""

    def __init__(self, models: Sequence[Model], *, echo: bool = False) -> None:
        self.models, self.echo = list(models), echo
        self.absent: set[int] = set()
        self.asked: list[int] = []
        self.collisions = 0
        self._heard = Decoder()

    @property
    def present(self) -> list[Model]:
        return [model for place, model in enumerate(self.models) if place not in self.absent]

    def received(self, data: bytes, now_ms: int) -> bytes:
        self.asked += [frame.addr for frame in self._heard.feed(data)]
        answers = self._mixed([model.received(data, now_ms) for model in self.present])
        return (data if self.echo else b"") + answers

    def tick(self, now_ms: int) -> bytes:
        return self._mixed([model.tick(now_ms) for model in self.present])

    def next_ms(self) -> int | None:
        return min((at for model in self.present if (at := model.next_ms()) is not None), default=None)

    def _mixed(self, said: list[bytes]) -> bytes:
        speaking = [data for data in said if data]
        self.collisions += len(speaking) > 1
        mixed = bytearray()
        for column in zip_longest(*speaking, fillvalue=0xFF):
            level = 0xFF
            for byte in column:
                level &= byte
            mixed.append(level)
        return bytes(mixed)


def bus_binding(link: Path, pad: SimPad, window: str, address: int = 0) -> Binding:
    """A pad on the port that others use too."""
    return Binding(
        Role.RATING_DEVICE, "pad_htp1", window, PortMatch(name=str(link)), identity=ExpectedIdentity(serial=pad.serial),
        address=address or pad.address, keys=KEYS,
    )  # fmt: skip


@contextmanager
def on_a_pty(line: SharedLine, folder: Path) -> Iterator[SimDevice]:
    """The line behind a real port."""
    device = SimDevice("bus", line, folder / "usb-SIM_bus_BUS25A000001-if00")
    device.start()
    try:
        yield device
    finally:
        device.stop()
