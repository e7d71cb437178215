"""A walk as each role: everything that is listed opens, in both languages, at 80x24; nothing says that it is refused."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from hallterm.actions import ACTIONS
from hallterm.config import load
from hallterm.granting import NEEDS, NOBODY
from hallterm.keys import resolve
from hallterm.locale import _, use
from hallterm.modes import COUNTER, MODE_MENU, SIGN_ON
from hallterm.screens.assessment_look import NOBODY as NOBODY_ASSESSED
from hallterm.screens.sign_on import SignOnScreen, Step
from hallterm.widgets.frame import FrameScreen
from hallterm.wiring import TerminalApp
from hallterm.workflows.rights import NOBODY_MAY
from hallterm.workflows.sync_look import NOT_FOR_YOU
from storage import facts as f
from storage.facts import Role
from storage.vault import Vault
from tests.hallterm.screens.centre_house import centre
from tests.hallterm.screens.pages import type_in, until
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, at, founded

CITY, DISTRICT = "360600", "360600"
AT_HALL = {
    Role.CLERK: HALL,
    Role.GUIDE: HALL,
    Role.DUTY_LEADER: HALL,
    Role.HALL_DIRECTOR: HALL,
    Role.ASSESSOR: HALL,
    Role.BUREAU_LEADER: DISTRICT,
    Role.COLLECTION_DEPT: CITY,
    Role.ADMIN: CITY,
    Role.TECHNICIAN: HALL,
    Role.POINT_CLERK: HALL,
}
AT_CENTRE = {
    **dict.fromkeys((Role.DUTY_LEADER, Role.HALL_DIRECTOR, Role.ASSESSOR), "360600001"),
    **dict.fromkeys((Role.BUREAU_LEADER, Role.COLLECTION_DEPT, Role.ADMIN, Role.TECHNICIAN), CITY),
}
LANGUAGES = ("zh_CN", "en")
REFUSALS = (NEEDS, NOBODY, NOBODY_MAY.msgid, NOT_FOR_YOU.msgid)


def number_of(role: Role) -> str:
    return f"5{list(Role).index(role):03d}"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall with somebody of every role."""
    folder = tmp_path_factory.mktemp("hall")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with founded(folder) as stores:
            with stores.journal.write(ADMIN, at("08:01")) as tx:
                for role, place in AT_HALL.items():
                    tx.record(f.StaffSet(number_of(role), "某某", HALL))
                    tx.record(f.GrantSet(number_of(role), role, place))
            with_passwords(stores.vault, list(AT_HALL))
    return folder


@pytest.fixture(scope="module")
def middle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with somebody of each role that has a page there."""
    folder = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("storage.vault.PASSES", 1)
        with centre(folder) as stores:
            with stores.journal.write(ADMIN, at("08:01")) as tx:
                for role, place in AT_CENTRE.items():
                    tx.record(f.StaffSet(number_of(role), "某某", place))
                    tx.record(f.GrantSet(number_of(role), role, place))
            with_passwords(stores.vault, list(AT_CENTRE))
    return folder


def with_passwords(vault: Vault, roles: list[Role]) -> None:
    for role in roles:
        vault.set_password(number_of(role), PASSWORD)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    monkeypatch.setenv("HALLTERM_NO_STATION", "1")
    yield
    use("en")


class Walk:
    """One terminal with somebody signed on, who opens all that is listed and reads what is said."""

    def __init__(self, app: TerminalApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot
        self.opened: list[str] = []

    async def sign_on(self, number: str) -> None:
        await until(self.pilot, lambda: isinstance(self.app.screen, SignOnScreen))
        await type_in(self.pilot, f"{number}\n{PASSWORD}\n")
        await until(self.pilot, self._is_further)
        screen = self.app.screen
        if isinstance(screen, SignOnScreen):
            await self.pilot.press("1" if number == number_of(Role.CLERK) else "0")
        await until(self.pilot, lambda: not isinstance(self.app.screen, SignOnScreen))
        await self.at_rest()

    def _is_further(self) -> bool:
        screen = self.app.screen
        return not isinstance(screen, SignOnScreen) or screen.step is not Step.WHO

    async def at_rest(self) -> None:
        """All that was asked of the storage thread is answered and drawn."""
        for _turn in range(2):
            answered = self.app.storage.submit(lambda _desk, _now: None, writes=False)
            await until(self.pilot, answered.done)
            await self.pilot.pause()

    def rows(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def check(self, name: str) -> None:
        """The screen is drawn, 80 cells a row, and refuses nothing."""
        rows = self.rows()
        self.opened.append(name)
        assert len(rows) == 24, name
        assert {cell_len(row) for row in rows} == {80}, name
        assert any(row.strip() for row in rows[2:21]), f"{name}: nothing is drawn"
        for said in refusal_patterns():
            refused = [row for row in rows[:22] if re.search(said, row)]  # row 23 says why a key is dimmed
            assert not refused, f"{name}: {refused}"
        not_done = rows[21].startswith(" X ") and not re.search(pattern(NOBODY_ASSESSED), rows[21])
        assert not not_done, f"{name}: {rows[21]}"

    async def numbered_pages(self) -> None:
        """The pages of row 1, as their digits open them."""
        for page in self.app.mode:
            page.open()
            await self._shown(page.screen)
            assert _(page.label) in self.rows()[0], page.label
            self.check(page.screen)

    async def menu(self) -> None:
        """Every page that only the menu has, by its two digits from the menu of the person."""
        numbered = {page.screen for page in self.app.mode}
        for action in list(self.app.pages):
            name = cast("partial[None]", self.app.pages[action]).args[0]
            if name in numbered:
                continue
            self.app.open_page(COUNTER if self.app.storage.desk.window else MODE_MENU)
            await self._shown(COUNTER if self.app.storage.desk.window else MODE_MENU)
            if self.app.storage.desk.window:
                await self.pilot.press("ctrl+p")
            number = f"{ACTIONS[action].number:02}"
            await self._waits(partial(self._lists, number), f"the menu does not list {number} {action}")
            await self.pilot.press(*number)
            await self._shown(name)
            self.check(name)

    def _lists(self, number: str) -> bool:
        """The menu has an entry with this number."""
        return any(re.search(rf"(^|\D){number} ", row) for row in self.rows()[3:21])

    async def _shown(self, name: str) -> None:
        await self._waits(lambda: self.app.screen is self.app.made(name), f"{name} is not shown")
        await self.at_rest()
        await self._waits(self._is_drawn, f"{name} is not drawn")

    async def _waits(self, is_so: Callable[[], object], otherwise: str) -> None:
        try:
            await until(self.pilot, is_so)
        except TimeoutError as late:
            raise AssertionError("\n".join([otherwise, *self.rows()])) from late

    def _is_drawn(self) -> bool:
        """Something stands on the page, or a sentence says why not."""
        return any(row.strip() for row in self.rows()[3:22])

    async def everything(self, language: str) -> None:
        use(language)
        if isinstance(self.app.screen, FrameScreen):
            self.app.screen.repaint()
        await self.numbered_pages()
        await self.menu()


def refusal_patterns() -> list[str]:
    """The sentences of a refusal in the language in use, whatever stands in their places."""
    return [pattern(msgid) for msgid in REFUSALS]


def pattern(msgid: str) -> str:
    """A sentence with anything in its places."""
    return ".*".join(re.escape(part) for part in re.split(r"\{\w+\}", _(msgid)))


@asynccontextmanager
async def walking(folder: Path, to: Path) -> AsyncIterator[Walk]:
    shutil.copytree(folder, to, dirs_exist_ok=True)
    use("zh_CN")
    app = TerminalApp(load(None, {}, data=to), resolve(), SIGN_ON)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            yield Walk(app, cast("Pilot[None]", pilot))
    finally:
        await asyncio.to_thread(app.storage.close, 5.0)


@pytest.mark.parametrize(("role", "language"), list(zip(AT_HALL, cycle(LANGUAGES))))
async def test_at_a_hall_every_entry_of_a_role_opens(role: Role, language: str, hall: Path, tmp_path: Path) -> None:
    async with walking(hall, tmp_path) as walk:
        await walk.sign_on(number_of(role))
        walk.check("home")
        await walk.everything(language)


@pytest.mark.parametrize(("role", "language"), list(zip(AT_CENTRE, cycle(reversed(LANGUAGES)))))
async def test_at_a_centre_every_entry_of_a_role_opens(role: Role, language: str, middle: Path, tmp_path: Path) -> None:
    async with walking(middle, tmp_path) as walk:
        await walk.sign_on(number_of(role))
        walk.check("home")
        await walk.everything(language)
