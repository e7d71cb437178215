"""The warnings of a hall: nine with three levels, people waiting and no open window, and empty posts. Business rule 13.

A level holds when the value is *greater* than its limit; values are exact (fractions), thresholds are tested on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from hallterm.locale import N_
from storage.facts import WarningKind, WarningLevel

MS_PER_MIN = 60_000


class Unit(StrEnum):
    """What a value is counted in."""

    MINUTES = "minutes"
    PER_WINDOW = "per_window"
    PERCENT = "percent"
    COUNT = "count"
    NONE = "none"


class WarningRule(Struct, frozen=True):
    """One warning: its words, unit, and the limits of yellow, orange and red; without limits it is red when it is there.

    ``share``: a quotient that needs a minimum sample.
    """

    kind: WarningKind
    label: str
    unit: Unit = Unit.NONE
    limits: tuple[int, int, int] | None = None
    share: bool = False


_W = WarningKind
_ROWS = (
    WarningRule(_W.SINGLE_WAIT, N_("Longest wait"), Unit.MINUTES, (20, 30, 45)),
    WarningRule(_W.WAITING_OVERTIME, N_("Share of long waits"), Unit.PERCENT, (10, 20, 30), share=True),
    WarningRule(_W.WINDOW_SATURATION, N_("Waiting per open window"), Unit.PER_WINDOW, (5, 8, 12)),
    WarningRule(_W.HALL_SATURATION, N_("People in the hall to seats"), Unit.PERCENT, (80, 100, 120)),
    WarningRule(_W.OVERTIME_SHARE, N_("Share of overtime today"), Unit.PERCENT, (5, 10, 20), share=True),
    WarningRule(_W.OVERTIME_COUNT, N_("Overtime at a window"), Unit.COUNT, (3, 5, 8)),
    WarningRule(_W.ABANDON_SHARE, N_("Share of no-shows"), Unit.PERCENT, (5, 10, 15), share=True),
    WarningRule(_W.BAD_RATINGS, N_("Bad ratings of a clerk today"), Unit.COUNT, (0, 1, 2)),
    WarningRule(_W.NO_BREAK, N_("Time without a break"), Unit.MINUTES, (90, 120, 150)),
    WarningRule(_W.NO_OPEN_WINDOW, N_("People wait and no window is open")),
    WarningRule(_W.EMPTY_POST, N_("Empty post")),
)
WARNINGS: Mapping[WarningKind, WarningRule] = {row.kind: row for row in _ROWS}
LEVEL_WORDS: Mapping[WarningLevel, str] = {
    WarningLevel.YELLOW: N_("yellow"),
    WarningLevel.ORANGE: N_("orange"),
    WarningLevel.RED: N_("red"),
}
RISING = (WarningLevel.YELLOW, WarningLevel.ORANGE, WarningLevel.RED)
_FIRST_OF_ALL = (WarningKind.EMPTY_POST, WarningKind.NO_OPEN_WINDOW)
Limits = Mapping[WarningKind, tuple[int, int, int]]


class Thresholds(Struct, frozen=True):
    """The settings of the warnings as they hold on a day; ``limits`` replace those of the table.

    ``least``: a share of fewer is no share. Who has waited longer than ``long_wait_min`` counts in the share of long waits.
    A warning comes again after ``again_min`` at the earliest; a post is empty ``empty_post_min`` after opening.
    """

    limits: Limits = {}
    least: int = 10
    long_wait_min: int = 20
    again_min: int = 15
    empty_post_min: int = 15


USUAL = Thresholds()


class Warned(Struct, frozen=True):
    """A warning that holds now; ``about``: the ticket, window or staff number, or "" for the hall.

    ``above`` is the limit of the level; both are None for what has no number.
    """

    kind: WarningKind
    level: WarningLevel
    about: str = ""
    value: Fraction | None = None
    above: int | None = None


class WindowLoad(Struct, frozen=True):
    """One open window: how many overtimes today, and how long its clerk has been at it without a break."""

    window: str
    staff: str
    overtime: int = 0
    without_break_ms: int = 0


class Share(Struct, frozen=True):
    """So many of so many."""

    part: int = 0
    whole: int = 0


class HallLoad(Struct, frozen=True, kw_only=True):
    """The hall as it is now. ``waits_ms`` are the waiting tickets; ``long_waits`` those over 20 minutes of all that waited
    today; ``no_shows`` of all that were called; ``empty_posts`` windows; ``bad_ratings`` by staff number.
    """

    waits_ms: Mapping[str, int] = {}
    windows: tuple[WindowLoad, ...] = ()
    people: int = 0
    seats: int = 0
    long_waits: Share = Share()
    overtime: Share = Share()
    no_shows: Share = Share()
    bad_ratings: Mapping[str, int] = {}
    empty_posts: tuple[str, ...] = ()


def level_of(value: Fraction | int, limits: tuple[int, int, int]) -> WarningLevel | None:
    """The highest level whose limit the value is greater than."""
    reached = [level for level, limit in zip(RISING, limits, strict=True) if value > limit]
    return reached[-1] if reached else None


def percentage(share: Share) -> Fraction | None:
    """The share in percent; None of nothing."""
    return Fraction(100 * share.part, share.whole) if share.whole else None


def judged(
    kind: WarningKind, value: Fraction | int | None, limits: Limits | None = None, about: str = ""
) -> Warned | None:
    """The warning a value makes; ``limits`` replace those of the table."""
    at = (limits or {}).get(kind) or WARNINGS[kind].limits
    if value is None or at is None:
        return None
    level = level_of(value, at)
    return None if level is None else Warned(kind, level, about, Fraction(value), at[RISING.index(level)])


def judged_share(kind: WarningKind, share: Share, by: Thresholds = USUAL) -> Warned | None:
    """The same of a share: none below the minimum sample."""
    return judged(kind, percentage(share), by.limits) if share.whole >= by.least else None


def hall_warnings(hall: HallLoad, by: Thresholds = USUAL) -> tuple[Warned, ...]:
    """All warnings that hold now: empty posts first, then red, orange, yellow."""
    found = [one for one in _of_hall(hall, by) if one is not None]
    return tuple(sorted(found, key=_urgency))


def _urgency(one: Warned) -> tuple[bool, int, int, str]:
    return one.kind not in _FIRST_OF_ALL, -RISING.index(one.level), list(WarningKind).index(one.kind), one.about


def _of_hall(hall: HallLoad, by: Thresholds) -> Iterator[Warned | None]:
    limits = by.limits
    longest = max(hall.waits_ms.items(), key=lambda item: (item[1], item[0]), default=None)
    if longest is not None:
        yield judged(_W.SINGLE_WAIT, Fraction(longest[1], MS_PER_MIN), limits, longest[0])
    yield _saturation(hall, limits)
    yield judged(_W.HALL_SATURATION, percentage(Share(hall.people, hall.seats)), limits)
    yield judged_share(_W.WAITING_OVERTIME, hall.long_waits, by)
    yield judged_share(_W.OVERTIME_SHARE, hall.overtime, by)
    yield judged_share(_W.ABANDON_SHARE, hall.no_shows, by)
    for one in hall.windows:
        yield judged(_W.OVERTIME_COUNT, one.overtime, limits, one.window)
        yield judged(_W.NO_BREAK, Fraction(one.without_break_ms, MS_PER_MIN), limits, one.staff)
    for staff, bad in hall.bad_ratings.items():
        yield judged(_W.BAD_RATINGS, bad, limits, staff)
    for window in hall.empty_posts:
        yield Warned(_W.EMPTY_POST, WarningLevel.RED, window)


def _saturation(hall: HallLoad, limits: Limits) -> Warned | None:
    waiting = len(hall.waits_ms)
    if hall.windows:
        return judged(_W.WINDOW_SATURATION, Fraction(waiting, len(hall.windows)), limits)
    return Warned(_W.NO_OPEN_WINDOW, WarningLevel.RED) if waiting else None


class LastRaised(Struct, frozen=True):
    """When a warning of one kind, subject and level was raised last (ms UTC), and what became of it."""

    t: int
    acknowledged: bool = False
    ended: bool = False


def may_raise(last: LastRaised | None, now_t: int, again_min: int = USUAL.again_min) -> bool:
    """Whether it is raised (again): once, then at most every so many minutes, and not while it goes on acknowledged."""
    if last is None:
        return True
    return now_t - last.t >= again_min * MS_PER_MIN and (last.ended or not last.acknowledged)


class Post(Struct, frozen=True):
    """A window with its two people: who of them is on leave, and who is there."""

    window: str
    staff_a: str
    staff_b: str = ""
    a_on_leave: bool = False
    a_here: bool = False
    b_here: bool = False


class PostState(StrEnum):
    """A is there (or may still come); B stands in; nobody."""

    STAFFED = "staffed"
    SUBSTITUTED = "substituted"
    EMPTY = "empty"


def post_state(post: Post, open_since_min: int, empty_after_min: int = USUAL.empty_post_min) -> PostState:
    """A post ``open_since_min`` minutes after opening: A's leave counts at once, A's absence after a while."""
    if post.a_here or (not post.a_on_leave and open_since_min < empty_after_min):
        return PostState.STAFFED
    return PostState.SUBSTITUTED if post.staff_b and post.b_here else PostState.EMPTY
