"""Checks of whole counters, rows of ports, findings."""

import os
from pathlib import Path

import msgspec
import pytest

from devices.bindings import Binding, ExpectedIdentity
from devices.errors import PortAbsent, PortBusy, PortDenied, PortError, PortFlooding, PortGone, PortRefused, PortStuck
from devices.events import DeviceState, Identity, Role
from devices.ports import PortInfo, PortMatch, candidates
from devices.sim.bench import Bench
from devices.technician.checks import CounterCheck, DeviceCheck, Level, check_counter, check_device
from devices.technician.findings import Code, of_device, of_error, of_identification
from devices.technician.identify import Identification, identify
from devices.technician.line import opened
from devices.technician.listing import Chip, PortRow, chip_of, match_of, port_rows
from devices.technician.results import Light, Outcome
from devices.technician.showing import Answer, Question, Texts


@pytest.fixture
def counter(bench: Bench) -> Bench:
    bench.add_pad("1")
    bench.add_display("1")
    bench.add_printer()
    bench.add_voice()
    bench.add_lamp("1")
    bench.add_card_reader("1")
    bench.add_strips("2")
    return bench


async def check(bench: Bench, level: Level, said: Outcome = Outcome.PASS) -> tuple[CounterCheck, list[Question]]:
    asked: list[Question] = []

    async def ask(question: Question) -> Answer:
        asked.append(question)
        return Answer(said, "T017")

    ports = candidates(bench.by_id)
    done = await check_counter(bench.bindings(), ports, level, ask=ask, texts=Texts(("自检",), "QR", "一二三"))
    return done, asked


def outcomes(done: CounterCheck, role: Role) -> dict[str, Outcome]:
    return {test.name: test.outcome for one in done.devices if one.role is role for test in one.tests}


async def test_inside_shows_nothing_and_outside_shows_everything(counter: Bench) -> None:
    inside, asked = await check(counter, Level.INTERNAL)
    assert [(one.driver, one.light) for one in inside.devices] == [
        (binding.driver, Light.GREEN) for binding in counter.bindings()
    ]  # fmt: skip
    assert asked == []
    assert counter.device("printer").model.slips == []  # type: ignore[attr-defined]
    assert counter.device("voice").model.spoken == []  # type: ignore[attr-defined]
    assert set(outcomes(inside, Role.RATING_DEVICE)) == {"port", "identity", "self_test", "health", "loop"}

    outside, asked = await check(counter, Level.EXTERNAL)
    assert outside.light is Light.GREEN, outside
    assert asked == []
    slip = counter.device("printer").model.slips[0]  # type: ignore[attr-defined]
    assert slip.qr == "QR"
    assert "自检" in slip.text
    assert counter.device("voice").model.spoken == ["一二三"]  # type: ignore[attr-defined]
    assert counter.device("display", "1").model.shown.startswith("请到三号窗口")  # type: ignore[attr-defined]
    assert counter.device("strip", "2").model.lines[0].startswith("请到三号窗口")  # type: ignore[attr-defined]
    assert counter.device("lamp", "1").model.switched[-2:] == [(1, True), (1, False)]  # type: ignore[attr-defined]


async def test_a_person_who_saw_nothing_makes_it_red(bench: Bench) -> None:
    bench.add_display("1")
    seen, asked = await check(bench, Level.INTERACTIVE)
    assert asked == [Question.DISPLAY_SEEN]
    assert seen.devices[0].tests[-1].confirmed_by == "T017"
    assert seen.light is Light.GREEN
    assert (await check(bench, Level.INTERACTIVE, Outcome.FAIL))[0].light is Light.RED
    assert (await check(bench, Level.INTERACTIVE, Outcome.SKIPPED))[0].light is Light.YELLOW


async def test_a_pad_that_is_unplugged_open_or_another_is_red(bench: Bench) -> None:
    bench.add_pad("1")
    binding = bench.bindings()[0]
    other = msgspec.structs.replace(binding, identity=ExpectedIdentity(serial="HT25A0009999"))
    wrong = await check_device(other, binding.port.name, Level.EXTERNAL)
    assert [(test.name, test.code) for test in wrong.tests] == [("port", ""), ("identity", "serial")]
    assert wrong.light is Light.RED
    bench.device("pad", "1").do(lambda: bench.pad("1").tamper(True))
    opened_case = await check_device(binding, binding.port.name, Level.INTERNAL)
    assert next(test.code for test in opened_case.tests if test.name == "health") == "case_open"
    bench.unplug("pad", "1")
    gone, _ = await check(bench, Level.INTERNAL)
    assert [test.code for test in gone.devices[0].tests] == ["absent"]
    assert gone.light is Light.RED


async def test_paper_is_looked_at_and_a_busy_port_is_said(bench: Bench) -> None:
    printer = bench.add_printer()
    printer.paper_out = True
    binding = bench.bindings()[0]
    done = await check_device(binding, binding.port.name, Level.EXTERNAL)
    assert next(test.code for test in done.tests if test.name == "paper") == "paper_out"
    assert printer.slips == []
    async with opened(binding.port.name, binding.line):
        busy = await check_device(binding, binding.port.name, Level.INTERNAL)
    assert isinstance(busy.error, PortBusy)
    assert busy.light is Light.RED


async def test_rows_say_what_is_bound_who_holds_it_and_what_is_missing(bench: Bench) -> None:
    bench.add_pad("1")
    bench.add_display("1")
    pad, display = bench.bindings()
    bench.unplug("display", "1")
    async with opened(pad.port.name, pad.line):
        rows = port_rows(candidates(bench.by_id), bench.bindings(), station_pid=os.getpid())
    row = next(row for row in rows if row.name == pad.port.name)
    assert row.chip is Chip.SIMULATED
    assert (row.bound[0].window, row.bound[0].role) == ("1", Role.RATING_DEVICE)
    assert row.holder is not None
    assert row.holder.station
    assert row.since_s > 0
    assert match_of(row).name == pad.port.name
    assert rows[-1].absent
    assert rows[-1].bound[0].role is Role.WINDOW_DISPLAY
    assert rows[-1].name == display.port.name
    assert all(row.holder is None for row in port_rows(candidates(bench.by_id)) if row.chip is Chip.SIMULATED)


@pytest.mark.parametrize(
    ("vid", "pid", "name", "chip"),
    [
        (0x1A86, 0x7523, "ttyUSB0", Chip.CH340), (0x1A86, 0x55D4, "ttyACM0", Chip.CDC),
        (0x067B, 0x2303, "ttyUSB1", Chip.PL2303), (0x0403, 0x6001, "ttyUSB2", Chip.FTDI),
        (0x10C4, 0xEA60, "ttyUSB3", Chip.CP210X), (0x2341, 0x0043, "ttyACM1", Chip.CDC),
        (0x9999, 0x0001, "ttyUSB4", Chip.OTHER), (-1, -1, "ttyS0", Chip.UART), (-1, -1, "ttyX0", None),
    ],
)  # fmt: skip
def test_chips_are_known_by_their_numbers(vid: int, pid: int, name: str, chip: Chip | None) -> None:
    assert chip_of(PortInfo(f"/dev/{name}", f"/dev/{name}", vid=vid, pid=pid)) is chip


def test_a_port_is_bound_by_what_survives_a_replug() -> None:
    rows = port_rows([
        PortInfo("/dev/ttyUSB0", "/dev/ttyUSB0", "A9K2Q7", "1-1.2", 0x0403, 0x6001),
        PortInfo("/dev/ttyUSB1", "/dev/ttyUSB1", "", "1-1.3", 0x1A86, 0x7523),
        PortInfo("/dev/ttyS0", "/dev/ttyS0"),
    ])  # fmt: skip
    matches = {row.short_name: match_of(row) for row in rows}
    assert matches["ttyUSB0"] == PortMatch(usb_serial="A9K2Q7", vid=0x0403, pid=0x6001)
    assert matches["ttyUSB1"] == PortMatch(location="1-1.3", vid=0x1A86, pid=0x7523)
    assert matches["ttyS0"] == PortMatch(name="/dev/ttyS0")


@pytest.mark.parametrize(
    ("error", "code", "value"),
    [
        (PortDenied("p", "root", "dialout", 0o660), Code.DENIED, ("mode", "0660")),
        (PortBusy("p", 812, "brltty"), Code.BUSY, ("program", "brltty")),
        (PortAbsent("p"), Code.ABSENT, ("port", "p")),
        (PortGone("p"), Code.UNPLUGGED, ("port", "p")),
        (PortStuck("p", 12), Code.STUCK, ("unsent_bytes", 12)),
        (PortRefused("p", 75, "8N1"), Code.REFUSED, ("baud", 75)),
        (PortFlooding("p", 9), Code.FLOODING, ("dropped_bytes", 9)),
    ],
)
def test_every_error_is_a_finding(error: PortError, code: Code, value: tuple[str, object]) -> None:
    finding = of_error(error)
    assert finding.code is code
    assert finding.values[value[0]] == value[1]


def test_states_are_findings_too() -> None:
    assert of_error(PortGone("p"), here_for_s=1).code is Code.SNATCHED
    assert of_device("p", DeviceState.READY, "") is None
    assert of_device("p", DeviceState.DISABLED, "") is None
    unreadable = of_device("p", DeviceState.LOST, "unreadable", baud=9600)
    assert unreadable is not None
    assert (unreadable.code, unreadable.values["baud"]) == (Code.UNREADABLE, 9600)
    wrong = of_device(
        "p", DeviceState.WRONG_DEVICE, "serial", identity=Identity(serial="HT25A0000522"),
        expected=ExpectedIdentity(serial="HT25A0000317"),
    )  # fmt: skip
    assert wrong is not None
    assert wrong.values == {"port": "p", "expected": "HT25A0000317", "found": "HT25A0000522"}


async def test_an_identification_without_a_device_is_a_finding(tmp_path: Path) -> None:
    done: Identification = await identify(str(tmp_path / "none"))
    finding = of_identification(done)
    assert finding is not None
    assert finding.code is Code.ABSENT
    unused = DeviceCheck(Role.SCANNER, "1", "scanner_line", ())
    assert unused.light is Light.YELLOW
    assert Binding(Role.VOICE, "null").port == PortMatch()


@pytest.mark.parametrize(("name", "shown"), [("/dev/ttyUSB0", "ttyUSB0"), ("/dev/pts/3", "/dev/pts/3")])
def test_a_port_that_is_named_can_be_found_by_that_name(name: str, shown: str) -> None:
    """A pseudo-terminal's own name is a mere number, which is part of many names."""
    assert PortRow(name, None).short_name == shown
