"""The first start of a machine, by keys: nothing is made before F8, then the hall is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from hallterm.workflows.setup import needs_setup
from storage import views
from tests.end_to_end.hall import HALL, Hall, press_until, sign_on, wait_counter
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

PASSWORD = "eight letters"
FIELDS = ("市办税厅", HALL, "1-2", "", None, "0001", "王建国", PASSWORD, PASSWORD)
"""What is typed into the nine fields in their order; None keeps what stands there."""
F8_WORKS = " F8建立"
F8_NOT_NOW = "-F8建立"


@pytest.fixture
def empty(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "new").empty()


def fill_in(terminal: Terminal, fields: tuple[str | None, ...]) -> None:
    terminal.wait_for("第一次启动")
    terminal.wait_for(F8_NOT_NOW)
    terminal.press("enter")
    for field in fields:
        if field is not None:
            terminal.press(*["backspace"] * 4)
            terminal.type(field)
        terminal.press("enter")


def nothing_was_made(hall: Hall) -> bool:
    return hall.read(lambda desk: needs_setup(desk.journal) and not desk.journal.is_set_up)


def test_the_first_page_founds_the_hall_and_its_first_person_signs_on(empty: Hall) -> None:
    with empty.terminal() as terminal:
        fill_in(terminal, FIELDS)
        terminal.wait_for(F8_WORKS)
        assert nothing_was_made(empty)
        terminal.press("f8")
        terminal.wait_for("输工号")
        sign_on(terminal, "0001", PASSWORD)
        terminal.wait_for(lambda rows: any("1  1号窗口" in row for row in rows))
        terminal.type("1")
        wait_counter(terminal)
        title = terminal.row(1)
        assert title.startswith(" 1号窗口")
        assert "王建国 0001" in title
        assert "市办税厅" in title
    hall = empty.read(lambda desk: views.hall(desk.journal.database, HALL))
    assert hall is not None
    assert (hall.name, hall.opening_am, hall.closing_pm) == ("市办税厅", "08:30", "18:00")
    assert len(empty.read(lambda desk: views.windows(desk.journal.database, HALL))) == 2
    assert len(empty.read(lambda desk: views.matters(desk.journal.database, HALL))) == 73
    assert empty.chain_holds()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        (1, "36060001", "厅码 36060001 只有 8 位"),
        (2, "1-", "窗口是号码,例如 3、1-4 或 1,2,5"),
        (8, PASSWORD + "x", "两次密码还不一样"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(empty: Hall, field: int, text: str, sentence: str) -> None:
    with empty.terminal() as terminal:
        fill_in(terminal, (*FIELDS[:field], text, *FIELDS[field + 1 :]))
        terminal.press("f8")
        terminal.wait_for(lambda rows: sentence in rows[21] and rows[21].startswith(" X "))
        assert F8_NOT_NOW in terminal.row(24)
        assert PASSWORD not in terminal.text()
    assert nothing_was_made(empty)


def test_leaving_the_first_page_makes_nothing(empty: Hall) -> None:
    with empty.terminal() as terminal:
        terminal.wait_for("第一次启动")
        press_until(terminal, "ctrl+q", lambda: not terminal.is_running)
        assert terminal.wait_exit() == 0
    assert nothing_was_made(empty)
