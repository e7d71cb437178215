"""T1, T8, T9: random histories of copied, restored, lost disks under one centre: nothing lost or twice; mutants die."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from storage import epochs, outbox, prune, receive
from storage.chain import next_hash
from storage.journal import Head
from storage.receive import Batch, Exchange, Receipt
from sync import settle as settle_module
from sync.settle import Result, Step
from tests.sync.world import Disk, Template, World, copied, play, template, tickets

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
    patch.setattr(receive, "repeated", lambda lines, tables, told, claims=None: set())


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
    accept = receive.accept

    def hasty(journal: Any, batch: Batch, received_t: int, exchange: Exchange | None = None) -> Receipt:
        if batch.first % 3 or not batch.lines:
            return accept(journal, batch, received_t, exchange)
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

    patch.setattr(receive, "accept", hasty)


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


def test_a_closed_log_whose_place_another_disk_took_after_the_store_was_put_back_is_carried(begin: Template) -> None:
    """While the place is sought where two logs part nothing may be taken as agreed: the search was once given up so."""
    world = World(SEED, begin)
    world.is_faulty = False
    world.disks.append(Disk(world, copied(begin.disk)))
    first, other = world.disks
    write(world, first, 5)
    write(world, other, 7)
    at_rest(world, first)
    twin = Disk(world, copied(first.journal.database))
    write(world, twin, 1)
    write(world, first, 1)
    at_rest(world, twin)
    at_rest(world, first)  # forked after the fifth
    world.put_back_centre()
    at_rest(world, other)  # its seven stand where the five of the first stood
    world.heal()
    world.check()


def write(world: World, disk: Disk, many: int) -> None:
    """Tickets that nobody else has."""
    world.disks, disks = [disk], world.disks
    before = tickets(disk.journal.database)
    while tickets(disk.journal.database) < before + many:
        world.record()
    world.disks = disks


def at_rest(world: World, disk: Disk) -> None:
    """Exchange until this disk has nothing to say."""
    while world.step(disk) is not Result.STORED or outbox.all_waiting(disk.journal):
        pass
