"""Many halls at a glance, at a centre: people waiting, windows, warnings, and how old what is known of each hall is."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from hallterm.rules.day import business_day
from hallterm.workflows.desk import Desk
from hallterm.workflows.hall_look import HallBoard, hall_board
from hallterm.workflows.hall_state import AWAY
from hallterm.workflows.look import health
from hallterm.workflows.rights import is_allowed
from hallterm.workflows.seen import Health
from storage import views
from storage.access import Action, Level, level
from storage.database import Database
from storage.facts import HallKind, Moment, WarningLevel, WindowState
from storage.views import dispatch as seen
from storage.views import reporting


class HallLine(Struct, frozen=True):
    """One hall; ``contact_t`` 0: nothing ever came; ``today``: its last known day is today. Warnings nobody answered."""

    code: str
    name: str
    point: bool
    waiting: int
    oldest_t: int
    open_windows: int
    windows: int
    red: int
    orange: int
    yellow: int
    contact_t: int
    last_day: str
    today: bool


class CityHalls(Struct, frozen=True):
    """The halls of the person's grants, those with the worst warnings first, and who looks."""

    halls: tuple[HallLine, ...]
    staff: str
    day: str
    health: Health


def city_halls(desk: Desk, now: Moment) -> CityHalls:
    """Every hall that the person may see into."""
    db, day = desk.journal.database, business_day(now.t)
    halls = [one for one in reporting.places(db) if one.name and level(one.code) is Level.HALL]
    mine = [one for one in halls if is_allowed(db, desk.staff, Action.SEE_RANKING, one.code)]
    lines = [_line(db, one, day) for one in mine]
    person = views.staff(db, desk.staff)
    ranked = sorted(lines, key=lambda one: (-one.red, -one.orange, -one.yellow, -one.waiting, one.code))
    return CityHalls(tuple(ranked), person.name if person else desk.staff, day, health(desk, now))


def _line(db: Database, place: reporting.Place, day: str) -> HallLine:
    reach = reporting.reaches(db, [place.code])[place.code]
    windows = views.windows(db, place.code)
    waiting = views.waiting(db, place.code, day)
    rows = seen.warnings(db, place.code, day)
    left = {(one.warning, one.about): one for one in rows if not one.ended_t}
    levels = [one.level for one in left.values() if not one.acknowledged_t]
    return HallLine(
        code=place.code,
        name=place.name,
        point=place.hall_kind == HallKind.POINT,
        waiting=len(waiting),
        oldest_t=min((one.waiting_since_t or one.issued_t for one in waiting), default=0),
        open_windows=sum(one.state not in (*AWAY, WindowState.BREAK) for one in windows),
        windows=len(windows),
        red=levels.count(WarningLevel.RED),
        orange=levels.count(WarningLevel.ORANGE),
        yellow=levels.count(WarningLevel.YELLOW),
        contact_t=reach.contact_t,
        last_day=reach.last_day,
        today=reach.last_day == day,
    )


def hall_of_city(desk: Desk, now: Moment, hall: str) -> HallBoard:
    """The board of one hall as the centre knows it; raises Refused. It is only read: dispatch happens there."""
    return replace(hall_board(replace(desk, hall=hall), now), health=health(desk, now))
