"""The yearly credit level of a taxpayer (State Taxation Administration notices 2014 No. 40 and 2018 No. 8)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class CreditLevel(StrEnum):
    A = "A"
    B = "B"
    M = "M"
    C = "C"
    D = "D"


FLOORS: tuple[tuple[Decimal, CreditLevel], ...] = (
    (Decimal(90), CreditLevel.A),
    (Decimal(70), CreditLevel.B),
    (Decimal(40), CreditLevel.C),
    (Decimal("-Infinity"), CreditLevel.D),
)
NO_INCOME_FLOOR = Decimal(70)


def credit_level(
    score: Decimal | None, *, newly_established: bool = False, no_income: bool = False, direct_d: bool = False
) -> CreditLevel | None:
    """The level of a score of the year; None when there is no score and no rule that needs none.

    ``direct_d`` (grave violations) comes first. A firm new this year is M, and so is one without income from 70 on.
    """
    if direct_d:
        return CreditLevel.D
    if newly_established:
        return CreditLevel.M
    if score is None:
        return None
    if no_income and score >= NO_INCOME_FLOOR:
        return CreditLevel.M
    return next(level for floor, level in FLOORS if score >= floor)
