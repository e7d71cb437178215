"""Some weeks of the demonstration hall before today, drawn by a seed and recorded as facts with times of their own.

What happens at the counters is drawn here; what leaders and clerks decide goes through the workflows
(:mod:`hallterm.demo_decisions`). Both are told in the order of their times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import NamedTuple

from hallterm import demo_visit
from hallterm.catalogue import shipped_catalogue
from hallterm.demo_people import AT_WINDOWS, AWAY, FLOATING, HALL, LEADER, Person
from hallterm.demo_visit import BOOT, Visit
from hallterm.rules.calendar import days, later
from hallterm.rules.day import midnight_t
from storage import facts as f
from storage.facts import BreakReason, EntryMode, Half, Moment, WarningKind, WarningLevel
from storage.journal import Journal, Write
from storage.vault import Vault

SEED = 20261122
WEEKS = 4
LAST_DAYS_OF_A_MONTH = 20
"""The past begins on this day of the last month at the latest, so that there is a month to be frozen."""
VISITS = 900
"""About as many, however many days there are: more would make people wait for the demonstration."""
LONGEST_MIN = 12
"""Matters that take longer are not drawn: a visit ends before the next one begins."""
SHIFTS = {Half.AM: (8 * 60 + 40, 165), Half.PM: (14 * 60 + 5, 205)}
"""From which minute of the day, and for how many minutes, people are called."""
GROUPS = {1: "AAL", 2: "CCCF", 3: "BBBC", 5: "DEDB"}
OUTAGE_DAY, OUTAGE_FROM, OUTAGE_TO = 9, 10 * 60, 11 * 60
"""Nobody is served from minute to minute of that day: the power was off."""
LATE = {("0308", 3): 41, ("0305", 9): 52, ("0317", 14): 33}
"""(who, day) -> minute after eight at which he signed on."""
EARLY = {("0311", 12): 17 * 60 + 35}
FIRST_DAYS = 20
"""There are so many days at least."""
BAD = (2, 5, 8, 10, 13, 15, 17, 18)
"""The days on which a rating is bad, of the last :data:`FIRST_DAYS`."""
TAXPAYER = "91350100M000100Y43"

Act = Callable[[Write], None]
Deed = Callable[[Moment], object]


class Event(NamedTuple):
    """What happens at a moment; a ``deed`` has transactions of its own."""

    t: int
    nth: int
    actor: str
    act: Act | None = None
    deed: Deed | None = None


def past_days(today: str) -> tuple[str, ...]:
    """The working days of the past, oldest first."""
    at = date.fromisoformat(today)
    last_month = at.replace(day=1) - timedelta(days=1)
    first = min(at - timedelta(weeks=WEEKS), last_month.replace(day=LAST_DAYS_OF_A_MONTH))
    found = (first + timedelta(days=n) for n in range((at - first).days))
    return tuple(day.isoformat() for day in found if day.isoweekday() <= 5)


def at_minute(day: str, minute: float) -> int:
    """Ms UTC of a minute of a day."""
    return midnight_t(day) + round(minute * 60_000)


class Past:
    """The past of one hall, drawn and then told."""

    def __init__(self, journal: Journal, vault: Vault, today: str) -> None:
        self.journal, self.vault = journal, vault
        self.today = today
        self.days = past_days(today)
        self.random = Random(SEED)
        self.matters = {one.code: one for one in shipped_catalogue() if one.limit_min <= LONGEST_MIN}
        self.events: list[Event] = []
        self.visits: list[Visit] = []
        self.bad: dict[int, Visit] = {}
        self.per_half = max(2, round(VISITS / max(1, len(self.days) * len(AT_WINDOWS) * len(SHIFTS))))

    @property
    def opens_t(self) -> int:
        """Eight in the morning of the first day."""
        return at_minute(self.days[0], 8 * 60)

    # what happens when

    def at(self, t: int, actor: str, act: Act) -> None:
        self.events.append(Event(t, len(self.events), actor, act=act))

    def deed(self, day: int, hh_mm: str, deed: Deed) -> None:
        """Something decided on the ``day``-th day; nothing if that is still to come."""
        if day < len(self.days):
            hours, minutes = hh_mm.split(":")
            t = at_minute(self.days[day], int(hours) * 60 + int(minutes))
            self.events.append(Event(t, len(self.events), "", deed=deed))

    def tell(self) -> None:
        """Record everything in the order of its time, in as few transactions as the deeds between allow."""
        for is_deed, events in groupby(sorted(self.events), key=lambda one: one.deed is not None):
            if is_deed:
                for one in events:
                    if one.deed is not None:
                        one.deed(self.moment(one.t))
            else:
                self._record(list(events))

    def _record(self, events: list[Event]) -> None:
        with self.journal.write("-", self.moment(events[0].t)) as tx:
            for one in events:
                tx.now, tx.actor = self.moment(one.t), one.actor
                if one.act is not None:
                    one.act(tx)

    def moment(self, t: int) -> Moment:
        """A reading of the clocks of that time: of one boot, long over."""
        return Moment(t=t, m=t - midnight_t(self.days[0]), boot=BOOT)

    # the days

    def draw(self) -> None:
        """All the days; at a weekend the hall is open, as the demonstration is, and nobody comes."""
        for nth, day in enumerate(self.days):
            self._day(nth, day)
        for day in sorted(set(days(self.days[0], later(self.today, -1))) - set(self.days)):
            self.at(at_minute(day, 8 * 60), "-", demo_visit.recording(f.DayOpened(day)))
            self.at(at_minute(day, 18 * 60), "-", demo_visit.recording(f.DayClosed(day)))

    def _day(self, nth: int, day: str) -> None:
        self.at(at_minute(day, 8 * 60), "-", demo_visit.recording(f.DayOpened(day)))
        left: list[Visit] = []
        numbers: Counter[str] = Counter()
        for person in AT_WINDOWS:
            halves = [half for half in Half if half not in AWAY.get((person.number, nth), ())]
            gone = [half for half in Half if half not in halves]
            for who, worked in ((person.number, halves), (FLOATING, gone)):
                if worked:
                    self._presence(nth, day, who, self._window(person), worked)
                if worked and who == FLOATING:
                    self._stands_in(day, person, worked)
                for half in worked:
                    left += self._half(nth, day, person, who, half, numbers)
        if nth - len(self.days) + FIRST_DAYS in BAD:
            self._one_is_bad(nth, [one for one in left if one.staff != FLOATING])
        if nth % 6 == 4:
            self._warning(day)
        self.at(at_minute(day, 18 * 60 + 20), "-", lambda tx: self._close(tx, day, left))

    def _window(self, person: Person) -> str:
        return f"{HALL}-{person.window:02d}"

    def _presence(self, nth: int, day: str, staff: str, window: str, halves: list[Half]) -> None:
        """The punch, the noon break, the sign-off."""
        on = 8 * 60 + LATE.get((staff, nth), self.random.randrange(8, 28))
        off = EARLY.get((staff, nth), 18 * 60 + self.random.randrange(1, 14))
        if halves == [Half.PM]:
            on = 13 * 60 + self.random.randrange(40, 58)
        if halves == [Half.AM]:
            off = 12 * 60 + self.random.randrange(1, 6)
        facts: list[tuple[float, f.Fact]] = [
            (on, f.SignOnDone(staff, day, window, punch=True)),
            (on + 0.02, f.WindowOpened(window, staff, day)),
            (off, f.WindowClosed(window, staff, day)),
            (off + 0.02, f.SignOffDone(staff, day, window)),
        ]
        if len(halves) == len(Half):
            facts.append((12 * 60 + 2, f.BreakStarted(window, staff, BreakReason.LUNCH)))
            facts.append((13 * 60 + 50, f.BreakEnded(window, staff)))
        for minute, fact in facts:
            self.at(at_minute(day, minute), staff, demo_visit.recording(fact))

    def _stands_in(self, day: str, person: Person, halves: list[Half]) -> None:
        """Somebody else works at the window."""
        begun = ""

        def begin(tx: Write) -> None:
            nonlocal begun
            who = (self._window(person), person.number, FLOATING, day)
            begun = tx.record(f.SubstitutionBegan(*who, f.SubstitutionReason.LEAVE))

        from_min, to_min = (13 * 60 + 59 if halves == [Half.PM] else 8 * 60 + 29), 18 * 60 + 14
        ended = (self._window(person), FLOATING, day)
        self.at(at_minute(day, from_min), LEADER, begin)
        self.at(at_minute(day, to_min), LEADER, lambda tx: demo_visit.record(tx, f.SubstitutionEnded(begun, *ended)))

    def _half(
        self, nth: int, day: str, person: Person, staff: str, half: Half, numbers: Counter[str]
    ) -> Iterator[Visit]:
        """Those who come to a window in half a day."""
        start, length = SHIFTS[half]
        visits = self.per_half + self.random.choice((-1, 0, 0, 1))
        begins_early = LATE.get((staff, nth), 0) if half is Half.AM else 0
        for one in range(visits):
            minute = start + one * length / visits + self.random.uniform(0, 2)
            if nth == OUTAGE_DAY and OUTAGE_FROM - 30 < minute < OUTAGE_TO:
                continue
            if minute < 8 * 60 + begins_early + 1 or minute > EARLY.get((staff, nth), 24 * 60) - 30:
                continue
            yield self._visit(day, person, staff, at_minute(day, minute), numbers)

    def _visit(self, day: str, person: Person, staff: str, t: int, numbers: Counter[str]) -> Visit:
        draw = self.random.random
        prefix = self.random.choice(GROUPS[person.window])
        matter = self.matters[self.random.choice([code for code in self.matters if code[0] == prefix])]
        wait_s = int(min(2400, self.random.expovariate(1 / 420) + 15))
        visit = Visit(day, matter, self._window(person), staff, t, wait_s, numbers)
        chance = draw()
        visit.ends = "no_show" if chance < 0.03 else "cancelled" if chance < 0.04 else "left" if chance < 0.05 else ""
        visit.entry = EntryMode.WALK_UP if 0.05 <= chance < 0.09 else EntryMode.LIVE
        visit.quantity = self.random.choice((1, 1, 2, 5)) if matter.batchable else 1
        visit.draw(self.random)
        visit.schedule(self.at)
        self.visits.append(visit)
        return visit

    def _one_is_bad(self, nth: int, visits: list[Visit]) -> None:
        """One of the day's taxpayers was not content; every other one is known by name."""
        served = [one for one in visits if not one.ends and one.entry is EntryMode.LIVE]
        who = AT_WINDOWS[len(self.bad) % len(AT_WINDOWS)].number
        visit = self.random.choice([one for one in served if one.staff == who] or served)
        visit.level = self.random.choice((1, 2))
        visit.missing = None
        if len(self.bad) % 2 == 0:
            visit.taxpayer = (self.vault.seal(TAXPAYER), self.vault.keyed_hash(TAXPAYER))
        self.bad[nth] = visit

    def _warning(self, day: str) -> None:
        """People waited too long; the leader answered for it."""
        raised = ""

        def begin(tx: Write) -> None:
            nonlocal raised
            kind = WarningKind.WAITING_OVERTIME
            raised = tx.record(f.WarningRaised(day, kind, WarningLevel.YELLOW, "", 31_000, 30_000, tx.now.t))

        def answer(tx: Write) -> None:
            kind = WarningKind.WAITING_OVERTIME
            tx.record(f.WarningAcknowledged(raised, day, kind, "", "请 3 号窗口增加叫号组"))

        def end(tx: Write) -> None:
            tx.record(f.WarningEnded(raised, day, WarningKind.WAITING_OVERTIME))

        for minute, actor, act in (
            (10 * 60 + 20, "-", begin),
            (10 * 60 + 23, LEADER, answer),
            (10 * 60 + 50, "-", end),
        ):
            self.at(at_minute(day, minute), actor, act)

    def _close(self, tx: Write, day: str, visits: list[Visit]) -> None:
        """The day ends; who still waits has gone."""
        tx.record(f.DayClosed(day, abandoned=tuple(one.ticket for one in visits if one.ends == "left")))
