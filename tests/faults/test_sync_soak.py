"""T18: all faults at once, many PCs, weeks of virtual time; the invariants of T1.

``HALLTERM_FLEET`` says how many PCs (5; a nightly run 200), ``HALLTERM_FLEET_DAYS`` how many days (12; 60),
``HALLTERM_FLEET_EVENTS`` what happens at each PC a day (2), ``HALLTERM_SEED`` replays. The mutants of T1 die here too.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from sync.settle import Result
from tests.faults.fleet import Begin, begin_with, play
from tests.sync.test_histories import noorigin, norewind, rollup_outside

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
NODES = int(os.environ.get("HALLTERM_FLEET", "5"))
DAYS = int(os.environ.get("HALLTERM_FLEET_DAYS", "12"))
EVENTS_A_DAY = float(os.environ.get("HALLTERM_FLEET_EVENTS", "2"))
MOST_UNTIL_DEATH = 20


@pytest.fixture(scope="module")
def begin() -> Begin:
    return begin_with(NODES)


def test_weeks_of_everything_lose_and_double_nothing(begin: Begin) -> None:
    print(f"HALLTERM_SEED={SEED} HALLTERM_FLEET={NODES} HALLTERM_FLEET_DAYS={DAYS}")
    fleet = play(SEED, begin, DAYS, EVENTS_A_DAY, put_backs=2)
    print(f"{fleet.numbers} facts, {len(fleet.disks)} disks, exchanges: {dict(fleet.results)}")
    assert {Result.STORED, Result.REWOUND} <= set(fleet.results)


@pytest.mark.parametrize("mutant", [noorigin, norewind, rollup_outside], ids=lambda mutant: mutant.__name__)
def test_the_comparison_can_fail_mutants_die(mutant: Callable[[pytest.MonkeyPatch], None]) -> None:
    small = begin_with(3)
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        for seed in range(SEED, SEED + MOST_UNTIL_DEATH):
            try:
                play(seed, small, 15, 2.0, put_backs=2)
            except AssertionError:
                return
    raise AssertionError(f"{mutant.__name__} lives")
