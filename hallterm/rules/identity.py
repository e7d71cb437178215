"""Identity numbers: credit code, citizen ID, taxpayer number, mobile. Business rule 20.

Numbers are read as people type them: spaces, hyphens, lower case and full-width characters are accepted. python-stdnum
computes the check characters; it costs 10 MB to import, so that is done when the first number is checked. Its own
``validate`` is too strict here: it wants digits where GB 32100 has letters, and a known division in a citizen ID.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

from msgspec import Struct


class IdentityKind(StrEnum):
    USCC = "uscc"
    CITIZEN = "citizen"
    CITIZEN15 = "citizen15"
    TIN15 = "tin15"
    TIN20 = "tin20"
    MOBILE = "mobile"


class Fault(StrEnum):
    """What is wrong with a number: its length, a character, its birth date, or its check character."""

    LENGTH = "length"
    CHAR = "char"
    BIRTH = "birth"
    CHECK = "check"


class Identity(Struct, frozen=True):
    """A checked number. ``check`` is the check character it should have; ``warning``: wrong, but such numbers exist."""

    kind: IdentityKind | None
    code: str
    valid: bool
    check: str = ""
    birth: date | None = None
    reason: Fault | None = None
    warning: bool = False


_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CITIZEN = re.compile(r"[0-9]{17}[0-9X]")
_CITIZEN15 = re.compile(r"[0-9]{15}")
_TIN15 = re.compile(r"[0-9]{6}[0-9A-Z]{8}[0-9X]")
_TIN20 = re.compile(r"[0-9]{17}[0-9X][0-9]{2}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def compact(text: str) -> str:
    """The number as it is stored: half-width, upper case, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def _refused(kind: IdentityKind | None, code: str, reason: Fault, check: str = "") -> Identity:
    return Identity(kind, code, valid=False, check=check, reason=reason)


def credit_code(text: str) -> Identity:
    """Unified social credit code, GB 32100-2015."""
    code = compact(text)
    if len(code) != 18:
        return _refused(IdentityKind.USCC, code, Fault.LENGTH)
    if not _USCC.fullmatch(code):
        return _refused(IdentityKind.USCC, code, Fault.CHAR)
    from stdnum.cn import uscc

    check = str(uscc.calc_check_digit(code[:17]))
    if code[-1] != check:
        return _refused(IdentityKind.USCC, code, Fault.CHECK, check)
    return Identity(IdentityKind.USCC, code, valid=True, check=check)


def citizen_id(text: str, today: date) -> Identity:
    """Citizen ID, GB 11643: 18 characters; of an old card's 15 digits only format and date can be tested."""
    code = compact(text)
    if len(code) == 15:
        return _old_citizen_id(code, today)
    if len(code) != 18:
        return _refused(IdentityKind.CITIZEN, code, Fault.LENGTH)
    if not _CITIZEN.fullmatch(code):
        return _refused(IdentityKind.CITIZEN, code, Fault.CHAR)
    from stdnum.iso7064 import mod_11_2

    check = str(mod_11_2.calc_check_digit(code[:17]))
    birth = _date(code[6:14], today)
    if birth is None:
        return _refused(IdentityKind.CITIZEN, code, Fault.BIRTH, check)
    if code[-1] != check:
        return _refused(IdentityKind.CITIZEN, code, Fault.CHECK, check)
    return Identity(IdentityKind.CITIZEN, code, valid=True, check=check, birth=birth)


def _old_citizen_id(code: str, today: date) -> Identity:
    if not _CITIZEN15.fullmatch(code):
        return _refused(IdentityKind.CITIZEN15, code, Fault.CHAR)
    birth = _date("19" + code[6:12], today)
    if birth is None:
        return _refused(IdentityKind.CITIZEN15, code, Fault.BIRTH)
    return Identity(IdentityKind.CITIZEN15, code, valid=True, birth=birth)


def _date(yyyymmdd: str, today: date) -> date | None:
    try:
        born = date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return None
    return born if born <= today else None


def taxpayer_number(text: str, today: date) -> Identity:
    """Taxpayer number: 18 (credit code, or citizen ID of a sole trader), 15 or 20 characters."""
    code = compact(text)
    if len(code) == 18:
        return _taxpayer_18(code, today)
    if len(code) == 15:
        return _taxpayer_15(code)
    if len(code) != 20:
        return _refused(None, code, Fault.LENGTH)
    if not _TIN20.fullmatch(code):
        return _refused(IdentityKind.TIN20, code, Fault.CHAR)
    person = citizen_id(code[:18], today)
    return Identity(IdentityKind.TIN20, code, person.valid, person.check, person.birth, person.reason)


def _taxpayer_18(code: str, today: date) -> Identity:
    firm = credit_code(code)
    if firm.valid or not _CITIZEN.fullmatch(code):
        return firm
    person = citizen_id(code, today)
    return firm if person.reason is Fault.BIRTH else person


def _taxpayer_15(code: str) -> Identity:
    """6-digit division and organisation code (GB 11714); a wrong check is only a warning: old numbers exist."""
    if not _TIN15.fullmatch(code):
        return _refused(IdentityKind.TIN15, code, Fault.CHAR)
    weighted = zip(code[6:14], _ORGANISATION_WEIGHTS, strict=True)
    remainder = 11 - sum(int(char, 36) * weight for char, weight in weighted) % 11
    check = {10: "X", 11: "0"}.get(remainder, str(remainder))
    return Identity(IdentityKind.TIN15, code, valid=True, check=check, warning=code[-1] != check)


def mobile(text: str) -> Identity:
    """A mobile number of mainland China, 11 digits."""
    code = compact(text)
    if len(code) != 11:
        return _refused(IdentityKind.MOBILE, code, Fault.LENGTH)
    if not _MOBILE.fullmatch(code):
        return _refused(IdentityKind.MOBILE, code, Fault.CHAR)
    return Identity(IdentityKind.MOBILE, code, valid=True)
