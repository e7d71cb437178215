"""Who is served: the number is sealed in the vault, a fact carries its reference; nothing else ever holds it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from hallterm.locale import N_
from hallterm.rules.day import clock_text, local
from hallterm.rules.identity import taxpayer_number
from hallterm.rules.identity_words import fault, masked
from hallterm.rules.words import Reason
from hallterm.workflows.calling import undoable
from hallterm.workflows.case import Case, read_case, require
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from storage.errors import StorageError
from storage.facts import CounterAction, Moment, VisitIdentified, WindowState
from storage.vault import Vault
from storage.views import WindowRow
from storage.views.identities import identified

NOTED = N_("{time} taxpayer {number} noted. Backspace takes it back within 10 s")
NO_VAULT = Reason(N_("no identity can be kept here; ask the administrator"))
HIDDEN = "***"
WITH_A_PERSON = frozenset({WindowState.CALLED, WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING})


def identify(desk: Desk, now: Moment, number: str) -> Done:
    """Note the ID card or taxpayer number of the person at the window; raises Refused for one that cannot be."""
    today = _day(now)
    checked = taxpayer_number(number, today)
    refused = fault(checked)
    if refused is not None:
        raise Refused(refused)
    vault = _vault(desk)
    ref, keyed = vault.seal(checked.code), vault.keyed_hash(checked.code)
    try:
        with desk.journal.write(desk.staff, now) as tx:
            case = read_case(tx.database, desk, ensure_day(tx))
            require(case, desk, now, CounterAction.IDENTIFY)
            ticket = case.ticket.id if case.ticket is not None else ""
            before = identified(tx.database, ticket, case.window.visit)
            body = VisitIdentified(
                visit=case.window.visit,
                window=desk.window,
                staff=desk.staff,
                ref=ref,
                hash=keyed,
                ticket=ticket,
                ref_before=before.ref,
                hash_before=before.hash,
            )
            fact = tx.record(body)
    except BaseException:
        forget(desk, ref)
        raise
    words = Reason(NOTED, {"time": clock_text(now.t), "number": masked(checked.code, today)})
    return Done(words, undoable(case, CounterAction.IDENTIFY, fact, body, now))


def forget(desk: Desk, ref: str) -> None:
    """The identity was never given, or is taken back; one that cannot be deleted now is sealed and named by nothing."""
    with suppress(StorageError):
        _vault(desk).forget(ref)


def taxpayer(desk: Desk, case: Case, now: Moment) -> str:
    """Who is served, masked; empty where nobody was named, stars where the vault does not tell."""
    return taxpayer_at(desk, case.window, now)


def taxpayer_at(desk: Desk, window: WindowRow, now: Moment) -> str:
    """The same of a window that was read already."""
    here = window.state in WITH_A_PERSON
    ref = identified(desk.journal.database, window.ticket, window.visit).ref if here else ""
    if not ref:
        return ""
    with suppress(StorageError, Refused):
        code = _vault(desk).reveal(ref)
        return masked(code, _day(now)) if code is not None else HIDDEN
    return HIDDEN


def _day(now: Moment) -> date:
    return local(now.t).date()


def _vault(desk: Desk) -> Vault:
    if desk.vault is None:
        raise Refused(NO_VAULT)
    return desk.vault
