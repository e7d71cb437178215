"""What cannot be asked is bound by hand, strips are learnt, parts replaced, windows compared: on simulated devices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from devices.bindings import Binding, load
from devices.codecs.aabb import Variant
from devices.errors import LineSettings
from devices.events import Role
from devices.ports import PortMatch
from devices.sim.bench import Bench
from devices.sim.lamp import SimRelays
from devices.technician.audible import Strip
from devices.technician.listing import holders
from devices.technician.report import load as load_report
from devices.technician.results import Outcome
from hallterm.config import DEVICES_FILE
from hallterm.screens.technician import TechnicianScreen
from hallterm.workflows.technician.look import Place, Ports, read_ports
from hallterm.workflows.technician.site import settings_of
from hallterm.workflows.technician.strips import with_strip
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.screens.technicians import bound, found_with_technician, hall_with_technician, machine, technician
from tests.hallterm.screens.test_technician import choose, port_of, press, said
from tests.hallterm.workflows.founded import Stores

PAD, DISPLAY, LAMP = Role.RATING_DEVICE, Role.WINDOW_DISPLAY, Role.OVERTIME_LAMP


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
    with Bench(tmp_path / "sim") as made:
        yield made


def bindings_of(tmp_path: Path) -> dict[tuple[Role, str], Binding]:
    path = machine(tmp_path) / DEVICES_FILE
    found = load(path.read_text("utf-8")) if path.exists() else ()
    return {(one.role, one.window): one for one in found}


def relays(bench: Bench) -> SimRelays:
    model = bench.device("lamp", "3").model
    assert isinstance(model, SimRelays)
    return model


async def test_a_relay_lamp_is_found_by_ear_and_bound_by_hand(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_lamp("3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen, "RL25A")
        await press(house, pilot, "2", "insert", "1")
        assert "继电器灯 LCUS" in house.text()
        await press(house, pilot, "end", "down", "down", "down", "down", "enter")
        await type_in(pilot, "99\n")
        assert "1 到 16" in said(house)
        await press(house, pilot, "f7")
        await type_in(pilot, "2\n")
        await press(house, pilot, "insert")
        assert "会闪、会响" in said(house)
        assert relays(bench).switched == []
        await pilot.pause()
        await press(house, pilot, "insert")
        await until(pilot, lambda: relays(bench).switched == [(2, True), (2, False)])
        await until(pilot, lambda: screen.jobs.now is None)
        await press(house, pilot, "f8")
        await until(pilot, lambda: "已绑定" in said(house))
        lamp = bindings_of(tmp_path)[LAMP, "3"]
        assert (lamp.driver, lamp.profile, lamp.options["channel"]) == ("lamp_lcus", "lamp_lcus", 2)
        await press(house, pilot, "backspace")
        await until(pilot, lambda: "已撤销" in said(house))
        assert bindings_of(tmp_path) == {}


async def test_pad_and_digits_of_one_ff68_box_share_a_port(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    counter = bench.add_ff68("3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        for kind, role in (("2", PAD), ("3", DISPLAY)):
            choose(screen, "FF25A")
            await press(house, pilot, "2", "insert", kind)
            await press(house, pilot, "f8")
            assert "先输地址" in said(house)
            await press(house, pilot, "down", "down", "down", "down", "f7")
            await type_in(pilot, f"{counter.address}\n")
            if role is PAD:
                await press(house, pilot, "insert")
                await pilot.pause()
                await press(house, pilot, "insert")
                await until(pilot, lambda: counter.beeps == 1 and screen.jobs.now is None)
            await press(house, pilot, "f8")
            await until(pilot, lambda role=role: (role, "3") in bindings_of(tmp_path))  # type: ignore[misc]
            await until(pilot, lambda: port_of(screen, "FF25A").bound)
            await press(house, pilot, "1")
        found = bindings_of(tmp_path)
        assert {one.driver for one in found.values()} == {"pad_ff68", "window_ff68"}
        assert found[PAD, "3"].keys == {1: 5, 2: 4, 3: 3, 4: 2}


async def test_a_voice_of_this_pc_needs_no_port_and_a_scanner_may_be_at_another_window(
    stores: Stores, tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two bindings after one another: the second knows of the first, however slowly the ports are looked at."""

    def slowly(place: Place, pid: int) -> Ports:
        found = read_ports(place, pid)
        time.sleep(0.2)  # a PC with many ports
        return found

    monkeypatch.setattr("hallterm.screens.technician_base.read_ports", slowly)
    bench.add_scanner("3")
    async with technician(tmp_path, bench, window="") as (house, pilot, screen):
        choose(screen, "SC25A")
        await press(house, pilot, "2", "insert", "4")
        await until(pilot, lambda: "串口扫码枪" in house.text())
        first = screen.look.windows[0] if screen.look is not None else 0
        await press(house, pilot, "down", "down", "f7", "f8")
        await until(pilot, lambda: "已绑定" in said(house))
        ((role, window),) = bindings_of(tmp_path)
        assert role is Role.SCANNER
        assert window != str(first)
        await press(house, pilot, "insert", "0", "5")
        await until(pilot, lambda: "本机软件语音" in house.text())
        assert "速率" not in house.text()
        await press(house, pilot, "f8")
        await until(pilot, lambda: (Role.VOICE, "") in bindings_of(tmp_path))
        assert len(bindings_of(tmp_path)) == 2
        await until(pilot, lambda: len(screen.ports.bindings) == 2)


async def test_a_strip_is_identified_and_its_check_and_speed_learnt(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    strips = bench.add_strips("3", Variant.SUM)
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen, "ST25A")
        await press(house, pilot, "2", "insert", "5", "down", "down", "down", "down", "f7")
        await type_in(pilot, f"{strips.address}\n")
        await press(house, pilot, "f8")
        await until(pilot, lambda: (DISPLAY, "3") in bindings_of(tmp_path) and port_of(screen, "ST25A").bound)
        assert bindings_of(tmp_path)[DISPLAY, "3"].options["variant"] == "xor"
        await press(house, pilot, "5", *["f5"] * 7)
        assert ">" in next(line for line in house.rows if "学校验和速率" in line)
        await press(house, pilot, "f6")
        assert "会显示 88" in said(house)
        assert strips.history == []
        await pilot.pause()
        await press(house, pilot, "f6")
        await until(pilot, lambda: "累加和" in said(house))
        assert strips.lines == ["88"]
        await press(house, pilot, "f8")
        await until(pilot, lambda: bindings_of(tmp_path)[DISPLAY, "3"].profile == "strip_aabb_sum")
        assert bindings_of(tmp_path)[DISPLAY, "3"].options["variant"] == "sum"
        assert screen.visit.of((DISPLAY, "3")).tests["variant"].figures == {"baud": 9600, "check": "sum"}
        assert holders({row.device}) == {}


async def test_samples_are_shown_and_a_person_says_what_was_seen(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    printer, display = bench.add_printer(), bench.add_display("3")
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen, "CP25A")
        await press(house, pilot, "5", "f5", "f6")
        assert not any(display.lines.values())
        await pilot.pause()
        await press(house, pilot, "f6")
        await until(pilot, lambda: "1 是" in house.text())
        assert "ABCDEF" in "".join(display.lines.values())
        await press(house, pilot, "2")
        test = screen.visit.of((DISPLAY, "3")).tests["display_alphabet"]
        assert (test.outcome, test.code, test.confirmed_by) == (Outcome.FAIL, "not_seen", "T017")
        choose(screen, "PR25A")
        await press(house, pilot, "f6")
        await pilot.pause()
        await press(house, pilot, "f6")
        await until(pilot, lambda: "1 是" in house.text())
        assert len(printer.slips) == 1
        await press(house, pilot, "1")
        assert screen.visit.of((Role.TICKET_PRINTER, "")).tests["slip"].outcome is Outcome.PASS


async def test_a_replaced_pad_keeps_its_keys_and_stands_in_the_report(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    bench.add_pad("3", serial="HT25A0000522")
    (pad,) = bench.bindings()
    keys = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}
    gone = replace(pad, identity=replace(pad.identity, serial="HT25A0000317"), keys=keys)
    bound(tmp_path, (gone,))
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "f6")
        await until(pilot, lambda: "pad_htp1" in house.text() and screen.jobs.now is None)
        await press(house, pilot, "1")
        assert "原来是 HT25A0000317" in house.text()
        await press(house, pilot, "1")
        await until(pilot, lambda: "已换件" in said(house))
        after = bindings_of(tmp_path)[PAD, "3"]
        assert after.identity.serial == "HT25A0000522"
        assert after.keys == keys
        await press(house, pilot, "8")
        assert "旧 HT25A0000317" in house.text()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "已签字" in said(house))
        report = load_report(next((tmp_path / "reports").glob("*.toml")).read_text("utf-8"))
        assert [(one.part, one.old, one.new) for one in report.replaced] == [(str(PAD), "HT25A0000317", "HT25A0000522")]
        await press(house, pilot, "backspace")
        await until(pilot, lambda: "已撤销" in said(house))
        assert screen.visit.replaced == []
        assert bindings_of(tmp_path)[PAD, "3"] == gone


async def test_a_port_without_modem_lines_says_so(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_pad("3")
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "4", "f5")
        assert "会切换 DTR" in said(house)
        await pilot.pause()
        await press(house, pilot, "f5")
        await until(pilot, lambda: "没有信号线" in said(house))
        assert "端口本身没有问题" in house.text()
        assert screen.visit.of((PAD, "3")).tests["modem_lines"].outcome is Outcome.SKIPPED


async def test_a_frame_is_sent_by_its_name(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_pad("3")
    async with technician(tmp_path, bench) as (house, pilot, screen):
        row = choose(screen)
        await press(house, pilot, "3", "f6")
        await until(pilot, lambda: holders({row.device}))
        await press(house, pilot, "insert")
        await type_in(pilot, "hello\n")
        await press(house, pilot, "f8")
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: " T 7E 41 FE 01" in house.text() and " R 7E 44" in house.text())
        await press(house, pilot, "escape")
        await until(pilot, lambda: screen.jobs.now is None)


async def test_a_window_takes_over_what_the_template_says(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_pad("1")
    bench.add_pad("3")
    bench.add_display("1")
    one, three, display = bench.bindings()
    keys = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}
    bound(tmp_path, (replace(one, keys=keys), three, display))
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "6", "f5")
        assert "样板 1号窗口" in house.text()
        assert "键位" in next(line for line in house.rows if "评价器 3号" in line)
        assert "缺" in next(line for line in house.rows if "窗口屏 3号" in line)
        await press(house, pilot, "f8")
        assert "照样板改: 键位" in said(house)
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: bindings_of(tmp_path)[PAD, "3"].keys == keys)
        assert bindings_of(tmp_path)[PAD, "3"].identity == three.identity
        await until(pilot, lambda: "评价器 3号" not in "".join(house.rows[:20]))
        await press(house, pilot, "f8")
        assert "没有插着" in said(house)
        await press(house, pilot, "f5")
        assert "样板 3号窗口" in house.text()
        assert "多出来" in next(line for line in house.rows if "窗口屏 1号" in line)
        await press(house, pilot, "f4")
        assert "相同" in house.text()
        await press(house, pilot, "escape")
        assert "样板 3号窗口" not in house.text()


async def test_a_report_is_a_template_for_devices_and_for_their_settings(
    stores: Stores, tmp_path: Path, bench: Bench
) -> None:
    bench.add_pad("3")
    bench.device("pad", "3").do(lambda: bench.pad("3").unlock())
    path = bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        choose(screen)
        await press(house, pilot, "6", "f6")
        await until(pilot, lambda: "音量" in house.text())
        await press(house, pilot, "8", "f8")
        await until(pilot, lambda: "已签字" in said(house))
        (pad,) = load(path.read_text("utf-8"))
        path.write_text("", "utf-8")
        screen.scan()
        await until(pilot, lambda: not screen.ports.bindings)
        await press(house, pilot, "6", "f5")
        await until(pilot, lambda: "_c03_" in house.text() and "缺" in house.text())
        await press(house, pilot, "f8")
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: (PAD, "3") in bindings_of(tmp_path))
        again = bindings_of(tmp_path)[PAD, "3"]
        assert (again.driver, again.identity.serial, again.keys) == ("pad_htp1", pad.identity.serial, pad.keys)
        await until(pilot, lambda: screen.ports.bindings)
        check_settings(screen)
        await press(house, pilot, "f6")
        await until(pilot, lambda: "音量" in house.text())
        await press(house, pilot, "down", "down", "f7")
        await type_in(pilot, "9\n")
        await press(house, pilot, "f8")
        await pilot.pause()
        await press(house, pilot, "f8")
        await until(pilot, lambda: "现在是 9" in said(house))
        await until(pilot, lambda: screen.jobs.now is None)
        await press(house, pilot, "insert", "f8")
        assert "音量 9 改成 6" in said(house)


def check_settings(screen: TechnicianScreen) -> None:
    """The template of the report knows the pad's settings, but not its address, which is its own."""
    settings = settings_of(screen.visit.template, PAD)
    assert settings["volume"] == 6
    assert "address" not in settings


async def test_the_reason_of_a_visit_stands_in_the_report(stores: Stores, tmp_path: Path, bench: Bench) -> None:
    bench.add_pad("3")
    bound(tmp_path, bench.bindings())
    async with technician(tmp_path, bench) as (house, pilot, screen):
        await press(house, pilot, "8", "f4")
        await type_in(pilot, "cable 4111 1111 1111 1111\n")
        assert "cable ··" in house.text()
        assert screen.visit.reason.startswith("cable")


def test_what_was_set_for_a_strip_itself_stays_with_another_check() -> None:
    board = Binding(
        Role.HALL_BOARD, "window_aabb", "", PortMatch(name="/dev/ttyUSB0"), address=4, profile="board_aabb_xor",
        options={"variant": "xor", "rows": 2, "columns": 20, "show": 11, "colour": 0},
    )  # fmt: skip
    learnt = with_strip(board, Strip(Variant.SUM, LineSettings(19200)))
    assert (learnt.profile, learnt.line.baud) == ("strip_aabb_sum", 19200)
    assert (learnt.options["rows"], learnt.options["columns"], learnt.options["show"]) == (2, 20, 1)
    again = with_strip(learnt, Strip(Variant.XOR, LineSettings(9600)))
    assert (again.profile, again.options["rows"], again.options["show"]) == ("board_aabb_xor", 2, 11)
