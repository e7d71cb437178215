"""The fault console's words for what speaks, shines and reads."""

from devices.events import DeviceState, LampPattern, Role, Scanned
from devices.sim.bench import Bench
from devices.sim.commands import obey
from tests.devices.conftest import PATIENCE_S, Hall, wait_until


def test_each_device_can_be_asked_and_used_by_a_line(bench: Bench, halls: list[Hall]) -> None:
    bench.add_voice()
    bench.add_lamp("1")
    reader = bench.add_card_reader("1")
    bench.add_scanner("1")
    hall = Hall(bench)
    halls.append(hall)
    for role in (Role.OVERTIME_LAMP, Role.ID_CARD_READER, Role.SCANNER):
        hall.await_state(DeviceState.READY, role)
    hall.await_state(DeviceState.READY, Role.VOICE, "")
    assert (obey(bench, "spoken"), obey(bench, "lamp 1")) == ("ok", "ok off")
    hall.manager.say("A023", within_s=PATIENCE_S)
    hall.manager.set_lamp("1", LampPattern.ON)
    wait_until(lambda: (obey(bench, "spoken -"), obey(bench, "lamp 1")) == ("ok A 零 二 三", "ok on"))
    assert obey(bench, "scan 1 A023 once") == "ok"
    hall.recorder.wait(lambda: [event.text for event in hall.recorder.of(Scanned)] == ["A023 once"])
    assert obey(bench, "card 1 2") == "ok"
    assert reader.card is not None
    assert obey(bench, "card 1 none") == "ok"
    assert reader.card is None


def test_what_is_not_there_or_makes_no_sense_is_said(bench: Bench) -> None:
    bench.add_scanner("1")
    assert obey(bench, "lamp 1") == "error no_such_device"
    assert obey(bench, "card 1 2") == "error no_such_device"
    assert obey(bench, "scan") == "error arguments"
