"""A random shift on the real journal: two windows, three clerks, a kiosk, undo, crashes, clocks that jump.

After each step nothing of business rule 7.5 is broken and the figures are the sums of the rows; at the end the journal
gives the same tables again.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hallterm.rules.counter import refusals
from hallterm.workflows import counter, rating
from hallterm.workflows.case import read_case, situation
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.sign_on import _occupy
from hallterm.workflows.visit_rating import settle_left
from storage import views
from storage.facts import (
    BreakReason,
    CounterAction,
    HallKind,
    HallSet,
    HoldReason,
    PauseReason,
    RatingUnit,
    SettingSet,
    TicketClass,
    UnratedReason,
    WalkUpReason,
    WindowState,
)
from tests.hallterm.workflows.faults_and_paper import FaultsAndPaper
from tests.hallterm.workflows.founded import HALL
from tests.hallterm.workflows.shift import FANG, MEI, W1, W2, W3, WEI, on_copy

WINDOWS = (W1, W2)
STAFF = (MEI, WEI, FANG)
windows = st.sampled_from(WINDOWS)
seconds = st.sampled_from([0, 0.4, 1, 1, 2, 5, 9, 21, 31, 100, 301])
SIMPLE = (
    *(counter.call, counter.call, counter.call, counter.recall, counter.no_show, counter.resume),
    *(counter.finish, counter.finish, counter.finish, counter.end_break, counter.sign_off, counter.ask_again),
)
POSSIBLE: dict[CounterAction, tuple[Any, ...]] = {
    CounterAction.CALL: (counter.call,),
    CounterAction.START: (counter.start, "B02", 2),
    CounterAction.PAUSE: (counter.pause, PauseReason.LEADER_APPROVAL),
    CounterAction.RESUME: (counter.resume,),
    CounterAction.HOLD: (counter.hold, HoldReason.PAPERS),
    CounterAction.TRANSFER: (counter.transfer, "C"),
    CounterAction.CHANGE_SERVICE: (counter.change_service, "B02", 3),
    CounterAction.FINISH: (counter.finish,),
    CounterAction.NEXT_SERVICE: (counter.next_service, "B01"),
    CounterAction.NO_SHOW: (counter.no_show,),
    CounterAction.WALK_UP_REASON: (counter.change_walk_up_reason, WalkUpReason.LAN_DOWN),
    CounterAction.BACK: (counter.end_break,),
}


class RandomShift(FaultsAndPaper):
    """Every rule is one press somewhere; a refusal is as good as an action."""

    hall: Path

    def __init__(self) -> None:
        super().__init__()
        self.open_files = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.shift = self.open_files.enter_context(on_copy(self.hall, self.folder / "data"))
        self.shift.db.execute("PRAGMA synchronous = OFF")
        self.desks: dict[str, Desk] = {}
        self.last: dict[str, Done] = {}

    @initialize()
    def begin(self) -> None:
        with self.shift.stores.journal.write("-", self.shift.clock()) as tx:
            tx.record(HallSet(HALL, "厅", HallKind.HALL, open_always=True))
            tx.record(SettingSet("rating_unit", f'"{self.unit}"', HALL))
        self.grant()
        for window, staff in ((W1, MEI), (W2, WEI)):
            self._sign_on(window, staff)

    def _sign_on(self, window: str, staff: str) -> None:
        desk = self.shift.stores.desk(int(window[-2:]), staff)
        now = self.shift.clock.after(1)
        try:
            with desk.journal.write(staff, now) as tx:
                _occupy(tx, desk, now)
        except Refused:
            return
        self.desks = {code: one for code, one in self.desks.items() if one.staff != staff}
        self.desks[window] = desk

    def _press(self, window: str, action: Any, *values: object, after_s: float = 1) -> None:
        desk = self.desks.get(window)
        if desk is None:
            return
        try:
            done = self.shift.do(action, desk, *values, after_s=after_s)
        except Refused as refused:
            self.sentences.add(refused.reason.text())
            return
        if done.undo is not None:
            self.last[window] = done

    @rule(window=windows, picks=st.lists(st.tuples(st.integers(0, 999), seconds), min_size=4, max_size=9))
    def work(self, window: str, picks: list[tuple[int, float]]) -> None:
        """People come, and things are done that are possible now."""
        for pick, after_s in picks:
            self._go_on(window, pick, after_s)
            self.every_invariant()

    def _go_on(self, window: str, pick: int, after_s: float) -> None:
        desk = self.desks.get(window)
        if desk is None:
            self._sign_on(window, STAFF[pick % 3])
            return
        if pick % 4 == 0:
            self.shift.issue("B", "B02")
        case = read_case(self.shift.db, desk, views.last_day(self.shift.db, HALL))
        now = refusals(situation(case, self.shift.clock()))
        possible = [one for one in POSSIBLE if now[one] is None] or [CounterAction.RESUME]
        action, *values = POSSIBLE[possible[pick % len(possible)]]
        self._press(window, action, *values, after_s=after_s)
        if case.window.state is WindowState.AWAITING_RATING:
            self.pad(window, ask=True, level=1 + pick % 5, silent=pick % 3 == 0, after_s=after_s)

    @rule(prefix=st.sampled_from("BBBC"), special=st.booleans(), code=st.sampled_from(["", "B02", "B01"]))
    def issue(self, prefix: str, special: bool, code: str) -> None:
        cls = TicketClass.SPECIAL if special else TicketClass.NORMAL
        self.shift.issue(prefix, code if prefix == "B" else "", cls)

    @rule(window=windows, action=st.sampled_from(SIMPLE), after_s=seconds, pad=st.booleans())
    def press(self, window: str, action: Any, after_s: float, pad: bool) -> None:
        self.shift.pads = pad
        if not pad:
            self.shift.show_pad(window, "lost")
        self._press(window, action, after_s=after_s)
        self.shift.pads = True

    @rule(window=windows, code=st.sampled_from(["", "B01", "B02", "B99"]), quantity=st.sampled_from([1, 1, 4, 0]))
    def start(self, window: str, code: str, quantity: int) -> None:
        self._press(window, counter.start, code, quantity)

    @rule(window=windows, code=st.sampled_from(["L01", "B02"]), after_s=seconds)
    def walk_up_or_next(self, window: str, code: str, after_s: float) -> None:
        action = counter.walk_up if code == "L01" else counter.next_service
        self._press(window, action, code, after_s=after_s)

    @rule(window=windows, reason=st.sampled_from(PauseReason), after_s=seconds)
    def pause(self, window: str, reason: PauseReason, after_s: float) -> None:
        self._press(window, counter.pause, reason, "note", after_s=after_s)

    @rule(window=windows, reason=st.sampled_from(HoldReason), after_s=seconds)
    def hold(self, window: str, reason: HoldReason, after_s: float) -> None:
        self._press(window, counter.hold, reason, after_s=after_s)

    @rule(window=windows, pick=st.integers(0, 3), after_s=seconds, back=st.booleans())
    def held(self, window: str, pick: int, after_s: float, back: bool) -> None:
        held = views.held_in_hall(self.shift.db, HALL, views.last_day(self.shift.db, HALL))
        if held:
            ticket = held[pick % len(held)].id
            self._press(window, counter.take_back if back else counter.return_held, ticket, after_s=after_s)

    @rule(window=windows, to=st.sampled_from([W1, W2, W3, "B", "C", "Z"]), after_s=seconds)
    def transfer(self, window: str, to: str, after_s: float) -> None:
        self._press(window, counter.transfer, to, after_s=after_s)

    @rule(window=windows, code=st.sampled_from(["B01", "B02", "B03"]), quantity=st.integers(-1, 9))
    def change(self, window: str, code: str, quantity: int) -> None:
        if quantity > 3:
            self._press(window, counter.set_quantity, quantity)
        else:
            self._press(window, counter.change_service, code, quantity)

    @rule(window=windows, reason=st.sampled_from(WalkUpReason))
    def correct_the_walk_up(self, window: str, reason: WalkUpReason) -> None:
        self._press(window, counter.change_walk_up_reason, reason)

    @rule(window=windows, ends=st.lists(st.sampled_from(["rated", "silent", "next", "undone"]), min_size=2, max_size=5))
    def one_person_with_many_matters(self, window: str, ends: list[str]) -> None:
        """Matter after matter: rated, not rated, taken up before anybody has rated, or that taken back."""
        self._press(window, counter.walk_up, "L01")
        for end in ends:
            self._press(window, counter.finish)
            if end in ("rated", "silent"):
                self.pad(window, ask=end == "rated", level=4, silent=end == "silent", after_s=1)
            self._press(window, counter.next_service, "L01")
            if end == "undone":
                self.undo(window, after_s=1)
            self.every_invariant()

    @rule(after_s=seconds)
    def station(self, after_s: float) -> None:
        """Visits that ended before their rating was asked for are settled."""
        with self.shift.stores.journal.write("-", self.shift.clock.after(after_s)) as tx:
            settle_left(tx, "2026-01-01")

    @rule(window=windows, after_s=seconds)
    def go_on_a_break(self, window: str, after_s: float) -> None:
        self._press(window, counter.start_break, BreakReason.LUNCH, after_s=after_s)

    @rule(window=windows, after_s=seconds)
    def undo(self, window: str, after_s: float) -> None:
        done = self.last.get(window)
        if done is not None and done.undo is not None:
            last = done.undo
            self._press(window, lambda desk, now: counter.undo(desk, now, last), after_s=after_s)

    @rule(window=windows, ask=st.booleans(), level=st.integers(1, 5), silent=st.booleans(), after_s=seconds)
    def pad(self, window: str, ask: bool, level: int, silent: bool, after_s: float) -> None:
        """The station asks, somebody presses, or nobody does."""
        shift, code = self.shift, window
        row = views.window(shift.db, code)
        now = shift.clock.after(after_s)
        if row is None or not row.service:
            last = shift.db.value("SELECT service FROM rating_ask ORDER BY ord DESC LIMIT 1")
            if last:
                shift.rate(last, level)
        elif ask:
            rating.ask(shift.stores.journal, row.service, "HT25A0000001", 30, now)
            if not silent and shift.db.value("SELECT 1 FROM rating_ask WHERE service = ?", (row.service,)):
                shift.rate(row.service, level)
        elif silent:
            rating.miss(shift.stores.journal, row.service, UnratedReason.NO_RESPONSE, now)

    @rule(window=windows, reason=st.sampled_from(UnratedReason), after_s=seconds)
    def unrated(self, window: str, reason: UnratedReason, after_s: float) -> None:
        self._press(window, counter.give_unrated_reason, reason, "note", after_s=after_s)

    @rule(window=windows, after_s=seconds, length_s=st.sampled_from([0.5, 3, 6]))
    def block(self, window: str, after_s: float, length_s: float) -> None:
        desk = self.desks.get(window)
        if desk is not None:
            since = self.shift.clock.after(after_s)
            counter.blocked(desk, since, self.shift.clock.after(length_s))

    @precondition(lambda self: self.shift.clock.m % 3 == 0)
    @rule(window=windows, staff=st.sampled_from(STAFF), beat=st.booleans(), left=st.booleans(), reboot=st.booleans())
    def crash(self, window: str, staff: str, beat: bool, left: bool, reboot: bool) -> None:
        """A terminal ends, with or without a word; somebody signs on at that window, perhaps after a power cut."""
        desk, row = self.desks.get(window), views.window(self.shift.db, window)
        if beat and row is not None:
            self.shift.stores.board.beat(window, row.service, self.shift.clock.after(2))
        if desk is not None and left:
            counter.leave(desk, self.shift.clock.after(1))
        if reboot:
            self.shift.clock.reboot()
        self._sign_on(window, staff)

    @rule(jump_s=st.sampled_from([-7200, -30, 30, 7200]))
    def jump(self, jump_s: int) -> None:
        noon = 12 * 3600 - (self.shift.clock.t // 1000 + 8 * 3600) % 86_400
        if abs(noon - jump_s) < 10 * 3600:
            self.shift.clock.jump(jump_s)

    def teardown(self) -> None:
        try:
            self.shift.check()
        finally:
            self.open_files.close()
            shutil.rmtree(self.folder)


@pytest.mark.parametrize("unit", RatingUnit)
def test_a_random_shift_breaks_no_rule(hall_folder: Path, unit: RatingUnit) -> None:
    machine = type("Random", (RandomShift,), {"hall": hall_folder, "unit": unit})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=14,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
