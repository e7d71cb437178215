"""Names that want to be markup, links, control sequences or wider than the screen are text, on every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from hallterm.widgets.cells import literal
from storage.facts import Fact, HallSet, ServiceTypeSet, StaffSet, WindowSet
from tests.end_to_end.hall import (
    ADMIN,
    HALL,
    MEI,
    Hall,
    broken_rows,
    grid,
    lines_between_panes,
    sign_on,
    state_row,
    wait_counter,
    window,
)
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

NAMES = {
    "markup": "[/]办税[bold red]",
    "action": "[@click=app.quit]x",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b2J名",
    "direction": "abc\u202edef\u2066",
    "joined": "👩\u200d💻👨\u200d👩\u200d👧\ufe0f厅",
    "wide": "龘" * 40,
    "combining": "e\u0301\u0301\u0301\u0301\u0301法\u20dd",
}
NEVER_WRITTEN = [b"\x1b]0;owned", *(sign.encode() for sign in "\u202e\u2066\u200d\u0301\u20dd\x9b")]
SHOWN_CELLS = 3
"""So many characters of a name are looked for: long ones are cut, each place has another width."""


def shown(name: str) -> str:
    """What must stand on the screen for the name."""
    return literal(name)[:SHOWN_CELLS]


def title_has(text: str) -> Callable[[list[str]], bool]:
    return lambda rows: text in rows[0]


def hall_facts(name: str) -> Iterable[Fact]:
    yield HallSet(code=HALL, name=name, open_always=True)
    yield WindowSet(code=window(1), name=name, primary=("B",))
    yield StaffSet(number=MEI, name=name, hall=HALL)
    yield ServiceTypeSet("B02", name, name, "invoice", "B", 2)


def assert_harmless(terminal: Terminal) -> None:
    """Nothing a terminal obeys came through; no row has more or fewer cells than it should."""
    for sequence in NEVER_WRITTEN:
        assert sequence not in terminal.raw
    terminal.wait_for(lambda _rows: broken_rows(grid(terminal, 80, 24)) == [])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_sign_on_and_counter_show_the_name_as_text(hall: Hall, name: str) -> None:
    hall.issue()
    hall.record(*hall_facts(name))
    with hall.terminal(at=1) as terminal:
        terminal.wait_for(title_has(shown(name)))
        sign_on(terminal, MEI)
        wait_counter(terminal)
        terminal.press("f5")
        terminal.wait_for(lambda rows: state_row("已叫号")(rows) and shown(name) in rows[5])
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        rows = terminal.screen()
        assert rows[0].count(shown(name)) >= 2, "window and hall; a long one pushes the person out"
        assert any(shown(name) in row[50:] for row in rows[10:13]), "whose figures these are"
        assert_harmless(terminal)
        assert lines_between_panes(grid(terminal, 80, 24)) == {53}
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
        assert_harmless(terminal)
        assert terminal.is_running


@pytest.mark.parametrize("page", ["kiosk", "board"])
def test_the_citizens_screens_show_the_name_as_text(hall: Hall, page: str) -> None:
    with hall.terminal(page) as terminal:
        terminal.wait_for("市办税厅")
        for name in NAMES.values():
            hall.issue("B02")
            hall.record(*hall_facts(name))
            terminal.wait_for(title_has(shown(name)))
            assert_harmless(terminal)
        hall.record(HallSet(code=HALL, name="市办税厅", open_always=True))
        terminal.wait_for("市办税厅")


def test_the_editor_shows_and_edits_the_names_as_text(hall: Hall) -> None:
    matters = [ServiceTypeSet(f"A0{n}", name, name, "register", "A", 2) for n, name in enumerate(NAMES.values(), 1)]
    windows = [WindowSet(window(n), name, ("B",)) for n, name in enumerate(NAMES.values(), 1)]
    people = [StaffSet(f"00{n:02}", name, HALL) for n, name in enumerate(NAMES.values(), 2)]
    hall.record(*people, *windows, *matters)
    with hall.terminal() as terminal:
        sign_on(terminal, ADMIN)
        terminal.wait_for(lambda rows: all(any(shown(name) in row for row in rows) for name in NAMES.values()))
        assert_harmless(terminal)
        terminal.type("0")
        terminal.wait_for(title_has(">1"))
        terminal.press("ctrl+p")
        terminal.wait_for("24 S")
        terminal.press("2", "4")
        terminal.wait_for("本厅资料")
        for page in "123":
            terminal.type(page)
            terminal.wait_for(title_has(f">{page} "))
            terminal.wait_for(
                lambda rows: all(any(shown(name) in row for row in rows[4:17]) for name in NAMES.values())
            )
            assert_harmless(terminal)
        for _name in NAMES:
            terminal.press("f6")
            terminal.wait_for(lambda rows: any("[" in row and "_]" in row for row in rows[17:21]))
            assert_harmless(terminal)
            terminal.press("escape")
            terminal.wait_for(lambda rows: not any("_]" in row for row in rows[17:21]))
            terminal.press("down")
        assert terminal.is_running
