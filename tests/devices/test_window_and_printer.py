"""The window display and the ticket printer on real ptys."""

import threading

import pytest
from msgspec.structs import replace

from devices.errors import LineSettings
from devices.events import DeviceState, Role
from devices.sim.bench import Bench
from devices.sim.device import SimDevice
from devices.sim.printer import SimPrinter
from devices.ticket import Align, PrintCode, PrintResult, TicketDoc, TicketLine
from tests.devices.conftest import PATIENCE_S, Hall, wait_until

TICKET = TicketDoc(
    (TicketLine("办税服务厅", 2, True, Align.CENTER), TicketLine("A023", 4), TicketLine("前面还有 3 人")), "A023-0317"
)


class PrintJob:
    """A job's one and only result."""

    def __init__(self, hall: Hall, doc: TicketDoc = TICKET) -> None:
        self.results: list[PrintResult] = []
        self._done = threading.Event()
        self.accepted = hall.manager.print_ticket(doc, self._take)

    def _take(self, result: PrintResult) -> None:
        self.results.append(result)
        self._done.set()

    @property
    def code(self) -> PrintCode:
        assert self._done.wait(PATIENCE_S), "the job was never decided"
        (result,) = self.results
        return result.code


@pytest.fixture
def printer(bench: Bench) -> SimPrinter:
    return bench.add_printer()


@pytest.fixture
def printing(bench: Bench, printer: SimPrinter, halls: list[Hall]) -> Hall:
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.TICKET_PRINTER, "")
    return hall


def cable(hall: Hall) -> SimDevice:
    return hall.bench.device("printer")


def test_a_ticket_comes_out_in_chinese_with_its_code(printing: Hall, printer: SimPrinter) -> None:
    assert PrintJob(printing).code is PrintCode.PRINTED
    (slip,) = printer.slips
    assert slip.text.split("\n")[:3] == ["办税服务厅", "A023", "前面还有 3 人"]
    assert slip.qr == "A023-0317"
    assert printer.command_errors == 0


def test_without_paper_nothing_is_called_printed(printing: Hall, printer: SimPrinter) -> None:
    printer.paper_out = True
    assert PrintJob(printing).code is PrintCode.PAPER_OUT
    printing.await_state(DeviceState.DEGRADED, Role.TICKET_PRINTER, "")
    printer.paper_out = False
    assert PrintJob(printing).code is PrintCode.PRINTED
    assert len(printer.slips) == 1


def test_paper_that_ends_in_the_middle_is_not_printed_and_the_next_job_goes_on(
    printing: Hall, printer: SimPrinter
) -> None:
    printer.paper_out_after_bytes = 10
    assert PrintJob(printing).code is PrintCode.PAPER_OUT
    assert printer.slips == []
    printer.paper_out = False
    assert PrintJob(printing).code is PrintCode.PRINTED


def test_cover_and_offline_are_told_apart_and_low_paper_is_said(printing: Hall, printer: SimPrinter) -> None:
    printer.cover_open = True
    assert PrintJob(printing).code is PrintCode.COVER_OPEN
    printer.cover_open, printer.offline = False, True
    assert PrintJob(printing).code is PrintCode.OFFLINE
    printer.offline, printer.paper_low = False, True
    job = PrintJob(printing)
    assert job.code is PrintCode.PRINTED
    assert job.results[0].paper_low


def test_a_silent_printer_takes_nothing(printing: Hall, printer: SimPrinter) -> None:
    cable(printing).faults.mute = True
    printing.await_state(DeviceState.LOST, Role.TICKET_PRINTER, "")
    assert not PrintJob(printing).accepted
    assert printer.slips == []


def test_a_printer_that_stops_reading_is_stuck_and_the_pad_goes_on(bench: Bench, halls: list[Hall]) -> None:
    bench.add_printer()
    bench.add_pad("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.TICKET_PRINTER, "")
    hall.await_state(DeviceState.READY)
    answered = cable(hall).model.received

    def answer_then_stop(data: bytes, now_ms: int) -> bytes:
        cable(hall).faults.deaf = data.startswith(b"\x1b@")
        return answered(data, now_ms)

    cable(hall).model.received = answer_then_stop  # type: ignore[method-assign]
    job = PrintJob(hall, TicketDoc(tuple(TicketLine("办税" * 90) for _ in range(500))))
    assert job.code is PrintCode.UNSURE
    hall.recorder.wait(lambda: any(getattr(event, "reason", "") == "stuck" for event in hall.recorder.events))
    assert hall.state(Role.RATING_DEVICE, "1") is DeviceState.READY
    cable(hall).faults.deaf = False
    cable(hall).wake()


def test_a_printer_unplugged_in_the_middle_leaves_the_job_unsure(printing: Hall, printer: SimPrinter) -> None:
    obeyed = printer.received

    def unplug_at_the_text(data: bytes, now_ms: int) -> bytes:
        if data.startswith(b"\x1b@"):
            cable(printing).unplug()
            return b""
        return obeyed(data, now_ms)

    printer.received = unplug_at_the_text  # type: ignore[method-assign]
    assert PrintJob(printing).code is PrintCode.UNSURE
    assert printer.slips == []


def test_the_display_shows_the_newest_text_and_again_after_a_reset(bench: Bench, halls: list[Hall]) -> None:
    display = bench.add_display("1")
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
    for number in range(200):
        hall.manager.show_text("1", f"A{number:03} 请到1号窗口")
    wait_until(lambda: display.shown == "A199 请到1号窗口")
    assert len(display.history) < 200
    bench.device("display", "1").do(display.reset)
    wait_until(lambda: display.shown == "A199 请到1号窗口" and display.boot > 0)
    hall.manager.show_text("1", "")
    wait_until(lambda: display.shown == "")


def test_a_board_serves_a_hall_and_no_window_while_a_display_serves_both(bench: Bench, halls: list[Hall]) -> None:
    board, display = bench.add_htp_board(), bench.add_display("1")
    as_board, as_display = bench.bindings()
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.HALL_BOARD, "")
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
    hall.manager.show_board(("A001", "A002"))
    wait_until(lambda: board.lines == {1: "A001", 2: "A002"})
    exchanged = (
        replace(as_board, role=Role.WINDOW_DISPLAY, window="1"),
        replace(as_display, role=Role.HALL_BOARD, window=""),
    )
    hall.manager.rebind(exchanged)
    hall.await_state(DeviceState.WRONG_DEVICE, Role.WINDOW_DISPLAY)
    hall.await_state(DeviceState.READY, Role.HALL_BOARD, "")
    hall.manager.show_board(("A003", "A004"))
    wait_until(lambda: display.lines == {1: "A003", 2: "A004"})


def test_at_another_speed_nothing_can_be_read(bench: Bench, halls: list[Hall]) -> None:
    bench.add_display("1")
    (binding,) = bench.bindings()
    hall = Hall(bench, bindings=(replace(binding, line=LineSettings(19200)),))
    halls.append(hall)
    hall.await_state(DeviceState.LOST, Role.WINDOW_DISPLAY)
    hall.manager.rebind((binding,))
    hall.await_state(DeviceState.READY, Role.WINDOW_DISPLAY)
