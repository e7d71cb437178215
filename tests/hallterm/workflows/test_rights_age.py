"""Rights of a place that is cut off: told at the sign-on, and the pages of the office wait for a sync. Business rule 5."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from hallterm.config import load
from hallterm.keys import resolve
from hallterm.modes import SCREENS, SIGN_ON, is_office
from hallterm.screens.mode_menu import ModeMenuScreen
from hallterm.screens.sign_on import SignOnScreen
from hallterm.wiring import TerminalApp
from hallterm.workflows.rights_age import NEW_RIGHTS, rights_age
from storage import clock, outbox
from storage import facts as f
from storage.facts import HallKind, Moment, Role
from storage.local import SyncWord
from storage.nodes import Upstream, enrolled_with
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, Stores, at, founded

DAY_MS = 86_400_000
ASSESSOR = "0500"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """A hall that enrolled."""
    with founded(tmp_path) as made:
        with made.journal.write(ADMIN, at("08:01")) as tx:
            for number, role in ((ASSESSOR, Role.ASSESSOR),):
                tx.record(f.StaffSet(number, "某某", HALL))
                tx.record(f.GrantSet(number, role, HALL))
        for number in (ASSESSOR,):
            made.vault.set_password(number, PASSWORD)
        enrolled_with(made.journal, Upstream("centre-1", "00" * 32, "00" * 32, HALL))
        yield made


def heard_days_ago(stores: Stores, days: int, now: Moment) -> None:
    outbox.note_heard(stores.journal, now.t - days * DAY_MS)


def test_new_rights_say_nothing(stores: Stores) -> None:
    desk, now = stores.desk(), at("09:00")
    assert rights_age(desk, now) == NEW_RIGHTS, "never heard of: the enrolment is the policy"
    heard_days_ago(stores, 30, now)
    assert rights_age(desk, now) == NEW_RIGHTS


def test_after_thirty_days_the_office_asks_for_a_sync(stores: Stores) -> None:
    heard_days_ago(stores, 31, at("09:00"))
    age = rights_age(stores.desk(), at("09:00"))
    assert age.said is not None
    assert age.refused is not None
    assert "31 days old: calling and serving go on" in age.said.text()
    assert age.refused.text() == "the rights here are 31 days old: connect to the centre first"


def test_a_point_goes_on_with_all_of_it(stores: Stores) -> None:
    heard_days_ago(stores, 40, at("09:00"))
    with stores.journal.write(ADMIN, at("08:02")) as tx:
        tx.record(f.HallSet(HALL, "锦北点", HallKind.POINT, open_always=True))
    age = rights_age(stores.desk(), at("09:00"))
    assert age.refused is None
    assert age.said is not None
    assert "40 days old: everything goes on" in age.said.text()


def test_who_is_on_the_line_or_stands_alone_has_new_rights(stores: Stores, tmp_path: Path) -> None:
    heard_days_ago(stores, 90, at("09:00"))
    stores.board.set_sync(SyncWord(online=True, since_t=1))
    assert rights_age(stores.desk(), at("09:00")) == NEW_RIGHTS
    alone = tmp_path / "alone"
    alone.mkdir()
    with founded(alone) as other:
        outbox.note_heard(other.journal, at("09:00").t - 90 * DAY_MS)
        assert rights_age(other.desk(), at("09:00")) == NEW_RIGHTS


def test_an_exchange_is_noted_once_a_day(stores: Stores) -> None:
    now = at("09:00")
    outbox.note_heard(stores.journal, now.t)
    outbox.note_heard(stores.journal, now.t + DAY_MS - 1)
    assert outbox.heard_t(stores.journal.database) == now.t
    outbox.note_heard(stores.journal, now.t + DAY_MS)
    assert outbox.heard_t(stores.journal.database) == now.t + DAY_MS


def test_dispatch_devices_and_the_sync_are_not_shut() -> None:
    for name in ("hall_page", "technician", "devices", "sync", "my_leave", "counter", "mode_menu"):
        assert not is_office(name), name
    for name in ("attendance", "editor", "presses"):
        assert is_office(name), name
    assert all(name in SCREENS for name in ("hall_page", "attendance", "presses"))


@asynccontextmanager
async def signed_on(folder: Path, number: str) -> AsyncIterator[tuple[TerminalApp, Pilot[None]]]:
    app = TerminalApp(load(None, {}, data=folder), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as running:
            pilot = cast("Pilot[None]", running)
            await until(pilot, lambda: isinstance(app.screen, SignOnScreen))
            await type_in(pilot, f"{number}\n{PASSWORD}\n")
            await until(pilot, lambda: app.pages)
            yield app, pilot
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)


def row_22(app: TerminalApp) -> str:
    return [strip.text for strip in app.screen._compositor.render_strips()][21]


async def test_an_assessor_with_old_rights_gets_the_menu_and_the_reason(stores: Stores, tmp_path: Path) -> None:
    heard_days_ago(stores, 33, clock.now())
    async with signed_on(tmp_path, ASSESSOR) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, ModeMenuScreen))
        await until(pilot, lambda: "34 days old" in row_22(app))  # days that have begun
        await pilot.press("3", "8")
        await until(pilot, lambda: "connect to the centre first" in row_22(app))
        assert isinstance(app.screen, ModeMenuScreen)
        own = app.pages.get("my.attendance")
        assert own is not None
        own()
        await until(pilot, lambda: not isinstance(app.screen, ModeMenuScreen))
