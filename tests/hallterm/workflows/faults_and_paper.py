"""What a fault adds to a random shift: outages, pauses counted again, slips, cards, no-shows who are here after all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from hallterm.rules.back_entry import TOLERANCE_MS
from hallterm.station import faults
from hallterm.workflows import back_entering, counter, outage_cards, outages, pause_words
from hallterm.workflows.desk import Desk, Refused
from storage.facts import FaultKind, GrantSet, Role, StaffSet
from storage.views.outages import entries_waiting, open_outages
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import MEI, WEI
from tests.hallterm.workflows.unbroken import Unbroken

LEADERS = ("0301", "0302")
seconds = st.sampled_from([1, 5, 61, 301, 900])
minutes = st.integers(-16, 16)


class FaultsAndPaper(Unbroken):
    """Rules beside those of the counter; a refusal is as good as an action."""

    slips = 0

    def grant(self) -> None:
        """Two leaders; the clerks may do what is theirs."""
        with self.shift.stores.journal.write("0001", self.shift.clock()) as tx:
            for number in (*LEADERS, MEI, WEI):
                role = Role.DUTY_LEADER if number in LEADERS else Role.CLERK
                if number in LEADERS:
                    tx.record(StaffSet(number, number, HALL))
                tx.record(GrantSet(number, role, HALL))

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of all facts of a kind; only their lines are read."""
        sql = "SELECT line FROM event WHERE instr(CAST(line AS TEXT), ?) > 0"
        return [json.loads(bytes(line))["d"] for (line,) in self.shift.db.rows(sql, (f'"k":"{kind}"',))]

    def _try(self, work: Callable[..., Any], desk: Desk, *args: Any, after_s: float = 1, **more: Any) -> None:
        try:
            work(desk, self.shift.clock.after(after_s), *args, **more)
        except Refused as refused:
            self.sentences.add(refused.reason.text())

    @rule(who=st.sampled_from((*LEADERS, MEI, WEI)), fault=st.sampled_from(FaultKind), after_s=seconds)
    def declare(self, who: str, fault: FaultKind, after_s: float) -> None:
        window = {MEI: 1, WEI: 2}.get(who, 0)
        self._try(outages.declare, self.shift.stores.desk(window, who), fault, after_s=after_s)

    @rule(
        who=st.sampled_from((*LEADERS, MEI)),
        what=st.sampled_from([outages.confirm, outages.end, outages.end, outages.withdraw]),
        after_s=seconds,
    )
    def say_of_a_fault(self, who: str, what: Callable[..., Any], after_s: float) -> None:
        desk = self.shift.stores.desk(0, who)
        for row in open_outages(self.shift.db, HALL)[:1]:
            words = ("none",) if what is outages.withdraw else ()
            self._try(what, desk, row.id, *words, after_s=after_s)

    @rule(after_s=seconds, refuse=st.booleans())
    def say_of_a_pause(self, after_s: float, refuse: bool) -> None:
        desk = self.shift.stores.desk(0, LEADERS[0])
        for one in pause_words.waiting_pauses(self.shift.db, HALL, self.shift.clock().t)[:1]:
            work, words = (pause_words.refuse_pause, ("no",)) if refuse else (pause_words.confirm_pause, ())
            self._try(work, desk, one.id, *words, after_s=after_s)

    @rule(after_s=seconds)
    def the_station_looks(self, after_s: float) -> None:
        journal, now = self.shift.stores.journal, self.shift.clock.after(after_s)
        for _twice in range(2):
            faults.each_second(journal, self.shift.stores.board, now)
            faults.each_minute(journal, now)

    @rule(
        window=st.sampled_from([1, 2]), pause_s=st.sampled_from([5, 601, 901]), leads=st.booleans(), none=st.booleans()
    )
    def a_fault_from_beginning_to_end(self, window: int, pause_s: float, leads: bool, none: bool) -> None:
        """A matter is paused by a fault and finished after it; the fault stands, or there was none."""
        staff = MEI if window == 1 else WEI
        desk, leader = self.shift.stores.desk(window, staff), self.shift.stores.desk(0, LEADERS[1])
        self._try(counter.walk_up, desk, "L01")
        self._try(outages.declare, leader if leads else desk, FaultKind.TAX_CORE)
        for row in open_outages(self.shift.db, HALL):
            what, words = (outages.withdraw, ("none",)) if none else (outages.end, ())
            self._try(what, leader, row.id, *words, after_s=pause_s)
        self.every_invariant()
        self._try(counter.finish, desk, after_s=20)
        for row in back_entering.enterable(self.shift.db, HALL, self.shift.clock().t)[:1]:
            self.slips += 1
            slip = back_entering.Slip(f"S{self.slips}", "B01", row.from_t, row.from_t + 1000)
            self._try(back_entering.enter, self.shift.stores.desk(3, LEADERS[0]), slip)
            self.answer_a_slip(LEADERS[1], none)
        self.the_station_looks(1)
        self.every_invariant()

    @rule(staff=st.sampled_from((MEI, WEI, LEADERS[0])), start=minutes, length=st.integers(-1, 6), new=st.booleans())
    def enter_a_slip(self, staff: str, start: int, length: int, new: bool) -> None:
        """Most lie in the outage that may still be entered for."""
        self.slips += new
        known = back_entering.enterable(self.shift.db, HALL, self.shift.clock().t)
        from_t = (known[0].from_t if known else self.shift.clock().t) + start * 60_000
        number = f"S{self.slips}" if self.slips else ""
        slip = back_entering.Slip(number, "B01", from_t, from_t + length * 60_000)
        self._try(back_entering.enter, self.shift.stores.desk({MEI: 1}.get(staff, 2), staff), slip)

    @rule(who=st.sampled_from((*LEADERS, MEI)), refuse=st.booleans())
    def answer_a_slip(self, who: str, refuse: bool) -> None:
        for row in entries_waiting(self.shift.db, HALL)[:1]:
            work, words = (back_entering.refuse_entry, ("no",)) if refuse else (back_entering.confirm_entry, ())
            self._try(work, self.shift.stores.desk(0, who), row.id, *words)

    @rule(after_s=seconds, use=st.booleans())
    def cards(self, after_s: float, use: bool) -> None:
        desk = self.shift.stores.desk(0, LEADERS[0])
        last = self.shift.db.value('SELECT max("number") FROM outage_card')
        if use and last:
            self._try(outage_cards.use_card, desk, last, after_s=after_s)
        else:
            self._try(outage_cards.issue_card, desk, "B", after_s=after_s)

    @rule(after_s=seconds)
    def reinstate(self, after_s: float) -> None:
        number = self.shift.db.value("SELECT number FROM ticket WHERE result = 'no_show' LIMIT 1")
        if number:
            self._try(outage_cards.reinstate, self.shift.stores.desk(0, LEADERS[0]), number, after_s=after_s)

    # what must be impossible

    @invariant()
    def an_entry_lies_in_a_recorded_outage_and_two_people_stand_for_it(self) -> None:
        rows = self.shift.db.rows(
            "SELECT b.slip, b.from_t, b.to_t, b.made_by, b.staff, b.confirmed_t, b.confirmed_by, o.from_t, o.to_t, "
            "o.confirmed_t, b.made_t FROM back_entry b LEFT JOIN outage o ON o.id = b.outage"
        )
        for slip, start, end, made_by, staff, confirmed_t, by, from_t, to_t, known, made_t in rows:
            assert slip
            assert known
            assert start <= end <= made_t
            assert from_t - TOLERANCE_MS <= start
            assert end <= (to_t or made_t) + TOLERANCE_MS
            assert not confirmed_t or by not in (made_by, staff)
        entered = self.shift.db.value("SELECT count(*) FROM back_entry WHERE confirmed_t > 0")
        assert self.shift.figure("back_entries") == entered
        assert entered == self.shift.db.value("SELECT count(*) FROM service WHERE entry_mode = 'back_entry'")

    @invariant()
    def slips_and_cards_are_used_once(self) -> None:
        twice = "SELECT outage, slip FROM back_entry WHERE refused_t = 0 GROUP BY outage, slip HAVING count(*) > 1"
        assert self.shift.db.rows(twice) == []
        used = [one["card"] for one in self.told("card.used")]
        assert len(set(used)) == len(used)

    @invariant()
    def a_pause_is_counted_again_once_and_a_confirmed_one_never(self) -> None:
        again = [one["pause"] for one in self.told("service.recounted")]
        assert len(set(again)) == len(again)
        said = (
            "SELECT i.id FROM service_interval i JOIN pause_word w ON w.pause = i.id AND w.confirmed = 1 "
            "JOIN outage o ON o.id = w.outage AND o.withdrawn_t = 0 WHERE i.recounted = 1 AND i.outage = ''"
        )
        assert self.shift.db.rows(said) == []

    @invariant()
    def a_ticket_is_reinstated_once(self) -> None:
        back = [one["ticket"] for one in self.told("ticket.reinstated")]
        assert len(set(back)) == len(back)

    @invariant()
    def timed_sums_are_the_sums_of_timed_services(self) -> None:
        timed = "FROM service WHERE end_t > 0 AND suspicious = 0 AND entry_mode <> 'back_entry'"
        assert self.shift.figure("timed_counted_s") == self.shift.db.value(
            f"SELECT coalesce(sum(counted_s), 0) {timed}"
        )
        assert self.shift.figure("timed") == self.shift.db.value(f"SELECT count(*) {timed}")
