"""kill -9 of the whole program at random moments of real work: what the screen confirmed is there, once."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Timer

import pytest

from storage.rebuild import compare
from tests.end_to_end.hall import MEI, Hall, sign_on, state_row, wait_counter
from tests.end_to_end.terminal import Terminal

pytestmark = [pytest.mark.pty, pytest.mark.faults]

KILLS = max(1, int(os.environ.get("HALLTERM_KILLS", "20")) // 4)
TICKETS_A_KILL = 12
LONGEST_S = 3.5
NEXT_KEY = {"空闲": "f5", "已叫号": "f6", "办理中": "f8", "已暂停": "f4"}
"""What a clerk presses in each state."""

SHOWN_AFTER = {"已叫号": "ticket.called", "办理中": "service.started"}
"""The fact that must be in the journal before the screen shows the state."""


class Clerk:
    """Works until the program is gone; remembers what the screen has confirmed, and counts the keys."""

    def __init__(self) -> None:
        self.confirmed: set[tuple[str, str]] = set()
        self.pressed: Counter[str] = Counter()

    def work(self, terminal: Terminal, at_work: Callable[[], None]) -> None:
        """Sign on, then one service after another; ``at_work`` is told when the counter is there."""
        sign_on(terminal, MEI)
        wait_counter(terminal)
        at_work()
        state = self._next_state(terminal, "")
        while True:
            self.pressed[NEXT_KEY[state]] += 1
            terminal.press(NEXT_KEY[state])
            state = self._next_state(terminal, state)

    def _next_state(self, terminal: Terminal, before: str) -> str:
        return self._read(terminal.wait_for(lambda rows: self._read(rows) not in ("", before)))

    def _read(self, rows: list[str]) -> str:
        """The state on the screen; what it says about tickets is kept."""
        state = next((one for one in NEXT_KEY if state_row(one)(rows)), "")
        if state in SHOWN_AFTER and rows[4].split()[:1] == ["票号"]:
            self.confirmed.add((SHOWN_AFTER[state], rows[4].split()[1]))
        if state == "空闲":
            last = [row.split()[1] for row in rows[4:10] if row.startswith(" 刚办  ")]
            self.confirmed |= {("service.finished", number) for number in last}
        return state


def test_what_the_screen_confirmed_survives_kill_9(hall: Hall) -> None:
    seed = os.environ.get("HALLTERM_SEED") or str(random.randrange(10**6))
    print(f"HALLTERM_SEED={seed}")
    moments, clerk = random.Random(seed), Clerk()
    for kill in range(KILLS):
        for _ticket in range(TICKETS_A_KILL):
            hall.issue()
        with hall.terminal(at=1) as terminal:
            killer = Timer(moments.uniform(0.3, LONGEST_S), terminal.signal, [signal.SIGKILL])
            in_the_start = kill % 3 == 2
            if in_the_start:
                killer.start()
            with suppress(AssertionError):
                clerk.work(terminal, (lambda: None) if in_the_start else killer.start)
            assert terminal.wait_exit() == -signal.SIGKILL, terminal.text()
            killer.join()
        nothing_lost_nothing_doubled(hall, clerk)
    assert clerk.confirmed, "the clerk never got to work"


def nothing_lost_nothing_doubled(hall: Hall, clerk: Clerk) -> None:
    """The invariants after any moment."""
    assert hall.chain_holds()
    recorded = Counter(recorded_numbers(hall))
    assert clerk.confirmed <= set(recorded), clerk.confirmed - set(recorded)
    assert max(recorded.values(), default=1) == 1, recorded.most_common(3)
    kinds = Counter(kind for kind, _number in recorded)
    for kind, key in (("ticket.called", "f5"), ("service.started", "f6"), ("service.finished", "f8")):
        assert kinds[kind] <= clerk.pressed[key], kind
    assert hall.read(lambda desk: compare(desk.journal.database)) == []


def recorded_numbers(hall: Hall) -> list[tuple[str, str]]:
    """Each call, start and finish in the journal with the number of its ticket."""
    called = hall.facts("ticket.called")
    number_of = {one["ticket"]: one["number"] for one in called}
    others = ("service.started", "service.finished")
    return [("ticket.called", one["number"]) for one in called] + [
        (kind, number_of[one["ticket"]]) for kind in others for one in hall.facts(kind)
    ]
