"""Days of halls in facts, drawn by a seed: tickets called and not, services of every kind, pauses, ratings, undone steps.

Facts reach the tables as at a centre: projected in batches, in their places.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from random import Random

from storage import facts as f
from storage.chain import causal_order, fact_id
from storage.database import Database
from storage.facts import EntryMode, Fact, PauseReason, Scale, UnratedReason
from storage.projections import Placed, project

MATTERS = {"A01": ("A", 10), "B01": ("B", 8), "B02": ("B", 2), "C01": ("C", 2), "C11": ("C", 8), "D01": ("D", 3)}
HALL_NAMES = ("市办税厅", "园区", "贵溪", "余江", "锦北点")
MINUTE = 60_000


def hall_code(number: int) -> str:
    """Halls of one city, three districts."""
    return f"3606{number % 3:02d}{number // 3 + 1:03d}"


def staff_number(hall: int, clerk: int) -> str:
    return f"{hall + 1:02d}{clerk + 1:02d}"


def opens_t(day: str) -> int:
    """08:30 of a day in +08:00, ms UTC."""
    from hallterm.rules.day import midnight_t

    return midnight_t(day) + 510 * MINUTE


class Log:
    """The facts of one node, in their places."""

    def __init__(self, node: str, hall: str) -> None:
        self.node, self.hall = node, hall
        self.seq = 0
        self.placed: list[Placed] = []

    def add(self, fact: Fact, t: int, actor: str = "-") -> str:
        self.seq += 1
        digest = hashlib.sha256(f"{self.node}{self.seq}".encode()).digest()
        name = fact_id(self.node, 0, self.seq, digest)
        order = causal_order(self.seq, digest)
        self.placed.append(Placed(fact, name, order, self.node, t, t % 10**9, "b", actor, self.hall))
        return name


class HallDays:
    """Draws the days of one hall."""

    def __init__(
        self, number: int, seed: int, clerks: int = 3, matters: Mapping[str, tuple[str, int]] = MATTERS
    ) -> None:
        self.number = number
        self.hall = hall_code(number)
        self.log = Log(f"n{number}", self.hall)
        self.random = Random(f"{seed}/{number}")
        self.staff = [staff_number(number, clerk) for clerk in range(clerks)]
        self.matters = matters
        self.codes = sorted(matters)
        self.wid = 0

    def found(self, t: int) -> None:
        """The hall, its people and matters."""
        name = HALL_NAMES[self.number % len(HALL_NAMES)]
        self.log.add(f.HallSet(self.hall, name if self.number < len(HALL_NAMES) else f"{name}{self.number}"), t)
        for n, staff in enumerate(self.staff):
            self.log.add(f.StaffSet(staff, f"人员{'甲乙丙丁戊己庚辛'[n]}", self.hall), t)
        for code, (prefix, limit) in self.matters.items():
            self.log.add(f.ServiceTypeSet(code, f"事项{code}", f"Matter {code}", "x", prefix, limit), t)

    def day(self, day: str, visits: int) -> None:
        """So many people come; some go again, some are served twice."""
        start = opens_t(day)
        self.log.add(f.DayOpened(day), start)
        for n, staff in enumerate(self.staff):
            self.log.add(f.SignOnDone(staff, day, self.window(n), punch=True), start, staff)
        for visit in range(visits):
            self.visit(day, start + visit * 240_000 // max(1, len(self.staff)), visit)
        for n, staff in enumerate(self.staff):
            self.log.add(f.SignOffDone(staff, day, self.window(n)), start + 34_200_000, staff)
        if self.random.random() < 0.2:
            self.log.add(f.ClockJumped(jump_ms=3_600_000), start + 1)
        self.log.add(f.DayClosed(day), start + 34_300_000)

    def window(self, clerk: int) -> str:
        return f"{self.hall}-{clerk + 1:02d}"

    def visit(self, day: str, t: int, nth: int) -> None:
        draw = self.random.random
        code = self.random.choice(self.codes)
        prefix = self.matters[code][0]
        number = f"{prefix}{nth:03d}"
        clerk = self.random.randrange(len(self.staff))
        window, staff = self.window(clerk), self.staff[clerk]
        ticket = self.log.add(f.TicketIssued(day, number, prefix, service_code=code), t)
        if draw() < 0.04:
            self.log.add(f.TicketCancelled(ticket), t + MINUTE)
            return
        if draw() < 0.04:
            return  # still waiting, or abandoned at the end of the day
        wait_s = self.random.randrange(5, 1800)
        t += wait_s * 1000
        self.log.add(f.TicketCalled(ticket, number, window, staff, 1, day, prefix, wait_s), t, staff)
        if draw() < 0.05:
            self.log.add(f.TicketNoShow(ticket, window, staff, day, prefix), t + 50_000, staff)
            return
        self.serve(day, t, code, staff, window, ticket)
        if draw() < 0.1:
            self.serve(day, t + 900_000, self.random.choice(self.codes), staff, window, "")

    def serve(self, day: str, t: int, code: str, staff: str, window: str, ticket: str) -> None:
        """A service from its start to its rating; some are taken back and finished again."""
        draw, limit_s = self.random.random, self.matters[code][1] * 60
        entry = EntryMode.BACK_ENTRY if draw() < 0.03 else EntryMode.LIVE if ticket else EntryMode.WALK_UP
        move_s = self.random.randrange(2, 90) if ticket else None
        quantity = self.random.choice((1, 1, 1, 3))
        where = (window, staff, day, code, 1, limit_s, quantity)
        started = f.ServiceStarted(*where, ticket=ticket, entry_mode=entry, move_s=move_s)
        service = self.log.add(started, t, staff)
        counted_s = max(1, int(self.random.gauss(limit_s * 0.7, limit_s * 0.35)))
        pause_ms = self.pause(service, t, staff, window, ticket) if draw() < 0.15 else 0
        suspicious = counted_s < 15
        excluded_s = pause_ms // 1000
        done = f.ServiceFinished(
            service,
            service,
            window,
            staff,
            day,
            code,
            1,
            quantity,
            counted_s + excluded_s,
            excluded_s,
            counted_s,
            limit_s,
            counted_s > limit_s,
            600 * self.matters[code][1],
            ticket=ticket,
            entry_mode=entry,
            suspicious=suspicious,
            excluded_ms=pause_ms,
            counted_ms=counted_s * 1000,
            end_t=t + counted_s * 1000 + pause_ms,
        )
        end = self.log.add(done, done.end_t, staff)
        if draw() < 0.03:
            self.take_back(done, end)
            self.log.add(done, done.end_t + 5000, staff)
        self.rate(done)

    def pause(self, service: str, t: int, staff: str, window: str, ticket: str) -> int:
        reason = self.random.choice(
            [PauseReason.MATERIAL_SUPPLEMENT, PauseReason.SYSTEM_FAULT, PauseReason.TAXPAYER_PAYMENT]
        )
        ms = self.random.randrange(10_000, 900_000)
        begun = f.ServicePaused(service, window, staff, reason, True, 5000, 0, t + 5000, 5000, "b", ticket=ticket)
        pause = self.log.add(begun, t + 5000, staff)
        confirm = reason is PauseReason.SYSTEM_FAULT and ms > 600_000
        ended = f.ServiceResumed(
            service, window, staff, pause, ms, 5000, ms, True, ticket=ticket, needs_confirmation=confirm
        )
        self.log.add(ended, t + 5000 + ms, staff)
        return ms

    def take_back(self, done: f.ServiceFinished, of_fact: str) -> None:
        serving = f.WindowNow(f.WindowState.SERVING, staff=done.staff, ticket=done.ticket, service=done.service)
        now = f.ServiceNow(f.ServiceState.SERVING, done.window, done.staff, done.code, 1, done.quantity, done.limit_s)
        ticket = f.TicketNow(f.TicketState.SERVING, done.window, done.staff) if done.ticket else None
        undo = f.ActionUndone(
            of_fact,
            f.CounterAction.FINISH,
            done.staff,
            done.window,
            serving,
            done.ticket,
            ticket,
            done.service,
            now,
            done,
        )
        self.log.add(undo, done.end_t + 2000, done.staff)

    def rate(self, done: f.ServiceFinished) -> None:
        draw = self.random.random()
        who = (done.service, done.visit, done.window, done.staff, done.code, done.day)
        t = done.end_t + 9000
        if draw < 0.88:
            self.wid += 1
            level = self.random.choices((5, 4, 3, 2, 1), (70, 20, 6, 3, 1))[0]
            given = f.RatingGiven(
                *who,
                wid=self.wid,
                pad=f"pad-{self.number}",
                key=level,
                level=level,
                scale=Scale.FIVE_SEED,
                t_ms=900,
                held_ms=120,
                map_hash="00",
                ask="",
                ticket=done.ticket,
            )
            self.log.add(given, t)
        elif draw < 0.97:
            reason = UnratedReason.NO_RESPONSE if draw < 0.92 else UnratedReason.LEFT
            by = done.staff if reason is UnratedReason.LEFT else ""
            self.log.add(f.RatingMissing(*who, reason, False, ticket=done.ticket, by=by), t)
        else:
            self.log.add(f.RatingMissing(*who, UnratedReason.DEVICE_FAULT, True, ticket=done.ticket), t)


def drawn(halls: Sequence[int], days: Sequence[str], visits: int, seed: int = 1, clerks: int = 3) -> list[HallDays]:
    """The logs of halls over days."""
    made = []
    for number in halls:
        one = HallDays(number, seed, clerks)
        one.found(opens_t(days[0]) - 1)
        for day in days:
            one.day(day, visits)
        made.append(one)
    return made


def fill(database: Database, logs: Iterable[HallDays]) -> None:
    """Project all of them, in one transaction."""
    database.execute("BEGIN")
    put(database, logs)
    database.execute("COMMIT")


def put(database: Database, logs: Iterable[HallDays]) -> None:
    """The same within somebody's transaction."""
    for one in logs:
        project(database, one.log.placed)
