"""Signing on, unlocking, passwords. Business rules 5 and 7.2 (T0): one person, one window, one live terminal.

A staff number that nobody has is answered like a wrong password, after the same time. Wrong passwords of all terminals of
a PC are counted on the board; every fifth is a fact. What was typed as an unknown number is never recorded: it may be a
password in the wrong field.
"""

from __future__ import annotations

import os
from hashlib import blake2b

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules import passwords
from hallterm.rules.day import business_day, clock_text, local
from hallterm.rules.numbers import window_number
from hallterm.rules.words import Reason, Value
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.granted import grants_of as grants_of
from hallterm.workflows.look import health
from hallterm.workflows.number_host import taken_elsewhere
from hallterm.workflows.presence import open_window
from hallterm.workflows.remote_address import remote_address
from hallterm.workflows.rights_age import NEW_RIGHTS, RightsAge, rights_age
from hallterm.workflows.seen import Health
from storage import clock, views
from storage.access import Action, Grant, may
from storage.facts import (
    BreakEnded,
    CredentialChanged,
    Moment,
    Role,
    SignOnDone,
    SignOnRefused,
    WindowClosed,
    WindowState,
)
from storage.journal import Write
from storage.local import Holder, start_ticks
from storage.vault import MEMORY_KIB, PASSES, Vault
from storage.views import HallRow, StaffRow, WindowRow

CARRIED_OVER = (WindowState.SERVING, WindowState.PAUSED)
"""A service left open at another window goes on at the one its clerk signs on at."""

BUSY = (WindowState.CALLED, WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING)
"""States of a window that somebody left with a case open."""

WRONG = N_("Number or password is not right (try {failures}, recorded). Again from {time}")
TOO_EARLY = N_("You can try again from {time}; what you type meanwhile is kept")
WRONG_PASSWORD = N_("The password is not right. Again from {time}")
ELSEWHERE = N_("{staff} is at window {window} ({time}): sign off there first, or ask the duty leader")
LEFT_OPEN = N_("{staff} left {subject} open at window {window}: sign on there first")
TAKEN = N_("Window {window} is in use by {staff} ({time}): choose another one")
LEFT_BY_OTHER = N_("{staff} left {subject} open here: {staff} signs on first, or take another")
A_CASE = Reason(N_("a case"))
NO_SUCH_WINDOW = Reason(N_("this window is not known in this hall; ask the administrator"))
NO_ROLE = Reason(N_("this number has no role in this hall; the administrator can grant one"))
MAY_NOT_SERVE = Reason(N_("this number may not serve at a window; the administrator can grant it"))
NOT_FOR_YOU = Reason(N_("the roles of this number do not allow this"))
SAME_AGAIN = Reason(N_("the new password must be another one"))
NOT_TWICE = Reason(N_("the two new passwords are not the same"))
CHANGED = Reason(N_("The password is changed"))
RESET = N_("The password of {staff} is reset; it must be changed at the next sign-on")
MAY_NOT_RESET = Reason(N_("only the administrator, or the director for his own hall, may reset a password"))
NOBODY = N_("there is nobody with number {staff}")


class SignedOn(Struct, frozen=True):
    """Who is here now. ``window`` is empty for people who work without one; ``resumed`` is the number of what goes on,
    ``lease`` what the terminal has to renew, ``grants`` what the roles hold for, ``rights`` how old they are."""

    staff: StaffRow
    roles: tuple[Role, ...]
    window: str = ""
    must_change: bool = False
    punch: bool = False
    may_serve: bool = False
    resumed: str = ""
    lease: Holder | None = None
    grants: tuple[Grant, ...] = ()
    rights: RightsAge = NEW_RIGHTS


class Welcome(Struct, frozen=True):
    """What the sign-on page shows before anybody is known. Times in ms UTC, 0 when there are none.

    ``staff`` is the number last used at this window, ``open_number`` a case that was left open here, ``day`` the business
    day.
    """

    day: str
    hall: HallRow | None
    window: int
    staff: str
    closed_t: int
    services: int
    unsent: int
    open_number: str
    crashed: bool
    health: Health


def welcome(desk: Desk, now: Moment) -> Welcome:
    """Read the sign-on page."""
    db = desk.journal.database
    window = views.window(db, desk.window) if desk.window else None
    day = business_day(now.t, views.last_day(db, desk.hall))
    staff, services, closed_t = "", 0, 0
    if window is not None:
        closed_t = window.since_t if window.state is WindowState.CLOSED else 0
        on = local(closed_t).date().isoformat() if closed_t else day
        last = views.last_service(db, desk.hall, window.code, on)
        staff = window.staff or (last.staff if last else "")
        services = views.today(db, desk.hall, staff, on).services if staff else 0
    ticket = views.ticket(db, window.ticket) if window and window.ticket and window.state in BUSY else None
    return Welcome(
        day=day,
        hall=views.hall(db, desk.hall),
        window=window_number(desk.window) if desk.window else 0,
        staff=staff,
        closed_t=closed_t,
        services=services,
        unsent=desk.board.sync().waiting,
        open_number=ticket.number if ticket else "",
        crashed=bool(window and window.state in BUSY and not _held_here(desk, window.code)),
        health=health(desk, now, desk.window),
    )


def sign_on(desk: Desk, vault: Vault, number: str, password: str, now: Moment) -> SignedOn:
    """Check the password, take the window of the desk for those who may serve there, record it; raises Refused."""
    number = number.strip().upper()
    person = _known(desk, vault, number, password, now, WRONG)
    grants = _grants(desk, number)
    if not grants:
        raise Refused(NO_ROLE)
    serves = bool(desk.window) and may(grants, Action.SERVE, desk.window, own=True)
    at = desk if serves else _without_window(desk)
    return _enter(_as(at, number), vault, person, now)


def take_window(desk: Desk, vault: Vault, window: str, now: Moment) -> SignedOn:
    """Somebody who signed on without a window chooses one of the free ones; raises Refused."""
    person = views.staff(desk.journal.database, desk.staff)
    if person is None or not may(_grants(desk, desk.staff), Action.SERVE, window, own=True):
        raise Refused(MAY_NOT_SERVE)
    chosen = Desk(desk.journal, desk.board, desk.hall, window, desk.staff, desk.opened)
    return _enter(chosen, vault, person, now)


def free_windows(desk: Desk) -> list[WindowRow]:
    """Windows nobody has now, for the list at sign-on."""
    taken = {one.window for one in desk.board.windows_taken()} | {one[0] for one in taken_elsewhere(desk.board)}
    return [one for one in views.windows(desk.journal.database, desk.hall) if one.code not in taken]


def unlock(desk: Desk, vault: Vault, number: str, password: str, now: Moment) -> None:
    """The person at the window gives the password again; raises Refused."""
    _known(desk, vault, number, password, now, WRONG_PASSWORD)


def allowed_person(desk: Desk, vault: Vault, number: str, password: str, action: Action, now: Moment) -> StaffRow:
    """Somebody who may do ``action`` in this hall shows who he is, without signing on; raises Refused."""
    person = _known(desk, vault, number.strip().upper(), password, now, WRONG)
    if not may(_grants(desk, person.number), action, desk.hall):
        raise Refused(NOT_FOR_YOU)
    return person


def change_password(desk: Desk, vault: Vault, old: str, new: str, again: str, now: Moment) -> Done:
    """One's own password; the old one is asked again. Raises Refused."""
    _known(desk, vault, desk.staff, old, now, WRONG_PASSWORD)
    refused = passwords.refusal(new) or (NOT_TWICE if new != again else SAME_AGAIN if new == old else None)
    if refused is not None:
        raise Refused(refused)
    _set_password(desk, vault, desk.staff, new, now, must_change=False)
    return Done(CHANGED)


def reset_password(desk: Desk, vault: Vault, staff: str, new: str, now: Moment) -> Done:
    """A forgotten password, by the administrator or the director of the person's hall; raises Refused."""
    person = views.staff(desk.journal.database, staff)
    if person is None:
        raise Refused(Reason(NOBODY, {"staff": staff[:12]}))
    if not may(_grants(desk, desk.staff), Action.RESET_PASSWORD, person.hall):
        raise Refused(MAY_NOT_RESET)
    refused = passwords.refusal(new)
    if refused is not None:
        raise Refused(refused)
    _set_password(desk, vault, staff, new, now, must_change=True)
    return Done(Reason(RESET, {"staff": staff}))


def is_a_number(desk: Desk, vault: Vault, number: str, typed: str) -> bool:
    """Whether what was typed as the password of ``number`` is the staff number of somebody of this hall, and no password.

    It is looked up before anything is counted as a wrong password; a right password that looks so goes first.
    """
    digits = typed.strip()
    person = views.staff(desk.journal.database, digits) if digits.isascii() and digits.isdigit() else None
    if person is None or not person.active or not desk.hall or person.hall != desk.hall:
        return False
    return len(typed) < passwords.MIN_LENGTH or not vault.verify(number.strip().upper(), typed)


def _grants(desk: Desk, number: str) -> list[Grant]:
    return grants_of(desk.journal.database, number)


def _as(desk: Desk, staff: str) -> Desk:
    return Desk(desk.journal, desk.board, desk.hall, desk.window, staff, desk.opened)


def _without_window(desk: Desk) -> Desk:
    return Desk(desk.journal, desk.board, desk.hall, "", desk.staff, desk.opened)


def _set_password(desk: Desk, vault: Vault, staff: str, new: str, now: Moment, *, must_change: bool) -> None:
    with desk.journal.write(desk.staff, now) as tx:
        tx.record(CredentialChanged(staff, must_change=must_change))
        vault.set_password(staff, new, must_change=must_change)
    desk.board.password_ok(staff)


def _known(desk: Desk, vault: Vault, number: str, password: str, now: Moment, words: str) -> StaffRow:
    """The person behind number and password; raises Refused with the time of the next try."""
    person = views.staff(desk.journal.database, number)
    if person is not None and not (person.active and vault.has_credential(number)):
        person = None
    counted = number if person else f"?{blake2b(number.encode(), digest_size=8).hexdigest()}"
    wait_ms = desk.board.password_wait_ms(counted, now)
    if wait_ms:
        raise Refused(Reason(TOO_EARLY, {"time": clock_text(now.t + wait_ms + 999), "wait_s": -(-wait_ms // 1000)}))
    if person is None:
        _spend_the_time_of_a_check(password)
    elif vault.verify(number, password):
        desk.board.password_ok(number)
        return person
    failure = desk.board.password_failed(counted, now, passwords.delay_s)
    if person is not None and passwords.is_recorded(failure.failures):
        with desk.journal.write("-", now) as tx:
            tx.record(SignOnRefused(number, failure.failures, desk.window))
    raise Refused(Reason(words, _values(words, failure.failures, failure.retry_at_t)))


def _values(words: str, failures: int, retry_at_t: int) -> dict[str, Value]:
    values: dict[str, Value] = {"time": clock_text(retry_at_t + 999)}
    return {**values, "failures": failures} if "{failures}" in words else values


def _spend_the_time_of_a_check(password: str) -> None:
    from argon2 import PasswordHasher

    PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1).hash(password)


def _enter(desk: Desk, vault: Vault, person: StaffRow, now: Moment) -> SignedOn:
    """Take the lease, then record; a lease that leads nowhere is given back."""
    lease = take_lease(desk, now)
    try:
        with desk.journal.write(desk.staff, now) as tx:
            goes_on = _occupy(tx, desk, now) if desk.window else ""
            punch = _record_sign_on(tx, desk)
    except BaseException:
        if desk.window:
            desk.board.release_window(desk.window)
        raise
    grants = _grants(desk, desk.staff)
    return SignedOn(
        staff=person,
        roles=tuple(dict.fromkeys(one.role for one in grants)),
        window=desk.window,
        must_change=vault.must_change(desk.staff),
        punch=punch,
        may_serve=any(may([one], Action.SERVE, f"{desk.hall}-01", own=True) for one in grants),
        resumed=goes_on,
        lease=lease,
        grants=tuple(grants),
        rights=rights_age(desk, now),
    )


def _record_sign_on(tx: Write, desk: Desk) -> bool:
    """The day's first sign-on at a window is the punch. A centre is no hall: it has no day to open."""
    day = ensure_day(tx) if tx.identity.hall else business_day(tx.now.t, "")
    punch = bool(desk.window) and views.punched(tx.database, desk.hall, desk.staff, day) is None
    tx.record(SignOnDone(desk.staff, day, desk.window, punch, remote_address()))
    return punch


def take_lease(desk: Desk, now: Moment) -> Holder | None:
    """The window is this process's own now; a dead holder's lease is taken over at once. Raises Refused."""
    if not desk.window:
        return None
    pid = os.getpid()
    lease = Holder(desk.window, f"terminal-{pid}", desk.staff, pid, clock.BOOT, start_ticks(pid) or 0, now.t)
    _not_elsewhere(desk)
    holder = desk.board.take_window(*(getattr(lease, name) for name in lease.__struct_fields__))
    if holder is None:
        return lease
    raise _held(desk, holder.window, holder.staff, holder.since_t)


def _not_elsewhere(desk: Desk) -> None:
    """A living terminal at another PC of the hall has this window, or this person; raises Refused."""
    for window, staff, since_t in taken_elsewhere(desk.board):
        if window == desk.window or staff == desk.staff:
            raise _held(desk, window, staff, since_t)


def _held(desk: Desk, window: str, staff: str, since_t: int) -> Refused:
    words = TAKEN if window == desk.window and staff != desk.staff else ELSEWHERE
    time = f"{local(since_t):%H:%M}"
    return Refused(Reason(words, {"staff": staff, "window": window_number(window), "time": time}))


def _held_here(desk: Desk, window: str) -> Holder | None:
    return next((one for one in desk.board.windows_taken() if one.window == window), None)


def _occupy(tx: Write, desk: Desk, now: Moment) -> str:
    """Open the window in the journal; the number or code of this clerk's own case that goes on, else empty."""
    row = views.window(tx.database, desk.window)
    if row is None or row.hall != desk.hall or not row.active:
        raise Refused(NO_SUCH_WINDOW)
    day = ensure_day(tx)
    for other in views.windows(tx.database, desk.hall):
        mine = other.staff == desk.staff and other.code != row.code
        if mine and other.state is not WindowState.CLOSED and other.state not in CARRIED_OVER:
            _leave(tx, other, day, LEFT_OPEN)
    if row.staff not in ("", desk.staff) and row.state is not WindowState.CLOSED:
        _leave(tx, row, day, LEFT_BY_OTHER)
    return open_window(tx, desk, day, now)


def _leave(tx: Write, row: WindowRow, day: str, words: str) -> None:
    """Close a window that a terminal left behind without a word; raises Refused when a case is open there."""
    if row.state in BUSY:
        ticket = views.ticket(tx.database, row.ticket) if row.ticket else None
        subject: str | Reason = ticket.number if ticket else A_CASE
        values: dict[str, Value] = {"staff": row.staff, "subject": subject}
        if words is LEFT_OPEN:
            values["window"] = window_number(row.code)
        raise Refused(Reason(words, values))
    if row.state is WindowState.BREAK:
        tx.record(BreakEnded(row.code, row.staff))
    tx.record(WindowClosed(row.code, row.staff, day))
