"""The technician at work: simulated devices on real ptys, the real library, a real store; no station holds the ports."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from devices.bindings import load
from devices.events import Role
from devices.sim.bench import Bench
from devices.technician.listing import PortRow, holders
from devices.technician.report import load as load_report
from devices.technician.results import Light, light
from hallterm.config import DEVICES_FILE
from hallterm.screens.technician import TechnicianScreen
from hallterm.screens.technician_keys import KeysPage
from hallterm.screens.technician_monitor import BYTES_S, PAINT_S, MonitorPage
from hallterm.widgets.lines import Lines
from tests.hallterm.screens.pages import House, type_in, until
from tests.hallterm.screens.technicians import bound, found_with_technician, hall_with_technician, machine, technician
from tests.hallterm.workflows.founded import Stores


@pytest.fixture(scope="module")
def founded_with_technician(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall that is only copied."""
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        return found_with_technician(tmp_path_factory.mktemp("technician"))


@pytest.fixture
def stores(tmp_path: Path, founded_with_technician: Path) -> Iterator[Stores]:
    with hall_with_technician(tmp_path, founded_with_technician) as made:
        yield made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A pad of window 3; tests add what they need."""
    with Bench(tmp_path / "sim") as made:
        made.add_pad("3")
        yield made


def port_of(screen: TechnicianScreen, serial: str) -> PortRow:
    return next(row for row in screen.ports.rows if serial in row.name and not row.absent)


def choose(screen: TechnicianScreen, serial: str = "HT25A") -> PortRow:
    """The cursor on a port."""
    row = port_of(screen, serial)
    screen.choose(row)
    screen.draw()
    return row


async def press(house: House, pilot: Pilot[None], *keys: str) -> None:
    """As a person does: a second apart."""
    for key in keys:
        house.later(1)
        await pilot.press(key)


def said(house: House) -> str:
    return house.rows[21].strip()


def bindings_of(tmp_path: Path) -> dict[tuple[Role, str], str]:
    """What devices.toml binds: the USB serial number, place or name of each port."""
    path = machine(tmp_path) / DEVICES_FILE
    found = load(path.read_text("utf-8")) if path.exists() else ()
    return {(one.role, one.window): one.port.usb_serial or one.port.location or one.port.name for one in found}


async def test_looking_opens_no_port(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        await press(house, pilot, *"2345678", "1", "f5", "f7", "f4", "f1", "escape", "down", "up")
        assert holders({row.device}) == {}
        assert not [thread for thread in threading.enumerate() if thread.name == "workshop"]


async def test_identify_bind_and_take_back(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        await press(house, pilot, "f6")
        assert ">2识别" in house.rows[0]
        await until(pilot, lambda: screen.jobs.now is None)
        for _ in range(5):
            if "HTP HELLO" not in house.text():  # a busy machine may miss the answer: asked again, as a person would
                await press(house, pilot, "f6")
                await until(pilot, lambda: screen.jobs.now is None)
        assert "pad_htp1" in house.text()
        await press(house, pilot, "2")
        assert "不能当窗口屏" in said(house)
        await press(house, pilot, "1")
        await until(pilot, lambda: "已绑定" in said(house))
        assert list(bindings_of(tmp_path)) == [(Role.RATING_DEVICE, "3")]
        await until(pilot, lambda: port_of(screen, "HT25A").bound)
        await press(house, pilot, "backspace")
        await until(pilot, lambda: "已撤销" in said(house))
        assert bindings_of(tmp_path) == {}
        await until(pilot, lambda: not port_of(screen, "HT25A").bound)
        house.later(11)
        await pilot.press("backspace")
        assert said(house).startswith("X")
        assert holders({row.device}) == {}


async def test_a_running_test_stops_with_escape_and_other_keys_say_so(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    bench.device("pad", "3").faults.mute = True
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        await press(house, pilot, "f6")
        await until(pilot, lambda: screen.jobs.now is not None and holders({row.device}))
        await press(house, pilot, "3")
        assert "Esc 停止" in said(house)
        house.later(6)
        screen.second()
        line = screen.query_one("#page", Lines).rows[0]
        assert isinstance(line, str)
        assert "最多 25 秒" in line
        assert len(line.encode()) <= 150
        await press(house, pilot, "escape")
        await until(pilot, lambda: "已停止" in said(house))
        assert holders({row.device}) == {}
        assert screen.is_current


async def test_unbinding_asks_twice(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "f9")
        assert "解绑 评价器 3号" in said(house)
        assert len(bindings_of(tmp_path)) == 1
        await pilot.pause()
        await press(house, pilot, "f9")
        await until(pilot, lambda: not bindings_of(tmp_path))
        await until(pilot, lambda: "已解绑" in said(house))
        await press(house, pilot, "backspace")
        await until(pilot, lambda: len(bindings_of(tmp_path)) == 1)


async def test_switching_off_keeps_the_binding(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    path = bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "ctrl+o")
        await until(pilot, lambda: "已停用" in said(house))
        assert [one.enabled for one in load(path.read_text("utf-8"))] == [False]
        await until(pilot, lambda: "启用" in house.rows[23])
        await press(house, pilot, "ctrl+o")
        await until(pilot, lambda: "重新启用" in said(house))


async def test_flashing_says_so_before(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "insert")
        assert "会闪、会响" in said(house)
        assert screen.jobs.now is None
        await pilot.pause()
        await press(house, pilot, "insert")
        await until(pilot, lambda: "响闪过" in said(house))


async def test_a_pulled_cable_is_a_sentence(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        bench.unplug("pad", "3")
        await press(house, pilot, "4")
        await press(house, pilot, "f6")
        await until(pilot, lambda: said(house).startswith("X"))
        assert "Traceback" not in house.text()
        assert screen.jobs.now is None
        await until(pilot, lambda: all(one.absent or one.name != row.name for one in screen.ports.rows))
        await press(house, pilot, "1")
        assert "没有插着: 查电源和线" in house.text()


async def test_the_monitor_paints_one_line_at_a_time_within_its_budget(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    scanner = bench.add_scanner("3")
    device = bench.device("scanner", "3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen, "SC25A")
        await press(house, pilot, "3", "f6")
        page = screen.page
        assert isinstance(page, MonitorPage)
        await until(pilot, lambda: holders({row.device}))
        for number in range(120):
            device.do(lambda number=number: scanner.scan(f"{number:03} {'x' * 40}"))  # type: ignore[misc]
        await until(pilot, lambda: page.skipped > 0)
        lines = screen.query_one("#page", Lines)
        before, changed, painted_s = lines.rows, 0, 0
        for _ in range(30):
            page._paint()
            differing = sum(one != other for one, other in zip(before, lines.rows, strict=False))
            assert differing + max(0, len(lines.rows) - len(before)) <= 1
            changed += differing
            before, painted_s = lines.rows, painted_s + 1
        house.later(1)
        screen.second()
        assert "略过" in str(lines.rows[0])
        await press(house, pilot, "escape")
        await until(pilot, lambda: screen.jobs.now is None)
        assert BYTES_S <= 1_500
        assert PAINT_S >= 0.1


async def test_a_port_that_floods_shows_noise_and_the_page_stays_quick(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    scanner = bench.add_scanner("3")
    device = bench.device("scanner", "3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen, "SC25A")
        await press(house, pilot, "3", "f6")
        await until(pilot, lambda: holders({row.device}))

        def flooded() -> bool:
            device.do(lambda: scanner.send(b"x" * 4_000))
            return said(house).startswith("X")

        await until(pilot, flooded)
        assert screen.jobs.now is None
        await press(house, pilot, "1")
        await until(pilot, lambda: " 乱 " in next(line for line in house.rows if "SC25A" in line))
        assert "SC25A" not in said(house)


async def test_what_a_card_reader_says_is_hidden(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    scanner = bench.add_scanner("3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen, "SC25A")
        await press(house, pilot, "3", "f6")
        await until(pilot, lambda: holders({row.device}))
        bench.device("scanner", "3").do(lambda: scanner.scan("360602199003070018"))
        await until(pilot, lambda: "··" in house.text())
        assert "199003" not in house.text()
        assert "31 39 39 30" not in house.text()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "已存在 reports/" in said(house))
        (log,) = (tmp_path / "reports").iterdir()
        assert "31 39 39 30" not in log.read_text("utf-8")
        await press(house, pilot, "escape")
        await until(pilot, lambda: screen.jobs.now is None)


async def test_sending_bytes_asks_twice(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        await press(house, pilot, "3", "f6")
        await until(pilot, lambda: holders({row.device}))
        await press(house, pilot, "insert")
        await type_in(pilot, "7E zz\n")
        assert "不是十六进制" in said(house)
        await press(house, pilot, "insert")
        await type_in(pilot, "7E 41 FE 01 01 01 01 B3 CA 7E\n")
        await press(house, pilot, "f8")
        assert "3 秒内再按" in said(house)
        assert " T 7E" not in house.text()
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: " T 7E 41 FE" in house.text() and " R 7E 44" in house.text())
        await press(house, pilot, "escape")
        await until(pilot, lambda: screen.jobs.now is None)


async def test_the_loop_of_a_pad(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "4", "f6")
        await until(pilot, lambda: "100 帧,坏或丢 0 帧" in said(house))
        tests = screen.visit.of((Role.RATING_DEVICE, "3")).tests
        assert tests["loop_9600"].figures["errors"] == 0


async def test_keys_are_learnt_and_put_in_force(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    path = bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "5", "f6")
        page = screen.page
        assert isinstance(page, KeysPage)
        await until(pilot, lambda: "请按「很好」" in house.text() and page.ready)
        for number, key in enumerate((5, 4, 3, 2, 1), 1):
            bench.press("3", key)
            await until(pilot, lambda number=number: page.lesson and len(page.lesson.learned) == number)  # type: ignore[misc]
        await press(house, pilot, "1")
        assert "说明原因跳过" in house.text()
        await press(house, pilot, "2")
        await until(pilot, lambda: screen.jobs.now is None)
        tests = screen.visit.of((Role.RATING_DEVICE, "3")).tests
        assert [tests[name].code for name in ("key_chord", "key_hold")] == ["not_reported", "not_wanted"]
        assert light(tests.values()) is Light.GREEN
        assert "每个档次都有键了" in house.text()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "键位已采用" in said(house))
        (binding,) = load(path.read_text("utf-8"))
        assert binding.keys == {5: 5, 4: 4, 3: 3, 2: 2, 1: 1}


async def test_a_setting_is_changed_after_two_keys(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bound(tmp_path, bench.bindings())
    bench.device("pad", "3").do(lambda: bench.pad("3").unlock())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "6", "f6")
        await until(pilot, lambda: "音量" in house.text())
        await press(house, pilot, "down", "down", "enter")
        await type_in(pilot, "9\n")
        await press(house, pilot, "f8")
        assert "音量 6 改成 9" in said(house)
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "现在是 9" in said(house))
        assert [(one.key, one.after) for one in screen.visit.of((Role.RATING_DEVICE, "3")).changes] == [("volume", 9)]


async def test_the_whole_counter_is_checked_and_the_report_saved(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_printer().paper_out = True
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, _screen):
        await press(house, pilot, "7", "f6")
        await until(pilot, lambda: "[红] 不通过" in said(house))
        assert "没纸" in house.text()
        await press(house, pilot, "8", "ctrl+r")
        await type_in(pilot, "paper 4111 1111 1111 1111\n")
        await press(house, pilot, "f8")
        await until(pilot, lambda: "已签字" in said(house))
        saved = next((tmp_path / "reports").glob("*.toml"))
        assert saved.name in said(house)
        report = load_report(saved.read_text("utf-8"))
        assert report.report.signed_by == "T017"
        assert report.report.open_points == ("paper ··",)
        assert {str(one.light) for one in report.device} == {"green", "red"}
        assert saved.with_suffix(".txt").exists()
        (tmp_path / "reports").rename(tmp_path / "kept")
        (tmp_path / "reports").write_text("no folder")
        await press(house, pilot, "f8")
        await until(pilot, lambda: "保存不了报告" in said(house))


async def test_what_will_print_is_said_before(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    printer = bench.add_printer()
    bound(tmp_path, bench.bindings()[1:])
    async with technician(tmp_path, bench) as (house, pilot, screen):
        await press(house, pilot, "7", "f4", "f4", "f6")
        assert "会打印" in said(house)
        assert screen.jobs.now is None
        await pilot.pause()
        await press(house, pilot, "f6")
        await until(pilot, lambda: "1 是" in house.text())
        await press(house, pilot, "1")
        await until(pilot, lambda: screen.jobs.now is None)
        assert len(printer.slips) == 1
        assert screen.visit.of((Role.TICKET_PRINTER, "")).tests["slip"].confirmed_by == "T017"
