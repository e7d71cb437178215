"""The mirror of a window, for the person in front of it: what is done, and the rating by a digit. Business rules 7.5, 18.

It reads its own window and nothing else, and shows nothing of a person who has gone. It writes only what the person
presses: a level and why, or that none is given, and whether what was entered is right. A keyboard that may be the
clerk's (the same line, or two virtual consoles of one machine) counts for nothing: such a mirror only shows.
"""

from __future__ import annotations

import os

from msgspec import Struct
from msgspec.structs import replace

from hallterm.locale import N_
from hallterm.platform import shares_keyboard
from hallterm.rating_scales import scale_at
from hallterm.rules.day import business_day
from hallterm.rules.numbers import window_number
from hallterm.rules.ratings import FAST_MS, GRACE_S, SCALES, level_of, map_hash
from hallterm.rules.settings_table import SettingName
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.words import Reason
from hallterm.workflows import rating
from hallterm.workflows.checking import Shown, answer, shown_at
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.explaining import Why, explain, why_asked
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.identifying import taxpayer_at
from hallterm.workflows.pads import MIRROR, mirror_name
from storage import views
from storage.facts import Moment, PauseReason, Scale, UnratedReason, WindowState
from storage.views import AskRow, HallRow, Matter, ServiceRow, WindowRow

RUNS = (WindowState.SERVING, WindowState.PAUSED)
TOO_LATE = Reason(N_("The time to rate is over. You may ask for a rating card at the guide's desk"))
RATED_ALREADY = Reason(N_("This service has its rating already. Thank you"))


class MirrorView(Struct, frozen=True):
    """Everything the mirror draws. Times ``*_t`` in ms UTC.

    ``rates``: digits of this keyboard count. ``away``: nobody is at the counter's program while a matter runs.
    ``outcome`` is how the last matter here ended (``rated``, ``unrated`` or nothing), at ``outcome_t``, as long as nobody
    else was called; ``why``: the reasons that can still be given for it. ``shown``: an entry to be checked.
    """

    hall: HallRow
    number: int
    staff: str
    name: str
    window: WindowRow
    ticket: str = ""
    matter: Matter | None = None
    service: ServiceRow | None = None
    taxpayer: str = ""
    ask: AskRow | None = None
    timeout_s: int = 0
    rates: bool = True
    away: bool = False
    outcome: str = ""
    outcome_t: int = 0
    why: Why | None = None
    shown: Shown | None = None
    scale: Scale = Scale.FIVE_SEED


class MirrorLook:
    """What the store watches for the mirror of one window."""

    def __init__(self, window: str) -> None:
        self._window = window

    def __call__(self, desk: Desk, now: Moment) -> MirrorView:
        return mirror_view(at_window(desk, self._window), now)


def at_window(desk: Desk, window: str) -> Desk:
    """The desk of the mirror: its window, nobody signed on."""
    return replace(desk, window=window, staff="")


def mirror_view(desk: Desk, now: Moment) -> MirrorView:
    """What the person at the window may see now; raises Refused when the window is unknown."""
    db = desk.journal.database
    window, hall = views.window(db, desk.window), views.hall(db, desk.hall)
    if window is None or hall is None:
        raise Refused(Reason(N_("this window is not known in this hall; ask the administrator")))
    there = window.state is not WindowState.CLOSED and window.staff
    person = views.staff(db, window.staff) if there else None
    seen = MirrorView(
        hall=hall,
        number=window_number(window.code),
        staff=window.staff if there else "",
        name=person.name if person else "",
        window=window,
        rates=keyboard_is_apart(desk),
    )
    if window.state in (*RUNS, WindowState.AWAITING_RATING):
        return _with_matter(desk, seen, now)
    return _with_outcome(desk, seen, now) if window.state is WindowState.IDLE else seen


def _with_matter(desk: Desk, seen: MirrorView, now: Moment) -> MirrorView:
    db, window = desk.journal.database, seen.window
    service = views.service(db, window.service) if window.service else None
    if service is None:
        return seen
    ticket = views.ticket(db, service.ticket) if service.ticket else None
    runs = window.state in RUNS
    return replace(
        seen,
        service=service,
        ticket=ticket.number if ticket else "",
        matter=views.matter(db, desk.hall, service.code, service.version, service.day),
        taxpayer=taxpayer_at(desk, window, now) if runs else "",
        ask=None if runs else views.ask_of_service(db, service.id),
        timeout_s=setting(db, SettingName.RATING_TIMEOUT_S, desk.hall, service.day),
        scale=seen.scale if runs else scale_at(db, desk.hall, service.day),
        shown=shown_at(desk, service) if runs else None,
        away=runs and (service.pause_reason == PauseReason.APP_RESTART or not _somebody_is_there(desk)),
    )


def _with_outcome(desk: Desk, seen: MirrorView, now: Moment) -> MirrorView:
    """How the last matter ended, while its person may still be there."""
    db, window = desk.journal.database, seen.window
    last = views.last_service(db, desk.hall, window.code, business_day(now.t, views.last_day(db, desk.hall)))
    if last is None or not last.rating or last.visit != window.visit:
        return seen
    ticket = views.ticket(db, last.ticket) if last.ticket else None
    outcome = "unrated" if last.rating == "unrated" else "rated"
    why = why_asked(db, last, now) if seen.rates and outcome == "rated" else None
    return replace(seen, outcome=outcome, outcome_t=window.since_t, ticket=ticket.number if ticket else "", why=why)


def _somebody_is_there(desk: Desk) -> bool:
    return any(one.window == desk.window for one in desk.board.windows_taken())


def keyboard_is_apart(desk: Desk) -> bool:
    """Whether the clerk at this window surely types on another keyboard than this process reads."""
    own = os.getpid()
    holders = {one.pid for one in desk.board.windows_taken() if one.window == desk.window} - {own}
    return not any(shares_keyboard(own, pid) for pid in holders)


def say_there(desk: Desk, now: Moment) -> None:
    """A mirror whose digits count says that the person can be asked here; without a word of it nobody waits for it."""
    if keyboard_is_apart(desk):
        desk.board.process_beat(mirror_name(desk.window), os.getpid(), now)


def rate(desk: Desk, now: Moment, digit: int) -> None:
    """One press of the person: a level of the hall's scale, or 0 for no rating. The first one counts; raises Refused when
    it comes too late, ValueError for a level that the scale has not.
    """
    if not keyboard_is_apart(desk):
        raise Refused(rating.NOT_WAITING)
    journal, db = desk.journal, desk.journal.database
    window = views.window(db, desk.window)
    service = views.service(db, window.service) if window is not None and window.service else None
    if service is None:
        raise Refused(rating.NOT_WAITING)
    scale = scale_at(db, desk.hall, service.day)
    level = level_of(scale, digit).level if digit else 0
    timeout_s = setting(db, SettingName.RATING_TIMEOUT_S, desk.hall, service.day)
    asked = rating.ask(journal, service.id, MIRROR, timeout_s, now)
    if asked is None:
        raise Refused(rating.NOT_WAITING)
    press = _press(asked, scale, level, now)
    if press.t_ms > (asked.timeout_s + GRACE_S) * 1000:
        raise Refused(TOO_LATE)
    if not level:
        done = rating.miss(journal, service.id, UnratedReason.REFUSED, now)
    else:
        done = rating.give(journal, asked.id, press, scale, now) is not None
    if not done:
        raise Refused(RATED_ALREADY)


def digits(scale: Scale) -> dict[int, int]:
    """The digits of the keyboard and their levels; 0 is no rating."""
    return {one.level: one.level for one in SCALES[scale]}


def say_why(desk: Desk, now: Moment, rating_id: str, codes: tuple[str, ...]) -> None:
    """The reasons of a level that is kept already; raises Refused."""
    if not keyboard_is_apart(desk):
        raise Refused(rating.NOT_WAITING)
    explain(desk.journal, rating_id, codes, now, window=desk.window, pad=MIRROR)


def say_checked(desk: Desk, now: Moment, shown: str, *, right: bool) -> None:
    """Whether the entry that is shown is right; raises Refused."""
    if not keyboard_is_apart(desk):
        raise Refused(rating.NOT_WAITING)
    answer(desk, now, shown, right=right)


def _press(asked: AskRow, scale: Scale, level: int, now: Moment) -> rating.Press:
    """``weak``: whoever can open a terminal on this machine can open a mirror."""
    gone_ms = elapsed_ms(asked.asked_t, asked.asked_m, asked.asked_boot, now)
    return rating.Press(
        wid=asked.wid,
        pad=MIRROR,
        key=level,
        level=level,
        t_ms=gone_ms,
        held_ms=0,
        map_hash=map_hash(digits(scale)),
        grace=gone_ms > asked.timeout_s * 1000,
        suspect="fast" if gone_ms < FAST_MS else "",
        weak=True,
    )
