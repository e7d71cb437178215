"""The matter field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.matters import Found, find
from storage.facts import ServiceTypeSet
from tests.rules.modest import MODEST


def _matter(code: str, name: str, initials: str, batchable: bool = False, hidden: bool = False) -> ServiceTypeSet:
    return ServiceTypeSet(code, name, code, "x", code[0], 5, batchable=batchable, initials=initials, hidden=hidden)


CATALOGUE = (
    _matter("A01", "一照一码户登记信息确认", "yzymhdjxxqr"),
    _matter("A03", "纳税人（扣缴义务人）身份信息报告", "nsrkjywrsfxxbg"),
    _matter("B01", "发票票种核定", "fppzhd"),
    _matter("B02", "发票领用", "fply", batchable=True),
    _matter("B03", "发票验(交)旧", "fpyjj fpyj"),
    _matter("B04", "发票缴销", "fpjx"),
    _matter("B05", "发票遗失报告", "fpysbg"),
    _matter("B06", "发票停办", "fptb", hidden=True),
    _matter("D01", "代开增值税普通发票", "dkzzsptfp", batchable=True),
)
USUAL = ("B02", "B01", "D01")


def _codes(found: Found) -> list[str]:
    return [matter.code for matter in found.results]


@pytest.mark.parametrize("text", ["B02", "b02", " b02 ", "Ｂ02"])
def test_a_code_takes_effect_at_its_third_character(text: str) -> None:
    found = find(text, CATALOGUE)
    assert found.taken is not None
    assert found.taken.code == "B02"
    assert find("B0", CATALOGUE).taken is None


def test_initials_match_from_their_beginning_and_what_is_usual_comes_first() -> None:
    found = find("fp", CATALOGUE, USUAL)
    assert _codes(found) == ["B02", "B01", "B03", "B04"]
    assert found.more == 1
    assert _codes(find("fpyj", CATALOGUE)) == ["B03"]
    assert find("pl", CATALOGUE).refused is not None


def test_chinese_matches_anywhere_and_full_width_brackets_do_not_matter() -> None:
    assert _codes(find("增值税", CATALOGUE)) == ["D01"]
    assert _codes(find("人(扣缴", CATALOGUE)) == ["A03"]
    assert _codes(find("人（扣缴", CATALOGUE)) == ["A03"]


def test_a_letter_lists_its_category_and_hidden_matters_are_nowhere() -> None:
    found = find("B", CATALOGUE)
    assert _codes(found) == ["B01", "B02", "B03", "B04"]
    assert found.more == 1
    assert find("B06", CATALOGUE).refused is not None
    assert find("停办", CATALOGUE).refused is not None


def test_a_first_digit_picks_from_the_usual_matters() -> None:
    found = find("3", CATALOGUE, USUAL)
    assert found.taken is not None
    assert found.taken.code == "D01"
    refused = find("4", CATALOGUE, USUAL).refused
    assert refused is not None
    assert refused.text() == "There is no row 4 in the list"


@pytest.mark.parametrize(("text", "code"), [("fp1", "B02"), ("fp4", "B04"), ("发票2", "B01"), ("票3", "D01")])
def test_a_digit_after_words_picks_from_the_results(text: str, code: str) -> None:
    found = find(text, CATALOGUE, USUAL)
    assert found.taken is not None
    assert found.taken.code == code


def test_a_digit_without_a_row_is_refused() -> None:
    for text in ("fp5", "fp0", "0", "12"):
        found = find(text, CATALOGUE, USUAL)
        assert found.taken is None
        assert found.refused is not None


def test_a_star_sets_the_quantity() -> None:
    found = find("D01*3", CATALOGUE)
    assert found.taken is not None
    assert (found.taken.code, found.quantity) == ("D01", 3)
    assert find("D01*", CATALOGUE).quantity is None
    assert find("fp1*12", CATALOGUE, USUAL).quantity == 12
    assert find("A01*1", CATALOGUE).taken is not None


@pytest.mark.parametrize("text", ["D01*0", "D01*-1", "D01*x", "D01*1000", "D01*3*4"])
def test_a_quantity_that_is_none_takes_nothing(text: str) -> None:
    found = find(text, CATALOGUE)
    assert (found.taken, found.quantity) == (None, None)
    assert found.refused is not None


def test_a_matter_done_one_at_a_time_has_no_quantity() -> None:
    found = find("A01*2", CATALOGUE)
    assert found.taken is None
    assert found.refused is not None


def test_an_unknown_code_says_which_there_are() -> None:
    refused = find("B77", CATALOGUE).refused
    assert refused is not None
    assert refused.text() == "No code B77. B has B01-B05; type B to see all"
    refused = find("Z01", CATALOGUE).refused
    assert refused is not None
    assert refused.text() == "No code begins with Z. There are A B D"


def test_an_empty_field_says_nothing() -> None:
    assert find("  ", CATALOGUE, USUAL) == Found()


@MODEST
@given(st.text(max_size=12))
def test_any_input_is_answered(text: str) -> None:
    found = find(text, CATALOGUE, USUAL)
    assert len(found.results) <= 4
    assert found.more >= 0
    if found.taken:
        assert found.refused is None
        assert not found.taken.hidden
    if found.refused:
        assert found.refused.text()
