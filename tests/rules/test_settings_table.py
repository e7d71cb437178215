"""The table of settings: each row is whole, takes what it says it takes, and nothing is read that is not in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.locale import use
from hallterm.rules.settings_table import (
    SETTINGS,
    Kind,
    Setting,
    SettingName,
    SettingValue,
    editable,
    has_kind,
    shown,
    takes,
    typed,
)
from hallterm.rules.words import Reason
from tests.rules.modest import MODEST

ROOT = Path(__file__).parents[2]
ROOMS = ("hallterm", "storage", "sync", "devices")
TABLES = {
    f"hallterm/rules/settings_{name}.py" for name in ("table", "hall", "board", "ratings", "assessment", "warnings")
}
READER = "hallterm/workflows/hall_settings.py"
ASKS = re.compile(r"\b(setting|is_on|text|value_on)\([^)]*[\"']|\.setting\(")
rows = st.sampled_from(list(SETTINGS.values()))


def sources() -> dict[str, str]:
    found = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in found}


def test_every_name_has_one_row_and_no_other_is_there() -> None:
    assert list(SETTINGS) == list(SettingName)
    assert all(one.name is name for name, one in SETTINGS.items())


@pytest.mark.parametrize("one", SETTINGS.values(), ids=lambda one: one.name)
def test_every_row_is_whole(one: Setting) -> None:
    assert one.title
    assert one.explanation
    assert one.about.rule
    assert bool(one.choices) is (one.kind in (Kind.CHOICE, Kind.YES_NO))
    assert (one.lowest < one.highest) is (one.kind in (Kind.WHOLE_NUMBER, Kind.POINTS, Kind.NUMBERS))
    assert (one.count > 1) is (one.kind in (Kind.NUMBERS, Kind.LIST))
    assert (one.longest > 0) is (one.kind in (Kind.TEXT, Kind.LIST))
    assert has_kind(one.default, one)
    assert typed(one, editable(one, one.default)) == one.default


def test_every_setting_is_read_somewhere() -> None:
    text = "\n".join(text for path, text in sources().items() if path not in TABLES)
    read = set(re.findall(r"SettingName\.([A-Z_]+)", text))
    assert read == {name.name for name in SettingName}


def test_code_reads_no_setting_that_is_not_in_the_table() -> None:
    """Rules get a setting only by the reader, which takes names of the table; nobody else asks storage for one."""
    around = []
    for path, text in sources().items():
        if not ASKS.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr == "setting" and path != READER and not _named(node):
                around.append(f"{path}:{node.lineno}")
            if isinstance(called, ast.Name) and called.id in ("setting", "is_on", "text", "value_on"):
                around += [f"{path}:{node.lineno}" for one in node.args[1:2] if isinstance(one, ast.Constant)]
    assert around == []
    tables = [path for path, text in sources().items() if re.search(r"FROM setting\b", text)]
    counting = "storage/views/reporting.py"
    assert sorted(set(tables) - {counting}) == ["storage/views/inherited.py", "storage/views/settings.py"]
    assert re.findall(r"SELECT (.+?) FROM setting\b", sources()[counting]) == ["count(*)"], "a version, no value"


def _named(call: ast.Call) -> bool:
    """Whether the setting is asked for by its name in the table."""
    return any(
        isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "SettingName"
        for one in call.args
    )


def test_facts_that_the_program_writes_by_itself_name_rows_of_the_table() -> None:
    written = set()
    for text in sources().values():
        written |= set(re.findall(r"""SettingSet\(\s*(?:name=)?["'](\w+)["']""", text))
    assert written <= set(SettingName)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (SettingName.RATING_TIMEOUT_S, "15", 15),
        (SettingName.RATING_TIMEOUT_S, " 60 ", 60),
        (SettingName.RATING_UNIT, "2", "per_visit"),
        (SettingName.RATING_UNIT, "per_service", "per_service"),
        (SettingName.RATING_UNIT, "each visit", "per_visit"),
        (SettingName.AUTO_RECALL, "1", True),
        (SettingName.AUTO_RECALL, "No", False),
        (SettingName.WORKS_EVERY_DAY, "true", True),
        (SettingName.VOICE_MUTE_FROM, "1200", "12:00"),
        (SettingName.VOICE_MUTE_FROM, "8:05", "08:05"),
        (SettingName.VOICE_MUTE_TO, "14：00", "14:00"),
        (SettingName.VOICE_MUTE_TO, "", ""),
        (SettingName.HALL_NOTICE, " 故障 ", "故障"),
        (SettingName.HALL_NOTICE, "", ""),
        (SettingName.WEIGHTS, " 40 / 20,20 20", "40/20/20/20"),
        (SettingName.WARN_SINGLE_WAIT_MIN, "15 20, 30", "15/20/30"),
        (SettingName.WARN_BAD_RATINGS, "0/0/1", "0/0/1"),
        (SettingName.LEVEL_WEIGHTS, "100/90/70/20/0", "100/90/70/20/0"),
        (SettingName.SICK_LEAVE_POINTS, "02.50", "2.5"),
        (SettingName.ABSENCE_POINTS, "100", "100"),
    ],
)
def test_what_people_type_is_understood(name: SettingName, text: str, value: SettingValue) -> None:
    assert typed(SETTINGS[name], text) == value


@pytest.mark.parametrize(
    ("name", "texts", "words"),
    [
        (SettingName.RATING_TIMEOUT_S, ("14", "61", "-30", "30.0", "三十", "٣٠", "", "9" * 9), "from 15 to 60"),
        (SettingName.RATING_UNIT, ("0", "3", "", "per"), "1 each matter, 2 each visit"),
        (SettingName.AUTO_RECALL, ("3", "maybe", ""), "1 yes, 2 no"),
        (SettingName.VOICE_MUTE_FROM, ("24:00", "12:60", "12", "noon"), "such as 12:00"),
        (SettingName.WEIGHTS, ("30/25/20/24", "30/25/45", "130/-10/-10/-10", "", "30/25/20/25/0"), "must add to 100"),
        (SettingName.WARN_SINGLE_WAIT_MIN, ("45/30/20", "20/30", "0/1/2", "20/30/481", "-1/2/3", ""), "20/30/45"),
        (SettingName.LEVEL_WEIGHTS, ("0/30/60/80/100", "100/80/60/30", "101/80/60/30/0"), "none above"),
        (SettingName.LATE_POINTS, ("-1", "2.555", "101", "two", "", "2,5"), "at most two decimals"),
        (SettingName.HALL_NOTICE, ("x" * 41, "a\x1bb"), "at most 40"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(name: SettingName, texts: tuple[str, ...], words: str) -> None:
    for text in texts:
        refused = typed(SETTINGS[name], text)
        assert isinstance(refused, Reason), text
        assert words in refused.text()


@MODEST
@given(rows, st.text(max_size=50))
def test_whatever_is_typed_is_a_value_of_its_kind_or_the_sentence(one: Setting, text: str) -> None:
    value = typed(one, text)
    if isinstance(value, Reason):
        assert value == takes(one)
    else:
        assert has_kind(value, one)
        assert typed(one, editable(one, value)) == value


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_values_are_shown_in_words(language: str) -> None:
    use(language)
    try:
        wanted = {
            "zh_CN": {"30 秒", "300 秒", "每件业务", "否", "从不", "无"},
            "en": {"30 s", "300 s", "each matter", "no", "never", "none"},
        }
        assert {shown(one, one.default) for one in SETTINGS.values()} >= wanted[language]
    finally:
        use("en")


def test_a_value_of_another_kind_is_none() -> None:
    others: tuple[object, ...] = (True, "30", None, 3.5, [30])
    number, unit = SETTINGS[SettingName.RATING_TIMEOUT_S], SETTINGS[SettingName.RATING_UNIT]
    flag, time = SETTINGS[SettingName.AUTO_RECALL], SETTINGS[SettingName.VOICE_MUTE_FROM]
    assert not any(has_kind(value, number) for value in others)
    assert not any(has_kind(value, flag) for value in (1, 0, "true", None))
    assert not any(has_kind(value, unit) for value in ("per_day", True, None))
    assert not any(has_kind(value, time) for value in (12, None, True))
    assert has_kind(1, number), "a range may have been another one when it was written"
