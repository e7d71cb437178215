"""Whether a line that was read or typed has the shape of payment card data; pure, keeps nothing.

Such a line must vanish: not shown, stored, logged or passed on (PCI DSS 3.3.1). Shapes: the sentinels of a magnetic
track (ISO/IEC 7813), a card number followed by a field separator anywhere in the line, and a bare number of 16 to 19
digits with an issuer's prefix (ISO/IEC 7812) and a right Luhn digit.

A resident ID (GB 11643) is no card, though those of Gansu begin with 62 as UnionPay cards do and one in eleven passes
Luhn; nor is a credit code (GB 32100). Both prove themselves by their check characters, so they are tested first.
"""

import re
import unicodedata
from datetime import date
from typing import Final

SENTINELS: Final = ("%", ";", "+")
TRACK: Final = re.compile(r"(?<!\d)\d{12,19}[=^]")
ISSUER: Final = re.compile(r"4|5|6|81|9|35[2-8]|3[689]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)")
BARE: Final = re.compile(r"\d{16,19}")
RESIDENT: Final = re.compile(r"[1-9]\d{16}[\dX]")
CREDIT: Final = re.compile(r"\d{18}")

RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS: Final = "10X98765432"
BORN_LEAST: Final = 1850
BORN_MOST: Final = 2100
CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_card_data(text: str) -> bool:
    """Whether this line must vanish. Full-width characters, spaces and hyphens between digits do not hide a card."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.startswith(SENTINELS):
        return True
    joined = re.sub(r"[\s-]", "", plain)
    return TRACK.search(joined) is not None or _is_card_number(joined)


def is_resident_id(text: str) -> bool:
    """18 characters with a calendar date of birth and a right check character (ISO 7064 MOD 11-2)."""
    if RESIDENT.fullmatch(text) is None or not BORN_LEAST <= int(text[6:10]) <= BORN_MOST:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, text, strict=False))
    return RESIDENT_CHECKS[total % 11] == text[17]


def _is_card_number(digits: str) -> bool:
    if BARE.fullmatch(digits) is None or ISSUER.match(digits) is None:
        return False
    return _luhn(digits) and not is_resident_id(digits) and not _is_credit_code(digits)


def _is_credit_code(digits: str) -> bool:
    """A credit code of digits only; its check character is one of 31, here one of the ten digits."""
    if CREDIT.fullmatch(digits) is None:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(CREDIT_WEIGHTS, digits, strict=False))
    return (31 - total % 31) % 31 == int(digits[17])


def _luhn(digits: str) -> bool:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0
