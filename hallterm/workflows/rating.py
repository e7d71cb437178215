"""Ratings: asked after a finish, given by the pad or missing with a reason. Nobody here can enter a level."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.rules.ratings import unrated_rule
from hallterm.rules.words import Reason
from hallterm.workflows.bad_ratings import RatedBadly, open_case
from hallterm.workflows.case import read_case, require
from hallterm.workflows.day import ensure_day
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.visit_rating import RATED, WITH_VISIT, carry, visit_is_rated
from storage import views
from storage.facts import (
    CounterAction,
    Moment,
    RatingAsked,
    RatingGiven,
    RatingMissing,
    RatingMissingChanged,
    RatingRefused,
    Scale,
    ServiceFinished,
    UnratedReason,
    WindowState,
)
from storage.journal import Journal
from storage.views import AskRow, ServiceRow, UnratedRow, WindowRow

UNRATED = N_("unrated: {reason}")
ASKED_AGAIN = Reason(N_("the pad asks once more"))
SAW_NO_FAULT = Reason(N_("hallterm saw no fault: the duty leader must confirm this reason"))
NOTE_NEEDED = Reason(N_("say in a few words what it is"))
NOT_WAITING = Reason(N_("the rating has ended already"))
WIDS = 0xFFFF


class Press(Struct, frozen=True):
    """A press the devices judged as counting: what the pad sent, and what its binding says."""

    wid: int
    pad: str
    key: int
    level: int
    t_ms: int
    held_ms: int
    map_hash: str
    grace: bool = False
    suspect: str = ""
    weak: bool = False


def missing_fact(
    finished: ServiceFinished, reason: UnratedReason, *, exempt: bool, by: str = "", note: str = ""
) -> RatingMissing:
    """No rating for a service that has just been finished."""
    return RatingMissing(
        service=finished.service,
        visit=finished.visit,
        window=finished.window,
        staff=finished.staff,
        code=finished.code,
        day=finished.day,
        reason=reason,
        exempt=exempt,
        ticket=finished.ticket,
        note=note,
        by=by,
    )


def missing_of(service: ServiceRow, ask: AskRow | None, reason: UnratedReason, **more: str | bool) -> RatingMissing:
    """No rating for a service whose window waits for it."""
    return RatingMissing(
        service=service.id,
        visit=service.visit,
        window=service.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        reason=reason,
        exempt=bool(more.get("exempt", False)),
        wid=ask.wid if ask else 0,
        ask=ask.id if ask else "",
        ticket=service.ticket,
        note=str(more.get("note", "")),
        by=str(more.get("by", "")),
    )


def ask(journal: Journal, service_id: str, pad: str, timeout_s: int, now: Moment) -> AskRow | None:
    """The station opens a pad's window for a finished service; None if nobody waits for it any more."""
    with journal.write("-", now) as tx:
        service = views.service(tx.database, service_id)
        window = views.window(tx.database, service.window) if service else None
        if service is None or window is None or window.service != service_id:
            return None
        if window.state is not WindowState.AWAITING_RATING:
            return None
        open_already = views.ask_of_service(tx.database, service_id)
        if open_already is not None and open_already.state == "open":
            return open_already
        today, recent = (
            views.wids_used(tx.database, service.window, pad, since) for since in (service.day, _before(service.day))
        )
        asked = RatingAsked(
            service=service.id,
            visit=service.visit,
            window=service.window,
            staff=service.staff,
            day=service.day,
            wid=_fresh_wid(today, recent),
            pad=pad,
            timeout_s=timeout_s,
        )
        return views.ask(tx.database, tx.record(asked))


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _fresh_wid(today: set[int], recent: set[int]) -> int:
    """A number of 16 bits that was not used here today, nor yesterday: at midnight a pad still knows those.

    The first of a day is random, the next ones follow.
    """
    wid = (max(today) if today else secrets.randbelow(WIDS)) % WIDS + 1
    while wid in recent:
        wid = wid % WIDS + 1
    return wid


def give(journal: Journal, ask_id: str, press: Press, scale: Scale, now: Moment) -> str | None:
    """T16: one press counts. The fact's id, or None: this window, or its visit where one rating is for the visit, has its
    rating already, or the next ticket was called.
    """
    with journal.write("-", now) as tx:
        asked = views.ask(tx.database, ask_id)
        service = views.service(tx.database, asked.service) if asked else None
        if asked is None or service is None or asked.state in ("rated", "cancelled"):
            return None
        if service.rating in (WITH_VISIT, RATED) or visit_is_rated(tx.database, service):
            return None
        missed = views.unrated(tx.database, service.id)
        replaced = missed if missed is not None and not missed.undone else None
        window = views.window(tx.database, asked.window)
        waits = window is not None and window.service == service.id and window.state is WindowState.AWAITING_RATING
        if not waits and not _nobody_came_since(window, service):
            return None
        body = _given(asked, service, press, scale, replaced)
        given = tx.record(replace(body, frees_window=waits))
        carry(tx, service.id)
        open_case(tx, _rated(given, service, press.level, scale), now)
        return given


def _given(asked: AskRow, service: ServiceRow, press: Press, scale: Scale, replaced: UnratedRow | None) -> RatingGiven:
    return RatingGiven(
        service=service.id,
        visit=service.visit,
        window=asked.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        wid=press.wid,
        pad=press.pad,
        key=press.key,
        level=press.level,
        scale=scale,
        t_ms=press.t_ms,
        held_ms=press.held_ms,
        map_hash=press.map_hash,
        ask=asked.id,
        ticket=service.ticket,
        grace=press.grace,
        suspect=press.suspect,
        weak=press.weak,
        replaces=replaced.reason if replaced else "",
        exempt_withdrawn=replaced.exempt if replaced else False,
    )


def _rated(rating: str, service: ServiceRow, level: int, scale: Scale) -> RatedBadly:
    return RatedBadly(
        rating=rating,
        service=service.id,
        visit=service.visit,
        window=service.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        level=level,
        scale=scale,
        ticket=service.ticket,
    )


def _nobody_came_since(window: WindowRow | None, service: ServiceRow) -> bool:
    """The window is idle, and what it was doing last is this service's visit."""
    return window is not None and window.state is WindowState.IDLE and window.visit == service.visit


def refuse(journal: Journal, window: str, pad: str, wid: int, why: str, now: Moment) -> None:
    """A press that does not count is kept, with its reason."""
    with journal.write("-", now) as tx:
        tx.record(RatingRefused(why=why, window=window, pad=pad, wid=wid))


def miss(journal: Journal, service_id: str, reason: UnratedReason, now: Moment) -> bool:
    """T17 and a pad that went away: the window is free, the service unrated. False if that is settled already."""
    with journal.write("-", now) as tx:
        service = views.service(tx.database, service_id)
        window = views.window(tx.database, service.window) if service else None
        if service is None or window is None or service.rating:
            return False
        if window.service != service_id or window.state is not WindowState.AWAITING_RATING:
            return False
        asked = views.ask_of_service(tx.database, service_id)
        tx.record(missing_of(service, asked, reason, exempt=unrated_rule(reason).exempt))
        carry(tx, service_id)
        return True


def give_unrated_reason(desk: Desk, now: Moment, reason: UnratedReason, note: str = "") -> Done:
    """T18 while the pad waits, T19 for the last unrated service of today: the clerk picks a reason, never a level."""
    rule = unrated_rule(reason)
    if rule.by_program:
        raise Refused(SAW_NO_FAULT)
    if rule.note_required and not note.strip():
        raise Refused(NOTE_NEEDED)
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.UNRATED)
        if case.window.state is WindowState.AWAITING_RATING and case.service is not None:
            if rule.exempt:
                raise Refused(SAW_NO_FAULT)
            tx.record(missing_of(case.service, case.ask, reason, by=desk.staff, note=note.strip()[:200]))
            carry(tx, case.service.id)
        else:
            missed = views.unrated_today(tx.database, desk.hall, desk.staff, case.day)[0]
            if rule.exempt and not missed.exempt:
                raise Refused(SAW_NO_FAULT)
            tx.record(
                RatingMissingChanged(
                    service=missed.service,
                    staff=missed.staff,
                    code=missed.code,
                    day=missed.day,
                    reason=reason,
                    exempt=rule.exempt,
                    exempt_change=int(rule.exempt) - int(missed.exempt),
                    note=note.strip()[:200],
                    by=desk.staff,
                )
            )
    return Done(Reason(UNRATED, {"reason": Reason(rule.label)}))


def ask_again(desk: Desk, now: Moment) -> Done:
    """The pad prompts once more for the same window; the station does it."""
    with desk.journal.write(desk.staff, now) as tx:
        case = read_case(tx.database, desk, ensure_day(tx))
        require(case, desk, now, CounterAction.ASK_AGAIN)
        if case.ask is None:
            raise Refused(NOT_WAITING)
    desk.board.request("ask_again", {"window": desk.window, "wid": case.ask.wid}, now)
    return Done(ASKED_AGAIN)
