"""Reading a counter's view: one pass over the tables on the storage thread, answered as one frozen value."""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from hallterm.locale import N_
from hallterm.rules.counter import refusals, walk_up_choices, walk_up_prefixes, walk_up_reason
from hallterm.rules.day import business_day, midnight_t
from hallterm.rules.node_health import DISK_FREE_PERCENT, free_percent
from hallterm.rules.numbers import cut_off_number
from hallterm.rules.queue import why_first
from hallterm.rules.ratings import evaluation_rate
from hallterm.rules.settings_table import SettingName
from hallterm.rules.words import Reason
from hallterm.workflows.calling import NOT_OPEN
from hallterm.workflows.case import Case, asked_at, group_of, groups_of, queue_of, read_case, situation
from hallterm.workflows.checking import RUNS, check_at
from hallterm.workflows.clocks import to_confirm
from hallterm.workflows.desk import Desk
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.identifying import taxpayer
from hallterm.workflows.number_host import host_state
from hallterm.workflows.numbering import own_digit
from hallterm.workflows.pads import STATION, comes_up, mirror_there, station_alive
from hallterm.workflows.seen import (
    CounterView,
    DeviceWord,
    GroupLine,
    Health,
    HeldLine,
    LastLine,
    NextTicket,
    Target,
)
from hallterm.workflows.warning_settings import lamp_shares_on
from hallterm.workflows.workdays import confirm_until_t
from storage import ballast, views
from storage.database import Database
from storage.facts import HoldReason, Moment, TicketClass, WindowState
from storage.views import Matter, StaffRow, WindowRow

MOST_DAYS = 28
ON_BREAK = Reason(N_("on a break"))
CARD_READER = "id_card_reader"
COUNTER_DEVICES = ("rating_device", "window_display", "ticket_printer")


def look(desk: Desk, now: Moment) -> CounterView:
    """Everything the counter shows; raises Refused when the window or the person is unknown."""
    db = desk.journal.database
    day = business_day(now.t, views.last_day(db, desk.hall))
    case = read_case(db, desk, day)
    looked_at = situation(case, now, mirror=mirror_there(desk.board, desk.window, now))
    staff = views.staff(db, desk.staff) or StaffRow(desk.staff, desk.staff, desk.hall, True)
    today = views.today(db, desk.hall, desk.staff, day)
    rate = evaluation_rate(today.rated, today.rated + today.unrated - today.exempt)
    reason = walk_up_reason(looked_at)
    only = walk_up_prefixes(reason)
    matters = tuple(matter for matter in views.matters(db, desk.hall, day) if not matter.hidden)
    asked_t, _, _ = asked_at(case)
    return CounterView(
        day=day,
        hall=case.hall,
        window=case.window,
        staff=staff,
        ticket=case.ticket,
        service=case.service,
        matter=case.matter,
        first_inquiry=_name(db, case.visit.first_inquiry_staff) if case.visit else "",
        leg=case.service.leg if case.service else 0,
        ask=case.ask,
        rating_until_t=asked_t + case.rating_timeout_s * 1000 if _awaiting(case) else 0,
        rating_timeout_s=case.rating_timeout_s,
        lamps=lamp_shares_on(db, desk.hall, case.day),
        groups=_groups(case),
        waiting_here=len(queue_of(case.window, case.waiting, now.t)),
        waiting_all=len(case.waiting),
        next=_next(case, now),
        held=tuple(_held(db, desk, row) for row in case.held),
        last=_last(db, desk, day),
        most=_most(db, desk, case, matters, day),
        matters=matters,
        targets=_targets(db, desk, case, now) if case.ticket else (),
        today=today,
        evaluation_rate=None if rate is None else f"{rate:.2f}",
        punch_t=views.punched(db, desk.hall, desk.staff, day),
        break_t=views.last_break(db, desk.hall, desk.staff, midnight_t(day)),
        walk_up_reason=reason,
        walk_up_only="".join(only or ()),
        refusals=refusals(looked_at),
        health=health(desk, now, desk.window),
        pos=desk.journal.last_pos(),
        seq=desk.journal.own_seq(),
        confirm_until_t=_confirm_until_t(db, case, now),
        walk_up_choices=walk_up_choices(looked_at) if case.service is not None and case.ticket is None else (),
        taxpayer=taxpayer(desk, case, now),
        card_reader=any((one.role, one.window) == (CARD_READER, desk.window) for one in desk.board.devices()),
        entry=check_at(db, case.service) if case.service is not None and case.window.state in RUNS else None,
        lock_after_s=setting(db, SettingName.LOCK_AFTER_S, desk.hall, day),
    )


def _confirm_until_t(db: Database, case: Case, now: Moment) -> int:
    if case.service is None or not to_confirm(db, case.service, case.day, now):
        return 0
    return confirm_until_t(db, case.hall, case.day)


def _awaiting(case: Case) -> bool:
    return case.window.state is WindowState.AWAITING_RATING


def _name(db: Database, number: str) -> str:
    staff = views.staff(db, number)
    return staff.name if staff else number


def _groups(case: Case) -> tuple[GroupLine, ...]:
    own = groups_of(case.window)
    waiting: dict[str, list[int]] = defaultdict(list)
    for row in case.waiting:
        waiting[group_of(row, case.window) or row.prefix].append(row.issued_t)
    ranks = {**dict.fromkeys(own.secondary, 1), **dict.fromkeys(own.primary, 0)}
    prefixes = sorted({*waiting, *ranks}, key=lambda prefix: (ranks.get(prefix, 2), -len(waiting[prefix]), prefix))
    return tuple(
        GroupLine(prefix, len(waiting[prefix]), min(waiting[prefix], default=0), ranks.get(prefix, 2))
        for prefix in prefixes
    )


def _next(case: Case, now: Moment) -> NextTicket | None:
    ordered = queue_of(case.window, case.waiting, now.t)
    why = why_first(ordered, groups_of(case.window), now.t)
    if not ordered or why is None:
        return None
    first = ordered[0]
    return NextTicket(first.number, first.cls, first.issued_t, first.prefix, why)


def _held(db: Database, desk: Desk, row: views.TicketRow) -> HeldLine:
    service = views.service_of_ticket(db, row.id)
    matter = views.matter(db, desk.hall, service.code, service.version) if service else None
    return HeldLine(row.id, row.number, HoldReason(row.hold_reason), row.held_t, matter)


def _last(db: Database, desk: Desk, day: str) -> LastLine | None:
    service = views.last_service(db, desk.hall, desk.window, day)
    if service is None:
        return None
    ticket = views.ticket(db, service.ticket) if service.ticket else None
    missed = views.unrated(db, service.id) if service.rating == "unrated" else None
    return LastLine(
        service=service.id,
        number=ticket.number if ticket else "",
        matter=views.matter(db, desk.hall, service.code, service.version),
        counted_s=service.counted_s,
        rating=service.rating,
        unrated_reason=missed.reason if missed else "",
    )


def _most(db: Database, desk: Desk, case: Case, matters: tuple[Matter, ...], day: str) -> tuple[Matter, ...]:
    """The nine matters this clerk starts most in the group at hand; filled up in catalogue order."""
    prefix = group_of(case.ticket, case.window) if case.ticket else (case.window.primary_groups or ("",))[0]
    since = (date.fromisoformat(day) - timedelta(days=MOST_DAYS)).isoformat()
    codes = views.started_most(db, desk.hall, desk.staff, prefix, since)
    by_code = {matter.code: matter for matter in matters}
    first = [by_code[code] for code in codes if code in by_code]
    rest = [matter for matter in matters if matter.ticket_prefix == prefix and matter not in first]
    return tuple([*first, *rest][:9])


def _targets(db: Database, desk: Desk, case: Case, now: Moment) -> tuple[Target, ...]:
    waiting = [group_of(row) or row.prefix for row in case.waiting]
    windows = [window for window in views.windows(db, desk.hall) if window.code != desk.window]
    targets = [
        Target(
            to=window.code,
            window=window,
            prefix="",
            staff=_name(db, window.staff) if window.staff else "",
            waiting=len(queue_of(window, case.waiting, now.t)),
            refusal=_not_open(window),
        )
        for window in windows
    ]
    prefixes = sorted({prefix for window in windows for prefix in window.primary_groups})
    groups = [Target(prefix, None, prefix, "", waiting.count(prefix), None) for prefix in prefixes]
    return (*sorted(targets, key=lambda target: (target.refusal is not None, target.waiting, target.to)), *groups)


def _not_open(window: WindowRow) -> Reason | None:
    if window.state is WindowState.CLOSED:
        return NOT_OPEN
    return ON_BREAK if window.state is WindowState.BREAK else None


MINUTE_MS = 60_000
"""Row 2 tells the clock to the minute; a finer value would be news at every look."""


def _disk_free(folder: Path) -> int:
    """Per cent that are free, told only when it is little: a finer value would be news at every look."""
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return 100
    free = free_percent(disk.free, disk.total)
    return 100 if free is None or free >= DISK_FREE_PERCENT else free


def health(desk: Desk, now: Moment, window: str = "") -> Health:
    """Row 2 of every screen: network, unsent facts, clock, devices of a window (or of the hall)."""
    sync = desk.board.sync()
    on_board = {device.role: device for device in desk.board.devices() if device.window in ("", window)}
    devices = tuple(
        DeviceWord(role, on_board[role].state, on_board[role].since_t)
        if role in on_board
        else DeviceWord(role, "none", 0)
        for role in COUNTER_DEVICES
    )
    station = desk.board.process(STATION)
    chain_holds = station is None or bool(station.values.get("chain_holds", True))
    fault = str(station.values.get("fault", "")) if station is not None else ""
    away_t, own = _host_away(desk, now, window)
    there = not desk.hall or station_alive(desk, now)  # a centre has none
    return Health(
        online=sync.online,
        since_t=sync.since_t,
        waiting=sync.waiting,
        skew_ms=round(sync.skew_ms / MINUTE_MS) * MINUTE_MS,
        devices=devices,
        station=there,
        starting=not there and comes_up(station, desk.opened, now),
        centre=sync.detail != "none",
        warnings=int(not chain_holds) + int(bool(fault)) + int(bool(away_t)),
        fault=fault,
        refusal=sync.detail.removeprefix("refused "),
        host_away_t=away_t,
        own_number=own,
        disk_full=ballast.is_in_use(Path(desk.journal.database.where).parent),
        disk_free=_disk_free(Path(desk.journal.database.where).parent),
    )


def _host_away(desk: Desk, now: Moment, window: str) -> tuple[int, str]:
    """Since when the number host is away, and the first number of this PC's own meanwhile; 0 and '' while it is there."""
    host = host_state(desk) if desk.hall else None
    if host is None or host.online:
        return 0, ""
    row = views.window(desk.journal.database, window) if window else None
    prefix = row.primary_groups[0] if row is not None and row.primary_groups else "A"
    digit = own_digit(desk.journal.identity.node)
    return host.since_t or now.t, cut_off_number(prefix, TicketClass.NORMAL, digit, 1)
