"""Decisions about a hall that are taken above it: they go down with the feed, to that hall alone.

What a hall decides about itself stands in its own log and never comes back to it. Each decision is an item of its own: it
is sent whole, in order of receipt, and projected once here, also when the feed begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from storage import facts as f
from storage import nodes
from storage.access import upwards
from storage.chain import as_bytes
from storage.database import Database
from storage.projections import Placed

PREFIX: Final = "decided/"
KNOWN = "SELECT 1 FROM feed WHERE key = ? AND above = 1"
IN_A_LOG = "SELECT hash FROM event WHERE node = ? AND epoch = ? AND seq = ?"
Place = Callable[[Placed], str]


def _of_line(placed: Placed) -> str:
    return placed.hall


def _named(placed: Placed) -> str:
    return str(placed.fact.hall)


DECIDED: Final[Mapping[str, Place]] = {
    **dict.fromkeys(
        (
            *(f.LeaveApproved.kind, f.LeaveRejected.kind, f.LeaveDecisionUndone.kind, f.LeaveCertified.kind),
            *(f.AttendanceCorrected.kind, f.ErrorRecorded.kind, f.ErrorWithdrawn.kind),
            *(f.ComplaintFounded.kind, f.ComplaintWithdrawn.kind),
            *(f.CaseContacted.kind, f.CaseClassified.kind, f.CaseMeasured.kind, f.CaseClosed.kind),
            *(f.CaseRatedAgain.kind, f.RaterRevealed.kind),
            *(f.AppealForwarded.kind, f.AppealDecided.kind),
            *(f.OutageDeclared.kind, f.OutageConfirmed.kind, f.OutageWithdrawn.kind, f.OutageEnded.kind),
            *(f.PauseConfirmed.kind, f.PauseRefused.kind),
            *(f.CommentWritten.kind, f.RewardGiven.kind, f.RewardPublished.kind, f.RewardWithdrawn.kind),
        ),
        _of_line,
    ),
    **dict.fromkeys(
        (
            *(f.RatingRevoked.kind, f.AdjustmentMade.kind),
            *(f.MonthProposed.kind, f.MonthFrozen.kind, f.MonthReopened.kind),
            *(f.VoteOpened.kind, f.VoteCast.kind, f.VoteCounted.kind),
        ),
        _named,
    ),
}
"""The kinds, and which hall each is about."""


def is_decision(placed: Placed) -> bool:
    """Whether a fact is of a kind that is decided about a hall."""
    return placed.fact.kind in DECIDED


def place_of(placed: Placed) -> str:
    """The hall a decision is about; "" when it names none: then it stays where it is."""
    return DECIDED[placed.fact.kind](placed)


def key_of(placed: Placed) -> str:
    """Its item: the fact itself, under whichever line it was carried."""
    return f"{PREFIX}{placed.id}"


def is_taken_above(database: Database, placed: Placed, own: str, own_hall: str) -> bool:
    """Whether the node that decided stands above the hall it decided about; ``own_hall`` "" is a centre."""
    place = place_of(placed)
    if placed.node == own:
        return bool(place) and own_hall != place
    known = nodes.registered(database, placed.node)
    return known is not None and known.scope != place and known.scope in upwards(place, nodes.parents(database))


def is_known(database: Database, placed: Placed, epoch: int, seq: int, digest: bytes) -> bool:
    """Whether the tables have this decision already: the feed brought it before, or its log is here."""
    if database.value(KNOWN, (key_of(placed),)) is not None:
        return True
    found = database.value(IN_A_LOG, (placed.node, epoch, seq))
    return found is not None and as_bytes(found) == digest
