"""Which press is a rating.

The machine at the end runs 40 times 30 steps; `make soak` sets HALLTERM_RATING_RUNS=400 and HALLTERM_RATING_STEPS=60.
"""

import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from devices.codecs.htp1_messages import AckCode, Flags
from devices.rating import ClosedBy, Press, RatingLedger, RatingWindow, Verdict, VerdictCode, next_wid

PAD, OTHER_PAD = "HT25A0000317", "HT25A0000522"
OPENED_MS = 1_000_000
TIMEOUT_S = 30
DEADLINE_MS = OPENED_MS + TIMEOUT_S * 1000


@pytest.fixture
def ledger() -> RatingLedger:
    opened = RatingLedger()
    opened.open(7, "s1", PAD, TIMEOUT_S, OPENED_MS)
    return opened


def press(wid: int | None = 7, key: int = 1, t_ms: int = 2150, pad: str = PAD, flags: int = 0) -> Press:
    return Press(pad, wid, key, t_ms, 180, flags)


def test_the_first_press_in_an_open_window_counts(ledger: RatingLedger) -> None:
    verdict = ledger.judge(press(), OPENED_MS + 2200)
    assert verdict == Verdict(VerdictCode.COUNTED, True, 7, "s1", PAD, 1, 2150, 180)
    assert verdict.ack is AckCode.COUNTED
    assert ledger.timeouts(DEADLINE_MS + 10_000) == []
    assert ledger.open_window(OPENED_MS + 2300) is None


def test_a_repeat_is_a_duplicate_whatever_its_sequence_number(ledger: RatingLedger) -> None:
    ledger.judge(press(), OPENED_MS + 2200)
    again = ledger.judge(press(), OPENED_MS + 60_000)
    assert (again.code, again.counted, again.ack) == (VerdictCode.DUP_RETRANSMIT, False, AckCode.DUPLICATE)


@pytest.mark.parametrize("wid", [7, None])
def test_a_second_key_is_refused(ledger: RatingLedger, wid: int | None) -> None:
    ledger.judge(press(), OPENED_MS + 2200)
    assert ledger.judge(press(wid, key=5), OPENED_MS + 2500).code is VerdictCode.SECOND_PRESS


def test_a_press_that_was_in_time_but_slow_on_the_line_counts_with_grace(ledger: RatingLedger) -> None:
    verdict = ledger.judge(press(t_ms=29_900), DEADLINE_MS + 3000)
    assert (verdict.code, verdict.grace) == (VerdictCode.COUNTED, True)


@pytest.mark.parametrize(("t_ms", "after_ms"), [(29_900, 3001), (30_001, 500)])
def test_later_than_the_grace_or_pressed_after_the_end_is_late(ledger: RatingLedger, t_ms: int, after_ms: int) -> None:
    verdict = ledger.judge(press(t_ms=t_ms), DEADLINE_MS + after_ms)
    assert (verdict.code, verdict.ack) == (VerdictCode.LATE, AckCode.LATE)


def test_the_next_customer_ends_the_grace(ledger: RatingLedger) -> None:
    assert [v.code for v in ledger.next_customer_called(DEADLINE_MS + 100)] == [VerdictCode.NO_RATING]
    assert ledger.judge(press(t_ms=29_900), DEADLINE_MS + 200).code is VerdictCode.LATE_OTHER_SERVICE
    assert ledger.timeouts(DEADLINE_MS + 9000) == []


@pytest.mark.parametrize("by", [ClosedBy.CLERK, ClosedBy.CANCELLED])
def test_a_window_the_house_closed_gives_no_grace_and_no_missing_rating(ledger: RatingLedger, by: ClosedBy) -> None:
    ledger.close(7, by, OPENED_MS + 5000)
    assert ledger.judge(press(), OPENED_MS + 5001).code is VerdictCode.LATE
    assert ledger.timeouts(DEADLINE_MS + 9000) == []


def test_a_new_window_makes_a_press_for_the_old_one_late(ledger: RatingLedger) -> None:
    ledger.open(8, "s2", PAD, TIMEOUT_S, OPENED_MS + 40_000)
    assert ledger.judge(press(7), OPENED_MS + 40_100).code is VerdictCode.LATE_OTHER_SERVICE
    assert ledger.judge(press(8), OPENED_MS + 42_000).counted


@pytest.mark.parametrize(("wid", "key"), [(9, 1), (None, 3)])
def test_without_a_window_nothing_counts(ledger: RatingLedger, wid: int | None, key: int) -> None:
    verdict = ledger.judge(press(wid, key), OPENED_MS + 100)
    assert (verdict.code, verdict.ack) == (VerdictCode.NO_WINDOW, AckCode.NO_WINDOW)


def test_more_than_five_strays_a_minute_are_a_fault(ledger: RatingLedger) -> None:
    told = [ledger.judge(press(99), OPENED_MS + at * 1000).strays for at in range(7)]
    assert told == [False] * 5 + [True] * 2
    assert not ledger.judge(press(99), OPENED_MS + 300_000).strays


def test_another_pad_is_refused(ledger: RatingLedger) -> None:
    verdict = ledger.judge(press(pad=OTHER_PAD), OPENED_MS + 100)
    assert (verdict.code, verdict.ack) == (VerdictCode.WRONG_PAD, AckCode.REFUSED)
    assert ledger.judge(press(), OPENED_MS + 200).counted


def test_an_open_case_locks_the_pad_until_a_technician_releases_it(ledger: RatingLedger) -> None:
    assert ledger.judge(press(flags=Flags.CASE_OPEN), OPENED_MS + 100).code is VerdictCode.TAMPER
    assert ledger.judge(press(), OPENED_MS + 200).code is VerdictCode.TAMPER
    ledger.release(PAD)
    assert ledger.judge(press(), OPENED_MS + 300).counted


def test_a_press_faster_than_a_human_counts_but_is_marked(ledger: RatingLedger) -> None:
    verdict = ledger.judge(press(t_ms=299), OPENED_MS + 400)
    assert verdict.counted
    assert verdict.suspect_fast


def test_nobody_pressed_is_said_once_after_the_grace_and_is_no_rating(ledger: RatingLedger) -> None:
    assert ledger.timeouts(DEADLINE_MS + 3000) == []
    (verdict,) = ledger.timeouts(DEADLINE_MS + 3001)
    assert (verdict.code, verdict.counted, verdict.service) == (VerdictCode.NO_RATING, False, "s1")
    assert ledger.timeouts(DEADLINE_MS + 9000) == []


def test_the_pads_own_word_needs_no_grace(ledger: RatingLedger) -> None:
    ledger.close(7, ClosedBy.PAD_TIME, DEADLINE_MS + 5)
    assert [v.code for v in ledger.timeouts(DEADLINE_MS + 6)] == [VerdictCode.NO_RATING]


def test_a_missing_pad_is_said_at_once(ledger: RatingLedger) -> None:
    assert ledger.no_pad(7, OPENED_MS + 10).code is VerdictCode.NO_PAD
    assert ledger.timeouts(DEADLINE_MS + 9000) == []


def test_a_failed_commit_lets_the_repeat_count(ledger: RatingLedger) -> None:
    assert ledger.judge(press(), OPENED_MS + 2200).counted
    ledger.withdraw(7, OPENED_MS + 2300)
    assert ledger.judge(press(), OPENED_MS + 2450).counted


def test_after_a_restart_open_windows_go_on_and_rated_ones_stay_rated() -> None:
    ledger = RatingLedger()
    rated = RatingWindow(6, "s0", PAD, OPENED_MS - 90_000, 30, OPENED_MS - 80_000, ClosedBy.RATED, 1, True)
    ledger.seed([rated, RatingWindow(7, "s1", PAD, OPENED_MS, TIMEOUT_S)])
    assert ledger.judge(press(6), OPENED_MS + 10).code is VerdictCode.DUP_RETRANSMIT
    assert ledger.judge(press(7), OPENED_MS + 20).counted


def test_a_missing_rating_that_was_recorded_before_the_restart_stays_missing() -> None:
    ledger = RatingLedger()
    ledger.seed([RatingWindow(7, "s1", PAD, OPENED_MS, TIMEOUT_S, DEADLINE_MS, ClosedBy.TIME, settled=True)])
    assert ledger.judge(press(t_ms=29_900), DEADLINE_MS + 100).code is VerdictCode.LATE
    assert ledger.timeouts(DEADLINE_MS + 9000) == []


def test_wids_go_round_without_zero() -> None:
    assert (next_wid(1), next_wid(0xFFFF)) == (2, 1)


RUNS = int(os.environ.get("HALLTERM_RATING_RUNS", "40"))
STEPS = int(os.environ.get("HALLTERM_RATING_STEPS", "30"))
KEPT = 32


class RatingMachine(RuleBasedStateMachine):
    """Two pads, replays, wrong wids, delays, tampering, failed commits, restarts: what must never happen.

    `expected` is the table of the rules, written down a second time from what the machine itself did.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ledger = RatingLedger()
        self.now_ms = OPENED_MS
        self.wid = 0xFFF0
        self.opened: dict[int, RatingWindow] = {}
        self.counted: dict[str, int] = {}
        self.sent: list[Press] = []
        self.missing: set[int | None] = set()
        self.tampered: set[str] = set()
        self.rated_wids: dict[int, int] = {}
        self.ended: dict[int, tuple[int, ClosedBy]] = {}
        self.next_called = False

    def end_of(self, wid: int) -> tuple[int, ClosedBy] | None:
        """When and how a window ended, if it has."""
        deadline_ms = self.opened[wid].deadline_ms
        ended = self.ended.get(wid)
        if ended is not None and ended[0] <= deadline_ms:
            return ended
        return (deadline_ms, ended[1] if ended else ClosedBy.TIME) if self.now_ms > deadline_ms else None

    def expected(self, sent: Press) -> VerdictCode:
        """The first rule that applies."""
        window = self.opened.get(sent.wid or 0)
        about = window or self.opened.get(self.wid)
        if sent.flags & Flags.CASE_OPEN or sent.pad_serial in self.tampered:
            return VerdictCode.TAMPER
        if about is not None and sent.pad_serial != about.pad_serial:
            return VerdictCode.WRONG_PAD
        if sent.wid is None:
            spent = self.wid in self.rated_wids and not self.next_called
            return VerdictCode.SECOND_PRESS if spent else VerdictCode.NO_WINDOW
        if window is None:
            return VerdictCode.NO_WINDOW
        if sent.wid in self.rated_wids:
            return VerdictCode.DUP_RETRANSMIT if self.rated_wids[sent.wid] == sent.key else VerdictCode.SECOND_PRESS
        if window.service in self.counted:
            return VerdictCode.SECOND_PRESS
        return self.expected_in_time(sent, window)

    def expected_in_time(self, sent: Press, window: RatingWindow) -> VerdictCode:
        end = self.end_of(window.wid)
        if end is None:
            return VerdictCode.COUNTED
        if window.wid != self.wid or self.next_called:
            return VerdictCode.LATE_OTHER_SERVICE
        in_time = sent.t_ms <= window.timeout_s * 1000 and self.now_ms - end[0] <= 3_000
        grace = end[1] is ClosedBy.TIME and in_time and window.wid not in self.missing
        return VerdictCode.COUNTED if grace else VerdictCode.LATE

    def judge(self, sent: Press) -> Verdict:
        before = dict(self.counted)
        expected = self.expected(sent)
        verdict = self.ledger.judge(sent, self.now_ms)
        if len(self.opened) <= KEPT:
            assert verdict.code is expected
        if sent.flags & Flags.CASE_OPEN:
            self.tampered.add(sent.pad_serial)
        if verdict.counted:
            assert verdict.service not in self.counted, "two ratings for a service"
            assert sent.wid not in self.missing, "a rating after NO_RATING"
            assert sent.pad_serial == self.opened[sent.wid or 0].pad_serial
            self.counted[verdict.service] = self.rated_wids[sent.wid or 0] = sent.key
        assert verdict.counted == (self.counted != before)
        return verdict

    @rule(again=st.booleans(), pad=st.sampled_from([PAD, OTHER_PAD]))
    def open(self, again: bool, pad: str) -> None:
        service = f"s{len(self.opened)}"
        if again and self.opened:
            service = self.opened[self.wid].service
        if self.wid in self.opened and self.end_of(self.wid) is None:
            self.ended[self.wid] = (self.now_ms, ClosedBy.CANCELLED)
        self.wid, self.next_called = next_wid(self.wid), False
        self.opened[self.wid] = RatingWindow(self.wid, service, pad, self.now_ms, TIMEOUT_S)
        self.ledger.open(self.wid, service, pad, TIMEOUT_S, self.now_ms)

    @rule(
        back=st.integers(-1, 3), key=st.integers(1, 5), t_ms=st.integers(0, 40_000),
        pad=st.sampled_from([PAD, OTHER_PAD]), flags=st.sampled_from([0, 0, 0, 0, Flags.CASE_OPEN]),
    )  # fmt: skip
    def press(self, back: int, key: int, t_ms: int, pad: str, flags: int) -> None:
        sent = Press(pad, self.wid - back if self.wid > back else 1, key, t_ms, 100, flags)
        self.sent.append(sent)
        self.judge(sent)

    @precondition(lambda self: self.opened)
    @rule(key=st.integers(1, 5))
    def honest_press(self, key: int) -> None:
        window = self.opened[self.wid]
        sent = Press(window.pad_serial, self.wid, key, min(self.now_ms - window.opened_ms, 0xFFFF), 100)
        self.sent.append(sent)
        self.judge(sent)

    @rule(
        over_ms=st.sampled_from([-1, 0, 1, 2_999, 3_000, 3_001, 5_000]), t_ms=st.sampled_from([100, 30_000, 30_001]),
        called=st.booleans(),
    )  # fmt: skip
    def slow_line(self, over_ms: int, t_ms: int, called: bool) -> None:
        """A press that arrives about the end of its window, or of its grace."""
        self.open(again=False, pad=PAD)
        if called:
            self.call_next()
        self.now_ms += TIMEOUT_S * 1000 + over_ms
        sent = Press(PAD, self.wid, 1, t_ms, 100)
        self.sent.append(sent)
        self.judge(sent)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), key=st.none() | st.integers(1, 5))
    def replay(self, data: st.DataObject, key: int | None) -> None:
        """A replay of what was counted changes nothing, and neither does a key outside a window."""
        sent = data.draw(st.sampled_from(self.sent))
        was_counted = sent.wid in self.opened and self.opened[sent.wid].service in self.counted
        verdict = self.judge(sent if key is None else Press(sent.pad_serial, None, key))
        assert not (verdict.counted and (was_counted or key is not None))

    @rule(ms=st.sampled_from([1, 100, 2_900, 3_100, 29_000, 32_500, 33_500]))
    def wait(self, ms: int) -> None:
        self.now_ms += ms

    @rule()
    def time_out(self) -> None:
        self.take_missing(self.ledger.timeouts(self.now_ms))

    @rule()
    def call_next(self) -> None:
        self.take_missing(self.ledger.next_customer_called(self.now_ms))
        self.next_called = True

    @precondition(lambda self: self.opened)
    @rule(by=st.sampled_from([ClosedBy.CLERK, ClosedBy.CANCELLED, ClosedBy.PAD_TIME]))
    def close(self, by: ClosedBy) -> None:
        if self.end_of(self.wid) is None and self.wid not in self.rated_wids:
            self.ended[self.wid] = (self.now_ms, by)
        elif by is ClosedBy.PAD_TIME and self.end_of(self.wid) == (self.opened[self.wid].deadline_ms, ClosedBy.TIME):
            self.ended[self.wid] = (self.opened[self.wid].deadline_ms, by)
        self.ledger.close(self.wid, by, self.now_ms)

    @precondition(lambda self: self.opened and self.opened[self.wid].service in self.counted)
    @rule()
    def commit_fails(self) -> None:
        rated = [wid for wid, window in self.ledger._windows.items() if window.key]
        if self.wid in rated:
            del self.counted[self.opened[self.wid].service], self.rated_wids[self.wid]
            self.ledger.withdraw(self.wid, self.now_ms)

    @rule()
    def technician(self) -> None:
        self.ledger.release(PAD)
        self.ledger.release(OTHER_PAD)
        self.tampered.clear()

    @rule()
    def restart(self) -> None:
        """What is in the tables is enough to go on."""
        fresh = RatingLedger()
        fresh.seed(self.ledger._windows.values(), next_customer=self.ledger._next_customer)
        for serial in self.tampered:
            fresh.tampered(serial)
        self.ledger = fresh

    def take_missing(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            assert verdict.code is VerdictCode.NO_RATING
            assert verdict.service not in self.counted
            assert verdict.wid not in self.missing
            self.missing.add(verdict.wid)

    @invariant()
    def the_ledger_agrees(self) -> None:
        kept = {window.service: window.key for window in self.ledger._windows.values() if window.key}
        assert kept == {service: self.counted[service] for service in kept}
        assert all(service in kept for service in list(self.counted)[-1:]) or len(self.opened) > 32


RatingMachine.TestCase.settings = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None)
TestRatingMachine = RatingMachine.TestCase
