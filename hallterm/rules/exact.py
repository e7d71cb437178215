"""Figures computed exactly and rounded once, half up; a quotient with denominator 0 is absent (None)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor


def half_up(value: Fraction | Decimal | int, places: int = 2) -> Decimal:
    """``value`` rounded once to ``places`` decimals; halves go away from zero."""
    scaled = Fraction(value) * 10**places
    rounded = floor(abs(scaled) + Fraction(1, 2))
    return Decimal(rounded if scaled >= 0 else -rounded).scaleb(-places)


def ratio(part: int, whole: int) -> Fraction | None:
    """The exact quotient; None when there is nothing to divide by."""
    return Fraction(part, whole) if whole else None


def percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent with 2 decimals; None when ``whole`` is 0."""
    quotient = ratio(part, whole)
    return None if quotient is None else half_up(quotient * 100)
