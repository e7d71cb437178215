"""Facts of the comparison with the tax software: what was imported, and what it says of each service."""

from __future__ import annotations

from msgspec import Struct

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import Verified


class CoreRow(Struct, frozen=True, omit_defaults=True):
    """One line of the tax software: its number, the clerk, the matter, when (wall ms UTC), and the service it matched.

    ``ref`` is the number hallterm knows it by, if the software kept it; ``service`` "" : nothing matched.
    """

    tax_core_no: str
    staff: str
    code: str
    at_t: int
    ref: str = ""
    service: str = ""


@kind("reconciliation.imported")
class ReconciliationImported(Fact, frozen=True):
    """A day of a hall was compared. ``file_hash`` is the SHA-256 (hex) of the file: the same one imported again changes
    nothing. A day that fits no line comes in several parts, ``part`` of ``parts``.
    """

    hall: str
    day: str
    file_hash: str
    rows: tuple[CoreRow, ...]
    part: int = 1
    parts: int = 1
    in_time: bool = True


@kind("service.verified")
class ServiceVerified(Fact, frozen=True):
    """What the tax software says of one service; a later import replaces it.

    ``before`` is what held until then. ``credit_change_milliminutes`` is what its standard minutes gain or lose by it:
    unmatched ones lose their credit, suspicious ones that match gain it.
    """

    service: str
    hall: str
    staff: str
    code: str
    day: str
    verified: Verified
    before: Verified = Verified.UNKNOWN
    tax_core_no: str = ""
    credit_change_milliminutes: int = 0
    reconciliation: str = ""
