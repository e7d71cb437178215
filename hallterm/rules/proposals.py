"""What the program proposes to a leader, and why. Business rule 12: it only proposes; nothing is done by itself.

A proposal names the window, the group and the reason; a leader carries it out or declines it. A declined one is not made
again for the same window and group that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason, Value
from storage.facts import ProposalKind, WindowState

MS_PER_MIN = 60_000

ADD_GROUP = N_("window {window} is idle for {minutes} min, {waiting} wait in group {group} at {open} open windows")
ADD_ALONE = N_("window {window} is idle for {minutes} min, {waiting} wait in group {group} and no window serves it")
RESERVE = N_("{waiting} wait at {open} open windows and nobody is idle: window {window} is free")
BREAK = N_("no break for {minutes} min, {waiting} wait in the groups of window {window}")
STAND_IN = N_("nobody is at window {window}, and {staff} could stand in")


class Limits(Struct, frozen=True):
    """When something is proposed. ``idle_min``: so long without anything to do before another group is; ``group_over``,
    ``reserve_over``: more than so many wait for each open window (of the group); ``break_waiting``: with more waiting in
    the window's groups no break is.
    """

    idle_min: int = 10
    group_over: int = 5
    reserve_over: int = 8
    break_after_min: int = 90
    break_waiting: int = 3


USUAL = Limits()


class WindowAt(Struct, frozen=True, kw_only=True):
    """A window as proposing sees it: ``idle_ms`` since when nothing was to do, ``without_break_ms`` of its clerk."""

    window: str
    state: WindowState
    staff: str = ""
    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    idle_ms: int = 0
    without_break_ms: int = 0
    reserve: bool = False

    @property
    def groups(self) -> frozenset[str]:
        """All it serves."""
        return frozenset((*self.primary, *self.secondary))


class GroupAt(Struct, frozen=True):
    """How many wait under a prefix."""

    prefix: str
    waiting: int


class EmptyPost(Struct, frozen=True):
    """A window without its person, and who could stand in ("": nobody)."""

    window: str
    stand_in: str = ""


class Proposal(Struct, frozen=True):
    """What could be done, and why."""

    kind: ProposalKind
    window: str
    why: Reason
    prefix: str = ""
    staff: str = ""


Declined = Collection[tuple[ProposalKind, str, str]]
NOTHING: Declined = frozenset()
_NOT_OPEN = frozenset({WindowState.CLOSED, WindowState.SUBSTITUTED})


def proposals(
    windows: Sequence[WindowAt],
    groups: Sequence[GroupAt],
    empty: Iterable[EmptyPost] = (),
    declined: Declined = NOTHING,
    limits: Limits = USUAL,
) -> tuple[Proposal, ...]:
    """All proposals now, the most pressing first: posts, groups, reserve windows, breaks."""
    by_load = (made for of in (_groups, _reserves, _breaks) for made in of(windows, groups, limits))
    made = (*_stand_ins(empty), *by_load)
    return tuple(one for one in made if (one.kind, one.window, one.prefix) not in declined)


def _open(windows: Iterable[WindowAt]) -> list[WindowAt]:
    return [one for one in windows if one.state not in _NOT_OPEN]


def _waiting(window: WindowAt, groups: Iterable[GroupAt]) -> int:
    return sum(group.waiting for group in groups if group.prefix in window.groups)


def _idle(windows: Iterable[WindowAt], groups: Sequence[GroupAt], limits: Limits) -> list[WindowAt]:
    """Idle long enough and with nobody waiting for them, the longest first."""
    idle = [one for one in windows if one.state is WindowState.IDLE and one.idle_ms >= limits.idle_min * MS_PER_MIN]
    free = [one for one in idle if not _waiting(one, groups)]
    return sorted(free, key=lambda one: (-one.idle_ms, one.window))


def _servers(prefix: str, windows: Iterable[WindowAt]) -> int:
    return sum(prefix in one.groups for one in _open(windows))


def _groups(windows: Sequence[WindowAt], groups: Sequence[GroupAt], limits: Limits) -> Iterator[Proposal]:
    """The fullest group for the longest idle window, the next group for the next window."""
    over = limits.group_over
    full = [group for group in groups if group.waiting and group.waiting > over * _servers(group.prefix, windows)]
    full.sort(key=lambda group: (-Fraction(group.waiting, _servers(group.prefix, windows) or 1), group.prefix))
    for window, group in zip(_idle(windows, groups, limits), full, strict=False):
        servers = _servers(group.prefix, windows)
        values: dict[str, Value] = {
            "window": window.window,
            "minutes": window.idle_ms // MS_PER_MIN,
            "waiting": group.waiting,
            "group": group.prefix,
            "open": servers,
        }
        why = Reason(ADD_GROUP if servers else ADD_ALONE, values)
        yield Proposal(ProposalKind.ADD_GROUP, window.window, why, group.prefix, window.staff)


def _reserves(windows: Sequence[WindowAt], groups: Sequence[GroupAt], limits: Limits) -> Iterator[Proposal]:
    waiting, serving = sum(group.waiting for group in groups), len(_open(windows))
    reserve = next((one for one in windows if one.reserve and one.state is WindowState.CLOSED), None)
    if reserve is None or _idle(windows, groups, limits) or waiting <= limits.reserve_over * serving:
        return
    why = Reason(RESERVE, {"waiting": waiting, "open": serving, "window": reserve.window})
    yield Proposal(ProposalKind.OPEN_RESERVE, reserve.window, why)


def _breaks(windows: Sequence[WindowAt], groups: Sequence[GroupAt], limits: Limits) -> Iterator[Proposal]:
    at_work = [one for one in _open(windows) if one.state is not WindowState.BREAK]
    due = [one for one in at_work if one.without_break_ms > limits.break_after_min * MS_PER_MIN]
    for one in sorted(due, key=lambda one: (-one.without_break_ms, one.window)):
        waiting = _waiting(one, groups)
        if waiting <= limits.break_waiting:
            values: dict[str, Value] = {
                "minutes": one.without_break_ms // MS_PER_MIN,
                "waiting": waiting,
                "window": one.window,
            }
            yield Proposal(ProposalKind.BREAK, one.window, Reason(BREAK, values), staff=one.staff)


def _stand_ins(empty: Iterable[EmptyPost]) -> Iterator[Proposal]:
    for post in empty:
        if post.stand_in:
            why = Reason(STAND_IN, {"window": post.window, "staff": post.stand_in})
            yield Proposal(ProposalKind.SUBSTITUTE, post.window, why, staff=post.stand_in)
