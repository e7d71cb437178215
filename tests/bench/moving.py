"""How fast facts travel and bytes become frames: sync from one file to another, and the HTP/1 decoder."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

from devices.codecs.htp1 import Decoder, Frame, encode
from storage import outbox
from storage.clock import now as read_clock
from storage.journal import Journal
from storage.promises import prepare_store
from storage.receive import Batch, accept
from sync.client import SyncClient
from tests.bench.figure import Figure
from tests.sync.centres import CentreProcess
from tests.sync.facts import batch_of, serve_visits
from tests.sync.trust import DEVICE_KEY

HALL, WINDOW = "360600001", "360600001-03"
VISITS = 1000
FACTS = VISITS * 5
BATCH = 500

FRAMES = 3000
CUT_BYTES = 64
ROUNDS = 5
BAUD = 115_200
BITS_OF_A_BYTE = 10


def run_sync() -> list[Figure]:
    """A hall's backlog, first through the store alone, then over HTTP to a centre of its own process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hall = Journal.open(folder / "hall.db")
        hall.found("bench-1", HALL)
        for start in range(0, VISITS, 100):
            serve_visits(hall, 100, start, window=WINDOW)
        stored = stored_per_s(hall, folder)
        sent, http_bytes = sent_per_s(hall, folder)
        hall.close()
    return [
        Figure("facts/s, received and stored", round(stored), "1/s", note=f"{FACTS} facts in batches of {BATCH}"),
        Figure("facts/s, over HTTP on loopback", round(sent), "1/s", note="client and centre, two processes"),
        Figure("journal bytes a fact", round(http_bytes), "B", note="before compression"),
    ]


def stored_per_s(hall: Journal, folder: Path) -> float:
    """What a centre does with each batch, without the network."""
    centre = Journal.open(folder / "store.db")
    centre.found("centre-1", "")
    prepare_store(centre)
    batches = [batch_of(hall, first, BATCH) for first in range(1, FACTS, BATCH)]
    start = time.perf_counter()
    for batch in batches:
        _accepted(centre, batch)
    gone_s = time.perf_counter() - start
    centre.close()
    return FACTS / gone_s


def _accepted(centre: Journal, batch: Batch) -> None:
    if accept(centre, batch, 0).have != batch.last:
        raise AssertionError("a batch was not stored")


def sent_per_s(hall: Journal, folder: Path) -> tuple[float, float]:
    """The whole way: read, pack, post, verify, store, acknowledge. And bytes of a line."""
    centre = CentreProcess(folder / "centre")
    client = None
    try:
        centre.start()
        centre.enrol(hall)
        client = SyncClient(lambda: Journal.open(folder / "hall.db"), centre.url, DEVICE_KEY)
        start = time.perf_counter()
        while outbox.standing(hall).waiting:
            client.step(read_clock())
        gone_s = time.perf_counter() - start
        kept = Journal.open(centre.folder / "centre.db")
        if kept.database.value("SELECT count(*) FROM quarantine"):
            raise AssertionError("some facts were not understood")
        kept.close()
    finally:
        if client is not None:
            client.close()
        centre.stop()
    size = hall.database.value("SELECT avg(length(line)) FROM event")
    return FACTS / gone_s, float(size)


def run_codec() -> list[Figure]:
    """Frames of a busy line, cut anywhere; and how many lines at 115,200 baud one core could read."""
    source = random.Random(7)
    frames = [Frame(n % 0xF7, n % 32, n % 256, source.randbytes(n % 40)) for n in range(FRAMES)]
    wire = b"".join(encode(frame) for frame in frames)
    rates = []
    for _ in range(ROUNDS):
        decoder = Decoder()
        start = time.perf_counter()
        found = [frame for at in range(0, len(wire), CUT_BYTES) for frame in decoder.feed(wire[at : at + CUT_BYTES])]
        rates.append(len(wire) / (time.perf_counter() - start))
        if found != frames:
            raise AssertionError("the decoder lost frames")
    rate = statistics.median(rates)
    return [
        Figure("HTP/1 bytes decoded a second", round(rate), "B/s", note=f"{len(wire)} bytes in pieces of {CUT_BYTES}"),
        Figure("HTP/1 frames decoded a second", round(rate * FRAMES / len(wire)), "1/s"),
        Figure("full lines at 115,200 baud one core reads", round(rate * BITS_OF_A_BYTE / BAUD), ""),
    ]
