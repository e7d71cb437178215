"""LED text strips on real ptys: over a window, as a hall board, with either check, and silent ones."""

import asyncio
from collections import deque

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.codecs import aabb
from devices.codecs.aabb import Power, Style, Variant
from devices.drivers.aabb_line import learn_variant, probe
from devices.drivers.window_aabb import BOARD_INTERVAL_MS, Pace, StripOptions, WindowAabb
from devices.events import DeviceState, Role, StateChanged
from devices.sim.aabb import SimStrips
from devices.sim.bench import Bench
from devices.sim.commands import obey
from devices.sim.device import now_ms
from tests.devices.conftest import QUICK, Hall, wait_until

SHORT = msgspec.structs.replace(QUICK, reply_s=0.05, retries=1)


class Shown:
    """A strip over window 1 that shows what the house wishes."""

    def __init__(self, bench: Bench, halls: list[Hall], strips: SimStrips, role: Role = Role.WINDOW_DISPLAY) -> None:
        self.bench, self.strips, self.role = bench, strips, role
        self.window = "1" if role is Role.WINDOW_DISPLAY else ""
        self.hall = Hall(bench, timing=SHORT)
        halls.append(self.hall)

    def ready(self) -> "Shown":
        self.hall.await_state(DeviceState.READY, self.role, self.window)
        return self

    def show(self, text: str, shown: str | None = None) -> None:
        self.hall.manager.show_text("1", text)
        wait_until(lambda: self.strips.lines[0] == (text if shown is None else shown))

    def counted(self, name: str) -> int:
        return self.hall.manager.status()[0].counters[name]


@pytest.mark.parametrize("variant", list(Variant))
def test_a_call_is_shown_on_a_strip_of_either_kind(bench: Bench, halls: list[Hall], variant: Variant) -> None:
    shown = Shown(bench, halls, bench.add_strips("1", variant)).ready()
    shown.show("A023 请到3号窗口")
    assert not any(flash for _, _, flash in shown.strips.history)
    assert obey(bench, "strip 1") == "ok A023 请到3号窗口"


def test_what_does_not_fit_is_cut_and_what_it_cannot_show_is_marked(bench: Bench, halls: list[Hall]) -> None:
    shown = Shown(bench, halls, bench.add_strips("1", options={"columns": 8})).ready()
    shown.show("李喆请到3号窗口", "李□请到")
    shown.show("", "")


@pytest.mark.parametrize("wants", list(Variant))
def test_a_strip_with_the_other_check_is_found_out(bench: Bench, halls: list[Hall], wants: Variant) -> None:
    shown = Shown(bench, halls, bench.add_strips("1", wants)).ready()
    other = next(variant for variant in Variant if variant is not wants)
    assert obey(bench, f"check 1 {other}") == "ok"
    shown.hall.manager.show_text("1", "A023")
    shown.hall.await_state(DeviceState.DEGRADED, Role.WINDOW_DISPLAY)
    reasons = [e.reason for e in shown.hall.recorder.of(StateChanged) if e.state is DeviceState.DEGRADED]
    assert reasons[0] == "text_refused"
    assert obey(bench, f"check 1 {wants}") == "ok"
    wait_until(lambda: shown.strips.lines == ["A023"])
    shown.ready()


def test_a_strip_that_falls_silent_is_lost_and_shows_its_text_again(bench: Bench, halls: list[Hall]) -> None:
    shown = Shown(bench, halls, bench.add_strips("1")).ready()
    shown.show("A023")
    bench.device("strip", "1").faults.mute = True
    shown.hall.await_state(DeviceState.LOST, Role.WINDOW_DISPLAY)
    assert obey(bench, "reset strip 1") == "ok"
    bench.device("strip", "1").faults.mute = False
    wait_until(lambda: shown.strips.lines == ["A023"])
    shown.ready()


def test_a_strip_that_lost_its_power_unseen_is_told_again(bench: Bench, halls: list[Hall]) -> None:
    shown = Shown(bench, halls, bench.add_strips("1", options={"refresh_s": 1})).ready()
    shown.show("A023")
    assert obey(bench, "reset strip 1") == "ok"
    wait_until(lambda: shown.strips.lines == ["A023"])


def test_a_line_with_an_echo_is_no_strip(bench: Bench, halls: list[Hall]) -> None:
    """Addresses and checks may be 1B, which is the answer."""
    strips = bench.add_strips("1")
    strips.adapter_echo = True
    shown = Shown(bench, halls, strips).ready()
    shown.show("A023")
    wait_until(lambda: shown.counted("echoes") >= 2)
    strips.address = 0x30
    shown.hall.await_state(DeviceState.LOST, Role.WINDOW_DISPLAY)


def test_an_echo_with_the_answer_in_it_is_no_answer(bench: Bench, halls: list[Hall]) -> None:
    strips = bench.add_strips("1")
    strips.adapter_echo = True
    binding = msgspec.structs.replace(bench.bindings()[0], address=aabb.ACK)
    hall = Hall(bench, timing=SHORT, bindings=(binding,))
    halls.append(hall)
    hall.await_state(DeviceState.LOST, Role.WINDOW_DISPLAY)
    assert hall.manager.status()[0].counters["echoes"] >= 2
    strips.address = aabb.ACK
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)


def test_a_board_shows_its_lines_and_of_many_only_the_newest(bench: Bench, halls: list[Hall]) -> None:
    shown = Shown(bench, halls, bench.add_strips(""), Role.HALL_BOARD).ready()
    for number in range(100):
        shown.hall.manager.show_board((f"A{number:03} 3号", "B002 1号", "C003 2号"))
    wait_until(lambda: shown.strips.lines == ["A099 3号", "B002 1号", "C003 2号", ""])
    assert len(shown.strips.history) <= 10
    assert obey(bench, "strip - 3") == "ok C003 2号"
    assert obey(bench, "strip - 5") == "error arguments"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1500), max_size=40))
def test_a_board_is_never_written_more_than_twice_in_a_second(waits_ms: list[int]) -> None:
    pace, now, written = Pace(BOARD_INTERVAL_MS), 0, deque[int](maxlen=3)
    for wait in waits_ms:
        now += wait
        now += pace.wait_ms(now)
        pace.wrote(now)
        written.append(now)
        assert len(written) < 3 or written[2] - written[0] >= 1000


@pytest.mark.parametrize("option", [{"variant": "crc"}, {"rows": 5}, {"columns": 0}, {"speed": 8}, {"charset": "big5"}])
def test_options_no_strip_has_are_refused(bench: Bench, halls: list[Hall], option: dict[str, str | int]) -> None:
    strips = bench.add_strips("1")
    binding = msgspec.structs.replace(bench.bindings()[0], options=option)
    hall = Hall(bench, timing=SHORT, bindings=(binding,))
    halls.append(hall)
    hall.await_state(DeviceState.WRONG_DEVICE, Role.WINDOW_DISPLAY)
    assert [e.reason for e in hall.recorder.of(StateChanged)][-1] == "options"
    assert strips.history == []


def test_the_options_of_a_profile_are_read() -> None:
    read = StripOptions.read({"variant": "sum", "charset": "gbk", "columns": 24, "rows": 2, "show": 1, "colour": 2})
    assert (read.variant, read.charset, read.columns, read.rows) == (Variant.SUM, aabb.Charset.GBK, 24, 2)
    assert read.style == Style(show=1, colour=2)
    assert WindowAabb.roles == frozenset({Role.WINDOW_DISPLAY, Role.HALL_BOARD})


@pytest.mark.parametrize("variant", list(Variant))
def test_the_variant_of_a_strip_is_learned(variant: Variant) -> None:
    strips = SimStrips(3, variant=variant, rows=1)

    async def ask(wire: bytes) -> bool:
        at = now_ms()
        answered = strips.received(wire, at) == bytes([aabb.ACK])
        return answered or strips.tick(at + 1000) == bytes([aabb.ACK])

    assert asyncio.run(learn_variant(ask, 3)) is variant
    assert strips.lines == ["88"]
    assert asyncio.run(learn_variant(ask, 4)) is None
    assert asyncio.run(ask(probe(3)))
    assert asyncio.run(ask(aabb.encode(Power(3, False), variant)))
    assert not strips.lit
