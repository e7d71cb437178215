"""T4: every fact reaches the centre once and is counted once, whatever is lost, repeated, cut or re-ordered."""

from __future__ import annotations

import itertools
import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from storage import receive
from storage.chain import next_hash
from storage.journal import Journal
from storage.projections import project
from storage.receive import Batch, Exchange, Receipt
from sync import centre as centre_module
from sync.client import Result, SyncClient, SyncState
from tests.sync import proxy as faults
from tests.sync.centres import DEADLINE_S, CentreProcess, centre_in_thread
from tests.sync.conftest import Opener
from tests.sync.facts import assert_same_facts, at, has, serve_visits
from tests.sync.proxy import FAULTS, Fault, Proxy, running
from tests.sync.trust import DEVICE_KEY

SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
VISITS = int(os.environ.get("HALLTERM_VISITS", "400"))
MOST_STEPS = 3000
STUCK_STEPS = 150
"""One exchange in five stores something on a line that is mostly broken; after so many that did not, none ever will."""
pytestmark = pytest.mark.faults


def mostly_broken(source: random.Random) -> Fault:
    return source.choice((faults.through, *FAULTS))


def drain(client: SyncClient, device: Journal, centre: Journal) -> Counter[Result]:
    """Exchange until nothing waits. After each exchange: what the device holds for stored is on the centre's disk."""
    results: Counter[Result] = Counter()
    stored = 0
    for second in itertools.count():
        outcome = client.step(at(second))
        results[outcome.result] += 1
        assert outcome.acked <= has(centre, device), "acknowledged, but not there"
        if not outcome.waiting:
            break
        stored = second if outcome.result is Result.STORED else stored
        assert second < stored + STUCK_STEPS, f"not drained: {results}"
    return results


def drive(device: Journal, open_centre: Opener, centre: Journal, visits: int, seed: int = SEED) -> Counter[Fault]:
    """Send visits over the broken line, some recorded meanwhile, and compare both sides. Returns the faults met."""
    with centre_in_thread(open_centre) as url:
        proxy = Proxy(int(url.rpartition(":")[2]), seed, mostly_broken)
        with running(proxy) as line:
            path = Path(device.database.where)
            client = SyncClient(lambda: Journal.open(path), line, DEVICE_KEY, source=random.Random(seed))
            try:
                for part in range(4):
                    serve_visits(device, visits // 4, start=part * 1000)
                    drain(client, device, centre)
            finally:
                client.close()
    assert_same_facts(device, centre)
    return Counter(proxy.done)


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_a_line_that_breaks_in_every_way_loses_and_doubles_nothing(
    seed: int, device: Journal, open_centre: Opener, centre: Journal
) -> None:
    print(f"HALLTERM_SEED={seed}")
    met = drive(device, open_centre, centre, VISITS, seed)
    assert sum(met.values()) > 20


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_fault_alone_and_often(fault: Fault, device: Journal, open_centre: Opener, centre: Journal) -> None:
    turns = iter(range(10**6))
    with centre_in_thread(open_centre) as url:
        proxy = Proxy(int(url.rpartition(":")[2]), SEED, lambda _: faults.through if next(turns) % 3 == 2 else fault)
        with running(proxy) as line:
            path = Path(device.database.where)
            client = SyncClient(lambda: Journal.open(path), line, DEVICE_KEY)
            serve_visits(device, 40)
            drain(client, device, centre)
            client.close()
    assert proxy.done[0] is fault
    assert_same_facts(device, centre)


def acknowledging_before_the_commit(
    journal: Journal, batch: Batch, received_t: int, _exchange: Exchange | None = None
) -> Receipt:
    """Mutant: now and then the answer is sent and the transaction lost."""
    if batch.first % 3:
        return receive.accept(journal, batch, received_t)
    kept: list[Receipt] = []
    try:
        with journal.transaction() as database:
            kept.append(receive._walk(database, batch, chain_of(batch), received_t))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        return kept[0]


def chain_of(batch: Batch) -> list[bytes]:
    chain = [batch.prev]
    for line in batch.lines:
        chain.append(next_hash(chain[-1], line))
    return chain


def counting_repeats_again(
    journal: Journal, batch: Batch, received_t: int, _exchange: Exchange | None = None
) -> Receipt:
    """Mutant: what was stored before is projected once more when it comes again."""
    receipt = receive.accept(journal, batch, received_t)
    if receipt.rev == Seen.rev and batch.lines:
        seqs = range(batch.first, batch.last + 1)
        new = list(zip(seqs, batch.lines, chain_of(batch)[1:], strict=True))
        with journal.transaction() as database:
            project(database, [one.placed for _, one in receive._read(batch, new)[0] if one.placed is not None])
    Seen.rev = receipt.rev
    return receipt


class Seen:
    rev: ClassVar[int] = -1


def dropping_the_last_line(
    journal: Journal, batch: Batch, received_t: int, _exchange: Exchange | None = None
) -> Receipt:
    """Mutant: stores one line less and answers for all."""
    less = batch.lines[:-1]
    head = chain_of(batch)[len(less)]
    receipt = receive.accept(journal, msgspec.structs.replace(batch, lines=less, head=head), received_t)
    return msgspec.structs.replace(receipt, have=batch.last, head=batch.head, common=batch.last)


@pytest.mark.parametrize("mutant", [acknowledging_before_the_commit, counting_repeats_again, dropping_the_last_line])
def test_the_comparison_can_fail(
    mutant: object, device: Journal, open_centre: Opener, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    Seen.rev = -1
    monkeypatch.setattr(
        centre_module,
        "accept_together",
        lambda journal, arrivals, t: [mutant(journal, one.batch, t, one.exchange) for one in arrivals],  # type: ignore[operator]
    )
    with pytest.raises(AssertionError):
        drive(device, open_centre, centre, 200)


def kill_when_it_writes(process: CentreProcess, written: Path) -> None:
    """SIGKILL as soon as the centre touches its file again: in the middle of a commit, or before it could answer."""

    def touched() -> tuple[int, int]:
        found = written.stat()
        return found.st_size, found.st_mtime_ns

    before, until = touched(), time.monotonic() + DEADLINE_S
    while touched() == before and time.monotonic() < until:
        pass
    process.signal(signal.SIGKILL)


def test_a_centre_killed_three_times_in_mid_stream_has_everything_once(device: Journal, tmp_path: Path) -> None:
    """Killed while it stores, started again at the same port: the node goes on where the disk of the centre is."""
    killers: list[threading.Thread] = []
    process = CentreProcess(tmp_path / "data")
    file = tmp_path / "data" / "centre.db"
    serve_visits(device, 1200)
    marks = sorted(random.Random(SEED).sample(range(300, 4000), 3))

    def on_state(state: SyncState) -> None:
        running = killers and killers[-1].is_alive()
        if marks and state.acked >= marks[0] and not running:
            del marks[0]
            killers.append(threading.Thread(target=kill_when_it_writes, args=(process, Path(f"{file}-wal"))))
            killers[-1].start()

    process.start()
    process.enrol(device)
    client = SyncClient(lambda: Journal.open(Path(device.database.where)), process.url, DEVICE_KEY, on_state=on_state)
    centre = Journal.open(file)
    try:
        for second in range(MOST_STEPS):
            outcome = client.step(at(second))
            assert outcome.acked <= has(centre, device)
            if outcome.result is not Result.STORED:
                assert outcome.result is Result.UNREACHABLE
                process.ended()
                process.start()
            if not outcome.waiting:
                break
        assert len(killers) == 3
        assert_same_facts(device, centre)
    finally:
        for killer in killers:
            killer.join()
        client.close()
        process.stop()
        centre.close()
