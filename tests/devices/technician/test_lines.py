"""Loops, settings and addresses on real ptys."""

from pathlib import Path

import pytest

from devices.bindings import Binding
from devices.codecs.htp1_messages import CfgKey
from devices.errors import LineSettings
from devices.events import Role, Timing
from devices.ports import PortMatch
from devices.sim.device import SimDevice
from devices.sim.pad import SimPad
from devices.technician import loopback, parameters
from devices.technician.loopback import PATTERN, loop_test, plug_test, plug_tests
from devices.technician.parameters import SettingsDesk, Written, change_baud, differences
from devices.technician.results import Outcome
from devices.technician.rig import rigged
from tests.devices.technician.conftest import Plug

QUICK = Timing(reply_s=0.2, retries=1)


class Plugged:
    """A plug that joins TX and RX."""

    def received(self, data: bytes, now_ms: int) -> bytes:
        return data

    def tick(self, now_ms: int) -> bytes:
        return b""

    def next_ms(self) -> int | None:
        return None


def pad_on(device: SimDevice) -> Binding:
    return Binding(Role.RATING_DEVICE, "pad_htp1", "3", PortMatch(name=str(device.link)))


async def test_a_clean_plug_has_no_errors_at_any_speed(plug: Plug) -> None:
    device = plug(Plugged(), 115200)
    for speed in (9600, 115200):
        device.want(speed)
        figures = await plug_test(str(device.link), line=LineSettings(speed), frames=30)
        assert (figures.frames, figures.errors, figures.ber) == (30, 0, 0.0)
        assert figures.rtt_ms_p95 > 0
        assert figures.tried("loopback").outcome is Outcome.PASS


async def test_noise_is_counted_in_frames_and_bits(plug: Plug) -> None:
    device = plug(Plugged(), 9600)
    device.faults.noise = 0.02
    figures = await plug_test(str(device.link), frames=60)
    assert 0 < figures.errors < 60
    assert 0 < figures.ber < 0.2
    assert figures.tried("loopback").code == "damaged"


async def test_without_a_plug_it_gives_up_soon(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    device = plug(Plugged(), 9600)
    device.faults.mute = True
    monkeypatch.setattr(loopback, "SILENT_MOST", 3)
    figures = (await plug_tests(str(device.link), (9600,), frames=1000))[0]
    assert figures.frames == 3
    assert figures.nothing_came
    assert figures.tried("loopback").code == "silent"
    assert figures.bits == 3 * 8 * len(PATTERN)


async def test_a_pad_says_back_what_it_hears_and_noise_is_seen(plug: Plug) -> None:
    device = plug(SimPad("HT25A0000317", 3), 9600)
    async with rigged(pad_on(device), str(device.link), timing=QUICK) as rig:
        assert await rig.identify()
        clean = await loop_test(rig, frames=20)
        device.faults.noise = 0.03
        noisy = await loop_test(rig, frames=12)
        device.faults.noise = 0.0
        assert await rig.identify(), "the driver has its line back"
    assert (clean.frames, clean.errors) == (20, 0)
    assert noisy.errors > 0


async def test_settings_are_read_written_and_kept_only_when_unlocked(plug: Plug) -> None:
    pad = SimPad("HT25A0000317", 3)
    device = plug(pad, 9600)
    async with rigged(pad_on(device), str(device.link), timing=QUICK) as rig:
        assert await rig.identify()
        desk = SettingsDesk(rig)
        found = await desk.read_all()
        assert (found[CfgKey.ADDRESS], found[CfgKey.BAUD], found[CfgKey.DEBOUNCE_MS]) == (3, 9600, 30)
        assert differences(found, {CfgKey.DEBOUNCE_MS: 50, CfgKey.ADDRESS: 3}) == {CfgKey.DEBOUNCE_MS: (30, 50)}
        locked = await desk.write({CfgKey.DEBOUNCE_MS: 50})
        assert [one.written for one in locked] == [Written.LOCKED]
        device.do(pad.unlock)
        changes = await desk.write({CfgKey.DEBOUNCE_MS: 50, CfgKey.VOLUME: 99, CfgKey.KEYS: 5})
        assert [one.written for one in changes] == [Written.KEPT, Written.REFUSED, Written.UNCHANGED]
        assert pad.upkeep.kept[CfgKey.DEBOUNCE_MS] == 50
        moved = await desk.change_address("HT25A0000317", 9)
        assert (moved.before, moved.after, moved.written) == (3, 9, Written.KEPT)
        nobody = await desk.change_address("HT25A0000999", 10)
        assert nobody.written is Written.SILENT
        with pytest.raises(ValueError, match="baud"):
            await desk.write({CfgKey.BAUD: 19200})
    assert pad.address == 9


async def test_a_speed_is_kept_when_the_device_answers_at_it(plug: Plug) -> None:
    pad = SimPad("HT25A0000317", 3)
    device = plug(pad)
    refused = await change_baud(pad_on(device), str(device.link), 19200, timing=QUICK)
    assert refused.written is Written.LOCKED
    device.do(pad.unlock)
    change = await change_baud(pad_on(device), str(device.link), 19200, timing=QUICK)
    assert change.written is Written.KEPT
    assert pad.upkeep.kept[CfgKey.BAUD] == 192
    assert device.baud == 19200


async def test_a_speed_that_does_not_work_falls_back(
    plug: Plug, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("devices.sim.htp1_upkeep.FALL_BACK_MS", 700)
    monkeypatch.setattr(parameters, "FALL_BACK_S", 2.0)
    pad = SimPad("HT25A0000317", 3)
    device = plug(pad)
    device.do(pad.unlock)
    waited: list[float] = []

    class Shielded(type(device)):  # type: ignore[misc]
        """A cable that carries 9600 and nothing faster."""

        @property
        def host_baud(self) -> int:
            return int(super().host_baud) if super().host_baud in (0, 9600) else 1200

    device.__class__ = Shielded
    change = await change_baud(pad_on(device), str(device.link), 115200, timing=QUICK, waiting=waited.append)
    assert change.written is Written.FELL_BACK
    assert waited == [2.0]
    assert device.baud == 9600
