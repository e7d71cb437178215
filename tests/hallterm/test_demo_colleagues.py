"""The other windows of the demonstration hall: whoever is called is started and finished, a break ends, people come."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from hallterm import demo_colleagues
from hallterm.demo_colleagues import Colleague, Street
from hallterm.demo_hall import FOUNDING
from hallterm.demo_people import HALL, PLACES, enter_people
from hallterm.workflows.desk import Desk
from hallterm.workflows.presence import start_break
from hallterm.workflows.setup import first_run
from hallterm.workflows.ticketing import issue
from storage import views
from storage.clock import now
from storage.facts import BreakReason, WindowState
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault

TURNS = 12


@pytest.fixture
def colleague(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Colleague:
    """Signed on at his window of a new hall; nothing takes any time."""
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr(demo_colleagues, "LASTS_S", dict.fromkeys(demo_colleagues.LASTS_S, (0, 0)))
    journal, vault = Journal.open(tmp_path / "hall.db"), Vault.open(tmp_path)
    first_run(journal, vault, FOUNDING, now())
    enter_people(journal, vault, now())
    made = Colleague(Desk(journal, Board(tmp_path / "local.db"), HALL, PLACES["0305"], "0305", vault=vault), Random(1))
    made.sign_on()
    return made


def state(colleague: Colleague) -> WindowState | None:
    row = views.window(colleague.desk.journal.database, colleague.desk.window)
    return row.state if row else None


def test_who_waits_is_called_and_served(colleague: Colleague) -> None:
    issue(colleague.desk, now(), "A", service_code="A04")
    seen = set()
    for _turn in range(TURNS):
        colleague.turn()
        seen.add(state(colleague))
    assert {WindowState.CALLED, WindowState.SERVING} <= seen
    assert colleague.desk.journal.database.rows('SELECT "code", "state" FROM service') == [("A04", "finished")]


def test_nobody_waits_and_nothing_happens(colleague: Colleague) -> None:
    for _turn in range(TURNS):
        colleague.turn()
    assert state(colleague) is WindowState.IDLE


def test_a_break_ends(colleague: Colleague) -> None:
    start_break(colleague.desk, now(), BreakReason.ROTATE)
    assert state(colleague) is WindowState.BREAK
    for _turn in range(2):
        colleague.turn()
    assert state(colleague) is WindowState.IDLE


def test_people_come_until_enough_wait(colleague: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_colleagues, "COMES_EVERY_S", 1)
    street = Street(colleague.desk, Random(1))
    for _turn in range(demo_colleagues.LONGEST_QUEUE + 5):
        street.turn()
    db = colleague.desk.journal.database
    assert len(views.waiting(db, HALL, views.last_day(db, HALL))) == demo_colleagues.LONGEST_QUEUE
