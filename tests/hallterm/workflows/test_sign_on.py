"""Signing on: one person, one live window; wrong passwords wait; nothing tells who exists."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm.workflows import counter
from hallterm.workflows.desk import Refused
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import (
    change_password,
    free_windows,
    reset_password,
    sign_on,
    take_window,
    unlock,
    welcome,
)
from hallterm.workflows.ticketing import issue
from storage import clock, views
from storage.facts import PauseReason, Role, WindowState
from storage.local import start_ticks
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded

CLERK = "0317"
FIRST = "first password"
NEW = "another password"
W1, W2 = f"{HALL}-01", f"{HALL}-02"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        draft = StaffDraft(CLERK, "张晓梅", (Role.CLERK,), password=FIRST)
        add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05"))
        add_staff(
            made.desk(staff=ADMIN), made.vault, StaffDraft("0318", "李", (Role.CLERK,), password=FIRST), at("08:05")
        )
        yield made


@pytest.fixture
def neighbour() -> Iterator[subprocess.Popen[bytes]]:
    """Another living process of this PC, as a second terminal is one."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()
    assert process.stdin
    process.stdin.close()


def hold(stores: Stores, window: str, staff: str, process: subprocess.Popen[bytes]) -> None:
    ticks = start_ticks(process.pid)
    assert ticks is not None
    assert stores.board.take_window(window, "terminal", staff, process.pid, clock.BOOT, ticks, at("08:19").t) is None


def refused(text: str, stores: Stores, number: str, password: str, when: str = "08:21", second: float = 0) -> str:
    with pytest.raises(Refused) as caught:
        sign_on(stores.desk(1), stores.vault, number, password, at(when, second=second))
    words = caught.value.reason.text()
    assert text in words
    return words


@pytest.mark.parametrize(
    ("connection", "remote"),
    [
        ("192.0.2.1 50000 192.0.2.2 22", "192.0.2.1"),
        ("fe80::1%eth0 50000 fe80::2 22", "fe80::1%eth0"),
        ("", ""),
        ("张晓梅 1 2 3", ""),
        ("x" * 90, ""),
    ],
)
def test_who_comes_over_ssh_is_recorded_with_his_address(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, connection: str, remote: str
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", connection)
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:21"))
    assert [fact.get("remote", "") for fact in stores.facts("sign_on.done")] == [remote]


def test_the_first_sign_on_of_a_day_is_the_punch_and_opens_the_window(stores: Stores) -> None:
    signed = sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:21"))
    assert (signed.staff.name, signed.roles, signed.window) == ("张晓梅", (Role.CLERK,), W1)
    assert signed.punch
    assert signed.must_change
    assert signed.lease is not None
    window = views.window(stores.journal.database, W1)
    assert window is not None
    assert (window.state, window.staff) == (WindowState.IDLE, CLERK)
    counter.sign_off(stores.desk(1, CLERK), at("12:01"))
    again = sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("13:55"))
    assert not again.punch
    assert [fact.get("punch", False) for fact in stores.facts("sign_on.done")] == [True, False]


def test_a_wrong_password_waits_longer_each_time_and_every_fifth_is_recorded(stores: Stores) -> None:
    second = 0
    for failure, wait_s in enumerate((1, 2, 4, 8, 16), start=1):
        words = refused("try", stores, CLERK, "wrong", second=second)
        assert f"{failure}" in words
        refused("try again", stores, CLERK, FIRST, second=second + wait_s - 0.5)
        second += wait_s
    assert stores.facts("sign_on.refused") == [{"staff": CLERK, "failures": 5, "window": W1}]
    assert sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:21", second=second)).window == W1
    counter.sign_off(stores.desk(1, CLERK), at("08:30"))
    assert "try 1," in refused("try", stores, CLERK, "wrong", "08:31")


def test_a_number_nobody_has_looks_like_a_wrong_password_and_is_not_recorded(stores: Stores) -> None:
    known = [refused("", stores, CLERK, "wrong", second=n * 70) for n in range(6)]
    unknown = [refused("", stores, "my secret", "wrong", second=n * 70) for n in range(6)]
    assert known == unknown
    assert [fact["staff"] for fact in stores.facts("sign_on.refused")] == [CLERK]
    rows = stores.journal.database.rows("SELECT line FROM event")
    assert not [row for row in rows if b"secret" in bytes(row[0]).lower()]
    assert b"secret" not in (stores.board.path.read_bytes() + Path(f"{stores.board.path}-wal").read_bytes()).lower()


def test_who_left_the_hall_cannot_sign_on(stores: Stores) -> None:
    from hallterm.workflows.reference import change_staff

    change_staff(stores.desk(staff=ADMIN), StaffDraft(CLERK, "张晓梅", (Role.CLERK,), active=False), at("08:10"))
    refused("try 1,", stores, CLERK, FIRST)


def test_nobody_is_at_two_windows(stores: Stores, neighbour: subprocess.Popen[bytes]) -> None:
    hold(stores, W2, CLERK, neighbour)
    words = refused("0317", stores, CLERK, FIRST)
    assert "window 2 (08:19)" in words
    neighbour.kill()
    neighbour.wait()
    assert sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:22")).window == W1


def test_a_window_in_use_is_refused_and_a_dead_holder_gives_way(
    stores: Stores, neighbour: subprocess.Popen[bytes]
) -> None:
    hold(stores, W1, "0318", neighbour)
    refused("in use by 0318", stores, CLERK, FIRST)
    assert W1 not in [one.code for one in free_windows(stores.desk())]
    neighbour.kill()
    neighbour.wait()
    assert sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:22")).window == W1


def test_after_a_crash_the_same_case_goes_on_with_the_outage_excluded(stores: Stores) -> None:
    desk = stores.desk(1, CLERK)
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:31"))
    number = issue(stores.desk(), at("08:32"), "B").number
    counter.call(desk, at("08:33"))
    counter.start(desk, at("08:34"), "B07")
    window = views.window(stores.journal.database, W1)
    assert window is not None
    stores.board.beat(W1, window.service, at("08:35"))
    before = welcome(stores.desk(1), at("08:50"))
    assert (before.staff, before.open_number) == (CLERK, number)
    signed = sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:50"))
    assert signed.resumed == number
    window = views.window(stores.journal.database, W1)
    assert window is not None
    service = views.service(stores.journal.database, window.service)
    assert service is not None
    assert (window.state, service.pause_reason) == (WindowState.PAUSED, PauseReason.APP_RESTART)
    assert service.counted_ms == 60_000


def test_a_case_left_by_somebody_else_keeps_the_window(stores: Stores) -> None:
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:31"))
    issue(stores.desk(), at("08:32"), "B")
    counter.call(stores.desk(1, CLERK), at("08:33"))
    stores.board.release_window(W1)
    with pytest.raises(Refused, match="left"):
        sign_on(stores.desk(1), stores.vault, "0318", FIRST, at("08:40"))
    assert stores.board.windows_taken() == []


def test_an_idle_window_left_by_somebody_else_is_closed_and_taken(stores: Stores) -> None:
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:31"))
    stores.board.release_window(W1)
    sign_on(stores.desk(1), stores.vault, "0318", FIRST, at("08:40"))
    assert stores.facts("window.closed")[-1]["staff"] == CLERK
    window = views.window(stores.journal.database, W1)
    assert window is not None
    assert window.staff == "0318"


def test_people_without_a_window_sign_on_and_clerks_choose_a_free_one(stores: Stores) -> None:
    signed = sign_on(stores.desk(), stores.vault, CLERK, FIRST, at("08:21"))
    assert (signed.window, signed.punch, signed.may_serve) == ("", False, True)
    assert W2 in [one.code for one in free_windows(stores.desk())]
    taken = take_window(stores.desk(staff=CLERK), stores.vault, W2, at("08:22"))
    assert (taken.window, taken.punch) == (W2, True)
    assert [one.window for one in stores.board.windows_taken()] == [W2]
    with pytest.raises(Refused):
        take_window(stores.desk(staff="0318"), stores.vault, f"{HALL}-09", at("08:22"))


def test_a_technician_at_a_counter_takes_no_window(stores: Stores) -> None:
    draft = StaffDraft("0400", "周", (Role.TECHNICIAN,), password=FIRST)
    add_staff(stores.desk(staff=ADMIN), stores.vault, draft, at("08:06"))
    signed = sign_on(stores.desk(1), stores.vault, "0400", FIRST, at("08:21"))
    assert (signed.window, signed.may_serve) == ("", False)
    with pytest.raises(Refused):
        take_window(stores.desk(staff="0400"), stores.vault, W2, at("08:22"))


def test_the_lock_opens_with_the_password_only(stores: Stores) -> None:
    desk = stores.desk(1, CLERK)
    with pytest.raises(Refused):
        unlock(desk, stores.vault, CLERK, FIRST + " ", at("10:31"))
    unlock(desk, stores.vault, CLERK, FIRST, at("10:32"))


def test_a_password_is_changed_by_its_owner_and_then_need_not_be_changed(stores: Stores) -> None:
    desk = stores.desk(1, CLERK)
    for old, new, again in ((FIRST, "short", "short"), (FIRST, NEW, NEW + "x"), (FIRST, FIRST, FIRST)):
        with pytest.raises(Refused):
            change_password(desk, stores.vault, old, new, again, at("08:22"))
    with pytest.raises(Refused):
        change_password(desk, stores.vault, "wrong", NEW, NEW, at("08:22"))
    change_password(desk, stores.vault, FIRST, NEW, NEW, at("08:24"))
    assert stores.vault.verify(CLERK, NEW)
    assert not stores.vault.must_change(CLERK)
    assert stores.facts("credential.changed")[-1] == {"staff": CLERK}


def test_a_forgotten_password_is_reset_by_those_who_may(stores: Stores) -> None:
    with pytest.raises(Refused):
        reset_password(stores.desk(staff="0318"), stores.vault, CLERK, NEW, at("08:22"))
    with pytest.raises(Refused):
        reset_password(stores.desk(staff=ADMIN), stores.vault, "9999", NEW, at("08:22"))
    reset_password(stores.desk(staff=ADMIN), stores.vault, CLERK, NEW, at("08:22"))
    assert sign_on(stores.desk(1), stores.vault, CLERK, NEW, at("08:23")).must_change
    assert stores.facts("credential.changed")[-1] == {"staff": CLERK, "must_change": True}


def test_no_password_is_in_any_file(stores: Stores, tmp_path: Path) -> None:
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:21"))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert FIRST.encode() not in path.read_bytes()


def test_the_welcome_page_knows_the_last_person_at_the_window(stores: Stores) -> None:
    assert welcome(stores.desk(1), at("08:20")).staff == ""
    desk = stores.desk(1, CLERK)
    sign_on(stores.desk(1), stores.vault, CLERK, FIRST, at("08:31"))
    issue(stores.desk(), at("08:32"), "B")
    counter.call(desk, at("08:33"))
    counter.start(desk, at("08:34"), "B07")
    counter.finish(desk, at("08:40"))
    seen = welcome(stores.desk(1), at("08:41"))
    assert (seen.window, seen.staff, seen.services, seen.closed_t) == (1, CLERK, 1, 0)
