"""A reader that types at the real program: its swipes and scans are caught, whatever a person types arrives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.hall import MEI, Hall, called_number, state_row, window
from tests.end_to_end.keys import key_bytes
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

TRACK = ";6222021234567890128=30122010000000000?"
BARE = "4111111111111111"
RESIDENT = "11010519491231002X"
CARD_READ = "这里读到一张银行卡"
KEYS_FILE = f"""
[reader."{window(1)}"]
patterns = ["BADGE-([0-9]{{4}})", "HT([A-Z][0-9]{{3}})E"]
"""


@pytest.fixture
def read_hall(hall: Hall) -> Hall:
    """A hall with a reader at its first window."""
    with_reader(hall)
    return hall


def with_reader(hall: Hall) -> None:
    folder = hall.folder / "hallterm.d"
    folder.mkdir(exist_ok=True)
    (folder / "keys.toml").write_text(KEYS_FILE, "utf-8")


def swipe(terminal: Terminal, data: str, *, header: str = "", end: bytes = b"\r") -> None:
    """What a reader sends, in one write."""
    terminal.send((key_bytes(header) if header else b"") + data.encode() + end)


def dealt_with(terminal: Terminal) -> None:
    """The program was quiet for a while, and rests: no key of before is still on its way or waits for the next."""
    terminal.wait_at_rest()
    terminal.wait_quiet()
    terminal.wait_at_rest()


def number_field(text: str) -> Callable[[list[str]], bool]:
    """The field of the staff number holds this, and the cursor is behind it."""
    return lambda rows: f"[{text}_" in rows[6]


@pytest.fixture
def sign_on_page(read_hall: Hall) -> Iterator[Terminal]:
    with read_hall.terminal(at=1) as terminal:
        terminal.wait_for(number_field(""))
        yield terminal


def test_a_swipe_with_a_header_calls_nobody_and_shows_nothing(read_hall: Hall) -> None:
    number = read_hall.issue()
    with read_hall.counter(1) as terminal:
        terminal.wait_for(state_row("空闲"))
        swipe(terminal, TRACK, header="f5")
        terminal.wait_for(CARD_READ)
        assert state_row("空闲")(terminal.screen())
        swipe(terminal, BARE, header="f9")
        swipe(terminal, BARE)
        terminal.press("f5")
        assert called_number(terminal) == number
        shown = bytes(terminal.raw)
    assert read_hall.kinds().count("ticket.called") == 1
    assert "ticket.no_show" not in read_hall.kinds()
    assert TRACK[1:7].encode() not in shown
    assert BARE.encode()[:6] not in shown


def test_a_swipe_chooses_nothing_from_a_list_and_starts_no_matter(read_hall: Hall) -> None:
    read_hall.issue()
    with read_hall.counter(1) as terminal:
        terminal.press("f5")
        called_number(terminal)
        for open_list in ("insert", "ctrl+y", "ctrl+o"):
            terminal.press(open_list)
            dealt_with(terminal)
            swipe(terminal, BARE)
            dealt_with(terminal)  # what is said of it may stand there from the swipe before
            terminal.wait_for(CARD_READ)
            terminal.press("escape")
            dealt_with(terminal)  # another key at once would be one sequence with it
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        terminal.press("ctrl+l", "f6")  # the same key twice within 300 ms counts once
        terminal.wait_for("[_")
        swipe(terminal, BARE)
        terminal.wait_for(CARD_READ)
        assert "[_" in terminal.text()
    kinds = read_hall.kinds()
    assert kinds.count("service.started") == 1
    assert not {"ticket.transferred", "ticket.held", "service.changed", "ticket.no_show"} & set(kinds)


def test_a_swipe_issues_no_ticket_and_a_digit_does(read_hall: Hall) -> None:
    with read_hall.terminal("kiosk", at=1) as terminal:
        terminal.wait_for("登记")
        swipe(terminal, TRACK, header="f4")
        swipe(terminal, BARE)
        terminal.wait_for(CARD_READ)
        terminal.press("1")
        terminal.wait_until(lambda: "ticket.issued" in read_hall.kinds())
    assert read_hall.kinds().count("ticket.issued") == 1


def test_what_people_type_commit_paste_and_repeat_all_arrives(sign_on_page: Terminal) -> None:
    page = sign_on_page
    for text in ("请到三号", "B07发票C1", "4" * 12, "690123456789"):
        page.type(text)
        page.wait_for(number_field(text))
        page.press(*["backspace"] * 12)
        page.wait_for(number_field(""))
    page.paste(BARE[:12])
    page.wait_for(number_field(BARE[:12]))


def test_typing_at_120_words_a_minute_arrives(sign_on_page: Terminal) -> None:
    text = ""
    for character in "fapiao 0317":
        sign_on_page.press(character)
        sign_on_page.wait_quiet(0.1)
        text += character
        sign_on_page.wait_for(number_field(text))


def test_a_swipe_into_a_field_is_withdrawn_and_does_not_enter(sign_on_page: Terminal) -> None:
    sign_on_page.type("03")
    sign_on_page.wait_for(number_field("03"))
    for data in (BARE, TRACK):
        swipe(sign_on_page, data, end=b"\r\n")
        sign_on_page.wait_for(CARD_READ)
        sign_on_page.wait_for(number_field("03"))
        assert sign_on_page.cursor[0] == 7
    swipe(sign_on_page, BARE, end=b"")
    sign_on_page.wait_quiet()
    assert number_field("03")(sign_on_page.screen())
    assert BARE[:4].encode() not in sign_on_page.raw


def test_a_badge_fills_the_staff_number_and_leads_on(sign_on_page: Terminal) -> None:
    swipe(sign_on_page, f"BADGE-{MEI}")
    sign_on_page.wait_until(lambda: sign_on_page.cursor[0] == 8, what="it did not lead on to the password")
    assert f"[{MEI}_" in sign_on_page.row(7)
    assert "BADGE" not in sign_on_page.text()


def test_a_scanned_ticket_is_found_by_the_guide(read_hall: Hall) -> None:
    number = read_hall.issue()
    with read_hall.terminal("kiosk", at=1) as terminal:
        terminal.wait_for("登记")
        swipe(terminal, f"HT{number}E")
        terminal.wait_for("读到一个码")
        swipe(terminal, RESIDENT)
        terminal.wait_for("读到一张身份证")
        assert RESIDENT[:6] not in terminal.text()


def test_an_id_card_fills_the_field_that_asks_for_it(read_hall: Hall, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.end_to_end.apps.reader_app", str(read_hall.config), window(1)]
    env = {"HOME": str(read_hall.folder), "HALLTERM_NO_STATION": "1"}
    with Terminal([*command, str(tmp_path)], env=env) as terminal:
        terminal.wait_for(number_field(""))
        swipe(terminal, RESIDENT)
        terminal.wait_for("读到一张身份证")
        terminal.wait_for(number_field(""))
        terminal.press("f10")
        terminal.wait_for("asks")
        swipe(terminal, RESIDENT.lower())
        terminal.wait_for(RESIDENT[-14:])
        assert terminal.cursor[0] == 7


def test_without_a_reader_everything_is_typed(hall: Hall) -> None:
    with hall.terminal(at=1) as terminal:
        terminal.wait_for(number_field(""))
        terminal.type(BARE[:12])
        terminal.wait_for(number_field(BARE[:12]))
