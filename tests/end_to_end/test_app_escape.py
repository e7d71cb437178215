"""Esc in the whole program: it answers by itself, and cut off from the rest of its sequence it harms nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.hall import Hall, state_row

pytestmark = pytest.mark.pty

BREAKS = "1  轮休"
OPENED = (("f4", BREAKS), ("ctrl+p", "签退"), ("f1", "帮助"))
"""A list, the menu, the help: the key and words that stand there only while it is open."""


def without(words: str) -> Callable[[list[str]], bool]:
    return lambda rows: words not in "\n".join(rows)


def test_escape_alone_closes_list_menu_and_help(hall: Hall) -> None:
    with hall.counter() as terminal:
        before = hall.kinds()
        for key, words in OPENED:
            terminal.wait_for(without(words))
            terminal.press(key)
            terminal.wait_for(words)
            terminal.press("escape")  # one byte, and no other follows it
            terminal.wait_for(without(words))
        assert hall.kinds() == before


LATE: tuple[tuple[bytes, str | Callable[[list[str]], bool]], ...] = (
    (b"[2~", "无号办理"),
    (b"[15~", state_row("已叫号")),
)
"""The rest of Insert and of F5, and what these keys do."""


def test_the_rest_of_a_sequence_that_comes_late_is_still_its_key(hall: Hall) -> None:
    number = hall.issue()
    with hall.counter() as terminal:
        terminal.wait_for(number)
        for rest, wanted in LATE:
            terminal.press("f4")
            terminal.wait_for(BREAKS)
            terminal.press("escape")
            terminal.wait_for(without(BREAKS))  # Esc is told: nothing waits for more
            terminal.send(rest)
            terminal.wait_for(wanted)
    assert "break.started" not in hall.kinds(), "the digits of the sequence chose a row"
