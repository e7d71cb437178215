"""One person's visit to the demonstration hall: ticket, call, service with its pause, rating; drawn, then recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Protocol

from hallterm.rules.timers import is_suspicious, limit_s, pause_rule, std_milliminutes
from hallterm.workflows.bad_ratings import RatedBadly, open_case
from storage import facts as f
from storage.facts import EntryMode, PauseReason, Scale, ServiceTypeSet, UnratedReason
from storage.journal import Write

BOOT = "demopast"
PAUSES = (
    (PauseReason.MATERIAL_SUPPLEMENT, 240),
    (PauseReason.TAXPAYER_PAYMENT, 180),
    (PauseReason.TAXPAYER_LEFT, 150),
    (PauseReason.INTERNAL_CONSULT, 120),
    (PauseReason.SYSTEM_FAULT, 200),
)
"""Reasons with the usual length, seconds."""
LEVELS, LIKELY = (5, 4, 3), (76, 19, 5)
RATED = 0.955
TOO_SHORT_S = 9
ASKED = "asked"
"""The name under which a day's ratings are counted, beside its tickets by their letter."""

Act = Callable[[Write], None]


class At(Protocol):
    """Where the steps of a visit are put down."""

    def __call__(self, t: int, actor: str, act: Act) -> None: ...


def record(tx: Write, fact: f.Fact) -> None:
    tx.record(fact)


def recording(fact: f.Fact) -> Act:
    """An act that records this fact."""
    return lambda tx: record(tx, fact)


class Visit:
    """``t`` is when the number is called, ms UTC; ``ends``: what became of the ticket if nobody was served."""

    def __init__(
        self, day: str, matter: ServiceTypeSet, window: str, staff: str, t: int, wait_s: int, numbers: Counter[str]
    ) -> None:
        self.day, self.matter, self.window, self.staff = day, matter, window, staff
        self.t, self.wait_s, self.numbers = t, wait_s, numbers
        self.entry, self.quantity, self.ends = EntryMode.LIVE, 1, ""
        self.counted_s = self.move_s = self.level = self.pause_s = self.wait_ms = 0
        self.pause: PauseReason | None = None
        self.missing: UnratedReason | None = None
        self.taxpayer: tuple[str, str] | None = None
        self.ticket = self.number = self.service = self.paused = self.case = ""

    def draw(self, random: Random) -> None:
        """How long it takes, what interrupts it, what the taxpayer presses."""
        limit_s = self.matter.limit_min * 60
        self.counted_s = max(20, min(int(random.gauss(limit_s * 0.62, limit_s * 0.24)), 20 * 60))
        self.move_s = random.randrange(8, 70)
        if random.random() < 0.01:
            self.counted_s = TOO_SHORT_S
        elif random.random() < 0.12:
            self.pause, usual_s = random.choice(PAUSES)
            self.pause_s = int(usual_s * random.uniform(0.4, 1.5))
        self.level = random.choices(LEVELS, LIKELY)[0]
        self.wait_ms = random.randrange(900, 6000)
        if random.random() > RATED:
            reasons = (UnratedReason.NO_RESPONSE, UnratedReason.LEFT, UnratedReason.DEVICE_FAULT)
            self.missing = random.choices(reasons, (6, 3, 2))[0]

    @property
    def limit_s(self) -> int:
        return limit_s(self.matter.limit_min, self.quantity, self.matter.batchable)

    @property
    def start_t(self) -> int:
        return self.t + self.move_s * 1000

    @property
    def end_t(self) -> int:
        return self.start_t + (self.counted_s + self.pause_s) * 1000

    def schedule(self, at: At) -> None:
        """Put down its steps."""
        if self.entry is EntryMode.LIVE:
            at(self.t - self.wait_s * 1000, "-", self._issue)
        if self.ends == "cancelled":
            at(self.t - self.wait_s * 500, "0301", lambda tx: record(tx, f.TicketCancelled(self.ticket)))
        if self.ends in ("cancelled", "left"):
            return
        if self.entry is EntryMode.LIVE:
            at(self.t, self.staff, self._call)
        if self.ends:
            at(self.t + 25_000, self.staff, lambda tx: self._call(tx, 2))
            at(self.t + 50_000, self.staff, lambda tx: self._call(tx, 3))
            gone = (self.window, self.staff, self.day, self.matter.ticket_prefix)
            at(self.t + 75_000, self.staff, lambda tx: record(tx, f.TicketNoShow(self.ticket, *gone)))
            return
        at(self.start_t, self.staff, self._start)
        if self.pause:
            at(self.start_t + self.counted_s * 400, self.staff, self._pause)
            at(self.start_t + self.counted_s * 400 + self.pause_s * 1000, self.staff, self._resume)
        at(self.end_t, self.staff, self._finish)
        at(self.end_t + 9000, "-", self._rate)
        at(self.end_t + 20_000, self.staff, self._leave)

    def _issue(self, tx: Write) -> None:
        prefix = self.matter.ticket_prefix
        self.numbers[prefix] += 1
        self.number = f"{prefix}{self.numbers[prefix]:03d}"
        self.ticket = tx.record(f.TicketIssued(self.day, self.number, prefix, service_code=self.matter.code))

    def _call(self, tx: Write, nth: int = 1) -> None:
        wait_s = self.wait_s if nth == 1 else None
        prefix = self.matter.ticket_prefix
        where = (self.window, self.staff)
        tx.record(f.TicketCalled(self.ticket, self.number, *where, nth, self.day, prefix, wait_s))
        if nth == 1 and self.taxpayer:
            tx.record(f.VisitIdentified("", *where, *self.taxpayer, ticket=self.ticket))

    def _start(self, tx: Write) -> None:
        is_live = self.entry is EntryMode.LIVE
        self.service = tx.record(
            f.ServiceStarted(
                *(self.window, self.staff, self.day, self.matter.code, self.matter.number),
                *(self.limit_s, self.quantity),
                ticket=self.ticket,
                entry_mode=self.entry,
                walk_up_reason="" if is_live else f.WalkUpReason.CONSULT.value,
                move_s=self.move_s if is_live else None,
            )
        )

    def _pause(self, tx: Write) -> None:
        if self.pause is not None:
            counted_ms, now = self.counted_s * 400, tx.now
            self.paused = tx.record(
                f.ServicePaused(
                    *(
                        self.service,
                        self.window,
                        self.staff,
                        self.pause,
                        pause_rule(self.pause).excluded,
                        counted_ms,
                        0,
                    ),
                    *(now.t, now.m, now.boot, self.service, self.ticket),
                )
            )

    @property
    def excluded_s(self) -> int:
        return self.pause_s if self.pause and pause_rule(self.pause).excluded else 0

    def _resume(self, tx: Write) -> None:
        counted_ms = self.counted_s * 400 + (self.pause_s - self.excluded_s) * 1000
        tx.record(
            f.ServiceResumed(
                *(self.service, self.window, self.staff, self.paused, self.pause_s * 1000, counted_ms),
                *(self.excluded_s * 1000, self.excluded_s > 0, self.service, self.ticket),
            )
        )

    def _finish(self, tx: Write) -> None:
        wall_s = self.counted_s + self.pause_s
        counted_s = wall_s - self.excluded_s
        tx.record(
            f.ServiceFinished(
                *(self.service, self.service, self.window, self.staff, self.day, self.matter.code, self.matter.number),
                *(self.quantity, wall_s, self.excluded_s, counted_s, self.limit_s, counted_s > self.limit_s),
                std_milliminutes(self.matter.limit_min, self.quantity, self.matter.batchable),
                ticket=self.ticket,
                entry_mode=self.entry,
                suspicious=is_suspicious(counted_s),
                excluded_ms=self.excluded_s * 1000,
                counted_ms=counted_s * 1000,
                end_t=tx.now.t,
            )
        )

    def _rate(self, tx: Write) -> None:
        who = (self.service, self.service, self.window, self.staff, self.matter.code, self.day)
        if self.missing is not None:
            by = self.staff if self.missing is UnratedReason.LEFT else ""
            exempt = self.missing is UnratedReason.DEVICE_FAULT
            tx.record(f.RatingMissing(*who, self.missing, exempt, ticket=self.ticket, by=by))
            return
        self.numbers[ASKED] += 1
        wid = self.numbers[ASKED]
        rating = tx.record(
            f.RatingGiven(
                *(*who, wid, f"HT25A{self.window[-2:]}", 6 - self.level, self.level, Scale.FIVE_SEED),
                *(self.wait_ms, 90 + self.wait_ms % 200, "00000000", "", self.ticket),
            )
        )
        bad = RatedBadly(rating, *who, self.level, Scale.FIVE_SEED, self.ticket)
        self.case = open_case(tx, bad, tx.now) or ""
        if self.case and self.wait_ms % 4:
            codes = ("attitude", "slow") if self.level == 1 else ("slow",)
            tx.record(f.RatingExplained(rating, self.service, self.staff, self.day, self.level, Scale.FIVE_SEED, codes))

    def _leave(self, tx: Write) -> None:
        tx.record(f.VisitClosed(self.service, self.window, self.ticket))
