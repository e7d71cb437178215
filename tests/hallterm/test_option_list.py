"""The reasons of the levels: the shipped list against business rule 8.3, versions, and every fault of a table."""

from __future__ import annotations

import pytest

from hallterm.locale import use
from hallterm.option_list import COLUMNS, OptionsUnreadable, long_names, read_options, shipped_options, short_names
from hallterm.rules.option_codes import NONE_HERE, ONE_NEEDED, codes_refusal, needs_one, options_on, plain_text
from hallterm.rules.ratings import SCALES
from storage.facts import Scale

DAY = "2026-11-24"
FOUR_REASONS = ["attitude", "skill", "slow", "improve"]
HEAD = ",".join(COLUMNS)
ROW = "2026-01-01,three,1,slow,1,效率不高,Slow"


def codes(scale: Scale, level: int, day: str = DAY) -> list[str]:
    return [one.code for one in options_on(shipped_options(), scale, level, day)]


def needed(scale: Scale, level: int) -> bool:
    return needs_one(options_on(shipped_options(), scale, level, DAY))


def test_the_shipped_list_is_that_of_the_rule() -> None:
    national = {5: range(510, 518), 4: range(406, 414), 3: range(307, 315), 2: range(207, 215), 1: range(108, 116)}
    for level, numbers in national.items():
        assert codes(Scale.FIVE_NATIONAL, level) == [str(one) for one in numbers]
        assert needed(Scale.FIVE_NATIONAL, level) is (level <= 2)
    for scale, levels in {Scale.THREE: (1,), Scale.FOUR: (1,), Scale.FIVE_SEED: (2, 1)}.items():
        for row in SCALES[scale]:
            assert codes(scale, row.level) == (FOUR_REASONS if row.level in levels else [])
            assert needed(scale, row.level) is (scale is Scale.THREE and row.level == 1)
    assert {row.level for row in SCALES[Scale.FIVE_NATIONAL] if row.bad} == {2, 1}


def test_which_codes_may_and_must_come_with_a_level() -> None:
    options = options_on(shipped_options(), Scale.FIVE_NATIONAL, 2, DAY)
    assert codes_refusal(options, ["207", "214"]) is None
    assert codes_refusal(options, []) == ONE_NEEDED
    for wrong in (["207", "108"], ["207", "207"], ["*\x1b[2J"]):
        refused = codes_refusal(options, wrong)
        assert refused is not None
        assert "\x1b" not in refused.text()
    assert codes_refusal(options_on(shipped_options(), Scale.FIVE_SEED, 2, DAY), []) is None
    assert codes_refusal(options_on(shipped_options(), Scale.FIVE_SEED, 4, DAY), ["slow"]) == NONE_HERE


def test_a_later_version_takes_the_place_of_a_scales_whole_list_from_its_day_on() -> None:
    rows = read_options(f"{HEAD}\n{ROW}\n2027-01-01,three,1,other,0,其他,Other\n", "own.csv")
    assert [one.code for one in options_on(rows, Scale.THREE, 1, "2025-12-31")] == []
    assert [one.code for one in options_on(rows, Scale.THREE, 1, "2026-12-31")] == ["slow"]
    assert [one.code for one in options_on(rows, Scale.THREE, 1, "2027-01-01")] == ["other"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD.replace("code", "number"), 1),
        (f"{HEAD}\n{ROW},more", 2),
        (f"{HEAD}\n{ROW.replace('2026-01-01', '2026-02-30')}", 2),
        (f"{HEAD}\n{ROW.replace('three', 'six')}", 2),
        (f"{HEAD}\n{ROW.replace(',1,slow', ',4,slow')}", 2),
        (f"{HEAD}\n{ROW.replace('slow', 'slow|late')}", 2),
        (f"{HEAD}\n{ROW.replace(',1,效', ',yes,效')}", 2),
        (f"{HEAD}\n{ROW.replace('Slow', ' ')}", 2),
        (f"{HEAD}\n{ROW}\n{ROW}", 3),
        (f"{HEAD}\n{ROW}\n2026-01-01,three,1,late,0,晚,Late", 3),
        ("\n".join([HEAD, *(ROW.replace("slow", f"c{n}") for n in range(10))]), 11),
    ],
)
def test_a_fault_of_a_table_is_told_with_its_line(text: str, line: int) -> None:
    for language in ("zh_CN", "en"):
        use(language)
        with pytest.raises(OptionsUnreadable, match=r"own\.csv") as told:
            read_options(text, "own.csv")
        assert told.value.line == line
        assert told.value.fault in str(told.value)


def test_what_codes_are_called() -> None:
    use("en")
    assert short_names("slow attitude", Scale.FIVE_SEED, DAY) == "Slow, Attitude"
    assert long_names("slow attitude", Scale.FIVE_SEED, DAY) == ""
    assert short_names("207 999", Scale.FIVE_NATIONAL, DAY) == "207, 999"
    assert long_names("207 999", Scale.FIVE_NATIONAL, DAY) == "207 No samples of papers"
    use("zh_CN")
    assert "没有提供材料样本" in long_names("207", Scale.FIVE_NATIONAL, DAY)


def test_free_words_lose_control_characters_and_their_end() -> None:
    assert plain_text(" a\x1b[31m\tb\r\nc\x00\u202e ") == "a[31m b c"
    assert len(plain_text("长" * 900)) == 500
