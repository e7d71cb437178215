"""What the clerk entered, shown to the person at the window: right, or wrong; both are recorded. Business rule 8.5.

The words are sealed in the vault: a fact carries their reference, and who was served. They are shown while the matter
runs and not afterwards.
"""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import clock_text
from hallterm.rules.option_codes import plain_text
from hallterm.rules.words import Reason
from hallterm.workflows.case import read_case, require
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.identifying import HIDDEN, NO_VAULT, forget
from storage import views
from storage.database import Database
from storage.errors import StorageError
from storage.facts import CounterAction, EntryConfirmed, EntryDisputed, EntryShown, Moment, WindowState
from storage.views import ServiceRow, mirror
from storage.views.identities import identified
from storage.views.mirror import CheckRow

LONGEST = 60
RUNS = (WindowState.SERVING, WindowState.PAUSED)
SHOWN = N_("{time} shown to be checked; the answer stands here")
NOTHING_TO_CHECK = Reason(N_("say what is to be checked, or note who is served first"))
NOTHING_ASKED = Reason(N_("nothing is to be checked any more"))


class Shown(Struct, frozen=True):
    """An entry before the person's eyes; ``answer`` is empty, ``right`` or ``wrong``."""

    id: str
    text: str
    answer: str = ""
    answered_t: int = 0


def show_entry(desk: Desk, now: Moment, text: str = "") -> Done:
    """Show what was entered on the second screen and wait for right or wrong; raises Refused."""
    words = plain_text(text)[:LONGEST]
    ref = _sealed(desk, words) if words else ""
    try:
        with desk.journal.write(desk.staff, now) as tx:
            case = read_case(tx.database, desk, ensure_day(tx))
            require(case, desk, now, CounterAction.SHOW_ENTRY)
            service = case.service
            who = _taxpayer(tx.database, service) if service is not None else ""
            if service is None or not (ref or who):
                raise Refused(NOTHING_TO_CHECK)
            tx.record(
                EntryShown(
                    service=service.id,
                    visit=service.visit,
                    window=desk.window,
                    staff=desk.staff,
                    day=service.day,
                    ref=ref,
                    taxpayer=who,
                )
            )
    except BaseException:
        if ref:
            forget(desk, ref)
        raise
    return Done(Reason(SHOWN, {"time": clock_text(now.t)}))


def _sealed(desk: Desk, words: str) -> str:
    if desk.vault is None:
        raise Refused(NO_VAULT)
    return desk.vault.seal(words)


def _taxpayer(db: Database, service: ServiceRow) -> str:
    return identified(db, service.ticket, service.visit).ref


def check_at(db: Database, service: ServiceRow) -> CheckRow | None:
    """The entry that holds: shown last, and of the person who is served now."""
    found = mirror.check_of_service(db, service.id)
    return found if found is not None and found.taxpayer == _taxpayer(db, service) else None


def shown_at(desk: Desk, service: ServiceRow) -> Shown | None:
    """The same with its words, for the second screen; stars where the vault does not tell."""
    found = check_at(desk.journal.database, service)
    if found is None:
        return None
    text = ""
    if found.ref:
        text = HIDDEN
        with suppress(StorageError):
            text = (desk.vault.reveal(found.ref) if desk.vault is not None else None) or HIDDEN
    return Shown(found.id, text, found.answer, found.answered_t)


def answer(desk: Desk, now: Moment, shown: str, *, right: bool) -> None:
    """What the person says, once, of the entry that is before his eyes; raises Refused."""
    with desk.journal.write("-", now) as tx:
        window = views.window(tx.database, desk.window)
        service = views.service(tx.database, window.service) if window is not None and window.service else None
        if window is None or service is None or window.state not in RUNS:
            raise Refused(NOTHING_ASKED)
        asked = check_at(tx.database, service)
        if asked is None or asked.id != shown or asked.answer:
            raise Refused(NOTHING_ASKED)
        kind = EntryConfirmed if right else EntryDisputed
        tx.record(kind(shown=shown, service=service.id, window=desk.window, staff=service.staff))
