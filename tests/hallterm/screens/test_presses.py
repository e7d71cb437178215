"""Pads and presses: supervisors see them by window; a clerk has no such entry and is refused."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import SIGN_ON
from hallterm.screens.presses import PressesScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from hallterm.workflows.desk import Refused
from hallterm.workflows.presses import FOR_SUPERVISORS, presses_look
from hallterm.workflows.reference import StaffDraft, add_staff
from hallterm.workflows.sign_on import change_password
from storage import facts as f
from storage.facts import Role
from storage.views.presses import WindowPresses, pads_asked, refused_presses, window_presses
from tests.hallterm.screens.pages import House, check_golden, shown, type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at, founded

CLERK, LEADER, DIRECTOR, ASSESSOR, TECHNICIAN = "0317", "0201", "0101", "0401", "T017"
DAY = "2026-11-24"
W1, W3 = f"{HALL}-01", f"{HALL}-03"
PAD = "rating_device"
PAD_1, PAD_3 = "HT25A0000311", "HT25A0000317"
FIRST, OWN = "first password", "my own words"
ROLES = (
    (CLERK, "张晓梅", Role.CLERK),
    (LEADER, "李值班", Role.DUTY_LEADER),
    (DIRECTOR, "赵主任", Role.HALL_DIRECTOR),
    (ASSESSOR, "钱考核", Role.ASSESSOR),
    (TECHNICIAN, "王工", Role.TECHNICIAN),
)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)


@pytest.fixture(scope="module")
def founded_with_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall with one person a role, that is only copied; nobody signs on, so nobody has a password."""
    folder = tmp_path_factory.mktemp("presses")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with founded(folder, day="2026-11-20") as made, made.journal.write(ADMIN, at("08:05", "2026-11-20")) as tx:
            for number, name, role in ROLES:
                tx.record(f.StaffSet(number, name, HALL))
                tx.record(f.GrantSet(number, role, HALL))
    return folder


@pytest.fixture
def stores(tmp_path: Path, founded_with_people: Path) -> Iterator[Stores]:
    shutil.copytree(founded_with_people, tmp_path / "data")
    made = Stores(tmp_path / "data")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def young_hall(tmp_path: Path) -> Path:
    """Two people with passwords, founded two days ago by this machine's clock: the real app signs them on by it."""
    day = (date.today() - timedelta(days=2)).isoformat()
    (tmp_path / "data").mkdir()
    with founded(tmp_path / "data", day=day) as made:
        for number, name, role in ROLES[:2]:
            draft = StaffDraft(number, name, (role,), password=FIRST)
            add_staff(made.desk(staff=ADMIN), made.vault, draft, at("08:05", day))
            change_password(made.desk(staff=number), made.vault, FIRST, OWN, OWN, at("08:06", day))
    return tmp_path


def rated(
    stores: Stores, window: str, pad: str, keys: str, *, fast: int = 0, weak: bool = False, day: str = DAY
) -> None:
    """One question and one rating a key, the first ``fast`` of them pressed at once."""
    for place, key in enumerate(keys):
        number = int(stores.journal.database.value("SELECT count(*) FROM rating")) + 1
        service, when = f"s{number}", at("09:00", day, number)
        asked = f.RatingAsked(
            service=service, visit="v", window=window, staff=CLERK, day=day, wid=number, pad=pad, timeout_s=30
        )
        given = f.RatingGiven(
            service=service, visit="v", window=window, staff=CLERK, code="B02", day=day, wid=number, pad=pad,
            key=int(key), level=6 - int(key), scale=f.Scale.FIVE_SEED, t_ms=200 if place < fast else 4000, held_ms=100,
            map_hash="0", ask="", suspect="fast" if place < fast else "", weak=weak,
        )  # fmt: skip
        with stores.journal.write("-", when) as tx:
            tx.record(asked)
            tx.record(given)


def unrated(stores: Stores, window: str, reason: f.UnratedReason, service: str) -> None:
    missing = f.RatingMissing(
        service=service, visit="v", window=window, staff=CLERK, code="B02", day=DAY, reason=reason, exempt=False
    )
    with stores.journal.write("-", at("09:30")) as tx:
        tx.record(missing)


def pressed_for_nothing(stores: Stores, window: str, why: str, times: int, day: str = DAY) -> None:
    for second in range(times):
        with stores.journal.write("-", at("09:40", day, second)) as tx:
            tx.record(f.RatingRefused(why=why, window=window, pad="HT25A0000999"))


def link(stores: Stores, window: str, bad_by_day: tuple[int, ...], boots: int = 0) -> None:
    """Of a thousand exchanges a day; the last day is yesterday."""
    for back, bad in enumerate(reversed(bad_by_day), 1):
        day = (date.fromisoformat(DAY) - timedelta(days=back)).isoformat()
        counters = {"link_ok": 1000 - bad, "link_bad": bad, "boots": boots}
        with stores.journal.write("-", at("18:00", day)) as tx:
            tx.record(f.DeviceDaily(day=day, role=PAD, window=window, counters=counters))


def a_month(stores: Stores) -> None:
    """Window 1 works; at window 3 somebody opened the pad, presses at once and always the same."""
    link(stores, W1, (1, 1, 0, 1))
    link(stores, W3, (2, 6, 9, 15), boots=5)
    rated(stores, W1, PAD_1, "1213")
    rated(stores, W3, "HT25A0000300", "2", day="2026-11-23")
    rated(stores, W3, PAD_3, "1111115", fast=6, weak=True)
    rated(stores, W1, PAD_1, "5", day="2026-10-31")
    unrated(stores, W1, f.UnratedReason.NO_RESPONSE, "u1")
    unrated(stores, W3, f.UnratedReason.DEVICE_FAULT, "u2")
    unrated(stores, W3, f.UnratedReason.LEFT, "u3")
    pressed_for_nothing(stores, W3, "wrong_pad", 2)
    pressed_for_nothing(stores, W3, "no_window", 5)
    pressed_for_nothing(stores, W3, "tamper", 1)
    pressed_for_nothing(stores, W3, "no_window", 3, day="2026-10-31")
    with stores.journal.write("-", at("10:41")) as tx:
        tx.record(f.DeviceChanged(role=PAD, window=W3, state="quarantined", reason="tamper"))


@asynccontextmanager
async def page(
    folder: Path, staff: str, language: str = "en"
) -> AsyncIterator[tuple[House, Pilot[None], PressesScreen]]:
    screen = PressesScreen()
    async with shown(screen, folder / "data", at("10:45"), language=language, staff=staff) as (house, pilot):
        await until(pilot, lambda: screen.look is not None or screen.message)
        yield house, pilot, screen


def test_presses_are_summed_by_window_and_month(stores: Stores) -> None:
    a_month(stores)
    db = stores.journal.database
    assert window_presses(db, HALL, "2026-11-01", DAY) == {
        W1: WindowPresses(W1, rated=4, fast=0, weak=0, unrated=1, no_pad=0, longest_run=1),
        W3: WindowPresses(W3, rated=8, fast=6, weak=7, unrated=2, no_pad=1, longest_run=6),
    }
    assert window_presses(db, "360600002", "2026-11-01", DAY) == {}
    assert [(one.window, one.pad) for one in pads_asked(db, HALL, "2026-11-01", DAY)] == [(W1, PAD_1), (W3, PAD_3)]
    refused = refused_presses(db, HALL, at("00:00", "2026-11-01").t, at("00:00", "2026-11-25").t)
    assert [(one.why, one.presses) for one in refused] == [("no_window", 5), ("tamper", 1), ("wrong_pad", 2)]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_page(stores: Stores, tmp_path: Path, language: str) -> None:
    a_month(stores)
    async with page(tmp_path, LEADER, language) as (house, pilot, _screen):
        check_golden(house, f"presses-{language}")
        await pilot.press("down", "down", "down")
        check_golden(house, f"presses-window-{language}")
        await pilot.press("f5", "f6", "f8", "f9", "insert", "enter", "5")
        assert house.heard == []
        await pilot.press("escape")
        await until(pilot, lambda: any(isinstance(message, PressesScreen.Left) for message in house.heard))


async def test_what_a_technician_released_is_locked_no_more(stores: Stores, tmp_path: Path) -> None:
    a_month(stores)
    async with page(tmp_path, DIRECTOR) as (house, pilot, screen):
        assert "11-24 10:41" in house.text()
        with stores.journal.write(TECHNICIAN, at("10:46")) as tx:
            tx.record(f.DeviceChanged(role=PAD, window=W3, state="ready", reason="released"))
        screen.second()
        await until(pilot, lambda: "11-24 10:41" not in house.text())
        assert "HT25A0000317" in house.text()


async def test_many_windows_scroll_with_the_cursor(stores: Stores, tmp_path: Path) -> None:
    for number in range(4, 31):
        rated(stores, f"{HALL}-{number:02}", f"P{number:02}", "12")
    async with page(tmp_path, ASSESSOR) as (house, pilot, _screen):
        assert "P30" not in house.text()
        await pilot.press(*["down"] * 29)
        assert any(row.startswith(">30  P30") for row in house.rows)
        assert "Window 30, 11-01 to 11-24: 2 ratings" in house.text()


@pytest.mark.parametrize("staff", [CLERK, TECHNICIAN])
async def test_who_is_no_supervisor_is_refused(stores: Stores, tmp_path: Path, staff: str) -> None:
    a_month(stores)
    with pytest.raises(Refused) as refusal:
        presses_look(stores.desk(3, staff), at("10:45"))
    assert refusal.value.reason == FOR_SUPERVISORS
    async with page(tmp_path, staff) as (house, _pilot, screen):
        assert house.rows[21].strip().startswith("X only the duty leader, the hall director and the assessor")
        assert screen.look is None
        assert "HT25A" not in house.text()
        assert "ratings" not in house.text()


async def test_a_right_that_ends_takes_the_page_away(stores: Stores, tmp_path: Path) -> None:
    a_month(stores)
    async with page(tmp_path, LEADER) as (house, pilot, screen):
        assert PAD_3 in house.text()
        with stores.journal.write(ADMIN, at("10:46")) as tx:
            tx.record(f.GrantEnded(LEADER, Role.DUTY_LEADER, HALL))
        screen.second()
        await until(pilot, lambda: "only the duty leader" in house.rows[21])
        assert PAD_3 not in house.text()


class Terminal(TerminalApp):
    """No station is started beside the test."""

    def _look_after_station(self) -> None:
        pass


@asynccontextmanager
async def signed_on(folder: Path, staff: str, window: str = "") -> AsyncIterator[tuple[Terminal, Pilot[None]]]:
    """The real app after a real sign-on."""
    config = folder / "hallterm.toml"
    config.write_text(f'[data]\npath = "{folder / "data"}"\n[ui]\nlanguage = "en"\n', encoding="utf-8")
    app = Terminal(load(config, {}, window=window), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
            await pilot.press(*staff, "enter")
            await type_in(pilot, OWN)
            await pilot.press("enter")
            if not window:
                await until(pilot, lambda: "without a window" in text_of(app))
                await pilot.press("0")
            await until(pilot, lambda: not isinstance(app.screen, SignOnScreen))
            yield app, pilot
    finally:
        app.storage.close(120)


def text_of(app: Terminal) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_a_duty_leader_comes_there_by_the_menu(young_hall: Path) -> None:
    async with signed_on(young_hall, LEADER) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "38   Pads and presses" in text_of(app))
        await pilot.press("3", "8")
        await until(pilot, lambda: ">01  --" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Type two digits" in text_of(app))


async def test_a_clerk_at_the_counter_has_no_such_entry(young_hall: Path) -> None:
    async with signed_on(young_hall, CLERK, W3) as (app, pilot):
        await until(pilot, lambda: app.view is not None)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "31 D Devices" in text_of(app))
        assert "Pads and presses" not in text_of(app)
        await pilot.press("3", "8")
        await until(pilot, lambda: "That is not in the menu" in text_of(app))
        assert not isinstance(app.screen, PressesScreen)
