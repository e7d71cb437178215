"""The outstanding vote on real files: one vote each, and nothing that is stored says who chose whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hallterm.workflows.desk import Refused
from hallterm.workflows.outstanding import cast_vote, count_vote, open_vote, vote_look
from storage.facts import VoteCount
from storage.views import assessment as rows
from tests.hallterm.workflows.crew import ASSESSOR, DIRECTOR, LEADER, crew
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import FANG, MEI, WEI, Shift

MONTH, NOW = "2026-10", at("10:45")


@pytest.fixture
def hall(shift: Shift) -> Shift:
    crew(shift.stores)
    open_vote(shift.desk(0, DIRECTOR), MONTH, NOW)
    return shift


def vote(hall: Shift, voter: str, choice: str) -> None:
    cast_vote(hall.desk(0, voter), MONTH, choice, NOW)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        work()
    return no.value.reason.text()


def test_votes_are_counted_together(hall: Shift) -> None:
    for voter, choice in ((MEI, WEI), (FANG, WEI), (WEI, MEI), (DIRECTOR, WEI)):
        vote(hall, voter, choice)
    said = count_vote(hall.desk(0, ASSESSOR), MONTH, NOW).words.text()
    assert said == "vote for 2026-10 counted: 4 of 8 voted, most for 0318"
    found = rows.vote_round(hall.db, HALL, MONTH)
    assert found is not None
    assert found.votes == (VoteCount(WEI, 3), VoteCount(MEI, 1))
    assert "counted already" in refused(lambda: vote(hall, LEADER, MEI))
    hall.check()


def test_nothing_stored_says_who_chose_whom(hall: Shift) -> None:
    for voter, choice in ((MEI, WEI), (FANG, WEI), (WEI, MEI)):
        vote(hall, voter, choice)
    ballots = [str(one["ballot"]) for one in hall.stores.facts("vote.cast")]
    assert len(set(ballots)) == 3, "two ballots for the same person differ"
    assert len({len(one) for one in ballots}) == 1
    assert not any(choice.encode().hex() in ballot for ballot in ballots for choice in (WEI, MEI))
    keys = list((hall.stores.vault.key_file.parent).glob("vote-*.key"))
    assert [key.stat().st_mode & 0o777 for key in keys] == [0o600]
    count_vote(hall.desk(0, ASSESSOR), MONTH, NOW)
    assert not any(key.exists() for key in keys), "nobody can open a ballot any more"


def test_one_vote_each_and_not_for_oneself(hall: Shift) -> None:
    vote(hall, MEI, WEI)
    assert "have voted" in refused(lambda: vote(hall, MEI, FANG))
    assert "himself" in refused(lambda: vote(hall, WEI, WEI))
    assert "nobody of the hall" in refused(lambda: vote(hall, WEI, "9999"))
    look = vote_look(hall.desk(0, MEI), MONTH)
    assert (look.is_open, look.voted) == (True, 1)
    assert look.refusal is not None
    assert MEI not in {one.staff for one in look.choices}


def test_two_ballots_are_not_counted(hall: Shift) -> None:
    vote(hall, MEI, WEI)
    vote(hall, WEI, MEI)
    assert "who chose whom" in refused(lambda: count_vote(hall.desk(0, ASSESSOR), MONTH, NOW))


def test_only_the_pc_that_opened_a_vote_counts_it(hall: Shift) -> None:
    for voter, choice in ((MEI, WEI), (FANG, WEI), (WEI, MEI)):
        vote(hall, voter, choice)
    (key,) = hall.stores.vault.key_file.parent.glob("vote-*.key")
    key.unlink()
    assert "another PC" in refused(lambda: count_vote(hall.desk(0, ASSESSOR), MONTH, NOW))


def test_who_opens_and_who_counts(hall: Shift) -> None:
    assert "open already" in refused(lambda: open_vote(hall.desk(0, ASSESSOR), MONTH, NOW))
    assert "needs" in refused(lambda: open_vote(hall.desk(0, MEI), "2026-09", NOW))
    assert "needs" in refused(lambda: count_vote(hall.desk(0, DIRECTOR), MONTH, NOW))
    assert "no vote is open" in refused(lambda: cast_vote(hall.desk(0, MEI), "2026-09", WEI, NOW))
