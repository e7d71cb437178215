"""Facts of the assessment: verified handling errors, the outstanding vote, frozen months and what was adjusted after.

Points are whole hundredths (``*_centi``): 8763 is 87.63; None is absent. A month is ``YYYY-MM``.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import AdjustmentKind, LeaveType, Part

# errors


@kind("error.recorded")
class ErrorRecorded(Fact, frozen=True):
    """A verified handling error of a clerk; ``service`` "" when it cannot be named."""

    staff: str
    day: str
    code: str
    note: str
    service: str = ""


@kind("error.withdrawn")
class ErrorWithdrawn(Fact, frozen=True):
    """It was none; ``staff``, ``day`` and ``code`` are those of the error."""

    error: str
    staff: str
    day: str
    code: str
    reason: str


# complaints


@kind("complaint.founded")
class ComplaintFounded(Fact, frozen=True):
    """A complaint about a clerk turned out to be founded on ``day``, the day it counts on. ``number`` is that of its papers:
    what is in them stands nowhere here, ``note`` says no more than the kind.
    """

    staff: str
    day: str
    number: str
    note: str = ""


@kind("complaint.withdrawn")
class ComplaintWithdrawn(Fact, frozen=True):
    """It was not, after a review; ``staff`` and ``day`` are those of the complaint."""

    complaint: str
    staff: str
    day: str
    reason: str


# the outstanding vote


@kind("vote.opened")
class VoteOpened(Fact, frozen=True):
    """The ballot box of a hall and month: ``box`` is a public key (X25519, hex) made for this vote alone. The other half lies
    in the vault of the node that counts, and is forgotten there with the count.
    """

    hall: str
    month: str
    box: str


@kind("vote.cast")
class VoteCast(Fact, frozen=True):
    """``voter`` has voted for a month. ``ballot`` (hex) is the choice, padded to one length and sealed for the box of the
    vote: the journal shows who voted, never for whom.
    """

    hall: str
    month: str
    voter: str
    ballot: str


class VoteCount(Struct, frozen=True):
    """How many votes one person got."""

    staff: str
    votes: int


@kind("vote.counted")
class VoteCounted(Fact, frozen=True):
    """The ballots of a hall and month, opened together; ``invalid`` could not be read or named nobody of the hall."""

    hall: str
    month: str
    counts: tuple[VoteCount, ...]
    voters: int
    entitled: int
    invalid: int = 0


# frozen months


class FrozenWork(Struct, frozen=True, omit_defaults=True):
    """The raw counts behind frozen points, so that they can be opened, and pooled into longer periods. ``levels`` from 5 to
    1; the attendance is all 0 where there was no schedule.
    """

    levels: tuple[int, ...] = ()
    unrated: int = 0
    exempt: int = 0
    std_milliminutes: int = 0
    errors: int = 0
    timed: int = 0
    overtime: int = 0
    timed_std_milliminutes: int = 0
    timed_counted_s: int = 0
    complaints: int = 0
    scheduled: int = 0
    attended: int = 0
    window_halves: int = 0
    late: int = 0
    early: int = 0
    off_post: int = 0
    absences: int = 0
    absent_halves: int = 0
    lunches: int = 0
    leave: Mapping[LeaveType, int] = {}


class FrozenScore(Struct, frozen=True, omit_defaults=True):
    """The points of one clerk as they were frozen; ranks count from 1, 0 without a total."""

    staff: str
    rating_centi: int | None = None
    business_centi: int | None = None
    efficiency_centi: int | None = None
    attendance_centi: int | None = None
    total_centi: int | None = None
    rank: int = 0
    work: FrozenWork = FrozenWork()


class FrozenSetting(Struct, frozen=True):
    """A setting as it held for the month; ``value`` is JSON text."""

    name: str
    value: str


@kind("month.proposed")
class MonthProposed(Fact, frozen=True):
    """A director proposes to freeze; ``still_open`` names what is not done yet."""

    hall: str
    month: str
    still_open: tuple[str, ...] = ()
    note: str = ""


@kind("month.frozen")
class MonthFrozen(Fact, frozen=True):
    """The month of a hall as it stands for ever, with the settings it was computed by. ``part`` of ``parts``: a large hall
    needs several lines; ``first`` is the id of part 1 ("" in itself); the month is frozen when all are there.
    """

    hall: str
    month: str
    settings: tuple[FrozenSetting, ...]
    scores: tuple[FrozenScore, ...]
    best_clerk: str = ""
    proposal: str = ""
    part: int = 1
    parts: int = 1
    first: str = ""


@kind("month.reopened")
class MonthReopened(Fact, frozen=True):
    hall: str
    month: str
    reason: str


@kind("adjustment.made")
class AdjustmentMade(Fact, frozen=True):
    """What would be otherwise in a frozen month; the frozen points stay. ``of`` is the fact that caused it."""

    hall: str
    month: str
    staff: str
    adjustment: AdjustmentKind
    reason: str
    part: Part | None = None
    before_centi: int | None = None
    after_centi: int | None = None
    of: str = ""
