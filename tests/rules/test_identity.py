"""Identity numbers and masks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import identity, masks
from hallterm.rules.identity import Fault, Identity, IdentityKind
from tests.rules.modest import MODEST
from tests.rules.vectors import Vector, vectors

TODAY = date(2026, 3, 2)


def _said(result: Identity, wanted: dict[str, Any]) -> dict[str, Any]:
    fields = {
        "valid": result.valid,
        "check": result.check,
        "org_check": result.check,
        "kind": result.kind and result.kind.value,
        "birth": result.birth and result.birth.isoformat(),
    }
    return {name: fields[name] for name in wanted}


@pytest.mark.parametrize("vector", vectors("id.uscc"), ids=repr)
def test_credit_codes(vector: Vector) -> None:
    assert _said(identity.credit_code(vector.inputs["code"]), vector.expected) == vector.expected


@pytest.mark.parametrize("vector", vectors("id.card"), ids=repr)
def test_citizen_ids(vector: Vector) -> None:
    assert _said(identity.citizen_id(vector.inputs["code"], TODAY), vector.expected) == vector.expected


@pytest.mark.parametrize("vector", vectors("id.taxpayer"), ids=repr)
def test_taxpayer_numbers(vector: Vector) -> None:
    assert _said(identity.taxpayer_number(vector.inputs["code"], TODAY), vector.expected) == vector.expected


@pytest.mark.parametrize("text", ["91350100m000100y43", " 9135 0100 M000100Y43 ", "９１350100M000100Y43"])
def test_a_number_is_read_as_people_type_it(text: str) -> None:
    result = identity.credit_code(text)
    assert result.valid
    assert result.code == "91350100M000100Y43"


@pytest.mark.parametrize("code", ["N2450100MF7889565T", "A1350100M000100Y40"])
def test_letters_of_the_registering_body_are_not_refused_as_characters(code: str) -> None:
    assert identity.credit_code(code).reason is not Fault.CHAR


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350100M000100Y4", Fault.LENGTH),
        ("91350100I000100Y43", Fault.CHAR),
        ("9135O100M000100Y43", Fault.CHAR),
        ("91350100M000100Y44", Fault.CHECK),
    ],
)
def test_why_a_credit_code_is_refused(code: str, reason: Fault) -> None:
    result = identity.credit_code(code)
    assert not result.valid
    assert result.reason is reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("11010519491231002", Fault.LENGTH),
        ("1101051949123100AX", Fault.CHAR),
        ("110105194902300029", Fault.BIRTH),
        ("110105202603030020", Fault.BIRTH),
        ("110105194912310021", Fault.CHECK),
        ("11010549123100A", Fault.CHAR),
        ("110105491331002", Fault.BIRTH),
    ],
)
def test_why_a_citizen_id_is_refused(code: str, reason: Fault) -> None:
    result = identity.citizen_id(code, TODAY)
    assert not result.valid
    assert result.reason is reason


def test_an_old_citizen_id_is_tested_by_its_date() -> None:
    result = identity.citizen_id("110105491231002", TODAY)
    assert (result.valid, result.kind, result.birth) == (True, IdentityKind.CITIZEN15, date(1949, 12, 31))


@pytest.mark.parametrize(
    ("code", "kind", "valid", "warning", "reason"),
    [
        ("91350100M000100Y43", IdentityKind.USCC, True, False, None),
        ("11010519491231002X", IdentityKind.CITIZEN, True, False, None),
        ("110105194912310021", IdentityKind.CITIZEN, False, False, Fault.CHECK),
        ("91350100M000100Y4A", IdentityKind.USCC, False, False, Fault.CHECK),
        ("360602123456787", IdentityKind.TIN15, True, True, None),
        ("36060212345678!", IdentityKind.TIN15, False, False, Fault.CHAR),
        ("11010519491231002100", IdentityKind.TIN20, False, False, Fault.CHECK),
        ("11010519491231002X0A", IdentityKind.TIN20, False, False, Fault.CHAR),
        ("1234567", None, False, False, Fault.LENGTH),
        ("", None, False, False, Fault.LENGTH),
    ],
)
def test_kinds_of_taxpayer_numbers(
    code: str, kind: IdentityKind | None, valid: bool, warning: bool, reason: Fault | None
) -> None:
    result = identity.taxpayer_number(code, TODAY)
    assert (result.kind, result.valid, result.warning, result.reason) == (kind, valid, warning, reason)


@pytest.mark.parametrize(
    ("number", "reason"),
    [("13812345678", None), ("12812345678", Fault.CHAR), ("1381234567", Fault.LENGTH), ("1381234567a", Fault.CHAR)],
)
def test_mobile_numbers(number: str, reason: Fault | None) -> None:
    result = identity.mobile(number)
    assert result.reason is reason
    assert result.valid is (reason is None)


@MODEST
@given(st.integers(100_000, 999_999), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_one_wrong_digit_never_passes(division: int, born: date, serial: int) -> None:
    body = f"{division}{born:%Y%m%d}{serial:03d}"
    check = identity.citizen_id(body + "0", TODAY).check
    good = identity.citizen_id(body + check, TODAY)
    assert good.valid
    assert good.birth == born
    for place in range(17):
        other = body[:place] + str((int(body[place]) + 1) % 10) + body[place + 1 :]
        assert not identity.citizen_id(other + check, TODAY).valid


def test_nobody_is_born_tomorrow() -> None:
    born = TODAY + timedelta(days=1)
    assert identity.citizen_id(f"110105{born:%Y%m%d}0020", TODAY).reason is Fault.BIRTH


@pytest.mark.parametrize("vector", vectors("mask"), ids=repr)
def test_masks(vector: Vector) -> None:
    given_ = vector.inputs
    shown = {
        "id_card": masks.citizen_id(given_["id_card"]),
        "mobile": masks.mobile(given_["mobile"]),
        "name": masks.name(given_["name"]),
        "name2": masks.name(given_["name2"]),
        "uscc_public": masks.credit_code_public(given_["uscc_public"]),
    }
    assert shown == vector.expected


def test_addresses_and_short_values() -> None:
    assert masks.address("江西省鹰潭市月湖区") == "江西省鹰潭市***"
    assert masks.mobile("110") == "***"
    assert masks.citizen_id("1234567") == "*******"
    assert masks.name("") == ""


@MODEST
@given(st.text(max_size=30))
def test_a_mask_never_shows_more_than_seven_characters(text: str) -> None:
    shown = masks.citizen_id(text)
    assert len(shown) == len(text)
    assert len(text) - shown.count("*") <= 7
