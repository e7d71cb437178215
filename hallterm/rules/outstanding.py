"""The outstanding vote: a secret ballot among the staff of a hall, one vote each, not for oneself. Business rule 9.

Its outcome stands beside the total of the assessment, never inside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import VoteCount

NOT_OF_THE_HALL = Reason(N_("only the hall's own staff vote"))
VOTED = Reason(N_("you have voted for this month"))
NOT_FOR_ONESELF = Reason(N_("nobody votes for himself"))
NOBODY_OF_THE_HALL = Reason(N_("this is nobody of the hall"))


class Tally(Struct, frozen=True):
    """Votes by staff number, most first; ``invalid`` named nobody of the hall."""

    counts: tuple[VoteCount, ...]
    voters: int
    entitled: int
    invalid: int

    @property
    def winners(self) -> tuple[str, ...]:
        """Who has most votes; several when they are equal, nobody without a vote."""
        most = self.counts[0].votes if self.counts else 0
        return tuple(one.staff for one in self.counts if one.votes == most)


def vote_refusal(voter: str, choice: str, staff: Collection[str], voted: Collection[str]) -> Reason | None:
    """Why a vote cannot be taken; ``voted`` are those who have voted for this month."""
    refusals = (
        (voter not in staff, NOT_OF_THE_HALL),
        (voter in voted, VOTED),
        (voter == choice, NOT_FOR_ONESELF),
        (choice not in staff, NOBODY_OF_THE_HALL),
    )
    return next((reason for refused, reason in refusals if refused), None)


def tally(choices: Iterable[str], staff: Collection[str]) -> Tally:
    """The opened ballots counted; who chose whom is not known here."""
    all_of = list(choices)
    votes = Counter(choice for choice in all_of if choice in staff)
    counts = tuple(VoteCount(one, n) for one, n in sorted(votes.items(), key=lambda item: (-item[1], item[0])))
    return Tally(counts, len(all_of), len(staff), len(all_of) - votes.total())
