"""Settings are looked at and changed: by whom, where, and from which day. Every change is a ``setting.set`` fact.

A change can be taken back within 10 s, as elsewhere: by a fact that puts back what stood there, or withdraws it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.day import business_day, clock_text
from hallterm.rules.periods import month_before
from hallterm.rules.settings_table import SETTINGS, Setting, SettingName, SettingValue, Theme, shown, typed
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.undo import TOO_LATE, UNDO_WITHIN_MS
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_settings import understood
from hallterm.workflows.sign_on import grants_of
from storage import nodes, views
from storage.access import Action, Level, level, may
from storage.database import Database
from storage.facts import Moment, SettingSet
from storage.journal import Write
from storage.views.inherited import WITHDRAWN
from storage.views.settings import SettingRow, final_above, holding, setting_rows

TODAY, TOMORROW = "today", "tomorrow"
CHANGES: Mapping[Theme, Action] = {
    Theme.HALL: Action.EDIT_SETTINGS,
    Theme.WARNINGS: Action.EDIT_THRESHOLDS,
    Theme.ASSESSMENT: Action.EDIT_WEIGHTS,
    Theme.TERMS: Action.EDIT_WEIGHTS,
}

NO_SETTING = N_("there is no setting {name}; hallterm setting list shows them all")
DIRECTOR_ONLY = Reason(N_("only the director of the hall or the collection department may change its settings"))
COLLECTION_ONLY = Reason(N_("above a hall only the collection department may change settings"))
OF_ASSESSMENT = Reason(N_("only the collection department may change terms and what the assessment is computed by"))
OTHER_PLACE = N_("here only settings of {hall} can be changed: those of {place} are changed at the centre")
NO_SUCH_PLACE = N_("settings hold for a hall or for what stands above it, not for {place}")
DECIDED_ABOVE = N_("{place} decides this for all its halls: ask there to have it changed")
EVERYWHERE = Reason(N_("the highest centre"))
NOT_A_DAY = N_("{day} is no day: today, tomorrow, or a date such as 2026-12-01")
PAST_DAY = N_("{day} is over: a setting holds from today on or later")
WITH_A_MONTH = N_("{title} changes with a month, not within one: give the first of a later month, such as {day}")
SAVED_TODAY = N_("{title}: {value} from today")
SAVED_LATER = N_("{title}: {value} from {day}")
SAME = N_("{title} is {value} already: nothing was changed")
TAKEN_BACK = N_("{time} taken back: {title} is as before")
CHANGED_SINCE = Reason(N_("somebody has changed it since: it stays"))


class SettingLine(Struct, frozen=True, kw_only=True):
    """One setting at a place on a day. ``since`` is the first business day of the value ("": from the beginning, or the
    default), ``scope`` the place that set it. ``next_day`` is the next day on which another value is known to hold.
    ``decided`` is why this place may not have a value of its own.
    """

    setting: Setting
    value: SettingValue
    is_set: bool
    since: str = ""
    scope: str = ""
    next_value: SettingValue = ""
    next_day: str = ""
    decided: Reason | None = None


class SettingDraft(Struct, frozen=True):
    """A change as it was typed: ``day`` is ``today``, ``tomorrow`` or ``YYYY-MM-DD``; ``scope`` None is the own hall."""

    name: str
    text: str
    day: str = TODAY
    scope: str | None = None
    may_override: bool = False


class SettingUndo(Struct, frozen=True):
    """What a change replaced at its place and day; ``before`` None: nothing was set there."""

    written: SettingRow
    before: SettingRow | None
    at_t: int
    at_m: int
    boot: str


class SettingDone(Struct, frozen=True):
    """What was recorded, in words, and how it is taken back."""

    words: Reason
    undo: SettingUndo | None = None


def today_of(db: Database, hall: str, now: Moment) -> str:
    """The business day of a hall."""
    return business_day(now.t, views.last_day(db, hall))


def setting_lines(db: Database, place: str, day: str) -> tuple[SettingLine, ...]:
    """Every setting as it holds at a place on a day."""
    chain, rows = setting_rows(db, place)
    by_name: dict[str, list[SettingRow]] = {name: [row for row in rows if row.name == name] for name in SETTINGS}
    return tuple(_line(one, by_name[one.name], chain, day) for one in SETTINGS.values())


def _line(one: Setting, rows: list[SettingRow], chain: list[str], day: str) -> SettingLine:
    now = holding(rows, chain, day)
    value = _value(one, now)
    next_day, next_value = "", value
    for later in sorted({row.from_day for row in rows if row.from_day > day}):
        next_value = _value(one, holding(rows, chain, later))
        if next_value != value:
            next_day = later
            break
    final = final_above(rows, chain, day)
    return SettingLine(
        setting=one,
        value=value,
        is_set=now is not None,
        since=now.from_day if now else "",
        scope=now.scope if now else "",
        next_value=next_value,
        next_day=next_day,
        decided=_decided(final) if final else None,
    )


def _value(one: Setting, row: SettingRow | None) -> SettingValue:
    return understood(one.name, row.value if row else None)


def _decided(final: SettingRow) -> Reason:
    return Reason(DECIDED_ABOVE, {"place": final.scope or EVERYWHERE})


def change_refusal(db: Database, staff: str, place: str, one: Setting | None = None) -> Reason | None:
    """Why this person may not change settings of a place, or one of them; None if he may."""
    action = Action.EDIT_SETTINGS if one is None else CHANGES[one.about.theme]
    if may(grants_of(db, staff), action, place, parents=nodes.parents(db)):
        return None
    if action is Action.EDIT_WEIGHTS:
        return OF_ASSESSMENT
    return DIRECTOR_ONLY if level(place) <= Level.HALL else COLLECTION_ONLY


def change_setting(desk: Desk, draft: SettingDraft, now: Moment) -> SettingDone:
    """Record another value of one setting from a day on; raises Refused.

    A desk without a hall is that of a centre: by command whoever is at its own machine decides, as for the nodes it takes
    in; by screen the person's grants.
    """
    with desk.journal.write(desk.staff or "-", now) as tx:
        db = tx.database
        one, place = _known(draft.name), _place(desk, draft)
        if (desk.hall or desk.staff) and (refused := change_refusal(db, desk.staff, place, one)) is not None:
            raise Refused(refused)
        today = today_of(db, desk.hall, now)
        day = first_day(draft.day, today)
        if one.monthly and (day <= today or not day.endswith("-01")):
            raise Refused(
                Reason(WITH_A_MONTH, {"title": Reason(one.title), "day": f"{month_before(today[:7], -1)}-01"})
            )
        value = typed(one, draft.text)
        if isinstance(value, Reason):
            raise Refused(value)
        written = json.dumps(value, ensure_ascii=False)
        return _record(tx, one, value, SettingRow(one.name, place, day, written, draft.may_override), today)


def _record(tx: Write, one: Setting, value: SettingValue, new: SettingRow, today: str) -> SettingDone:
    chain, rows = setting_rows(tx.database, new.scope)
    rows = [row for row in rows if row.name == one.name]
    final = final_above(rows, chain, new.from_day)
    if final is not None:
        raise Refused(_decided(final))
    words: dict[str, str | Reason] = {"title": Reason(one.title), "value": shown(one, value)}
    before = holding(rows, chain, new.from_day)
    if before is not None and (before.scope, before.value, before.may_override) == (
        new.scope,
        new.value,
        new.may_override,
    ):
        return SettingDone(Reason(SAME, {**words}))
    there = next((row for row in rows if (row.scope, row.from_day) == (new.scope, new.from_day)), None)
    tx.record(_fact(new))
    undo = SettingUndo(new, there, tx.now.t, tx.now.m, tx.now.boot)
    if new.from_day == today:
        return SettingDone(Reason(SAVED_TODAY, {**words}), undo)
    return SettingDone(Reason(SAVED_LATER, {**words, "day": new.from_day}), undo)


def take_back(desk: Desk, undo: SettingUndo, now: Moment) -> SettingDone:
    """What stood there before a change stands there again; raises Refused after 10 s or when somebody changed it since."""
    written, before = undo.written, undo.before
    with desk.journal.write(desk.staff or "-", now) as tx:
        one = SETTINGS[SettingName(written.name)]
        refused = change_refusal(tx.database, desk.staff, written.scope, one) if desk.hall or desk.staff else None
        if refused is not None:
            raise Refused(refused)
        if elapsed_ms(undo.at_t, undo.at_m, undo.boot, now) > UNDO_WITHIN_MS:
            raise Refused(TOO_LATE)
        _chain, rows = setting_rows(tx.database, written.scope)
        if written not in rows:
            raise Refused(CHANGED_SINCE)
        tx.record(_fact(before) if before is not None else _fact(written, WITHDRAWN))
    title = Reason(SETTINGS[SettingName(written.name)].title)
    return SettingDone(Reason(TAKEN_BACK, {"time": clock_text(now.t), "title": title}))


def _fact(row: SettingRow, value: str = "") -> SettingSet:
    return SettingSet(row.name, value or row.value, row.scope, row.from_day, row.may_override)


def _known(name: str) -> Setting:
    try:
        return SETTINGS[SettingName(name)]
    except ValueError:
        raise Refused(Reason(NO_SETTING, {"name": name[:30]})) from None


def _place(desk: Desk, draft: SettingDraft) -> str:
    """Where a change holds; a node of a hall speaks for its own hall only, a centre for what is below it."""
    place = desk.hall if draft.scope is None else draft.scope
    if level(place) is Level.WINDOW:
        raise Refused(Reason(NO_SUCH_PLACE, {"place": place[:20]}))
    if desk.hall and place != desk.hall:
        raise Refused(Reason(OTHER_PLACE, {"hall": desk.hall, "place": place[:20] or EVERYWHERE}))
    return place


def first_day(day: str, today: str) -> str:
    """``today``, ``tomorrow`` or a day as ``YYYY-MM-DD`` that is not over; raises Refused."""
    if day in (TODAY, TOMORROW):
        return (date.fromisoformat(today) + timedelta(days=day == TOMORROW)).isoformat()
    try:
        given = date.fromisoformat(day.strip()).isoformat()
    except ValueError:
        raise Refused(Reason(NOT_A_DAY, {"day": day[:12]})) from None
    if given < today:
        raise Refused(Reason(PAST_DAY, {"day": given}))
    return given
