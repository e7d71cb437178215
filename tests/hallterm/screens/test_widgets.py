"""Cells, lines, fields, bars and the health row."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from hallterm import locale
from hallterm.actions import Place, ReservedKey, Slot
from hallterm.keys import resolve
from hallterm.widgets import cells
from hallterm.widgets.bars import SlotView, key_row, reasons_text, slot_key
from hallterm.widgets.health import DEVICE_WORDS, health_row
from hallterm.widgets.health_news import health_news
from hallterm.widgets.lines import Ink, Row, strip_of
from hallterm.widgets.writing import FAILURES
from hallterm.workflows.seen import DeviceWord, Health
from tests.hallterm.screens.views import HEALTH, at


@given(st.text(max_size=40), st.integers(min_value=0, max_value=60))
@settings(max_examples=200, deadline=None)
def test_every_text_fits_exactly_and_holds_nothing_a_terminal_obeys(text: str, room: int) -> None:
    for made in (cells.fit(text, room), cells.right(text, room), cells.spread(text, text, room)):
        assert cell_len(made) == room
        assert "\x1b" not in made
    for made in (cells.cut(text, room), cells.middle(text, room), cells.head(text, room), cells.tail(text, room)):
        assert cell_len(made) <= room


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [("发票领用", 8, "发票领用"), ("发票领用", 7, "发票.."), ("发票领用", 6, "发票.."), ("ab", 1, "a")],
)
def test_what_does_not_fit_ends_with_dots_at_a_cell_boundary(text: str, room: int, shown: str) -> None:
    assert cells.cut(text, room) == shown


def test_a_cut_text_does_not_touch_what_stands_at_the_other_edge() -> None:
    assert cells.spread("2 of 6 months", "1-6/6 ", 16) == "2 of 6 .. 1-6/6 "
    assert cells.spread("2 of 6", "1-6/6 ", 16) == "2 of 6    1-6/6 "


def test_names_of_matters_are_cut_in_their_middle() -> None:
    shown = cells.middle("增值税专用发票最高开票限额审批", 20)
    assert shown.startswith("增值税")
    assert shown.endswith("限额审批")
    assert ".." in shown


def test_markup_and_controls_are_only_text() -> None:
    assert cells.literal("[@click=app.quit]x") == "[@click=app.quit]x"
    assert cells.literal("\x1b[2J\u202e张\x07") == "[2J张"
    assert cells.literal("a\tb\nc") == "a b c"


@given(st.lists(st.tuples(st.text(max_size=12), st.sampled_from(Ink)), max_size=5), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_a_row_of_pieces_has_exactly_its_cells(pieces: list[tuple[str, Ink]], room: int) -> None:
    row: Row = tuple(pieces)
    strip = strip_of(row, room)
    assert strip.cell_length == room
    assert cell_len(strip.text) == room


def _text(row: Row) -> str:
    return row if isinstance(row, str) else "".join(text for text, _ink in row)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_slots_left_out_are_blank_and_the_others_stay_in_their_columns(language: str) -> None:
    locale.use(language)
    every = [SlotView(slot, slot_key(resolve(), slot), "Name") for slot in Slot]
    whole = _text(key_row(every, 80))
    for view in every:
        alone = _text(key_row([view], 80))
        assert alone.strip() == (view.key + "Name")[: len(alone.strip())]
        assert whole.index(view.key) == alone.index(view.key)


def test_a_moved_key_has_its_short_name_in_a_narrow_slot() -> None:
    moved = resolve(reserved=[ReservedKey("*", "f8", "POS", Place("keys.toml"))])
    assert slot_key(moved, Slot.F8) == "De"


def test_reasons_stand_together_and_whole_reasons_are_left_out() -> None:
    told = [("F5", "先办结本件"), ("F7", "已开始办理"), ("Ins", "先办结本件")]
    assert reasons_text(told, 79) == "灰键: F5 Ins 先办结本件  F7 已开始办理"
    assert reasons_text(told, 79, first=("F7",)) == "灰键: F7 已开始办理  F5 Ins 先办结本件"
    assert reasons_text(told, 40) == "灰键: F5 Ins 先办结本件 .."
    assert reasons_text([], 79) == ""


def test_the_health_row_says_what_is_wrong_and_folds_what_is_well() -> None:
    now = at("10:45:00")
    offline = Health(False, at("10:31:00") - 86_400_000, 164, 400_000, HEALTH.devices, station=False, centre=True)
    text = _text(health_row(offline, now, 80))
    assert text.startswith(" 网 离线 11-23 10:31 起  待传 164  ! 钟 快 6 分  后台 断  设备好 4")
    assert text.endswith("预警 0 ")
    assert cell_len(text) == 80


@pytest.mark.parametrize("state", DEVICE_WORDS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_state_of_a_device_has_a_word(state: str, language: str) -> None:
    locale.use(language)
    health = Health(True, 0, 0, 0, (DeviceWord("rating_pad", state, 0),), station=True, centre=True)
    text = _text(health_row(health, 0, 80))
    assert locale._(DEVICE_WORDS[state][0]) in text
    assert cell_len(text) == 80


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("sentence", FAILURES.values())
def test_a_failure_is_told_whole_on_its_row(sentence: str, language: str) -> None:
    locale.use(language)
    assert cell_len(locale._(sentence)) <= 77


def test_the_health_row_says_since_when_the_number_host_is_away() -> None:
    now = at("10:45:00")
    away = replace(HEALTH, waiting=3, host_away_t=at("10:31:00"), own_number="B3-001", warnings=1)
    text = _text(health_row(away, now, 80))
    assert text.startswith(" 网 在线  待传 3  钟 准  号源 断 10:31 起  设备好 4")
    assert cell_len(text) == 80
    words = "号源主机连不上(10:31 起)。本窗口自己发号 B3-001 起,恢复后自动合并。照常办理"
    assert health_news(HEALTH, away, now) == (words, True)
    assert cell_len(words) <= 78
    assert health_news(away, HEALTH, now) == ("号源主机已恢复(10:45),自己发的号已合并", False)
