"""The hall as it is now, for warnings, proposals and the board: one reading of windows, queue, people and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from hallterm.rating_scales import scale_at
from hallterm.rules.day import local, midnight_t, minutes
from hallterm.rules.proposals import EmptyPost, GroupAt, Proposal, WindowAt, proposals
from hallterm.rules.ratings import bad_from
from hallterm.rules.warnings import HallLoad, Post, PostState, Share, Thresholds, WindowLoad, post_state
from hallterm.workflows.case import group_of
from hallterm.workflows.warning_settings import proposal_limits_on, thresholds_on
from hallterm.workflows.workdays import hall_opening
from storage import views
from storage.access import Action, Grant, may
from storage.database import Database
from storage.facts import Half, LeaveState, LeaveType, Moment, ProposalAnswer, Role, WarningKind, WindowState
from storage.views import HallRow, TicketRow, WindowRow
from storage.views import attendance as attended
from storage.views import dispatch as seen
from storage.views.posts import PostRow, posts

AWAY = (WindowState.CLOSED, WindowState.SUBSTITUTED)
SITTING = (WindowState.CALLED, WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING)


class Missing(Struct, frozen=True):
    """A post without its person: A, and B who could stand in; ``*_on_leave`` says why somebody is not there."""

    window: str
    staff_a: str
    staff_b: str
    a_on_leave: bool
    b_on_leave: bool
    b_here: bool


class HallState:
    """One reading at ``now``; each part is read when it is first asked for."""

    def __init__(self, db: Database, hall: HallRow, day: str, now: Moment) -> None:
        self.db, self.hall, self.day, self.now = db, hall, day, now

    @cached_property
    def thresholds(self) -> Thresholds:
        return thresholds_on(self.db, self.hall.code, self.day)

    @cached_property
    def windows(self) -> list[WindowRow]:
        return views.windows(self.db, self.hall.code)

    @cached_property
    def waiting(self) -> list[TicketRow]:
        return views.waiting(self.db, self.hall.code, self.day)

    @cached_property
    def breaks(self) -> dict[str, seen.BreakStretch]:
        return seen.breaks(self.db, self.hall.code, midnight_t(self.day))

    @cached_property
    def signed_on(self) -> dict[str, int]:
        return seen.first_signs(self.db, self.hall.code, self.day)

    @cached_property
    def open_windows(self) -> list[WindowRow]:
        """Somebody is there, and not on a break."""
        return [one for one in self.windows if one.state not in (*AWAY, WindowState.BREAK)]

    def worked_since_t(self, staff: str) -> int:
        """Since when somebody works without a break, ms UTC; 0: on a break, or not here today."""
        first, last = self.signed_on.get(staff, 0), self.breaks.get(staff)
        if last is None:
            return first
        return max(first, last.back_t) if last.back_t >= last.began_t else 0

    def without_break_ms(self, staff: str) -> int:
        since_t = self.worked_since_t(staff)
        return max(0, self.now.t - since_t) if since_t else 0

    # posts

    @cached_property
    def posts(self) -> dict[str, PostRow]:
        return {one.window: one for one in posts(self.db, self.hall.code, self.day)}

    @cached_property
    def on_leave(self) -> dict[str, LeaveType]:
        """Who has leave in this half of the day, and which."""
        half = Half.AM if local(self.now.t).hour < 12 else Half.PM
        here = (self.day, half.value)
        found = attended.leaves(self.db, [self.hall.code], self.day, self.day)
        return {
            one.staff: one.leave_type
            for one in found
            if one.state is LeaveState.APPROVED
            and (one.from_day, one.from_half.value) <= here <= (one.to_day, one.to_half.value)
        }

    @cached_property
    def missing(self) -> list[Missing]:
        """Empty posts; none while the hall is closed."""
        since_min = self._open_since_min()
        return [] if since_min is None else [one for one in map(self._missing, self.posts.values()) if self._empty(one)]

    def _missing(self, post: PostRow) -> Missing:
        leave, a, b = self.on_leave, post.staff_a, post.staff_b
        return Missing(post.window, a, b, a in leave, b in leave, bool(b) and b in self.signed_on and b not in leave)

    def _empty(self, one: Missing) -> bool:
        sitter = next((row.staff for row in self.windows if row.code == one.window and row.state not in AWAY), "")
        at = Post(one.window, one.staff_a, one.staff_b, one.a_on_leave, bool(sitter), bool(sitter))
        return post_state(at, self._open_since_min() or 0, self.thresholds.empty_post_min) is PostState.EMPTY

    def _open_since_min(self) -> int | None:
        if not hall_opening(self.db, self.hall, self.now).open:
            return None
        at = local(self.now.t)
        minute = at.hour * 60 + at.minute
        starts = [minutes(text) for text in (self.hall.opening_am, self.hall.opening_pm) if text]
        begun = [start for start in starts if start <= minute]
        return minute - max(begun) if begun else minute

    # what the rules read

    def load(self, seats: int) -> HallLoad:
        """What warnings are judged by."""
        code, day, now_t = self.hall.code, self.day, self.now.t
        long_wait_s = self.thresholds.long_wait_min * 60
        called, long_waits, gone = seen.waits_of(self.db, code, day, long_wait_s)
        waits_ms = {one.id: max(0, now_t - (one.waiting_since_t or one.issued_t)) for one in self.waiting}
        long_now = sum(wait_ms > long_wait_s * 1000 for wait_ms in waits_ms.values())
        timed = {one.window: one for one in seen.overtime_by_window(self.db, code, day)}
        return HallLoad(
            waits_ms=waits_ms,
            windows=tuple(
                WindowLoad(
                    one.code,
                    one.staff,
                    timed[one.code].overtime if one.code in timed else 0,
                    self.without_break_ms(one.staff),
                )
                for one in self.open_windows
            ),
            people=len(waits_ms) + sum(one.state in SITTING for one in self.windows),
            seats=seats,
            long_waits=Share(long_waits + long_now, called + len(waits_ms)),
            overtime=Share(sum(one.overtime for one in timed.values()), sum(one.timed for one in timed.values())),
            no_shows=Share(gone, called),
            bad_ratings=seen.bad_ratings(self.db, code, day, bad_from(scale_at(self.db, code, day))),
            empty_posts=tuple(one.window for one in self.missing),
        )

    @property
    def groups(self) -> list[GroupAt]:
        """How many wait in each group that a window serves or somebody waits in."""
        counts = waiting_by_group(self.waiting, self.windows)
        return [GroupAt(prefix, len(rows)) for prefix, rows in sorted(counts.items())]

    def reserve(self, row: WindowRow) -> bool:
        """A window for busy hours: nobody's post, and nobody was there today."""
        return row.state is WindowState.CLOSED and row.code not in self.posts and row.code not in self._used

    @cached_property
    def _used(self) -> set[str]:
        return seen.used_windows(self.db, self.hall.code, self.day)

    def works_long(self, staff: str) -> bool:
        """Whether somebody works longer without a break than the first warning allows."""
        return self.without_break_ms(staff) > self.thresholds.limits[WarningKind.NO_BREAK][0] * 60_000

    def proposals(self) -> tuple[Proposal, ...]:
        """What could be done now, without what was declined today."""
        now_t = self.now.t
        at = [
            WindowAt(
                window=row.code,
                state=row.state,
                staff=row.staff,
                primary=row.primary_groups,
                secondary=row.secondary_groups,
                idle_ms=max(0, now_t - row.since_t) if row.state is WindowState.IDLE else 0,
                without_break_ms=self.without_break_ms(row.staff) if row.staff else 0,
                reserve=self.reserve(row),
            )
            for row in self.windows
        ]
        empty = [EmptyPost(one.window, one.staff_b if one.b_here else "") for one in self.missing]
        answered = seen.proposals_answered(self.db, self.hall.code, self.day)
        declined = {(one.proposal, one.window, one.prefix) for one in answered if one.answer is ProposalAnswer.DECLINED}
        return proposals(at, self.groups, empty, declined, proposal_limits_on(self.db, self.hall.code, self.day))


def waiting_by_group(waiting: Sequence[TicketRow], windows: Sequence[WindowRow]) -> dict[str, list[TicketRow]]:
    """The tickets that wait, by group; who was sent to a window waits in its first group."""
    by_code = {row.code: row for row in windows}
    found: dict[str, list[TicketRow]] = {}
    for one in waiting:
        found.setdefault(group_of(one, by_code.get(one.target)) or one.prefix, []).append(one)
    return found


def able_to_serve(db: Database, hall: str, window: str) -> Mapping[str, str]:
    """Names of the people of a hall who may serve at a window, by staff number."""
    found = {}
    for one in views.all_staff(db):
        if one.hall == hall and one.active:
            grants = [Grant(Role(row.role), row.node) for row in views.grants(db, one.number) if row.role in set(Role)]
            if may(grants, Action.SERVE, window, own=True):
                found[one.number] = one.name
    return found
