"""One whole service at a counter with simulated devices: three keys, one press of the citizen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec import Struct

from devices.sim.control import send_command
from hallterm.demo_hall import PASSWORD, STAFF, DemoHall
from tests.end_to_end.hall import WEI, Hall, called_number, press_pad_until, state_row

pytestmark = pytest.mark.pty


class Words(Struct, frozen=True):
    """What stands on the screen in one language."""

    lang: str
    window: int
    staff: str
    idle: str
    called: str
    serving: str
    awaiting: str
    rated: str
    finished: str
    rated_figure: str
    unrated_figure: str
    pad_ok: str


CHINESE = Words(
    "zh_CN", 3, STAFF, "空闲", "已叫号", "办理中", "等待评价", "已评价", "办结", "已评", "未评", "评价器 好"
)
ENGLISH = Words(
    "en", 2, WEI, "IDLE", "CALLED", "SERVING", "AWAITING", "rated", "Finished", "Rated", "Unrated", "Pad ok"
)


def figure(rows: list[str], name: str) -> str:
    """One of the day's figures in the right column."""
    found = [match[1] for row in rows if (match := re.search(rf"\| {name} +(\S.*?) *$", row))]
    return found[0] if found else ""


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=["zh_CN", "en"])
def test_a_service_takes_three_keys_and_one_press(demo: DemoHall, words: Words) -> None:
    hall = Hall(demo.folder, demo.folder)
    with hall.counter(words.window, words.staff, PASSWORD, lang=words.lang, station=True) as terminal:
        terminal.wait_for(words.pad_ok)
        before = terminal.wait_for(state_row(words.idle))
        assert figures(before, words) == ["0", "0", "0"]
        terminal.press("f5")
        number = called_number(terminal)
        terminal.wait_until(lambda: number in send_command(demo.simulators, f"shown {words.window}"))
        terminal.press("f6")
        terminal.wait_for(state_row(words.serving))
        terminal.press("f8")
        terminal.wait_for(state_row(words.awaiting))
        terminal.wait_until(lambda: asked(hall, words), what="the pad was never asked")
        press_pad_until(terminal, demo, words.window, lambda: given(hall, words))
        after = terminal.wait_for(lambda rows: state_row(words.idle)(rows) and figures(rows, words) == ["1", "1", "0"])
        assert any(number in row and words.rated in row for row in after[4:10])
    assert [(one["level"], one["key"]) for one in given(hall, words)] == [(5, 1)]
    assert given(hall, words)[0]["service"] == asked(hall, words)[0]["service"]
    assert hall.chain_holds()


def figures(rows: list[str], words: Words) -> list[str]:
    """Finished, rated, unrated."""
    return [figure(rows, one) for one in (words.finished, words.rated_figure, words.unrated_figure)]


def asked(hall: Hall, words: Words) -> list[dict[str, Any]]:
    return [one for one in hall.facts("rating.asked") if one["staff"] == words.staff]


def given(hall: Hall, words: Words) -> list[dict[str, Any]]:
    return [one for one in hall.facts("rating.given") if one["staff"] == words.staff]
