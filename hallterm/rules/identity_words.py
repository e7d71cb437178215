"""What is said about an identity number: why it is refused, and how it is shown. Business rules 18 and 20.

No sentence repeats the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from hallterm.locale import N_
from hallterm.rules import masks
from hallterm.rules.identity import Fault, Identity, IdentityKind, taxpayer_number
from hallterm.rules.words import Reason

FAULTS: Mapping[Fault, Reason] = {
    Fault.CHAR: Reason(N_("there is a character in it that such a number cannot have: compare it with the card")),
    Fault.BIRTH: Reason(N_("its date of birth does not exist: compare it with the card")),
    Fault.CHECK: Reason(N_("one of its digits is wrong, the last one does not fit: compare it with the card")),
}
LENGTH = N_("this number has {count} characters; such numbers have 15, 18 or 20")

PERSONS = frozenset({IdentityKind.CITIZEN, IdentityKind.CITIZEN15, IdentityKind.TIN20})
HIDDEN = re.compile(r"\*+")
MASKS: Mapping[bool, Callable[[str], str]] = {True: masks.citizen_id, False: masks.taxpayer_number}
"""By whether it is a person's own number."""


def fault(number: Identity) -> Reason | None:
    """Why a number is refused; None for one that holds."""
    if number.valid:
        return None
    if number.reason is Fault.LENGTH or number.reason is None:
        return Reason(LENGTH, {"count": len(number.code)})
    return FAULTS[number.reason]


def masked(code: str, today: date) -> str:
    """A number that was accepted, for a screen: ``362***1234``; three stars stand for as many as it hides."""
    return HIDDEN.sub("***", MASKS[taxpayer_number(code, today).kind in PERSONS](code))
