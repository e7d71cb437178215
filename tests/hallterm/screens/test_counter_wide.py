"""What a counter with room reads besides: from real files, in the order of the queue, and not by the clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.screens.counter_wide import WideLook
from hallterm.workflows import counter
from hallterm.workflows.look import look
from storage.facts import TicketClass
from tests.hallterm.workflows.shift import Shift, make_hall, on_copy


@pytest.fixture(scope="module")
def hall_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide") / "founded"
    make_hall(folder)
    return folder


@pytest.fixture
def shift(hall_folder: Path, tmp_path: Path) -> Iterator[Shift]:
    with on_copy(hall_folder, tmp_path / "data") as shift:
        yield shift


def test_the_queue_stands_in_the_order_in_which_the_window_calls(shift: Shift) -> None:
    desk = shift.open()
    for _ in range(11):
        shift.issue("B", "B01")
    shift.issue("B", "B01", TicketClass.SPECIAL)
    view = WideLook()(desk, shift.clock.after(60))
    assert [line.number for line in view.queue[:2]] == ["VB01", "B001"]
    assert len(view.queue) == 10
    assert view.queue[0].points - view.queue[1].points == 30
    assert view.next is not None
    assert view.next.number == view.queue[0].number
    called = shift.do(counter.call, desk)
    assert shift.ticket(called.ticket).number == "VB01"


def test_the_services_of_the_day_stand_newest_first_without_their_levels(shift: Shift) -> None:
    desk = shift.open()
    rated = shift.await_rating(desk, "B01")
    shift.rate(rated, level=1)
    shift.await_rating(desk, "B02", serving_s=4000)
    done = WideLook()(desk, shift.clock.after(1)).done
    assert [(one.code, one.number, one.rating, one.overtime) for one in done] == [
        ("B02", "B002", "", True),
        ("B01", "B001", "rated", False),
    ]
    assert done[1].name_zh
    assert done[1].name_en
    assert not {"level", "key", "score"} & set(type(done[0]).__struct_fields__)


def test_estimates_name_the_open_windows_of_each_group(shift: Shift) -> None:
    desk = shift.open()
    shift.issue("B", "B01")
    estimates = {one.prefix: one for one in WideLook()(desk, shift.clock.after(1)).estimates}
    assert (estimates["B"].windows, estimates["B"].waiting) == (1, 1)
    assert estimates["B"].estimate_min is not None
    assert any(one.estimate_min is None for one in estimates.values() if one.windows == 0)


def test_the_clock_alone_changes_neither_points_nor_estimates(shift: Shift) -> None:
    desk, read = shift.open(), WideLook()
    shift.issue("B", "B01")
    before = read(desk, shift.clock.after(1))
    later = read(desk, shift.clock.after(600))
    assert (later.queue, later.estimates) == (before.queue, before.estimates)
    shift.issue("C", "C01")
    assert read(desk, shift.clock.after(1)).queue[0].points == before.queue[0].points + 10


def test_what_every_counter_reads_is_the_same(shift: Shift) -> None:
    desk = shift.open()
    shift.serve(desk, "B01")
    now = shift.clock.after(1)
    narrow, wide = look(desk, now), WideLook()(desk, now)
    assert all(getattr(wide, name) == getattr(narrow, name) for name in narrow.__struct_fields__)
