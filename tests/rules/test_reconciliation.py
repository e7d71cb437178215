"""Services against the lines of the tax software."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules.reconciliation import (
    WITHIN_MS,
    CoreLine,
    Handled,
    Matching,
    credit_change,
    is_credited,
    matched,
    verdict,
    verified_share,
)
from storage.facts import Verified
from tests.rules.modest import FEW

MIN = 60_000
AT = st.integers(0, 60).map(lambda m: m * MIN)
LINES = st.lists(
    st.builds(CoreLine, st.sampled_from(["", "n1", "n2"]), st.sampled_from("ab"), st.just("B01"), AT), max_size=5
)
SERVICES = st.lists(
    st.builds(
        lambda id, staff, start, length, numbers: Handled(
            id, staff, "B01", start * MIN, (start + length) * MIN, numbers
        ),
        st.sampled_from("uvwxyz"),
        st.sampled_from("ab"),
        st.integers(0, 60),
        st.integers(0, 15),
        st.frozensets(st.sampled_from(["n1", "n2"]), max_size=1),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


def line(at: int, number: str = "", staff: str = "0303", code: str = "B01", ref: str = "") -> CoreLine:
    return CoreLine(number, staff, code, at * MIN, ref)


def service(id: str, start: int, end: int, *numbers: str, staff: str = "0303", code: str = "B01") -> Handled:
    return Handled(id, staff, code, start * MIN, end * MIN, frozenset(numbers))


def test_a_number_is_enough() -> None:
    found = matched(
        [line(999, "T1", staff="0999", code="X"), line(5, "T2", ref="s2")],
        [service("s1", 0, 4, "T1"), service("s2", 500, 504, "s2")],
    )
    assert found.pairs == {"s1": 0, "s2": 1}


def test_without_a_number_clerk_matter_and_ten_minutes_are() -> None:
    lines = [line(14), line(-10)]
    assert matched(lines, [service("s1", 0, 4)]).pairs == {"s1": 1}
    assert matched([line(15)], [service("s1", 0, 4)]).pairs == {}
    assert matched([line(14)], [service("s1", 0, 4)]).pairs == {"s1": 0}
    assert matched([line(4, staff="0301")], [service("s1", 0, 4)]).pairs == {}
    assert matched([line(4, code="B02")], [service("s1", 0, 4)]).pairs == {}


def test_as_many_pairs_as_there_can_be() -> None:
    """The nearest service of the first line is the only one of the second."""
    found = matched([line(8), line(21)], [service("s1", 0, 0), service("s2", 12, 12)])
    assert found.pairs == {"s1": 0, "s2": 1}


def test_what_has_no_partner_is_named_on_both_sides() -> None:
    found = matched([line(0), line(100)], [service("s1", 0, 4), service("s2", 50, 54)])
    assert found == Matching({"s1": 0}, (1,), ("s2",))


def test_eight_of_ten_are_eighty_percent_and_two_are_not_credited() -> None:
    services = [service(f"s{n}", 30 * n, 30 * n + 4) for n in range(10)]
    lines = [line(30 * n + 3, f"T{n}") for n in range(8)]
    found = matched(lines, services)
    verdicts = [verdict(reconciled=True, found=one.id in found.pairs) for one in services]
    assert verified_share(verdicts.count(Verified.YES), len(services)) == Decimal("80.00")
    assert [is_credited(one, suspicious=False) for one in verdicts].count(False) == 2


def test_a_day_without_a_file_counts_in_full() -> None:
    assert verdict(reconciled=False, found=False) is Verified.UNKNOWN
    assert is_credited(Verified.UNKNOWN, suspicious=False)
    assert verified_share(0, 0) is None


@pytest.mark.parametrize(
    ("verified", "suspicious", "credited"),
    [
        (Verified.YES, False, True),
        (Verified.YES, True, True),
        (Verified.NO, False, False),
        (Verified.NO, True, False),
        (Verified.UNKNOWN, False, True),
        (Verified.UNKNOWN, True, False),
    ],
)
def test_what_is_credited(verified: Verified, suspicious: bool, credited: bool) -> None:
    assert is_credited(verified, suspicious=suspicious) is credited


def test_the_credit_follows_each_change_and_adds_up() -> None:
    for suspicious, way in product((False, True), product(Verified, repeat=3)):
        steps = [Verified.UNKNOWN, *way]
        changes = [credit_change(before, after, 1200, suspicious=suspicious) for before, after in pairwise(steps)]
        start = 0 if suspicious else 1200
        assert start + sum(changes) == (1200 if is_credited(way[-1], suspicious=suspicious) else 0)


@FEW
@given(LINES, SERVICES)
def test_pairs_are_one_to_one_and_each_fits(lines: list[CoreLine], services: list[Handled]) -> None:
    found = matched(lines, services)
    assert len(set(found.pairs.values())) == len(found.pairs)
    by_id = {one.id: one for one in services}
    for id, at in found.pairs.items():
        one, read = by_id[id], lines[at]
        near = one.from_t - WITHIN_MS <= read.at_t <= one.to_t + WITHIN_MS
        assert read.number in one.numbers or (one.staff == read.staff and near)
    assert len(found.pairs) + len(found.only_core) == len(lines)
    assert len(found.pairs) + len(found.only_here) == len(services)


@FEW
@given(LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))), SERVICES)
def test_the_order_of_the_file_changes_nothing(
    both: tuple[list[CoreLine], list[CoreLine]], services: list[Handled]
) -> None:
    lines, shuffled = both
    first, second = matched(lines, services), matched(shuffled, services)
    assert {id: lines[at] for id, at in first.pairs.items()} == {id: shuffled[at] for id, at in second.pairs.items()}


@FEW
@given(LINES, SERVICES)
def test_no_pairing_by_time_is_larger(lines: list[CoreLine], services: list[Handled]) -> None:
    plain = [CoreLine("", one.staff, one.code, one.at_t) for one in lines]
    assert len(matched(plain, services).pairs) == _largest(plain, services)


def _largest(lines: list[CoreLine], services: list[Handled]) -> int:
    """By trying everything."""
    if not lines:
        return 0
    first, rest = lines[0], lines[1:]
    best = _largest(rest, services)
    for one in services:
        if (
            first.staff == one.staff
            and first.code == one.code
            and one.from_t - WITHIN_MS <= first.at_t <= one.to_t + WITHIN_MS
        ):
            best = max(best, 1 + _largest(rest, [other for other in services if other is not one]))
    return best
