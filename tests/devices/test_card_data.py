"""What looks like a payment card vanishes; resident IDs, credit codes, tickets and invoices do not."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from devices.card_data import is_card_data, is_resident_id
from tests.devices.codecs.pieces import MODEST

DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: f"{day:%Y%m%d}")


def resident(division: str, birth: str, order: int) -> str:
    body = f"{division}{birth}{order:03d}"
    return body + str(mod_11_2.calc_check_digit(body))


@pytest.mark.parametrize(
    "text",
    [
        "%B4111111111111111^TEST/CARD^29121010000000000000?",
        ";4111111111111111=29121010000000000?",
        "+4111111111111111=1?",
        "；4111111111111111＝2912?",
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "2223003122003222",
        "6222021234567890128",
        "ABC 4111111111111111=29121010000000000",
        "B6222021234567890128^SOMEBODY^",
    ],
)
def test_card_data_is_seen(text: str) -> None:
    assert is_card_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "A023", "B001", "4111111111111112", "91360600MA35JQ1X0N", "13800138000", "360600001-01",
        "https://inv.example/?id=1", "01,32,,25362000000012345678,120.00,20261121,,1A2B,", "1234567890123456",
        "25362000000012345678", "41111111111111", "请到3号窗口",
    ],
)  # fmt: skip
def test_everything_else_passes(text: str) -> None:
    assert not is_card_data(text)


@given(st.sampled_from(["620102", "999999", "360602", "451021"]), DATES, st.integers(0, 999))
@MODEST
def test_a_resident_id_is_never_a_card_even_where_it_passes_luhn(division: str, birth: str, order: int) -> None:
    number = resident(division, birth, order)
    assert is_resident_id(number)
    assert not is_card_data(number)


@given(st.integers(10**15, 10**18 - 1))
@MODEST
def test_a_number_with_a_right_luhn_digit_of_a_known_issuer_is_a_card(tail: int) -> None:
    body = f"62{tail}"[:18]
    number = body + luhn.calc_check_digit(body)
    assume(not is_resident_id(number))
    assert is_card_data(number)


@given(st.integers(0, 10**17 - 1))
@MODEST
def test_a_credit_code_of_digits_is_no_card(number: int) -> None:
    body = f"91{number:017d}"[:17]
    code = body + uscc.calc_check_digit(body)
    assert not is_card_data(code)


@pytest.mark.parametrize("text", ["99999919000101001", "999999190001010016", "999999190013010016", "x" * 18, ""])
def test_a_wrong_number_is_no_resident_id(text: str) -> None:
    assert not is_resident_id(text)


@given(st.text(max_size=60))
@MODEST
def test_no_text_raises(text: str) -> None:
    assert is_card_data(text) in (True, False)
