"""Random histories of copied, restored and lost disks under one centre: nothing lost, nothing twice; mutants die."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from storage import epochs, prune, receive
from storage.chain import next_hash
from storage.journal import Head
from storage.receive import Batch, Exchange, Receipt
from sync import centre as centre_module
from sync import settle as settle_module
from sync.settle import Result, Step
from tests.sync.world import Template, play, template

SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
HISTORIES = int(os.environ.get("HALLTERM_HISTORIES", "25"))
MOST_UNTIL_DEATH = 400
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def begin() -> Template:
    return template()


def test_no_history_loses_or_doubles_a_fact(begin: Template) -> None:
    met: Counter[Result] = Counter()
    for seed in range(SEED, SEED + HISTORIES):
        try:
            met += play(seed, begin).results
        except Exception as error:
            raise AssertionError(f"HALLTERM_SEED={seed} HALLTERM_HISTORIES=1: {error}") from error
    assert {Result.REWOUND, Result.FORKED, Result.WENT_BACK, Result.SEARCHING, Result.STORED} <= set(met)


def norewind(patch: pytest.MonkeyPatch) -> None:
    """A centre that went back is taken for one that has everything."""
    agreed = settle_module._agreed

    def stays(own: Any, ack: Any, sent: Any) -> Step:
        step = agreed(own, ack, sent)
        return Step(Result.STORED, own.acked) if step.result is Result.REWOUND else step

    patch.setattr(settle_module, "_agreed", stays)


def noorigin(patch: pytest.MonkeyPatch) -> None:
    """A carried fact counts again."""
    patch.setattr(receive, "repeated", lambda lines, tables, told: set())


def unverified(patch: pytest.MonkeyPatch) -> None:
    """A longer log upstream is believed to be our own after one batch."""

    def hasty(own: Any, ack: Any, sent: Any) -> Step:
        if ack.have > own.have and not own.is_closed:
            return Step(Result.WENT_BACK, own.have, own.have, epochs.Cause.WENT_BACK)
        return Step(Result.STORED, sent.last)

    patch.setattr(settle_module, "_compared", hasty)


def dropfork(patch: pytest.MonkeyPatch) -> None:
    """The facts that only the copy wrote stay behind."""

    def nothing(database: Any, node: str, epoch: int, span: Any, head: Head, into: int) -> tuple[int, Head]:
        return 0, head

    patch.setattr(epochs, "_carry", nothing)


def prune_acked(patch: pytest.MonkeyPatch) -> None:
    """What is stored upstream is dropped before it is in a backup there."""
    patch.setattr(prune, "LOGS", prune.LOGS.replace("durable", "acked"))


def ack_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Now and then the answer is sent and the transaction lost."""

    def hasty(journal: Any, batch: Batch, received_t: int, exchange: Exchange | None = None) -> Receipt:
        if batch.first % 3 or not batch.lines:
            return receive.accept(journal, batch, received_t, exchange)
        kept: list[Receipt] = []
        try:
            with journal.transaction() as database:
                chain = [batch.prev]
                for line in batch.lines:
                    chain.append(next_hash(chain[-1], line))
                kept.append(receive._walk(database, batch, chain, received_t))
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            return kept[0]

    patch.setattr(centre_module, "accept", hasty)


def rollup_outside(patch: pytest.MonkeyPatch) -> None:
    """The sums are made before it is known whether the facts are new."""
    kept = receive.project_kept

    def outside(database: Any, placed: Any) -> Any:
        found = kept(database, placed)
        if placed and placed[0][0] % 4 == 0:
            kept(database, placed)
        return found

    patch.setattr(receive, "project_kept", outside)


def forgotten_claim(patch: pytest.MonkeyPatch) -> None:
    """Old epochs are not asked about again when the centre was put back."""
    from storage import outbox

    patch.setattr(outbox, "next_to_send", outbox.standing)


MUTANTS: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
    norewind,
    noorigin,
    unverified,
    dropfork,
    prune_acked,
    ack_before_commit,
    rollup_outside,
    forgotten_claim,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_every_mutant_dies(mutant: Callable[[pytest.MonkeyPatch], None], begin: Template) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        for seed in range(SEED, SEED + MOST_UNTIL_DEATH):
            try:
                play(seed, begin)
            except AssertionError:
                return
    raise AssertionError(f"{mutant.__name__} lives")
