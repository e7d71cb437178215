"""Every row has its cells, also with Chinese in it, at each size and while the size changes."""

from __future__ import annotations

import pytest
from wcwidth import wcswidth, wcwidth

from tests.end_to_end.hall import Hall, state_row
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.pty

SIZES = [(80, 24), (120, 40)]
SLOTS = dict(F4=1, F5=8, F6=15, F7=22, F8=29, F9=36, Ins=43) | {"^Y": 51, "^O": 58, "^R": 65, "^P": 72}
"""The column (from 1) of each key's mark; its name follows."""


def grid(terminal: Terminal, columns: int, rows: int) -> list[list[str]]:
    """The cells as the terminal holds them; the second half of a wide character is empty."""
    return [[terminal.cell(row, column).data for column in range(1, columns + 1)] for row in range(1, rows + 1)]


def broken_rows(cells: list[list[str]]) -> list[int]:
    """Rows in which half of a wide character stands alone, or that have not exactly their cells."""
    return [number for number, row in enumerate(cells, 1) if not _is_whole(row)]


def _is_whole(row: list[str]) -> bool:
    halves = [column for column, sign in enumerate(row) if sign == ""]
    wide = [column + 1 for column, sign in enumerate(row) if sign and wcwidth(sign[0]) == 2]
    return halves == wide and wcswidth("".join(row)) == len(row)


def lines_between_panes(cells: list[list[str]]) -> set[int]:
    """Columns (from 1) of the line between the panes, over all rows of the body."""
    body = cells[3:-3]
    return {row.index("|") + 1 for row in body if "|" in row} | ({0} if any("|" not in row for row in body) else set())


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
