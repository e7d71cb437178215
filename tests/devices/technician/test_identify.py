"""What is behind a port, at whatever speed; in use, denied and unreadable ports."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.codecs.aabb import Variant
from devices.errors import LineSettings, PortAbsent, PortBusy
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.aabb import SimStrips
from devices.sim.card_reader import SimCardReader
from devices.sim.device import Model
from devices.sim.ff68 import SimFf68
from devices.sim.lamp import SimHtpLamp, SimRelays
from devices.sim.pad import SimPad
from devices.sim.printer import SimPrinter
from devices.sim.voice import SimVoice
from devices.sim.window import SimWindowDisplay
from devices.technician.audible import beep_ff68, learn_strip, switch_relay
from devices.technician.identify import BAUDS, Heard, Step, Verdict, binding_of, identify
from devices.technician.line import opened
from devices.technician.probes import Trial
from tests.devices.shared_line import SharedLine, on_a_pty
from tests.devices.technician.conftest import Plug

KINDS: dict[str, tuple[Callable[[], Model], int, str, Trial]] = {
    "pad": (lambda: SimPad("HT25A0000317", 3), 19200, "pad_htp1", Trial.HTP1),
    "display": (lambda: SimWindowDisplay("CP25A0000001", 4), 9600, "window_htp1", Trial.HTP1),
    "lamp": (lambda: SimHtpLamp("LP25A0000001"), 9600, "lamp_htp1", Trial.HTP1),
    "reader": (lambda: SimCardReader(), 115200, "idcard_sam", Trial.SAM),
    "voice": (lambda: SimVoice(), 9600, "voice_syn", Trial.SYN6288),
    "printer": (lambda: SimPrinter(), 115200, "printer_escpos", Trial.ESCPOS),
    "strip": (lambda: SimStrips(5, rows=1), 9600, "window_aabb", Trial.AABB),
}


async def test_every_kind_is_found_at_its_speed_and_none_is_disturbed(plug: Plug) -> None:
    models = {kind: made() for kind, (made, *_) in KINDS.items()}

    async def check(kind: str) -> None:
        _, baud, driver, trial = KINDS[kind]
        device = plug(models[kind], baud, kind)
        steps: list[Step] = []
        wrong = 19200 if baud == 9600 else 9600
        found = await identify(str(device.link), progress=steps.append, bauds=(wrong, baud))
        assert found.verdict is Verdict.FOUND, (kind, found)
        assert found.answered is not None
        assert (found.answered.driver, found.line.baud, found.trial) == (driver, baud, trial)
        assert steps[-1].heard is Heard.FOUND
        assert steps[-1].evidence == found.answered.evidence
        assert [step.heard for step in found.steps].count(Heard.FOUND) == 1

    await asyncio.gather(*map(check, KINDS))
    printer, strips, voice = models["printer"], models["strip"], models["voice"]
    assert isinstance(printer, SimPrinter)
    assert isinstance(strips, SimStrips)
    assert isinstance(voice, SimVoice)
    assert (printer.slips, strips.history, voice.spoken) == ([], [], [])


async def test_who_cannot_be_asked_is_not_disturbed_either(plug: Plug) -> None:
    relays, keypad = SimRelays(), SimFf68(7)
    ports = [str(plug(model, 9600).link) for model in (relays, keypad)]
    ended = await asyncio.gather(*(identify(port, bauds=(9600,)) for port in ports))
    assert [one.verdict for one in ended] == [Verdict.SILENT] * 2
    assert relays.switched == []
    assert (keypad.beeps, keypad.prompts, keypad.shows) == (0, 0, 0)


async def test_a_wrong_speed_is_found_by_the_scan_and_the_binding_has_it(plug: Plug) -> None:
    pad = plug(SimPad("HT25A0000317", 3), 4800)
    found = await identify(str(pad.link), bauds=BAUDS)
    assert found.line == LineSettings(4800)
    assert found.answered is not None
    assert found.answered.identity.serial == "HT25A0000317"
    binding = binding_of(found, Role.RATING_DEVICE, "3", PortMatch(name=str(pad.link)), keys={1: 5, 2: 4, 3: 3})
    assert (binding.driver, binding.line.baud, binding.identity.serial) == ("pad_htp1", 4800, "HT25A0000317")
    assert not binding.address, "one that is alone needs no address"
    with pytest.raises(ValueError, match="voice"):
        binding_of(found, Role.VOICE, "", PortMatch())


async def test_strips_are_found_by_their_addresses_and_learned_by_what_they_show(plug: Plug) -> None:
    strips = SimStrips(9, variant=Variant.SUM, rows=2)
    port = str(plug(strips, 9600).link)
    found = await identify(port, bauds=(9600,), trials=(Trial.AABB,))
    assert found.answered is not None
    assert found.answered.addresses == (9, 10)
    binding = binding_of(found, Role.WINDOW_DISPLAY, "1", PortMatch(name=port))
    assert (binding.address, binding.options) == (9, {"rows": 2})
    assert await learn_strip(port, 9) is Variant.SUM
    assert strips.lines[0] == "88"
    assert await learn_strip(port, 30) is None


async def test_who_cannot_be_asked_beeps_or_switches(plug: Plug) -> None:
    keypad, relays = SimFf68(7), SimRelays()
    port = str(plug(keypad, 9600).link)
    assert await beep_ff68(port, 7)
    assert keypad.beeps == 1
    assert not await beep_ff68(port, 8)
    await switch_relay(str(plug(relays, 9600).link), 2, on_s=0.01)
    assert relays.switched == [(2, True), (2, False)]


async def test_a_pad_that_is_pressed_while_we_listen_is_known_by_its_frame(plug: Plug) -> None:
    keypad = SimFf68(7)
    device = plug(keypad, 9600)

    def pressing(step: Step) -> None:
        if step.trial is Trial.LISTEN and step.heard is Heard.ASKING:
            device.do(lambda: keypad.press(1))

    found = await identify(str(device.link), progress=pressing, bauds=(9600,), trials=())
    if found.verdict is Verdict.FOUND:  # pressed before the port was open, nobody heard it
        assert found.answered is not None
        assert (found.answered.driver, found.answered.identity.address) == ("pad_ff68", 7)


async def test_a_port_in_use_is_passed_over_and_named(plug: Plug) -> None:
    port = str(plug(SimPad("HT25A0000317", 3)).link)
    async with opened(port, LineSettings()):
        found = await identify(port)
    assert found.verdict is Verdict.IN_USE
    assert isinstance(found.error, PortBusy)
    assert found.error.pid == os.getpid()
    assert found.error.program
    assert found.steps == ()


async def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    found = await identify(str(tmp_path / "none"))
    assert found.verdict is Verdict.FAILED
    assert isinstance(found.error, PortAbsent)


async def test_the_budget_ends_it(plug: Plug) -> None:
    found = await identify(str(plug(SimRelays(), 9600).link), budget_s=0.5)
    assert found.verdict is Verdict.OUT_OF_TIME


async def test_it_can_look_for_another_behind_the_first(plug: Plug) -> None:
    port = str(plug(SimPad("HT25A0000317", 3), 9600).link)
    found = await identify(port, bauds=(9600,), trials=(Trial.SAM, Trial.SYN6288))
    assert found.verdict in (Verdict.SILENT, Verdict.UNREADABLE)
    assert found.answered is None


async def test_several_on_one_line_are_told_apart(tmp_path: Path) -> None:
    pads = [SimPad(f"HT25A00003{number:02}", number, bus=True) for number in (4, 9)]
    with on_a_pty(SharedLine(pads), tmp_path) as device:
        found = await identify(str(device.link), bauds=(9600,))
    assert found.answered is not None
    assert (found.answered.driver, found.answered.addresses) == ("pad_htp1", (4, 9))
    binding = binding_of(found, Role.RATING_DEVICE, "3", PortMatch(name="x"), keys={1: 5, 2: 4, 3: 3})
    assert binding.address == 4
