"""Services against the lines of the tax software: matched one to one, and what that says of each. Business rules 9, 16.9.

First by number; then by clerk and matter, at most 10 minutes before the start or after the end. Moments are ms UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import astuple

from hallterm.rules.exact import percent
from storage.facts import Verified

WITHIN_MS = 10 * 60_000
NOT_IN_CORE = "-"
"""In place of a matter's name in the tax software: it is not done there, such as advice."""


class CoreLine(Struct, frozen=True):
    """One line of the tax software; ``number`` is its own, ``ref`` the one it knows the service by ("": none)."""

    number: str
    staff: str
    code: str
    at_t: int
    ref: str = ""


class Handled(Struct, frozen=True):
    """A finished service; ``numbers`` are those it is known by in the tax software."""

    id: str
    staff: str
    code: str
    from_t: int
    to_t: int
    numbers: frozenset[str] = frozenset()


class Matching(Struct, frozen=True):
    """Service id -> index of its line; lines without a service by index, services without a line by id."""

    pairs: Mapping[str, int]
    only_core: tuple[int, ...]
    only_here: tuple[str, ...]


def matched(lines: Sequence[CoreLine], services: Iterable[Handled]) -> Matching:
    """As many pairs as there can be, each line and each service in one at most; the order of the lines changes nothing
    but which of equal lines is taken.
    """
    ordered = sorted(services, key=lambda one: (one.to_t, one.from_t, one.id))
    pairs = _by_number(lines, ordered)
    taken = set(pairs.values())
    left = [one for one in ordered if one.id not in pairs]
    for at in _in_order(lines, set(range(len(lines))) - taken):
        found = next((one for one in left if _fits(lines[at], one)), None)
        if found is not None:
            pairs[found.id] = at
            left.remove(found)
    used = set(pairs.values())
    return Matching(
        pairs, tuple(at for at in range(len(lines)) if at not in used), tuple(sorted(one.id for one in left))
    )


def _by_number(lines: Sequence[CoreLine], services: Sequence[Handled]) -> dict[str, int]:
    known: dict[str, list[str]] = defaultdict(list)
    for one in services:
        for number in one.numbers:
            known[number].append(one.id)
    pairs: dict[str, int] = {}
    for at in _in_order(lines, range(len(lines))):
        numbers = [number for number in (lines[at].number, lines[at].ref) if number]
        found = next((id for number in numbers for id in known.get(number, ()) if id not in pairs), None)
        if found is not None:
            pairs[found] = at
    return pairs


def _in_order(lines: Sequence[CoreLine], which: Iterable[int]) -> list[int]:
    """By time, then by everything else: never by the place in the file."""
    return sorted(which, key=lambda at: (lines[at].at_t, astuple(lines[at]), at))


def _fits(line: CoreLine, one: Handled) -> bool:
    same = line.staff == one.staff and line.code == one.code
    return same and one.from_t - WITHIN_MS <= line.at_t <= one.to_t + WITHIN_MS


def verdict(*, reconciled: bool, found: bool, outside: bool = False) -> Verified:
    """What a comparison says of a service; a day without a file says nothing. ``outside``: the software has no such matter."""
    if not reconciled:
        return Verified.UNKNOWN
    if found:
        return Verified.YES
    return Verified.OUTSIDE if outside else Verified.NO


def is_credited(verified: Verified, *, suspicious: bool) -> bool:
    """Whether a service has its standard minutes: not without a match, and a very short one only with it."""
    return verified is Verified.YES or (verified is not Verified.NO and not suspicious)


def credit_change(before: Verified, after: Verified, std_milliminutes: int, *, suspicious: bool) -> int:
    """What the credited thousandths of a standard minute change by."""
    gained = is_credited(after, suspicious=suspicious) - is_credited(before, suspicious=suspicious)
    return gained * std_milliminutes


def verified_share(verified: int, services: int, outside: int = 0) -> Decimal | None:
    """Verified of all services that the tax software could know, in percent; None without any."""
    return percent(verified, services - outside)
