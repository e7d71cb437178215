"""The posts of a hall at this moment, read: who of A and B is there, who stands in, which post is empty."""

from __future__ import annotations

from hallterm.half_days import Book, read_book
from hallterm.rules.attendance import Presence, Times, is_there, minute
from hallterm.rules.day import business_day
from hallterm.rules.leave import Cover
from hallterm.rules.posts import PostNow, Whereabouts, post_now, whereabouts
from storage import views
from storage.database import Database
from storage.facts import DaySlot, Duty, Half, Moment
from storage.views.posts import posts, stand_ins


def posts_now(db: Database, hall: str, now: Moment) -> tuple[PostNow, ...]:
    """Every post of a hall, by window: those that were set, and the windows that the schedule gives somebody now.

    Nothing outside the half-days of the hall: nobody is expected then.
    """
    today = business_day(now.t, views.last_day(db, hall))
    book = read_book(db, [hall], today, today, now)
    half = current_half(book, hall)
    if half is None:
        return ()
    slot = DaySlot(half.value)
    planned = {
        one.window: one.staff for one in book.plans if one.slot is slot and one.duty is Duty.WINDOW and one.window
    }
    off = {one.staff for one in book.plans if one.slot is slot and one.duty is Duty.OFF}
    set_posts = {one.window: one for one in posts(db, hall, today)}
    told = {one.window: one.staff for one in stand_ins(db, hall, today) if not one.ended_t}
    found = []
    for window in sorted({*planned, *set_posts}):
        post = set_posts.get(window)
        a = planned.get(window) or (post.staff_a if post and post.staff_a not in off else "")
        if not a:
            continue
        b = post.staff_b if post and post.staff_b != a else ""
        put = told.get(window, "")
        pairs = [(one, _where(book, hall, half, one)) if one else None for one in (b, put)]
        found.append(post_now(window, (a, _where(book, hall, half, a)), pairs[0], pairs[1]))
    return tuple(found)


def current_half(book: Book, hall: str) -> Half | None:
    """The half-day that goes on; None between and after them."""
    at = minute(book.now.t)
    hours = book.hours.get(hall, {})
    return next((half for half, times in hours.items() if times.start_min <= at < times.end_min), None)


def _where(book: Book, hall: str, half: Half, staff: str) -> Whereabouts:
    at, times = minute(book.now.t), book.hours[hall][half]
    seen = book.there(staff, book.today)
    leave = book.leave_on(staff, book.today, half)
    return whereabouts(
        at,
        times.start_min,
        on_leave=leave is not None and leave[1].cover is Cover.COVERED,
        there=is_there(seen, at),
        came=any(_touches(one, times) for one in seen),
    )


def _touches(one: Presence, times: Times) -> bool:
    return one.from_min < times.end_min and (one.to_min is None or one.to_min > times.start_min)
