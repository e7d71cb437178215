"""The link score and the byte budget, in time that only the test moves."""

import msgspec

from devices.codecs.htp1_messages import NakCode
from devices.drivers.htp1_line import NAK_REASONS
from devices.errors import PortDenied, PortStuck
from devices.events import DeviceState, DeviceStatus, Identity, Role
from devices.health import (
    BUDGET_BURST_BYTES,
    FLOOD_AFTER_MS,
    ROUND_TRIPS_KEPT,
    Counters,
    Grade,
    LineBudget,
    LinkScore,
    RoundTrips,
    grade,
)
from devices.sim.bench import Bench
from devices.telemetry import figures, flat
from tests.devices.conftest import Hall, wait_until


def test_a_few_events_say_nothing_many_do_and_old_ones_are_forgotten() -> None:
    score = LinkScore()
    score.add(0, 5, 5)
    assert score.value == 1.0
    score.add(1000, 990, 0)
    assert (score.value, score.degraded) == (0.995, False)
    score.add(2000, 0, 5)
    assert (score.value < 0.995, score.degraded) == (True, True)
    score.add(400_000, 20, 0)
    assert score.value == 1.0


def test_a_burst_passes_and_a_lasting_flood_does_not() -> None:
    budget = LineBudget(960, 0)
    assert budget.admit(BUDGET_BURST_BYTES, 0)
    assert not budget.admit(100, 1)
    assert not budget.flooding(FLOOD_AFTER_MS)
    assert budget.flooding(FLOOD_AFTER_MS + 1)
    assert budget.dropped_bytes == 100


def test_a_line_at_full_speed_is_no_flood() -> None:
    budget = LineBudget(960, 0)
    assert all(budget.admit(96, at_ms) for at_ms in range(0, 120_000, 100))
    assert not budget.flooding(120_000)


def test_round_trips_by_share_and_only_the_last_ones() -> None:
    trips = RoundTrips()
    assert trips.percentile(0.5) is None
    for ms in range(1, 101):
        trips.add(ms)
    assert (trips.percentile(0.5), trips.percentile(0.95)) == (50, 95)
    for _ in range(ROUND_TRIPS_KEPT):
        trips.add(7)
    assert trips.percentile(0.95) == 7


def test_a_score_has_three_grades() -> None:
    assert [grade(score) for score in (1.0, 0.995, 0.9949, 0.95, 0.9499)] == [
        *(Grade.GOOD, Grade.GOOD, Grade.FAIR, Grade.FAIR, Grade.POOR),
    ]


def test_failures_of_ports_are_counted_by_reason() -> None:
    counters = Counters()
    for error in (PortDenied("COM7"), PortDenied("COM7"), PortStuck("COM7", 5)):
        counters.failed(error.reason)
    counters.failed("something new")
    assert (counters.port_denied, counters.port_stuck, counters.port_busy) == (2, 1, 0)


def test_what_a_device_refuses_is_counted_by_reason() -> None:
    assert all(f"nak_{reason}" in Counters.__struct_fields__ for reason in NAK_REASONS.values())
    counters = Counters()
    for code in (NakCode.LOCKED, NakCode.LOCKED, NakCode.RANGE, 200):
        counters.refused(NAK_REASONS.get(code, ""))
    assert (counters.naks, counters.nak_locked, counters.nak_range, counters.nak_busy) == (4, 2, 1, 0)


def test_a_devices_own_clock_and_its_last_frame_are_told(bench: Bench, halls: list[Hall]) -> None:
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    wait_until(lambda: hall.manager.status()[0].counters["uptime_s"] > 0)
    status = hall.manager.status()[0]
    named = flat(status.role, status.window, status.state, status.reason, figures(status))
    assert named["pad.1.device.uptime_s"] == status.counters["uptime_s"]
    assert named["pad.1.link.heard_ms"] == status.heard_ms > 0
    assert named["pad.1.nak.locked"] == 0


def test_a_status_has_flat_names() -> None:
    status = DeviceStatus(
        Role.TICKET_PRINTER, "", "printer_escpos", DeviceState.READY, "", 5, "COM7", Identity(boot=7),
        msgspec.structs.asdict(Counters(frames=9, port_busy=2)), 0.9966, answered=300, failed=1, rtt_p95_ms=41,
    )  # fmt: skip
    named = flat(status.role, status.window, status.state, status.reason, figures(status))
    assert named["printer.state"] == "ready"
    assert (named["printer.link.score"], named["printer.link.grade"]) == (0.996, "good")
    assert (named["printer.link.rtt.p95_ms"], named["printer.port.busy"], named["printer.device.boot"]) == (41, 2, 7)
    assert "printer.link.rtt.p50_ms" not in named
    assert "printer.device.supply_mv" not in named
    assert len(named) == len(set(named))
