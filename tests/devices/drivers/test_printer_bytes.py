"""What a ticket printer gets on its line, byte by byte: its state is asked before a slip and after it."""

from devices.events import DeviceState, Role
from devices.sim.bench import Bench
from devices.ticket import PrintCode, PrintResult, TicketDoc, TicketLine
from tests.devices.conftest import Hall, wait_until

STATUS = bytes.fromhex("10 04 01 10 04 02 10 04 04")
INITIALISE, CHINESE_ON, CUT = bytes.fromhex("1B 40"), bytes.fromhex("1C 26"), bytes.fromhex("1D 56 42 00")
TEXT = "A023 请到3号窗口"


def test_a_slip_stands_between_two_questions_in_the_published_bytes(bench: Bench, halls: list[Hall]) -> None:
    printer = bench.add_printer()
    heard = bytearray()
    answer = printer.received

    def listening(data: bytes, now_ms: int) -> bytes:
        heard.extend(data)
        return answer(data, now_ms)

    printer.received = listening  # type: ignore[method-assign]
    hall = Hall(bench)
    halls.append(hall)
    hall.await_state(DeviceState.READY, Role.TICKET_PRINTER, "")
    assert heard.startswith(STATUS)
    done: list[PrintResult] = []
    assert hall.manager.print_ticket(TicketDoc((TicketLine(TEXT),)), done.append)
    wait_until(lambda: bool(done))
    assert done == [PrintResult(PrintCode.PRINTED)]
    begin, end = heard.index(INITIALISE + CHINESE_ON), heard.index(CUT) + len(CUT)
    assert heard[:begin].endswith(STATUS)
    assert heard[end:].startswith(STATUS)
    assert TEXT.encode("gb18030") in heard[begin:end]
