"""Counter views for the screens' tests: one Tuesday morning at window 3, with the shipped catalogue."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from hallterm.catalogue import SHIPPED
from hallterm.rules.counter import Situation, refusals, walk_up_choices
from hallterm.rules.day import ZONE
from hallterm.rules.queue import FIRST_THEN, OWN_GROUP, SECOND_GROUP, WAITED_LONGEST
from hallterm.rules.words import Reason
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
from storage.facts import HallKind, HoldReason, Moment, ServiceState, TicketClass, TicketState, WindowState
from storage.views import AskRow, HallRow, Matter, ServiceRow, StaffRow, TicketRow, Today, WindowRow

BOOT = "boot-1"
DAY = "2026-11-24"


def at(clock: str) -> int:
    """``HH:MM:SS`` of the day, in ms UTC."""
    return int(datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZONE).timestamp() * 1000)


def moment(clock: str) -> Moment:
    return Moment(at(clock), at(clock) - at("08:00:00"), BOOT)


def catalogue() -> tuple[Matter, ...]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Matter(
            code=row["code"],
            number=1,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            category=row["category"],
            ticket_prefix=row["ticket_prefix"],
            limit_min=int(row["limit_min"]),
            batchable=row["batchable"] == "1",
            completion_workdays=int(row["completion_workdays"]),
            rating_required=True,
            initials=row["initials"],
            hidden=row["hidden"] == "1",
        )
        for row in rows
    )


MATTERS = catalogue()
BY_CODE = {matter.code: matter for matter in MATTERS}
MOST = tuple(BY_CODE[code] for code in ("B02", "B01", "B03", "D01", "B09", "A16", "B05", "C11", "L05"))
HALL = HallRow("360600001", "市办税厅", HallKind.HALL, "08:30", "12:00", "14:00", "18:00", False)
STAFF = StaffRow("0317", "张晓梅", "360600001", True)
DEVICES = (
    DeviceWord("rating_pad", "ready", 0),
    DeviceWord("window_display", "ready", 0),
    DeviceWord("lamp", "ready", 0),
    DeviceWord("printer", "ready", 0),
    DeviceWord("card_reader", "none", 0),
)
HEALTH = Health(True, 0, 0, 0, DEVICES, station=True, centre=True)
GROUPS = (
    GroupLine("B", 7, at("10:14:00"), 0),
    GroupLine("C", 4, at("10:20:00"), 1),
    GroupLine("A", 3, at("10:31:00"), 2),
    GroupLine("L", 2, at("10:38:00"), 2),
)


def window(state: WindowState, number: int = 3, **more: Any) -> WindowRow:
    return WindowRow(
        code=f"360600001-{number:02d}",
        hall="360600001",
        name=f"{number}号窗口",
        primary="B",
        secondary="C",
        active=True,
        state=state,
        staff="0317",
        **more,
    )


def ticket(state: TicketState, calls: int = 1, called: str = "10:42:10") -> TicketRow:
    return TicketRow(
        id="t1",
        hall="360600001",
        day=DAY,
        number="B047",
        prefix="B",
        ticket_kind="onsite",
        service_code="B07",
        issued_t=at("10:12:00"),
        printed=True,
        first_called_t=at("10:42:10"),
        wait_s=1810,
        state=state,
        window="360600001-03",
        staff="0317",
        calls=calls,
        last_called_t=at(called),
        last_called_m=moment(called).m,
        last_called_boot=BOOT,
    )


def service(state: ServiceState = ServiceState.SERVING, start: str = "10:42:52", **more: Any) -> ServiceRow:
    running = moment(start)
    fields: dict[str, Any] = {
        "run_t": running.t,
        "run_m": running.m,
        "run_boot": BOOT,
        "code": "B07",
        "version": 1,
        "limit_s": 600,
    }
    return ServiceRow(
        id="s1",
        hall="360600001",
        day=DAY,
        visit="v1",
        ticket="t1",
        leg=1,
        entry_mode="live",
        walk_up_reason="",
        start_t=running.t,
        start_m=running.m,
        start_boot=BOOT,
        end_t=0,
        wall_s=0,
        excluded_s=0,
        counted_s=0,
        overtime=False,
        std_milliminutes=0,
        rating="",
        state=state,
        window="360600001-03",
        staff="0317",
        **{**fields, **more},
    )


HELD = (
    HeldLine("t-b031", "B031", HoldReason.PAPERS, at("09:58:00"), BY_CODE["B01"]),
    HeldLine("t-c015", "C015", HoldReason.PAYMENT, at("10:20:00"), BY_CODE["C10"]),
)
LAST = LastLine("s0", "B046", BY_CODE["B02"], 108, "rated", "")
NEXT = NextTicket(
    "B047",
    TicketClass.NORMAL,
    at("10:12:00"),
    "B",
    Reason(FIRST_THEN, {"group": OWN_GROUP, "cause": WAITED_LONGEST, "next": "C017", "next_group": SECOND_GROUP}),
)
TARGETS = (
    Target("360600001-05", window(WindowState.IDLE, 5), "", "刘洋", 0, None),
    Target("360600001-02", window(WindowState.SERVING, 2), "", "李强", 7, None),
    Target("B", None, "B", "", 7, None),
    Target("C", None, "C", "", 4, None),
    Target("A", None, "A", "", 3, None),
    Target("360600001-07", window(WindowState.BREAK, 7), "", "吴倩", 0, Reason("on a break")),
    Target("360600001-08", window(WindowState.CLOSED, 8), "", "", 0, Reason("not staffed")),
)


def view(state: WindowState, now: Situation, seq: int = 1, **more: Any) -> CounterView:
    fields: dict[str, Any] = {
        "day": DAY,
        "hall": HALL,
        "window": window(state, since_t=at("10:40:00")),
        "staff": STAFF,
        "ticket": None,
        "service": None,
        "matter": None,
        "first_inquiry": "",
        "leg": 0,
        "ask": None,
        "rating_until_t": 0,
        "rating_timeout_s": 30,
        "lock_after_s": 300,
        "groups": GROUPS,
        "waiting_here": 11,
        "waiting_all": 16,
        "next": None,
        "held": HELD,
        "last": LAST,
        "most": MOST,
        "matters": MATTERS,
        "targets": (),
        "today": Today(services=14, overtime=1, rated=12, unrated=2, std_milliminutes=96_400),
        "evaluation_rate": "85.71",
        "punch_t": at("08:24:00"),
        "break_t": at("09:40:00"),
        "walk_up_reason": "no_queue",
        "walk_up_only": "",
        "refusals": refusals(now),
        "health": HEALTH,
        "pos": seq,
        "seq": seq,
    }
    return CounterView(**{**fields, **more})


def _situation(state: WindowState, **more: Any) -> Situation:
    fields: dict[str, Any] = {"waiting_count": 11, "held_count": 2, "unrated_today": 2, "number": "B047", "code": "B07"}
    return Situation(window_state=state, **{**fields, **more})


def idle(waiting: bool = True, **more: Any) -> CounterView:
    now = _situation(WindowState.IDLE, waiting_count=17 if waiting else 0, can_next=True)
    return view(
        WindowState.IDLE,
        now,
        **{
            "next": NEXT if waiting else None,
            "waiting_all": 17 if waiting else 0,
            "groups": GROUPS if waiting else (GroupLine("B", 0, 0, 0), GroupLine("C", 0, 0, 1)),
            **more,
        },
    )


def alone(**more: Any) -> CounterView:
    """The number host is away: nothing of it may be called."""
    now = _situation(WindowState.IDLE, waiting_count=0, can_next=True, hub_down=True)
    health = replace(HEALTH, host_away_t=at("10:31:00"), own_number="B3-001", warnings=1)
    return view(WindowState.IDLE, now, **{"next": None, "waiting_all": 0, "health": health, **more})


def called(calls: int = 1, called_at: str = "10:42:10", since_s: int = 12, **more: Any) -> CounterView:
    now = _situation(WindowState.CALLED, calls=calls, s_since_last_call=since_s, last_called_t=at(called_at))
    fields: dict[str, Any] = {
        "window": window(WindowState.CALLED, ticket="t1"),
        "ticket": ticket(TicketState.CALLED, calls, called_at),
        "matter": BY_CODE["B07"],
        "targets": TARGETS,
    }
    return view(WindowState.CALLED, now, **{**fields, **more})


def serving(start: str = "10:42:52", batchable: bool = False, **more: Any) -> CounterView:
    fields: dict[str, Any] = {
        "window": window(WindowState.SERVING, ticket="t1", service="s1"),
        "ticket": ticket(TicketState.SERVING),
        "service": service(start=start),
        "matter": BY_CODE["B07"],
        "first_inquiry": "张晓梅",
        "leg": 1,
        "targets": TARGETS,
    }
    return view(WindowState.SERVING, _situation(WindowState.SERVING, batchable=batchable), **{**fields, **more})


def walk_up(**more: Any) -> CounterView:
    """A person without a number is served; somebody with one waits."""
    now = _situation(WindowState.SERVING, has_ticket=False)
    row = replace(service(), ticket="", entry_mode="walk_up", walk_up_reason="consult")
    fields: dict[str, Any] = {
        "window": window(WindowState.SERVING, service="s1"),
        "ticket": None,
        "service": row,
        "refusals": refusals(now),
        "walk_up_choices": walk_up_choices(now),
    }
    return replace(serving(), **{**fields, **more})


def awaiting_the_visit() -> CounterView:
    """The same as awaiting, in a hall where one rating is for the visit."""
    asked = moment("10:49:23")
    now = _situation(WindowState.AWAITING_RATING, asked_t=asked.t, rating_s_so_far=8, per_visit=True)
    return replace(awaiting(), refusals=refusals(now))


def paused(**more: Any) -> CounterView:
    stopped = moment("10:45:23")
    row = service(
        ServiceState.PAUSED,
        counted_ms=151_000,
        run_t=0,
        run_m=0,
        run_boot="",
        pause_id="p1",
        pause_reason="material_supplement",
        pause_excluded=True,
        pause_t=stopped.t,
        pause_m=stopped.m,
        pause_boot=BOOT,
    )
    return replace(
        serving(),
        window=window(WindowState.PAUSED, ticket="t1", service="s1"),
        service=row,
        refusals=refusals(_situation(WindowState.PAUSED)),
        **more,
    )


def awaiting(asked_s: int = 8, **more: Any) -> CounterView:
    asked = moment("10:49:23")
    row = replace(
        service(ServiceState.FINISHED, counted_ms=391_000, run_t=0, run_m=0, run_boot=""),
        counted_s=391,
        end_t=asked.t,
    )
    now = _situation(WindowState.AWAITING_RATING, asked_t=asked.t, rating_s_so_far=asked_s)
    fields: dict[str, Any] = {
        "window": window(WindowState.AWAITING_RATING, ticket="t1", service="s1"),
        "service": row,
        "ask": AskRow("a1", DAY, 7, "pad", "s1", "v1", "360600001-03", "0317", 30, asked.t, asked.m, BOOT, "open"),
        "rating_until_t": asked.t + 30_000,
        "refusals": refusals(now),
    }
    return replace(serving(), **{**fields, **more})


def on_break(**more: Any) -> CounterView:
    now = _situation(WindowState.BREAK)
    row = window(WindowState.BREAK, since_t=at("10:40:00"), reason="rotate")
    return view(WindowState.BREAK, now, **{"window": row, **more})
