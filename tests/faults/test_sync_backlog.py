"""T12: weeks of facts in one PC are drained while its counter goes on: all there, in order, and counted once.

``HALLTERM_BACKLOG`` says how many facts (1,500; a nightly run 300,000). Rate, memory of the sending process and the time
of a counter's writes are printed, never asserted. Mutant: a sender that takes the first answer for an answer to everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.clock import now
from storage.facts import TicketIssued
from storage.journal import Journal
from tests.bench.figure import percentile
from tests.sync.centres import CentreProcess
from tests.sync.facts import DAY, FACTS_OF_A_VISIT, serve_visits

pytestmark = pytest.mark.faults
FACTS = int(os.environ.get("HALLTERM_BACKLOG", "1500"))
PROJECT = Path(__file__).parents[2]
VISITS_AT_ONCE = 200
EVERY_S = 0.02
HEADS = "SELECT epoch, have, head FROM log WHERE node = ? ORDER BY epoch"
SUMS = (
    "SELECT code, tickets, services, counted_s FROM figure WHERE length(period) = 10 ORDER BY period, hall, staff, code"
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreProcess]:
    process = CentreProcess(tmp_path / "centre")
    process.start()
    yield process
    process.stop()


def drained(device: Journal, centre: CentreProcess, *mutant: str) -> bool:
    """Whether the centre then has the same log and the same sums; the counter writes all the while."""
    centre.enrol(device)
    for start in range(0, FACTS // FACTS_OF_A_VISIT, VISITS_AT_ONCE):
        serve_visits(device, min(VISITS_AT_ONCE, FACTS // FACTS_OF_A_VISIT - start), start)
    command = [sys.executable, "-m", "tests.faults.sync_drain", device.database.where, centre.url]
    sender = subprocess.Popen(
        [*command, *mutant], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wrote_ms: list[float] = []
    while sender.poll() is None:
        began = time.perf_counter()
        with device.write("1007", now()) as tx:
            tx.record(TicketIssued(day=DAY, number=f"Z{len(wrote_ms):06d}", prefix="Z"))
        wrote_ms.append((time.perf_counter() - began) * 1000)
        time.sleep(EVERY_S)  # a counter's own pace, not a wait for anything
    said, error = sender.communicate()
    assert sender.returncode == 0, error
    found = json.loads(said)
    rate = found["facts"] / found["seconds"]
    print(
        f"HALLTERM_BACKLOG={FACTS}: {found['facts']} facts at {rate:.0f}/s, sender {found['most_kb'] / 1024:.0f} MB, "
        f"a counter's write p95 {percentile(wrote_ms, 0.95):.0f} ms of {len(wrote_ms)}"
    )
    if not mutant:  # what the counter wrote after the sender had finished
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    upstream = Journal.open(centre.folder / "centre.db")
    try:
        same = [journal.database.rows(HEADS, (device.identity.node,)) for journal in (device, upstream)]
        sums = [journal.database.rows(SUMS) for journal in (device, upstream)]
    finally:
        upstream.close()
    return same[0] == same[1] and sums[0] == sums[1]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "hall.db")
    journal.found("3301-0310-07", "3301")
    yield journal
    journal.close()


def test_a_backlog_is_drained_while_the_counter_goes_on(hall: Journal, centre: CentreProcess) -> None:
    assert drained(hall, centre)


def test_the_comparison_can_fail_a_sender_that_believes_the_first_answer(hall: Journal, centre: CentreProcess) -> None:
    assert not drained(hall, centre, "forget")
