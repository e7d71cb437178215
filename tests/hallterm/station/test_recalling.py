"""The second and third call by themselves (setting ``auto_recall``): in time, once, and only while nobody came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.station.recalling import recall_due
from hallterm.workflows import counter
from hallterm.workflows.desk import Desk, Refused
from storage.facts import Moment, SettingSet, WindowState
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import Shift, make_hall, on_copy


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    make_hall(tmp_path / "founded")
    with on_copy(tmp_path / "founded", tmp_path / "data") as made:
        yield made


def by_itself(shift: Shift) -> None:
    with shift.stores.journal.write("0001", shift.clock()) as tx:
        tx.record(SettingSet("auto_recall", "true", HALL))


def calls(shift: Shift, desk: Desk) -> int:
    return shift.ticket(shift.window(desk).ticket).calls


def look_each_second(shift: Shift, seconds: int) -> None:
    for _ in range(seconds):
        for _twice in range(2):
            recall_due(shift.stores.journal, shift.clock())
        shift.clock.after(1)


def test_a_no_show_is_three_keys(shift: Shift) -> None:
    by_itself(shift)
    desk = shift.open()
    ticket = shift.call(desk)
    look_each_second(shift, 60)
    assert calls(shift, desk) == 3
    times = [int(str(one["nth"])) for one in shift.stores.facts("ticket.called")]
    assert times == [1, 2, 3]
    shift.do(counter.no_show, desk)
    assert shift.ticket(ticket).result == "no_show"
    shift.check()


def test_the_calls_keep_their_distance(shift: Shift) -> None:
    by_itself(shift)
    desk = shift.open()
    shift.call(desk)
    for seconds, expected in ((19, 1), (2, 2), (18, 2), (2, 3), (100, 3)):
        look_each_second(shift, seconds)
        assert calls(shift, desk) == expected, seconds


def test_it_is_off_unless_the_hall_says_so(shift: Shift) -> None:
    desk = shift.open()
    shift.call(desk)
    look_each_second(shift, 45)
    assert calls(shift, desk) == 1
    with pytest.raises(Refused):
        shift.do(counter.no_show, desk)


def test_who_came_is_not_called_again(shift: Shift) -> None:
    by_itself(shift)
    desk = shift.open()
    shift.serve(desk)
    look_each_second(shift, 45)
    assert shift.window(desk).state is WindowState.SERVING
    assert len(shift.stores.facts("ticket.called")) == 1


def test_a_clerk_who_calls_first_is_not_overtaken(shift: Shift) -> None:
    by_itself(shift)
    desk = shift.open()
    shift.call(desk)
    shift.do(counter.recall, desk, after_s=20)
    look_each_second(shift, 19)
    assert calls(shift, desk) == 2


def test_a_call_of_another_pc_is_left_to_its_own_station(shift: Shift) -> None:
    by_itself(shift)
    desk = shift.open()
    shift.call(desk)
    now = shift.clock.after(30)
    recall_due(shift.stores.journal, Moment(now.t, now.m, "another boot"))
    assert calls(shift, desk) == 1
