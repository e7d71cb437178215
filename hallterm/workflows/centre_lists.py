"""What the editor of a centre lists for one place: the places themselves, people, their roles, matters, settings."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.look import health
from hallterm.workflows.seen import Health
from hallterm.workflows.setting_changes import SettingLine, change_refusal, setting_lines, today_of
from hallterm.workflows.sign_on import grants_of
from hallterm.workflows.sync_look import NOT_FOR_YOU
from storage import nodes, views
from storage.access import Action, Grant, anywhere, may, upwards
from storage.database import Database
from storage.facts import CalendarImported, Moment
from storage.views import HallRow, Matter, StaffRow
from storage.views.calendars import ClosingRow, announced_years, closing_days
from storage.views.inherited import PlacedMatter, places_above
from storage.views.places import all_halls

EDITED = (Action.EDIT_STAFF, Action.EDIT_CATALOGUE, Action.EDIT_SETTINGS)


class PlaceLine(Struct, frozen=True):
    """A place, and what it stands under."""

    hall: HallRow
    parent: str


class GrantLine(Struct, frozen=True):
    """Somebody's role at a place."""

    number: str
    name: str
    role: str
    place: str


class MatterLine(Struct, frozen=True):
    """A matter as it holds at the place today: ``at`` is the place that set it, the last version of its own if it has one.

    ``later`` is what it will be from ``later_day`` on, where that is decided. What only begins later is listed as it will be.
    """

    matter: Matter
    at: str
    may_override: bool
    since: str = ""
    later: Matter | None = None
    later_day: str = ""


class CentreLists(Struct, frozen=True, kw_only=True):
    """All lists for one place; ``hall`` is its name, ``allowed`` what the person may change there."""

    hall: str
    place: str
    places: tuple[PlaceLine, ...]
    people: tuple[StaffRow, ...]
    grants: tuple[GrantLine, ...]
    matters: tuple[MatterLine, ...]
    settings: tuple[SettingLine, ...]
    settings_refused: Reason | None
    years: tuple[CalendarImported, ...]
    closing: tuple[ClosingRow, ...]
    allowed: frozenset[Action]
    health: Health


def centre_lists(desk: Desk, now: Moment, place: str = "") -> CentreLists:
    """Read the lists; ``place`` empty: the first of the person's grants. Raises Refused for who edits nothing."""
    db = desk.journal.database
    grants, parents = grants_of(db, desk.staff), nodes.parents(db)
    mine = _mine(grants)
    if not mine:
        raise Refused(NOT_FOR_YOU)
    place = place or mine[0]
    halls = all_halls(db)
    names = {one.code: one.name for one in halls}
    today = today_of(db, desk.hall, now)
    people = [one for one in views.all_staff(db) if place in upwards(one.hall, parents)]
    return CentreLists(
        hall=names.get(place, place),
        place=place,
        places=tuple(PlaceLine(one, parents.get(one.code, "")) for one in halls if _within(one.code, mine, parents)),
        people=tuple(people),
        grants=tuple(_grants(db, place, parents)),
        matters=tuple(_with_later(db, place, today)),
        settings=setting_lines(db, place, today),
        settings_refused=change_refusal(db, desk.staff, place),
        years=tuple(announced_years(db, place)),
        closing=tuple(closing_days(db, place)),
        allowed=frozenset(one for one in EDITED if may(grants, one, place, parents=parents)),
        health=health(desk, now),
    )


def _mine(grants: list[Grant]) -> list[str]:
    """The places of the grants that change something, the widest first."""
    found = [one.node for one in grants if any(anywhere([one], action) for action in EDITED)]
    return sorted(dict.fromkeys(found), key=lambda node: (len(node), node))


def _within(code: str, places: list[str], parents: dict[str, str]) -> bool:
    return bool(set(places) & set(upwards(code, parents)))


def _grants(db: Database, place: str, parents: dict[str, str]) -> list[GrantLine]:
    """Roles held at the place or below it."""
    return [
        GrantLine(one.number, one.name, grant.role, grant.node)
        for one in views.all_staff(db)
        if one.active
        for grant in views.grants(db, one.number)
        if place in upwards(grant.node, parents)
    ]


def _with_later(db: Database, place: str, today: str) -> list[MatterLine]:
    """What holds at the place today, by code, with the next change that is decided already."""
    found = _matters(db, place, today)
    for day in views.matter_days(db, place, today):
        for code, later in _matters(db, place, day).items():
            now = found.get(code)
            if now is None:
                found[code] = replace(later, later_day=day)
            elif not now.later_day and later != now:
                found[code] = replace(now, later=later.matter, later_day=day)
    return [found[code] for code in sorted(found)]


def _matters(db: Database, place: str, day: str) -> dict[str, MatterLine]:
    """What holds at the place on a day: of each place above it the version of that day, the highest final one first."""
    chosen: dict[str, MatterLine] = {}
    for above in places_above(db, place):
        for one in views.matters_at(db, above, day):
            before = chosen.get(one.code)
            if before is None or before.may_override:
                chosen[one.code] = MatterLine(_matter(one), above, one.may_override, one.from_day)
    return chosen


def _matter(one: PlacedMatter) -> Matter:
    return Matter(**{name: getattr(one, name) for name in Matter.__struct_fields__})
