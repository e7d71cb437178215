"""The field of an ID card or taxpayer number on real files: typed, swiped, corrected, taken back; that of a check."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual._time import get_time
from textual.events import Key

from devices.card import CardCode, CardReading
from hallterm import locale
from hallterm.app import HalltermApp
from hallterm.reader_settings import TypingReader
from hallterm.screens.counter import CounterScreen
from hallterm.swipes import Swipes
from hallterm.workflows import counter
from hallterm.workflows.checking import answer, shown_at
from hallterm.workflows.pads import mirror_name
from storage.facts import CounterAction
from storage.views.identities import identified
from tests.hallterm.screens.test_counter_real import DEADLINE_S, Desk, at_work
from tests.hallterm.workflows.shift import W1, Shift, make_hall, on_copy
from tests.hallterm.workflows.test_identifying import MASKED, PERSON, holding

READER = TypingReader("*")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall") / "founded"
    make_hall(folder)
    return folder


@asynccontextmanager
async def serving(hall: Path, folder: Path, *, reader: bool = False) -> AsyncIterator[tuple[Desk, Shift]]:
    """A clerk at window 1 with somebody being served."""
    with on_copy(hall, folder) as shift:
        desk = shift.open()
        shift.serve(desk)
        if reader:
            shift.stores.board.set_device("id_card_reader", W1, "ready", 0)
        locale.use("zh_CN")
        async with at_work(folder, shift, "办理中") as person:
            yield person, shift


def opened(person: Desk) -> CounterScreen:
    app = person.app
    assert isinstance(app, HalltermApp)
    screen = app.made("counter")
    assert isinstance(screen, CounterScreen)
    return screen


def sealed(shift: Shift) -> list[str]:
    """What the vault reveals, by the facts' references."""
    found = [shift.stores.vault.reveal(str(fact["ref"])) for fact in shift.stores.facts("visit.identified")]
    return [one for one in found if one is not None]


async def test_a_number_is_typed_corrected_noted_and_taken_back(hall: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with serving(hall, folder) as (person, shift):
        await person.press("ctrl+p", "1", "4")
        await person.sees("证件号或税号  [_", 11)
        await person.sees("回车记下", 23)
        assert "读卡" not in "".join(person.rows())
        await person.press(*PERSON[:-1], "0", "enter")
        await person.sees("有一位不对", 22)
        await person.sees(PERSON[:-1], 11)
        await person.press("backspace", "x", "enter")
        await person.sees(f"纳税人  {MASKED}", 10)
        await person.sees(f"已记纳税人 {MASKED}", 22)
        assert PERSON not in "".join(person.rows())
        assert opened(person).body.field.value == ""
        assert sealed(shift) == [PERSON]
        await person.press("backspace")
        await person.sees("撤销", 22)
        await person.lacks(MASKED, 10)
        assert sealed(shift) == []
    assert holding(tmp_path, PERSON) == set()


async def test_a_swiped_id_card_is_noted_without_enter_and_goes_nowhere_else(hall: Path, tmp_path: Path) -> None:
    async with serving(hall, tmp_path / "data") as (person, shift):
        Swipes(person.app, READER).install()
        await person.press("ctrl+p", "full_stop")
        await person.sees("证件号或税号", 11)
        for name in (*PERSON, "enter"):
            event = Key(name, name if len(name) == 1 else None)
            event.time = get_time()
            person.app.post_message(event)
        await person.sees(MASKED, 10)
        assert sealed(shift) == [PERSON]
    assert holding(tmp_path, PERSON) == set()


async def test_an_empty_field_closes_and_a_left_one_keeps_nothing(hall: Path, tmp_path: Path) -> None:
    async with serving(hall, tmp_path / "data") as (person, shift):
        field = opened(person).body.field
        await person.press("ctrl+p", "full_stop", "enter")
        await person.sees("----", 11)
        await person.press("ctrl+p", "full_stop", *"1101", "escape")
        await person.sees("----", 11)
        assert (field.value, field.takes, field.submits) == ("", frozenset(), False)
        assert shift.stores.facts("visit.identified") == []
        shift.show_pad(W1, "ready")
        await person.press("f8")
        await person.sees("等待评价", 4)
        await person.press("ctrl+p", "full_stop")
        await person.sees("X 记办税人  已办结", 22)
        assert not field.is_field


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (CardReading(CardCode.NO_CARD), "读卡器上没有证件"),
        (CardReading(CardCode.UNREADABLE), "证件没有读出"),
        (CardReading(CardCode.NOT_READY), "读卡器没有应答"),
        (CardReading(CardCode.READ, "样本", PERSON), MASKED),
    ],
)
async def test_the_key_of_the_reader_reads_or_says_why_not(
    hall: Path, tmp_path: Path, reading: CardReading, words: str
) -> None:
    async with serving(hall, tmp_path / "data", reader=True) as (person, shift):
        asked: list[str] = []

        def card_of(window: str) -> CardReading:
            asked.append(window)
            return reading

        person.app.card_of = card_of
        await person.press("insert")
        await person.sees("X Ins", 22)
        await person.press("ctrl+p", "full_stop")
        await person.sees("Ins 读卡", 23)
        await person.press("insert")
        await person.sees(words, 22)
        assert asked == [W1]
        window = shift.window(shift.desk())
        assert bool(identified(shift.db, window.ticket, window.visit).ref) is (reading.code is CardCode.READ)


async def test_what_the_taxpayer_shall_check_is_asked_and_answered_in_row_22(hall: Path, tmp_path: Path) -> None:
    """Without a second screen the menu says why not; the answer stands where the clerk looks."""
    async with serving(hall, tmp_path / "data") as (person, shift):
        await person.press("ctrl+p", "1", "5")
        await person.sees("请纳税人核对  没有第二块屏", 22)
        await person.press("escape")
        shift.stores.board.process_beat(mirror_name(W1), os.getpid(), shift.clock.after(1))
        await until_may_ask(person)
        await person.press("ctrl+p", "1", "5")
        await person.sees("核对内容  [_", 11)
        await person.press("2", "5", "enter")
        await person.sees("已请纳税人核对", 22)
        await person.sees("----", 11)
        assert opened(person).body.field.value == ""
        for right, said in ((False, "不对。请问清"), (True, "纳税人核对: 对")):
            desk = shift.desk()
            shown = shown_at(desk, shift.serving(desk))
            assert shown is not None
            answer(desk, shift.clock.after(1), shown.id, right=right)
            await person.sees(said, 22)
            if not right:
                shift.stores.board.process_beat(mirror_name(W1), os.getpid(), shift.clock())
                shift.do(counter.show_entry, desk, "26")
                await until_shown(person, shown.id)


async def until_may_ask(person: Desk) -> None:
    """The counter has noticed the second screen."""
    await until(person, lambda: opened(person).seen.refusals[CounterAction.SHOW_ENTRY] is None)


async def until_shown(person: Desk, before: str) -> None:
    """The counter has seen that another entry waits."""

    def is_new() -> bool:
        entry = opened(person).seen.entry
        return entry is not None and entry.id != before

    await until(person, is_new)


async def until(person: Desk, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not is_so():
            await person.pilot.pause(0.02)
