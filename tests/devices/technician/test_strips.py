"""What an AA-BB strip goes by is found at any speed, and what can be sent by name is what the codecs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devices.codecs import ff68, htp1, lcus
from devices.codecs.aabb import Variant
from devices.codecs.htp1_messages import Hello, unpack
from devices.errors import LineSettings
from devices.events import Role
from devices.sim.aabb import SimStrips
from devices.sim.bench import Bench
from devices.sim.line_speed import SpeedSimDevice
from devices.technician import frames
from devices.technician.audible import scan_strip
from devices.technician.decoding import READERS
from devices.technician.pieces import VARIANT, pieces_of, try_piece
from devices.technician.rig import rigged
from devices.technician.showing import Texts

Plug = Callable[..., SpeedSimDevice]
BAUDS = (9600, 19200)


@pytest.mark.parametrize(("variant", "baud"), [(Variant.XOR, 9600), (Variant.SUM, 19200)])
async def test_check_and_speed_of_a_strip_are_learnt(plug: Plug, variant: Variant, baud: int) -> None:
    strips = SimStrips(0x13, variant=variant, rows=1)
    device = plug(strips, baud)
    tried: list[int] = []
    found = await scan_strip(str(device.link), 0x13, bauds=BAUDS, progress=tried.append)
    assert found is not None
    assert (found.variant, found.line) == (variant, LineSettings(baud))
    assert tried == list(BAUDS[: BAUDS.index(baud) + 1])
    assert strips.lines == ["88"]


async def test_a_strip_of_another_address_learns_nothing(plug: Plug) -> None:
    device = plug(SimStrips(0x13, rows=1), 9600)
    assert await scan_strip(str(device.link), 0x14, bauds=BAUDS[:1]) is None


def test_frames_by_name_are_what_devices_read() -> None:
    (hello,) = htp1.Decoder().feed(frames.frame("htp1", "hello", 3))
    assert (hello.addr, unpack(hello)) == (3, Hello())
    (unknown,) = htp1.Decoder().feed(frames.frame("", "PING", 0))
    assert unknown.addr == htp1.ADDR_ALONE
    assert ff68.Decoder().feed(frames.frame("ff68", "BEEP", 5)) == [ff68.beep(5)]
    assert lcus.Decoder().feed(frames.frame("lcus", "on", 0)) == [lcus.Frame(1, True)]
    with pytest.raises(KeyError):
        frames.frame("htp1", "7E 41", 3)


@pytest.mark.parametrize("protocol", sorted(frames.FORMS))
def test_every_named_frame_can_be_made(protocol: str) -> None:
    assert protocol in READERS
    assert all(frames.frame(protocol, name, 1) for name in frames.names(protocol))


async def test_a_strip_of_a_window_shows_its_samples(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        strips = bench.add_strips("1")
        (binding,) = bench.bindings()
        assert binding.role is Role.WINDOW_DISPLAY
        assert pieces_of(binding)[-1] == VARIANT
        async with rigged(binding, str(bench.device("strip", "1").link)) as rig:
            assert await rig.identify() is not None
            shown = await try_piece(rig, "display_alphabet", Texts())
        assert (shown.taken, shown.seen) == (True, True)
        assert strips.lines[0].startswith("ABC")
