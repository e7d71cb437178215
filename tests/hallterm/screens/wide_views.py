"""Counter views as a terminal with room shows them: the queue, the estimates and the last services besides."""

from __future__ import annotations

from msgspec.structs import asdict

from hallterm.rules.queue import Estimate
from hallterm.screens.counter_wide import TicketLine, WideView
from hallterm.workflows.seen import CounterView
from hallterm.workflows.ticketing import GroupEstimate
from storage.facts import TicketClass
from storage.views import DoneRow
from tests.hallterm.screens.views import BY_CODE, at

QUEUE = tuple(
    TicketLine(number, cls, number.strip("V")[0], at(f"{issued}:00"), points)
    for number, cls, issued, points in (
        ("B044", TicketClass.OUTAGE_CARD, "10:43", 47),
        ("VB003", TicketClass.SPECIAL, "10:36", 39),
        ("B048", TicketClass.NORMAL, "10:14", 31),
        ("B049", TicketClass.CREDIT_A, "10:26", 29),
        ("B050", TicketClass.NORMAL, "10:21", 24),
        ("B051", TicketClass.APPOINTMENT, "10:44", 21),
        ("B052", TicketClass.NORMAL, "10:27", 18),
        ("C017", TicketClass.NORMAL, "10:20", 10),
        ("C018", TicketClass.NORMAL, "10:24", 6),
        ("B039", TicketClass.REINSTATED, "10:02", -7),
    )
)


def _estimate(prefix: str, waiting: int, windows: int, minutes: int | None) -> GroupEstimate:
    return GroupEstimate(prefix, waiting, Estimate(waiting, 0, 0, windows, minutes), windows, windows + 1)


ESTIMATES = (
    _estimate("A", 3, 1, 12),
    _estimate("B", 7, 2, 22),
    _estimate("C", 4, 1, 16),
    _estimate("D", 0, 1, 0),
    _estimate("E", 0, 0, None),
    _estimate("L", 2, 1, 5),
)


def _done(number: str, code: str, end: str, counted_s: int, rating: str = "rated", reason: str = "") -> DoneRow:
    matter = BY_CODE[code]
    over = counted_s > matter.limit_min * 60
    names = (matter.name_zh, matter.name_en)
    return DoneRow(f"s-{number}", number, code, *names, at(f"{end}:00"), counted_s, over, rating, reason)


DONE = (
    _done("B046", "B02", "10:40", 108),
    _done("B045", "B07", "10:36", 702, "unrated", "no_response"),
    _done("B043", "B01", "10:22", 391),
    _done("", "L05", "10:14", 95, "unrated", "left"),
    _done("C012", "C10", "10:11", 175),
    _done("B041", "B09", "10:06", 480),
    _done("B040", "B05", "09:55", 412, "unrated", "device_fault"),
    _done("B038", "B02", "09:47", 88),
    _done("B037", "B03", "09:44", 160),
    _done("B035", "D01", "09:38", 140, ""),
    _done("VB002", "A16", "09:30", 290),
    _done("B033", "C11", "09:22", 3725),
)


def wide(view: CounterView) -> WideView:
    """The same view with room; who is next stands first in the queue."""
    first = view.next
    called = (TicketLine(first.number, first.cls, first.prefix, first.issued_t, 33),) if first else ()
    queue = (*called, *(line for line in QUEUE if not first or line.points < 33))[:10]
    return WideView(**asdict(view), queue=queue, estimates=ESTIMATES, done=DONE)
