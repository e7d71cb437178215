"""The outstanding vote: opened for a hall and month, cast once by each of its people, counted together. Business rule 9.

A choice is padded to one length and sealed for a key that is made for this vote and forgotten with its count: after that
nobody can open a ballot any more. Before it only the PC that opened the vote could, so it is opened where people are trusted
to count. Fewer than three ballots are not counted: from two anybody could tell who chose whom.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.outstanding import tally, vote_refusal
from hallterm.rules.words import Reason, Value
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.months import MonthDone, month_of
from hallterm.workflows.rights import refuse_unless_allowed_at
from storage import views
from storage.access import Action
from storage.facts import Moment, VoteCast, VoteCounted, VoteOpened
from storage.views import assessment as rows
from storage.views.assessment import RoundRow

LEAST_BALLOTS = 3
CHOICE_BYTES = 32
OPENED = N_("the vote for {month} is open: everybody of the hall has one vote, not for himself")
IS_OPEN = N_("the vote for {month} is open already")
WAS_COUNTED = N_("the vote for {month} was counted already")
NOT_OPEN = N_("no vote is open for {month}")
CAST = N_("your vote for {month} is in the box; nobody can see whom you chose")
COUNTED = N_("vote for {month} counted: {voters} of {entitled} voted, most for {winners}")
TOO_FEW = N_("{voters} of at least {least} have voted: with fewer anybody could tell who chose whom")
OTHER_PC = Reason(N_("this vote was opened on another PC: count it there"))


class Choice(Struct, frozen=True):
    """Somebody who can be chosen."""

    staff: str
    name: str


class VoteLook(Struct, frozen=True):
    """The vote of a hall and month for one person; ``refusal``: why he cannot vote now."""

    month: str
    is_open: bool
    voted: int
    entitled: int
    refusal: Reason | None
    choices: tuple[Choice, ...]


def vote_look(desk: Desk, text: str) -> VoteLook:
    """Whether somebody may vote, and for whom."""
    db, month = desk.journal.database, month_of(text).months[0]
    found, people = rows.vote_round(db, desk.hall, month), rows.entitled(db, desk.hall)
    voted = [voter for voter, _ballot in rows.ballots(db, desk.hall, month)]
    is_open = found is not None and not found.counted_t
    refusal = _vote_refusal(desk.staff, found, month, people, voted)
    named = (views.staff(db, one) for one in people if one != desk.staff)
    choices = tuple(Choice(one.number, one.name) for one in named if one is not None)
    return VoteLook(month, is_open, len(voted), len(people), refusal, choices)


def _vote_refusal(
    voter: str, found: RoundRow | None, month: str, people: list[str], voted: list[str], choice: str = ""
) -> Reason | None:
    if found is None:
        return Reason(NOT_OPEN, {"month": month})
    if found.counted_t:
        return Reason(WAS_COUNTED, {"month": month})
    others = [one for one in people if one != voter]
    return vote_refusal(voter, choice or next(iter(others), ""), people, voted)


def open_vote(desk: Desk, text: str, now: Moment) -> MonthDone:
    """Make the box of a vote; raises Refused."""
    month = month_of(text).months[0]
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.PROPOSE_FREEZE, desk.hall)
        found = rows.vote_round(tx.database, desk.hall, month)
        if found is not None:
            raise Refused(Reason(WAS_COUNTED if found.counted_t else IS_OPEN, {"month": month}))
        tx.record(VoteOpened(desk.hall, month, _made_box(_key_file(desk, month))))
    return MonthDone(Reason(OPENED, {"month": month}))


def cast_vote(desk: Desk, text: str, choice: str, now: Moment) -> MonthDone:
    """Put a sealed choice into the box; raises Refused."""
    from sync.seal import seal

    month = month_of(text).months[0]
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed_at(db, desk.staff, Action.VOTE, desk.hall, own=True)
        found, people = rows.vote_round(db, desk.hall, month), rows.entitled(db, desk.hall)
        voted = [voter for voter, _ballot in rows.ballots(db, desk.hall, month)]
        refused = _vote_refusal(desk.staff, found, month, people, voted, choice)
        if refused is not None or found is None:
            raise Refused(refused or Reason(NOT_OPEN, {"month": month}))
        sealed = seal(found.box, choice.encode()[:CHOICE_BYTES].ljust(CHOICE_BYTES, b"\0"))
        tx.record(VoteCast(desk.hall, month, desk.staff, sealed.hex()))
    return MonthDone(Reason(CAST, {"month": month}))


def count_vote(desk: Desk, text: str, now: Moment) -> MonthDone:
    """Open all ballots together, record the sums, forget the key; raises Refused."""
    month = month_of(text).months[0]
    file = _key_file(desk, month)
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed_at(db, desk.staff, Action.FREEZE_MONTH, desk.hall)
        found = rows.vote_round(db, desk.hall, month)
        if found is None or found.counted_t:
            raise Refused(Reason(NOT_OPEN if found is None else WAS_COUNTED, {"month": month}))
        sealed = [ballot for _voter, ballot in rows.ballots(db, desk.hall, month)]
        if len(sealed) < LEAST_BALLOTS:
            raise Refused(Reason(TOO_FEW, {"voters": len(sealed), "least": LEAST_BALLOTS}))
        counted = tally(_opened(file, found.box, sealed), rows.entitled(db, desk.hall))
        outcome = (counted.counts, counted.voters, counted.entitled, counted.invalid)
        tx.record(VoteCounted(desk.hall, month, *outcome))
    with contextlib.suppress(OSError):
        file.unlink()
    winners = ", ".join(counted.winners) or "--"
    values: dict[str, Value] = {
        "month": month,
        "voters": counted.voters,
        "entitled": counted.entitled,
        "winners": winners,
    }
    return MonthDone(Reason(COUNTED, values))


def _key_file(desk: Desk, month: str) -> Path:
    """Where the key of a vote lies: beside the other keys of this PC, in no backup and no bundle."""
    folder = desk.vault.key_file.parent if desk.vault is not None else Path(desk.journal.database.where).parent / "keys"
    return folder / f"vote-{desk.hall}-{month}.key"


def _made_box(file: Path) -> str:
    """A new key in a file of its own; its public half in hex."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.generate()
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, private.private_bytes_raw())
        os.fsync(handle)
    finally:
        os.close(handle)
    return private.public_key().public_bytes_raw().hex()


def _opened(file: Path, box: str, sealed: list[str]) -> list[str]:
    """The choices, sorted so that their order tells nothing; what cannot be read is nobody. Raises Refused."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from sync.seal import NotSealed, unseal

    try:
        private = X25519PrivateKey.from_private_bytes(file.read_bytes())
    except (OSError, ValueError):
        raise Refused(OTHER_PC) from None
    if private.public_key().public_bytes_raw().hex() != box:
        raise Refused(OTHER_PC)
    choices = []
    for one in sealed:
        try:
            choices.append(unseal(private, bytes.fromhex(one)).rstrip(b"\0").decode("utf-8", "replace"))
        except (NotSealed, ValueError):
            choices.append("")
    return sorted(choices)
