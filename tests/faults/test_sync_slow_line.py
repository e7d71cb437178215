"""T13: 20 kbit/s, 600 ms, and a line that is cut every 20-60 kB, then every 3-9 kB: it always goes on, and nothing is lost.

In the test the line's time passes ten times as fast; ``HALLTERM_LINE_EVENTS`` (300) and ``HALLTERM_LINE_SPEED`` (10) say
otherwise, ``HALLTERM_SEED`` replays. The rate is printed, never asserted. Mutant: batches that do not become smaller.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from storage.journal import Journal
from sync.client import SyncClient
from sync.pace import BatchSize
from tests.faults.slow_line import Quality, SlowLine
from tests.sync.centres import centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import FACTS_OF_A_VISIT, assert_same_facts, at, has, serve_visits
from tests.sync.proxy import running
from tests.sync.trust import DEVICE_KEY

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
EVENTS = int(os.environ.get("HALLTERM_LINE_EVENTS", "300"))
SPEED = float(os.environ.get("HALLTERM_LINE_SPEED", "10"))
MOST_STEPS = 400
LINES = {
    "whole": Quality(),
    "cut every 20-60 kB": Quality(cut=(20_000, 60_000)),
    "cut every 3-9 kB": Quality(cut=(3_000, 9_000)),
}


class Carried(NamedTuple):
    """``seconds`` of the line's own time."""

    events: int
    seconds: float
    line_bytes: int
    cuts: int


def carry(device: Journal, open_centre: Opener, quality: Quality, events: int, most_steps: int = MOST_STEPS) -> Carried:
    """Drain the device over the line, in at most so many exchanges."""
    path = Path(device.database.where)
    serve_visits(device, events // FACTS_OF_A_VISIT)
    with centre_in_thread(open_centre) as url:
        line = SlowLine(int(url.rpartition(":")[2]), SEED, quality, SPEED)
        with (
            running(line) as slow,
            closing(SyncClient(lambda: Journal.open(path), slow, DEVICE_KEY, source=random.Random(SEED))) as client,
        ):
            began = time.monotonic()
            for second in range(most_steps):
                if not client.step(at(second)).waiting:
                    break
            else:
                raise AssertionError(f"not drained in {most_steps} exchanges")
            return Carried(events, (time.monotonic() - began) * SPEED, line.carried_bytes, line.cuts)


@pytest.mark.parametrize("name", LINES)
def test_a_thin_line_always_goes_on(name: str, device: Journal, centre: Journal, open_centre: Opener) -> None:
    found = carry(device, open_centre, LINES[name], EVENTS)
    rate = found.events / found.seconds
    print(f"HALLTERM_SEED={SEED} {name}: {rate:.0f} events/s, {found.line_bytes} bytes, cut {found.cuts} times")
    assert_same_facts(device, centre)


def test_the_comparison_can_fail_batches_that_do_not_shrink_never_arrive(
    device: Journal, centre: Journal, open_centre: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BatchSize, "failed", lambda size: None)
    monkeypatch.setattr(BatchSize, "events", property(lambda size: 500, lambda size, value: None), raising=False)
    with pytest.raises(AssertionError, match="not drained"):
        carry(device, open_centre, Quality(bits_per_s=2_000_000, round_trip_s=0, cut=(3_000, 4_000)), 1_000, 20)
    assert has(centre, device) == 0
