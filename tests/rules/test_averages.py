"""Averages, ranking, the best clerk, and the outstanding vote."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallterm.rules import outstanding
from hallterm.rules.averages import Standing, best_clerk, city_mean, counted, mean, ranked, ranks
from hallterm.rules.exact import half_up
from hallterm.rules.outstanding import tally, vote_refusal
from hallterm.rules.words import Reason
from storage.facts import VoteCount
from tests.rules.modest import FEW
from tests.rules.vectors import Vector, vectors

TOTALS = st.none() | st.integers(0, 700).map(lambda n: Fraction(n, 7))
STANDINGS = st.lists(
    st.builds(
        Standing,
        staff=st.integers(1, 999).map(lambda n: f"{n:04d}"),
        hall=st.sampled_from(["360600001", "360602001"]),
        total=TOTALS,
        rating=TOTALS,
        efficiency=TOTALS,
        std_milliminutes=st.integers(0, 3),
        rated=st.integers(90, 100),
        due=st.just(100),
        founded_complaints=st.integers(0, 1),
        absences=st.integers(0, 1),
    ),
    max_size=5,
    unique_by=lambda one: one.staff,
)


def shown(points: Fraction | None) -> Decimal | None:
    return None if points is None else half_up(points)


@pytest.mark.parametrize("vector", vectors("averages"), ids=repr)
def test_a_city_is_the_mean_of_its_clerks_not_of_its_halls(vector: Vector) -> None:
    totals = {hall: [Fraction(one) for one in points] for hall, points in vector.inputs["totals_by_hall"].items()}
    halls = {hall: mean(points) for hall, points in totals.items()}
    of_halls = [half_up(one) for one in halls.values() if one is not None]
    assert {
        "by_hall": {hall: shown(points) for hall, points in halls.items()},
        "city": shown(city_mean(totals)),
        "clerks": sum(counted(points) for points in totals.values()),
        "mean_of_hall_means_is_not_used": half_up(sum(map(Fraction, of_halls), Fraction()) / len(of_halls)),
    } == vector.expected


def test_whoever_has_no_record_is_in_no_mean() -> None:
    assert mean([None, Fraction(80), None]) == 80
    assert mean([None]) is None
    assert city_mean({"a": [None], "b": []}) is None


@FEW
@given(st.dictionaries(st.sampled_from("abcd"), st.lists(TOTALS, max_size=4)))
def test_a_city_is_its_halls_weighed_by_their_clerks(totals: dict[str, list[Fraction | None]]) -> None:
    weighed = [(mean(points), counted(points)) for points in totals.values()]
    clerks = sum(n for _mean, n in weighed)
    expected = sum((points * n for points, n in weighed if points is not None), Fraction()) / clerks if clerks else None
    assert city_mean(totals) == expected


def one(staff: str, total: int | None = 90, rating: int | None = 80, std: int = 100, **more: int) -> Standing:
    return Standing(
        staff=staff,
        hall="360600001",
        total=None if total is None else Fraction(total),
        rating=None if rating is None else Fraction(rating),
        efficiency=Fraction(more.pop("efficiency", 90)),
        std_milliminutes=std,
        **{"rated": 95, "due": 100, **more},
    )


def test_equal_totals_are_ranked_by_rating_then_work_then_number() -> None:
    people = [
        one("0006", total=None),
        one("0005", rating=None),
        one("0004"),
        one("0003"),
        one("0002", std=101),
        one("0001", rating=81),
        one("0007", total=91, rating=0),
    ]
    assert [person.staff for person in ranked(people)] == ["0007", "0001", "0002", "0003", "0004", "0005"]
    assert ranks(people)["0004"] == 5
    assert "0006" not in ranks(people)


@FEW
@given(STANDINGS.flatmap(lambda people: st.tuples(st.just(people), st.permutations(people))))
def test_ranks_are_one_to_n_whatever_the_order(both: tuple[list[Standing], list[Standing]]) -> None:
    people, shuffled = both
    found = ranks(people)
    assert sorted(found.values()) == list(range(1, sum(person.total is not None for person in people) + 1))
    assert ranks(shuffled) == found
    assert best_clerk(shuffled) == best_clerk(people)


def test_the_best_clerk_has_done_most_and_nothing_wrong() -> None:
    people = [
        one("0001", std=500, rated=94),
        one("0002", std=500, founded_complaints=1),
        one("0003", std=500, absences=1),
        one("0004", std=500, rated=0, due=0),
        one("0005", std=300, efficiency=60),
        one("0006", std=200, efficiency=95),
        one("0007", std=200, efficiency=95),
    ]
    best = best_clerk(people)
    assert best is not None
    assert best.staff == "0006"
    lower = best_clerk(people, 94)
    assert lower is not None
    assert lower.staff == "0001", "enough where 94 of 100 are"
    assert best_clerk(people[:4]) is None
    assert best_clerk([one("0001", std=0)]) is None


STAFF = frozenset({"0301", "0303", "0305"})


@pytest.mark.parametrize(
    ("voter", "choice", "voted", "refused"),
    [
        ("0301", "0303", (), None),
        ("0301", "0303", ("0303",), None),
        ("0301", "0301", (), outstanding.NOT_FOR_ONESELF),
        ("0301", "0303", ("0301",), outstanding.VOTED),
        ("0999", "0303", (), outstanding.NOT_OF_THE_HALL),
        ("0301", "0999", (), outstanding.NOBODY_OF_THE_HALL),
    ],
)
def test_one_vote_each_and_not_for_oneself(
    voter: str, choice: str, voted: tuple[str, ...], refused: Reason | None
) -> None:
    assert vote_refusal(voter, choice, STAFF, voted) is refused


def test_ballots_are_counted_together() -> None:
    found = tally(["0303", "0305", "0303", "0999", ""], STAFF)
    assert found.counts == (VoteCount("0303", 2), VoteCount("0305", 1))
    assert (found.voters, found.entitled, found.invalid, found.winners) == (5, 3, 2, ("0303",))
    assert tally(["0305", "0303"], STAFF).winners == ("0303", "0305")
    assert tally([], STAFF).winners == ()


@FEW
@given(st.lists(st.sampled_from(["0301", "0303", "0999"]), max_size=9))
def test_no_ballot_is_lost(choices: list[str]) -> None:
    found = tally(choices, STAFF)
    assert sum(count.votes for count in found.counts) + found.invalid == found.voters == len(choices)
