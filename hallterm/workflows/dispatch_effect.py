"""What other groups at a window would change for those who wait: an estimate before and after. Nothing is written."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from hallterm.rules.day import business_day
from hallterm.workflows.desk import Desk
from hallterm.workflows.ticketing import Hall
from storage import views
from storage.facts import Moment, WindowState

Groups = tuple[tuple[str, ...], tuple[str, ...]]


class Effect(Struct, frozen=True):
    """One group: how many wait, and the minutes for a newcomer before and after (None: no open window)."""

    prefix: str
    waiting: int
    before: int | None
    after: int | None


def effect_of(desk: Desk, now: Moment, window: str, groups: Groups) -> tuple[Effect, ...]:
    """The groups that a window would gain or lose."""
    db = desk.journal.database
    queue = Hall(db, desk.hall, business_day(now.t, views.last_day(db, desk.hall)), now)
    row = next((one for one in queue.windows if one.code == window), None)
    if row is None:
        return ()
    had = {*row.primary_groups, *row.secondary_groups}
    changed = sorted(had ^ {*groups[0], *groups[1]})
    before = {prefix: queue.group(prefix) for prefix in changed}
    state = WindowState.IDLE if row.state is WindowState.CLOSED else row.state
    wanted = replace(row, primary=",".join(groups[0]), secondary=",".join(groups[1]), state=state)
    queue.windows = [wanted if one.code == window else one for one in queue.windows]
    return tuple(
        Effect(prefix, one.waiting, one.estimate_min, queue.group(prefix).estimate_min)
        for prefix, one in before.items()
    )
