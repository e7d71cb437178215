"""Every row has its cells, also with Chinese in it, at each size and while the size changes."""

from __future__ import annotations

import pytest

from tests.end_to_end.hall import Hall, broken_rows, grid, lines_between_panes, state_row
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

SIZES = [(80, 24), (120, 40)]
SLOTS = {"F4": 1, "F5": 8, "F6": 15, "F7": 22, "F8": 29, "F9": 36, "Ins": 43, "^Y": 51, "^O": 58, "^R": 65, "^P": 72}
"""The column (from 1) of each key's mark; its name follows."""


def settled(terminal: Terminal, columns: int, rows: int) -> list[list[str]]:
    """The cells once the counter fills the screen: its keys stand in the last row, its clock ends the first."""

    def drawn(found: list[str]) -> bool:
        return len(found) == rows and "^P" in found[-1].replace("Ctrl-", "^") and found[0].rstrip()[-3:-2] == ":"

    terminal.wait_for(drawn)
    terminal.wait_for(lambda found: drawn(found) and not broken_rows(grid(terminal, columns, rows)))
    return grid(terminal, columns, rows)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_columns_align_in_every_state(hall: Hall, lang: str, columns: int, rows: int) -> None:
    words = {"zh_CN": ("空闲", "已叫号", "办理中", "已暂停"), "en": ("IDLE", "CALLED", "SERVING", "PAUSED")}[lang]
    hall.issue("B07")
    with hall.counter(lang=lang, size=(columns, rows)) as terminal:
        found = []
        for state, keys in zip(words, (("f5",), ("f6",), ("f4", "1"), ()), strict=True):
            terminal.wait_for(state_row(state))
            cells = settled(terminal, columns, rows)
            assert broken_rows(cells) == []
            found.append(lines_between_panes(cells))
            for key in keys:
                terminal.press(key)
                if key == "f4":
                    terminal.wait_for(lambda shown: "Esc" in shown[10])
    assert all(len(columns_found) == 1 for columns_found in found), found
    assert found == found[:1] * len(found)
    assert 0 not in found[0]


def test_the_screen_follows_the_size_while_somebody_is_served(hall: Hall) -> None:
    hall.issue()
    with hall.counter(size=(120, 40)) as terminal:
        terminal.press("f5")
        terminal.wait_for(state_row("已叫号"))
        terminal.press("f6")
        terminal.wait_for(state_row("办理中"))
        for columns, rows in ((120, 40), (80, 24), (100, 30), (80, 24)):
            terminal.resize(columns, rows)
            cells = settled(terminal, columns, rows)
            assert broken_rows(cells) == []
            assert len(lines_between_panes(cells)) == 1, terminal.text()
            assert terminal.row(4).startswith(" 办理中")
            assert "02:00" in terminal.row(8)
        terminal.press("f8")
        terminal.wait_for(state_row("空闲"))
    assert hall.kinds().count("service.finished") == 1


def test_the_frame_is_where_people_expect_it(hall: Hall) -> None:
    with hall.counter() as terminal:
        cells = settled(terminal, 80, 24)
        assert lines_between_panes(cells) == {53}
        assert "".join(cells[0][74:79])[2] == ":"
        assert "".join(cells[2]) == "-" * 80
        for key, mark in SLOTS.items():
            assert "".join(cells[23][mark : mark + len(key)]) == key
