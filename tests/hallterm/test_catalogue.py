"""The catalogue: the shipped 73 matters, and what is said about a table that cannot be used."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hallterm.catalogue import (
    CATEGORIES,
    SHIPPED,
    CatalogueError,
    decode,
    initials_of,
    read_catalogue,
    read_catalogue_file,
    shipped_catalogue,
)
from hallterm.locale import use

HEADER = "code,name_zh,limit_min,batchable,completion_workdays,hidden"


@pytest.fixture(autouse=True)
def _english() -> None:
    use("en")


def faults(*rows: str, header: str = HEADER, own: bool = False) -> list[tuple[int, str]]:
    shipped = {matter.code for matter in shipped_catalogue()} if own else None
    with pytest.raises(CatalogueError) as caught:
        read_catalogue("\n".join([header, *rows]), "hall.csv", shipped)
    assert len(str(caught.value).splitlines()) == len(caught.value.problems)
    return [(problem.line, problem.sentence) for problem in caught.value.problems]


def test_the_shipped_catalogue_has_the_73_matters_with_letter_group_and_category() -> None:
    matters = shipped_catalogue()
    assert len({matter.code for matter in matters}) == len(matters) == 73
    counts = {letter: sum(matter.code[0] == letter for matter in matters) for letter in CATEGORIES}
    assert counts == {"A": 17, "B": 10, "C": 16, "D": 3, "E": 7, "F": 5, "G": 2, "H": 3, "J": 2, "K": 3, "L": 5}
    assert all((m.ticket_prefix, m.category) == (m.code[0], CATEGORIES[m.code[0]]) for m in matters)


def test_limits_batches_and_completion_terms_are_those_of_the_rules() -> None:
    by_code = {matter.code: matter for matter in shipped_catalogue()}
    limits = {"B02": 2, "C01": 2, "C02": 2, "D01": 3, "D02": 3, "E01": 1, "H01": 15, "B07": 10, "A17": 20}
    assert {code: by_code[code].limit_min for code in limits} == limits
    assert {code for code, matter in by_code.items() if matter.batchable} == {"D01", "D02", "B02"}
    assert {code: m.completion_workdays for code, m in by_code.items() if m.completion_workdays} == {
        "B01": 5,
        "B07": 10,
        "B10": 5,
        "C12": 3,
        "C13": 20,
        "C14": 10,
        "C16": 15,
        "E05": 20,
        "J02": 10,
    }
    assert all(matter.rating_required and not matter.hidden for matter in by_code.values())


def test_initials_agree_with_the_order_of_gb2312_but_for_the_words_read_otherwise() -> None:
    """The stored initials were made from a dictionary of words; this checks them against another source."""
    differing = {m.code: m.initials for m in shipped_catalogue() if m.initials != initials_of(m.name_zh)}
    assert differing == {"A06": "cwkjzdjhsrjbabg", "C10": "skjnposxjyhd"}  # 会计 kuai ji, 银行 yin hang


def test_stored_initials_have_one_letter_for_each_character_and_no_punctuation() -> None:
    for matter in shipped_catalogue():
        assert len(matter.initials) == sum(character.isalnum() for character in matter.name_zh), matter.code
        assert matter.initials.isascii()


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("发票领用", "fply"),
        ("税（费）种认定", "sfzrd"),
        ("POS刷卡", "possk"),
        ("阿匝座", "azz"),
        ("㐂", ""),
        ("鑫1号", "1h"),
    ],
)
def test_initials_of_a_hall_s_own_matter_are_made_from_its_name(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_a_short_table_is_enough() -> None:
    (matter,) = read_catalogue("name_zh,code,limit_min\r\n\r\n代办业务,l50,12\r\n", "hall.csv")
    assert (matter.code, matter.name_zh, matter.name_en, matter.limit_min) == ("L50", "代办业务", "代办业务", 12)
    assert (matter.category, matter.ticket_prefix, matter.initials) == ("consult", "L", "dbyw")
    assert (matter.batchable, matter.completion_workdays, matter.hidden) == (False, 0, False)


def test_yes_and_no_may_be_written_in_several_ways() -> None:
    rows = ["L50,甲,1,是,0,否", "L51,乙,240,TRUE,365,no", "L52,丙,2,1,,"]
    matters = read_catalogue("\n".join([HEADER, *rows]), "hall.csv")
    assert [matter.batchable for matter in matters] == [True, True, True]
    assert [matter.hidden for matter in matters] == [False, False, False]
    assert [matter.completion_workdays for matter in matters] == [0, 365, 0]


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("L5,甲,5,,,", "code L5: expected one letter and two digits"),
        (",甲,5,,,", "code --: expected"),
        ("50L,甲,5,,,", "code 50L: expected"),
        ("I50,甲,5,,,", "I and O are not used"),
        ("O50,甲,5,,,", "I and O are not used"),
        ("V50,甲,5,,,", "V is the mark of special tickets"),
        ("M50,甲,5,,,", "no such group; groups are A B C D E F G H J K L"),
        ("L00,甲,5,,,", "numbers begin with 01"),
        ("L50,甲,0,,,", "limit_min is 0, expected a whole number from 1 to 240"),
        ("L50,甲,241,,,", "limit_min is 241"),
        ("L50,甲,,,,", "limit_min is --"),
        ("L50,甲,5.5,,,", "limit_min is 5.5"),
        ("L50,甲,五,,,", "limit_min is 五"),
        ("L50,甲,٥,,,", "limit_min is"),
        ("L50,甲,5,maybe,,", "batchable is maybe, expected 1 or 0"),
        ("L50,甲,5,,-1,", "completion_workdays is -1"),
        ("L50,,5,,,", "name_zh is empty"),
        ("L50,甲\x1b[2J,5,,,", "cannot be shown"),
        (f"L50,{'长' * 61},5,,,", "more than 60 characters"),
        ("L50,甲,乙,5,,,", "7 fields, but the header has 6"),
        ("L50,甲", "2 fields"),
    ],
)
def test_a_fault_is_told_with_its_line(row: str, part: str) -> None:
    ((line, sentence),) = faults("L60,对,5,,,", row)
    assert line == 3
    assert part in sentence


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("code,name_zh", "column limit_min is missing"),
        ("code,name_zh,limit_min,limmit", "there is no column limmit; known are code"),
        ("code,name_zh,limit_min,code", "column code stands twice"),
    ],
)
def test_faults_of_the_header_are_told_once(header: str, part: str) -> None:
    found = faults("L50,甲,0,x", "L51,乙,0,x", header=header)
    assert {line for line, _sentence in found} == {1}
    assert part in found[0][1]


def test_prefix_and_category_must_fit_the_letter() -> None:
    found = faults("B50,甲,5,C,register", header="code,name_zh,limit_min,ticket_prefix,category")
    assert found == [
        (2, "ticket_prefix is C, but code B50 belongs to B"),
        (2, "category is register, but code B50 belongs to invoice"),
    ]


def test_a_code_may_stand_once() -> None:
    assert faults("L50,甲,5,,,", "L51,乙,5,,,", "l50,丙,5,,,") == [(4, "L50 stands already on line 2")]


def test_all_faults_are_told_in_one_reading_and_lines_count_breaks_inside_quotes() -> None:
    found = faults('L50,"甲\n乙",5,,,', "L51,丙,0,x,,", "L52,丁,5")
    assert [line for line, _sentence in found] == [2, 4, 4, 5]


def test_an_open_quotation_mark_is_told() -> None:
    ((line, sentence),) = faults("L50,甲,5,,,", 'L51,"乙,5,,,', "L52,丙,5,,,")
    assert line == 3
    assert "quotation mark" in sentence


@pytest.mark.parametrize("text", ["", "\n\n", HEADER])
def test_an_empty_table_is_told(text: str) -> None:
    with pytest.raises(CatalogueError, match=r"^hall.csv: there is no matter in it$"):
        read_catalogue(text, "hall.csv")


def test_own_matters_take_numbers_from_50_up_and_shipped_ones_may_be_changed_or_hidden() -> None:
    ((line, sentence),) = faults("L05,资料补正,8,,,1", "L49,甲,5,,,", "L50,乙,5,,,", own=True)
    assert line == 3
    assert "L49 is not in the shipped catalogue" in sentence


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_tables_of_chinese_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "hall.csv"
    path.write_bytes(f"{HEADER}\r\nL50,代办业务,5,,,\r\n".encode(encoding))
    assert [matter.name_zh for matter in read_catalogue_file(path)] == ["代办业务"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"\xff\xff\xff", "neither UTF-8 nor GBK"),
        (b"a\0b", "neither UTF-8 nor GBK"),
    ],
)
def test_text_in_another_coding_is_refused(content: bytes, part: str) -> None:
    with pytest.raises(CatalogueError, match=part):
        decode(content, "hall.csv")


def test_three_hundred_matters_are_read() -> None:
    rows = [f"{letter}{number:02},甲{number},5,,," for letter in CATEGORIES for number in range(50, 80)]
    assert len(read_catalogue("\n".join([HEADER, *rows]), "hall.csv")) == 330


def test_the_shipped_table_names_the_source_of_every_limit() -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        assert all(row["source"] for row in csv.DictReader(file))
